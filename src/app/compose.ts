// The real world: the only place that joins ports to their implementations.
import { createHash } from "node:crypto";
import os from "node:os";
import { sha256 } from "../domain/digest.ts";
import { createArchives } from "../platform/archives/archives.ts";
import { createImageArchives } from "../platform/archives/image-archive.ts";
import { createSystemClock } from "../platform/clock.ts";
import { createCrashPoints } from "../platform/crash-points.ts";
import { createExec } from "../platform/exec.ts";
import { createFiles } from "../platform/files.ts";
import { createGit } from "../platform/git.ts";
import type { Log, Toolbox } from "../platform/ports.ts";
import { version } from "../platform/program-version.ts";
import { createRandom } from "../platform/random.ts";
import { createRedactor } from "../platform/redactor.ts";
import { createSecrets } from "../platform/secrets.ts";
import { cacheFolder, stateFolder } from "../platform/state-folder.ts";
import { openStepLog } from "../platform/step-log.ts";
import { createArtifactStore } from "../platform/store.ts";
import { createMemoryJournal } from "../engine/journal/memory.ts";
import { redactedJournal } from "../engine/journal/redacted.ts";
import { openSqliteJournal } from "../engine/journal/sqlite.ts";
import { isDriverLockHeld, takeDriverLock } from "../engine/lock.ts";
import { nameOf } from "./release-path.ts";
import type { World } from "./world.ts";

export interface Composition {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  /** `--state`; absent: the system's place for state. */
  readonly stateRoot: string | undefined;
  readonly interrupted: AbortSignal;
  readonly log: Log;
}

/** Opens nothing yet. @throws SlipwayError USAGE when the environment names no home */
export function composeWorld(composition: Composition): World {
  const { env, log } = composition;
  const clock = createSystemClock();
  const redactor = createRedactor();
  const exec = createExec(redactor);
  const files = createFiles();
  const crashPoints = createCrashPoints(env);
  const cacheRoot = cacheFolder(env, process.platform);
  const secrets = createSecrets({ env, redactor, log });
  const archives = createArchives();
  const images = createImageArchives();
  const { interrupted } = composition;
  const toolbox = lateToolbox(async () =>
    (await import("../platform/toolbox.ts")).createToolbox({ exec, files, cacheFolder: cacheRoot, env }),
  );
  const childEnvironment: World["childEnvironment"] = async (place) =>
    (await import("./compose-children.ts")).childEnvironmentAt(place, env, log);
  const git = createGit({ exec, env });
  const rehearsing = { git, redactor, log, clock, archives, images, env, files, version, interrupted, exec, toolbox, childEnvironment };
  return {
    clock,
    catchUp: (atMs) => clock.catchUp(atMs),
    archives,
    images,
    secrets,
    interrupted,
    redactor,
    exec,
    files,
    crashPoints,
    log,
    env,
    version,
    cacheRoot,
    folder: composition.folder,
    random: createRandom(clock),
    git,
    toolbox,
    childEnvironment,
    sha256OfText: (text) => sha256(createHash("sha256").update(text, "utf8").digest("hex")),
    stateRoot: composition.stateRoot ?? stateFolder(env, process.platform),
    host: hostName(),
    openJournal: (file) => redactedJournal(openSqliteJournal(file, crashPoints), redactor),
    forgetfulJournal: () => redactedJournal(createMemoryJournal(), redactor),
    openLog: (file) => openStepLog(file, redactor),
    deadline: (ms) => AbortSignal.timeout(ms),
    realRegistries: async () =>
      (await import("./compose-registries.ts")).realRegistries({ clock, version, env, secrets, files, images, redactor }),
    realForges: async () => (await import("./compose-forges.ts")).realForges({ clock, version, env, secrets }),
    serverTime: async (url, signal) => (await import("./compose-clock.ts")).askServerTime({ clock, version, env, files }, url, signal),
    rehearsalRegistries: async (plan, place) => (await import("./compose-rehearsal.ts")).startRehearsalRegistries(rehearsing, plan, place),
    takeLock: takeDriverLock,
    isLockHeld: isDriverLockHeld,
    openStore: createArtifactStore,
    person: (gitPerson) => ({ name: nameOf(gitPerson) || os.userInfo().username, authenticated: false }),
  };
}

/** One toolbox, made when it is first asked for. */
function lateToolbox(make: () => Promise<Toolbox>): Toolbox {
  let made: Promise<Toolbox> | undefined;
  return { python: async (set) => (await (made ??= make())).python(set) };
}

/** This machine in the words of `matrix: platform`. */
function hostName(): string {
  const system = { linux: "linux", darwin: "macos", win32: "windows" }[process.platform as string] ?? process.platform;
  const processor = { x64: "x86_64", arm64: "aarch64" }[process.arch as string] ?? process.arch;
  return `${system}-${processor}`;
}
