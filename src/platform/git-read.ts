// Reads of commits, files and remotes. Values that come from outside are checked before git sees them: a name that
// begins with a dash would be an option, one with a colon or two points something else than a ref.
import { SlipwayError } from "../domain/error.ts";
import { type GitRunner, gitFailed, saidBy } from "./git-command.ts";
import { isRefName } from "./git-tags.ts";
import { withoutUserInformation } from "./git-url.ts";

const objectId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
/** A remote that does not answer must not hold a plan for long. */
const remoteTimeoutMs = 30_000;

/** @throws SlipwayError INTERNAL_ASSERTION when it is not the full id of an object */
export function requireObjectId(text: string): string {
  if (objectId.test(text)) return text;
  throw new SlipwayError("INTERNAL_ASSERTION", `Cannot use "${text.slice(0, 80)}" as a commit: a full object id is needed`);
}

/** A ref or abbreviation, also with `~n` and `^n` after it; anything else leads nowhere. */
export async function resolveCommit(git: GitRunner, folder: string, ref: string): Promise<string | undefined> {
  const name = ref.replace(/(?:[~^][0-9]{0,6})*$/, "");
  if (!isRefName(name) && name !== "@") return undefined;
  const answer = await git.ask(folder, ["rev-parse", "--verify", "--quiet", `${ref}^{commit}`]);
  return answer.code === 0 ? answer.stdout.trim() : undefined;
}

/** A commit with its time: what a release is pinned to. */
export async function readCommitAt(
  git: GitRunner,
  folder: string,
  ref: string,
): Promise<{ readonly commit: string; readonly epochSeconds: number } | undefined> {
  const commit = await resolveCommit(git, folder, ref);
  if (commit === undefined) return undefined;
  const text = await git.read(folder, ["show", "--no-patch", "--format=%ct", requireObjectId(commit)]);
  return { commit, epochSeconds: Number(text.trim()) };
}

export interface TreeEntry {
  readonly mode: string;
  readonly kind: string;
  readonly object: string;
  readonly path: string;
}

export async function readTree(git: GitRunner, folder: string, commit: string): Promise<readonly TreeEntry[]> {
  const text = await git.read(folder, ["ls-tree", "-r", "-z", "--full-tree", requireObjectId(commit)]);
  return text.split("\0").flatMap((line) => {
    const parts = /^(?<mode>[0-7]+) (?<kind>[a-z]+) (?<object>[0-9a-f]+)\t(?<path>[^]+)$/.exec(line)?.groups;
    if (parts === undefined) return [];
    return [{ mode: parts["mode"] ?? "", kind: parts["kind"] ?? "", object: parts["object"] ?? "", path: parts["path"] ?? "" }];
  });
}

/** Files and links; a submodule is a commit of another repository and no file of this one. */
export async function listFiles(git: GitRunner, folder: string, commit: string): Promise<readonly string[]> {
  return (await readTree(git, folder, commit)).filter((entry) => entry.kind === "blob").map((entry) => entry.path);
}

/** A file whose path has a line end: its object's id is needed first. */
export async function showOddFile(
  git: GitRunner,
  folder: string,
  file: { readonly commit: string; readonly path: string },
): Promise<string | undefined> {
  const entry = (await readTree(git, folder, file.commit)).find((one) => one.path === file.path && one.kind === "blob");
  return entry === undefined ? undefined : git.read(folder, ["cat-file", "blob", entry.object]);
}

export async function containsCommit(
  git: GitRunner,
  folder: string,
  pair: { readonly commit: string; readonly ancestor: string },
): Promise<boolean> {
  const args = ["merge-base", "--is-ancestor", requireObjectId(pair.ancestor), requireObjectId(pair.commit)];
  const answer = await git.ask(folder, args);
  if (answer.code === 0) return true;
  if (answer.code === 1) return false;
  throw gitFailed(args, folder, saidBy(answer));
}

export type RemoteRef =
  | { readonly kind: "at"; readonly commit: string }
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string };

/** @param at `remote`: name or URL. `ref`: full, as in `refs/heads/main`. */
export async function readRemoteRef(
  git: GitRunner,
  folder: string,
  at: { readonly remote: string; readonly ref: string },
): Promise<RemoteRef> {
  if (!at.ref.startsWith("refs/") || !isRefName(at.ref))
    return { kind: "unknown", why: `"${at.ref}" is not a full ref such as "refs/heads/main"` };
  if (at.remote === "" || at.remote.startsWith("-")) return { kind: "unknown", why: `"${at.remote}" is not a remote` };
  let answer;
  try {
    answer = await git.ask(folder, ["ls-remote", "--quiet", "--", at.remote, at.ref, `${at.ref}^{}`], { timeoutMs: remoteTimeoutMs });
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "GIT_FAILED")
      return { kind: "unknown", why: withoutUserInformation(error.message) };
    throw error;
  }
  if (answer.code !== 0) return { kind: "unknown", why: saidBy(answer) };
  // The pattern also fits refs that end with it. An annotated tag has a second line, with the commit that it leads to.
  const lines = answer.stdout.split("\n").map((line) => line.split("\t"));
  const [commit] = lines.find(([, ref]) => ref === `${at.ref}^{}`) ?? lines.find(([, ref]) => ref === at.ref) ?? [];
  return commit === undefined ? { kind: "none" } : { kind: "at", commit };
}
