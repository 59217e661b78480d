// What git says changed between two versions of a file, word by word: the judge of "the version and nothing else".
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { gitTestEnvironment } from "./git-repository.ts";

export interface WordDiff {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Runs `git diff` with a word being a run of characters that versions have, or any other single character. */
export function wordDiff(args: readonly string[], folder: string): WordDiff {
  const words = "[0-9A-Za-z.!+_-]+|[^[:space:]]";
  const diff = ["diff", "--word-diff=porcelain", `--word-diff-regex=${words}`, "--unified=0", "--no-color", "--no-ext-diff", ...args];
  const ended = spawnSync("git", diff, { cwd: folder, env: gitTestEnvironment, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  assert.ok(ended.status === 0 || ended.status === 1, ended.stderr);
  const lines = ended.stdout.split("\n").filter((line) => !/^(?:--- |\+\+\+ |diff |index |@@)/.test(line));
  const of = (sign: string): readonly string[] => lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
  return { removed: of("-"), added: of("+") };
}
