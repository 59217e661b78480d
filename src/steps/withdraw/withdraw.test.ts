import assert from "node:assert/strict";
import { test } from "node:test";
import { withMark } from "../../forges/mark.ts";
import type { PushedRef } from "../../platform/ports.ts";
import type { Survey } from "../../registries/registry.ts";
import {
  aFrozen,
  aPackage,
  aPlan,
  aPlanned,
  anEnvironment,
  aRegistry,
  fakePorts,
  fakeRegistry,
  type FakePorts,
} from "../../../test/support/ports.ts";
import { fakeForge, type FakeForge } from "../../../test/support/fake-forge.ts";
import { withdrawStep, type WithdrawInput } from "./withdraw.ts";

const packages = [aPackage({ tag: "v1.0.0" })];
const environments = [anEnvironment({ registries: [aRegistry(), aRegistry({ name: "testpypi", test: true })] })];
const plan = aPlan({ packages, environments });
const object = "e".repeat(40);

interface World {
  readonly ports: FakePorts;
  readonly forge: FakeForge;
  readonly tags: Map<string, string>;
  readonly pushed: PushedRef[];
}

/** A tag and a page of ours are there; the index holds nothing, unless a test says otherwise. */
function world(
  survey: Survey = { kind: "absent", package: "exists" },
  page: { readonly immutable?: boolean; readonly notes?: string } = {},
): World {
  const tags = new Map([["refs/tags/v1.0.0", object]]);
  const pushed: PushedRef[] = [];
  const forge = fakeForge();
  const notes = page.notes ?? withMark("x", "release/demo/v1.0.0");
  forge.held.releases.push({
    id: 1,
    tag: "v1.0.0",
    title: "x",
    draft: false,
    prerelease: false,
    url: "https://forge.example/v1.0.0",
    author: "ann",
    createdAt: "",
    notes,
    ...(page.immutable === undefined ? {} : { immutable: page.immutable }),
  });
  const push = async (refs: readonly PushedRef[]) => {
    pushed.push(...refs);
    for (const { ref, to } of refs) if (to === undefined) tags.delete(ref);
    return { kind: "sent" } as const;
  };
  const refs = async () => ({ kind: "known", objects: tags }) as const;
  const registries = [
    fakeRegistry("pypi", { survey: async () => survey, versions: async () => ({ kind: "listed", versions: ["1.0.0", "1.0.1"] }) }),
  ];
  return { ports: fakePorts({ forge, registries, remote: { refs, push } }), forge, tags, pushed };
}

const of: WithdrawInput["of"] = ["forge-release", "tag"];
const frozen = aFrozen({ of }, { plan, packages });

test("withdraw: the page is told to be the forge's and the tag to be the remote's", async () => {
  const { ports, forge } = world();

  const effects = await withdrawStep.effects(frozen, ports);

  assert.deepEqual(
    effects.map(({ target, title }) => `${target}: ${title}`),
    [`${forge.name}: no release page v1.0.0`, "origin: no tag v1.0.0 at origin"],
  );
});

test("withdraw: takes the page and then the tag away, each from where it was seen, and sees that they are gone", async () => {
  const { ports, forge, pushed } = world();
  const effects = await withdrawStep.effects(frozen, ports);

  for (const effect of effects) {
    const seen = await withdrawStep.observe(effect, ports);
    assert.equal(seen.kind, "absent");
    await withdrawStep.perform(effect, seen, ports);
    assert.equal((await withdrawStep.verify(effect, ports)).kind, "verified");
  }

  assert.deepEqual(
    effects.map(({ key, after }) => [key, after]),
    [
      ["page/v1.0.0", []],
      ["tag/v1.0.0", ["page/v1.0.0"]],
    ],
  );
  assert.deepEqual(forge.held.calls, ["remove 1"]);
  assert.deepEqual(pushed, [{ ref: "refs/tags/v1.0.0", from: object }]);
});

test("withdraw: refuses once a file is where it has to stay, and names the next free version", async () => {
  const listed: Survey = { kind: "listed", files: [] };

  await assert.rejects(withdrawStep.effects(frozen, world(listed).ports), {
    code: "POLICY_REFUSED",
    message: /demo 1\.0\.0 is at pypi, and cannot be taken back/,
    hint: /slipway run 1\.0\.2/,
  });
  const findings = await withdrawStep.preflight(aPlanned({ of }, { plan, packages }), world(listed).ports);
  assert.deepEqual(
    findings.map(({ level }) => level),
    ["blocks"],
  );
});

test("withdraw: every tag of the release is taken back, each after its page, and none once one package has to stay", async () => {
  const several = [
    ...packages,
    aPackage({ id: "plain", name: "plain" }),
    aPackage({ id: "bee", name: "bee", version: "2.0.0", tag: "bee-2.0.0" }),
  ];
  const both = aFrozen({ of }, { plan, packages: several });
  const { ports, tags, pushed } = world();
  tags.set("refs/tags/bee-2.0.0", object);
  const effects = await withdrawStep.effects(both, ports);

  for (const effect of effects) await withdrawStep.perform(effect, { kind: "absent" }, ports);

  assert.equal(withdrawStep.describe(both), "withdraw the release pages v1.0.0 and bee-2.0.0 and tags v1.0.0 and bee-2.0.0");
  assert.deepEqual(
    effects.map(({ key, after }) => [key, after]),
    [
      ["page/v1.0.0", []],
      ["tag/v1.0.0", ["page/v1.0.0"]],
      ["page/bee-2.0.0", []],
      ["tag/bee-2.0.0", ["page/bee-2.0.0"]],
    ],
  );
  assert.deepEqual(
    pushed.map(({ ref, from }) => [ref, from]),
    [
      ["refs/tags/v1.0.0", object],
      ["refs/tags/bee-2.0.0", object],
    ],
  );
  const registries = [
    fakeRegistry("pypi", {
      survey: async (name) => (name === "bee" ? { kind: "listed", files: [] } : { kind: "absent", package: "exists" }),
      versions: async () => ({ kind: "listed", versions: ["2.0.0"] }),
    }),
  ];
  await assert.rejects(withdrawStep.effects(both, fakePorts({ registries })), {
    code: "POLICY_REFUSED",
    message: /Cannot withdraw v1\.0\.0 and bee-2\.0\.0: bee 2\.0\.0 is at pypi/,
  });
});

test("withdraw: an index that does not answer is no leave to go on", async () => {
  const silent: Survey = { kind: "unknown", why: "no answer" };

  await assert.rejects(withdrawStep.effects(frozen, world(silent).ports), { code: "STEP_FAILED", message: /no answer/ });
});

test("withdraw: a locked page stays, and so does one of somebody else", async () => {
  await assert.rejects(withdrawStep.effects(frozen, world(undefined, { immutable: true }).ports), {
    code: "POLICY_REFUSED",
    message: /is locked/,
  });
  const { ports } = world(undefined, { notes: "by hand" });
  const [page] = await withdrawStep.effects(frozen, ports);
  assert.ok(page !== undefined);
  assert.equal((await withdrawStep.observe(page, ports)).kind, "conflict");
  assert.equal((await withdrawStep.perform(page, { kind: "absent" }, ports)).kind, "refused");
});

// --- a whole release --------------------------------------------------------------------------

const members = [
  { name: "demo-core", folder: "core" },
  { name: "demo", folder: "demo", needs: ["demo-core"] },
];
const everything = [
  aPackage({ id: "rust", ecosystem: "crates", name: "demo", members, tag: "v1.0.0" }),
  aPackage({ id: "js", ecosystem: "npm", name: "demo-js" }),
  aPackage({ id: "python", name: "demo-py" }),
];
const registries = [
  aRegistry({ name: "pypi", credentials: { kind: "none" } }),
  aRegistry({ name: "npm", ecosystem: "npm" }),
  aRegistry({ name: "crates", ecosystem: "crates" }),
];
const environment = anEnvironment({ name: "withdraw", registries });
const input: WithdrawInput = { of: ["forge-release", "published", "tag"], reason: "it bites" };
const wholePlan = aPlan({ packages: everything, environments: [environment] });
const wholeFrozen = aFrozen(input, { plan: wholePlan, packages: everything, environment });

interface Registries {
  readonly ports: FakePorts;
  readonly calls: string[];
}

/** Registries that hold every version, each of which can be taken back, unless a test says otherwise. */
function held(surveys: Readonly<Record<string, Survey>> = {}): Registries {
  const calls: string[] = [];
  const withdrawn = new Set<string>();
  const { tags, forge } = world();
  const push = async (refs: readonly PushedRef[]) => {
    for (const { ref, to } of refs) if (to === undefined) tags.delete(ref);
    calls.push("remove tag");
    return { kind: "sent" } as const;
  };
  const fakes = registries.map(({ name }) =>
    fakeRegistry(name, {
      survey: async (packageName) => {
        const yanked = withdrawn.has(`${name}/${packageName}`);
        return surveys[name] ?? { kind: "listed", files: [{ name: "x", url: "u", ...(yanked ? { yanked } : {}) }] };
      },
      takeBack: async ({ package: packageName, reason }) => {
        withdrawn.add(`${name}/${packageName}`);
        calls.push(`${name}: ${packageName}, ${reason}`);
        return { kind: "sent", warnings: [] };
      },
      withdraw: () => ({ kind: "by-person", instruction: "Yank it on the page" }),
    }),
  );
  return { ports: fakePorts({ forge, registries: fakes, remote: { refs: async () => ({ kind: "known", objects: tags }), push } }), calls };
}

test("withdraw: takes a whole release back in the reverse order of publishing, and leaves to a person what only a person can do", async () => {
  const { ports, calls } = held();

  const effects = await withdrawStep.effects(wholeFrozen, ports);
  for (const effect of effects) {
    const seen = await withdrawStep.observe(effect, ports);
    assert.equal(seen.kind, "absent", effect.key);
    const performed = await withdrawStep.perform(effect, seen, ports);
    if (effect.target === "pypi") assert.deepEqual(performed, { kind: "refused", code: "DECISION_NEEDED", why: "Yank it on the page" });
    else assert.equal((await withdrawStep.verify(effect, ports)).kind, "verified", effect.key);
  }

  assert.deepEqual(
    effects.map(({ key, after }) => [key, after]),
    [
      ["page/v1.0.0", []],
      ["version/npm/demo-js", ["page/v1.0.0"]],
      ["version/crates/demo", ["version/npm/demo-js"]],
      ["version/crates/demo-core", ["version/crates/demo"]],
      ["tag/v1.0.0", ["version/crates/demo-core"]],
      ["version/pypi/demo-py", ["tag/v1.0.0"]],
    ],
  );
  assert.deepEqual(calls, ["npm: demo-js, it bites", "crates: demo, it bites", "crates: demo-core, it bites", "remove tag"]);
});

test("withdraw: says of each version what stays all the same", async () => {
  const titles = (await withdrawStep.effects(wholeFrozen, held().ports)).map(({ title }) => title);

  assert.ok(titles.includes("demo 1.0.0 yanked at crates; lock files that name it go on taking it"), titles.join("\n"));
  assert.ok(titles.some((title) => title.startsWith("demo-js 1.0.0 deprecated at npm; it can still be installed")));
  assert.ok(titles.some((title) => title.startsWith("demo-py 1.0.0 yanked at pypi; whoever pins it installs it")));
});

test("withdraw: leaves out what was never published, sees what is withdrawn already, and does not guess", async () => {
  const missing = await withdrawStep.effects(wholeFrozen, held({ npm: { kind: "absent", package: "exists" } }).ports);
  assert.ok(missing.every(({ target }) => target !== "npm"));

  const { ports } = held({ crates: { kind: "listed", files: [{ name: "x", url: "u", yanked: "by hand" }] } });
  const [yanked] = (await withdrawStep.effects(wholeFrozen, ports)).filter(({ target }) => target === "crates");
  assert.ok(yanked !== undefined);
  assert.equal((await withdrawStep.observe(yanked, ports)).kind, "present");

  const unknown = held({ npm: { kind: "unknown", why: "503" } }).ports;
  await assert.rejects(withdrawStep.effects(wholeFrozen, unknown), { code: "STEP_FAILED", message: /demo-js 1\.0\.0 is at npm: 503/ });
});

test("withdraw: a whole release is not refused for being public, and a half one still is", async () => {
  const { ports } = held();

  assert.deepEqual(await withdrawStep.preflight(aPlanned(input, { plan: wholePlan, packages: everything, environment }), ports), []);
  const half: WithdrawInput = { of: ["tag"] };
  await assert.rejects(withdrawStep.effects(aFrozen(half, { plan: wholePlan, packages: everything, environment }), ports), {
    code: "POLICY_REFUSED",
  });
});

test("withdraw: a page becomes a draft again, and one that the forge has locked, or somebody else made, is told to stay", async () => {
  const draft = aFrozen<WithdrawInput>({ of: ["draft"], whole: true }, { plan, packages });
  const open = world();
  const [effect] = await withdrawStep.effects(draft, open.ports);
  assert.ok(effect !== undefined);

  assert.equal((await withdrawStep.observe(effect, open.ports)).kind, "absent");
  assert.equal((await withdrawStep.perform(effect, { kind: "absent" }, open.ports)).kind, "sent");

  assert.equal((await withdrawStep.verify(effect, open.ports)).kind, "verified");
  assert.deepEqual(open.forge.held.calls, ["hide 1"]);
  for (const [page, why] of [
    [{ immutable: true }, /stays public: the forge has locked it/],
    [{ notes: "x" }, /stays public: ann made it/],
  ] as const) {
    const { ports, forge } = world(undefined, page);
    const [stays] = await withdrawStep.effects(draft, ports);
    assert.match(stays?.title ?? "", why);
    assert.equal(stays === undefined ? undefined : (await withdrawStep.observe(stays, ports)).kind, "present");
    assert.deepEqual(forge.held.calls, []);
  }
});
