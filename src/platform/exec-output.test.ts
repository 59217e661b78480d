import assert from "node:assert/strict";
import { test } from "node:test";
import { createKeeper, createLineSplitter, createOutput, lineLengthMax } from "./exec-output.ts";
import { createRedactor } from "./redactor.ts";

function linesOf(pieces: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

test("lines come without their ends, whatever the pieces are", () => {
  assert.deepEqual(linesOf(["a\r\nb", "c\n\nd\r", "\ne"]), ["a", "bc", "", "d", "e"]);
  assert.deepEqual(linesOf([..."a\r\nbc\n\nd\r\ne"]), ["a", "bc", "", "d", "e"]);
});

test("a line above the limit comes in pieces that break no character", () => {
  const text = `${"x".repeat(lineLengthMax - 1)}🚢${"y".repeat(lineLengthMax)}`;

  const lines = linesOf([text, "\n"]);

  assert.equal(lines.join(""), text);
  assert.ok(lines.every((line) => line.length <= lineLengthMax && line.isWellFormed()));
});

test("characters cut by the border of two chunks arrive whole", () => {
  const lines: string[] = [];
  const output = createOutput(createRedactor().stream(), { keepBytes: 100, onLine: (line) => lines.push(line) });

  for (const byte of Buffer.from("grün 🚢\n")) output.push(Buffer.from([byte]));

  assert.deepEqual(output.end(), { text: "grün 🚢\n", leftOutBytes: 0 });
  assert.deepEqual(lines, ["grün 🚢"]);
});

test("a secret cut by a chunk border and by the line limit is hidden in lines and in what is kept", () => {
  const redactor = createRedactor();
  redactor.add("canary-0123456789");
  const lines: string[] = [];
  const output = createOutput(redactor.stream(), { keepBytes: 1_000_000, onLine: (line) => lines.push(line) });

  output.push(Buffer.from(`${"x".repeat(lineLengthMax - 8)}canary-`));
  output.push(Buffer.from("0123456789\n"));

  assert.ok(!lines.join("").includes("0123"), "lines");
  assert.ok(!output.end().text.includes("canary"), "kept");
});

test("what fits is kept whole, to the byte", () => {
  for (const pieces of [["abc", "def", "ghi"], ["abcdefghi"], [..."abcdefghi"]]) {
    const keeper = createKeeper(9);
    for (const piece of pieces) keeper.push(piece);

    assert.deepEqual(keeper.end(), { text: "abcdefghi", leftOutBytes: 0 });
  }
});

test("what does not fit loses its middle, and says how much", () => {
  const keeper = createKeeper(8);
  for (const piece of ["ab", "cdef", "ghijkl", "mnop"]) keeper.push(piece);

  assert.deepEqual(keeper.end(), { text: "abcd\n… 8 bytes left out …\nmnop", leftOutBytes: 8 });
});

test("the cut breaks no character, and memory stays bounded", () => {
  const keeper = createKeeper(1_001);
  for (let i = 0; i < 200_000; i += 1) keeper.push("🚢");

  const { text, leftOutBytes } = keeper.end();

  assert.ok(!text.includes("\ufffd"));
  assert.equal(Buffer.byteLength(text.replace(/\n… .* …\n/, "")) + leftOutBytes, 800_000);
});
