// Asks Python's `packaging` (packaging-oracle.py beside this file), in one process per set of questions. The interpreter
// comes from SLIPWAY_TEST_PYTHON or from the repository's own test tools; a missing one fails the test and says what to run.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface Questions {
  readonly versions?: readonly string[];
  /** Both texts of a pair have to be valid. */
  readonly pairs?: readonly (readonly [string, string])[];
  readonly names?: readonly string[];
  readonly wheels?: readonly string[];
}

export interface Answers {
  readonly packaging: string;
  readonly versions: readonly (null | { readonly normal: string; readonly base: string; readonly prerelease: boolean })[];
  readonly pairs: readonly (-1 | 0 | 1)[];
  readonly names: readonly string[];
  readonly wheels: readonly (null | {
    readonly name: string;
    readonly version: string;
    readonly build: null | readonly [number, string];
    readonly tags: readonly string[];
  })[];
}

/** The release of `packaging` that the answers have to come from. */
const packagingVersion = "26.3";

const ownPython = fileURLToPath(new URL("../../.cache/test-tools/bin/python", import.meta.url));
const oracle = fileURLToPath(new URL("packaging-oracle.py", import.meta.url));
const toRun = "npm run test-tools";

/** Answers all questions, in their order. Fails the running test if the interpreter or `packaging` is missing or another. */
export function askPackaging(questions: Questions): Answers {
  const given = process.env["SLIPWAY_TEST_PYTHON"];
  const python = given === undefined || given === "" ? ownPython : given;
  assert.ok(existsSync(python), `There is no Python at "${python}". In the repository, run: ${toRun}`);
  const answered = spawnSync(python, ["-I", oracle], {
    input: JSON.stringify(questions),
    encoding: "utf8",
    timeout: 60_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(answered.status, 0, `"${python}" could not answer. In the repository, run: ${toRun}\n${answered.stderr}`);
  const answers = JSON.parse(answered.stdout) as Answers;
  assert.equal(answers.packaging, packagingVersion, `"${python}" has packaging ${answers.packaging}. In the repository, run: ${toRun}`);
  return answers;
}
