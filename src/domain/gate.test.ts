import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ApprovalRule } from "./configuration.ts";
import { approvalsMissing, judgeApproval } from "./gate.ts";

const rule: ApprovalRule = { required: 2, from: "managers", standing: "refused" };
const members = ["ann", "ben", "cyd"];
const around = { requester: "ann", members };

test("judgeApproval() counts a member's word", () => {
  assert.deepEqual(judgeApproval(rule, { by: "ben" }, around), { kind: "counts" });
});

test("judgeApproval() refuses who is not in the group, and names who is", () => {
  const verdict = judgeApproval(rule, { by: "eve" }, around);

  assert.equal(verdict.kind, "refused");
  assert.match(verdict.kind === "refused" ? verdict.why : "", /"eve" is not one of managers \(ann, ben, cyd\)/);
});

test("judgeApproval() refuses the requester only where the rule says so", () => {
  assert.equal(judgeApproval(rule, { by: "ann" }, around).kind, "counts");
  assert.equal(judgeApproval({ ...rule, not: "requester" }, { by: "ann" }, around).kind, "refused");
});

test("judgeApproval() wants a note where the rule does, and white space is none", () => {
  const noted: ApprovalRule = { ...rule, note: "required" };

  assert.equal(judgeApproval(noted, { by: "ben" }, around).kind, "refused");
  assert.equal(judgeApproval(noted, { by: "ben", note: "  " }, around).kind, "refused");
  assert.equal(judgeApproval(noted, { by: "ben", note: "looked" }, around).kind, "counts");
});

const naming: readonly (readonly [string, boolean])[] = [
  ["tested at testpypi, works", true],
  ["TestPyPI: fine", true],
  ["(testpypi)", true],
  ["testpypi2 is fine", false],
  ["my-testpypi is fine", false],
  ["test pypi", false],
  ["", false],
];

for (const [note, counts] of naming) {
  test(`judgeApproval() ${counts ? "takes" : "refuses"} the note "${note}" where testpypi has to be named`, () => {
    const verdict = judgeApproval({ ...rule, note: { names: "testpypi" } }, { by: "ben", note }, around);

    assert.equal(verdict.kind, counts ? "counts" : "refused");
  });
}

test("approvalsMissing() counts people, not approvals", () => {
  assert.equal(approvalsMissing(rule, [], {}), 2);
  assert.equal(approvalsMissing(rule, [{ by: "ben" }, { by: "ben" }], {}), 1);
  assert.equal(approvalsMissing(rule, [{ by: "ben" }, { by: "cyd" }, { by: "ann" }], {}), 0);
});

test("a gate opens exactly when enough different people, whom the rule lets speak, have spoken", () => {
  const person: fc.Arbitrary<string> = fc.constantFrom("ann", "ben", "cyd", "eve");
  fc.assert(
    fc.property(fc.array(person, { maxLength: 6 }), fc.integer({ min: 1, max: 3 }), fc.boolean(), (speakers, required, notRequester) => {
      const asked: ApprovalRule = { ...rule, required, ...(notRequester ? { not: "requester" } : {}) };
      const counted = speakers.filter((by) => judgeApproval(asked, { by }, around).kind === "counts").map((by) => ({ by }));
      const allowed = members.filter((name) => !(notRequester && name === "ann") && speakers.includes(name));

      assert.equal(approvalsMissing(asked, counted, {}) === 0, allowed.length >= required);
    }),
  );
});
