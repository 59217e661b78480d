// Does what `decide` asked for, one move at a time, through the steps and their ports, and says what was learned as
// facts. Whatever goes wrong in an unexpected way becomes a fact that leaves no wrong conclusion: a look that threw says
// "unknown", a send that threw may have arrived.
import { canonicalJson } from "../domain/digest.ts";
import { compareWithExpected, type Artifact } from "../domain/artifact.ts";
import { assert, SlipwayError, unreachable } from "../domain/error.ts";
import type { ErrorCode } from "../domain/error-catalog.ts";
import { environmentOf, stepOf, type PlannedStep } from "../domain/plan/plan.ts";
import type { BuildComparison } from "../domain/run/build-comparison.ts";
import type { Move } from "../domain/run/decide.ts";
import type { Effect, Performed } from "../domain/run/effect.ts";
import type { Fact, FindingFact } from "../domain/run/fact.ts";
import { artifactsFor } from "../domain/run/gates.ts";
import type { Head } from "../domain/run/head.ts";
import type { ReleaseChange } from "../domain/run/release-changes.ts";
import type { OpenedHow } from "../domain/run/opened.ts";
import type { OpenedRegistry, RunState } from "../domain/run/state.ts";
import type { CrashPoints } from "../platform/ports.ts";
import type {
  ActingStep,
  EffectPorts,
  Frozen,
  GateStep,
  MadeArtifact,
  ReadPorts,
  SourceChange,
  Step,
  Worked,
  WorkPorts,
  WorkStep,
} from "../steps/step.ts";

export type NoteOpened = (registry: string, how: OpenedHow) => void;

/** What the performer needs from the composition. All of it is opened late. */
export interface Workshop {
  readonly nowMs: () => number;
  readonly crashPoints: CrashPoints;
  stepOf(planned: PlannedStep): Step;
  /** Everything found before the first effect; `passed` already weighs what kind of run this is. */
  preflight(state: RunState): Promise<{ readonly passed: boolean; readonly findings: readonly FindingFact[] }>;
  readPorts(state: RunState, step: PlannedStep): Promise<ReadPorts>;
  /** @param opened told what opened a registry, each time that one is opened */
  effectPorts(state: RunState, step: PlannedStep, opened: NoteOpened): Promise<EffectPorts>;
  /** A throw-away copy and a log for one attempt. `close` removes the copy. */
  workPorts(state: RunState, step: PlannedStep, attempt: number): Promise<{ readonly ports: WorkPorts; close(): Promise<void> }>;
  /** Freezes a file's bytes into the store. */
  freeze(made: MadeArtifact, maker: string): Promise<Artifact>;
  /** Holds what a step built against an earlier build of the same commit; absent: nothing is compared. */
  compare?(state: RunState, made: { readonly step: string; readonly artifacts: readonly Artifact[] }): Promise<readonly BuildComparison[]>;
  /** What of the artifacts deserves a look before they are public; absent: nobody is asked about them. */
  lookAtChanges?(
    state: RunState,
    made: { readonly step: string; readonly artifacts: readonly Artifact[] },
  ): Promise<readonly ReleaseChange[]>;
  /** Moves the head on by what the step asked for and by its `keep:`; undefined: it stays. Done twice is harmless. */
  advance(
    state: RunState,
    step: PlannedStep,
    made: { readonly change: SourceChange | undefined; readonly workFolder: string },
  ): Promise<Head | undefined>;
  /** Where the source is now; asked before each effect. */
  lookAtSource(
    state: RunState,
  ): Promise<{ readonly kind: "same" } | { readonly kind: "moved"; readonly what: string; readonly from: string; readonly to: string }>;
  /** The digest that an acknowledgement is bound to, and the paths behind it. */
  bind(
    state: RunState,
    step: PlannedStep,
    question: { readonly text: string; readonly paths: readonly string[] },
  ): Promise<Extract<Fact, { kind: "question-asked" }>>;
}

/** @returns the facts learned. @throws SlipwayError STORAGE_FAILED; nothing else */
export async function perform(move: Move, state: RunState, workshop: Workshop): Promise<readonly Fact[]> {
  try {
    return await begin(move, state, workshop);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "STORAGE_FAILED") throw error;
    return unexpected(move, error, workshop.nowMs());
  }
}

function begin(move: Move, state: RunState, workshop: Workshop): Promise<readonly Fact[]> {
  switch (move.kind) {
    case "preflight":
      return preflight(state, workshop);
    case "work":
      return work(plannedOf(state, move.step), state, { workshop, attempt: move.attempt });
    case "list-effects":
      return listEffects(plannedOf(state, move.step), state, workshop);
    case "survey":
      return survey(plannedOf(state, move.step), state, workshop);
    case "observe":
      return observe(plannedOf(state, move.step), state, { workshop, effect: move.effect });
    case "send":
      return send(plannedOf(state, move.step), state, { workshop, effect: move.effect });
    case "verify":
      return verify(plannedOf(state, move.step), state, { workshop, effect: move.effect });
    case "ask":
      return ask(plannedOf(state, move.step), state, workshop);
    case "lose":
    case "end":
    case "fail":
    case "settle":
    case "freeze":
    case "close":
      throw new SlipwayError("INTERNAL_ASSERTION", `Cannot perform "${move.kind}": it is a conclusion`);
    default:
      return unreachable(move, "move");
  }
}

function plannedOf(state: RunState, id: string): PlannedStep {
  const planned = stepOf(state.plan, id);
  if (planned === undefined) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot find step "${id}" in the plan`);
  return planned;
}

async function preflight(state: RunState, workshop: Workshop): Promise<readonly Fact[]> {
  const { passed, findings } = await workshop.preflight(state);
  return [{ kind: "preflight-reported", passed, findings }];
}

async function work(
  planned: PlannedStep,
  state: RunState,
  doing: { readonly workshop: Workshop; readonly attempt: number },
): Promise<readonly Fact[]> {
  const { workshop, attempt } = doing;
  const step = workshop.stepOf(planned) as WorkStep;
  const { ports, close } = await workshop.workPorts(state, planned, attempt);
  try {
    const worked = await step.perform(freezeUse(planned, state), ports);
    workshop.crashPoints.reach(`work/${planned.id}/performed`);
    if (ports.signal.aborted && worked.kind !== "done") return [stoppedWork(planned, ports.signal)];
    return [await bookWork(planned, worked, { workshop, state, ports })];
  } catch (error) {
    if (ports.signal.aborted) return [stoppedWork(planned, ports.signal)];
    throw error;
  } finally {
    await close();
  }
}

/** Work that was stopped from outside: by its time-out it has failed, by a person or a cancel it is only lost. */
function stoppedWork(planned: PlannedStep, signal: AbortSignal): Fact {
  const reason: unknown = signal.reason;
  if (!(reason instanceof Error && reason.name === "TimeoutError")) return { kind: "step-lost", step: planned.id };
  const message = `Step "${planned.id}" was stopped: it took longer than its time-out of ${Math.round(planned.timeoutMs / 1000)} s`;
  return { kind: "step-failed", step: planned.id, code: "TIMED_OUT", message };
}

async function bookWork(
  planned: PlannedStep,
  worked: Worked,
  around: { readonly workshop: Workshop; readonly state: RunState; readonly ports: WorkPorts },
): Promise<Fact> {
  const { workshop, state, ports } = around;
  if (worked.kind === "later") return { kind: "step-later", step: planned.id, atMs: worked.atMs, why: worked.why };
  if (worked.kind === "failed") return { ...worked, kind: "step-failed", step: planned.id };
  const deviations = compareWithExpected(planned.makes, worked.artifacts);
  if (deviations.length > 0) {
    const message = `Step "${planned.id}" made something else than the plan expects: ${deviations.join("; ")}`;
    return { kind: "step-failed", step: planned.id, code: "ARTIFACT_SET", message };
  }
  const artifacts: Artifact[] = [];
  for (const made of worked.artifacts) artifacts.push(await workshop.freeze(made, planned.id));
  workshop.crashPoints.reach(`work/${planned.id}/frozen`);
  const compared = (await workshop.compare?.(state, { step: planned.id, artifacts })) ?? [];
  const changes = artifacts.length === 0 ? [] : ((await workshop.lookAtChanges?.(state, { step: planned.id, artifacts })) ?? []);
  const head = await workshop.advance(state, planned, { change: worked.source, workFolder: ports.workFolder });
  if (head !== undefined) workshop.crashPoints.reach(`work/${planned.id}/advanced`);
  return {
    kind: "step-done",
    step: planned.id,
    output: worked.output,
    artifacts,
    ...(head === undefined ? {} : { head }),
    ...(compared.length === 0 ? {} : { compared }),
    ...(changes.length === 0 ? {} : { changes }),
  };
}

function freezeUse(planned: PlannedStep, state: RunState): Frozen {
  const environment = environmentOf(state.plan, planned);
  return {
    plan: state.plan,
    planDigest: state.planDigest,
    step: planned,
    input: planned.input,
    leg: planned.leg ?? {},
    packages: state.plan.packages,
    ...(environment === undefined ? {} : { environment }),
    artifacts: artifactsFor(state, planned),
    head: state.head,
    sinceMs: state.steps.get(planned.id)?.sinceMs ?? state.lastAtMs,
  };
}

async function listEffects(planned: PlannedStep, state: RunState, workshop: Workshop): Promise<readonly Fact[]> {
  const step = workshop.stepOf(planned) as ActingStep;
  const effects = await step.effects(freezeUse(planned, state), await workshop.readPorts(state, planned));
  checkEffects(planned, effects);
  return [{ kind: "effects-listed", step: planned.id, effects }];
}

const reachRank = { reversible: 0, expendable: 1, irreversible: 2 } as const;

/** What the plan promised about the step holds for each of its effects; each can be told from the others, and can be reached. */
function checkEffects(planned: PlannedStep, effects: readonly Effect[]): void {
  const known = new Set<string>();
  for (const { key, after, reach } of effects) {
    assert(!known.has(key), `step "${planned.id}" lists the effect "${key}" twice`);
    const early = after.find((before) => !known.has(before));
    assert(early === undefined, `effect "${key}" of step "${planned.id}" follows "${early}", which does not stand before it`);
    assert(
      reachRank[reach] <= reachRank[planned.reach ?? "reversible"],
      `effect "${key}" of step "${planned.id}" is ${reach}, and the plan says ${planned.reach}`,
    );
    known.add(key);
  }
}

async function survey(planned: PlannedStep, state: RunState, workshop: Workshop): Promise<readonly Fact[]> {
  const step = workshop.stepOf(planned) as ActingStep;
  const effects = [...(state.steps.get(planned.id)?.effects?.values() ?? [])].map((one) => one.effect);
  const surveyed = await step.survey(effects, await workshop.readPorts(state, planned));
  return [{ kind: "targets-surveyed", step: planned.id, surveyed }];
}

interface Touching {
  readonly workshop: Workshop;
  readonly effect: string;
}

function effectOf(state: RunState, planned: PlannedStep, key: string): Effect {
  const found = state.steps.get(planned.id)?.effects?.get(key);
  if (found === undefined) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot find effect "${key}" of step "${planned.id}"`);
  return found.effect;
}

/** Each look is also a look at the source, so that a move is noticed before the next effect. */
async function observe(planned: PlannedStep, state: RunState, touching: Touching): Promise<readonly Fact[]> {
  const { workshop, effect } = touching;
  const step = workshop.stepOf(planned) as ActingStep;
  const ports = await workshop.readPorts(state, planned);
  const [source, observation] = await Promise.all([workshop.lookAtSource(state), step.observe(effectOf(state, planned, effect), ports)]);
  const facts: Fact[] = [{ kind: "effect-observed", step: planned.id, effect, observation }];
  if (source.kind === "moved" && state.moved === undefined) facts.unshift({ ...source, kind: "source-moved" });
  return facts;
}

async function send(planned: PlannedStep, state: RunState, touching: Touching): Promise<readonly Fact[]> {
  const { workshop, effect } = touching;
  const step = workshop.stepOf(planned) as ActingStep;
  const seen = state.steps.get(planned.id)?.effects?.get(effect)?.seen ?? { kind: "absent" as const };
  const opened: Fact[] = [];
  const replied = (reply: Performed): readonly Fact[] => [...opened, { kind: "effect-replied", step: planned.id, effect, reply }];
  try {
    const ports = await workshop.effectPorts(state, planned, (registry, how) => {
      if (isNews(state, planned, { registry, how })) opened.push({ kind: "credential-opened", step: planned.id, registry, how });
    });
    workshop.crashPoints.reach(`effect/${effect}/before-send`);
    const reply = await step.perform(effectOf(state, planned, effect), seen, ports);
    workshop.crashPoints.reach(`effect/${effect}/after-send`);
    return replied(reply);
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "STORAGE_FAILED") throw error;
    // What was opened was opened, whatever became of the sending.
    return replied(replyTo(error, workshop.nowMs()));
  }
}

/** Each way in is told once for a step and registry, and again when it is another one. */
function isNews(state: RunState, { id }: PlannedStep, { registry, how }: Pick<OpenedRegistry, "registry" | "how">): boolean {
  const last = state.steps.get(id)?.opened.findLast((one) => one.registry === registry);
  return last === undefined || canonicalJson(last.how) !== canonicalJson(how);
}

/** What a sending that threw says: nothing was sent where no credential could be opened, else nothing is known. */
function replyTo(error: unknown, nowMs: number): Performed {
  const why = error instanceof Error ? error.message : String(error);
  const code = error instanceof SlipwayError ? error.code : "STEP_FAILED";
  return notSent(code, why, nowMs) ?? { kind: "unknown", why };
}

async function verify(planned: PlannedStep, state: RunState, touching: Touching): Promise<readonly Fact[]> {
  const { workshop, effect } = touching;
  const step = workshop.stepOf(planned) as ActingStep;
  const verified = await step.verify(effectOf(state, planned, effect), await workshop.readPorts(state, planned));
  workshop.crashPoints.reach(`effect/${effect}/verified`);
  switch (verified.kind) {
    case "verified":
      return [{ kind: "effect-verified", step: planned.id, effect, evidence: verified.evidence }];
    case "differs":
      return [{ kind: "effect-observed", step: planned.id, effect, observation: { kind: "conflict", theirs: verified.theirs } }];
    case "unknown":
      return [{ kind: "effect-observed", step: planned.id, effect, observation: { kind: "unknown", why: verified.why } }];
    default:
      return unreachable(verified, "verdict");
  }
}

async function ask(planned: PlannedStep, state: RunState, workshop: Workshop): Promise<readonly Fact[]> {
  const step = workshop.stepOf(planned) as GateStep;
  const question = step.question(freezeUse(planned, state));
  return [await workshop.bind(state, planned, question)];
}

const askAgainMs = 10_000;

/** A credential is opened before the first byte leaves: without one, nothing was sent. */
function notSent(code: ErrorCode, why: string, nowMs: number): Performed | undefined {
  if (code === "LOGIN_UNANSWERED") return { kind: "later", atMs: nowMs + askAgainMs, why, code };
  return code === "CREDENTIAL_MISSING" || code === "CREDENTIAL_INVALID" || code === "LOGIN_REFUSED" || code === "ALARM_OPEN"
    ? { kind: "refused", why, code }
    : undefined;
}

/** Nothing is concluded from a fault of our own but that it happened. */
function unexpected(move: Move, error: unknown, nowMs: number): readonly Fact[] {
  const why = error instanceof Error ? error.message : String(error);
  const code = error instanceof SlipwayError ? error.code : "STEP_FAILED";
  const hint = error instanceof SlipwayError && error.hint !== undefined ? { hint: error.hint } : {};
  switch (move.kind) {
    case "observe":
    case "verify":
      return [{ kind: "effect-observed", step: move.step, effect: move.effect, observation: { kind: "unknown", why } }];
    case "send":
      return [{ kind: "effect-replied", step: move.step, effect: move.effect, reply: replyTo(error, nowMs) }];
    case "survey":
      return [{ kind: "targets-surveyed", step: move.step, surveyed: { kind: "unknown", why } }];
    case "work":
    case "list-effects":
    case "ask":
      return [{ kind: "step-failed", step: move.step, code, message: why, ...hint }];
    case "preflight":
      return [{ kind: "preflight-reported", passed: false, findings: [{ id: "PF-FAILED", level: "blocks", message: why, ...hint }] }];
    case "lose":
    case "end":
    case "fail":
    case "settle":
    case "freeze":
    case "close":
      throw error;
    default:
      return unreachable(move, "move");
  }
}
