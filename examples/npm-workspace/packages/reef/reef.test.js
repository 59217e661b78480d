import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const reef = fileURLToPath(new URL("./reef.js", import.meta.url));

test("reef tells a depth in metres", () => {
  assert.equal(execFileSync(process.execPath, [reef, "10"], { encoding: "utf8" }), "18.3 m\n");
});
