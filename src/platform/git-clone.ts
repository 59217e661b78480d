// The run's own clone (DESIGN.md §1.7): bare, complete, and independent of the user's repository, which may be garbage
// collected, moved or deleted while a release waits for a person. Objects are hard links where the disk allows it: they
// never change, and each link lives on alone. Submodules' repositories and LFS files come along, since `copyAt` has
// nothing else to take them from.
import { link, lstat, mkdir, copyFile, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { assert, SlipwayError } from "../domain/error.ts";
import type { MadeTag } from "../domain/run/head.ts";
import { syncFolder, writeAtomically } from "./atomic-file.ts";
import { findWorkTree } from "./git-look.ts";
import { type GitRunner, gitFailed, saidBy } from "./git-command.ts";
import { requireObjectId } from "./git-read.ts";
import { readSettings } from "./git-settings.ts";
import { isRefName } from "./git-tags.ts";
import { errnoOf, stored } from "./storage-error.ts";

/** In a finished clone: the URL of the user's remote, or nothing. Written last. */
export const originFile = "slipway-origin";

const cloneTimeoutMs = 30 * 60_000;
const modulesMax = 500;
const moduleDepthMax = 12;
const lfsFilesMax = 100_000;

/** Kept in the clone: what is done there later must be as plain as what made it. */
export const plainSettings = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.autocrlf=false",
  "gc.auto=0",
  "maintenance.auto=false",
  "advice.detachedHead=false",
].flatMap((setting) => ["-c", setting]);

/** @throws SlipwayError SOURCE_NOT_GIT, SOURCE_INCOMPLETE for a partial clone, GIT_FAILED, STORAGE_FAILED */
export async function cloneOnce(git: GitRunner, from: string, to: string): Promise<void> {
  assert(isAbsolute(from) && isAbsolute(to), "a clone is made between absolute paths");
  if (await isFinished(to)) return;
  const making = `${to}.making`;
  await stored(`clone into "${to}"`, to, async () => {
    await rm(making, { recursive: true, force: true });
    await rm(to, { recursive: true, force: true });
    await mkdir(dirname(to), { recursive: true });
  });
  await cloneTree(git, from, making);
  await stored(`clone into "${to}"`, to, async () => {
    await syncTree(making);
    await rename(making, to);
    await syncFolder(dirname(to));
  });
}

/**
 * A tag of tomorrow in a run's own clone, so that builds see what they will see then.
 * @throws SlipwayError GIT_FAILED when the clone has that tag at another commit
 */
export async function assumeTag(git: GitRunner, clone: string, tag: { readonly name: string; readonly commit: string }): Promise<void> {
  assert(await isFinished(clone), "tags are assumed in a run's own clone alone");
  assert(isRefName(tag.name), `"${tag.name}" is a name that git accepts for a tag`);
  const ref = `refs/tags/${tag.name}`;
  const commit = requireObjectId(tag.commit);
  const there = await git.ask(clone, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  if (there.code === 0 && there.stdout.trim() === commit) return;
  // The old value says that there is none: git refuses when the ref came to be meanwhile, or stands elsewhere.
  await git.read(clone, ["update-ref", ref, commit, "0".repeat(commit.length)]);
}

/**
 * Takes over what an earlier run made in its clone: its objects, and its tags. Objects are named by what they hold, so that
 * there is nothing to overwrite.
 */
export async function adoptObjects(
  git: GitRunner,
  clone: string,
  from: { readonly clone: string; readonly tags: readonly MadeTag[] },
): Promise<void> {
  await stored(`take over the commits of "${from.clone}"`, clone, () => linkMissing(join(from.clone, "objects"), join(clone, "objects")));
  for (const { name, object } of from.tags) {
    assert(isRefName(name), `"${name}" is a name that git accepts for a tag`);
    await git.read(clone, ["update-ref", `refs/tags/${name}`, requireObjectId(object)]);
  }
}

async function linkMissing(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await linkMissing(source, target);
    // `info` tells of one repository; packs and objects are the same everywhere.
    else if (entry.isFile() && !from.endsWith("info") && (await stat(target).catch(() => undefined)) === undefined)
      await linkOrCopy(source, target);
  }
  await syncFolder(to);
}

async function isFinished(to: string): Promise<boolean> {
  return stat(join(to, originFile)).then(
    () => true,
    () => false,
  );
}

/** One repository with all that it contains. @param from a work tree, or the folder of a repository */
async function cloneTree(git: GitRunner, from: string, to: string): Promise<void> {
  const settings = await readSettings(git, from);
  if (settings.partial) {
    throw new SlipwayError("SOURCE_INCOMPLETE", `Cannot clone "${from}": it is a partial clone and lacks objects that the release needs`, {
      hint: `git -C "${from}" fetch --refetch --no-filter && git -C "${from}" config --unset-all remote.origin.promisor`,
    });
  }
  const args = [
    "-c",
    "core.fsync=all",
    "clone",
    "--quiet",
    "--bare",
    "--dissociate",
    "--template=",
    "--origin",
    "source",
    ...plainSettings,
    "--",
    from,
    to,
  ];
  const answer = await git.ask(dirname(to), args, { timeoutMs: cloneTimeoutMs });
  if (answer.code !== 0) throw gitFailed(["clone"], from, saidBy(answer));
  await takeContained(git, from, to);
  await writeAtomically(join(to, originFile), settings.remote ?? "");
}

async function takeContained(git: GitRunner, from: string, to: string): Promise<void> {
  const tree = findWorkTree(from);
  const common = tree?.root === from ? tree.common : from;
  await linkLfs(join(common, "lfs", "objects"), join(to, "lfs", "objects"));
  const modules = [...(await absorbedModules(join(common, "modules"))), ...(tree?.root === from ? await looseModules(git, from) : [])];
  assert(modules.length <= modulesMax, `no repository has more than ${modulesMax} submodules`);
  for (const one of modules) {
    const target = join(to, "modules", one.name);
    if (await isFinished(target)) continue;
    await mkdir(dirname(target), { recursive: true });
    await cloneTree(git, one.folder, target);
  }
}

interface Module {
  readonly name: string;
  readonly folder: string;
}

/** Repositories below `.git/modules`, where git keeps those of submodules by name; names may hold slashes. */
async function absorbedModules(folder: string, name = "", depth = 0): Promise<readonly Module[]> {
  if (depth > moduleDepthMax) return [];
  const found: Module[] = [];
  for (const entry of await foldersIn(join(folder, name))) {
    const inner = name === "" ? entry : `${name}/${entry}`;
    if (await isRepository(join(folder, inner))) found.push({ name: inner, folder: join(folder, inner) });
    else found.push(...(await absorbedModules(folder, inner, depth + 1)));
  }
  return found;
}

/** Submodules whose repository still stands in their own folder. */
async function looseModules(git: GitRunner, root: string): Promise<readonly Module[]> {
  const found: Module[] = [];
  for (const { name, path } of await readModules(git, root)) {
    const inside = await lstat(join(root, path, ".git")).catch(() => undefined);
    if (inside?.isDirectory() === true) found.push({ name, folder: join(root, path) });
  }
  return found;
}

export interface ModuleEntry {
  readonly name: string;
  readonly path: string;
  /** `update = none`: git itself leaves it out. */
  readonly leftOut: boolean;
}

/** What `.gitmodules` in a work tree says; names and paths that lead elsewhere are left out (as CVE-2018-11235 asks). */
export async function readModules(git: GitRunner, root: string): Promise<readonly ModuleEntry[]> {
  const file = join(root, ".gitmodules");
  const there = await lstat(file).catch(() => undefined);
  if (there?.isFile() !== true) return [];
  const text = await git.read(root, ["config", "-z", "--file", file, "--list"]);
  const entries = new Map<string, { path?: string; update?: string }>();
  for (const line of text.split("\0")) {
    const parts = /^submodule\.(?<name>[^]+)\.(?<key>path|update)\n(?<value>[^]*)$/.exec(line)?.groups;
    if (parts === undefined) continue;
    const name = parts["name"] ?? "";
    entries.set(name, { ...entries.get(name), [parts["key"] ?? ""]: parts["value"] ?? "" });
  }
  return [...entries].flatMap(([name, { path, update }]) =>
    path !== undefined && staysInside(name) && staysInside(path) ? [{ name, path, leftOut: update === "none" }] : [],
  );
}

function staysInside(path: string): boolean {
  return (
    path !== "" &&
    !isAbsolute(path) &&
    !path.startsWith("-") &&
    path.split(/[/\\]/).every((part) => part !== "" && part !== "." && part !== "..")
  );
}

async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

async function isRepository(folder: string): Promise<boolean> {
  const [head, objects] = await Promise.all([
    readFile(join(folder, "HEAD")).catch(() => undefined),
    stat(join(folder, "objects")).catch(() => undefined),
  ]);
  return head !== undefined && objects?.isDirectory() === true;
}

/** LFS keeps its files by digest, two levels deep. */
async function linkLfs(from: string, to: string): Promise<void> {
  let files = 0;
  for (const first of await foldersIn(from)) {
    for (const second of await foldersIn(join(from, first))) {
      await mkdir(join(to, first, second), { recursive: true });
      for (const name of await readdir(join(from, first, second))) {
        files += 1;
        if (files > lfsFilesMax)
          throw new SlipwayError("SOURCE_INCOMPLETE", `Cannot take over the LFS files of "${from}": there are more than ${lfsFilesMax}`);
        await linkOrCopy(join(from, first, second, name), join(to, first, second, name));
      }
    }
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  await link(from, to).catch(async (error: unknown) => {
    if (errnoOf(error) !== "EXDEV" && errnoOf(error) !== "EPERM" && errnoOf(error) !== "EMLINK") throw error;
    await copyFile(from, to);
  });
}

/** Makes a clone survive a power loss. Files with a second link are the user's, and on disk already. */
async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) await syncOwnFile(path);
  }
  await syncFolder(folder);
}

async function syncOwnFile(file: string): Promise<void> {
  const handle = await open(file, "r");
  try {
    if ((await handle.stat()).nlink === 1) await handle.sync();
  } finally {
    await handle.close();
  }
}
