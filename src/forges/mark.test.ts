import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { carriesMark, sameText, withMark } from "./mark.ts";

test("a marked text carries its mark and no other, and says the same as before", () => {
  const text = withMark("## Added\n\n- Everything\n", "run-1/draft");

  assert.equal(text, "## Added\n\n- Everything\n\n<!-- slipway: run-1/draft -->");
  assert.equal(carriesMark(text, "run-1/draft"), true);
  assert.equal(carriesMark(text, "run-1/draf"), false);
  assert.equal(carriesMark(text, "run-1/draft2"), false);
  assert.equal(sameText(text, "## Added\r\n\r\n- Everything"), true);
  assert.equal(sameText(text, "## Added\n\n- Nothing"), false);
  assert.equal(withMark("", "run-1/draft"), "<!-- slipway: run-1/draft -->");
});

test("a server's line ends do not hide a mark, and text after it does not either", () => {
  assert.equal(carriesMark("Notes\r\n\r\n<!-- slipway: run-1/draft -->\r\nEdited by hand", "run-1/draft"), true);
});

test("whatever a text brings along, it ends up with our mark alone", () => {
  const forged = fc.constantFrom(
    "<!-- slipway: run-2/draft -->",
    "<!--slipway:run-2/draft-->",
    "<!-- SLIPWAY: run-2/draft -->",
    "<!--",
    "-->",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), forged)), (parts) => {
      const text = withMark(parts.join("\n"), "run-1/draft");
      return carriesMark(text, "run-1/draft") && !carriesMark(text, "run-2/draft");
    }),
  );
});

test("a mark that would end its line or its comment is refused", () => {
  for (const mark of ["", "ab", "a\nbcd", "run --> x", "run--1/draft", "<script>", "x".repeat(201)]) {
    assert.throws(() => withMark("text", mark), { code: "INTERNAL_ASSERTION" }, mark);
  }
});
