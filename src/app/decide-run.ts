// Use cases of people at a run: approve, reject, answer, retry, cancel. They may come from any shell while another
// process drives: an ask is put into the inbox, after it was judged here, so that a refusal is told at once.
import { evolve, fold, type RunState } from "../domain/run/state.ts";
import { SlipwayError } from "../domain/error.ts";
import { decide, type Move } from "../domain/run/decide.ts";
import type { Fact } from "../domain/run/fact.ts";
import { rejectedBy } from "../domain/run/progress.ts";
import { judgeAsk } from "../engine/asks.ts";
import type { Ask, Journal, LockTaken } from "../engine/journal/journal.ts";
import { membersOf, tellingWhatIsPublic } from "./drive-run.ts";
import { findRun } from "./open-runs.ts";
import { openProject, type Project } from "./project.ts";
import { openRunsOf } from "./withdrawals.ts";
import type { World } from "./world.ts";

export interface Decided {
  readonly state: RunState;
  /** No process drives the run: the ask takes effect with the next `slipway run`. */
  readonly driven: boolean;
}

/** What a person says, before it is bound to the run's present subject. */
export type Saying =
  | {
      readonly kind: "approve" | "reject";
      readonly gate: string | undefined;
      readonly digest: string | undefined;
      readonly note: string | undefined;
      readonly by: string | undefined;
    }
  | { readonly kind: "answer"; readonly step: string; readonly note: string | undefined; readonly by: string | undefined }
  | { readonly kind: "retry"; readonly step: string; readonly reason: string | undefined }
  /** One more try with the fallback token of a registry that lets no identity in (S1.11). */
  | { readonly kind: "break-glass"; readonly registry: string; readonly reason: string | undefined; readonly by: string | undefined }
  /** `confirm`: the versions that the run releases, with commas between, said again; absent: whichever they are. */
  | { readonly kind: "cancel"; readonly reason: string | undefined; readonly confirm?: string };

/** @throws SlipwayError RUN_UNKNOWN, POLICY_REFUSED, USAGE */
export async function decideRun(world: World, words: string | undefined, saying: Saying): Promise<Decided> {
  const project = await openProject(world);
  const runs = await openRunsOf(world, project, words);
  try {
    return say({
      journal: runs.journal,
      takeLock: () => world.takeLock(runs.folders.lock, `process ${process.pid}`),
      find: () => findRun(runs.journal, words),
      judge: (state) => {
        const ask = bindAsk(world, state, { project, saying });
        const verdict = judgeAsk(state, ask, (group) => membersOf(project.configuration, group));
        if (verdict.kind === "counts") return { ask, facts: verdict.facts };
        const refusal = new SlipwayError(
          "POLICY_REFUSED",
          `Cannot ${saying.kind === "break-glass" ? "break the glass" : saying.kind}: ${verdict.why}`,
          { hint: verdict.hint },
        );
        // Whoever cancels again wants to know what is left, above all.
        throw saying.kind === "cancel" ? tellingWhatIsPublic(refusal, state) : refusal;
      },
      id: () => world.random.id(),
      nowMs: () => world.clock.nowMs(),
    });
  } finally {
    runs.journal.close();
  }
}

export interface SayParts {
  readonly journal: Journal;
  takeLock(): LockTaken;
  /** The run that is meant, as the journal has it now. */
  find(): RunState;
  /** What follows from the ask; throws where it is refused. */
  judge(state: RunState): { readonly ask: Ask; readonly facts: readonly Fact[] };
  id(): string;
  nowMs(): number;
}

/**
 * Judges and writes down what was said under the lock that a driver would hold: between the two nobody else can end the
 * run. Where somebody drives, it is judged so that a refusal is told at once, and the driver judges it again.
 */
export function say(parts: SayParts): Decided {
  const { journal } = parts;
  const taken = parts.takeLock();
  try {
    const state = parts.find();
    const { ask, facts } = parts.judge(state);
    const atMs = parts.nowMs();
    if (taken.kind === "held") {
      journal.ask(state.run, { id: parts.id(), atMs, ask });
      return { state, driven: true };
    }
    journal.append(state.run, facts, { atMs, answered: [] });
    closeIfOver(journal, state.run, atMs);
    return { state: fold(journal.read(state.run)), driven: false };
  } finally {
    if (taken.kind === "taken") taken.lock.release();
  }
}

/**
 * A cancel or a rejection with nothing in doubt needs nobody to drive: the run is over, and the next may begin. What only has
 * to be written down for that, is: nothing works on a step whose process is gone, since this one holds its lock.
 */
function closeIfOver(journal: Journal, run: string, atMs: number): void {
  const state = fold(journal.read(run));
  // Each turn ends a step or the run.
  for (let turn = 0; turn <= state.plan.steps.length; turn += 1) {
    const { moves } = decide(state, { nowMs: atMs, underWay: new Set(), limits: { work: 0, perTarget: 0 } });
    const facts = moves.flatMap((move) => concluded(move, state));
    if (facts.length === 0) return;
    for (const one of journal.append(run, facts, { atMs, answered: [] })) evolve(state, one);
  }
}

/** What follows without anything being done to the world. */
function concluded(move: Move, state: RunState): readonly Fact[] {
  if (move.kind === "close") return [{ kind: "run-closed", result: move.result }];
  if (state.cancel === undefined && rejectedBy(state) === undefined) return [];
  if (move.kind === "lose") return [{ kind: "step-lost", step: move.step }];
  return move.kind === "end" ? [{ kind: "step-done", step: move.step, output: null, artifacts: [] }] : [];
}

function bindAsk(world: World, state: RunState, said: { readonly project: Project; readonly saying: Saying }): Ask {
  const { project, saying } = said;
  const self = world.person(project.look.person);
  switch (saying.kind) {
    case "retry":
      return { kind: "retry", step: saying.step, by: self, ...(saying.reason === undefined ? {} : { reason: saying.reason }) };
    case "break-glass":
      return { kind: "break-glass", registry: saying.registry, by: named(self, saying.by), reason: saying.reason ?? "" };
    case "cancel":
      refuseOther(state, saying.confirm);
      return { kind: "cancel", by: self, ...(saying.reason === undefined ? {} : { reason: saying.reason }) };
    case "answer": {
      const question = state.steps.get(saying.step)?.question;
      if (question === undefined)
        throw new SlipwayError("USAGE", `Cannot answer: step "${saying.step}" asks nothing now`, { hint: "See `slipway status`" });
      return {
        kind: "answer",
        step: saying.step,
        binding: question.binding,
        by: named(self, saying.by),
        ...(saying.note === undefined ? {} : { note: saying.note }),
      };
    }
    case "approve":
    case "reject":
      return bindConsent(state, saying, named(self, saying.by));
  }
}

/** Who names what is to be cancelled cancels nothing else. */
function refuseOther({ plan }: RunState, confirm: string | undefined): void {
  const versions = plan.packages.map(({ version }) => version);
  const wanted = confirm?.split(",").map((one) => one.trim()) ?? versions;
  if (wanted.length > 0 && wanted.every((one) => versions.includes(one)) && versions.every((one) => wanted.includes(one))) return;
  throw new SlipwayError("USAGE", `Cannot cancel: the run is of ${plan.release.title}, and "${confirm}" was confirmed`, {
    hint: `slipway cancel --confirm ${[...new Set(versions)].join(",")}`,
  });
}

/** A name given on the command line is taken as it is: on a laptop nothing proves it, and everything that shows it says so. */
function named(self: ReturnType<World["person"]>, by: string | undefined): ReturnType<World["person"]> {
  return by === undefined ? self : { name: by, authenticated: false };
}

function bindConsent(state: RunState, saying: Extract<Saying, { kind: "approve" | "reject" }>, by: ReturnType<World["person"]>): Ask {
  const asking = [...state.gates].filter(
    ([name, gate]) => gate.subject !== undefined && (saying.gate === undefined || saying.gate === name),
  );
  const [only] = asking;
  if (only === undefined)
    throw new SlipwayError("USAGE", `Cannot ${saying.kind}: no gate of ${state.plan.release.title} asks now`, {
      hint: "See `slipway status`",
    });
  if (asking.length > 1)
    throw new SlipwayError("USAGE", `Cannot ${saying.kind}: ${asking.map(([name]) => name).join(" and ")} ask`, {
      hint: "Name one with --gate",
    });
  const [gate, { subject }] = only;
  const digest = subject?.digest ?? "";
  const said = saying.digest?.replace(/^sha256:/, "").toLowerCase();
  if (said !== undefined && (said.length < 12 || !digest.startsWith(said))) {
    throw new SlipwayError(
      "POLICY_REFUSED",
      `Cannot ${saying.kind}: gate "${gate}" asks for consent to ${digest.slice(0, 12)}, and ${said.slice(0, 12)} was named`,
      {
        hint: "Look at `slipway status` and name the digest it shows",
      },
    );
  }
  if (saying.kind === "approve") return { kind: "approve", gate, digest, by, ...(saying.note === undefined ? {} : { note: saying.note }) };
  if (saying.note === undefined || saying.note.trim() === "")
    throw new SlipwayError("USAGE", "Cannot reject without a reason", { hint: "Say why with --reason" });
  return { kind: "reject", gate, digest, by, reason: saying.note };
}
