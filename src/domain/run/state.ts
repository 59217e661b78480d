// The state of a run: a pure fold of its facts. `evolve` only books; every judgement is in `decide`, so that the same
// journal gives the same state in every later Slipway.
import type { Artifact } from "../artifact.ts";
import type { Json } from "../configuration.ts";
import type { Sha256 } from "../digest.ts";
import { assert, unreachable } from "../error.ts";
import type { ErrorCode } from "../error-catalog.ts";
import type { ApprovalGiven, Subject } from "../gate.ts";
import { stepsAbove } from "../plan/guarded.ts";
import type { Plan } from "../plan/plan.ts";
import { bookEffect } from "./book-effect.ts";
import { bookIncident, spendIncidents } from "./book-incident.ts";
import type { Incident } from "./break-glass.ts";
import type { Effect, Evidence, Observation, Performed } from "./effect.ts";
import { firstHead, type Head } from "./head.ts";
import type { OpenedHow } from "./opened.ts";
import type { CloseResult, Fact, FindingFact, Person, Recorded, RunMode, Surveyed } from "./fact.ts";

export interface RunState {
  readonly run: string;
  readonly mode: RunMode;
  readonly plan: Plan;
  readonly planDigest: Sha256;
  readonly requester: Person;
  /** Whoever took the run up last; undefined: nobody did yet. */
  readonly driver: Person | undefined;
  readonly openedAtMs: number;
  readonly lastAtMs: number;
  readonly lastSeq: number;
  readonly preflight: { readonly passed: boolean; readonly findings: readonly FindingFact[]; readonly atMs: number } | undefined;
  readonly steps: ReadonlyMap<string, StepState>;
  readonly gates: ReadonlyMap<string, GateState>;
  readonly head: Head;
  readonly moved: { readonly what: string; readonly from: string; readonly to: string } | undefined;
  readonly cancel: { readonly by: Person; readonly reason?: string } | undefined;
  readonly closed: { readonly result: CloseResult; readonly atMs: number } | undefined;
}

export type StepPhase = "pending" | "running" | "later" | "done" | "failed";

export interface StepState {
  readonly id: string;
  readonly phase: StepPhase;
  /** Attempts begun since the last time a person asked; lost ones are taken off again. */
  readonly attempts: number;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** When the current series of attempts began (first start, or the last `step-again`). */
  readonly sinceMs: number | undefined;
  readonly later: { readonly atMs: number; readonly why: string } | undefined;
  readonly failure: { readonly code: ErrorCode; readonly message: string; readonly hint?: string; readonly details?: Json } | undefined;
  readonly output: Json;
  readonly artifacts: readonly Artifact[];
  /** How they stand to an earlier build of the same commit. */
  readonly compared: NonNullable<Extract<Fact, { kind: "step-done" }>["compared"]>;
  readonly changes: NonNullable<Extract<Fact, { kind: "step-done" }>["changes"]>;
  /** What was made elsewhere and stands for its work, with who says so; undefined: it does its own. */
  readonly imported: { readonly artifacts: readonly Artifact[]; readonly by: Person; readonly reason: string } | undefined;
  /** Where it left the head; undefined: where it was. */
  readonly head: Head | undefined;
  /** `recheck`: it stopped everything, and a person asked to look again. */
  readonly surveyed: { readonly result: Surveyed; readonly atMs: number; readonly looks: number; readonly recheck: boolean } | undefined;
  /** Undefined until the step expanded into its effects. */
  readonly effects: ReadonlyMap<string, EffectState> | undefined;
  readonly question: { readonly text: string; readonly binding: Sha256; readonly paths: readonly string[] } | undefined;
  readonly answer: { readonly by: Person; readonly note?: string } | undefined;
  /** What opened its registries, in the order in which it was told. */
  readonly opened: readonly OpenedRegistry[];
  /** Times that the glass was broken for it (S1.11). */
  readonly incidents: readonly Incident[];
}

/** A use of credentials: how, and by the person who drove. */
export interface OpenedRegistry {
  readonly registry: string;
  readonly how: OpenedHow;
  readonly by: Person;
  readonly atMs: number;
}

export interface EffectState {
  readonly effect: Effect;
  /** Times something was sent, ever. */
  readonly sends: number;
  /** Sends since a person last asked whose end somebody lived to see: the retry budget. A killed process spends nothing. */
  readonly sendsOfSeries: number;
  /** Sends of the same series that the target put off to a time of its own: they spend nothing, and are bounded all the same. */
  readonly putOff: number;
  /** Something was sent (or may have been) and neither seen nor shown to be absent since. */
  readonly open: boolean;
  /** It was open already when the last send was begun: a refusal of that one says nothing about the ones before. */
  readonly openBefore: boolean;
  readonly intendedAtMs: number | undefined;
  /** What was seen when the last send was decided on: what it was to mend. */
  readonly seen: Observation | undefined;
  readonly reply: Performed | undefined;
  /** `recheck`: it stopped everything, and a person asked to look again. */
  readonly observed: { readonly observation: Observation; readonly atMs: number; readonly recheck: boolean } | undefined;
  /** Looks since the last send, or since a person or a new process asked. */
  readonly looks: number;
  /** The first of these looks: what `withinMs` counts from. */
  readonly lookedSinceMs: number | undefined;
  /** First look that did not see it, since the last send or since it was last seen: what `settleMs` counts from. */
  readonly missingSinceMs: number | undefined;
  /** What opened its registry when it was last sent; undefined: it was not, or nobody told. */
  readonly opened: OpenedRegistry | undefined;
  readonly evidence: Evidence | undefined;
}

/** The effects of a step, in their order; none before it expanded into them. */
export function effectsOf(step: Pick<StepState, "effects"> | undefined): readonly EffectState[] {
  return step?.effects === undefined ? [] : [...step.effects.values()];
}

/** An approval, and whether anything proves whose it is. */
export type KnownApproval = ApprovalGiven & { readonly authenticated: boolean };

export interface GateState {
  readonly subject: { readonly subject: Subject; readonly digest: Sha256; readonly atMs: number } | undefined;
  readonly approvals: readonly KnownApproval[];
  readonly rejection: { readonly by: string; readonly reason: string } | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** As it is while it is booked. */
export type WorkingEffect = Mutable<EffectState>;
/** As it is while it is booked. */
export type WorkingStep = Mutable<Omit<StepState, "effects">> & { effects: Map<string, WorkingEffect> | undefined };
type WorkingState = Mutable<Omit<RunState, "steps" | "gates">> & {
  steps: Map<string, WorkingStep>;
  gates: Map<string, Mutable<GateState>>;
};

/** Books one run's facts in order. @throws SlipwayError INTERNAL_ASSERTION if the first fact does not open the run. */
export function fold(recorded: readonly Recorded[]): RunState {
  const [first, ...rest] = recorded;
  assert(first !== undefined, "a journal without facts has no state");
  const state = open(first);
  for (const one of rest) book(state, one);
  return state;
}

/** Books one more fact. Changes the given state, which the caller got from `fold` and shares with nobody. */
export function evolve(state: RunState, recorded: Recorded): void {
  book(state as WorkingState, recorded);
}

function open(recorded: Recorded): WorkingState {
  const { fact } = recorded;
  assert(fact.kind === "run-opened", `the first fact of a journal opens the run, and this one is "${fact.kind}"`);
  const gates = fact.plan.environments.flatMap((environment) => (environment.gate === undefined ? [] : [environment.gate]));
  return {
    run: fact.run,
    mode: fact.mode,
    plan: fact.plan,
    planDigest: fact.planDigest,
    requester: fact.by,
    driver: undefined,
    openedAtMs: recorded.atMs,
    lastAtMs: recorded.atMs,
    lastSeq: recorded.seq,
    preflight: undefined,
    steps: new Map(fact.plan.steps.map((step) => [step.id, newStep(step.id)])),
    gates: new Map(gates.map((gate) => [gate, { subject: undefined, approvals: [], rejection: undefined }])),
    head: firstHead(fact.plan.source),
    moved: undefined,
    cancel: undefined,
    closed: undefined,
  };
}

function newStep(id: string): WorkingStep {
  return {
    id,
    phase: "pending",
    attempts: 0,
    startedAtMs: undefined,
    endedAtMs: undefined,
    sinceMs: undefined,
    later: undefined,
    failure: undefined,
    output: null,
    artifacts: [],
    compared: [],
    changes: [],
    imported: undefined,
    head: undefined,
    surveyed: undefined,
    effects: undefined,
    question: undefined,
    answer: undefined,
    opened: [],
    incidents: [],
  };
}

function newEffect(effect: Effect): WorkingEffect {
  return {
    effect,
    sends: 0,
    sendsOfSeries: 0,
    putOff: 0,
    open: false,
    openBefore: false,
    intendedAtMs: undefined,
    seen: undefined,
    reply: undefined,
    observed: undefined,
    looks: 0,
    lookedSinceMs: undefined,
    missingSinceMs: undefined,
    opened: undefined,
    evidence: undefined,
  };
}

function book(state: WorkingState, recorded: Recorded): void {
  state.lastAtMs = recorded.atMs;
  state.lastSeq = recorded.seq;
  const { fact } = recorded;
  if ("step" in fact) return bookStep(state, fact, recorded.atMs);
  if ("gate" in fact) return bookGate(state, fact, recorded.atMs);
  switch (fact.kind) {
    case "run-opened":
      return assert(false, `run ${state.run} is opened twice`);
    case "run-driven":
      // A new process looks at everything anew: what stopped the last one may be mended.
      state.preflight = undefined;
      state.driver = fact.by;
      for (const step of state.steps.values()) if (step.phase === "running" || step.phase === "later") takeUp(step, recorded.atMs);
      return;
    case "preflight-reported":
      state.preflight = { passed: fact.passed, findings: fact.findings, atMs: recorded.atMs };
      return;
    case "source-moved":
      state.moved = { what: fact.what, from: fact.from, to: fact.to };
      return;
    case "cancel-asked":
      state.cancel = fact.reason === undefined ? { by: fact.by } : { by: fact.by, reason: fact.reason };
      return;
    case "run-closed":
      state.closed = { result: fact.result, atMs: recorded.atMs };
      return;
    default:
      return unreachable(fact, "fact");
  }
}

/** Time-outs count the time that somebody worked on a step, not the days between two commands; nor do looks last for days. */
function takeUp(step: WorkingStep, atMs: number): void {
  step.sinceMs = sinceOf(step, atMs);
  if (step.surveyed?.result.kind !== "strangers") step.surveyed = undefined;
  for (const effect of step.effects?.values() ?? []) Object.assign(effect, { looks: 0, lookedSinceMs: undefined });
}

/** The time that a target asked for is not the step's: its own begins when that is over. */
function sinceOf(step: WorkingStep, atMs: number): number {
  const asked = [...(step.effects?.values() ?? [])].map(({ reply }) => (reply?.kind === "later" ? reply.atMs : atMs));
  return asked.reduce((latest, one) => Math.max(latest, one), atMs);
}

type GateFact = Extract<Fact, { kind: "subject-frozen" | "gate-approved" | "gate-rejected" }>;
type StepFact = Extract<Fact, { step: string }>;

function bookGate(state: WorkingState, fact: GateFact, atMs: number): void {
  const gate = state.gates.get(fact.gate);
  assert(gate !== undefined, `the plan has no gate "${fact.gate}"`);
  if (fact.kind === "subject-frozen") {
    gate.subject = { subject: fact.subject, digest: fact.digest, atMs };
    gate.approvals = [];
    gate.rejection = undefined;
    return;
  }
  // Consent to anything but the present subject is kept in the journal and counts for nothing.
  if (gate.subject?.digest !== fact.digest) return;
  if (fact.kind === "gate-rejected") {
    gate.rejection = { by: fact.by.name, reason: fact.reason };
    return;
  }
  const given = { by: fact.by.name, authenticated: fact.by.authenticated };
  gate.approvals = [...gate.approvals, fact.note === undefined ? given : { ...given, note: fact.note }];
}

function bookStep(state: WorkingState, fact: StepFact, atMs: number): void {
  const step = state.steps.get(fact.step);
  assert(step !== undefined, `the plan has no step "${fact.step}"`);
  switch (fact.kind) {
    case "step-started":
      Object.assign(step, { phase: "running", attempts: step.attempts + 1, startedAtMs: atMs, endedAtMs: undefined, later: undefined });
      step.sinceMs ??= atMs;
      return voidSubjects(state, step.id);
    case "step-done":
      Object.assign(step, { phase: "done", endedAtMs: atMs, output: fact.output, artifacts: fact.artifacts, failure: undefined });
      step.compared = fact.compared ?? [];
      step.changes = fact.changes ?? [];
      spendIncidents(step);
      if (fact.head === undefined) return;
      step.head = fact.head;
      state.head = fact.head;
      return;
    case "artifacts-imported":
      Object.assign(step, { phase: "pending", failure: undefined, later: undefined, endedAtMs: undefined, imported: importOf(fact) });
      return voidSubjects(state, step.id);
    case "step-later":
      Object.assign(step, { phase: "later", later: { atMs: fact.atMs, why: fact.why }, attempts: step.attempts - 1 });
      return;
    case "step-failed":
      Object.assign(step, { phase: "failed", endedAtMs: atMs, failure: failureOf(fact) });
      return spendIncidents(step);
    case "step-lost":
      Object.assign(step, { phase: "pending", attempts: step.attempts - 1 });
      return;
    case "step-again":
      return beginAgain(step, atMs);
    case "effects-listed":
      step.effects ??= new Map(fact.effects.map((effect) => [effect.key, newEffect(effect)]));
      return;
    case "targets-surveyed":
      step.surveyed = { result: fact.surveyed, atMs, looks: (step.surveyed?.looks ?? 0) + 1, recheck: false };
      return;
    case "credential-opened":
      step.opened = [...step.opened, { registry: fact.registry, how: fact.how, by: state.driver ?? state.requester, atMs }];
      return;
    case "glass-broken":
    case "incident-told":
    case "incident-closed":
      return bookIncident(step, fact, atMs);
    case "question-asked":
      step.question = { text: fact.text, binding: fact.binding, paths: fact.paths };
      return;
    case "question-answered":
      if (step.question?.binding === fact.binding)
        step.answer = fact.note === undefined ? { by: fact.by } : { by: fact.by, note: fact.note };
      return;
    case "effect-observed":
    case "effect-intended":
    case "effect-replied":
    case "effect-settled":
      return bookEffect(step, fact, atMs);
    case "effect-verified":
      moveHead(state, fact.evidence);
      return bookEffect(step, fact, atMs);
    default:
      return unreachable(fact, "fact");
  }
}

/** The run's commit stands in the world as another one with the same files: what follows starts from there. */
function moveHead(state: WorkingState, { head }: Evidence): void {
  if (head?.from !== state.head.commit) return;
  state.head = { ...state.head, commit: head.commit, epochSeconds: head.epochSeconds };
}

function failureOf(fact: Extract<Fact, { kind: "step-failed" }>): NonNullable<StepState["failure"]> {
  const { code, message, hint, details } = fact;
  return { code, message, ...(hint === undefined ? {} : { hint }), ...(details === undefined ? {} : { details }) };
}

function importOf({ artifacts, by, reason }: Extract<Fact, { kind: "artifacts-imported" }>): NonNullable<StepState["imported"]> {
  return { artifacts, by, reason };
}

/** Work that makes artifacts anew voids what was frozen from them: approvals die with the bytes they were given to. */
function voidSubjects(state: WorkingState, stepId: string): void {
  for (const [name, gate] of state.gates) {
    if (gate.subject === undefined || !stepsAbove(state.plan, name).has(stepId)) continue;
    Object.assign(gate, { subject: undefined, approvals: [], rejection: undefined });
  }
}

function beginAgain(step: WorkingStep, atMs: number): void {
  // An acting step that knows its effects goes on with them; anything else is begun from the start.
  const phase = step.effects === undefined ? "pending" : "running";
  spendIncidents(step);
  Object.assign(step, { phase, attempts: 0, sinceMs: sinceOf(step, atMs), failure: undefined, later: undefined });
  // What stopped everything goes on doing so until it has been looked at again.
  step.surveyed = step.surveyed?.result.kind === "strangers" ? { ...step.surveyed, looks: 0, recheck: true } : undefined;
  for (const effect of step.effects?.values() ?? []) {
    const isConflict = effect.observed?.observation.kind === "conflict";
    const observed = effect.observed !== undefined && isConflict ? { ...effect.observed, recheck: true } : undefined;
    Object.assign(effect, { sendsOfSeries: 0, putOff: 0, looks: 0, observed, lookedSinceMs: undefined });
    // Replies are answered by looking again; an open effect stays open until it has been looked for. Where the target
    // wants a person, the same command again is not that person's word.
    if (effect.reply?.kind !== "later" && effect.reply?.kind !== "by-person") effect.reply = undefined;
  }
}
