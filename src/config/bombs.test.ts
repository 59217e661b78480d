// Texts made to cost time or memory (reference/trust §7 row 25). Time is the process's own processor time, which other
// programs on the machine do not change; a text counts as slow only if it is slow every time.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { before, test } from "node:test";
import { vocabulary } from "../../test/support/vocabulary.ts";
import { parseConfiguration, type ParsedConfiguration } from "./parse.ts";

const limitMs = 100;
const limitBytes = 64 * 1024 * 1024;
const head = 'slipway: 1\nproject: x\npackages: { x: { path: ., tag: "v{version}" } }\n';
const sizes = [64 * 1024, 256 * 1024];

const fill = (part: string, size: number): string => part.repeat(Math.ceil(size / part.length)).slice(0, size);
const lines = (size: number, line: (index: number) => string): string => {
  let text = "";
  for (let index = 0; text.length < size; index += 1) text += line(index);
  return text;
};

/** Nine levels of nine: a thousand million values if it were expanded. */
const laughs = Array.from(
  { length: 9 },
  (_, level) => `a${level + 1}: &a${level + 1} [${Array.from({ length: 9 }, () => (level === 0 ? "lol" : `*a${level}`)).join(", ")}]\n`,
).join("");

const corpus: Readonly<Record<string, (size: number) => string>> = {
  "the billion laughs": () => laughs,
  "anchors in anchors": (size) => fill("&a ", size),
  aliases: (size) => `a: &a x\nb: [${fill("*a,", size - 20)}]`,
  tags: (size) => fill("!!str ", size),
  directives: (size) => fill("%YAML 1.2\n", size),
  documents: (size) => fill("---\n", size),
  "ends of documents": (size) => fill("...\n", size),
  "lists in lists": (size) => fill("[", size),
  "maps in maps": (size) => fill("{a: ", size),
  "closed lists in lists": (size) => fill("[", size / 2) + fill("]", size / 2),
  "lists by hyphens": (size) => fill("- ", size),
  "keys by question marks": (size) => fill("? ", size),
  "deep blocks": (size) => lines(size, (index) => `${" ".repeat(index)}a:\n`),
  "empty lists": (size) => fill("[]", size),
  "texts side by side": (size) => fill("'a'\n", size),
  quotes: (size) => fill('"', size),
  "brackets that nothing opened": (size) => fill("true\t<<: ]", size),
  "block texts inside brackets": (size) => fill("[ü|\n|\n# ", size),
  "open quotes": (size) => fill("a: 'b\n", size),
  escapes: (size) => `a: "${fill("\\x41", size - 10)}"`,
  "block texts": (size) => fill("|\n a\n", size),
  "folded lines": (size) => `a: >\n${fill(" a\n\n", size - 10)}`,
  comments: (size) => fill("# x\n", size),
  "empty lines": (size) => fill("\n", size),
  blanks: (size) => fill(" ", size),
  tabs: (size) => fill("\t", size),
  colons: (size) => fill(": ", size),
  commas: (size) => `[${fill(",", size - 2)}]`,
  "one long word": (size) => fill("a", size),
  "one long key": (size) => `${fill("a", size - 3)}: 1`,
  "equal keys": (size) => fill("a: 1\n", size),
  "different keys": (size) => lines(size - 10, (index) => `k${index}: v\n`),
  "different keys on one line": (size) => `{${lines(size - 12, (index) => `k${index},`)}}`,
  "names that reach into objects": (size) => fill("__proto__: {__proto__: {}}\n", size),
  numbers: (size) => `a: [${fill("1.10,", size - 10)}]`,
  "a long number": (size) => `a: ${fill("9", size - 3)}`,
  "control characters": (size) => fill("\u0001", size),
  "folders up and up": (size) => `${head}source: { carry: ["${fill("a/", size - 120)}.."] }\n`,
  "a long condition": (size) => `${head}steps: { a: { run: x, when: '${fill("not ", size - 120)}' } }\n`,
  "a long cron line": (size) => `${head}on: { schedule: { a: { cron: '${fill("1,", size - 120)}' } } }\n`,
  "a long address": (size) => `${head}registries: { a: { ecosystem: pypi, url: 'https://${fill("a@", size - 140)}' } }\n`,
  "a long command": (size) => `${head}steps: { a: { run: '${fill('" ', size - 120)}' } }\n`,
  "circles of pipelines": (size) =>
    `${head}pipelines:\n${lines(Math.min(size, 28_000), (index) => `  p${index}: { on: { tag: x }, steps: { t: { uses: tag }, u: { uses: push } } }\n`)}`,
  "steps with mistakes": (size) =>
    `${head}steps:\n${lines(Math.min(size, 28_000), (index) => `  s${index}: { rnu: x, whn: tagg, uses: foo${index}, environment: e${index} }\n`)}`,
  "environments with mistakes": (size) =>
    `${head}environments:\n${lines(Math.min(size, 28_000), (index) => `  e${index}: { registry: r${index}, credentials: none, gate: g${index} }\n`)}`,
};

function measure(text: string): { readonly ms: number; readonly bytes: number; readonly result: ParsedConfiguration } {
  const bytesBefore = process.memoryUsage().heapUsed;
  const start = process.cpuUsage();
  const result = parseConfiguration(text, "slipway.yaml", vocabulary);
  const { user, system } = process.cpuUsage(start);
  return { ms: (user + system) / 1000, bytes: process.memoryUsage().heapUsed - bytesBefore, result };
}

before(() => {
  // The first reading of a process also compiles the parser; that is start-up, measured elsewhere.
  const text = readFileSync(path.join(import.meta.dirname, "../../test/support/language/release-room.yaml"), "utf8");
  for (let round = 0; round < 5; round += 1) parseConfiguration(text, "slipway.yaml", vocabulary);
});

for (const [name, make] of Object.entries(corpus)) {
  test(`a file of ${name} is refused in less than ${limitMs} ms and 64 MiB`, () => {
    for (const text of new Set(sizes.map(make))) {
      const tries = [measure(text)];
      while (tries.length < 8 && tries.every(({ ms, bytes }) => ms >= limitMs || bytes >= limitBytes)) tries.push(measure(text));

      const [{ result }] = tries as [(typeof tries)[0]];
      assert.equal(result.kind, "invalid");
      assert(result.kind === "invalid" && result.problems.length > 0 && result.problems.length <= 50);
      assert(result.problems.every((problem) => (problem.frame?.length ?? 0) < 400 && problem.message.length < 1000));
      assert(
        Math.min(...tries.map(({ ms }) => ms)) < limitMs,
        `took ${tries.map(({ ms }) => Math.round(ms)).join(", ")} ms for ${text.length} characters`,
      );
      assert(
        Math.min(...tries.map(({ bytes }) => bytes)) < limitBytes,
        `took ${tries.map(({ bytes }) => Math.round(bytes / 1e6)).join(", ")} MB`,
      );
    }
  });
}

test("a file above 256 KiB is refused without being read, by its bytes and not its characters", () => {
  const ascii = parseConfiguration(fill("# x\n", 256 * 1024 + 1), "slipway.yaml", vocabulary);
  const wide = parseConfiguration(fill("# 😀\n", 200 * 1024), "slipway.yaml", vocabulary);

  for (const result of [ascii, wide]) {
    assert(result.kind === "invalid");
    assert.deepEqual(
      result.problems.map(({ code, message }) => [code, message]),
      [["CONFIG_TOO_LARGE", "Cannot read the file: it is larger than 256 KiB"]],
    );
  }
});

test("nothing of a hostile key reaches the prototypes", () => {
  parseConfiguration(
    `${head}environments: { __proto__: { polluted: yes }, "constructor": { prototype: { polluted: yes } } }\n`,
    "x",
    vocabulary,
  );

  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});
