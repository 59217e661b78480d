import assert from "node:assert/strict";
import { test } from "node:test";
import { aPlannedStep } from "../../../test/support/ports.ts";
import { anActingStep, planOf } from "../../../test/support/runs.ts";
import { couldGoEarlier, exposuresOf } from "./exposure.ts";

const build = aPlannedStep({ id: "build", makes: [{ kind: "image", package: "demo", countMin: 1, countMax: 1 }] });
const publish = (id: string, waitsFor: readonly string[], reach: "irreversible" | "expendable" | "reversible" = "irreversible") =>
  anActingStep({ id, title: `publish to ${id}`, waitsFor, reach });
const stage = (waitsFor: readonly string[]) =>
  anActingStep({ id: "staged", uses: "stage@1", reach: "reversible", waitsFor, takes: [{ kinds: ["image"] }] });

test("a step below the line leaves public what went before it, and perhaps what goes beside it", () => {
  const plan = planOf([build, publish("crates", ["build"]), publish("npm", ["build"]), publish("pypi", ["crates", "npm"])]);

  assert.deepEqual(exposuresOf(plan), [
    { step: "crates", leftPublic: [], perhaps: ["publish to npm"], partOfIt: true },
    { step: "npm", leftPublic: [], perhaps: ["publish to crates"], partOfIt: true },
    { step: "pypi", leftPublic: ["publish to crates", "publish to npm"], perhaps: [], partOfIt: true },
  ]);
});

test("tags of images are seen until somebody takes them back", () => {
  const plan = planOf([build, publish("crates", ["build"]), publish("images", ["crates"], "reversible"), publish("page", ["images"])]);

  assert.deepEqual(
    exposuresOf(plan).map(({ leftPublic, partOfIt }) => [leftPublic, partOfIt]),
    [
      [[], true],
      [["publish to crates"], true],
      [["publish to crates", "publish to images (can be taken back)"], true],
    ],
  );
});

test("steps above the line leave nothing public, and work below it leaves nothing of its own", () => {
  const plan = planOf([build, stage(["build"]), publish("crates", ["staged"]), aPlannedStep({ id: "installs", waitsFor: ["crates"] })]);

  assert.deepEqual(exposuresOf(plan), [{ step: "crates", leftPublic: [], perhaps: [], partOfIt: true }]);
});

test("what nobody sees and stands behind an irreversible step could go earlier", () => {
  const late = planOf([build, publish("crates", ["build"]), stage(["build", "crates"]), publish("tags", ["staged"], "reversible")]);
  const early = planOf([build, stage(["build"]), publish("crates", ["staged"])]);
  const trial = planOf([build, publish("pypi", ["build"]), publish("testpypi", ["pypi"], "expendable")]);

  assert.deepEqual(couldGoEarlier(late), [{ step: "staged", behind: ["crates"] }]);
  assert.deepEqual(couldGoEarlier(early), []);
  assert.deepEqual(couldGoEarlier(trial), [{ step: "testpypi", behind: ["pypi"] }]);
});

test("a step that takes what is made behind the line stays there", () => {
  const made = aPlannedStep({
    id: "image",
    waitsFor: ["crates"],
    makes: [{ kind: "image", package: "demo", countMin: 1, countMax: 1 }],
  });
  const plan = planOf([build, publish("crates", ["build"]), made, stage(["image"])]);

  assert.deepEqual(couldGoEarlier(plan), []);
});
