// Read-only questions to git about a checkout, with settings that cannot change the answer.
import type { CommandEnd } from "../../platform/ports.ts";
import type { ReadPorts } from "../step.ts";

const timeoutMs = 60_000;

/** Runs git in a folder; no lock is taken, no pager, hook or file-system monitor is started. */
export function runGit(args: readonly string[], folder: string, ports: ReadPorts): Promise<CommandEnd> {
  const quiet = ["--no-optional-locks", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];
  return ports.exec.run({
    program: "git",
    args: [...quiet, ...args],
    cwd: folder,
    env: { ...ports.env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" },
    timeoutMs,
    signal: ports.signal,
  });
}
