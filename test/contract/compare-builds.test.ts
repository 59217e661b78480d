// Two builds of one commit on real bytes: wheels, crates, npm tarballs and images as builders write them, in real stores, with
// journals in memory. What differs is found without unpacking anything.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { compareBuilds, type ComparingParts } from "../../src/app/compare-builds.ts";
import type { Artifact, ArtifactKind } from "../../src/domain/artifact.ts";
import type { BuildComparison } from "../../src/domain/run/build-comparison.ts";
import type { Fact } from "../../src/domain/run/fact.ts";
import { fold } from "../../src/domain/run/state.ts";
import { createMemoryJournal } from "../../src/engine/journal/memory.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { createImageArchives } from "../../src/platform/archives/image-archive.ts";
import { createFiles } from "../../src/platform/files.ts";
import { createArtifactStore } from "../../src/platform/store.ts";
import { makeImage } from "../support/oci.ts";
import { aPlan, aPlannedStep, digestOf, silentLog } from "../support/ports.ts";
import { rawTarGz, type RawTarMember } from "../support/raw-tar.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { wheel } from "../support/wheel.ts";

interface Building {
  readonly kind: ArtifactKind;
  readonly earlier: Uint8Array;
  readonly ours: Uint8Array;
  /** Instead of `build`, which builds. */
  readonly uses?: string;
  readonly commit?: string;
}

const by = { name: "alice", authenticated: false };

async function built(t: TestContext, building: Building): Promise<readonly BuildComparison[]> {
  const folder = temporaryFolder(t);
  const plan = aPlan({ steps: [aPlannedStep({ id: "build", uses: building.uses ?? "build-wheel@1" })] });
  const store = createArtifactStore(path.join(folder, "store"));
  const frozen = async (bytes: Uint8Array): Promise<Artifact> => {
    const file = path.join(folder, "built");
    writeFileSync(file, bytes);
    return { kind: building.kind, package: "demo", name: "demo-1.0.0", maker: "build", ...(await store.put(file)) };
  };
  const journal = createMemoryJournal();
  const source = { ...plan.source, commit: building.commit ?? plan.source.commit };
  const opened: Fact = { kind: "run-opened", run: "earlier", mode: "rehearsal", plan: { ...plan, source }, planDigest: digestOf("p"), by };
  const done: Fact = { kind: "step-done", step: "build", output: null, artifacts: [await frozen(building.earlier)] };
  journal.append("earlier", [opened, done], { atMs: 1, answered: [] });
  writeFileSync(path.join(folder, "journal.sqlite"), "");
  const parts: ComparingParts = {
    world: {
      openJournal: () => journal,
      openStore: createArtifactStore,
      files: createFiles(),
      log: silentLog,
      archives: createArchives(),
      images: createImageArchives(),
    },
    projectFolder: folder,
    fileOf: ({ digest }) => store.file(digest),
  };
  const state = fold([{ seq: 1, atMs: 2, fact: { ...opened, run: "ours", mode: "run", plan } }]);
  return compareBuilds(parts, state, { step: "build", artifacts: [await frozen(building.ours)] });
}

const tgz = (members: readonly RawTarMember[]): Buffer => rawTarGz(members);
const later = { patch: { 136: "15000000000\0" } };
const image = (label: string, layer: string): Buffer => makeImage({ version: "1.0.0", labels: { at: label }, layers: [layer] }).tar;
const python = (files: Readonly<Record<string, string>>): Buffer => wheel({ name: "demo", version: "1.0.0", files }).bytes;

const cases: readonly (readonly [what: string, Building, differences: RegExp])[] = [
  [
    "a crate whose members have other times",
    {
      kind: "crate",
      earlier: tgz([
        { path: "demo-1.0.0/Cargo.toml", content: "[package]" },
        { path: "demo-1.0.0/src/lib.rs", content: "" },
      ]),
      ours: tgz([
        { path: "demo-1.0.0/Cargo.toml", content: "[package]", ...later },
        { path: "demo-1.0.0/src/lib.rs", content: "", ...later },
      ]),
    },
    /^the times of 2 members differ: "demo-1\.0\.0\/Cargo\.toml" has 20\d\d-.*Z, and had 1970-01-01T00:00:00Z$/,
  ],
  [
    "an npm tarball whose metadata differs",
    {
      kind: "npm-tarball",
      earlier: tgz([{ path: "package/package.json", content: '{"gitHead":"a"}' }]),
      ours: tgz([{ path: "package/package.json", content: '{"gitHead":"ab"}' }]),
    },
    /^the metadata "package\/package\.json" has another content \(16 bytes, and 15 before\)$/,
  ],
  [
    "a wheel with a member more",
    { kind: "wheel", earlier: python({}), ours: python({ "demo/build_id.py": "x" }) },
    /^"demo\/build_id\.py" is in this build alone\|the metadata "demo-1\.0\.0\.dist-info\/RECORD" has another content/,
  ],
  [
    "an image with another configuration and layer",
    { kind: "image", earlier: image("monday", "one"), ours: image("tuesday", "two") },
    /^"config: config" has another content .*\|"config: rootfs" has another content .*\|"layer 1" has another content \(3 bytes both\)$/,
  ],
];

for (const [what, building, differences] of cases)
  test(`two builds are told apart: ${what}`, async (t) => {
    const [compared] = await built(t, building);

    assert.ok(compared !== undefined);
    assert.notEqual(compared.sha256, compared.earlier.sha256);
    assert.deepEqual([compared.earlier.run, compared.earlier.mode], ["earlier", "rehearsal"]);
    assert.match(compared.differences.join("|"), differences);
  });

test("the same bytes are told to be the same", async (t) => {
  const bytes = python({});

  const [compared] = await built(t, { kind: "wheel", earlier: bytes, ours: bytes });

  assert.equal(compared?.sha256, compared?.earlier.sha256);
  assert.deepEqual(compared?.differences, []);
});

test("what cannot be read is told as such, and stops nothing", async (t) => {
  const [compared] = await built(t, { kind: "crate", earlier: Buffer.from("no archive"), ours: tgz([{ path: "a" }]) });

  assert.match(compared?.differences.join() ?? "", /^what differs cannot be told: the file of the earlier build is not a gzip file$/);
});

test("what was fetched, is of another commit, or is no archive of a registry, is not compared", async (t) => {
  const building = { kind: "wheel", earlier: python({}), ours: python({ x: "y" }) } as const;

  assert.deepEqual(await built(t, { ...building, uses: "fetch-release@1" }), []);
  assert.deepEqual(await built(t, { ...building, commit: "d".repeat(40) }), []);
  assert.deepEqual(await built(t, { ...building, kind: "checksum-file" }), []);
});
