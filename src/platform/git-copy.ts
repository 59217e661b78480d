// A fresh copy of a commit for one attempt of one step: a repository of its own, so that setuptools-scm and its like
// find tags and history, which borrows its objects from the run's clone. A step may do what it likes in it; the one
// thing that it must not do by accident is push, so the remote it sees can be read from but not written to.
import { lstat, mkdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, sep } from "node:path";
import { assert, SlipwayError } from "../domain/error.ts";
import { originFile, plainSettings, readModules } from "./git-clone.ts";
import { type GitRunner, gitFailed, saidBy } from "./git-command.ts";
import { readTree, requireObjectId } from "./git-read.ts";
import type { Skeletons } from "./git-skeleton.ts";

export interface Copy {
  readonly clone: string;
  /** Full object id. */
  readonly commit: string;
  /** Files of this tree instead of the commit's. */
  readonly tree?: string;
  /** Missing or empty folder. */
  readonly to: string;
}

/** Git with the repositories of copies that it made before. */
export interface CopyingGit extends GitRunner {
  readonly skeletons: Skeletons;
}

const checkoutTimeoutMs = 30 * 60_000;
const submoduleDepthMax = 10;
const noPush = "/dev/null/slipway-pushes-by-its-push-step";

/** git-lfs as `git lfs install` sets it up; where it is missing, git stops at the first file that needs it. */
const lfsSettings = [
  "filter.lfs.required=true",
  "filter.lfs.process=git-lfs filter-process",
  "filter.lfs.smudge=git-lfs smudge -- %f",
  "filter.lfs.clean=git-lfs clean -- %f",
].flatMap((setting) => ["-c", setting]);

/** @throws SlipwayError SOURCE_INCOMPLETE for a submodule that is not here, TOOL_MISSING for git-lfs, GIT_FAILED */
export async function copyCommit(git: CopyingGit, copy: Copy, depth = 0): Promise<void> {
  const { clone, to } = copy;
  assert(isAbsolute(clone) && isAbsolute(to), "a copy is made between absolute paths");
  assert(depth <= submoduleDepthMax, `no repository nests submodules deeper than ${submoduleDepthMax}`);
  const commit = requireObjectId(copy.commit);
  await mkdir(dirname(to), { recursive: true });
  await git.skeletons.make(clone, join(to, ".git"), () => cloneShared(git, clone, to));
  await checkOut(git, { clone, commit, to });
  if (copy.tree !== undefined)
    await git.read(to, ["read-tree", "--reset", "-u", requireObjectId(copy.tree)], { timeoutMs: checkoutTimeoutMs });
  await checkOutSubmodules(git, { clone, commit, to }, depth);
}

/** A repository without a checkout, which borrows its objects. */
async function cloneShared(git: GitRunner, clone: string, to: string): Promise<void> {
  const origin = await originOf(git, clone);
  const settings = [
    ...plainSettings,
    ...lfsSettings,
    ...(await lfsStorage(clone)),
    ...(origin === "" ? [] : ["-c", `remote.origin.pushurl=${noPush}`]),
  ];
  await git.read(dirname(to), [
    "clone",
    "--quiet",
    "--shared",
    "--no-checkout",
    "--template=",
    "--origin",
    "origin",
    ...settings,
    "--",
    clone,
    to,
  ]);
  await git.read(to, origin === "" ? ["remote", "remove", "origin"] : ["remote", "set-url", "origin", origin]);
}

/** Of the user's remote, as `clone` noted it. */
async function originOf(git: GitRunner, clone: string): Promise<string> {
  const noted = await readFile(join(clone, originFile), "utf8").catch(() => undefined);
  return noted ?? (await git.ask(clone, ["config", "--get", "remote.origin.url"])).stdout.trim();
}

async function lfsStorage(clone: string): Promise<readonly string[]> {
  const folder = join(clone, "lfs");
  const there = await stat(folder).catch(() => undefined);
  return there?.isDirectory() === true ? ["-c", `lfs.storage=${folder}`] : [];
}

async function checkOut(git: GitRunner, copy: Copy): Promise<void> {
  const args = ["checkout", "--quiet", "--detach", "--force", copy.commit, "--"];
  const answer = await git.ask(copy.to, args, { timeoutMs: checkoutTimeoutMs });
  if (answer.code === 0) return;
  if (!(await git.hasProgram("git-lfs")) && (await usesLfs(git, copy))) {
    throw new SlipwayError(
      "TOOL_MISSING",
      `Cannot check out ${copy.commit}: its .gitattributes keep files in git-lfs, and "git-lfs" is not on the PATH`,
      {
        hint: "Install git-lfs, then run `git lfs pull` in your repository",
      },
    );
  }
  throw gitFailed(args, copy.to, saidBy(answer));
}

async function usesLfs(git: GitRunner, copy: Copy): Promise<boolean> {
  const attributes = (await readTree(git, copy.clone, copy.commit)).filter(
    (entry) => /(?:^|\/)\.gitattributes$/.test(entry.path) && entry.kind === "blob",
  );
  if (attributes.length === 0) return false;
  const text = await git.read(copy.clone, ["cat-file", "--batch"], { input: attributes.map((entry) => `${entry.object}\n`).join("") });
  return /\bfilter=lfs\b/.test(text);
}

/** From the repositories that the user's clone had of them; the network is not asked. */
async function checkOutSubmodules(git: CopyingGit, copy: Copy, depth: number): Promise<void> {
  const modules = (await readModules(git, copy.to)).filter((one) => !one.leftOut);
  if (modules.length === 0) return;
  const links = (await readTree(git, copy.clone, copy.commit)).filter((entry) => entry.kind === "commit");
  for (const entry of links) {
    const name = modules.find((one) => one.path === entry.path)?.name;
    if (name === undefined) continue;
    const clone = join(copy.clone, "modules", name);
    if (!(await holds(git, clone, entry.object))) throw submoduleMissing(copy.commit, entry);
    await requireInside(copy.to, entry.path);
    await copyCommit(git, { clone, commit: entry.object, to: join(copy.to, entry.path) }, depth + 1);
  }
  await git.read(copy.to, ["submodule", "--quiet", "init"]);
}

async function holds(git: GitRunner, clone: string, commit: string): Promise<boolean> {
  const there = await stat(join(clone, originFile)).catch(() => undefined);
  return there !== undefined && (await git.ask(clone, ["cat-file", "-e", `${commit}^{commit}`])).code === 0;
}

/** No link of the tree may lead a submodule out of it. */
async function requireInside(root: string, path: string): Promise<void> {
  const there = await lstat(join(root, path)).catch(() => undefined);
  const parent = await realpath(dirname(join(root, path)));
  if (there?.isSymbolicLink() === true || !`${parent}${sep}`.startsWith(`${await realpath(root)}${sep}`)) {
    throw new SlipwayError("SOURCE_INCOMPLETE", `Cannot check out the submodule "${path}": a link leads it out of the repository`);
  }
}

function submoduleMissing(commit: string, entry: { readonly path: string; readonly object: string }): SlipwayError {
  return new SlipwayError(
    "SOURCE_INCOMPLETE",
    `Cannot check out ${commit}: its submodule "${entry.path}" at ${entry.object} is not in your repository`,
    {
      hint: "Run `git submodule update --init --recursive`, then start again",
      details: { path: entry.path, commit: entry.object },
    },
  );
}
