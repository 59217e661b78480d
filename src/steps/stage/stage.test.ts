// What `stage` puts where nobody sees it, and what `publish` then makes of it: as effects and looks, with a registry that holds
// what the test says.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedRegistry } from "../../domain/plan/plan.ts";
import type { Effect } from "../../domain/run/effect.ts";
import type { Registry, Staged } from "../../registries/registry.ts";
import {
  aFrozen,
  aPackage,
  aPlan,
  aPlanned,
  aPlannedStep,
  aRegistry,
  aUse,
  anArtifact,
  anEnvironment,
  fakePorts,
  fakeRegistry,
  memoryFiles,
} from "../../../test/support/ports.ts";
import { publishStep } from "../publish/publish.ts";
import { stageStep } from "./stage.ts";

const members = [
  { name: "reef-core", folder: "core" },
  { name: "reef", folder: "reef", needs: ["reef-core"] },
];
const packages = [aPackage({ id: "reef", ecosystem: "npm", name: "reef", members })];
const artifacts = ["reef-core-1.0.0.tgz", "reef-1.0.0.tgz"].map((name) => anArtifact("npm-tarball", name, { package: "reef" }));
const registry = aRegistry({ name: "npm", ecosystem: "npm" });
const environment = anEnvironment({ registries: [registry] });
const stage = aPlannedStep({ id: "staged", uses: "stage@2", kind: "acting", zone: "publish", environment: environment.name, input: {} });
const publish = aPlannedStep({
  id: "npm",
  uses: "publish@1",
  kind: "acting",
  waitsFor: ["staged"],
  environment: environment.name,
  input: {},
});

const evidence = { how: "read back", details: { stageId: "1" } };
const byPerson = "npm stage approve 1";

/** @param looks by name of the package */
function worldOf(looks: Readonly<Record<string, Staged>>, staging: Partial<NonNullable<Registry["staging"]>> = {}) {
  const sent = async () => ({ kind: "sent", warnings: [] }) as const;
  const held: Registry["staging"] = {
    put: sent,
    observe: async ({ package: name }) => looks[name] ?? { kind: "absent" },
    release: sent,
    discard: sent,
    ...staging,
  };
  const files = memoryFiles(Object.fromEntries(artifacts.map((one) => [`/store/${one.digest}`, one.name])));
  return fakePorts({ files, registries: [fakeRegistry("npm", { ecosystem: "npm", staging: held })] });
}

function frozenAt<In>(input: In, step: typeof stage) {
  const plan = aPlan({ packages, environments: [environment], steps: step.id === "npm" ? [stage, step] : [stage, publish] });
  return aFrozen(input, { plan, packages, artifacts, environment, step });
}

const told = (effects: readonly Effect[]) => effects.map(({ key, after, reach, data }) => [key, after, reach, data["staged"]]);

test("every package is staged, the first alone, and each is shown by its publishing", async () => {
  const effects = await stageStep.effects(frozenAt({}, stage), worldOf({}));

  assert.deepEqual(told(effects), [
    ["staged/npm/reef-core-1.0.0.tgz", [], "reversible", undefined],
    ["staged/npm/reef-1.0.0.tgz", ["staged/npm/reef-core-1.0.0.tgz"], "reversible", undefined],
  ]);
  assert.deepEqual(effects.map(({ shownBy, again }) => [shownBy, again]), [
    ["npm/reef-core-1.0.0.tgz", "after-look"],
    ["npm/reef-1.0.0.tgz", "after-look"],
  ]); // prettier-ignore
});

test("what cannot be held is left to `publish`, unless the configuration names the registry", async () => {
  const looks = { reef: { kind: "never", why: "it is new" } } as const;

  assert.deepEqual((await stageStep.effects(frozenAt({}, stage), worldOf(looks))).map(({ key }) => key), ["staged/npm/reef-core-1.0.0.tgz"]); // prettier-ignore
  await assert.rejects(async () => stageStep.effects(frozenAt({ to: "npm" }, stage), worldOf(looks)), {
    code: "POLICY_REFUSED",
    message: /reef-1\.0\.0\.tgz: it is new/,
  });
  const [, , ...levels] = (await stageStep.preflight(aPlanned({ to: "npm" }, { packages, environment }), worldOf({}))).map(
    ({ id, level }) => `${id} ${level}`,
  );
  assert.ok(levels.includes("PF-STAGE blocks"), levels.join());
});

test("a registry that does not say what it holds is no registry without staging", async () => {
  const looks = { "reef-core": { kind: "unknown", why: "it answered 403" } } as const;

  await assert.rejects(async () => stageStep.effects(frozenAt({}, stage), worldOf(looks)), {
    code: "STEP_FAILED",
    message: /answered 403/,
  });
  await assert.rejects(async () => publishStep.effects(frozenAt({}, publish), worldOf(looks)), { code: "STEP_FAILED" });
});

test("registries where everything is public at once are no place to stage", () => {
  const at = (registries: readonly PlannedRegistry[], input: { readonly to?: string } = {}) =>
    stageStep.describe(aUse(input, { packages, environment: anEnvironment({ registries }) }));
  const crates = aRegistry({ name: "crates", ecosystem: "crates" });

  assert.throws(() => at([crates]), { code: "PLAN_INVALID", message: /Cannot stage at "crates"/ });
  assert.throws(() => at([registry, crates], { to: "crates" }), { code: "PLAN_INVALID" });
  assert.match(at([registry, crates]), /to npm$/);
});

test("a login without a token cannot look at what it staged, and the plan says so", () => {
  const tokenless = aRegistry({ ...registry, credentials: { kind: "trusted-publishing" } });

  assert.match(
    stageStep.notYet?.(aUse({}, { environment: anEnvironment({ registries: [tokenless] }) }), "one") ?? "",
    /by trusted publishing/,
  );
  assert.equal(stageStep.notYet?.(aUse({}, { environment }), "one"), undefined);
});

test("`publish` lets out what is held and sends the rest, each after what it needs", async () => {
  const looks = { "reef-core": { kind: "held", evidence }, reef: { kind: "never", why: "it is new" } } as const;

  assert.deepEqual(told(await publishStep.effects(frozenAt({}, publish), worldOf(looks))), [
    ["npm/reef-core-1.0.0.tgz", [], "irreversible", true],
    ["npm/reef-1.0.0.tgz", ["npm/reef-core-1.0.0.tgz"], "irreversible", undefined],
  ]);
});

test("where only a person lets out, all are waited for at once", async () => {
  const held = { kind: "held", evidence, byPerson } as const;
  const ports = worldOf({ "reef-core": held, reef: held });
  const effects = await publishStep.effects(frozenAt({}, publish), ports);

  assert.deepEqual(effects.map(({ after }) => after), [[], []]); // prettier-ignore
  for (const effect of effects) {
    const seen = await publishStep.observe(effect, ports);
    assert.equal(seen.kind === "pending" && seen.forPerson, true);
    assert.match(seen.kind === "pending" ? seen.why : "", /waits for a person: npm stage approve 1/);
  }
});

test("without a step that stages, nothing is asked about staging", async () => {
  const alone = { ...publish, waitsFor: [] };
  const ports = worldOf({ "reef-core": { kind: "held", evidence }, reef: { kind: "held", evidence } });

  assert.deepEqual((await publishStep.effects(frozenAt({}, alone), ports)).map(({ data }) => data["staged"]), [undefined, undefined]); // prettier-ignore
});

test("what is held is let out by one call, and what was sent back meanwhile is neither", async () => {
  const looks: Record<string, Staged> = { "reef-core": { kind: "held", evidence }, reef: { kind: "held", evidence } };
  const released: string[] = [];
  const ports = worldOf(looks, {
    release: async ({ package: name }) => {
      released.push(name);
      return { kind: "sent", warnings: [] };
    },
  });
  const [first, second] = await publishStep.effects(frozenAt({}, publish), ports);
  assert.ok(first !== undefined && second !== undefined);

  assert.equal((await publishStep.observe(first, ports)).kind, "absent");
  assert.equal((await publishStep.perform(first, { kind: "absent" }, ports)).kind, "sent");
  assert.deepEqual(released, ["reef-core"]);
  looks["reef"] = { kind: "absent" };
  const seen = await publishStep.observe(second, ports);
  assert.match(seen.kind === "pending" ? seen.why : seen.kind, /neither staged at "npm" any more nor public/);
});
