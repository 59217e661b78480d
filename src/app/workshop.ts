// Composes what the performer needs for one run: the run's own checkout, folders, logs, registries, credentials. Each is
// opened when it is first needed, and once.
import path from "node:path";
import type { Artifact } from "../domain/artifact.ts";
import { canonicalJson, sha256 } from "../domain/digest.ts";
import { SlipwayError } from "../domain/error.ts";
import { globMatcher } from "./globs.ts";
import { environmentOf, type Plan, type PlannedStep } from "../domain/plan/plan.ts";
import type { RunState } from "../domain/run/state.ts";
import type { MembersOf } from "../engine/asks.ts";
import type { Workshop } from "../engine/performer.ts";
import type { ArtifactStore } from "../platform/ports.ts";
import type { EffectPorts, ReadPorts, WorkPorts } from "../steps/step.ts";
import { runPreflight } from "./preflight.ts";
import { plannedRegistry, type Registries } from "./registries.ts";
import { logFile, stepFileName, type RunFolders } from "./run-folder.ts";
import type { SourceWatch } from "./source-watch.ts";
import { builtIn } from "./built-in.ts";
import type { World } from "./world.ts";

export interface WorkshopParts {
  readonly world: World;
  readonly plan: Plan;
  readonly folders: RunFolders;
  readonly store: ArtifactStore;
  readonly registries: Registries;
  /** What preflight looks at: the real registries, in a rehearsal as well. */
  readonly preflightRegistries: Registries;
  readonly source: SourceWatch;
  /** Root of the user's repository. */
  readonly repository: string;
  /** The plan's tag is not made yet: the run's own clone gets it, so that builds see what tomorrow's will. */
  readonly tagAssumed: boolean;
  /** Facts about earlier runs that preflight weighs. */
  readonly candidateTried: () => boolean;
  /** How slipway.yaml stands to the commit; `mended`: it differs, and somebody went on under it with `--mend`. */
  readonly configurationIs: "committed" | "changed" | "mended";
  /** Names in a group of people, or undefined when this way of running cannot know them. */
  readonly membersOf: MembersOf;
  /** Told of each line that a step prints, after redaction. */
  readonly onLine: (step: string, line: string) => void;
  /** Aborted by a cancel or an interrupt: work in progress is stopped. */
  readonly stop: AbortSignal;
}

export function createWorkshop(parts: WorkshopParts): Workshop {
  const { world, plan, store } = parts;
  const checkout = once(() => makeCheckout(parts));
  const environment = once(() => baseEnvironment(parts));
  // A request that was begun is ended even when the person interrupts: its reply is worth more than half a second.
  const unstopped = new AbortController().signal;
  const readPortsFrom = async (registries: Registries, step: PlannedStep | undefined): Promise<ReadPorts> => {
    await checkout();
    return {
      clock: world.clock,
      exec: world.exec,
      files: world.files,
      archives: world.archives,
      log: world.log,
      signal: unstopped,
      sourceFolder: parts.folders.source,
      env: { ...(await environment()), ...(step === undefined ? {} : environmentOf(plan, step)?.variables) },
      host: world.host,
      toolboxPython: () => world.toolbox.python(),
      registry: (name) => registries.open(plannedRegistry(plan, name)),
      remoteRef: (remote, ref) => world.git.remoteRef(parts.repository, remote, ref),
      artifactFile: (artifact: Artifact) => store.file(artifact.digest),
    };
  };
  const readPorts = (_state: RunState, step: PlannedStep): Promise<ReadPorts> => readPortsFrom(parts.registries, step);
  return {
    nowMs: () => world.clock.nowMs(),
    crashPoints: world.crashPoints,
    stepOf: builtIn,
    preflight: (state) => runPreflight(parts, state, (step) => readPortsFrom(parts.preflightRegistries, step)),
    readPorts,
    effectPorts: async (state, step) => effectPorts(parts, step, await readPorts(state, step)),
    workPorts: async (state, step, attempt) => workPorts(parts, { step, attempt }, await readPorts(state, step)),
    freeze: async (made, maker) => {
      const { digest, sizeBytes } = await store.put(made.file);
      const platform = made.platform === undefined ? {} : { platform: made.platform };
      return { kind: made.kind, package: made.package, name: made.name, sizeBytes, digest, maker, ...platform };
    },
    lookAtSource: () => parts.source.look(),
    bind: (_state, step, question) => bind(parts, step, question),
  };
}

/** Clone and clean checkout of the commit; made again from the start when an earlier process left them half made. */
async function makeCheckout(parts: WorkshopParts): Promise<void> {
  const { world, folders, plan } = parts;
  await world.files.makeFolder(folders.root);
  await world.git.clone(parts.repository, folders.clone);
  if (parts.tagAssumed && plan.source.tag !== undefined) await world.git.assumeTag(folders.clone, plan.source.tag, plan.source.commit);
  await world.files.remove(folders.source);
  await world.git.copyAt(folders.clone, plan.source.commit, folders.source);
  // What a killed process left behind is no part of any step.
  await world.files.remove(folders.work);
}

async function baseEnvironment(parts: WorkshopParts): Promise<Readonly<Record<string, string>>> {
  const { world, plan, folders } = parts;
  const temporaryFolder = path.join(folders.root, "tmp");
  await world.files.makeFolder(temporaryFolder);
  return world.childEnvironment({ home: folders.home, temporaryFolder, epochSeconds: plan.source.epochSeconds });
}

async function workPorts(
  parts: WorkshopParts,
  which: { readonly step: PlannedStep; readonly attempt: number },
  read: ReadPorts,
): ReturnType<Workshop["workPorts"]> {
  const { world, folders, plan } = parts;
  const { step, attempt } = which;
  const root = path.join(folders.work, stepFileName(step.id));
  await world.files.remove(root);
  const workFolder = path.join(root, "copy");
  const scratchFolder = path.join(root, "scratch");
  await world.files.makeFolder(scratchFolder);
  await world.git.copyAt(folders.clone, plan.source.commit, workFolder);
  const log = await world.openLog(logFile(folders, step.id, attempt));
  const timeout = world.deadline(step.timeoutMs);
  const ports: WorkPorts = {
    ...read,
    signal: AbortSignal.any([timeout, parts.stop]),
    workFolder,
    scratchFolder,
    print: (line) => parts.onLine(step.id, log.write(line)),
  };
  return {
    ports,
    close: async () => {
      await log.close();
      await world.files.remove(root);
    },
  };
}

function effectPorts(parts: WorkshopParts, step: PlannedStep, read: ReadPorts): EffectPorts {
  const allowed = environmentOf(parts.plan, step)?.registries.map((registry) => registry.name) ?? [];
  return {
    ...read,
    open: async (name) => {
      if (!allowed.includes(name))
        throw new SlipwayError("INTERNAL_ASSERTION", `Cannot open "${name}": it is not in the environment of step "${step.id}"`);
      const planned = plannedRegistry(parts.plan, name);
      const credential = await parts.registries.credential(planned);
      return { registry: parts.registries.open(planned), credential };
    },
  };
}

/** An acknowledgement is bound to what it was given for: the named files of the commit, or the commit itself. */
async function bind(
  parts: WorkshopParts,
  step: PlannedStep,
  question: { readonly text: string; readonly paths: readonly string[] },
): ReturnType<Workshop["bind"]> {
  const { world, plan } = parts;
  const { commit } = plan.source;
  const matches = question.paths.map(globMatcher);
  const all = question.paths.length === 0 ? [] : await world.git.files(parts.folders.clone, commit);
  const paths = all.filter((file) => matches.some((match) => match(file)));
  const bound =
    question.paths.length === 0
      ? commit
      : await Promise.all(paths.map(async (file) => [file, (await world.git.show(parts.folders.clone, commit, file)) ?? ""]));
  const binding = sha256(world.sha256OfText(canonicalJson({ text: question.text, bound })));
  return { kind: "question-asked", step: step.id, text: question.text, binding, paths };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
