// What a reader must know of the machine and of the versions to believe a number.
import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import { root } from "./places.ts";

export interface Machine {
  readonly at: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  readonly commit: string;
  readonly loadAtStart: number;
}

export function lookAtMachine(): Machine {
  const [first] = cpus();
  return {
    at: new Date().toISOString(),
    processor: first?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `Linux ${release()}`,
    node: process.version,
    commit: commit(),
    loadAtStart: loadavg()[0] ?? Number.NaN,
  };
}

/** The commit that was measured, and whether files of the product differed from it. */
function commit(): string {
  const id = said("git", "-C", root, "rev-parse", "--short=10", "HEAD");
  const changed = said("git", "-C", root, "status", "--porcelain", "--", "src", "bin", "package.json");
  return changed === "" ? id : `${id} with uncommitted changes`;
}

/** First line of what a program says, or why it says nothing. */
export function said(program: string, ...args: readonly string[]): string {
  try {
    const text = execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    return text.trim().split("\n")[0] ?? "";
  } catch (error) {
    return `cannot be asked: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`;
  }
}
