// Pushing: all refs of a push or none of them, each only from the value that it was seen at. Git runs in the user's
// repository, for its addresses, credentials and agents, and finds the objects in the run's clone; nothing is written
// to the user's repository, not even where the remote's branches were last seen.
import { join } from "node:path";
import { assert, SlipwayError } from "../domain/error.ts";
import { type GitAnswer, type GitRunner, saidBy } from "./git-command.ts";
import { containsCommit, requireObjectId } from "./git-read.ts";
import { isRefName } from "./git-tags.ts";
import { withoutUserInformation } from "./git-url.ts";
import type { Pushed, PushedRef, PushMaking, RemoteRefs } from "./ports.ts";

const pushTimeoutMs = 5 * 60_000;
const lookTimeoutMs = 30_000;
/** A branch, and the tags of as many packages as a file has. */
const refsMax = 2_000;
/** Stands for the remote in one call: its address is given in the environment, since it may hold a password. */
export const remoteAlias = "slipway-remote";

/** @throws SlipwayError TOOL_MISSING, INTERNAL_ASSERTION for a branch that would lose commits */
export async function pushRefs(git: GitRunner, making: PushMaking): Promise<Pushed> {
  const { refs, repository, clone } = making;
  assert(refs.length > 0, "a push has a ref");
  if (refs.length > refsMax) return { kind: "refused", why: `a push takes ${refsMax} refs at most, and this one has ${refs.length}` };
  for (const one of refs) await requireForward(git, clone, one);
  const settings = await remoteSettings(git, repository, making.remote);
  if (settings === undefined) return { kind: "refused", why: `there is no remote "${making.remote}"` };
  const env = { ...settings, GIT_ALTERNATE_OBJECT_DIRECTORIES: join(clone, "objects") };
  const leases = refs.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ""}`);
  const args = [
    "push",
    "--porcelain",
    "--atomic",
    "--no-verify",
    ...leases,
    "--",
    remoteAlias,
    ...refs.map(({ ref, to }) => `${to ?? ""}:${ref}`),
  ];
  try {
    return judge(await git.ask(repository, args, { env, timeoutMs: pushTimeoutMs }));
  } catch (error) {
    // A git that was ended in the middle may have been heard.
    if (error instanceof SlipwayError && error.code === "GIT_FAILED")
      return { kind: "unknown", why: withoutUserInformation(error.message) };
    throw error;
  }
}

/** A lease lets git force; nothing of ours may take a commit away from a branch. */
async function requireForward(git: GitRunner, clone: string, { ref, to, from }: PushedRef): Promise<void> {
  assert(/^refs\/(?:heads|tags)\//.test(ref) && isRefName(ref), `"${ref}" is the full name of a branch or tag`);
  if (to === undefined)
    return assert(ref.startsWith("refs/tags/") && from !== undefined, `only a tag that was seen is taken away, and this is ${ref}`);
  requireObjectId(to);
  if (from === undefined) return;
  const forward = ref.startsWith("refs/heads/") && (await containsCommit(git, clone, { commit: to, ancestor: requireObjectId(from) }));
  assert(forward, `a push moves a branch forward: ${ref} from ${from} to ${to}`);
}

/** The remote under its stand-in's name, in the environment of one call; undefined: there is no such remote. */
export async function remoteSettings(
  git: GitRunner,
  repository: string,
  remote: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const address = await addressOf(git, repository, remote);
  if (address === undefined) return undefined;
  return git.withSettings([
    [`remote.${remoteAlias}.url`, address],
    ["push.followTags", "false"],
    ["push.recurseSubmodules", "no"],
  ]);
}

async function addressOf(git: GitRunner, repository: string, remote: string): Promise<string | undefined> {
  if (/[/:\\]/.test(remote)) return remote;
  if (!isRefName(remote)) return undefined;
  const answer = await git.ask(repository, ["remote", "get-url", "--push", "--", remote]);
  return answer.code === 0 ? answer.stdout.trim() : undefined;
}

/**
 * Rejected refs are told one by one; anything else that fails may have happened at either end of the line.
 * `git push --porcelain` writes `<flag>\t<from>:<to>\t<summary> (<reason>)`, flag `!` for a ref that was not taken.
 */
function judge(answer: GitAnswer): Pushed {
  if (answer.code === 0) return { kind: "sent" };
  const rejected = answer.stdout
    .split("\n")
    .filter((line) => line.startsWith("!\t"))
    // The object says nothing to people; the ref does.
    .map((line) =>
      line
        .split("\t")
        .slice(1)
        .join(" ")
        .replace(/^[0-9a-f]*:/, ""),
    );
  // Some servers put "error:" before each line, empty ones included.
  const remarks = answer.stderr
    .split("\n")
    .flatMap((line) => /^remote: (?:error:)?(.*)$/.exec(line)?.[1]?.trim() ?? [])
    .filter((remark) => remark !== "");
  if (rejected.length > 0) {
    const why = [...rejected, ...remarks].join("; ").slice(0, 2_000);
    // "[remote rejected]" is what the other side said of the ref; "[rejected]" is our own git, whose lease did not hold.
    const atRemote = rejected.some((line) => line.includes(" [remote rejected] "));
    return atRemote ? { kind: "refused", why, atRemote } : { kind: "refused", why };
  }
  if (/does not support --atomic/.test(answer.stderr)) return { kind: "refused", why: "the remote cannot take several refs at once" };
  return { kind: "unknown", why: saidBy(answer) };
}

/** Objects of refs at a remote, tags as they are. @param refs full names */
export async function readRemoteRefs(
  git: GitRunner,
  folder: string,
  at: { readonly remote: string; readonly refs: readonly string[] },
): Promise<RemoteRefs> {
  assert(
    at.refs.every((ref) => ref.startsWith("refs/") && isRefName(ref)),
    "refs are asked for by their full names",
  );
  if (at.remote === "" || at.remote.startsWith("-")) return { kind: "unknown", why: `"${at.remote}" is not a remote` };
  let answer;
  try {
    answer = await git.ask(folder, ["ls-remote", "--quiet", "--", at.remote, ...at.refs], { timeoutMs: lookTimeoutMs });
  } catch (error) {
    if (error instanceof SlipwayError && error.code === "GIT_FAILED")
      return { kind: "unknown", why: withoutUserInformation(error.message) };
    throw error;
  }
  if (answer.code !== 0) return { kind: "unknown", why: saidBy(answer) };
  const wanted = new Set(at.refs);
  const lines = answer.stdout.split("\n").map((line) => line.split("\t"));
  return { kind: "known", objects: new Map(lines.flatMap(([object = "", ref = ""]) => (wanted.has(ref) ? [[ref, object]] : []))) };
}
