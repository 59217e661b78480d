// Artifacts of legs that another machine made (DESIGN §2): taken in the leg's turn, with the word of whoever brought them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact, aPlannedStep } from "../../../test/support/ports.ts";
import { ann, decided, done, failed, keysOf, passed, planOf, started, stateOf, type Told } from "../../../test/support/runs.ts";
import type { Artifact } from "../artifact.ts";
import type { Fact } from "./fact.ts";
import { refuseImport } from "./imports.ts";

const check = aPlannedStep({ id: "check" });
const mac = aPlannedStep({
  id: "build[platform=macos]",
  leg: { platform: "macos" },
  waitsFor: ["check"],
  makes: [{ kind: "wheel", package: "demo", countMin: 1, countMax: 1, platform: "macos" }],
});
const linux = aPlannedStep({
  id: "build[platform=linux]",
  leg: { platform: "linux" },
  waitsFor: ["check"],
  makes: [{ kind: "wheel", package: "demo", countMin: 1, countMax: 1, platform: "linux" }],
});
const smoke = aPlannedStep({ id: "smoke", waitsFor: [mac.id, linux.id], takes: [{ kinds: ["wheel"] }] });
const plan = planOf([check, mac, linux, smoke]);

const wheel = (platform: string): Artifact =>
  anArtifact("wheel", `demo-1.0.0-py3-none-${platform}.whl`, { platform, maker: `build[platform=${platform}]` });
const imported = (step = mac.id, artifacts: readonly Artifact[] = [wheel("macos")]): Fact => ({
  kind: "artifacts-imported",
  step,
  artifacts,
  by: ann,
  reason: "built on a Mac",
});

test("a leg with no place here is done with what was made elsewhere, and the steps after it take it", () => {
  const told: readonly Told[] = [
    [0, passed],
    [1, started("check")],
    [2, done("check")],
    [3, started(mac.id)],
    [3, started(linux.id)],
    [4, failed(mac.id, "NO_PLACE")],
    [5, done(linux.id, [wheel("linux")])],
  ];
  assert.deepEqual(decided(stateOf(plan, told), 9).standing, { kind: "failed", steps: [mac.id] });

  const state = stateOf(plan, [...told, [6, imported()]]);

  assert.deepEqual(keysOf(decided(state, 9).moves), [`end:${mac.id}`]);
  assert.equal(state.steps.get(mac.id)?.failure, undefined);
});

test("what was imported early waits until its leg's turn comes, so that nothing below begins before what stands above", () => {
  const both: readonly Told[] = [
    [0, passed],
    [1, imported()],
    [1, imported(linux.id, [wheel("linux")])],
  ];

  assert.deepEqual(keysOf(decided(stateOf(plan, both), 9).moves), ["work:check"]);
  const after = stateOf(plan, [...both, [2, started("check")], [3, done("check")]]);
  assert.deepEqual(keysOf(decided(after, 9).moves), [`end:${mac.id}`, `end:${linux.id}`]);
});

test("refuseImport() lets a leg that waits or failed be filled, also a second time", () => {
  const leg = { step: mac.id, artifacts: [wheel("macos")] };

  assert.equal(refuseImport(stateOf(plan, []), leg), undefined);
  assert.equal(
    refuseImport(
      stateOf(plan, [
        [1, started(mac.id)],
        [2, failed(mac.id, "NO_PLACE")],
      ]),
      leg,
    ),
    undefined,
  );
  assert.equal(refuseImport(stateOf(plan, [[1, imported()]]), leg), undefined);
});

const refused: readonly (readonly [string, readonly Told[], string, readonly Artifact[], RegExp])[] = [
  ["a step that the plan does not have", [], "build[platform=windows]", [], /the plan has no leg "build\[platform=windows\]"/],
  ["a step without a platform", [], "check", [], /the plan has no leg "check"/],
  [
    "a leg that is done",
    [[1, done(mac.id, [wheel("macos")])]],
    mac.id,
    [wheel("macos")],
    /is done already, with "demo-1\.0\.0-py3-none-macos\.whl"/,
  ],
  ["a leg that is being worked on", [[1, started(mac.id)]], mac.id, [wheel("macos")], /is being worked on/],
  ["a leg that misses a file", [], mac.id, [], /wants other files: missing: wheel of demo/],
  ["a leg that gets one too many", [], mac.id, [wheel("macos"), wheel("linux")], /not expected: wheel "demo-1\.0\.0-py3-none-linux\.whl"/],
  [
    "a file of a name that another leg has",
    [[1, done(linux.id, [{ ...wheel("macos"), platform: "linux" }])]],
    mac.id,
    [wheel("macos")],
    /"build\[platform=linux\]" has a file of the same name/,
  ],
];

for (const [what, told, step, artifacts, expected] of refused) {
  test(`refuseImport() refuses ${what}`, () => {
    assert.match(refuseImport(stateOf(plan, told), { step, artifacts }) ?? "", expected);
  });
}

test("a failed leg lets its siblings end, and nothing below begins", () => {
  const told: readonly Told[] = [
    [0, passed],
    [1, started("check")],
    [2, done("check")],
    [3, started(mac.id)],
    [3, started(linux.id)],
    [4, failed(mac.id)],
  ];
  const working = decided(stateOf(plan, told), 9, [`work:${linux.id}`]);
  assert.deepEqual(keysOf(working.moves), [], "its sibling is left alone");

  const ended = decided(stateOf(plan, [...told, [5, done(linux.id, [wheel("linux")])]]), 9);

  assert.deepEqual([keysOf(ended.moves), ended.standing], [[], { kind: "failed", steps: [mac.id] }]);
});
