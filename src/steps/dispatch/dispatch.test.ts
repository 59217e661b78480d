import assert from "node:assert/strict";
import { test } from "node:test";
import type { Effect } from "../../domain/run/effect.ts";
import { aFrozen, aPackage, aPlan, aPlanned, aUse, fakePorts } from "../../../test/support/ports.ts";
import { fakeForge } from "../../../test/support/fake-forge.ts";
import { dispatchStep } from "./dispatch.ts";

const packages = [aPackage({ tag: "v1.0.0" })];
const frozen = aFrozen({ pipeline: "publish" }, { packages, plan: aPlan({ packages }) });

test("dispatch: starts the workflow once, with the tag and a mark by which the run is found again", async () => {
  const forge = fakeForge();
  const ports = fakePorts({ forge });
  const [effect] = await dispatchStep.effects(frozen, ports);
  assert.ok(effect !== undefined);

  const before = await dispatchStep.observe(effect, ports);
  await dispatchStep.perform(effect, before, ports);
  const after = await dispatchStep.verify(effect, ports);

  assert.deepEqual([before.kind, after.kind], ["absent", "verified"]);
  assert.deepEqual(forge.held.calls, ["dispatch publish.yml at refs/tags/v1.0.0"]);
  assert.deepEqual(forge.held.runs[0]?.inputs, { tag: "v1.0.0", slipway: "start/demo/v1.0.0/publish" });
});

test("dispatch: a run that somebody else started is none of ours, and silence is unknown", async () => {
  const forge = fakeForge();
  forge.held.runs.push({ id: 1, title: "by hand", state: "done", commit: "", url: "", createdAt: "", inputs: {} });
  const [effect] = (await dispatchStep.effects(frozen, fakePorts({ forge }))) as readonly [Effect];

  assert.equal((await dispatchStep.observe(effect, fakePorts({ forge }))).kind, "absent");
  assert.equal((await dispatchStep.verify(effect, fakePorts({ forge: fakeForge({ silent: true }) }))).kind, "unknown");
});

test("dispatch: a run for the tag as it stood before it was withdrawn is none of this release", async () => {
  const forge = fakeForge();
  const ports = fakePorts({ forge });
  const [effect] = (await dispatchStep.effects(frozen, ports)) as readonly [Effect];
  await dispatchStep.perform(effect, { kind: "absent" }, ports);
  const [run] = forge.held.runs;
  assert.ok(run !== undefined);
  assert.equal((await dispatchStep.observe(effect, ports)).kind, "present");

  forge.held.runs.splice(0, 1, { ...run, commit: "d".repeat(40) });

  assert.equal((await dispatchStep.observe(effect, ports)).kind, "absent");
});

test("dispatch: says which workflow it starts, what cannot be tried, and wants a tag", async () => {
  assert.equal(
    dispatchStep.describe(aUse({ pipeline: "publish", workflow: "ship.yaml" })),
    "start the pipeline publish (ship.yaml) at the forge",
  );
  assert.deepEqual(
    (await dispatchStep.preflight(aPlanned({ pipeline: "publish" }), fakePorts())).map(({ level }) => level),
    ["cannot-be-tried"],
  );
  await assert.rejects(dispatchStep.effects(aFrozen({ pipeline: "publish" }), fakePorts({ forge: fakeForge() })), { code: "PLAN_INVALID" });
});
