// What a run came to, as one document: what is public now, file by file, and why it stands where it stands. The CLI
// prints it, `--json` is it, and the room will show it.
import type { ErrorCode } from "../domain/error-catalog.ts";
import { errorCatalog } from "../domain/error-catalog.ts";
import { unreachable } from "../domain/error.ts";
import { rejectedBy } from "../domain/run/progress.ts";
import type { FindingFact, RunMode } from "../domain/run/fact.ts";
import type { EffectState, RunState } from "../domain/run/state.ts";
import type { Drove } from "../engine/driver.ts";
import { stops } from "./stopping.ts";

export const reportSchema = "slipway-report/1";

export interface Report {
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
  readonly findings: readonly FindingFact[];
}

export interface ReportedStep {
  readonly id: string;
  readonly state: string;
  readonly message?: string;
  readonly hint?: string;
}

export type FileOutcome = "published" | "already-there" | "not-published" | "unknown" | "conflict" | "failed";

export interface ReportedFile {
  readonly registry: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly outcome: FileOutcome;
  readonly reach: string;
  readonly url?: string;
  readonly why?: string;
}

export function report(state: RunState, drove: Drove): Report {
  const verdict = judge(state, drove);
  const { source, release } = state.plan;
  return {
    schema: reportSchema,
    run: state.run,
    mode: state.mode,
    title: release.title,
    planDigest: state.planDigest,
    commit: source.commit,
    ...(source.tag === undefined ? {} : { tag: source.tag }),
    standing: drove.kind === "closed" ? drove.result : drove.kind,
    ...verdict,
    steps: state.plan.steps.map((step) => reportStep(state, step.id)),
    files: reportFiles(state),
    findings: state.preflight?.findings ?? [],
  };
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
      return failing("RUN_WAITING", describeWaiting(state, drove.gates, drove.questions));
    case "interrupted":
      return { sentence: "Interrupted; the state is safe", exitCode: 130, hint: "Run the same command again to go on" };
    case "working":
      return failing("RUN_INCOMPLETE", "The run is under way");
    default:
      return unreachable(drove, "standing");
  }
}

function judgeClosed(state: RunState, result: "complete" | "cancelled" | "rejected" | "superseded"): Verdict {
  if (result === "complete") return { sentence: `${state.plan.release.title} is complete`, exitCode: 0 };
  if (result === "superseded") return { sentence: "Another run took this one's place", exitCode: 0 };
  if (result === "cancelled") return failing("RUN_CANCELLED", `Cancelled by ${state.cancel?.by.name ?? "a person"}`);
  const rejection = rejectedBy(state);
  return failing("POLICY_REFUSED", `Rejected at gate "${rejection?.gate}" by ${rejection?.by}: ${rejection?.reason}`);
}

function failing(code: ErrorCode, sentence: string, hint: string = errorCatalog[code].next): Verdict {
  return { sentence, exitCode: errorCatalog[code].exit, code, hint };
}

function judgeBlocked(state: RunState): Verdict {
  const blocking = (state.preflight?.findings ?? []).filter((finding) => stops(state.mode, finding));
  const first = blocking[0];
  const more = blocking.length > 1 ? ` (and ${blocking.length - 1} more)` : "";
  return failing(codeOfFinding(first?.id), `${first?.message ?? "Preflight blocks the run"}${more}`, first?.hint);
}

function codeOfFinding(id: string | undefined): ErrorCode {
  if (id === "PF-CREDENTIAL-MISSING") return "CREDENTIAL_MISSING";
  if (id === "PF-CREDENTIAL-INVALID") return "CREDENTIAL_INVALID";
  if (id === "PF-CANDIDATE") return "POLICY_REFUSED";
  return "PREFLIGHT_BLOCKED";
}

function judgeFailed(state: RunState, steps: readonly string[]): Verdict {
  const failures = steps.flatMap((id) => state.steps.get(id)?.failure ?? []);
  const [first] = failures;
  const more = steps.length > 1 ? ` (and ${steps.length - 1} more)` : "";
  const code = first?.code ?? "RUN_FAILED";
  return failing(code, `Step "${steps[0]}" failed: ${first?.message ?? "without a word"}${more}`, first?.hint);
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
      if (effect.observed?.observation.kind === "conflict")
        return `"${effect.effect.target}" holds other bytes: ${effect.observed.observation.theirs}`;
    }
    if (step.failure?.code === "REGISTRY_CONFLICT") return step.failure.message;
  }
  return "A registry holds something else under our name";
}

function describeOpen(state: RunState): string {
  const open = [...state.steps.values()].flatMap((step) => [...(step.effects?.values() ?? [])].filter((effect) => effect.open));
  return open.map((effect) => `"${effect.effect.key}"`).join(", ");
}

function describeWaiting(state: RunState, gates: readonly string[], questions: readonly string[]): string {
  const asked = [
    ...gates.map((gate) => `gate "${gate}" waits for approval of ${state.gates.get(gate)?.subject?.digest.slice(0, 12)}`),
    ...questions.map((step) => `step "${step}" asks: ${state.steps.get(step)?.question?.text}`),
  ];
  return asked.join("; ");
}

function reportStep(state: RunState, id: string): ReportedStep {
  const step = state.steps.get(id);
  const phase = step?.phase ?? "pending";
  if (phase === "failed" && step?.failure !== undefined) {
    const { message, hint } = step.failure;
    return { id, state: phase, message, ...(hint === undefined ? {} : { hint }) };
  }
  if (phase === "later" && step?.later !== undefined) return { id, state: "waiting", message: step.later.why };
  return { id, state: phase };
}

function reportFiles(state: RunState): readonly ReportedFile[] {
  return state.plan.steps.flatMap((step) => [...(state.steps.get(step.id)?.effects?.values() ?? [])].map((effect) => reportFile(effect)));
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

function outcomeOf(state: EffectState): { readonly outcome: FileOutcome; readonly why?: string } {
  const { evidence, observed, open, reply, sends } = state;
  if (evidence !== undefined) return { outcome: sends > 0 ? "published" : "already-there" };
  if (observed?.observation.kind === "conflict") return { outcome: "conflict", why: observed.observation.theirs };
  if (open) return { outcome: "unknown", why: "it was sent, and nothing says yet what became of it" };
  if (reply?.kind === "refused") return { outcome: "failed", why: reply.why };
  return { outcome: "not-published" };
}

/** Files that others can see now, for the first line of every failure. */
export function publicNow(files: readonly ReportedFile[]): readonly ReportedFile[] {
  return files.filter((file) => file.outcome === "published" || file.outcome === "already-there");
}
