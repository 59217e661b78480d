// Composes what the performer needs for one run: the run's own checkout, folders, logs, registries, credentials. Each is
// opened when it is first needed, and once.
import path from "node:path";
import type { Artifact } from "../domain/artifact.ts";
import { canonicalJson, sha256 } from "../domain/digest.ts";
import { assert, SlipwayError } from "../domain/error.ts";
import { globMatcher } from "./globs.ts";
import { environmentOf, type PlannedStep } from "../domain/plan/plan.ts";
import { liveFallback, tokenOf } from "../domain/run/break-glass.ts";
import type { Head } from "../domain/run/head.ts";
import type { RunState } from "../domain/run/state.ts";
import type { MembersOf } from "../engine/asks.ts";
import type { NoteOpened, Workshop } from "../engine/performer.ts";
import type { ArtifactStore } from "../platform/ports.ts";
import type { Registry, Staged } from "../registries/registry.ts";
import type { EffectPorts, ReadPorts, WorkPorts } from "../steps/step.ts";
import { runPreflight } from "./preflight.ts";
import { plannedRegistry, type Opened, type Registries } from "./registries.ts";
import { builderOf } from "./builder.ts";
import { publisherOf } from "./trusted-login.ts";
import { logFile, stepFileName } from "./run-folder.ts";
import { openForge, openForgeToRead, type Forges } from "./forges.ts";
import { createRemotes } from "./run-remote.ts";
import { createRunSource, type RunSourceParts } from "./run-source.ts";
import type { SourceWatch } from "./source-watch.ts";
import { builtIn } from "./built-in.ts";

export interface WorkshopParts extends RunSourceParts {
  /** Where the project's runs and rehearsals are kept. */
  readonly projectFolder: string;
  /** Folder of the rehearsal; undefined in a real run. */
  readonly rehearsalFolder: string | undefined;
  /** Folder with the release's files, where a person gave one. */
  readonly filesFolder: string | undefined;
  /** SSH key that records are signed with, where a person named one; absolute. */
  readonly signKey?: string | undefined;
  readonly store: ArtifactStore;
  readonly forges: Forges;
  /** What preflight looks for credentials at: the real one, in a rehearsal as well. */
  readonly preflightForges: Forges;
  readonly registries: Registries;
  /** What preflight looks at: the real registries, in a rehearsal as well. */
  readonly preflightRegistries: Registries;
  readonly source: SourceWatch;
  /** Asked before anything is sent that cannot be taken back; throws ALARM_OPEN. Absent: nothing holds, as in a rehearsal or a withdrawal. */
  readonly refuseWhileHeld?: () => Promise<void>;
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
  const source = createRunSource(parts);
  const environment = createEnvironments(parts);
  const forge = (step: PlannedStep, signal: AbortSignal): ReturnType<EffectPorts["forge"]> =>
    openForge(parts.forges, plan, { step, signal });
  const remote = createRemotes({ ...parts, clone: parts.folders.clone });
  // A request that was begun is ended even when the person interrupts: its reply is worth more than half a second.
  const unstopped = new AbortController().signal;
  const readPortsFrom = async (registries: Registries, state: RunState, step: PlannedStep): Promise<ReadPorts> => {
    const { head } = state;
    const sourceFolder = await source.checkout(head);
    return {
      clock: world.clock,
      exec: world.exec,
      files: world.files,
      archives: world.archives,
      images: world.images,
      log: world.log,
      signal: unstopped,
      sourceFolder,
      env: { ...(await environment(head.epochSeconds)), ...environmentOf(plan, step)?.variables },
      host: world.host,
      toolboxPython: (set) => world.toolbox.python(set),
      registry: (name) => registries.open(plannedRegistry(plan, name)),
      staged: (name, publication) => lookAtStaged(parts, { state, step }, { name, publication, signal: unstopped }),
      remoteRef: (remote, ref) => world.git.remoteRef(parts.repository, remote, ref),
      remote,
      forge: () => openForgeToRead(parts.forges, plan, { step, signal: unstopped }),
      artifactFile: (artifact: Artifact) => store.file(artifact.digest),
    };
  };
  const readPorts = (state: RunState, step: PlannedStep): Promise<ReadPorts> => readPortsFrom(parts.registries, state, step);
  return {
    nowMs: () => world.clock.nowMs(),
    crashPoints: world.crashPoints,
    stepOf: builtIn,
    preflight: (state) => runPreflight(parts, state, (step) => readPortsFrom(parts.preflightRegistries, state, step)),
    readPorts,
    effectPorts: async (state, step, opened) => {
      if (step.reach !== "reversible") await parts.refuseWhileHeld?.();
      return effectPorts(parts, { state, step, opened, remote, forge: () => forge(step, unstopped) }, await readPorts(state, step));
    },
    workPorts: async (state, step, attempt) =>
      workPorts(parts, { step, attempt, copy: (to) => source.copy(state.head, to) }, await readPorts(state, step)),
    freeze: async (made, maker) => {
      const { digest, sizeBytes } = await store.put(made.file);
      const platform = made.platform === undefined ? {} : { platform: made.platform };
      return { kind: made.kind, package: made.package, name: made.name, sizeBytes, digest, maker, ...platform };
    },
    compare: async (state, made) => {
      const { compareBuilds } = await import("./compare-builds.ts");
      return compareBuilds({ world, projectFolder: parts.projectFolder, fileOf: ({ digest }) => store.file(digest) }, state, made);
    },
    ...(plan.environments.some(({ approvals }) => approvals !== undefined) ? { lookAtChanges: changesLook(parts, source) } : {}),
    advance: (state, step, made) => source.advance(state, step, made),
    lookAtSource: (state) => parts.source.look(state.head),
    bind: (state, step, question) => bind(parts, state.head, { step, ...question }),
  };
}

/** Only where somebody is asked: what is asked about is told with the question. */
function changesLook(parts: WorkshopParts, source: ReturnType<typeof createRunSource>): NonNullable<Workshop["lookAtChanges"]> {
  const { world, folders, store, stop, registries } = parts;
  return async (state, made) => {
    const { lookAtChanges } = await import("./diff/look-at-changes.ts");
    const fileOf = ({ digest }: Artifact): string => store.file(digest);
    const copy = (to: string): Promise<void> => source.copy(state.head, to);
    return lookAtChanges({ world, folders, stop, fileOf, copy, registry: (planned) => registries.open(planned) }, state, made);
  };
}

type Environment = Readonly<Record<string, string>>;

/** The environment of children, made once for each time that builds are told. */
function createEnvironments(parts: WorkshopParts): (epochSeconds: number) => Promise<Environment> {
  const { world, folders } = parts;
  const made = new Map<number, Promise<Environment>>();
  const make = async (epochSeconds: number): Promise<Environment> => {
    const temporaryFolder = path.join(folders.root, "tmp");
    await world.files.makeFolder(temporaryFolder);
    return world.childEnvironment({ home: folders.home, temporaryFolder, epochSeconds });
  };
  return (epochSeconds) => {
    const environment = made.get(epochSeconds) ?? make(epochSeconds);
    made.set(epochSeconds, environment);
    return environment;
  };
}

async function workPorts(
  parts: WorkshopParts,
  which: { readonly step: PlannedStep; readonly attempt: number; readonly copy: (to: string) => Promise<void> },
  read: ReadPorts,
): ReturnType<Workshop["workPorts"]> {
  const { world, folders } = parts;
  const { step, attempt } = which;
  const root = path.join(folders.work, stepFileName(step.id));
  await world.files.remove(root);
  const workFolder = path.join(root, "copy");
  const scratchFolder = path.join(root, "scratch");
  await world.files.makeFolder(scratchFolder);
  await which.copy(workFolder);
  const log = await world.openLog(logFile(folders, step.id, attempt));
  const timeout = world.deadline(step.timeoutMs);
  const ports: WorkPorts = {
    ...read,
    signal: AbortSignal.any([timeout, parts.stop]),
    workFolder,
    scratchFolder,
    userFolder: step.zone === "tool" ? parts.repository : workFolder,
    ...(parts.filesFolder === undefined ? {} : { filesFolder: parts.filesFolder }),
    ...(step.zone === "publish" ? { signing: signingFor(parts, step) } : {}),
    ...(step.zone === "tool" ? { sealer: sealerFor(parts) } : {}),
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

function signingFor(parts: WorkshopParts, step: PlannedStep): NonNullable<WorkPorts["signing"]> {
  const { registries, plan, world, folders } = parts;
  const at = { env: world.env, run: path.basename(folders.root), host: world.host, version: world.version, world: registries.world };
  return {
    builder: builderOf(plan, at),
    open: (place) => registries.signer(environmentOf(plan, step)?.name, place),
  };
}

/** Loaded when something is signed: most steps of the zone sign nothing. */
function sealerFor(parts: WorkshopParts): NonNullable<WorkPorts["sealer"]> {
  return { seal: async (sealing) => (await import("./sealing.ts")).createSealer(parts.world, parts).seal(sealing) };
}

/** Always at the registries that the run sends to: what preflight looks at would be asked with a credential that it must not use. */
async function lookAtStaged(
  parts: WorkshopParts,
  { state, step }: Opening,
  at: { readonly name: string; readonly publication: Parameters<ReadPorts["staged"]>[1]; readonly signal: AbortSignal },
): Promise<Staged | undefined> {
  const { name, publication, signal } = at;
  assert(step.kind === "acting", `step "${step.id}" looks at what is staged, and it does not act`);
  const { registry, credential, isTokenless } = openAtRegistry(parts, { state, step }, name);
  if (registry.staging === undefined) return undefined;
  // A login is no look, and what it opens may put a version there and not see it (protocols §5.4).
  if (isTokenless) return { kind: "unknown", why: "trusted publishing may not look at what is staged, and a token may" };
  return registry.staging.observe(publication, (await credential(publication.package, signal)).credential, signal);
}

/** Whose step opens something. */
interface Opening {
  readonly state: RunState;
  readonly step: PlannedStep;
}

/**
 * A registry of the step's environment, with a credential that is read when it is asked for: by the rule of the environment, but
 * where a person broke the glass for this very step and registry with the fallback token, until its one try or its time is over.
 */
function openAtRegistry(
  parts: WorkshopParts,
  { state, step }: Opening,
  name: string,
): {
  readonly registry: Registry;
  readonly isTokenless: boolean;
  credential(packageName: string, signal: AbortSignal): Promise<Opened>;
} {
  const environment = environmentOf(parts.plan, step);
  // Two environments may name one registry, each with a credential of its own: the step's is meant.
  const ruled = environment?.registries.find((registry) => registry.name === name);
  if (ruled === undefined)
    throw new SlipwayError("INTERNAL_ASSERTION", `Cannot open "${name}": it is not in the environment of step "${step.id}"`);
  const fallback = liveFallback(state, step, { registry: name, nowMs: parts.world.clock.nowMs() });
  const planned = fallback === undefined ? ruled : { ...ruled, credentials: tokenOf(fallback) };
  return {
    registry: parts.registries.open(planned),
    isTokenless: planned.credentials.kind === "trusted-publishing",
    credential: async (packageName, signal) => {
      const publisher = publisherOf(parts.plan, packageName, environment?.name);
      const opened = await parts.registries.credential(planned, { package: packageName, publisher, signal });
      return fallback === undefined ? opened : { ...opened, how: { kind: "fallback", variable: fallback.variable } };
    },
  };
}

/** Each step is given what its zone opens: registries of its environment, or the remote. */
function effectPorts(
  parts: WorkshopParts,
  { state, step, opened, remote, forge }: Opening & { readonly opened: NoteOpened } & Pick<EffectPorts, "remote" | "forge">,
  read: ReadPorts,
): EffectPorts {
  return {
    ...read,
    forge: () => {
      assert(step.zone === "forge", `step "${step.id}" acts on the forge, and its zone is "${step.zone}"`);
      return forge();
    },
    remote: (name) => {
      assert(step.zone === "forge", `step "${step.id}" pushes, and its zone is "${step.zone}"`);
      return remote(name);
    },
    open: async (name, packageName) => {
      const { registry, credential: openFor } = openAtRegistry(parts, { state, step }, name);
      const { credential, how } = await openFor(packageName, read.signal);
      opened(name, how);
      return { registry, credential, byIdentity: how.kind === "identity" };
    },
  };
}

/** An acknowledgement is bound to what it was given for: the named files of the head's commit, or the commit itself. */
async function bind(
  parts: WorkshopParts,
  head: Head,
  question: { readonly step: PlannedStep; readonly text: string; readonly paths: readonly string[] },
): ReturnType<Workshop["bind"]> {
  const { world, folders } = parts;
  const matches = question.paths.map(globMatcher);
  const all = question.paths.length === 0 ? [] : await world.git.files(folders.clone, head.commit);
  const paths = all.filter((file) => matches.some((match) => match(file)));
  const bound =
    question.paths.length === 0
      ? head.commit
      : await Promise.all(paths.map(async (file) => [file, (await world.git.show(folders.clone, head.commit, file)) ?? ""]));
  const binding = sha256(world.sha256OfText(canonicalJson({ text: question.text, bound })));
  return { kind: "question-asked", step: question.step.id, text: question.text, binding, paths };
}
