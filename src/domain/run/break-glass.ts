// Break-glass (systems S1.11): on the day on which a registry lets no identity in, a named person allows one more try of the
// step that failed there, with the token that the plan names for this. One step, one registry, one run; for an hour at most;
// as often as the plan says. It is an incident until a person says that the way is shut again. Pure.
import type { CredentialRule, FallbackRule } from "../configuration.ts";
import type { ErrorCode } from "../error-catalog.ts";
import { environmentOf, stepOf, type PlannedStep } from "../plan/plan.ts";
import type { Fact, Person } from "./fact.ts";
import { effectsOf, type EffectState, type RunState, type StepState } from "./state.ts";

/** One time that the glass was broken for a step at a registry. */
export interface Incident {
  readonly registry: string;
  /** Environment variable that holds the token; never the token itself. */
  readonly variable: string;
  readonly by: Person;
  readonly reason: string;
  readonly atMs: number;
  /** From then on the token opens nothing any more. */
  readonly untilMs: number;
  /** Its one try is over: the step is done, failed again, or was begun anew without it. */
  readonly spent: boolean;
  /** Comment on the tracker's issue; undefined: nobody was told yet. */
  readonly told: string | undefined;
  readonly closed: { readonly by: Person; readonly reason: string; readonly atMs: number } | undefined;
}

/** How long a permission lasts: enough for a person to set the token and run, too short to be forgotten. */
export const breakGlassMs = 60 * 60_000;

export type Breaking =
  | { readonly kind: "may"; readonly step: string; readonly rule: FallbackRule }
  | { readonly kind: "may-not"; readonly why: string; readonly hint: string };

/** Whether the glass of a registry may be broken now, and for which step; who may do it is judged by whoever knows people. */
export function mayBreakGlass(state: RunState, registry: string, reason: string): Breaking {
  if (state.mode === "rehearsal") return mayNot("a rehearsal opens nothing that is real", "Rehearsals log in by themselves");
  if (reason.trim() === "") return mayNot("there is no reason", "Say why with --reason");
  const shut = state.plan.steps.find((step) => isShutOut(state.steps.get(step.id), registry));
  if (shut === undefined)
    return mayNot(`no step has failed because "${registry}" let no identity in`, "Run the release first; see `slipway status`");
  const rule = fallbackOf(state, shut, registry);
  if (rule === undefined) {
    const hint = "Write `credentials: { use: trusted-publishing, fallback: { token: NAME, by: GROUP } }` for the next release";
    return mayNot(`the plan names no fallback token for "${registry}"`, hint);
  }
  const before = (state.steps.get(shut.id)?.incidents ?? []).filter((one) => one.registry === registry).length;
  if (before >= rule.uses) {
    const times = rule.uses === 1 ? "once" : `${rule.uses} times`;
    return mayNot(
      `the fallback token of "${registry}" may be used ${times} in a run, and was`,
      "Wait until the registry lets identities in",
    );
  }
  return { kind: "may", step: shut.id, rule };
}

/** What a person's word comes to: another try of the step, and the permission for it. */
export function breakGlass({ step, rule }: Extract<Breaking, { kind: "may" }>, said: Said): readonly Fact[] {
  const { registry, by, reason } = said;
  return [
    { kind: "step-again", step, by, reason },
    { kind: "glass-broken", step, registry, variable: rule.variable, by, reason, forMs: breakGlassMs },
  ];
}

export interface Said {
  readonly registry: string;
  readonly by: Person;
  readonly reason: string;
}

/**
 * The rule of the fallback token that opens a registry for a step now.
 * @returns undefined for every other step, registry and run, after its one try, and when its time is over
 */
export function liveFallback(
  state: RunState,
  step: PlannedStep,
  at: { readonly registry: string; readonly nowMs: number },
): FallbackRule | undefined {
  const live = state.steps
    .get(step.id)
    ?.incidents.some(({ registry, spent, untilMs }) => registry === at.registry && !spent && at.nowMs < untilMs);
  return live === true ? fallbackOf(state, step, at.registry) : undefined;
}

/** A fallback token as a stored one. */
export function tokenOf({ variable, user }: FallbackRule): Extract<CredentialRule, { kind: "token" }> {
  return { kind: "token", variable, ...(user === undefined ? {} : { user }) };
}

/** Incidents of a run, in the order of its plan. */
export function incidentsOf(state: RunState): readonly (Incident & { readonly step: string; readonly number: number })[] {
  return state.plan.steps.flatMap(({ id }) =>
    (state.steps.get(id)?.incidents ?? []).map((incident, index) => ({ ...incident, step: id, number: index + 1 })),
  );
}

/** The rule that an incident was allowed under. */
export function ruleOfIncident(state: RunState, incident: { readonly step: string; readonly registry: string }): FallbackRule | undefined {
  const planned = stepOf(state.plan, incident.step);
  return planned === undefined ? undefined : fallbackOf(state, planned, incident.registry);
}

function fallbackOf({ plan }: RunState, step: PlannedStep, name: string): FallbackRule | undefined {
  const credentials = environmentOf(plan, step)?.registries.find((registry) => registry.name === name)?.credentials;
  return credentials?.kind === "trusted-publishing" ? credentials.fallback : undefined;
}

function isShutOut(step: StepState | undefined, registry: string): boolean {
  return step?.phase === "failed" && effectsOf(step).some((effect) => effect.effect.target === registry && wasNotLetIn(effect));
}

/** The last thing that the effect met was a login: nothing was sent, and nothing of it is in doubt because of that. */
function wasNotLetIn({ evidence, reply }: EffectState): boolean {
  if (evidence !== undefined || (reply?.kind !== "refused" && reply?.kind !== "later")) return false;
  return reply.code !== undefined && loginCodes.has(reply.code);
}

const loginCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>(["LOGIN_REFUSED", "LOGIN_UNANSWERED"]);

function mayNot(why: string, hint: string): Breaking {
  return { kind: "may-not", why, hint };
}
