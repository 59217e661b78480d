// What a run tells of the use of its credentials: how each registry was opened, by whose run, for which files (systems S1.6), and
// when the glass was broken for one (S1.11). A part of the report and of the record; and the incidents of all runs of a project,
// for those who tell of them, close them and look whether one is open.
import { incidentsOf, ruleOfIncident, type Incident } from "../domain/run/break-glass.ts";
import type { Person } from "../domain/run/fact.ts";
import type { OpenedHow } from "../domain/run/opened.ts";
import { effectsOf, fold, type RunState } from "../domain/run/state.ts";
import type { Journal } from "../engine/journal/journal.ts";

export interface RecordedCredential {
  readonly step: string;
  readonly registry: string;
  readonly how: OpenedHow;
  readonly by: string;
  /** Something proves the name; on a laptop nothing does. */
  readonly authenticated: boolean;
  readonly at: string;
  /** What was sent with it. */
  readonly files: readonly string[];
}

export interface RecordedIncident {
  readonly step: string;
  readonly registry: string;
  /** Variable that holds the fallback token. */
  readonly variable: string;
  readonly by: string;
  readonly authenticated: boolean;
  readonly reason: string;
  readonly at: string;
  /** From then on the token opened nothing any more. */
  readonly until: string;
  /** Comment on the tracker's issue; absent: it is not there yet, or need not be. */
  readonly told?: string;
  /** Absent: the way is open still. */
  readonly closed?: { readonly by: string; readonly authenticated: boolean; readonly reason: string; readonly at: string };
}

export interface CredentialUses {
  readonly credentials?: readonly RecordedCredential[];
  readonly incidents?: readonly RecordedIncident[];
}

/** As members of a document, absent where there is nothing to tell. A rehearsal opens nothing that is worth telling. */
export function credentialUses(state: RunState): CredentialUses {
  if (state.mode === "rehearsal") return {};
  const credentials = credentialsOf(state);
  const incidents = incidentsOf(state).map(recordedIncident);
  return { ...(credentials.length === 0 ? {} : { credentials }), ...(incidents.length === 0 ? {} : { incidents }) };
}

function credentialsOf({ plan, steps }: RunState): readonly RecordedCredential[] {
  return plan.steps.flatMap(({ id }) => {
    const step = steps.get(id);
    return (step?.opened ?? []).map((use): RecordedCredential => {
      const sent = effectsOf(step).filter(({ opened }) => opened === use);
      const files = sent.map(({ effect }) => (typeof effect.data["name"] === "string" ? effect.data["name"] : effect.title));
      return { step: id, registry: use.registry, how: use.how, ...whoWhen(use), files };
    });
  });
}

function recordedIncident(incident: Incident & { readonly step: string }): RecordedIncident {
  const { step, registry, variable, reason, untilMs, told, closed } = incident;
  return {
    step,
    registry,
    variable,
    ...whoWhen(incident),
    reason,
    until: new Date(untilMs).toISOString(),
    ...(told === undefined ? {} : { told }),
    ...(closed === undefined ? {} : { closed: { ...whoWhen(closed), reason: closed.reason } }),
  };
}

function whoWhen({ by, atMs }: { readonly by: Person; readonly atMs: number }): Pick<RecordedCredential, "by" | "authenticated" | "at"> {
  return { by: by.name, authenticated: by.authenticated, at: new Date(atMs).toISOString() };
}

/** Of any run of a project: what doctor shows and a person closes. */
export interface KnownIncident extends Incident {
  readonly state: RunState;
  readonly step: string;
  /** Which one of the step's, from 1. */
  readonly number: number;
  /** People who decide for the token, as the plan names them. */
  readonly group: string | undefined;
  /** Its rule wants it on the tracker's issue, and it is not there. */
  readonly isUntold: boolean;
}

/** How many runs are looked through, newest first: the same as for an unfinished one. */
const runsMax = 1_000;

/** Incidents that are open, or that the tracker has yet to be told of; newest run first. */
export function unsettledIncidents(journal: Journal): readonly KnownIncident[] {
  return journal.runs(runsMax).flatMap(({ run }) => {
    const recorded = journal.read(run);
    // Most runs have none, and folding them all would cost more than reading them.
    if (!recorded.some(({ fact }) => fact.kind === "glass-broken")) return [];
    const state = fold(recorded);
    return incidentsOf(state)
      .map((one): KnownIncident => {
        const rule = ruleOfIncident(state, one);
        return { ...one, state, group: rule?.by, isUntold: one.told === undefined && rule?.tell === "tracker" };
      })
      .filter(({ closed, isUntold }) => closed === undefined || isUntold);
  });
}
