// Read-only questions to git about the copy, with settings that cannot change the answer.
import { lastRelease, prefixOf, type CommitTag, type Tagged } from "../../domain/changelog/since.ts";
import type { WorkPorts } from "../step.ts";

const timeoutMs = 60_000;
/** A line per tag: enough for some 100,000. */
const keepBytes = 16 * 1024 * 1024;
/** Commits of a first release that are told: nobody reads more, and git-cliff takes half a minute for 20,000. */
export const firstCommitsMax = 2000;

export type Since =
  | { readonly kind: "since"; readonly tag: CommitTag }
  /** No release of the package before: its history is told, or the newest part of a long one, after `from`. */
  | { readonly kind: "first"; readonly from?: string }
  /** The clone lacks history, and perhaps the tag. */
  | { readonly kind: "shallow" }
  | { readonly kind: "failed"; readonly why: string };

/** The newest release of the package before this version that the commit contains. */
export async function findLastRelease(tagged: Tagged, commit: string, ports: WorkPorts): Promise<Since> {
  const format = "--format=%(refname:strip=2)%00%(objectname)%00%(*objectname)";
  // A prefix is no glob: tag names hold no wildcard, and what it matches beyond is sorted out by reading the versions.
  const listed = await runGit(["for-each-ref", `--merged=${commit}`, format, `refs/tags/${prefixOf(tagged.pattern)}*`], ports);
  if (listed.kind === "failed") return listed;
  const tags = listed.text.split("\n").flatMap((line): readonly CommitTag[] => {
    const [name, object, peeled] = line.split("\0");
    return name === undefined || object === undefined || name === ""
      ? []
      : [{ name, commit: peeled === undefined || peeled === "" ? object : peeled }];
  });
  const tag = lastRelease(tagged, tags);
  if (tag !== undefined) return { kind: "since", tag };
  const shallow = await runGit(["rev-parse", "--is-shallow-repository"], ports);
  if (shallow.kind === "failed") return shallow;
  return shallow.text.trim() === "true" ? { kind: "shallow" } : firstRelease(commit, ports);
}

async function firstRelease(commit: string, ports: WorkPorts): Promise<Since> {
  const skipped = await runGit(["rev-list", "--max-count=1", `--skip=${firstCommitsMax}`, commit, "--"], ports);
  if (skipped.kind === "failed") return skipped;
  const oldest = skipped.text.trim();
  return oldest === "" ? { kind: "first" } : { kind: "first", from: oldest };
}

type Answer = { readonly kind: "said"; readonly text: string } | { readonly kind: "failed"; readonly why: string };

async function runGit(args: readonly string[], ports: WorkPorts): Promise<Answer> {
  const quiet = ["--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
  const end = await ports.exec.run({
    program: "git",
    args: [...quiet, ...args],
    cwd: ports.workFolder,
    env: { ...ports.env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" },
    timeoutMs,
    signal: ports.signal,
    keepBytes,
  });
  if (end.kind === "not-found") return { kind: "failed", why: '"git" is not on the PATH' };
  if (end.kind !== "exited" || end.code !== 0)
    return { kind: "failed", why: `git ${args[0]} ended with ${end.kind}: ${end.stderr.trim().slice(-300)}` };
  if ((end.leftOutBytes ?? 0) > 0) return { kind: "failed", why: `git ${args[0]} says more than ${keepBytes} bytes` };
  return { kind: "said", text: end.stdout };
}
