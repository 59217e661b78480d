import assert from "node:assert/strict";
import { test } from "node:test";
import { durationWords, plural, sizeWords, timeWords } from "./words.ts";

for (const [bytes, words] of [
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [18_512, "18.5 kB"],
  [99_949, "99.9 kB"],
  [999_400, "999 kB"],
  [999_999, "1.0 MB"],
  [1_800_000, "1.8 MB"],
  [5_000_000_000, "5.0 GB"],
  [5_000_000_000_000, "5000 GB"],
] as const) {
  test(`${bytes} bytes are ${words}`, () => {
    assert.equal(sizeWords(bytes), words);
  });
}

for (const [ms, words] of [
  [0, "0.0 s"],
  [432, "0.4 s"],
  [9_949, "9.9 s"],
  [9_999, "10 s"],
  [12_300, "12 s"],
  [119_400, "119 s"],
  [119_600, "2 min"],
  [200_000, "3 min 20 s"],
  [239_700, "4 min"],
  [3_599_800, "1 h"],
  [3_600_000, "1 h"],
  [7_500_000, "2 h 5 min"],
  [172_799_000, "47 h 59 min"],
  [172_800_000, "2 days"],
  [345_600_000, "4 days"],
] as const) {
  test(`${ms} ms are ${words}`, () => {
    assert.equal(durationWords(ms), words);
  });
}

test("times are told in UTC, plurals as people say them", () => {
  assert.equal(timeWords(1_700_000_000_123), "2023-11-14 22:13:20 UTC");
  assert.deepEqual(
    [plural(0, "file"), plural(1, "file"), plural(2, "file"), plural(2, "leg", "legs")],
    ["0 files", "1 file", "2 files", "2 legs"],
  );
});
