import assert from "node:assert/strict";
import { test } from "node:test";
import { inMetres } from "./index.js";

test("a depth in fathoms is told in metres", () => {
  assert.equal(inMetres(10), 18.3);
});
