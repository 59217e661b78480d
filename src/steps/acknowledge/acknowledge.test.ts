import assert from "node:assert/strict";
import { test } from "node:test";
import { aPlanned, aUse, fakePorts } from "../../../test/support/ports.ts";
import { acknowledgeStep } from "./acknowledge.ts";

test("acknowledge: asks its text of the people named, bound to the paths it is for", () => {
  const input = { text: "Frozen, squashed, reviewed", for: ["**/migrations/**"], from: "managers" };

  assert.deepEqual(acknowledgeStep.question(aUse(input)), { text: input.text, from: "managers", paths: ["**/migrations/**"] });
  assert.equal(acknowledgeStep.describe(aUse(input)), "wait for managers to confirm: Frozen, squashed, reviewed");
});

test("acknowledge: `for: commit` binds the answer to every path of the commit, and no `for` to none", () => {
  assert.deepEqual(acknowledgeStep.question(aUse({ text: "x", for: "commit" as const })).paths, ["**"]);
  assert.deepEqual(acknowledgeStep.question(aUse({ text: "x", for: "docs/**" })).paths, ["docs/**"]);
  assert.deepEqual(acknowledgeStep.question(aUse({ text: "x" })), { text: "x", paths: [] });
});

test("acknowledge: preflight blocks nothing, and says that a person will be asked", async () => {
  const findings = await acknowledgeStep.preflight(aPlanned({ text: "Reviewed" }), fakePorts());

  assert.deepEqual(
    findings.map((one) => one.level),
    ["fine"],
  );
});

test("acknowledge: refuses an empty text, unknown members and globs that leave the repository", () => {
  for (const wrong of [{ text: "" }, { text: "x", form: "a" }, { text: "x", for: "../x" }, { text: "x", for: [] }]) {
    assert.equal(acknowledgeStep.input.fits(wrong), false, JSON.stringify(wrong));
  }
});
