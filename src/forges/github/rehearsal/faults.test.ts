import assert from "node:assert/strict";
import { test } from "node:test";
import { faultFor, faultKey } from "../../../loopback/faults.ts";
import { parseForgeFaults } from "./faults.ts";

test("faults are read with their call, their count and their length", () => {
  assert.deepEqual(parseForgeFaults("lost-reply, rate-limit:upload-asset*3, slow=500ms, "), [
    { name: "lost-reply", call: "create-release", count: 1, lastsMs: 0 },
    { name: "rate-limit", call: "upload-asset", count: 3, lastsMs: 1_000 },
    { name: "slow", call: "create-release", count: 1, lastsMs: 500 },
  ]);
});

test("what is no fault is refused with what there is", () => {
  for (const text of ["unheard-of", "lost-reply:nowhere", "half-asset:read", "slow*0", "slow*1001", "slow=1s", "$(id)"]) {
    assert.throws(() => parseForgeFaults(text), { code: "USAGE" }, text);
  }
});

test("a fault strikes as often as it says", () => {
  const [fault] = parseForgeFaults("lost-reply:comment*2");
  assert.ok(fault !== undefined);

  assert.equal(faultFor([fault], "comment", { faultsUsed: {} }), fault);
  assert.equal(faultFor([fault], "comment", { faultsUsed: { [faultKey(fault)]: 1 } }), fault);
  assert.equal(faultFor([fault], "comment", { faultsUsed: { [faultKey(fault)]: 2 } }), undefined);
  assert.equal(faultFor([fault], "read", { faultsUsed: {} }), undefined);
});
