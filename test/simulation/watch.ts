// Looks over the shoulder of a run: reads every fact as it becomes durable and every send as it leaves, and holds both
// against what users are promised (DESIGN §1). It knows the plan and the facts, and works everything out by itself: of
// `fold`, `decide` and their helpers it uses nothing.
import type { Artifact } from "../../src/domain/artifact.ts";
import type { Plan, PlannedStep } from "../../src/domain/plan/plan.ts";
import type { Effect, Observation } from "../../src/domain/run/effect.ts";
import type { Fact, Recorded, RunMode } from "../../src/domain/run/fact.ts";
import type { Life } from "./life.ts";
import { managers, requester } from "./plans.ts";
import { placeOf, type World } from "./world.ts";

export interface Watch {
  recorded(recorded: readonly Recorded[]): void;
  /** A work step begins in a process; the function returned ends it. */
  working(step: string, life: Life): () => void;
  sending(step: string, effect: Effect, seen: Observation): void;
  readonly facts: number;
  readonly subjects: ReadonlyMap<string, string>;
  /** Kinds of facts that were seen. */
  has(kind: Fact["kind"]): boolean;
  effects(): readonly Effect[];
}

interface WatchedEffect {
  readonly effect: Effect;
  intended: number;
  /** An intent that no send has used yet. */
  isIntended: boolean;
  isVerified: boolean;
  lastSeen: Observation | undefined;
}

interface WatchedStep {
  readonly planned: PlannedStep;
  phase: "pending" | "running" | "done" | "failed";
  /** Starts that count, since a person last asked. */
  attempts: number;
  artifacts: readonly Artifact[];
  readonly effects: Map<string, WatchedEffect>;
  strangers: boolean;
  failedByConflict: boolean;
}

interface WatchedGate {
  digest: string | undefined;
  artifacts: ReadonlySet<string>;
  approvedBy: Set<string>;
  isRejected: boolean;
}

export function createWatch(parts: {
  readonly plan: Plan;
  readonly mode: RunMode;
  readonly world: World;
  readonly isOnlyCrashes: boolean;
}): Watch {
  const { plan, mode, world } = parts;
  const steps = new Map(plan.steps.map((planned) => [planned.id, newStep(planned)]));
  const gates = new Map<string, WatchedGate>();
  const working = new Map<string, Life>();
  const kinds = new Set<Fact["kind"]>();
  const before = new Map(plan.steps.map((step) => [step.id, followed(plan, step)]));
  const irreversible = plan.steps.filter((step) => step.reach === "irreversible").map((step) => step.id);
  const above = plan.steps.filter((step) => step.reach !== "irreversible" && !irreversible.some((id) => before.get(step.id)?.has(id)));
  const subjects = new Map<string, string>();
  let facts = 0;
  let lastSeq = 0;
  let isStopped: string | undefined;
  let hasMoved = false;
  let isClosed = false;

  const wrong = (what: string): void => void world.wrongs.push(what);
  const stepOf = (id: string): WatchedStep => {
    const step = steps.get(id);
    if (step === undefined) throw new Error(`no step ${id}`);
    return step;
  };
  const isOver = ({ phase, planned, attempts }: WatchedStep): boolean =>
    phase === "done" || (phase === "failed" && planned.optional && (planned.kind !== "work" || attempts > planned.retry));
  const hasConflict = (): boolean =>
    [...steps.values()].some(
      (step) => step.strangers || step.failedByConflict || [...step.effects.values()].some((one) => one.lastSeen?.kind === "conflict"),
    );

  /** Whatever begins or is sent needs all of this to hold at that moment. */
  function mayBegin(step: WatchedStep, what: string): void {
    const { planned } = step;
    const name = `${what} of "${planned.id}"`;
    if (isClosed) wrong(`${name} after the run was closed`);
    if (isStopped !== undefined) wrong(`${name} after ${isStopped}`);
    if (hasConflict()) wrong(`${name} although a conflict was seen`);
    const early = planned.waitsFor.find((id) => !isOver(stepOf(id)));
    if (early !== undefined) wrong(`${name} before "${early}" was over`);
    if (planned.reach === "irreversible") {
      const open = above.find(({ id }) => !isOver(stepOf(id)));
      if (open !== undefined) wrong(`${name} crossed the line before "${open.id}" was over`);
    }
    if (hasMoved && !irreversible.some((id) => [...stepOf(id).effects.values()].some((one) => one.intended > 0)))
      wrong(`${name} after the source moved`);
    if (planned.gate !== undefined) mayPassGate(planned.gate, name);
  }

  function mayPassGate(gate: string, name: string): void {
    const rule = plan.environments.find((one) => one.name === gate)?.approvals;
    const held = gates.get(gate);
    if (rule === undefined) return wrong(`gate "${gate}" has no rule in the plan`);
    if (held?.digest === undefined) return wrong(`${name} before gate "${gate}" had a subject`);
    if (mode === "rehearsal") return;
    if (held.isRejected) wrong(`${name} after gate "${gate}" was rejected`);
    if (held.approvedBy.size < rule.required) wrong(`${name} with ${held.approvedBy.size} of ${rule.required} approvals at gate "${gate}"`);
  }

  function started(step: WatchedStep): void {
    if (step.phase === "done") wrong(`"${step.planned.id}" was begun again after it was done`);
    mayBegin(step, "a start");
    step.phase = "running";
    step.attempts += 1;
    // What is made anew is not what was consented to.
    for (const [name, gate] of gates) {
      const guarded = plan.steps.filter((one) => one.gate === name);
      const first = guarded.filter((one) => !guarded.some((other) => before.get(one.id)?.has(other.id)));
      if (first.some((one) => before.get(one.id)?.has(step.planned.id)) && step.planned.makes.length > 0) gate.digest = undefined;
    }
  }

  function done(step: WatchedStep, artifacts: readonly Artifact[]): void {
    step.phase = "done";
    step.artifacts = artifacts;
    for (const { effect, isVerified } of step.effects.values()) {
      if (!isVerified) wrong(`"${step.planned.id}" is done, and "${effect.key}" was never verified`);
      holdsOurs(effect, `"${step.planned.id}" is done`);
    }
  }

  function holdsOurs(effect: Effect, when: string): void {
    const held = world.truth(effect);
    if (held?.by !== "us" || held.isBroken || held.digest !== effect.data["digest"])
      wrong(`${when}, and "${placeOf(effect)}" does not hold our bytes`);
  }

  function intended(step: WatchedStep, effect: WatchedEffect): void {
    const { key } = effect.effect;
    if (effect.isVerified) wrong(`"${key}" was to be sent again after it was verified`);
    if (step.phase !== "running") wrong(`"${key}" was to be sent while its step was ${step.phase}`);
    mayBegin(step, `a send ("${key}")`);
    const late = effect.effect.after.find((other) => step.effects.get(other)?.isVerified !== true);
    if (late !== undefined) wrong(`"${key}" was to be sent before "${late}" was verified`);
    if (step.planned.gate !== undefined && key.endsWith(".whl")) {
      const known = gates.get(step.planned.gate)?.artifacts;
      if (known?.has(String(effect.effect.data["digest"])) !== true)
        wrong(`"${key}" was to be sent, and gate "${step.planned.gate}" was not asked about its bytes`);
    }
    effect.intended += 1;
    effect.isIntended = true;
    effect.lastSeen = undefined;
  }

  function closed(result: string): void {
    isClosed = true;
    const hasAny = (kind: Fact["kind"]): boolean => kinds.has(kind);
    if (result === "cancelled" && !hasAny("cancel-asked")) wrong("the run was closed as cancelled, and nobody cancelled it");
    if (result === "rejected" && !hasAny("gate-rejected")) wrong("the run was closed as rejected, and nobody rejected it");
    if (result !== "complete") {
      for (const step of steps.values())
        for (const one of step.effects.values())
          if (isUnexplained(one)) wrong(`the run was closed as ${result}, and "${one.effect.key}" is in doubt`);
      return;
    }
    for (const step of steps.values()) {
      if (!isOver(step)) wrong(`the run is complete, and "${step.planned.id}" is ${step.phase}`);
      if (!step.planned.optional) for (const { effect } of step.effects.values()) holdsOurs(effect, "the run is complete");
    }
  }

  /** The target holds it, and the journal says neither that it does nor that it may. */
  function isUnexplained(one: WatchedEffect): boolean {
    return one.intended > 0 && !one.isVerified && world.truth(one.effect)?.by === "us" && world.truth(one.effect)?.isBroken === false;
  }

  function effectOf(fact: { readonly step: string; readonly effect: string }): WatchedEffect {
    const effect = stepOf(fact.step).effects.get(fact.effect);
    if (effect === undefined) throw new Error(`no effect ${fact.effect}`);
    return effect;
  }

  const firstEffect = (step: string): string | undefined => [...stepOf(step).effects.keys()][0];

  function take(fact: Fact): void {
    kinds.add(fact.kind);
    switch (fact.kind) {
      case "step-started":
        return started(stepOf(fact.step));
      case "step-done":
        return done(stepOf(fact.step), fact.artifacts);
      case "artifacts-imported":
        // No simulated run is given files of another machine.
        return wrong(`"${fact.step}" was given artifacts that nobody brought`);
      case "credential-opened":
      case "glass-broken":
      case "incident-told":
      case "incident-closed":
        // No simulated step opens a registry that could shut anybody out.
        return wrong(`"${fact.step}" was said to be opened, and nothing opens it`);
      case "step-later":
      case "step-lost": {
        const step = stepOf(fact.step);
        step.phase = "pending";
        step.attempts -= 1;
        return;
      }
      case "step-failed": {
        const step = stepOf(fact.step);
        step.phase = "failed";
        step.failedByConflict = fact.code === "REGISTRY_CONFLICT";
        if (parts.isOnlyCrashes && fact.code !== "DECISION_NEEDED" && step.planned.timeoutMs >= 3_600_000)
          wrong(`"${fact.step}" failed though nothing but crashes happened: ${fact.message}`);
        return;
      }
      case "step-again": {
        const step = stepOf(fact.step);
        step.phase = step.effects.size > 0 ? "running" : "pending";
        step.attempts = 0;
        step.failedByConflict = false;
        return;
      }
      case "effects-listed":
        for (const effect of fact.effects)
          stepOf(fact.step).effects.set(effect.key, { effect, intended: 0, isIntended: false, isVerified: false, lastSeen: undefined });
        return;
      case "targets-surveyed":
        stepOf(fact.step).strangers = fact.surveyed.kind === "strangers";
        if (fact.surveyed.kind === "clear" && world.answers.get(`version of ${firstEffect(fact.step)}`) === "stranger")
          wrong(`strangers beside "${fact.step}" were overlooked`);
        return;
      case "effect-observed":
        effectOf(fact).lastSeen = fact.observation;
        return;
      case "effect-intended":
        return intended(stepOf(fact.step), effectOf(fact));
      case "effect-verified":
        effectOf(fact).isVerified = true;
        if (world.answers.get(placeOf(effectOf(fact).effect)) === "stranger") wrong(`a stranger's bytes were taken for "${fact.effect}"`);
        return;
      case "subject-frozen":
        gates.set(fact.gate, {
          digest: fact.digest,
          artifacts: new Set(fact.subject.artifacts.map((artifact) => String(artifact.digest))),
          approvedBy: new Set(),
          isRejected: false,
        });
        return void subjects.set(fact.gate, fact.digest);
      case "gate-approved":
        return approved(fact.gate, fact.digest, fact.by.name);
      case "gate-rejected": {
        const gate = gates.get(fact.gate);
        if (gate !== undefined && gate.digest === fact.digest) {
          gate.isRejected = true;
          isStopped = "a rejection";
        }
        return;
      }
      case "cancel-asked":
        isStopped = "a cancel";
        return;
      case "source-moved":
        hasMoved = true;
        return;
      case "run-closed":
        return closed(fact.result);
      case "run-opened":
      case "run-driven":
      case "preflight-reported":
      case "effect-replied":
      case "effect-settled":
      case "question-asked":
      case "question-answered":
    }
  }

  function approved(name: string, digest: string, by: string): void {
    const gate = gates.get(name);
    const rule = plan.environments.find((one) => one.name === name)?.approvals;
    if (gate?.digest !== digest) return;
    if (managers.includes(by) && !(rule?.not === "requester" && by === requester)) gate.approvedBy.add(by);
  }

  return {
    recorded(all) {
      for (const { seq, fact } of all) {
        facts += 1;
        lastSeq += 1;
        if (seq !== lastSeq) wrong(`record ${seq} follows ${lastSeq - 1}`);
        take(fact);
      }
    },
    working(step, life) {
      const other = working.get(step);
      if (other !== undefined && other !== life && !other.isDead()) wrong(`two processes work on "${step}"`);
      if (stepOf(step).phase !== "running") wrong(`"${step}" is worked on, and no fact says so`);
      working.set(step, life);
      return () => void working.delete(step);
    },
    sending(step, effect, seen) {
      const watched = stepOf(step).effects.get(effect.key);
      if (watched?.isIntended !== true) return wrong(`"${effect.key}" was sent without an intent of its own`);
      watched.isIntended = false;
      if (seen.kind !== "absent" && seen.kind !== "damaged") wrong(`"${effect.key}" was sent, and what was seen is "${seen.kind}"`);
    },
    get facts() {
      return facts;
    },
    subjects,
    has: (kind) => kinds.has(kind),
    effects: () => [...steps.values()].flatMap((step) => [...step.effects.values()].map((one) => one.effect)),
  };
}

function newStep(planned: PlannedStep): WatchedStep {
  return { planned, phase: "pending", attempts: 0, artifacts: [], effects: new Map(), strangers: false, failedByConflict: false };
}

/** All that a step follows, found the long way. */
function followed(plan: Plan, step: PlannedStep): ReadonlySet<string> {
  const found = new Set<string>();
  const queue = [...step.waitsFor];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    queue.push(...(plan.steps.find((one) => one.id === id)?.waitsFor ?? []));
  }
  return found;
}
