// The loop that advances a run: ask `decide`, write down what must be known before it is done, begin it, wait for
// something to happen. It judges nothing and touches nothing itself; a runtime does, and there is one for real runs and
// one for the simulation. `next`, `commit`, `perform` are the whole port, so that the same rule runs inside Temporal.
import type { Sha256 } from "../domain/digest.ts";
import { unreachable } from "../domain/error.ts";
import type { ErrorCode } from "../domain/error-catalog.ts";
import type { Subject } from "../domain/gate.ts";
import { decide, type Decision, type Limits, type Move } from "../domain/run/decide.ts";
import type { EffectStop } from "../domain/run/decide-effect.ts";
import type { Fact, Recorded } from "../domain/run/fact.ts";
import type { Standing } from "../domain/run/standing.ts";
import { evolve, type RunState } from "../domain/run/state.ts";

export type Input =
  /** A move that was begun has ended, and this is what was learned. */
  | { readonly kind: "ended"; readonly key: string; readonly facts: readonly Fact[] }
  /** Asks of people were taken out of the inbox and judged. */
  | { readonly kind: "asked"; readonly facts: readonly Fact[]; readonly answered: readonly string[] }
  | { readonly kind: "woken" };

export interface Runtime {
  nowMs(): number;
  /** Makes facts durable, in one go. */
  commit(facts: readonly Fact[], answered: readonly string[]): readonly Recorded[];
  /** Begins a move; what came of it arrives through `next`. */
  perform(move: Move, state: RunState): void;
  /** The next thing that happens, at the latest when it is `wakeAtMs`. */
  next(wakeAtMs: number | undefined): Promise<Input>;
  /** What has happened besides, without waiting for anything. Absent: nothing. */
  more?(): readonly Input[];
  /** What people said that nobody has taken up yet, judged against the state as it is now; without waiting. Absent: `next` has it. */
  asked?(): Input | undefined;
  /** What is committed within `act` becomes durable together, when this returns: one sync for all. Absent: each by itself. */
  together?<T>(act: () => T): T;
  digestSubject(subject: Subject): Sha256;
}

export interface DriveOptions {
  readonly limits: Limits;
  /** Stay until somebody opens the gate, answers, or merges; or return. */
  readonly waitForPeople: boolean;
  /** Aborted when a person interrupts: nothing new is begun, what is under way is ended. */
  readonly interrupted: AbortSignal;
}

export type Drove = Standing | { readonly kind: "interrupted" };

/** Advances the run until nothing more can be done without somebody or something else. */
export async function drive(state: RunState, runtime: Runtime, options: DriveOptions): Promise<Drove> {
  const underWay = new Set<string>();
  let inputs: readonly Input[] = [];
  for (;;) {
    const advanced = advanceTogether(state, runtime, { options, underWay, inputs });
    // Only now is all of it durable that these are begun on the strength of, above all the intents.
    for (const move of advanced.begun) runtime.perform(move, state);
    if (underWay.size === 0 && options.interrupted.aborted) return { kind: "interrupted" };
    const { standing, wakeAtMs, isForPeople } = advanced.decision;
    const isAtRest = underWay.size === 0 && (wakeAtMs === undefined || isForPeople) && isResting(standing, options);
    if (isAtRest && state.closed !== undefined) return standing;
    // At rest, what people said while nobody looked is taken up before anything is concluded from their silence.
    const input = await runtime.next(isAtRest ? runtime.nowMs() : wakeAtMs);
    if (isAtRest && input.kind === "woken") return standing;
    inputs = [input, ...(runtime.more?.() ?? [])];
  }
}

interface Advancing {
  readonly options: DriveOptions;
  readonly underWay: Set<string>;
  readonly inputs: readonly Input[];
}

interface Advanced {
  readonly decision: Decision;
  readonly begun: readonly Move[];
}

function advanceTogether(state: RunState, runtime: Runtime, advancing: Advancing): Advanced {
  const act = (): Advanced => advance(state, runtime, advancing);
  return runtime.together === undefined ? act() : runtime.together(act);
}

/** Writes down what happened and what follows from it, until only moves are left that take their time. */
function advance(state: RunState, runtime: Runtime, { options, underWay, inputs }: Advancing): Advanced {
  for (const input of inputs) take(state, runtime, { input, underWay });
  // What was said by now counts before anything is begun: after a cancel nothing more is sent (DESIGN §4).
  for (let input = runtime.asked?.(); input !== undefined; input = runtime.asked?.()) take(state, runtime, { input, underWay });
  const begun: Move[] = [];
  for (;;) {
    const decision = decide(state, { nowMs: runtime.nowMs(), underWay, limits: options.limits });
    const moves = options.interrupted.aborted ? [] : decision.moves;
    const first = moves.flatMap((move) => factsBefore(move, state, runtime));
    if (first.length > 0) book(state, runtime.commit(first, []));
    const toPerform = moves.filter((move) => !isBookkeeping(move));
    for (const move of toPerform) underWay.add(move.key);
    begun.push(...toPerform);
    if (moves.length === toPerform.length) return { decision, begun };
  }
}

function take(state: RunState, runtime: Runtime, what: { readonly input: Input; readonly underWay: Set<string> }): void {
  const { input, underWay } = what;
  if (input.kind === "woken") return;
  if (input.kind === "ended") underWay.delete(input.key);
  const answered = input.kind === "asked" ? input.answered : [];
  if (input.facts.length > 0 || answered.length > 0) book(state, runtime.commit(input.facts, answered));
}

function book(state: RunState, recorded: readonly Recorded[]): void {
  for (const one of recorded) evolve(state, one);
}

function isResting(standing: Standing, options: DriveOptions): boolean {
  return standing.kind !== "waiting" || !options.waitForPeople;
}

/** Moves that are nothing but a conclusion to be written down. */
function isBookkeeping(move: Move): boolean {
  return ["lose", "end", "fail", "settle", "freeze", "close"].includes(move.kind);
}

/** What is durable before a move is begun: above all the intent, before anything is sent. */
function factsBefore(move: Move, state: RunState, runtime: Runtime): readonly Fact[] {
  switch (move.kind) {
    case "work":
      return [{ kind: "step-started", step: move.step, attempt: move.attempt }];
    case "list-effects":
      return state.steps.get(move.step)?.phase === "running" ? [] : [{ kind: "step-started", step: move.step, attempt: 1 }];
    case "send":
      return [{ kind: "effect-intended", step: move.step, effect: move.effect }];
    case "lose":
      return [{ kind: "step-lost", step: move.step }];
    case "end":
      return [endOf(move.step, state)];
    case "settle":
      return [{ kind: "effect-settled", step: move.step, effect: move.effect }];
    case "fail":
      return [failure(move)];
    case "freeze":
      return [{ kind: "subject-frozen", gate: move.gate, subject: move.subject, digest: runtime.digestSubject(move.subject) }];
    case "close":
      return [{ kind: "run-closed", result: move.result }];
    case "preflight":
    case "survey":
    case "observe":
    case "verify":
    case "ask":
      return [];
    default:
      return unreachable(move, "move");
  }
}

/** A step that has nothing left to do: its effects are verified, its question is answered, or its artifacts were made elsewhere. */
function endOf(step: string, state: RunState): Fact {
  const { imported } = state.steps.get(step) ?? {};
  if (imported === undefined) return { kind: "step-done", step, output: null, artifacts: [] };
  return {
    kind: "step-done",
    step,
    output: { imported: { by: imported.by.name, reason: imported.reason } },
    artifacts: imported.artifacts,
  };
}

function failure(move: Extract<Move, { kind: "fail" }>): Fact {
  const { stop, effect, step } = move;
  const subject = effect === "" ? "" : `${effect}: `;
  const said = stop.kind === "conflict" ? `the target holds something else: ${stop.theirs}` : stop.why;
  return { kind: "step-failed", step, code: codeOf(stop), message: `${subject}${said}` };
}

function codeOf(stop: EffectStop): ErrorCode {
  switch (stop.kind) {
    case "failed":
      return stop.code ?? "STEP_FAILED";
    case "unresolved":
      return "RUN_INCOMPLETE";
    case "conflict":
      return "REGISTRY_CONFLICT";
    case "by-person":
      return "DECISION_NEEDED";
    default:
      return unreachable(stop, "stop");
  }
}
