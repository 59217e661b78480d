// The history of a branch at a remote, taken over into the run's own clone, and the run's commits made again on top of
// it. The user's repository lends its addresses and credentials; no ref and no object of it changes.
import { join } from "node:path";
import { SlipwayError } from "../domain/error.ts";
import { type GitRunner, gitFailed, saidBy } from "./git-command.ts";
import { durable, treeOf } from "./git-head.ts";
import { remoteAlias, remoteSettings } from "./git-push.ts";
import { readRemoteRef, requireObjectId, type RemoteRef } from "./git-read.ts";
import type { FetchMaking, Replayed, ReplayMaking } from "./ports.ts";

const timeoutMs = 5 * 60_000;

/** @returns the branch's tip, which the clone then has with all its history */
export async function fetchBranch(git: GitRunner, making: FetchMaking): Promise<RemoteRef> {
  const { repository, clone, remote } = making;
  const ref = `refs/heads/${making.branch}`;
  const tip = await readRemoteRef(git, repository, { remote, ref });
  if (tip.kind !== "at" || (await holds(git, clone, tip.commit))) return tip;
  const settings = await remoteSettings(git, repository, remote);
  if (settings === undefined) return { kind: "unknown", why: `there is no remote "${remote}"` };
  const objects = (await git.read(repository, ["rev-parse", "--path-format=absolute", "--git-path", "objects"])).trim();
  const env = { ...settings, GIT_OBJECT_DIRECTORY: join(clone, "objects"), GIT_ALTERNATE_OBJECT_DIRECTORIES: objects };
  const plain = ["--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"];
  // Only what the clone has counts as known, or the remote would leave out what the user's repository has by itself.
  const known = `--negotiation-tip=${requireObjectId(making.known)}`;
  // What is fetched may become the run's head, which is named by a fact.
  const args = [...durable, "fetch", ...plain, "--refmap=", known, "--", remoteAlias, ref];
  const answer = await git.ask(repository, args, { env, timeoutMs });
  if (answer.code !== 0) return { kind: "unknown", why: saidBy(answer) };
  if (!(await holds(git, clone, tip.commit))) await takeOver(git, { clone, repository, env }, [tip.commit, `^${making.known}`]);
  return tip;
}

/**
 * Git neither asks for nor writes what the user's repository has already: a commit may have come, and its files not. All
 * of it is put into a pack of the clone's own.
 */
async function takeOver(
  git: GitRunner,
  at: { readonly clone: string; readonly repository: string; readonly env: Readonly<Record<string, string>> },
  revisions: readonly string[],
): Promise<void> {
  const args = [...durable, "pack-objects", "--quiet", "--revs", "--non-empty", join(at.clone, "objects", "pack", "pack")];
  await git.read(at.repository, args, { env: at.env, input: `${revisions.join("\n")}\n`, timeoutMs });
}

async function holds(git: GitRunner, clone: string, commit: string): Promise<boolean> {
  const args = ["rev-list", "--quiet", "--objects", "--max-count=1", requireObjectId(commit)];
  return (await git.ask(clone, args)).code === 0;
}

const commitsMax = 50;

/**
 * Makes the run's commits again on top of another one, with authors, times and messages as they are and a mark that
 * tells which they were. Made twice they have one id.
 * @throws SlipwayError TOOL_MISSING for a git before 2.38
 */
export async function replay(git: GitRunner, clone: string, making: ReplayMaking): Promise<Replayed> {
  const range = `${requireObjectId(making.base)}..${requireObjectId(making.head)}`;
  const list = await git.read(clone, ["rev-list", "--reverse", "--first-parent", `--max-count=${commitsMax + 1}`, range]);
  const commits = list.split("\n").filter((line) => line !== "");
  if (commits.length > commitsMax) throw new SlipwayError("GIT_FAILED", `Cannot move more than ${commitsMax} commits onto another branch`);
  let onto = requireObjectId(making.onto);
  for (const commit of commits) {
    const made = await pick(git, clone, { commit, onto, mark: commit === making.head ? making.mark : undefined });
    if (made.kind === "conflict") return made;
    onto = made.commit;
  }
  return { kind: "replayed", commit: onto };
}

async function pick(
  git: GitRunner,
  clone: string,
  picking: { readonly commit: string; readonly onto: string; readonly mark: string | undefined },
): Promise<Replayed> {
  const { commit, onto, mark } = picking;
  const fields = await git.read(clone, ["show", "--no-patch", "--format=%P%x00%an <%ae>%x00%at%x00%B", commit]);
  const [parent = "", author = "", seconds = "", message = ""] = fields.split("\0");
  const tree = await mergedTree(git, clone, { commit, onto, parent: parent.split(" ")[0] ?? "", author, seconds });
  if (tree.kind === "conflict") return tree;
  const marked = mark === undefined ? message.trimEnd() : `${message.trimEnd()}\n\n${mark}`;
  const made = await commitAs(git, clone, { tree: tree.id, parent: onto, author, seconds, message: marked });
  return { kind: "replayed", commit: made };
}

interface As {
  readonly author: string;
  readonly seconds: string;
}

/** Three trees merged as a cherry-pick does; a stand-in for `onto` makes the commit's parent their common ground. */
async function mergedTree(
  git: GitRunner,
  clone: string,
  merging: As & { readonly commit: string; readonly onto: string; readonly parent: string },
): Promise<{ readonly kind: "tree"; readonly id: string } | { readonly kind: "conflict"; readonly paths: readonly string[] }> {
  const { commit, onto, parent } = merging;
  const tree = (await git.read(clone, ["rev-parse", "--verify", "--quiet", `${onto}^{tree}`])).trim();
  const standIn = await commitAs(git, clone, { ...merging, tree, parent, message: "stand-in" });
  const args = ["merge-tree", "--write-tree", "--name-only", "--no-messages", "-z", standIn, commit];
  const answer = await git.ask(clone, [...durable, ...args]);
  const [id = "", ...paths] = answer.stdout.split("\0").filter((part) => part !== "");
  if (answer.code === 0) return { kind: "tree", id: requireObjectId(id) };
  if (answer.code === 1) return { kind: "conflict", paths };
  if (/usage:|unknown option|write-tree/.test(answer.stderr))
    throw new SlipwayError("TOOL_MISSING", "Cannot put the run's commits on a branch that moved: git 2.38 or newer is needed");
  throw gitFailed(args, clone, saidBy(answer));
}

async function commitAs(
  git: GitRunner,
  clone: string,
  making: As & { readonly tree: string; readonly parent: string; readonly message: string },
): Promise<string> {
  const parts = /^(?<name>[^]*) <(?<address>[^]*)>$/.exec(making.author)?.groups;
  const env = Object.fromEntries(
    ["AUTHOR", "COMMITTER"].flatMap((role) => [
      [`GIT_${role}_NAME`, parts?.["name"] ?? ""],
      [`GIT_${role}_EMAIL`, parts?.["address"] ?? ""],
      [`GIT_${role}_DATE`, `@${making.seconds} +0000`],
    ]),
  ) as Record<string, string>;
  const args = [...durable, "commit-tree", making.tree, "-p", requireObjectId(making.parent), "-F", "-"];
  return requireObjectId((await git.read(clone, args, { env, input: `${making.message}\n` })).trim());
}

/** The commits of a branch, newest first, whose message has a line; looked for among those that `base` does not contain. */
export async function findMarked(
  git: GitRunner,
  clone: string,
  at: { readonly tip: string; readonly base: string; readonly mark: string },
): Promise<string | undefined> {
  const range = `${requireObjectId(at.base)}..${requireObjectId(at.tip)}`;
  const text = await git.read(clone, ["log", "--format=%H%x00%B%x00%x00", "--fixed-strings", `--grep=${at.mark}`, "--max-count=50", range]);
  const entries = text.split("\0\0").map((entry) => entry.replace(/^\n/, "").split("\0"));
  return entries.find(([, body = ""]) => body.split("\n").includes(at.mark))?.[0];
}

const statesMax = 1_000;

/**
 * A squash or a rebase at a forge makes other commits of the same files. Only what the branch was along its first
 * parents counts: that is what somebody who checked it out was given.
 */
export async function findSameTree(
  git: GitRunner,
  clone: string,
  at: { readonly tip: string; readonly base: string; readonly commit: string },
): Promise<{ readonly commit: string; readonly epochSeconds: number } | undefined> {
  const tree = await treeOf(git, clone, at.commit);
  const range = `${requireObjectId(at.base)}..${requireObjectId(at.tip)}`;
  const text = await git.read(clone, ["log", "--first-parent", "--format=%T %H %ct", `--max-count=${statesMax}`, range]);
  const oldest = text.split("\n").findLast((line) => line.startsWith(`${tree} `));
  const [, commit, seconds] = oldest?.split(" ") ?? [];
  return commit === undefined ? undefined : { commit, epochSeconds: Number(seconds) };
}
