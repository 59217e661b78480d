// A leg whose platform is another than this machine's (DESIGN §2, §6).
import assert from "node:assert/strict";
import { test } from "node:test";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { decided, done, failed, keysOf, passed, planOf, started, stateOf, type Told } from "../../../test/support/runs.ts";
import type { RunMode } from "./fact.ts";

const mac = aPlannedStep({ id: "build[platform=macos]", leg: { platform: "macos" }, retry: 2 });
const linux = aPlannedStep({ id: "build[platform=linux]", leg: { platform: "linux" } });
const check = aPlannedStep({ id: "check", waitsFor: [mac.id, linux.id] });
const told: readonly Told[] = [
  [0, passed],
  [1, started(mac.id)],
  [1, started(linux.id)],
  [2, failed(mac.id, "NO_PLACE")],
  [3, done(linux.id)],
];

function decidedIn(mode: RunMode, more: readonly Told[] = []) {
  return decided(stateOf(planOf([mac, linux, check]), [...told, ...more], mode), 1_000_000);
}

test("a rehearsal goes on without a leg that has no place here", () => {
  assert.deepEqual(keysOf(decidedIn("rehearsal").moves), ["work:check"]);
  assert.deepEqual(
    keysOf(
      decidedIn("rehearsal", [
        [4, started("check")],
        [5, done("check")],
      ]).moves,
    ),
    ["close"],
  );
});

test("a run does not go on without it, and does not try it again by itself where it has no place", () => {
  const { moves, wakeAtMs, standing } = decidedIn("run");
  assert.deepEqual([keysOf(moves), wakeAtMs, standing], [[], undefined, { kind: "failed", steps: [mac.id] }]);
});
