// The archive readers against Python's over more than a million inputs, of a seed that was never used before (it is printed;
// SLIPWAY_SEED repeats it). The minute that every change is held to: test/interop/fuzz-archives.test.ts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ParserName } from "../support/fuzz/parsers.ts";
import { fuzzAndJudge } from "../support/fuzz/told.ts";

const seed = Number(process.env["SLIPWAY_SEED"] ?? Date.now() % 1_000_000_000);
const inputs: Readonly<Record<ParserName, number>> = { zip: 500_000, "tar.gz": 350_000, image: 150_000 };
const secondsMax = 3_300;

describe(`a million archives, held against Python's readers (SLIPWAY_SEED=${seed})`, { concurrency: true }, () => {
  it("asks for a million", () => assert.equal(inputs.zip + inputs["tar.gz"] + inputs.image, 1_000_000));

  for (const parser of ["zip", "tar.gz", "image"] as const) {
    it(`the ${parser} reader neither crashes nor hangs, and reads what Python reads or says why not`, (t) =>
      fuzzAndJudge(t, { parser, seed, seconds: secondsMax, inputs: inputs[parser] }));
  }
});
