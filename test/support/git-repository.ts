// Real repositories for tests, made with the user's git, untouched by the user's configuration.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Environment in which git knows this person and no configuration but the repository's. */
export const gitTestEnvironment: Readonly<Record<string, string>> = {
  PATH: process.env["PATH"] ?? "",
  HOME: "/nonexistent",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ada Tëst",
  GIT_AUTHOR_EMAIL: "ada@example.org",
  GIT_COMMITTER_NAME: "Ada Tëst",
  GIT_COMMITTER_EMAIL: "ada@example.org",
};

export interface TestRepository {
  readonly folder: string;
  /** Runs git there and gives what it printed, without the last line end. */
  git(...args: readonly string[]): string;
  write(path: string, text: string): void;
  /** Commits all files at a fixed time. @returns its id */
  commit(message: string): string;
}

/** 2023-11-14 22:13:20 UTC. */
export const commitSeconds = 1_700_000_000;

export function createRepository(folder: string): TestRepository {
  mkdirSync(folder, { recursive: true });
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", folder, "-c", "protocol.file.allow=always", ...args], {
      env: { ...gitTestEnvironment, GIT_AUTHOR_DATE: `${commitSeconds} +0200`, GIT_COMMITTER_DATE: `${commitSeconds} +0200` },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).replace(/\n$/, "");
  git("init", "--quiet", "--initial-branch=main");
  return {
    folder,
    git,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    commit(message) {
      git("add", "--all");
      git("commit", "--quiet", "--allow-empty", "-m", message);
      return git("rev-parse", "HEAD");
    },
  };
}
