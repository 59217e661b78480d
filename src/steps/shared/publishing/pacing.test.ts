import assert from "node:assert/strict";
import { test } from "node:test";
import { aFrozen, anArtifact, anEnvironment, aPackage, aRegistry, fakePorts, fakeRegistry } from "../../../../test/support/ports.ts";
import type { Effect } from "../../../domain/run/effect.ts";
import { listEffects } from "./effects.ts";

const registry = aRegistry({ name: "crates", ecosystem: "crates" });

async function effectsOf(count: number, known: (name: string) => boolean): Promise<readonly Effect[]> {
  const members = Array.from({ length: count }, (_, index) => ({ name: `c${index}`, folder: `c${index}` }));
  const packages = [aPackage({ id: "rust", ecosystem: "crates", name: "c", members })];
  const artifacts = members.map(({ name }) => anArtifact("crate", `${name}-1.0.0.crate`, { package: "rust" }));
  const at = fakeRegistry("crates", {
    versions: async (name) => (known(name) ? { kind: "listed", versions: ["0.9.0"] } : { kind: "absent" }),
  });
  const frozen = aFrozen({}, { packages, artifacts, environment: anEnvironment({ registries: [registry] }) });
  return listEffects({ registries: [registry] }, frozen, fakePorts({ registries: [at] }));
}

test("many crates go in two lanes, since new ones and new versions are counted apart", async () => {
  const effects = await effectsOf(7, (name) => name < "c3");

  const lanes = ["new-version", "new-version", "new-version", "new-crate", "new-crate", "new-crate", "new-crate"];
  assert.deepEqual(effects.map(({ lane }) => lane), lanes); // prettier-ignore
});

test("few crates are not asked about", async () => {
  const effects = await effectsOf(5, () => assert.fail("the registry was asked"));

  assert.deepEqual(effects.map(({ lane }) => lane), [undefined, undefined, undefined, undefined, undefined]); // prettier-ignore
});
