import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage, aPlan, aPlannedStep, anEnvironment } from "../../../test/support/ports.ts";
import { variablesFor } from "./variables.ts";

test("variablesFor() tells the release, the step and the leg", () => {
  const variables = variablesFor({
    plan: aPlan({ project: "tool" }),
    step: aPlannedStep({ id: "checks/lint" }),
    packages: [aPackage({ version: "0.2.0rc1" })],
    leg: { variant: "cli", "py-min": "3.12" },
  });

  assert.deepEqual(variables, {
    SLIPWAY_PROJECT: "tool",
    SLIPWAY_COMMIT: "c".repeat(40),
    SLIPWAY_STEP: "checks/lint",
    SLIPWAY_VERSION: "0.2.0rc1",
    SLIPWAY_TAG: "v1.0.0",
    SLIPWAY_LEG_VARIANT: "cli",
    SLIPWAY_LEG_PY_MIN: "3.12",
  });
});

test("variablesFor() gives no single version where packages differ, but one for each", () => {
  const packages = [aPackage({ id: "core-lib", version: "1.0" }), aPackage({ id: "cli", version: "2.0" })];

  const variables = variablesFor({ plan: aPlan(), step: aPlannedStep(), packages, leg: {} });

  assert.equal(variables["SLIPWAY_VERSION"], undefined);
  assert.equal(variables["SLIPWAY_VERSION_CORE_LIB"], "1.0");
  assert.equal(variables["SLIPWAY_VERSION_CLI"], "2.0");
});

test("variablesFor() adds the environment's variables, which cannot replace what Slipway tells", () => {
  const environment = anEnvironment({ variables: { STAGE: "test", SLIPWAY_VERSION: "9.9" } });

  const variables = variablesFor({ plan: aPlan(), step: aPlannedStep(), packages: [aPackage()], leg: {}, environment });

  assert.equal(variables["STAGE"], "test");
  assert.equal(variables["SLIPWAY_VERSION"], "1.0.0");
});

test("variablesFor() names no tag where the run is not pinned to one", () => {
  const plan = aPlan({ source: { commit: "d".repeat(40), moved: "stop", epochSeconds: 1 } });

  const variables = variablesFor({ plan, step: aPlannedStep(), packages: [aPackage()], leg: {} });

  assert.equal("SLIPWAY_TAG" in variables, false);
});
