import assert from "node:assert/strict";
import { test } from "node:test";
import { readReleaseRecord } from "../../domain/release-record.ts";
import { aFrozen, anArtifact, fakePorts } from "../../../test/support/ports.ts";
import { recordStep } from "./record.ts";

test("record: writes what was made from which commit, so that it can be read back, and alike each time", async () => {
  const ports = fakePorts();
  const frozen = aFrozen({}, { artifacts: [anArtifact("wheel", "demo-1.0.0-py3-none-any.whl", { platform: "linux-x86_64" })] });

  const worked = await recordStep.perform(frozen, ports);
  const text = await ports.files.readText("/scratch/slipway-record.json");
  await recordStep.perform(frozen, ports);

  assert.equal(worked.kind === "done" && worked.artifacts[0]?.kind, "record");
  const read = readReleaseRecord(text);
  assert.deepEqual(read.kind === "record" && read.record.artifacts.map(({ name, platform }) => `${name} ${platform}`), [
    "demo-1.0.0-py3-none-any.whl linux-x86_64",
  ]);
  assert.equal(read.kind === "record" && read.record.commit, "c".repeat(40));
  assert.equal(await ports.files.readText("/scratch/slipway-record.json"), text);
});
