// Archives that are known to be bad: each gets the verdict that it must get, whatever Python says, in bounded time.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { knownBad } from "../support/fuzz/known-bad.ts";
import { startOracle } from "../support/fuzz/oracle.ts";
import { fuzzedParsers } from "../support/fuzz/parsers.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** Of the processor, for the largest of them. */
const cpuMsMax = 1_000;

test("every archive of the known-bad corpus gets its verdict, and those that only look bad are read as Python reads them", async (t) => {
  const folder = temporaryFolder(t);
  const oracle = startOracle();
  t.after(() => oracle.close());
  const corpus = knownBad();
  const wrong: string[] = [];
  let readByPython = 0;
  for (const [index, { what, format, bytes, verdict }] of corpus.entries()) {
    const file = join(folder, `${index}.bin`);
    writeFileSync(file, bytes);
    const parser = fuzzedParsers[format];
    const before = process.cpuUsage();
    const ours = await parser.read(file);
    const { user, system } = process.cpuUsage(before);
    const [theirs = null] = await oracle.ask(parser.kind, [bytes]);
    if (theirs !== null && verdict !== "read") readByPython += 1;
    if ((user + system) / 1_000 > cpuMsMax) wrong.push(`${what}: took ${(user + system) / 1_000} ms`);
    if (verdict === "read") assert.deepEqual(ours, { kind: "read", rows: parser.expected(theirs ?? []) }, what);
    else if (ours.kind === "read") wrong.push(`${what}: was read`);
    else if (!ours.faults.some((fault) => verdict.test(fault))) wrong.push(`${what}: ${ours.faults.join("; ")}`);
  }
  t.diagnostic(`${corpus.length} archives; ${readByPython} of the bad ones are read by Python without a word`);

  assert.deepEqual(wrong, []);
  assert.equal(new Set(corpus.map(({ what }) => what)).size, corpus.length, "each stands for something of its own");
});
