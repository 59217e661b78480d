// One look at the user's repository, on the way of every `plan`: three git processes side by side (a fourth only for
// a detached commit that no tag names), and a few small reads of `.git` in between.
import { readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SlipwayError } from "../domain/error.ts";
import { type GitRunner, saidBy } from "./git-command.ts";
import { readSettings } from "./git-settings.ts";
import { parseRefs, refFormat, type RefRow } from "./git-tags.ts";
import type { SourceLook } from "./ports.ts";

/** Where a work tree and its repository are. */
export interface WorkTree {
  readonly root: string;
  readonly gitFolder: string;
  /** The repository itself; linked work trees share it. */
  readonly common: string;
}

const statusArgs = [
  "status",
  "--porcelain=v2",
  "-z",
  "--branch",
  "--no-ahead-behind",
  "--no-renames",
  "--untracked-files=normal",
  "--ignore-submodules=none",
];

/** @throws SlipwayError SOURCE_NOT_GIT, TOOL_MISSING, GIT_FAILED */
export async function look(git: GitRunner, folder: string): Promise<SourceLook> {
  const tree = findWorkTree(folder);
  if (tree === undefined) throw notGit(folder, "there is no .git in it or above it");
  const headRef = readHeadRef(tree.gitFolder);
  const [answer, settings, refs] = await Promise.all([
    git.ask(tree.root, statusArgs),
    readSettings(git, tree.root),
    refsAtHead(git, tree.root, headRef),
  ]);
  if (answer.code !== 0) throw notGit(folder, saidBy(answer));
  const status = parseStatus(answer.stdout);
  if (status.commit === undefined) throw notGit(folder, "it has no commit yet");
  return {
    root: settings.ownWorkTree ? await topLevel(git, tree.root) : tree.root,
    commit: status.commit,
    epochSeconds: refs.find((row) => row.epochSeconds !== undefined)?.epochSeconds ?? (await committerTime(git, tree.root)),
    tagsHere: refs.flatMap((row) => row.tag ?? []),
    dirty: status.dirty,
    shallow: isFilled(join(tree.common, "shallow")),
    person: settings.person,
    ...(status.branch === undefined ? {} : { branch: status.branch }),
    ...(settings.remote === undefined ? {} : { remote: settings.remote }),
  };
}

/** Looks for `.git` from a folder upwards, as git does. */
export function findWorkTree(folder: string): WorkTree | undefined {
  const start = ifThere(() => realpathSync(folder));
  for (let root = start; root !== undefined; root = dirname(root) === root ? undefined : dirname(root)) {
    const gitFolder = gitFolderOf(root);
    if (gitFolder !== undefined) return { root, gitFolder, common: commonOf(gitFolder) };
  }
  return undefined;
}

/** `.git` is a folder, or in linked work trees and submodules a file that names one (gitrepository-layout(5)). */
function gitFolderOf(root: string): string | undefined {
  const path = join(root, ".git");
  const text = ifThere(() => readFileSync(path, "utf8"));
  const folder = text === undefined ? path : resolve(root, /^gitdir: (?<path>.*)$/m.exec(text)?.groups?.["path"] ?? ".git");
  return isFilled(join(folder, "HEAD")) ? folder : undefined;
}

function commonOf(gitFolder: string): string {
  const text = ifThere(() => readFileSync(join(gitFolder, "commondir"), "utf8"));
  return text === undefined ? gitFolder : resolve(gitFolder, text.replace(/\n$/, ""));
}

function isFilled(file: string): boolean {
  return ifThere(() => statSync(file).size > 0) === true;
}

function readHeadRef(gitFolder: string): string | undefined {
  const text = ifThere(() => readFileSync(join(gitFolder, "HEAD"), "utf8"));
  return /^ref: (?<ref>refs\/heads\/.+)$/m.exec(text ?? "")?.groups?.["ref"];
}

/** These reads are small and come before everything else: handing them to another thread takes longer than they do. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Tags that lead to HEAD, and the branch that is checked out: it tells the time of a commit without a tag. */
async function refsAtHead(git: GitRunner, root: string, headRef: string | undefined): Promise<readonly RefRow[]> {
  const answer = await git.ask(root, [
    "for-each-ref",
    "--points-at=HEAD",
    refFormat,
    "refs/tags/",
    ...(headRef === undefined ? [] : [headRef]),
  ]);
  return answer.code === 0 ? parseRefs(answer.stdout) : [];
}

async function committerTime(git: GitRunner, root: string): Promise<number> {
  return Number((await git.read(root, ["log", "-1", "--format=%ct", "HEAD"])).trim());
}

async function topLevel(git: GitRunner, root: string): Promise<string> {
  return (await git.read(root, ["rev-parse", "--show-toplevel"])).replace(/\n$/, "");
}

/** Renames are a file that is gone and one that is new. */
export async function readChanges(git: GitRunner, root: string): Promise<readonly { readonly path: string; readonly unmerged: boolean }[]> {
  const args = ["status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=none"];
  const entries = (await git.read(root, args)).split("\0").filter((entry) => entry !== "");
  return entries.flatMap((entry) => pathOf(entry).map((path) => ({ path, unmerged: entry.startsWith("u") })));
}

interface Status {
  readonly commit: string | undefined;
  readonly branch: string | undefined;
  readonly dirty: readonly string[];
}

/** Fields before the path in the lines of porcelain v2 (git-status(1)). */
const fieldsBeforePath: Readonly<Record<string, number>> = { "1": 8, u: 10, "?": 1 };

/** Pure. @param text output of `git status --porcelain=v2 -z --branch --no-renames` */
export function parseStatus(text: string): Status {
  const entries = text.split("\0").filter((entry) => entry !== "");
  const header = (name: string): string | undefined => entries.find((entry) => entry.startsWith(`# ${name} `))?.slice(name.length + 3);
  const oid = header("branch.oid");
  const head = header("branch.head");
  return {
    commit: oid === "(initial)" ? undefined : oid,
    branch: head === "(detached)" ? undefined : head,
    dirty: entries.flatMap(pathOf),
  };
}

/** Path of a line; none for a header. */
function pathOf(entry: string): readonly string[] {
  const fields = fieldsBeforePath[entry.charAt(0)];
  return fields === undefined ? [] : [entry.split(" ").slice(fields).join(" ")];
}

function notGit(folder: string, why: string): SlipwayError {
  return new SlipwayError("SOURCE_NOT_GIT", `Cannot read "${folder}" as a git repository: ${why}`);
}
