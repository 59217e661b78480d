// What tests need before they start: the bundle, and other people's programs. Each is a stage like the static ones, so
// that a failure is counted and shown like any other.
import { join } from "node:path";
import { runProgram } from "./child.ts";
import { root } from "./repository.ts";
import type { StageEnd } from "./stages.ts";

async function prepare(stage: string, script: string, remedy: string): Promise<StageEnd> {
  const { code, output, seconds } = await runProgram({
    program: process.execPath,
    args: [join(root, "scripts", script)],
    timeoutMs: 900_000,
  });
  return { stage, passed: code === 0, seconds, output, remedy };
}

/** Builds dist/. */
export function build(): Promise<StageEnd> {
  return prepare("build", "build.ts", "mend what the build names");
}

/** Installs the Python programs that tests run, unless they are there. */
export function installTestTools(): Promise<StageEnd> {
  return prepare("test tools", "test-tools.ts", "needs Python 3.11 as `python3` and the package index that pip is configured for");
}
