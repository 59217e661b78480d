// Differential fuzzing of the archive readers against Python's, a minute for each parser, side by side. What fails is written
// to a file, whose name and seed are printed. SLIPWAY_FUZZ_SECONDS changes the minute, SLIPWAY_SEED the inputs.
import { describe, it } from "node:test";
import type { ParserName } from "../support/fuzz/parsers.ts";
import { fuzzAndJudge } from "../support/fuzz/told.ts";

const seed = Number(process.env["SLIPWAY_SEED"] ?? 20261121);
const seconds = Number(process.env["SLIPWAY_FUZZ_SECONDS"] ?? 60);
const parsers: readonly ParserName[] = ["zip", "tar.gz", "image"];

describe(`archives by the thousand, held against Python's readers (SLIPWAY_SEED=${seed})`, { concurrency: true }, () => {
  for (const parser of parsers) {
    it(`the ${parser} reader neither crashes nor hangs, and reads what Python reads or says why not`, (t) =>
      fuzzAndJudge(t, { parser, seed, seconds, inputs: Infinity }));
  }
});
