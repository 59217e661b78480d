// The Python of Slipway's own toolbox for tests: SLIPWAY_TOOLBOX_PYTHON, or the tests' own environment, which holds the
// same pins. A missing one fails the test and says what to run.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";

const ownPython = join(import.meta.dirname, "..", "..", ".cache", "test-tools", "bin", "python");

/** Absolute path of an interpreter that can import what `src/platform/toolbox-requirements.ts` pins. */
export function toolboxPython(): string {
  const given = process.env["SLIPWAY_TOOLBOX_PYTHON"];
  const python = given === undefined || given === "" ? ownPython : given;
  assert.ok(existsSync(python), `There is no Python at "${python}". In the repository, run: npm run test-tools`);
  return python;
}
