import assert from "node:assert/strict";
import { test } from "node:test";
import type { Effect } from "../../domain/run/effect.ts";
import {
  aFrozen,
  anArtifact,
  anEnvironment,
  aPackage,
  aPlan,
  aPlannedStep,
  aRegistry,
  aUse,
  fakePorts,
  memoryFiles,
} from "../../../test/support/ports.ts";
import { kelpPlan, registries, withoutHosts } from "../../../test/support/closing.ts";
import { fakeForge, type FakeForge } from "../../../test/support/fake-forge.ts";
import type { Frozen } from "../step.ts";
import { forgeReleaseStep } from "./forge-release.ts";
import { forgeReleaseInput, type ForgeReleaseInput } from "./input.ts";

const changelog = "# Changelog\n\n## [1.0.0] - 2026-01-01\n\n- Counts pebbles. $(touch x) \u001b[31m`id`\n\n## [0.9.0]\n\n- Old.\n";
const packages = [aPackage({ tag: "v1.0.0", changelog: { file: "CHANGELOG.md", required: false } })];
const artifacts = [anArtifact("wheel", "demo-1.0.0-py3-none-any.whl"), anArtifact("sdist", "demo-1.0.0.tar.gz")];

function frozenWith(input: ForgeReleaseInput, parts: Partial<Frozen<ForgeReleaseInput>> = {}): Frozen<ForgeReleaseInput> {
  return aFrozen(input, { packages, artifacts, plan: aPlan({ packages }), ...parts });
}

function portsOf(forge: FakeForge) {
  return fakePorts({ forge, files: memoryFiles({ "/source/CHANGELOG.md": changelog }) });
}

/** Carries effects out as the engine does: look, send what is missing, look again. @returns what each look said */
async function carryOut(effects: readonly Effect[], forge: FakeForge): Promise<readonly string[]> {
  const ports = portsOf(forge);
  const said: string[] = [];
  for (const effect of effects) {
    const seen = await forgeReleaseStep.observe(effect, ports);
    if (seen.kind === "absent" || seen.kind === "damaged") await forgeReleaseStep.perform(effect, seen, ports);
    said.push(`${seen.kind} ${(await forgeReleaseStep.verify(effect, ports)).kind}`);
  }
  return said;
}

test("forge-release: makes a draft, attaches each file, and publishes last", async () => {
  const forge = fakeForge();
  const effects = await forgeReleaseStep.effects(frozenWith({}), portsOf(forge));

  assert.deepEqual(
    effects.map(({ key, reach }) => `${key} ${reach}`),
    [
      "draft/v1.0.0 reversible",
      "asset/v1.0.0/demo-1.0.0-py3-none-any.whl reversible",
      "asset/v1.0.0/demo-1.0.0.tar.gz reversible",
      "published/v1.0.0 irreversible",
    ],
  );
  assert.deepEqual(
    effects.at(-1)?.after,
    effects.slice(0, 3).map(({ key }) => key),
  );
  assert.deepEqual(
    await carryOut(effects, forge),
    Array.from({ length: 4 }, () => "absent verified"),
  );
  assert.deepEqual(forge.held.calls, [
    "create v1.0.0",
    "upload demo-1.0.0-py3-none-any.whl as application/zip",
    "upload demo-1.0.0.tar.gz as application/gzip",
    "publish v1.0.0",
  ]);
});

test("forge-release: what is there already is not made twice", async () => {
  const forge = fakeForge();
  const effects = await forgeReleaseStep.effects(frozenWith({}), portsOf(forge));
  await carryOut(effects, forge);
  const calls = forge.held.calls.length;

  assert.deepEqual(
    await carryOut(effects, forge),
    Array.from({ length: 4 }, () => "present verified"),
  );
  assert.equal(forge.held.calls.length, calls);
});

test("forge-release: the page has the version's section and nothing that could break it, and the mark of the release", async () => {
  const forge = fakeForge();
  await carryOut(await forgeReleaseStep.effects(frozenWith({ draft: true }), portsOf(forge)), forge);

  const notes = forge.held.releases[0]?.notes ?? "";
  assert.match(notes, /- Counts pebbles\. \$\(touch x\)/);
  assert.equal(notes.includes("\u001b"), false);
  assert.equal(notes.includes("Old."), false);
  assert.match(notes, /<!-- slipway: release\/demo\/v1\.0\.0 -->/);
  assert.equal(forge.held.releases[0]?.draft, true);
});

test("forge-release: a broken file is taken away and sent again, and a draft with another text is written again", async () => {
  const forge = fakeForge();
  const effects = await forgeReleaseStep.effects(frozenWith({ draft: true }), portsOf(forge));
  await carryOut(effects, forge);
  const [release] = forge.held.releases;
  forge.held.releases = [{ ...release, title: "meddled" } as typeof release & object];
  const [first, ...rest] = forge.held.assets.get(release?.id ?? 0) ?? [];
  forge.held.assets.set(release?.id ?? 0, [{ ...first, state: "broken" } as typeof first & object, ...rest]);

  assert.deepEqual(await carryOut(effects, forge), ["damaged verified", "damaged verified", "present verified"]);
  assert.deepEqual(forge.held.calls.slice(-3), [
    "update v1.0.0",
    "clear demo-1.0.0-py3-none-any.whl",
    "upload demo-1.0.0-py3-none-any.whl as application/zip",
  ]);
});

test("forge-release: publishing a draft publishes that of the step above, and makes none", async () => {
  const forge = fakeForge();
  const announce = await forgeReleaseStep.effects(frozenWith({ publish: "draft" }), portsOf(forge));

  const early = await forgeReleaseStep.perform(announce[0] as Effect, { kind: "absent" }, portsOf(forge));
  await carryOut(await forgeReleaseStep.effects(frozenWith({ draft: true }), portsOf(forge)), forge);
  await carryOut(announce, forge);

  assert.equal(announce.length, 1);
  assert.match(early.kind === "refused" ? early.why : "", /no release page of ours/);
  assert.equal(forge.held.releases[0]?.draft, false);
});

test("forge-release: a page of somebody else, and a file nobody planned, are strangers", async () => {
  const forge = fakeForge();
  const effects = await forgeReleaseStep.effects(frozenWith({}), portsOf(forge));
  const clear = await forgeReleaseStep.survey(effects, portsOf(forge));
  forge.held.releases.push({
    id: 9,
    tag: "v1.0.0",
    title: "x",
    notes: "",
    draft: false,
    prerelease: false,
    url: "u",
    author: "eve",
    createdAt: "",
  });
  const theirs = await forgeReleaseStep.survey(effects, portsOf(forge));

  assert.equal(clear.kind, "clear");
  assert.equal(theirs.kind, "strangers");
  assert.match(JSON.stringify(await forgeReleaseStep.observe(effects[0] as Effect, portsOf(forge))), /"conflict".*eve/);
});

test("forge-release: a forge that does not answer leaves nothing in doubt", async () => {
  const forge = fakeForge({ silent: true });
  const effects = await forgeReleaseStep.effects(frozenWith({}), portsOf(forge));

  assert.equal((await forgeReleaseStep.observe(effects[0] as Effect, portsOf(forge))).kind, "unknown");
  assert.equal((await forgeReleaseStep.survey(effects, portsOf(forge))).kind, "unknown");
  assert.equal((await forgeReleaseStep.perform(effects[1] as Effect, { kind: "absent" }, portsOf(forge))).kind, "later");
});

test("forge-release: what is only at a test index is taken from there alone", async () => {
  const environments = [anEnvironment({ name: "testpypi", registries: [aRegistry({ name: "testpypi", test: true })] })];
  const steps = [aPlannedStep({ id: "testpypi", kind: "acting", environment: "testpypi" })];
  const plan = aPlan({ packages, environments, steps, release: { title: "demo 1.0.0rc1", prerelease: true } });
  const forge = fakeForge();
  const ports = fakePorts({ forge });

  await forgeReleaseStep
    .effects(frozenWith({ notes: ["install"], draft: true }, { plan }), ports)
    .then((effects) => carryOut(effects, forge));

  const [release] = forge.held.releases;
  assert.equal(release?.prerelease, true);
  assert.match(
    withoutHosts(release?.notes ?? ""),
    /pip download --no-deps --dest try-demo --index-url <testpypi index>\/ demo==1\.0\.0\npip install --find-links try-demo demo==1\.0\.0/,
  );
});

test("forge-release: the page says how everything of the release is installed, from every registry that it goes to", async () => {
  const environments = [
    anEnvironment({
      name: "all",
      registries: Object.values(registries).filter(({ url, index }) => url === undefined && index === undefined),
    }),
  ];
  const steps = [aPlannedStep({ id: "publish", kind: "acting", environment: "all" })];
  const plan = { ...kelpPlan, environments, steps };
  const forge = fakeForge();
  const script = anArtifact("install-script", "install.sh", { package: "command" });
  const frozen = frozenWith(
    { notes: ["install"], draft: true, assets: ["install-script"] },
    { plan, packages: plan.packages, artifacts: [script] },
  );

  await carryOut(await forgeReleaseStep.effects(frozen, portsOf(forge)), forge);

  const notes = withoutHosts(forge.held.releases[0]?.notes ?? "");
  for (const command of [
    "cargo add kelp-core@0.2.0",
    "cargo install kelp --version 0.2.0",
    "pip install agent-kelp==0.2.0",
    "npm install @example/kelp@0.2.0",
    "docker pull <ghcr>/example/kelp:0.2.0",
    "curl -fLO <github>/example/kelp/releases/download/v0.2.0/install.sh\nsh install.sh",
    `| \`install.sh\` | \`sha256:${script.digest}\` |`,
  ])
    assert.ok(notes.includes(command), `${command} is not in ${notes}`);
  assert.doesNotMatch(notes, /Try it/);
});

/** A forge that shows 2.0.0 of the package, and a later one of another package, as published. */
function withNewer(parts: Parameters<typeof fakeForge>[0] = {}): FakeForge {
  const forge = fakeForge(parts);
  const page = { title: "", notes: "", draft: false, prerelease: false, url: "u", author: "ann", createdAt: "" };
  forge.held.releases.push({ ...page, id: 90, tag: "v2.0.0" }, { ...page, id: 91, tag: "other-v9.0.0" });
  forge.held.latest = 90;
  return forge;
}

async function publishedOn(forge: FakeForge, input: ForgeReleaseInput = {}, parts: Partial<Frozen<ForgeReleaseInput>> = {}) {
  const effects = await forgeReleaseStep.effects(frozenWith(input, parts), portsOf(forge));
  await carryOut(effects.slice(0, -1), forge);
  return forgeReleaseStep.perform(effects.at(-1) as Effect, { kind: "absent" }, portsOf(forge));
}

test("forge-release: a hotfix of an older line does not become the latest, the highest final version does", async () => {
  const older = withNewer();
  const first = fakeForge();
  const draftAbove = withNewer();
  draftAbove.held.releases = draftAbove.held.releases.map((one) => ({ ...one, draft: true }));
  const triedAbove = withNewer();
  triedAbove.held.releases = triedAbove.held.releases.map((one) => ({ ...one, prerelease: true }));

  assert.deepEqual(await publishedOn(older), { kind: "sent", warnings: [] });
  for (const forge of [first, draftAbove, triedAbove]) await publishedOn(forge);

  assert.equal(older.held.latest, 90);
  for (const forge of [first, draftAbove, triedAbove])
    assert.equal(forge.held.latest, forge.held.releases.find(({ tag }) => tag === "v1.0.0")?.id);
});

test("forge-release: no word of the file moves the latest back, and it can be kept from moving at all", async () => {
  const older = withNewer();
  await publishedOn(older, { latest: true });
  const first = fakeForge();
  await publishedOn(first, { latest: false });
  const candidate = fakeForge();
  await publishedOn(candidate, {}, { plan: aPlan({ packages, release: { title: "demo 1.0.0rc1", prerelease: true } }) });

  assert.deepEqual([older.held.latest, first.held.latest, candidate.held.latest], [90, undefined, undefined]);
});

test("forge-release: what is higher is looked for when the page is published, not when the run began", async () => {
  const forge = fakeForge();
  const effects = await forgeReleaseStep.effects(frozenWith({}), portsOf(forge));
  await carryOut(effects.slice(0, -1), forge);
  forge.held.releases.push(...withNewer().held.releases);
  await forgeReleaseStep.perform(effects.at(-1) as Effect, { kind: "absent" }, portsOf(forge));

  assert.equal(forge.held.latest, undefined);
});

test("forge-release: a forge that cannot be told its latest is said to show what it will, and only where it matters", async () => {
  const latest = { kind: "unsupported", why: "it shows its newest page" } as const;
  const said = async (forge: FakeForge, input: ForgeReleaseInput = {}) => {
    const sent = await publishedOn(forge, input);
    return sent.kind === "sent" ? sent.warnings.join() : sent.kind;
  };

  assert.match(
    await said(withNewer({ latest })),
    /^unsupported: v1\.0\.0 may be shown as the latest release, and v2\.0\.0 is higher: it shows its newest page$/,
  );
  assert.match(
    await said(fakeForge({ latest }), { latest: false }),
    /^unsupported: v1\.0\.0 may be shown as the latest release, and it should not be/,
  );
  assert.equal(await said(fakeForge({ latest })), "");
});

test("forge-release: where the pages cannot be listed nothing is published, and it is looked again", async () => {
  const forge = fakeForge();
  const effects = await forgeReleaseStep.effects(frozenWith({}), portsOf(forge));
  await carryOut(effects.slice(0, -1), forge);
  const releases = { ...forge.releases, published: async () => ({ kind: "unknown", why: "no answer" }) as const };
  const ports = { ...portsOf(forge), forge: async () => ({ ...(await portsOf(forge).forge()), forge: { ...forge, releases } }) };

  const sent = await forgeReleaseStep.perform(effects.at(-1) as Effect, { kind: "absent" }, ports);

  assert.deepEqual([sent.kind, forge.held.calls.includes("publish v1.0.0")], ["later", false]);
});

test("forge-release: an effect of a journal from before does what it was written for", async () => {
  const forge = withNewer();
  const effects = await forgeReleaseStep.effects(frozenWith({}), portsOf(forge));
  await carryOut(effects.slice(0, -1), forge);
  const last = effects.at(-1) as Effect;
  const { version, ...data } = last.data;
  assert.deepEqual(version, { ecosystem: "pypi", version: "1.0.0" });

  await forgeReleaseStep.perform({ ...last, data }, { kind: "absent" }, portsOf(forge));

  assert.equal(forge.held.latest, forge.held.releases.find(({ tag }) => tag === "v1.0.0")?.id);
});

test("forge-release: two files of one name, and a release without a tag, are refused", async () => {
  const twice = frozenWith({}, { artifacts: [...artifacts, { ...anArtifact("wheel", "demo-1.0.0-py3-none-any.whl"), package: "other" }] });

  await assert.rejects(forgeReleaseStep.effects(twice, portsOf(fakeForge())), { code: "ARTIFACT_SET" });
  await assert.rejects(forgeReleaseStep.effects(frozenWith({}, { packages: [aPackage()] }), portsOf(fakeForge())), {
    code: "PLAN_INVALID",
  });
});

test("forge-release: its words say what it does, and `draft` takes an input of the pipeline", () => {
  const words = (input: ForgeReleaseInput): string =>
    `${forgeReleaseStep.describe(aUse(input, { packages }))}: ${forgeReleaseStep.reach(aUse(input))}`;

  assert.equal(words({}), "publish the release page v1.0.0: irreversible");
  assert.equal(words({ draft: true }), "draft the release page v1.0.0: reversible");
  assert.equal(words({ publish: "draft" }), "publish the draft of the release page v1.0.0: irreversible");
  assert.equal(forgeReleaseInput.fits({ draft: "input.draft" }), true);
  assert.equal(forgeReleaseInput.fits({ draft: "yes" }), false);
});

test("forge-release: packages with tags of their own have no page together yet; those of one version have one", () => {
  const use = aUse({}, { packages: [aPackage({ tag: "v1.0.0" }), aPackage({ id: "b", tag: "b-2.0.0" })] });

  assert.match(forgeReleaseStep.notYet?.(use, "each") ?? "", /several tags/);
  assert.equal(forgeReleaseStep.notYet?.(use, "one"), undefined);
});
