import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkTagName, tagNameLengthMax } from "./tag-name.ts";

const reasonFor = (name: string): string => {
  const checked = checkTagName(name);
  return checked.kind === "invalid" ? checked.reason : "";
};

test("plain tag names are taken", () => {
  for (const name of [
    "v1.0.0",
    "recorder-v0.2.0-rc.1",
    "v1!2.0",
    "@scope/name@1.0.0",
    "release/2026.11",
    "v1.0+build.5",
    "a".repeat(250),
  ]) {
    assert.equal(reasonFor(name), "", name);
  }
});

test("names that would be an option, a range, another ref or an object id are refused", () => {
  const hostile = [
    "-d",
    "--delete",
    "a/-b",
    "v1..v2",
    "v1...v2",
    "@",
    "HEAD",
    "head",
    "refs/heads/main",
    "refs",
    "REFS/x",
    "a".repeat(40),
    "0".repeat(64),
    "",
    "/v1",
    "v1/",
    "a//b",
    ".v1",
    "a/.b",
    "v1.",
    "v1.lock",
    "a.lock/b",
    "v1.LOCK",
    "v@{1}",
    "@{u}",
    "v1^",
    "v1~1",
    "v1:x",
    "v1?",
    "v1*",
    "v[1]",
    "v\\1",
    "v 1",
    "v1\t",
    "v1\n",
    "v1\r",
    "v1\u0000",
    "v1\u007f",
    "v1\u001b[2J",
    "v1;rm",
    "$(x)",
    "`x`",
    "v1|x",
    "v1&x",
    "v1>x",
    "'v1'",
    '"v1"',
    "v1#",
    "v1%41",
    "v{version}",
    "v1\u00a0",
    "v\u0661",
    "\u202ev1",
    "v1\u200b",
    "vé1",
    "v1\ud800",
  ];
  for (const name of hostile) assert.notEqual(reasonFor(name), "", JSON.stringify(name));
});

test("names that git could not write as a file are refused", () => {
  assert.match(reasonFor("a".repeat(251)), /at most 250 characters between/);
  assert.match(reasonFor(`${"a".repeat(128)}/${"b".repeat(tagNameLengthMax - 128)}`), /at most 255 characters/);
  assert.equal(reasonFor(`${"a".repeat(127)}/${"b".repeat(tagNameLengthMax - 128)}`), "");
});

test("no text at all makes a valid name outside the alphabet, or an exception", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) }), (name) => {
      if (checkTagName(name).kind === "valid") assert.match(name, /^[A-Za-z0-9._@+!][A-Za-z0-9._/@+!-]*$/);
    }),
  );
});
