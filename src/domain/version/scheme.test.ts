import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../error.ts";
import { pep440 } from "./pep440.ts";
import { quoteVersion, readVersion } from "./scheme.ts";

test("readVersion() throws VERSION_INVALID with reason and hint", () => {
  assert.throws(
    () => readVersion(pep440, "1.0-nightly"),
    (error) =>
      error instanceof SlipwayError &&
      error.code === "VERSION_INVALID" &&
      error.message.startsWith('Cannot read "1.0-nightly" as a PEP 440 version: ') &&
      error.hint !== undefined,
  );
});

test("quoteVersion() gives one short printable line for any text", () => {
  assert.equal(quoteVersion('a"b'), String.raw`"a\"b"`);
  assert.equal(quoteVersion("\u001b[31m\n\u202e\ud800"), String.raw`"\u001b[31m\n\u202e\ud800"`);
  assert.equal(quoteVersion("1".repeat(200)), `"${"1".repeat(77)}..."`);
});
