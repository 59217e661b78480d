// A clean virtual environment for one trial: nothing of the user's, nothing but Python in it.
import { dirname } from "node:path";
import { failureOf, runTool, type Failed } from "../bench.ts";
import type { PythonBench } from "./client.ts";

export type MadeEnvironment = { readonly kind: "made"; readonly python: string } | Failed;

/** @param version Python version of the leg. @returns the interpreter's own version, `3.12.4`. */
export async function makeEnvironment(version: string | undefined, bench: PythonBench): Promise<MadeEnvironment> {
  const folder = dirname(bench.programs);
  const made = await runTool({ words: wordsFor(version, folder, bench) }, bench);
  const failed = failureOf(made, "make a virtual environment");
  if (failed !== undefined) return failed;
  const asked = await runTool(
    { words: [bench.python, "-I", "-c", "import platform; print(platform.python_version())"], print: false },
    bench,
  );
  const silent = failureOf(asked, "ask the new environment's Python for its version");
  if (silent !== undefined) return silent;
  return { kind: "made", python: asked.end.kind === "exited" ? asked.end.stdout.trim() : "" };
}

function wordsFor(version: string | undefined, folder: string, { client }: PythonBench): readonly string[] {
  if (client.kind === "pip") return [client.python, "-I", "-m", "venv", ...(client.outside ? ["--without-pip"] : []), folder];
  // Not the project's settings: what is tried is what somebody else gets.
  return [client.program, "venv", "--no-config", "--no-project", ...(version === undefined ? [] : ["--python", version]), folder];
}
