// Whatever the text, parsing ends in time with a configuration or with problems that can be shown; it never throws.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { vocabulary } from "../../test/support/vocabulary.ts";
import { parseConfiguration } from "./parse.ts";

const folder = path.join(import.meta.dirname, "../../test/support/language");
const examples = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), "utf8"));

function holds(text: string): void {
  const result = parseConfiguration(text, "slipway.yaml", vocabulary);
  if (result.kind === "parsed") {
    assert.doesNotThrow(() => JSON.stringify(result.configuration));
    return;
  }
  assert(result.problems.length > 0 && result.problems.length <= 50);
  const lineCount = text.split("\n").length;
  for (const { message, hint, place, frame } of result.problems) {
    assert(place !== undefined && place.line >= 1 && place.line <= lineCount + 1 && place.column >= 1, `place of ${message}`);
    assert.match(message, /^[A-Z][^\n]*[^.\n]$/);
    assert(hint === undefined || /^[A-Z][^\n]*$/.test(hint), `hint ${hint}`);
    assert.match(frame ?? "", /^\d+ \| [^\n]*\n +\| +\^+$/);
  }
}

const words = [
  "slipway",
  "project",
  "packages",
  "steps",
  "run",
  "uses",
  "publish",
  "environment",
  "pypi",
  "when",
  "tag",
  "matrix",
  "parallel",
  "on",
  "1.10",
  "{version}",
  "~",
  "yes",
  "true",
  "7",
  "\u00FC",
  "😀",
];
const marks = [
  ": ",
  ":",
  "- ",
  "{ ",
  " }",
  "[",
  "]",
  ", ",
  "\n",
  "\n  ",
  "\n    ",
  "'",
  '"',
  "# ",
  "&a ",
  "*a",
  "!t ",
  "|\n",
  ">\n",
  "? ",
  "---\n",
  "...\n",
  "<<: ",
  "\\",
  "\t",
  "\r\n",
  "%",
  "@",
  "`",
  "$",
  "\u0000",
  "\uFEFF",
  "\u2028",
];

/** Something near to YAML: words of the language and marks of YAML in any order. */
const soup = fc.array(fc.constantFrom(...words, ...marks), { maxLength: 120 }).map((parts) => parts.join(""));

/** A real configuration with some pieces taken out, doubled or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...examples),
    fc.array(fc.tuple(fc.nat(), fc.nat(12), fc.constantFrom("", ...words, ...marks)), { minLength: 1, maxLength: 6 }),
  )
  .map(([text, changes]) =>
    changes.reduce((changed, [at, length, insert]) => {
      const start = at % (changed.length + 1);
      return changed.slice(0, start) + insert + changed.slice(start + length);
    }, text),
  );

/** A configuration in which one value is of another kind. */
const replaced = fc
  .tuple(
    fc.constantFrom(...examples),
    fc.nat(),
    fc.constantFrom("7", "3.12", "true", "null", "[]", "{}", '""', "[[]]", "{ a: { b: c } }", "x", "'@'"),
  )
  .map(([text, pick, value]) => {
    const values = [...text.matchAll(/(?<=: )[^\s,{}[\]#]+/g)];
    const found = values[pick % values.length];
    return found === undefined ? text : text.slice(0, found.index) + value + text.slice(found.index + found[0].length);
  });

for (const [name, texts, numRuns] of [
  ["any text", fc.string({ unit: "binary", maxLength: 300 }), 100],
  ["words and marks", soup, 100],
  ["a changed configuration", mutated, 40],
  ["a configuration with other values", replaced, 40],
] as const) {
  test(`parseConfiguration() never throws for ${name}`, () => {
    fc.assert(fc.property(texts, holds), { numRuns });
  });
}

test("parseConfiguration() takes less than 100 ms for 64 KiB of anything", () => {
  const parts = fc.oneof(soup, mutated, fc.string({ unit: "grapheme-ascii", maxLength: 200 })).filter((part) => part !== "");
  for (const text of examples) parseConfiguration(text, "slipway.yaml", vocabulary);

  fc.assert(
    fc.property(parts, (part) => {
      const text = part.repeat(Math.ceil(65_536 / part.length)).slice(0, 65_536);
      const tries = [cpuMs(text)];
      while (tries.length < 8 && Math.min(...tries) >= 100) tries.push(cpuMs(text));

      assert(Math.min(...tries) < 100, `took ${tries.map(Math.round).join(", ")} ms`);
    }),
    { numRuns: 8 },
  );
});

test("reading a hostile file leaves the stacks of other errors as they were", () => {
  const limit = Error.stackTraceLimit;

  parseConfiguration("a: ]\n".repeat(100), "slipway.yaml", vocabulary);

  assert.equal(Error.stackTraceLimit, limit);
});

/** Processor time of this process, so that other programs on the machine do not count. */
function cpuMs(text: string): number {
  const start = process.cpuUsage();
  holds(text);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
