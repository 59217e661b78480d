// The small readers: durations, conditions, cron lines, addresses, frames.
import assert from "node:assert/strict";
import { test } from "node:test";
import { faultOfAddress } from "./address.ts";
import { readCondition } from "./condition.ts";
import { faultOfCron } from "./cron.ts";
import { readDuration } from "./duration.ts";
import { frameAt, maskCredentials, placeAt, sourceText } from "./frame.ts";

for (const [text, ms] of [
  ["30s", 30_000],
  ["15m", 900_000],
  ["2h", 7_200_000],
  ["3d", 259_200_000],
  ["0s", undefined],
  ["1.5h", undefined],
  ["-1s", undefined],
  ["1h30m", undefined],
  ["10", undefined],
  ["1w", undefined],
  ["9999999s", undefined],
] as const) {
  test(`readDuration() reads ${text} as ${ms}`, () => {
    assert.equal(readDuration(text), ms);
  });
}

for (const [text, condition] of [
  ["tag", { not: false, kind: "tag" }],
  ["not final", { not: true, kind: "final" }],
  ["not  release-published", { not: true, kind: "release-published" }],
  ["input.smoke-build", { not: false, kind: "input", name: "smoke-build" }],
  ["not input.all", { not: true, kind: "input", name: "all" }],
  ["not", undefined],
  ["not not tag", undefined],
  ["Tag", undefined],
  ["input.", undefined],
  ["inputs.a", undefined],
  ["tag\nfinal", undefined],
] as const) {
  test(`readCondition() reads ${JSON.stringify(text)}`, () => {
    assert.deepEqual(readCondition(text), condition);
  });
}

for (const text of ["0 4 * * 1", "*/15 * * * *", "0 0-6/2 1,15 * 1-5", "59 23 31 12 7"]) {
  test(`faultOfCron() accepts ${text}`, () => {
    assert.equal(faultOfCron(text), undefined);
  });
}

for (const text of [
  "",
  "@daily",
  "0 4 * *",
  "60 4 * * 1",
  "0 24 * * 1",
  "0 4 0 * 1",
  "0 4 * 13 1",
  "0 4 * * 8",
  "5-1 4 * * 1",
  "*/0 * * * *",
  "0 4 * * MON",
  "0,, 4 * * 1",
]) {
  test(`faultOfCron() refuses ${JSON.stringify(text)}`, () => {
    assert.equal(typeof faultOfCron(text), "string");
  });
}

for (const text of [
  "https://packages.example/upload/",
  "http://localhost:8080/",
  "http://127.1.2.3/x",
  "http://[::1]:3141/root/dev/",
  "HTTPS://PACKAGES.EXAMPLE",
]) {
  test(`faultOfAddress() accepts ${text}`, () => {
    assert.equal(faultOfAddress(text), undefined);
  });
}

for (const [text, secret] of [
  ["http://packages.example/", false],
  ["http://127.0.0.1.example/", false],
  ["http://localhost.example/", false],
  ["https://bob@packages.example/", true],
  ["https://:x@packages.example/", true],
  ["https://packages.example/?token=x", false],
  ["https://packages.example/#x", false],
  ["https://packages.example/ x", false],
  ["https://", false],
  ["packages.example", false],
  ["file:///etc/passwd", false],
  ["ftp://packages.example/", false],
  ["javascript:alert(1)", false],
] as const) {
  test(`faultOfAddress() refuses ${text}${secret ? " and hides it" : ""}`, () => {
    assert.equal(faultOfAddress(text)?.secret, secret);
  });
}

test("placeAt() counts lines and characters from 1", () => {
  const source = sourceText("ab\n😀c\n\nd", "x");

  assert.deepEqual(
    [0, 2, 3, 5, 6, 7, 8, 9].map((offset) => [placeAt(source, offset).line, placeAt(source, offset).column]),
    [
      [1, 1],
      [1, 3],
      [2, 1],
      [2, 2],
      [2, 3],
      [3, 1],
      [4, 1],
      [4, 2],
    ],
  );
});

test("frameAt() hides what it is told to hide and shows nothing that steers a terminal", () => {
  const source = sourceText("a: secret # \u200B\u0085end\n", "x");

  assert.equal(frameAt(source, { start: 3, end: 9 }, [{ start: 3, end: 9 }]), "1 | a: ****** # ��end\n  |    ^^^^^^");
});

test("maskCredentials() keeps the length of what it masks", () => {
  const text = "pypi-AgEIcHlwaS5vcmcCJGIx npm_0123456789abcdefghij https://bob:pw@host/ pypi-production";

  const masked = maskCredentials(text);

  assert.equal(masked.length, text.length);
  assert.equal(masked, `${"*".repeat(25)} ${"*".repeat(24)} https://******@host/ pypi-production`);
});
