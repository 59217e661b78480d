// Tries what was installed: imports it, asks it for its version, runs the commands of the file. All of it happens in an
// empty folder, so that neither the source nor anything of the user's can stand in for what was installed (S5.11).
import { delimiter, isAbsolute, join } from "node:path";
import type { JsonObject } from "../../domain/configuration.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { variablesFor } from "../../domain/plan/variables.ts";
import { joinWords } from "../../domain/words.ts";
import { failureOf, runTool, type Bench, type Failed } from "./bench.ts";
import { commandsOf, wordsOf } from "./input.ts";
import type { Installed, Trial } from "./installing.ts";
import { saysVersion, versionWords } from "./version-token.ts";

export type Tried = { readonly kind: "tried"; readonly commands: readonly JsonObject[] } | Failed;

/** Runs everything in order and stops at the first failure. */
export async function tryInstalled(trial: Trial, installed: Installed, bench: Bench): Promise<Tried> {
  const folder = join(bench.folder, "trial");
  await bench.ports.files.makeFolder(folder);
  const env = trialEnvironment(trial, installed, bench);
  const commands: JsonObject[] = [];
  for (const attempt of await attemptsOf(trial, installed, bench)) {
    const startMs = bench.ports.clock.nowMs();
    const ended = await runTool({ words: attempt.words, cwd: folder, env }, bench);
    const failed =
      failureOf(ended, attempt.doing) ?? attempt.judge?.(ended.end.kind === "exited" ? `${ended.end.stdout}\n${ended.end.stderr}` : "");
    if (failed !== undefined) return failed;
    commands.push({ command: joinWords(attempt.shown), durationMs: bench.ports.clock.nowMs() - startMs });
  }
  return { kind: "tried", commands };
}

interface Attempt {
  readonly words: readonly string[];
  /** Words as the file has them. */
  readonly shown: readonly string[];
  readonly doing: string;
  readonly judge?: (output: string) => Failed | undefined;
}

async function attemptsOf({ frozen, packages }: Trial, installed: Installed, bench: Bench): Promise<readonly Attempt[]> {
  const { input } = frozen;
  const asWritten = [...(input.version === undefined ? [] : [wordsOf(input.version)]), ...commandsOf(input)];
  const attempts: Attempt[] = installed.imports.map((one) => ({ ...one, doing: "import what was installed" }));
  for (const [index, words] of asWritten.entries()) {
    const isVersion = index === 0 && input.version !== undefined;
    attempts.push({
      words: await Promise.all(words.map((word, position) => locate(word, position, bench))),
      shown: words,
      doing: isVersion ? "ask for the version" : "try what was installed",
      ...(isVersion ? { judge: (output) => judgeVersion(output, joinWords(words), packages) } : {}),
    });
  }
  return attempts;
}

/**
 * A word that is the path of a file of the repository (`trial/generate.py`) means that file, although the commands run
 * elsewhere; only words with a `/` can, so that no folder of the source is meant by the name of a module.
 */
async function locate(word: string, position: number, bench: Bench): Promise<string> {
  if (!word.includes("/") || isAbsolute(word) || word.startsWith("-") || word.split("/").includes("..")) return word;
  const path = join(bench.ports.workFolder, word);
  const info = await bench.ports.files.info(path);
  const isMeant = info?.kind === "file" || (info?.kind === "folder" && position > 0);
  return isMeant ? path : word;
}

/** What was installed comes first; what the release is stands in variables. */
function trialEnvironment({ frozen }: Trial, { env, fixed, programs }: Installed, bench: Bench): Readonly<Record<string, string>> {
  return {
    ...env,
    ...variablesFor(frozen),
    ...fixed,
    SLIPWAY_SOURCE: bench.ports.workFolder,
    PATH: [...programs, env["PATH"] ?? ""].join(delimiter),
  };
}

function judgeVersion(output: string, command: string, packages: readonly PlannedPackage[]): Failed | undefined {
  const wanted = [...new Set(packages.map((one) => one.version))];
  if (wanted.length === 1 && wanted.every((version) => saysVersion(output, version))) return undefined;
  const said = versionWords(output);
  const found = said.length === 0 ? "no version" : said.map((word) => `"${word}"`).join(", ");
  return {
    kind: "failed",
    code: "STEP_FAILED",
    message: `Cannot accept what was installed: "${command}" says ${found} instead of "${wanted.join('" or "')}"`,
    hint: "Mend where the program takes its version from; the files of this release cannot be changed",
    details: { command, output: output.slice(0, 2000) },
  };
}
