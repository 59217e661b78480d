// What goes with a file depends on how its registry was really opened, and not on what slipway.yaml means.
import assert from "node:assert/strict";
import { test } from "node:test";
import { attestationName } from "../../domain/attestation/names.ts";
import type { Registry, Upload } from "../../registries/registry.ts";
import {
  aFrozen,
  aRegistry,
  anArtifact,
  anEnvironment,
  fakeArchives,
  fakePorts,
  fakeRegistry,
  memoryFiles,
} from "../../../test/support/ports.ts";
import { publishStep } from "./publish.ts";

const wheel = anArtifact("wheel", "demo-1.0.0-py3-none-any.whl");
const attestation = anArtifact("attestation", attestationName(wheel.name));

async function sentWith(byIdentity: boolean): Promise<unknown> {
  const uploads: Upload[] = [];
  const publish: Registry["publish"] = async (upload) => {
    uploads.push(upload);
    return { kind: "sent", warnings: [] };
  };
  const registries = [aRegistry({ credentials: { kind: "trusted-publishing" } })];
  const ports = fakePorts({
    archives: fakeArchives({
      [`/store/${wheel.digest}`]: { "demo-1.0.0.dist-info/METADATA": "Metadata-Version: 2.4\nName: demo\n\nHello\n" },
    }),
    files: memoryFiles({ [`/store/${attestation.digest}`]: '{"version":1}\n' }),
    registries: [fakeRegistry("pypi", { publish })],
  });
  const frozen = aFrozen({}, { environment: anEnvironment({ registries }), artifacts: [wheel, attestation] });
  const [effect] = await publishStep.effects(frozen, ports);
  assert.ok(effect !== undefined);
  const opening = { ...ports, open: async (...given: Parameters<typeof ports.open>) => ({ ...(await ports.open(...given)), byIdentity }) };
  assert.equal((await publishStep.perform(effect, { kind: "absent" }, opening)).kind, "sent");
  return uploads[0]?.metadata["attestations"];
}

test("an attestation goes with its file where an identity opened the index", async () => {
  assert.deepEqual(await sentWith(true), ['{"version":1}']);
});

test("beside a token, such as that of a fallback, it stays behind", async () => {
  assert.equal(await sentWith(false), undefined);
});
