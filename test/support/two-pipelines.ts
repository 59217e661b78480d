// The example two-pipelines in a place of its own: a real remote, a forge and two indexes on loopback that stand for real
// ones, each behind a door that writes down who came in. For journeys from the commit to the index.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createSystemClock } from "../../src/platform/clock.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { createExec } from "../../src/platform/exec.ts";
import { createRedactor } from "../../src/platform/redactor.ts";
import { parseForgeFaults } from "../../src/forges/github/rehearsal/faults.ts";
import { startRehearsalForge, type RehearsalForge } from "../../src/forges/github/rehearsal/server.ts";
import type { StoredAsset, StoredRelease } from "../../src/forges/github/rehearsal/state.ts";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { describedAs, handOn, prebuiltProject } from "./prebuilt-project.ts";
import { sdist } from "./sdist.ts";
import { wheel } from "./wheel.ts";
import { edit, makeBed, pointAt, repositoryRoot, startIndex, type Bed, type Ended } from "./bed.ts";
import { enterprisePath, openDoor, type Door } from "./door.ts";

export const packageName = "slipway-example-pebble";
/** Who may write pages, who may only read them, and who may upload: four secrets that are like no others. */
export const secrets = {
  writer: "rehearsal-writer-canary-7f3a",
  reader: "rehearsal-read-canary-91c2",
  testpypi: "pypi-test-canary-5d20",
  pypi: "pypi-final-canary-c88e",
} as const;

/** What each pipeline is given, and nothing else. */
export const releaseTokens = { GH_TOKEN: secrets.writer };
export const publishTokens = { GH_TOKEN: secrets.reader, TESTPYPI_TOKEN: secrets.testpypi, PYPI_TOKEN: secrets.pypi };
export const uploadTokens = { TESTPYPI_TOKEN: secrets.testpypi, PYPI_TOKEN: secrets.pypi };

export interface Place {
  readonly bed: Bed;
  /** Folder of the bare repository that is `origin`. */
  readonly origin: string;
  readonly doors: { readonly forge: Door; readonly testpypi: Door; readonly pypi: Door };
  forge(): RehearsalForge;
  readonly testpypi: RehearsalPypi;
  readonly pypi: RehearsalPypi;
  release(version: string, options?: Words): Promise<Ended>;
  publish(tag: string, options?: Words): Promise<Ended>;
  /** Runs git at the remote. */
  remote(...args: readonly string[]): string;
  /** The same forge with all that it holds, and with other faults, or none. */
  reopenForge(faults?: string): Promise<void>;
  /** The remote and the forge as they were at the beginning, at the same addresses. */
  emptied(forge?: { readonly faults?: string; readonly clock?: Clock }): Promise<void>;
  close(): Promise<void>;
}

export interface Words {
  readonly args?: readonly string[];
  /** Instead of the pipeline's own tokens. */
  readonly env?: Readonly<Record<string, string>>;
  readonly state?: string;
}

export interface PlaceOptions {
  readonly prepare?: (project: string) => void;
  /** Files of a project in the place of the example's. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly faults?: { readonly forge?: string; readonly testpypi?: string; readonly pypi?: string };
  readonly ours?: string;
  /** Build as the example says, in an environment of its own; takes ten seconds longer. */
  readonly isolated?: boolean;
}

let places = 0;

/** Steps of the example that are left out, by what is tried without them. */
const withoutSteps = {
  all: [],
  /** Branch and tag go out in one push. */
  "one push": ["main"],
  "from the tag on": ["bump", "changes", "commit", "checks", "check", "clear", "main"],
} as const;

/** The example's file and pipelines over a project whose wheel and sdist of one version stand in the repository. */
export function prebuiltExample(version: string, steps: keyof typeof withoutSteps = "all"): Readonly<Record<string, string | Uint8Array>> {
  const built = [wheel(describedAs(version)), sdist(describedAs(version))];
  const read = (file: string): string => readFileSync(path.join(repositoryRoot, "examples", "two-pipelines", ...file.split("/")), "utf8");
  const example = read("slipway.yaml");
  const workflow = ".github/workflows/publish.yml";
  const { files } = prebuiltProject({ version: steps === "from the tag on" ? version : "1.0.0", built });
  const isLeftOut = (line: string): boolean => withoutSteps[steps].some((step) => line.startsWith(`      ${step}: `));
  return {
    ...files,
    "CHANGELOG.md": "# Changelog\n\n## [1.0.0] - 2026-01-05\n\n### Added\n\n- Reeds stand.\n",
    "src/reed.py": "",
    [workflow]: read(workflow),
    "slipway.yaml": example
      .split("\n")
      .filter((line) => !isLeftOut(line))
      .join("\n")
      .replace("import: slipway_example_pebble", "import: slipway_example_reed")
      .replace("python3 -m compileall -q src", '"true"')
      .replace("python3 -m unittest discover -s tests", '"true"')
      .replace("build: { uses: build-wheel }", handOn.trim()),
  };
}

export async function openPlace(options: PlaceOptions = {}): Promise<Place> {
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-two-${process.pid}-${(places += 1)}`);
  mkdirSync(folder, { recursive: true });
  const indexes = { testpypi: await startOne("testpypi"), pypi: await startOne("pypi") };
  let forge: RehearsalForge | undefined;
  const opened = (): RehearsalForge => {
    if (forge === undefined) throw new Error("the forge is closed");
    return forge;
  };
  const doors = {
    forge: await openDoor({ to: () => opened().url, lead: enterprisePath }),
    testpypi: await openDoor({ to: () => indexes.testpypi.url }),
    pypi: await openDoor({ to: () => indexes.pypi.url }),
  };
  const bed = makeBed({
    example: options.files === undefined ? "two-pipelines" : { files: options.files },
    prepare: (project) => {
      pointAt(project, { testpypi: { url: `${doors.testpypi.url}/legacy/` }, pypi: { url: `${doors.pypi.url}/legacy/` } });
      pointForge(project, doors.forge.url);
      if (options.isolated !== true) withoutIsolation(project);
      options.prepare?.(project);
    },
  });
  const origin = path.join(folder, "origin.git");
  bed.git("init", "--quiet", "--bare", "--initial-branch=main", origin);
  bed.git("remote", "add", "origin", origin);
  bed.git("push", "--quiet", "--set-upstream", "origin", "main");
  let storeFolder = path.join(folder, "forge");
  let clock: Clock = createSystemClock();
  const openForge = async (faults?: string): Promise<void> => {
    await forge?.close();
    forge = await startRehearsalForge({
      repository: "example/pebble",
      git: { folder: origin, exec: createExec(createRedactor()), path: process.env["PATH"] ?? "" },
      defaultBranch: "main",
      workflows: [{ file: "publish.yml", inputs: ["tag", "slipway"], runName: "${{ inputs.slipway }}" }],
      faults: faults === undefined ? [] : parseForgeFaults(faults),
      clock,
      storeFolder,
      announced: false,
    });
  };
  await openForge(options.faults?.forge);
  const remote = (...args: readonly string[]): string =>
    execFileSync("git", ["--git-dir", origin, ...args], { encoding: "utf8", env: bed.env }).trim();
  const run = (pipeline: string, words: readonly string[], { args = [], env, state }: Words, tokens: Readonly<Record<string, string>>) =>
    bed.slipway([...(state === undefined ? [] : ["--state", state]), "run", "--pipeline", pipeline, ...words, ...args], env ?? tokens);
  return {
    bed,
    origin,
    doors,
    forge: opened,
    ...indexes,
    release: (version, words = {}) => run("release", [version], words, releaseTokens),
    publish: (tag, words = {}) => run("publish", ["--input", `tag=${tag}`], words, publishTokens),
    remote,
    reopenForge: openForge,
    emptied: (again = {}) => {
      remote("update-ref", "refs/heads/main", bed.git("rev-parse", "main").trim());
      for (const tag of remote("tag", "--list").split("\n")) if (tag !== "") remote("update-ref", "-d", `refs/tags/${tag}`);
      rmSync(storeFolder, { recursive: true, force: true });
      storeFolder = path.join(folder, `forge-${(places += 1)}`);
      clock = again.clock ?? clock;
      return openForge(again.faults);
    },
    close: async () => {
      await Promise.all([
        forge?.close(),
        indexes.testpypi.close(),
        indexes.pypi.close(),
        ...Object.values(doors).map((door) => door.close()),
      ]);
      bed.remove();
    },
  };

  function startOne(name: "testpypi" | "pypi"): Promise<RehearsalPypi> {
    const faults = options.faults?.[name];
    return startIndex(path.join(folder, name), { ours: [options.ours ?? packageName], ...(faults === undefined ? {} : { faults }) });
  }
}

function pointForge(project: string, url: string): void {
  edit(project, "slipway.yaml", (text) =>
    text.replace(/^forge: .*$/m, `forge: { kind: github, url: "${url}", repository: example/pebble }`),
  );
}

/** hatchling stands among the tests' tools; an environment of its own for each build would cost ten seconds. */
function withoutIsolation(project: string): void {
  edit(project, "slipway.yaml", (text) =>
    text.replace("build: { uses: build-wheel }", "build: { uses: build-wheel, with: { isolation: false } }"),
  );
}

/** The page of a tag as the forge holds it. @throws when there are several, or none */
export function pageOf(place: Place, tag: string): StoredRelease {
  const pages = place
    .forge()
    .state()
    .releases.filter((one) => one.tag === tag);
  const [page] = pages;
  if (page === undefined || pages.length > 1) throw new Error(`the forge holds ${pages.length} pages of ${tag}`);
  return page;
}

/** Exchanges the bytes of an asset behind the forge's back, as somebody does who may write there. */
export async function swapAsset(place: Place, tag: string, swap: { readonly name: string; readonly bytes: Uint8Array }): Promise<void> {
  const page = pageOf(place, tag);
  const asset = assetOf(page, swap.name);
  const base = `${place.forge().url}/repos/example/pebble`;
  const headers = { authorization: `Bearer ${secrets.writer}` };
  const removed = await fetch(`${base}/releases/assets/${asset.id}`, { method: "DELETE", headers });
  const uploads = `${place.forge().uploadUrl}/repos/example/pebble/releases/${page.id}/assets?name=${encodeURIComponent(swap.name)}`;
  const sent = await fetch(uploads, {
    method: "POST",
    headers: { ...headers, "content-type": "application/octet-stream" },
    body: new Uint8Array(swap.bytes),
  });
  if (!removed.ok || !sent.ok) throw new Error(`the asset was not exchanged: ${removed.status}, ${sent.status}`);
}

export function assetOf(page: StoredRelease, name: string): StoredAsset {
  const asset = page.assets.find((one) => one.name === name);
  if (asset === undefined) throw new Error(`the page has no ${name}: ${page.assets.map((one) => one.name).join(", ")}`);
  return asset;
}

/** Bytes of an asset. */
export async function bytesOf(place: Place, asset: StoredAsset): Promise<Uint8Array> {
  const answer = await fetch(`${place.forge().url}/storage/${asset.id}`);
  if (!answer.ok) throw new Error(`${asset.name} cannot be had: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** Files of the page in a folder, as a person downloads them. @returns the folder */
export async function downloadPage(place: Place, tag: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const asset of pageOf(place, tag).assets) writeFileSync(path.join(folder, asset.name), await bytesOf(place, asset));
  return folder;
}

/** Everything of a user's repository that a release must leave as it is: files, index, references, objects, settings. */
export function repositoryOf({ bed }: Place): string {
  const git = path.join(bed.project, ".git");
  const told = [bed.git("status", "--porcelain=v2", "--ignored"), bed.git("for-each-ref"), bed.git("rev-parse", "HEAD")];
  return [...told, ...digestsUnder(bed.project, git), ...digestsUnder(git)].join("\n");
}

function digestsUnder(folder: string, without?: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, at: path.join(entry.parentPath, entry.name) }))
    .filter(({ at }) => without === undefined || (at !== without && !at.startsWith(`${without}/`)))
    .map(({ entry, at }) => `${path.relative(folder, at)} ${entry.isDirectory() ? "folder" : digestOf(at, entry.isSymbolicLink())}`)
    .toSorted();
}

function digestOf(at: string, link: boolean): string {
  return createHash("sha256")
    .update(link ? readlinkSync(at) : readFileSync(at))
    .digest("hex");
}

/** Everything that was shown at any door. */
export function shown({ doors }: Place): string {
  return Object.values(doors)
    .flatMap((door) => door.visits().map(({ method, path: at, headers }) => `${method} ${at}\n${headers}`))
    .join("\n\n");
}

/** Forms in which a secret travels: as it is, and as the password of a Basic header. */
export function formsOf(secret: string): readonly string[] {
  return [secret, Buffer.from(`__token__:${secret}`).toString("base64")];
}

/** A clone of the remote in which somebody else works. */
export function somebodyElse(place: Place, name = "mallory"): { readonly folder: string; push(file: string): string } {
  const folder = path.join(place.bed.folder, name);
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-c", `user.name=${name}`, "-c", `user.email=${name}@example.org`, ...args], {
      cwd: folder,
      env: place.bed.env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  execFileSync("git", ["clone", "--quiet", place.origin, folder], { env: place.bed.env });
  return {
    folder,
    push(file) {
      git("pull", "--quiet", "--rebase", "origin", "main");
      writeFileSync(path.join(folder, file), `by ${name}\n`);
      git("add", "--", file);
      git("commit", "--quiet", "--message", `${file} by ${name}`);
      git("push", "--quiet", "origin", "HEAD:main");
      return git("rev-parse", "HEAD");
    },
  };
}

/** Files under a folder that hold one of some texts. */
export function filesWith(folder: string, texts: readonly string[]): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return texts.some((text) => bytes.includes(text));
    });
}

/**
 * A folder to put before PATH, in which each of some programs writes its environment and its arguments down before it runs.
 * @returns the folder, and what was written so far
 */
export function spyOn({ folder, env }: Bed, programs: readonly string[]): { readonly path: string; seen(): string } {
  const bin = path.join(folder, "spies");
  const log = path.join(folder, "spies.log");
  mkdirSync(bin, { recursive: true });
  writeFileSync(log, "");
  for (const name of programs) {
    const real = execFileSync("which", [name], { encoding: "utf8", env }).trim();
    const script = `#!/bin/sh\n{ printf '== %s' "${name}"; printf ' %s' "$@"; printf '\\n'; env; } >> '${log}'\nexec '${real}' "$@"\n`;
    writeFileSync(path.join(bin, name), script, { mode: 0o755 });
  }
  return { path: bin, seen: () => readFileSync(log, "utf8") };
}

/** A second machine: nothing of the first but the remote. @returns its clone and its environment */
export function emptyMachine(
  place: Place,
  name: string,
): { readonly clone: string; readonly env: Record<string, string>; readonly state: string } {
  const root = path.join(place.bed.folder, name);
  const home = path.join(root, "home");
  mkdirSync(home, { recursive: true });
  cpSync(path.join(place.bed.folder, "home", ".gitconfig"), path.join(home, ".gitconfig"));
  const env = { ...place.bed.env, HOME: home, TMPDIR: root };
  const clone = path.join(root, "clone");
  execFileSync("git", ["clone", "--quiet", place.origin, clone], { env });
  return { clone, env, state: path.join(root, "state") };
}
