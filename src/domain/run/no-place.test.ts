// A leg whose platform is another than this machine's (DESIGN §2, §6).
import assert from "node:assert/strict";
import { test } from "node:test";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { decided, done, failed, keysOf, passed, planOf, started, stateOf, type Told } from "../../../test/support/runs.ts";
import type { RunMode } from "./fact.ts";
import { notTried } from "./no-place.ts";

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

const wheels = [{ kind: "wheel", package: "demo", countMin: 1, countMax: 1 }] as const;
const only = { ...mac, makes: wheels };
const taking = (id: string, waitsFor: readonly string[]) => aPlannedStep({ id, waitsFor, takes: [{ kinds: ["wheel"] }] });
const sums = { ...taking("sums", [only.id]), makes: [{ kind: "checksum-file", package: "demo", countMin: 1, countMax: 1 }] as const };
const page = aPlannedStep({ id: "page", waitsFor: ["sums"], takes: [{ kinds: ["checksum-file"] }] });
const other = aPlannedStep({ id: "other", waitsFor: [only.id] });

test("a rehearsal does not try a step for which nothing was made, because nothing of it has a place here", () => {
  const state = stateOf(
    planOf([only, sums, page, other]),
    [
      [0, passed],
      [1, started(mac.id)],
      [2, failed(mac.id, "NO_PLACE")],
    ],
    "rehearsal",
  );

  assert.deepEqual(keysOf(decided(state, 1_000_000).moves), ["work:other"]);
  assert.deepEqual([...notTried(state)], ["sums", "page"]);
  const over = stateOf(
    planOf([only, sums, page, other]),
    [
      [0, passed],
      [1, started(mac.id)],
      [2, failed(mac.id, "NO_PLACE")],
      [3, started("other")],
      [4, done("other")],
    ],
    "rehearsal",
  );
  assert.deepEqual(keysOf(decided(over, 1_000_000).moves), ["close"]);
});

test("a step is tried as soon as one that makes what it takes has a place here", () => {
  const both = [only, { ...linux, makes: wheels }, taking("check", [mac.id, linux.id])];
  const facts: readonly Told[] = [
    [0, passed],
    [1, started(mac.id)],
    [2, failed(mac.id, "NO_PLACE")],
  ];
  const waiting = stateOf(planOf(both), facts, "rehearsal");
  assert.deepEqual([keysOf(decided(waiting, 1_000_000).moves), [...notTried(waiting)]], [[`work:${linux.id}`], []]);
  const built = stateOf(planOf(both), [...facts, [3, started(linux.id)], [4, done(linux.id)]], "rehearsal");
  assert.deepEqual(keysOf(decided(built, 1_000_000).moves), ["work:check"]);
});

test("a run leaves nothing out: it waits for a machine", () => {
  const state = stateOf(planOf([only, sums]), [
    [0, passed],
    [1, started(mac.id)],
    [2, failed(mac.id, "NO_PLACE")],
  ]);

  assert.deepEqual([keysOf(decided(state, 1_000_000).moves), [...notTried(state)]], [[], []]);
});
