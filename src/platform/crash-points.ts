// Named crash points: the places where the kill grid ends the real process with SIGKILL (DESIGN.md §7). They stand in
// the shipped program, because a build without them would be another program than the one that was tried.
import { openSync, writeSync } from "node:fs";
import { SlipwayError } from "../domain/error.ts";
import type { CrashPoints } from "./ports.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `SLIPWAY_CRASH_LOG=<file>` appends the name of each point reached, one per line. `SLIPWAY_CRASH_AT=<name>#<n>` kills
 * the process at the n-th time (1 when `#<n>` is left out). With neither, `reach` does nothing.
 * @throws SlipwayError USAGE when SLIPWAY_CRASH_AT cannot be read
 */
export function createCrashPoints(env: Environment, die: () => void = killOwnProcess): CrashPoints {
  const log = openLog(env["SLIPWAY_CRASH_LOG"]);
  const target = readTarget(env["SLIPWAY_CRASH_AT"]);
  if (log === undefined && target === undefined) return { reach: () => undefined };
  let times = 0;
  return {
    reach(name) {
      if (log !== undefined) writeSync(log, `${name}\n`);
      if (name !== target?.name) return;
      times += 1;
      if (times === target.times) die();
    },
  };
}

function openLog(file: string | undefined): number | undefined {
  return file === undefined || file === "" ? undefined : openSync(file, "as");
}

function readTarget(text: string | undefined): { readonly name: string; readonly times: number } | undefined {
  if (text === undefined || text === "") return undefined;
  const parts = /^(?<name>[^#]+)(?:#(?<times>[1-9][0-9]{0,8}))?$/.exec(text)?.groups;
  if (parts?.["name"] === undefined) {
    throw new SlipwayError(
      "USAGE",
      `Cannot read SLIPWAY_CRASH_AT: it is "${text}" and should be a name, or a name and "#" and a number from 1`,
    );
  }
  return { name: parts["name"], times: Number(parts["times"] ?? "1") };
}

/** SIGKILL cannot be caught; the wait keeps this thread from going on while the kernel ends the others. */
function killOwnProcess(): void {
  process.kill(process.pid, "SIGKILL");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
