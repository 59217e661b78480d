import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApprovalRule } from "../configuration.ts";
import { approvalsMissing, approvalsWanted } from "../gate.ts";
import { asksForMore, boundChanges, type ReleaseChange } from "./release-changes.ts";

const change = (kind: ReleaseChange["kind"]): ReleaseChange => ({ kind, artifact: "demo.whl", what: "x" });

test("a rule asks for more where the release holds what it names, or something could not be compared", () => {
  assert.equal(asksForMore(["new-dependency"], [change("new-dependency")]), true);
  assert.equal(asksForMore(["new-dependency"], [change("size"), change("unknown")]), true);
  assert.equal(asksForMore(["new-dependency"], [change("size")]), false);
  assert.equal(asksForMore(["new-dependency"], undefined), false);
  assert.equal(asksForMore(undefined, [change("unknown")]), false);
});

test("one more person is wanted because of it, however many reasons there are, and one person twice is one", () => {
  const rule: ApprovalRule = { required: 1, from: "maintainers", standing: "refused", moreWhen: ["size", "install-script"] };
  const subject = { changes: [change("size"), change("install-script")] };

  assert.deepEqual([approvalsWanted(rule, {}), approvalsWanted(rule, subject)], [1, 2]);
  assert.equal(approvalsMissing(rule, [{ by: "ben" }, { by: "ben" }], subject), 1);
  assert.equal(approvalsMissing(rule, [{ by: "ben" }, { by: "cyd" }], subject), 0);
});

test("many changes are bounded, and no kind is lost with what is left out", () => {
  const many = [...Array.from({ length: 150 }, () => change("untracked-file")), change("size")];

  const bounded = boundChanges("demo.whl", many);

  assert.equal(bounded.length, 102);
  assert.deepEqual(
    bounded.slice(100).map(({ kind, what }) => [kind, what]),
    [
      ["untracked-file", "and 50 more"],
      ["size", "and 1 more"],
    ],
  );
  assert.equal(boundChanges("demo.whl", [{ ...change("size"), what: `a\nb${"c".repeat(999)}` }])[0]?.what.length, 300);
});
