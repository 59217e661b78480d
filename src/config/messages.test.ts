// Golden messages: what a person reads for each mistake, word for word. The cases stand in test/support/config-messages;
// SLIPWAY_UPDATE_GOLDEN=1 writes what is said now, to be reviewed like code.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { vocabulary } from "../../test/support/vocabulary.ts";
import { parseConfiguration } from "./parse.ts";

const folder = path.join(import.meta.dirname, "../../test/support/config-messages");
const head = 'slipway: 1\nproject: demo\npackages: { demo: { path: ., tag: "v{version}" } }\n';

interface Case {
  readonly title: string;
  /** As the golden file has it: may begin with `!raw` or `!nosteps`. */
  readonly input: string;
  readonly expected: string;
}

function readCases(text: string): readonly Case[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [, title = "", input = "", expected = ""] = /^(.*)\n([\s\S]*?)^---\n([\s\S]*)$/m.exec(part) ?? [];
      return { title, input, expected: expected.trimEnd() };
    });
}

/** A whole file around what the case is about; `---x` stands for a line of three hyphens. */
function wholeFile(input: string): string {
  const text = input.replace(/^!\w+\n/, "").replaceAll("---x", "---");
  if (input.startsWith("!raw")) return text;
  const start = /^packages:/m.test(text) ? head.split("\n").slice(0, 2).join("\n") + "\n" : head;
  const isComplete = /^(?:steps|pipelines):/m.test(text) || input.startsWith("!nosteps");
  return start + text + (isComplete ? "" : "steps: { a: { run: just a } }\n");
}

function say(input: string): string {
  const parsed = parseConfiguration(wholeFile(input), "slipway.yaml", vocabulary);
  if (parsed.kind === "parsed") return "fine";
  return parsed.problems
    .map(
      ({ code, message, hint, place }) => `${place?.line}:${place?.column} ${code} ${message}${hint === undefined ? "" : `\n    ${hint}`}`,
    )
    .join("\n");
}

for (const file of readdirSync(folder).toSorted()) {
  const cases = readCases(readFileSync(path.join(folder, file), "utf8"));
  if (process.env.SLIPWAY_UPDATE_GOLDEN === "1") {
    writeFileSync(path.join(folder, file), cases.map(({ title, input }) => `=== ${title}\n${input}---\n${say(input)}\n`).join(""));
    continue;
  }
  for (const { title, input, expected } of cases) {
    test(`messages of ${file}: ${title}`, () => {
      assert.equal(say(input), expected);
    });
  }
}
