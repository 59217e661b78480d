// Ports for unit tests: everything in memory, the clock stands still until it is moved, programs are functions.
// Each builder is complete; a test names only what it is about.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Forge } from "../../src/forges/forge.ts";
import { firstHead } from "../../src/domain/run/head.ts";
import type { Artifact, ArtifactKind } from "../../src/domain/artifact.ts";
import { sha256, type Sha256 } from "../../src/domain/digest.ts";
import type { PlannedEnvironment, PlannedPackage, PlannedRegistry, PlannedStep, Plan } from "../../src/domain/plan/plan.ts";
import type {
  Archives,
  ArchiveOpened,
  ByteRange,
  Clock,
  Command,
  CommandEnd,
  Exec,
  FileInfo,
  Files,
  ImageFiles,
  Log,
} from "../../src/platform/ports.ts";
import type { ReadRegistry, Registry } from "../../src/registries/registry.ts";
import type { EffectPorts, Frozen, Planned, Use, WorkPorts, Remote } from "../../src/steps/step.ts";

export interface FakeClock extends Clock {
  move(ms: number): void;
}

/** A clock that stands at `startMs` until it is moved; sleeping moves it. */
export function fakeClock(startMs = 1_700_000_000_000): FakeClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    move: (ms) => {
      nowMs += ms;
    },
  };
}

export interface FakeExec extends Exec {
  /** Every command that was run, in order. */
  readonly commands: Command[];
}

export type Program = (command: Command) => CommandEnd | Promise<CommandEnd>;

/** Programs by name; a program that is not named is not installed. Lines of output are told as they would come. */
export function fakeExec(programs: Readonly<Record<string, Program>>): FakeExec {
  const commands: Command[] = [];
  const known = (program: string): Program | undefined => programs[program] ?? programs[posix.basename(program)];
  return {
    commands,
    run: async (command) => {
      commands.push(command);
      const end = (await known(command.program)?.(command)) ?? ({ kind: "not-found", program: command.program } as const);
      if (end.kind === "not-found") return end;
      for (const line of end.stdout.split("\n").filter((one) => one !== "")) command.onLine?.("stdout", line);
      for (const line of end.stderr.split("\n").filter((one) => one !== "")) command.onLine?.("stderr", line);
      return end;
    },
    find: async (program) => (known(program) === undefined ? undefined : `/usr/bin/${program}`),
  };
}

export function exited(code: number, stdout = "", stderr = ""): CommandEnd {
  return { kind: "exited", code, stdout, stderr };
}

export interface MemoryFiles extends Files {
  /** Content by absolute path; a value of `{ kind: "link" }` stands for a link. */
  readonly content: Map<string, string | { readonly kind: "link" | "other" }>;
}

/** Files in memory. Folders are there when something lies in them, or when they were made. */
export function memoryFiles(initial: Readonly<Record<string, string | { readonly kind: "link" | "other" }>> = {}): MemoryFiles {
  const content = new Map(Object.entries(initial));
  const folders = new Set<string>();
  const below = (folder: string): string => (folder.endsWith("/") ? folder : `${folder}/`);
  const isFolder = (path: string): boolean => folders.has(path) || [...content.keys()].some((file) => file.startsWith(below(path)));
  const text = (file: string): string | undefined => {
    const found = content.get(file);
    return typeof found === "string" ? found : undefined;
  };
  const readText = async (file: string): Promise<string> => {
    const found = text(file);
    if (found === undefined) throw new Error(`no such file: ${file}`);
    return found;
  };
  return {
    content,
    readText,
    readTextIfThere: async (file) => text(file),
    // One byte for each character, so that a test can write bytes as text.
    readBytes: async (file, { offset, sizeBytes }) => Buffer.from(await readText(file), "latin1").subarray(offset, offset + sizeBytes),
    writeText: async (file, written) => void content.set(file, written),
    overwrite: async (file, written) => void content.set(file, written),
    info: async (path): Promise<FileInfo | undefined> => {
      const found = content.get(path);
      if (typeof found === "string") return { kind: "file", sizeBytes: Buffer.byteLength(found) };
      if (found !== undefined) return { kind: found.kind, sizeBytes: 0 };
      return isFolder(path) ? { kind: "folder", sizeBytes: 0 } : undefined;
    },
    list: async (folder) => {
      const inside = [...content.keys(), ...folders].filter((path) => path.startsWith(below(folder)));
      return [...new Set(inside.map((path) => path.slice(below(folder).length).split("/")[0] ?? ""))]
        .filter((name) => name !== "")
        .toSorted();
    },
    makeFolder: async (folder) => void folders.add(folder),
    copy: async (from, to) => void content.set(to, await readText(from)),
    realPath: async (file) => (content.has(file) ? file : undefined),
    remove: async (path) => {
      for (const file of [...content.keys(), ...folders]) {
        if (file !== path && !file.startsWith(below(path))) continue;
        content.delete(file);
        folders.delete(file);
      }
    },
    digest: async (file) => {
      const bytes = await readText(file);
      return { sha256: digestOf(bytes), sizeBytes: Buffer.byteLength(bytes) };
    },
    digestWith: async (file, algorithm) =>
      createHash(algorithm)
        .update(await readText(file))
        .digest("hex"),
    freeBytes: async () => 1e12,
  };
}

export const silentLog: Log = { debug: () => {}, info: () => {}, warn: () => {} };

/** Archives by absolute path: member texts by path. Anything else cannot be read. */
export function fakeArchives(byFile: Readonly<Record<string, Readonly<Record<string, string>>>>): Archives {
  const open = async (file: string): Promise<ArchiveOpened> => {
    const members = byFile[file];
    if (members === undefined) return { kind: "unreadable", why: "it is no archive" };
    const list = Object.entries(members).map(([path, text]) => ({ path, kind: "file" as const, sizeBytes: Buffer.byteLength(text) }));
    const readText = async (path: string): Promise<{ kind: "text"; text: string } | { kind: "absent" }> => {
      const text = members[path];
      return text === undefined ? { kind: "absent" } : { kind: "text", text };
    };
    const readRange = async (path: string, { offset, sizeBytes }: ByteRange): Promise<Uint8Array | undefined> => {
      const text = members[path];
      return text === undefined ? undefined : Buffer.from(text, "latin1").subarray(offset, offset + sizeBytes);
    };
    return { kind: "opened", archive: { members: list, faults: [], readText, readRange, digests: async () => new Map() } };
  };
  const write = async (): Promise<never> => {
    throw new Error("no archive is written in this test");
  };
  return { openZip: open, openTarGz: open, write };
}

/** A registry at which nothing stands; what a test is about is put in `parts`. */
export function fakeRegistry(name: string, parts: Partial<Registry> = {}): Registry {
  return {
    name,
    ecosystem: "pypi",
    indexUrl: `http://127.0.0.1:1/${name}/simple/`,
    world: "rehearsal",
    settleMs: 1000,
    locate: ({ package: id, version }) => `http://127.0.0.1:1/${name}/project/${id}/${version}/`,
    versions: async () => ({ kind: "absent" }),
    survey: async () => ({ kind: "absent", package: "absent" }),
    observe: async () => ({ kind: "absent" }),
    download: async () => ({ kind: "absent" }),
    refusals: () => [],
    publish: async () => ({ kind: "sent", warnings: [] }),
    withdraw: () => ({ kind: "by-person", instruction: "ask" }),
    ...parts,
  };
}

export interface FakePorts extends WorkPorts, EffectPorts {
  remote(name: string): Remote;
  forge(): ReturnType<EffectPorts["forge"]>;
  readonly clock: FakeClock;
  readonly files: MemoryFiles;
  readonly exec: FakeExec;
  /** Lines that were printed to the step's log. */
  readonly printed: string[];
}

export interface FakePortsParts {
  readonly images?: Partial<ImageFiles>;
  readonly programs?: Readonly<Record<string, Program>>;
  readonly files?: MemoryFiles;
  readonly archives?: Archives;
  readonly registries?: readonly Registry[];
  readonly remoteRef?: WorkPorts["remoteRef"];
  readonly remote?: Partial<Remote>;
  readonly forge?: Forge;
  readonly env?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly toolboxPython?: WorkPorts["toolboxPython"];
}

const noNetwork = "there is no network in this test";

const unreachableRemote: Remote = {
  refs: async () => ({ kind: "unknown", why: noNetwork }),
  fetch: async () => ({ kind: "unknown", why: noNetwork }),
  contains: async () => false,
  findMarked: async () => undefined,
  findSameTree: async () => undefined,
  subject: async () => "Release 1.0.0",
  replay: async () => ({ kind: "conflict", paths: [] }),
  push: async () => ({ kind: "unknown", why: noNetwork }),
};

/** All ports a step can be given. The copy is `/work`, the scratch folder `/scratch`, the checkout `/source`. */
export function fakePorts(parts: FakePortsParts = {}): FakePorts {
  const printed: string[] = [];
  const registry = (name: string): Registry => {
    const found = parts.registries?.find((one) => one.name === name);
    if (found === undefined) throw new Error(`no registry "${name}" in this test`);
    return found;
  };
  return {
    clock: fakeClock(),
    exec: fakeExec(parts.programs ?? {}),
    files: parts.files ?? memoryFiles(),
    archives: parts.archives ?? fakeArchives({}),
    images: {
      openImage: async () => ({ kind: "unreadable", why: "is no image" }),
      writeImage: async () => assert.fail("no image is written in this test"),
      writeForDocker: async () => assert.fail("no image is written in this test"),
      ...parts.images,
    },
    log: silentLog,
    signal: new AbortController().signal,
    host: parts.host ?? "linux-x86_64",
    sourceFolder: "/source",
    env: { PATH: "/usr/bin", HOME: "/home", SOURCE_DATE_EPOCH: "1700000000", ...parts.env },
    toolboxPython: parts.toolboxPython ?? (async () => "/toolbox/bin/python"),
    registry: (name): ReadRegistry => registry(name),
    staged: async (name, publication) =>
      registry(name).staging?.observe(publication, { user: "__token__", reveal: () => "secret" }, new AbortController().signal),
    remoteRef: parts.remoteRef ?? (async () => ({ kind: "unknown", why: noNetwork })),
    remote: () => ({ ...unreachableRemote, ...parts.remote }),
    forge: async () => {
      if (parts.forge === undefined) throw new Error("no forge in this test");
      return { forge: parts.forge, access: { credential: { user: "", reveal: () => "secret" }, signal: new AbortController().signal } };
    },
    artifactFile: (artifact) => `/store/${artifact.digest}`,
    workFolder: "/work",
    scratchFolder: "/scratch",
    userFolder: "/user",
    print: (line) => void printed.push(line),
    open: async (name) => ({ registry: registry(name), credential: { user: "__token__", reveal: () => "secret" }, byIdentity: false }),
    printed,
  };
}

export function digestOf(text: string): Sha256 {
  return sha256(createHash("sha256").update(text).digest("hex"));
}

export function aPackage(parts: Partial<PlannedPackage> = {}): PlannedPackage {
  return { id: "demo", ecosystem: "pypi", name: "demo", folder: ".", version: "1.0.0", ...parts };
}

export function aRegistry(parts: Partial<PlannedRegistry> = {}): PlannedRegistry {
  return { name: "pypi", ecosystem: "pypi", test: false, credentials: { kind: "token", variable: "PYPI_TOKEN" }, ...parts };
}

export function anEnvironment(parts: Partial<PlannedEnvironment> = {}): PlannedEnvironment {
  return { name: "pypi", registries: [aRegistry()], variables: {}, secrets: [], ...parts };
}

export function aPlannedStep(parts: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id: "step",
    uses: "run@1",
    kind: "work",
    zone: "project",
    title: "A step",
    waitsFor: [],
    input: null,
    takes: [],
    makes: [],
    timeoutMs: 60_000,
    retry: 0,
    optional: false,
    keep: [],
    ...parts,
  };
}

export function aPlan(parts: Partial<Plan> = {}): Plan {
  return {
    schema: "slipway-plan/1",
    project: "demo",
    pipeline: "release",
    source: { commit: "c".repeat(40), tag: "v1.0.0", moved: "stop", epochSeconds: 1_700_000_000 },
    release: { title: "demo 1.0.0", prerelease: false },
    inputs: {},
    packages: [aPackage()],
    environments: [],
    steps: [],
    leftOut: [],
    line: { at: [], above: [], below: [] },
    ...parts,
  };
}

/** A frozen artifact whose bytes are its name, unless a digest is given. */
export function anArtifact(kind: ArtifactKind, name: string, parts: Partial<Artifact> = {}): Artifact {
  return { kind, package: "demo", name, sizeBytes: name.length, digest: digestOf(name), maker: "build", ...parts };
}

export function aUse<In>(input: In, parts: Partial<Use<In>> = {}): Use<In> {
  return { leg: {}, packages: [aPackage()], ...parts, input };
}

export function aPlanned<In>(input: In, parts: Partial<Planned<In>> = {}): Planned<In> {
  return { plan: aPlan(), step: aPlannedStep(), begun: false, leg: {}, packages: [aPackage()], ...parts, input };
}

export function aFrozen<In>(input: In, parts: Partial<Frozen<In>> = {}): Frozen<In> {
  const { plan = aPlan() } = parts;
  return {
    plan,
    planDigest: digestOf("plan"),
    head: firstHead(plan.source),
    step: aPlannedStep(),
    artifacts: [],
    sinceMs: 1_700_000_000_000,
    leg: {},
    packages: [aPackage()],
    ...parts,
    input,
  };
}
