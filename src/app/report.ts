// What a run came to, as one document: what is public now, file by file, and why it stands where it stands. The CLI
// prints it, `--json` is it, and the room will show it.
import type { ErrorCode } from "../domain/error-catalog.ts";
import type { ClosingRow } from "../domain/closing/closing-table.ts";
import { errorCatalog } from "../domain/error-catalog.ts";
import { unreachable } from "../domain/error.ts";
import { stepOf } from "../domain/plan/plan.ts";
import { hostsFor } from "../domain/platform.ts";
import { isImportable } from "../domain/run/imports.ts";
import { hasNoPlace, notTried } from "../domain/run/no-place.ts";
import { rejectedBy, waitsForPerson } from "../domain/run/progress.ts";
import type { FindingFact, RunMode } from "../domain/run/fact.ts";
import { isFile } from "../domain/run/effect.ts";
import { effectsOf, type EffectState, type RunState } from "../domain/run/state.ts";
import type { Drove } from "../engine/driver.ts";
import { closingOf } from "./closing.ts";
import { credentialUses, type CredentialUses } from "./incidents.ts";
import { leftBehind } from "./left-behind.ts";
import { buildsOf, type RecordedBuild } from "./record.ts";
import { stops } from "./stopping.ts";

export const reportSchema = "slipway-report/1";

export interface Report extends CredentialUses {
  readonly schema: typeof reportSchema;
  readonly run: string;
  readonly mode: RunMode;
  readonly title: string;
  readonly planDigest: string;
  readonly commit: string;
  readonly tag?: string;
  readonly standing: string;
  /** One sentence for people. */
  readonly sentence: string;
  readonly exitCode: number;
  readonly code?: ErrorCode;
  readonly hint?: string;
  readonly steps: readonly ReportedStep[];
  /** Every file of the release at every registry of the plan. */
  readonly files: readonly ReportedFile[];
  /** All else that the world was to hold: branches and tags, releases, issues. */
  readonly others: readonly ReportedOther[];
  readonly findings: readonly FindingFact[];
  /** Every channel that has something of the release: where it is, how it is installed, its digests. */
  readonly closing: readonly ClosingRow[];
  /** Files that an earlier run or rehearsal of the same commit built too, and how the builds differ. Absent: there are none. */
  readonly builds?: readonly RecordedBuild[];
}

export interface ReportedStep {
  readonly id: string;
  readonly state: string;
  readonly message?: string;
  readonly hint?: string;
  /** It has no place on this machine: machines that can do it, in the words of a plan's platforms. Empty: this one lacks a tool. */
  readonly needs?: readonly string[];
  /** Its artifacts were made elsewhere, and this person says that they are of this commit. */
  readonly imported?: { readonly by: string; readonly authenticated: boolean; readonly reason: string };
}

export type FileOutcome = "published" | "already-there" | "waiting" | "not-published" | "unknown" | "conflict" | "failed";

export interface ReportedFile {
  readonly registry: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly outcome: FileOutcome;
  readonly reach: string;
  /** It is where only we can see it: in a draft. */
  readonly hidden?: true;
  readonly url?: string;
  readonly why?: string;
}

export interface ReportedOther {
  /** Remote or forge. */
  readonly target: string;
  /** For people: `main and v1.2.0 at origin`. */
  readonly title: string;
  readonly outcome: FileOutcome;
  readonly reach: string;
  /** It is where only we can see it: in a draft, or staged. */
  readonly hidden?: true;
  /** It is staged at its registry, and this is how a person sends it back from there. */
  readonly sendBack?: string;
  readonly url?: string;
  readonly why?: string;
}

export function report(state: RunState, drove: Drove): Report {
  const verdict = judge(state, drove);
  const { source, release } = state.plan;
  const effects = state.plan.steps.flatMap((step) => effectsOf(state.steps.get(step.id)));
  return {
    schema: reportSchema,
    run: state.run,
    mode: state.mode,
    title: release.title,
    planDigest: state.planDigest,
    commit: state.head.commit,
    ...(source.tag === undefined ? {} : { tag: source.tag }),
    standing: standingWords(state, drove),
    ...verdict,
    steps: reportSteps(state),
    files: effects.filter(({ effect }) => isFile(effect)).map((one) => ({ ...reportFile(one), ...shownOf(one, effects) })),
    others: effects.filter(({ effect }) => !isFile(effect)).map((one) => ({ ...reportOther(one), ...shownOf(one, effects) })),
    findings: state.preflight?.findings ?? [],
    closing: closingOf(state),
    ...buildsOf(state),
    ...credentialUses(state),
  };
}

/** As scripts read it: a rehearsal without some of its legs is `partial`, a run that only lacks a machine is `waiting`. */
function standingWords(state: RunState, drove: Drove): string {
  if (drove.kind === "failed" && drove.steps.every((id) => hasNoPlace(state.steps.get(id)))) return "waiting";
  if (drove.kind !== "closed") return drove.kind;
  return drove.result === "complete" && withoutPlace(state).length > 0 ? "partial" : drove.result;
}

/** Legs that a rehearsal left out; a run that is complete has none but optional ones. */
function withoutPlace(state: RunState): readonly string[] {
  return state.mode === "rehearsal" ? [...state.steps.values()].filter(hasNoPlace).map((step) => step.id) : [];
}

interface Verdict {
  readonly sentence: string;
  readonly exitCode: number;
  readonly code?: ErrorCode;
  readonly hint?: string;
}

function judge(state: RunState, drove: Drove): Verdict {
  switch (drove.kind) {
    case "closed":
      return judgeClosed(state, drove.result);
    case "conflict":
      return failing("REGISTRY_CONFLICT", describeConflict(state));
    case "moved":
      return failing(
        "SOURCE_MOVED",
        `${state.moved?.what} moved from ${state.moved?.from.slice(0, 10)} to ${state.moved?.to.slice(0, 10)}`,
      );
    case "blocked":
      return judgeBlocked(state);
    case "unresolved":
      return failing("RUN_INCOMPLETE", `It is not known what became of ${describeOpen(state)}`);
    case "failed":
      return judgeFailed(state, drove.steps);
    case "waiting":
      return judgeWaiting(state, drove);
    case "interrupted":
      return { sentence: "Interrupted; the state is safe", exitCode: 130, hint: "Run the same command again to go on" };
    case "working":
      return failing("RUN_INCOMPLETE", "The run is not finished");
    default:
      return unreachable(drove, "standing");
  }
}

function judgeClosed(state: RunState, result: "complete" | "cancelled" | "rejected" | "superseded"): Verdict {
  if (result === "complete") return judgeComplete(state);
  if (result === "superseded") return { sentence: "Another run took this one's place", exitCode: 0 };
  if (result === "cancelled") {
    const back = leftBehind(state)?.withdraw;
    const hint = back === undefined ? undefined : `Take back what is left with \`${back}\`, or begin again with \`slipway run\``;
    return failing("RUN_CANCELLED", `Cancelled by ${state.cancel?.by.name ?? "a person"}`, hint);
  }
  const rejection = rejectedBy(state);
  return failing("POLICY_REFUSED", `Rejected at gate "${rejection?.gate}" by ${rejection?.by}: ${rejection?.reason}`);
}

function judgeComplete(state: RunState): Verdict {
  const without = withoutPlace(state);
  if (without.length === 0) return { sentence: `${state.plan.release.title} is complete`, exitCode: 0 };
  const needs = without.slice(0, untriedNamed).map((id) => `"${id}" needs ${placesOf(state, id)}`);
  const more = without.length > needs.length ? `, and ${without.length - needs.length} more` : "";
  const parts = without.length === 1 ? "a leg that has" : `${without.length} legs that have`;
  return failing(
    "NO_PLACE",
    `${state.plan.release.title} was rehearsed in part, without ${parts} no place on this machine: ${needs.join(", ")}${more}${untriedWords([...notTried(state)])}`,
    waysIn(state, without),
  );
}

/** One command brings in the files of all legs; the ways out of a single one, and of those that leave no files, are its own. */
function waysIn(state: RunState, without: readonly string[]): string | undefined {
  const fillable = without.flatMap((id) => stepOf(state.plan, id) ?? []).filter(isImportable);
  if (fillable.length > 1) return "Build them on such machines and give all files to the rehearsal: `slipway rehearse --import FILE...`";
  const hint = state.steps.get(fillable[0]?.id ?? without[0] ?? "")?.failure?.hint;
  return hint?.replace("slipway import", "slipway rehearse --import").replace(" --by NAME --reason TEXT", "");
}

/** Machines that a leg can run on; its own words where they name none. */
function placesOf(state: RunState, id: string): string {
  const hosts = hostsFor(stepOf(state.plan, id)?.leg?.["platform"] ?? "");
  return hosts.length > 0 ? hosts.join(" or ") : "a tool or machine that this one lacks";
}

function namesOf(ids: readonly string[]): string {
  const names = ids.slice(0, untriedNamed).map((id) => `"${id}"`);
  return ids.length > names.length ? `${names.join(", ")} and ${ids.length - names.length} more` : names.join(", ");
}

/** What was not seen must not read as if it had passed. */
function untriedWords(ids: readonly string[]): string {
  if (ids.length === 0) return "";
  return `; ${namesOf(ids)} ${ids.length === 1 ? "was" : "were"} not tried, since nothing was made for ${ids.length === 1 ? "it" : "them"}`;
}

const untriedNamed = 5;

function failing(code: ErrorCode, sentence: string, hint: string = errorCatalog[code].next): Verdict {
  return { sentence, exitCode: errorCatalog[code].exit, code, hint };
}

function judgeBlocked(state: RunState): Verdict {
  const blocking = (state.preflight?.findings ?? []).filter((finding) => stops(state.mode, finding));
  // Somebody else's files under our version are an incident, whatever else is wrong.
  const first = blocking.find(({ id }) => codeOfFinding(id) === "REGISTRY_CONFLICT") ?? blocking[0];
  const more = blocking.length > 1 ? ` (and ${blocking.length - 1} more)` : "";
  return failing(codeOfFinding(first?.id), `${first?.message ?? "Preflight blocks the run"}${more}`, first?.hint);
}

function codeOfFinding(id: string | undefined): ErrorCode {
  return codesOfFindings.get(id) ?? "PREFLIGHT_BLOCKED";
}

const codesOfFindings: ReadonlyMap<string | undefined, ErrorCode> = new Map([
  ["PF-STRANGERS", "REGISTRY_CONFLICT"],
  ["PF-CREDENTIAL-MISSING", "CREDENTIAL_MISSING"],
  ["PF-IDENTITY-MISSING", "LOGIN_REFUSED"],
  ["PF-LOGIN-ISSUER", "LOGIN_REFUSED"],
  ["PF-LOGIN-FIRST", "CREDENTIAL_MISSING"],
  ["PF-SIGN-IDENTITY", "LOGIN_REFUSED"],
  ["PF-CREDENTIAL-INVALID", "CREDENTIAL_INVALID"],
  ["PF-CREDENTIAL-NOT-YET", "NOT_YET"],
  ["PF-NOT-YET", "NOT_YET"],
  ["PF-CANDIDATE", "POLICY_REFUSED"],
  ["PF-WITHDRAW", "POLICY_REFUSED"],
]);

function judgeFailed(state: RunState, steps: readonly string[]): Verdict {
  // What is broken is told before what only lacks a machine.
  const id = steps.find((one) => !hasNoPlace(state.steps.get(one))) ?? steps[0] ?? "";
  const first = state.steps.get(id)?.failure;
  const more = steps.length > 1 ? ` (and ${steps.length - 1} more)` : "";
  const code = first?.code ?? "RUN_FAILED";
  const verb = code === "NO_PLACE" ? "waits" : "failed";
  // Only work writes a log; what an acting step met is in the message.
  const hint =
    first?.hint ?? (code === "STEP_FAILED" && stepOf(state.plan, id)?.kind === "acting" ? errorCatalog.RUN_FAILED.next : undefined);
  return failing(code, `Step "${id}" ${verb}: ${first?.message ?? "without a word"}${more}`, hint);
}

function describeConflict(state: RunState): string {
  for (const step of state.steps.values()) {
    if (step.surveyed?.result.kind === "strangers") {
      const [first, ...rest] = step.surveyed.result.strangers;
      const when = first?.uploadedAt === undefined ? "" : `, uploaded ${first.uploadedAt}`;
      const more = rest.length > 0 ? ` (and ${rest.length} more)` : "";
      return `"${first?.target}" holds "${first?.name}" under our version${when}, and it is none of our files${more}`;
    }
    for (const effect of step.effects?.values() ?? []) {
      if (effect.observed?.observation.kind === "conflict") {
        const { theirs } = effect.observed.observation;
        return isFile(effect.effect) ? `"${effect.effect.target}" holds other bytes: ${theirs}` : `${effect.effect.title}: ${theirs}`;
      }
    }
    if (step.failure?.code === "REGISTRY_CONFLICT") return step.failure.message;
  }
  return "A registry holds something else under our name";
}

function describeOpen(state: RunState): string {
  const open = [...state.steps.values()].flatMap((step) => [...(step.effects?.values() ?? [])].filter((effect) => effect.open));
  return open.map((effect) => `"${effect.effect.key}"`).join(", ");
}

function judgeWaiting(state: RunState, waiting: Extract<Drove, { kind: "waiting" }>): Verdict {
  const isElsewhere = waiting.gates.length + waiting.questions.length === 0;
  const hint = isElsewhere ? "See to it there, then run the same command again, or give the run up with `slipway cancel`" : undefined;
  return failing("RUN_WAITING", describeWaiting(state, waiting), hint);
}

function describeWaiting(state: RunState, { gates, questions, elsewhere = [] }: Extract<Drove, { kind: "waiting" }>): string {
  const asked = [
    ...elsewhere.flatMap((step) => effectsOf(state.steps.get(step)).flatMap((effect) => waitingWords(step, effect))),
    ...gates.map((gate) => `gate "${gate}" waits for approval of ${state.gates.get(gate)?.subject?.digest.slice(0, 12)}`),
    ...questions.map((step) => `step "${step}" asks: ${state.steps.get(step)?.question?.text}`),
  ];
  return asked.join("; ");
}

function reportSteps(state: RunState): readonly ReportedStep[] {
  const untried = notTried(state);
  const message = "Nothing was made for it: what would make it has no place on this machine";
  return state.plan.steps.map(({ id }) => (untried.has(id) ? { id, state: "not-tried", message } : reportStep(state, id)));
}

function waitingWords(step: string, effect: EffectState): readonly string[] {
  const { observation } = effect.observed ?? {};
  return waitsForPerson(effect) && observation?.kind === "pending" ? [`step "${step}" waits: ${observation.why}`] : [];
}

function reportStep(state: RunState, id: string): ReportedStep {
  const step = state.steps.get(id);
  const phase = step?.phase ?? "pending";
  if (step?.imported !== undefined && (phase === "done" || phase === "pending")) {
    const { by, reason } = step.imported;
    const who = `${by.name}${by.authenticated ? "" : " (not authenticated)"}`;
    const message = `Imported by ${who}: ${reason}`;
    return { id, state: phase, message, imported: { by: by.name, authenticated: by.authenticated, reason } };
  }
  if (phase === "failed" && step?.failure !== undefined) {
    const { message, hint } = step.failure;
    return { id, state: phase, message, ...(hint === undefined ? {} : { hint }), ...(hasNoPlace(step) ? placeOf(state, id) : {}) };
  }
  if (phase === "later" && step?.later !== undefined) return { id, state: "waiting", message: step.later.why };
  return { id, state: phase };
}

/** A run waits for what has to be done; a rehearsal, and a run for what is optional, go on without it. */
function placeOf({ plan, mode }: RunState, id: string): Pick<ReportedStep, "state" | "needs"> {
  const planned = stepOf(plan, id);
  const isLeftOut = mode === "rehearsal" || planned?.optional === true;
  return { state: isLeftOut ? "left-out" : "waiting", needs: hostsFor(planned?.leg?.["platform"] ?? "") };
}

function reportFile(state: EffectState): ReportedFile {
  const { effect, evidence } = state;
  const { outcome, why } = outcomeOf(state);
  const data = effect.data as { readonly name?: string; readonly sha256?: string; readonly sizeBytes?: number };
  return {
    registry: effect.target,
    name: data.name ?? effect.key,
    sha256: data.sha256 ?? "",
    sizeBytes: data.sizeBytes ?? 0,
    outcome,
    reach: effect.reach,
    ...(evidence?.url === undefined ? {} : { url: evidence.url }),
    ...(why === undefined ? {} : { why }),
  };
}

/** A draft and its files are nobody's to see until what shows them was seen; once that was sent, they may be. */
function shownOf({ effect, evidence }: EffectState, all: readonly EffectState[]): Pick<ReportedFile, "hidden" | "why"> | UnknownOutcome {
  const { shownBy } = effect;
  const showing = all.filter((other) => other.effect.key === shownBy);
  if (shownBy === undefined || showing.some((other) => other.evidence !== undefined)) return {};
  if (!showing.some((other) => other.open)) return { hidden: true };
  return evidence === undefined ? {} : { outcome: "unknown", why: "it is there, and nothing says yet whether others see it" };
}

interface UnknownOutcome {
  readonly outcome: "unknown";
  readonly why: string;
}

function reportOther(state: EffectState): ReportedOther {
  const { effect, evidence } = state;
  const sendBack = evidence?.details?.["sendBack"];
  const { outcome, why } = outcomeOf(state);
  return {
    target: effect.target,
    title: effect.title,
    outcome,
    reach: effect.reach,
    ...(typeof sendBack === "string" ? { sendBack } : {}),
    ...(evidence?.url === undefined ? {} : { url: evidence.url }),
    ...(why === undefined ? {} : { why }),
  };
}

function outcomeOf(state: EffectState): { readonly outcome: FileOutcome; readonly why?: string } {
  const { evidence, observed, open, reply, sends } = state;
  if (evidence !== undefined) return { outcome: sends > 0 ? "published" : "already-there" };
  if (observed?.observation.kind === "conflict") return { outcome: "conflict", why: observed.observation.theirs };
  if (observed?.observation.kind === "pending" && observed.observation.forPerson === true)
    return { outcome: "waiting", why: observed.observation.why };
  if (open) return { outcome: "unknown", why: "it was sent, and nothing says yet what became of it" };
  if (reply?.kind === "refused") return { outcome: "failed", why: reply.why };
  return { outcome: "not-published" };
}

/** What others can see now, for the first line of every failure. */
export function publicNow<T extends Pick<ReportedFile, "outcome" | "hidden">>(all: readonly T[]): readonly T[] {
  return all.filter(({ outcome, hidden }) => hidden !== true && (outcome === "published" || outcome === "already-there"));
}
