import assert from "node:assert/strict";
import { test } from "node:test";
import { anEnvironment, aPackage, aRegistry, fakeRegistry } from "../../test/support/ports.ts";
import { anActingStep, planOf } from "../../test/support/runs.ts";
import type { Plan } from "../domain/plan/plan.ts";
import { releasePacing } from "./pacing.ts";
import type { Registries } from "./registries.ts";

const crates = aRegistry({ name: "crates", ecosystem: "crates" });

function planWith(count: number): Plan {
  const members = Array.from({ length: count }, (_, index) => ({ name: `c${index}`, folder: `c${index}` }));
  return planOf([anActingStep({ id: "crates", input: {}, environment: "crates" })], {
    packages: [aPackage({ id: "rust", ecosystem: "crates", name: "c", members })],
    environments: [anEnvironment({ name: "crates", registries: [crates] })],
  });
}

function worldWith(versions: (name: string) => "new" | "known" | "silent") {
  const asked: string[] = [];
  const registry = fakeRegistry("crates", {
    versions: async (name) => {
      asked.push(name);
      const standing = versions(name);
      if (standing === "silent") return { kind: "unknown", why: "503" };
      return standing === "new" ? { kind: "absent" } : { kind: "listed", versions: ["0.9.0"] };
    },
  });
  const registries: Registries = {
    world: "real",
    identity: { kind: "none", why: "a test has no identity" },
    signer: () => assert.fail("a test signs nothing"),
    open: () => registry,
    credential: () => assert.fail("a plan opens no credential"),
  };
  return { asked, world: { realRegistries: async () => registries, deadline: () => new AbortController().signal } };
}

test("a plan tells what the limits alone will take, each name asked for once", async () => {
  const { asked, world } = worldWith(() => "new");

  const [paced, ...more] = await releasePacing(world, planWith(12));

  assert.deepEqual([paced?.registry, paced?.newNames, paced?.atLeastMs, paced?.atMostMs], ["crates", 12, 70 * 60_000, 70 * 60_000]);
  assert.deepEqual(more, []);
  assert.equal(new Set(asked).size, 12);
  assert.equal(asked.length, 12);
});

test("a registry that does not answer makes a span, and no error", async () => {
  const [paced] = await releasePacing(worldWith(() => "silent").world, planWith(12));

  assert.deepEqual([paced?.untold, paced?.atLeastMs, paced?.atMostMs], [12, 0, 70 * 60_000]);
});

test("nobody is asked where no answer could matter", async () => {
  const { asked, world } = worldWith(() => "new");

  assert.deepEqual(await releasePacing(world, planWith(5)), []);
  assert.deepEqual(asked, []);
});
