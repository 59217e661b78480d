// Books the facts of break-glass: that it was allowed, that its one try is over, that somebody was told, that the way is shut again.
// A part of the fold (`state.ts`), and no judgement either.
import type { Fact } from "./fact.ts";
import type { WorkingStep } from "./state.ts";

type IncidentFact = Extract<Fact, { kind: "glass-broken" | "incident-told" | "incident-closed" }>;

/** What a permission was given for is one try: it ends with it, whatever it came to. */
export function spendIncidents(step: WorkingStep): void {
  step.incidents = step.incidents.map((incident) => ({ ...incident, spent: true }));
}

export function bookIncident(step: WorkingStep, fact: IncidentFact, atMs: number): void {
  if (fact.kind === "glass-broken") {
    const { registry, variable, by, reason, forMs } = fact;
    const incident = { registry, variable, by, reason, atMs, untilMs: atMs + forMs, spent: false, told: undefined, closed: undefined };
    step.incidents = [...step.incidents, incident];
    return;
  }
  const said = fact.kind === "incident-told" ? { told: fact.url } : { closed: { by: fact.by, reason: fact.reason, atMs } };
  step.incidents = step.incidents.map((incident, index) => (index + 1 === fact.incident ? { ...incident, ...said } : incident));
}
