// Commits of a range with the files they change, by one `git log` for all who ask (reference/performance.md §13, design
// consequence 2: never a process per package or commit). NUL ends each field, so that messages and paths may hold anything.
import { SlipwayError } from "../domain/error.ts";
import type { CommitLog, LoggedCommit } from "../domain/version/history.ts";
import type { GitRunner } from "./git-command.ts";
import { requireObjectId } from "./git-read.ts";
import type { LogRange } from "./ports.ts";

const timeoutMs = 5 * 60_000;
/** Commits whose times are compared in one call. */
const sinceMax = 10_000;
/** What a user's configuration could add to, or take from, the answer. */
export const plainLog = [
  "-c",
  "log.diffMerges=off",
  "-c",
  "log.follow=false",
  "-c",
  "diff.relative=false",
  "-c",
  "diff.ignoreSubmodules=none",
];
export const logOptions = [
  "--no-color",
  "--no-decorate",
  "--no-notes",
  "--no-mailmap",
  "--no-ext-diff",
  "--no-renames",
  "--encoding=UTF-8",
];
const format = "--format=tformat:%x00%H%x00%P%x00%B%x00";

/** @throws SlipwayError GIT_FAILED also for an answer of more than 64 MiB */
export async function readLog(git: GitRunner, folder: string, range: LogRange): Promise<CommitLog> {
  const from = await oldestOf(git, folder, range.since);
  const names = range.paths ? ["--name-only"] : [];
  const revisions = [requireObjectId(range.to), ...(from === undefined ? [] : [`^${from}`])];
  const args = [...plainLog, "log", "-z", ...logOptions, ...names, format, `--max-count=${range.max + 1}`, ...revisions, "--"];
  const commits = parseLog(await git.read(folder, args, { timeoutMs }));
  return {
    commits: commits.slice(0, range.max),
    ...(from === undefined ? {} : { from }),
    complete: commits.length <= range.max,
  };
}

/** The one with the oldest committer time. */
async function oldestOf(git: GitRunner, folder: string, since: readonly string[]): Promise<string | undefined> {
  const commits = [...new Set(since.map(requireObjectId))];
  if (commits.length <= 1) return commits[0];
  if (commits.length > sinceMax) throw new SlipwayError("GIT_FAILED", `Cannot compare more than ${sinceMax} commits`);
  const input = commits.map((commit) => `${commit}\n`).join("");
  const sorted = await git.read(folder, ["rev-list", "--no-walk=sorted", "--stdin"], { input });
  return sorted.trimEnd().split("\n").at(-1);
}

/** Pure. @param text output of `git log -z` with `format`, with or without names */
export function parseLog(text: string): readonly LoggedCommit[] {
  const fields = text.split("\0");
  const commits: LoggedCommit[] = [];
  // A record is: empty, id, parents, message, empty, names; the first name stands on a line of its own.
  for (let at = 0; at + 4 < fields.length;) {
    const [, commit = "", parents = "", message = ""] = fields.slice(at, at + 4);
    at += 5;
    const paths: string[] = [];
    for (let name = fields[at]; name !== undefined && name !== ""; name = fields[at]) {
      paths.push(paths.length === 0 ? name.replace(/^\n/, "") : name);
      at += 1;
    }
    commits.push({ commit, parents: parents === "" ? [] : parents.split(" "), message: message.trimEnd(), paths });
  }
  return commits;
}
