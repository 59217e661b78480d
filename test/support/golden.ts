// Golden files: texts that are reviewed like code. `SLIPWAY_UPDATE_GOLDEN=1` writes them anew.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../golden", import.meta.url));

/** Longer files are not read by anybody. */
const linesMax = 200;

/** @param name path below test/golden, with `/` between parts */
export function matchGolden(name: string, text: string): void {
  matchFile(join(folder, name), text);
}

/** @param file absolute path of a text that a test makes, and that is kept where its readers look for it */
export function matchFile(file: string, text: string): void {
  const name = relative(join(folder, "..", ".."), file);
  assert.ok(text.split("\n").length <= linesMax, `${name} would have more than ${linesMax} lines`);
  if (process.env["SLIPWAY_UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.ok(existsSync(file), `There is no golden file "${name}"; look at the text, and write it with SLIPWAY_UPDATE_GOLDEN=1:\n${text}`);
  assert.equal(
    text,
    readFileSync(file, "utf8"),
    `"${name}" says something else; if the change is meant, write it with SLIPWAY_UPDATE_GOLDEN=1`,
  );
}
