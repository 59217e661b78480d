// Use case: open or take up a run and advance it until nothing more can be done without somebody else. The same for a
// real run and for a rehearsal; they differ in what is composed.
import { identityVariables } from "../domain/identity/source.ts";
import { SlipwayError } from "../domain/error.ts";
import { digestPlan } from "../domain/plan/plan.ts";
import type { Plan } from "../domain/plan/plan.ts";
import { evolve, fold, type RunState, type StepState } from "../domain/run/state.ts";
import type { Fact, Person, Recorded, RunMode } from "../domain/run/fact.ts";
import type { Move } from "../domain/run/decide.ts";
import type { MembersOf } from "../engine/asks.ts";
import { drive, type Drove } from "../engine/driver.ts";
import { createEmbeddedRuntime } from "../engine/embedded.ts";
import type { Journal } from "../engine/journal/journal.ts";
import type { Configuration, CredentialRule } from "../domain/configuration.ts";
import { usualVariables } from "../forges/credentials.ts";
import { oneTimePasswordVariable } from "../registries/npm/credentials.ts";
import { arrivals } from "../platform/event-loop.ts";
import { report } from "./report.ts";
import { createWorkshop, type WorkshopParts } from "./workshop.ts";
import type { World } from "./world.ts";

export interface RunObserver {
  /** What the journal held when this process took the run up. */
  onHistory(recorded: readonly Recorded[]): void;
  onRecorded(recorded: readonly Recorded[]): void;
  onMove(move: Move): void;
  onLine(step: string, line: string): void;
}

export interface DriveParts {
  readonly world: World;
  readonly journal: Journal;
  readonly configuration: Configuration;
  readonly workshop: Omit<WorkshopParts, "world" | "onLine" | "stop" | "membersOf">;
  readonly observer: RunObserver;
  readonly waitForPeople: boolean;
}

/** Work steps side by side; more than the cores only slows them. Looks and sends wait for the network, not for a core. */
const limits = { work: 4, perTarget: 10 };

export interface OpeningRun {
  readonly plan: Plan;
  readonly mode: RunMode;
  readonly by: Person;
  /** What a run before it leaves to this one; absent: nothing. */
  readonly inherited?: readonly Fact[];
}

/** Opens a run with all that it inherits in one go: a crash leaves both or nothing. @returns its id */
export function openRun(parts: { readonly world: World; readonly journal: Journal }, opening: OpeningRun): string {
  const id = parts.world.random.id();
  const { plan, mode, by, inherited = [] } = opening;
  const opened: Fact = { kind: "run-opened", run: id, mode, plan, planDigest: digestPlan(plan, parts.world.sha256OfText), by };
  parts.journal.append(id, [opened, ...inherited], { atMs: parts.world.clock.nowMs(), answered: [] });
  return id;
}

/** @throws SlipwayError STORAGE_FAILED, JOURNAL_DAMAGED */
export async function driveRun(parts: DriveParts, run: string, by: Person): Promise<{ readonly drove: Drove; readonly state: RunState }> {
  const { world, journal, observer } = parts;
  const recorded = journal.read(run);
  const state = fold(recorded);
  observer.onHistory(recorded);
  if (state.closed !== undefined) return { drove: { kind: "closed", result: state.closed.result }, state };
  world.catchUp(state.lastAtMs);
  await learnSecrets(world, parts.configuration);
  const stop = new AbortController();
  const stopWork = (): void => stop.abort(new Error("The run was stopped"));
  world.interrupted.addEventListener("abort", stopWork, { once: true });
  const members: MembersOf = (group) => membersOf(parts.configuration, group);
  const workshop = createWorkshop({
    ...parts.workshop,
    world,
    stop: stop.signal,
    membersOf: members,
    onLine: (step, line) => observer.onLine(step, line),
  });
  const runtime = createEmbeddedRuntime(
    {
      run,
      journal,
      clock: world.clock,
      workshop,
      sha256OfText: world.sha256OfText,
      membersOf: members,
      onRecorded: (facts) => {
        observer.onRecorded(facts);
        if (facts.some(({ fact }) => fact.kind === "cancel-asked")) stopWork();
      },
      interrupted: world.interrupted,
      onMove: (move) => observer.onMove(move),
      arrivals,
    },
    state,
  );
  const options = { limits, waitForPeople: parts.waitForPeople, interrupted: world.interrupted };
  try {
    // A journal that is taken up again is told so before anything else: this process has not looked at anything yet.
    takeUp(state, runtime, { by, version: world.version });
    return { drove: await drive(state, runtime, options), state };
  } catch (error) {
    throw tellingWhatIsPublic(error, state);
  } finally {
    world.interrupted.removeEventListener("abort", stopWork);
  }
}

/** Every failure says what is public now, also one that keeps the run from writing anything more down. */
export function tellingWhatIsPublic(error: unknown, state: RunState): unknown {
  if (!(error instanceof SlipwayError)) return error;
  const { code, message, hint, problems, details } = error;
  const { mode, files, others } = report(state, { kind: "working" });
  return new SlipwayError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    problems,
    cause: error,
    details: { ...details, mode, files, others },
  });
}

function takeUp(
  state: RunState,
  runtime: ReturnType<typeof createEmbeddedRuntime>,
  who: { readonly by: Person; readonly version: string },
): void {
  const driven: Fact = { kind: "run-driven", by: who.by, tool: `slipway ${who.version}` };
  // The same command again is a person's wish to try again what failed, or what stopped everything.
  const again = [...state.steps.values()].filter((step) => step.phase === "failed" || isStuck(step));
  const facts: Fact[] = [driven, ...again.map((step): Fact => ({ kind: "step-again", step: step.id, by: who.by }))];
  for (const one of runtime.commit(facts, [])) evolve(state, one);
}

function isStuck(step: StepState): boolean {
  if (step.phase !== "running") return false;
  if (step.surveyed?.result.kind === "strangers") return true;
  return [...(step.effects?.values() ?? [])].some((effect) => effect.observed?.observation.kind === "conflict");
}

/** Everything secret that the file names is known to the redactor, and read off its descriptor, before project code runs. */
async function learnSecrets(world: World, configuration: Configuration): Promise<void> {
  const variables = configuration.environments.flatMap(({ registries, secrets, forge }) => [
    ...registries.flatMap(({ credentials }) => variablesOf(credentials)),
    ...secrets,
    ...(forge === undefined ? [] : [forge.variable]),
  ]);
  variables.push(...identityVariables(world.env), ...Object.values(usualVariables).flat());
  await Promise.all([...new Set(variables)].map((variable) => world.secrets.learn(variable)));
}

function variablesOf(rule: CredentialRule): readonly string[] {
  const oneTime = oneTimePasswordVariable(rule);
  if (rule.kind === "token") return [rule.variable, ...(oneTime === undefined ? [] : [oneTime])];
  if (rule.kind !== "trusted-publishing") return [];
  return [rule.fallback, rule.first].flatMap((token) => (token === undefined ? [] : [token.variable]));
}

export function membersOf(configuration: Configuration, group: string): readonly string[] | undefined {
  const found = configuration.people.find((one) => one.name === group);
  return found?.kind === "names" ? found.names : undefined;
}
