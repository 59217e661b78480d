import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson } from "../../domain/digest.ts";
import { imageDigest } from "../../domain/oci/names.ts";
import { releaseRecordOf } from "../../domain/release-record.ts";
import { firstHead } from "../../domain/run/head.ts";
import {
  aFrozen,
  aPackage,
  aPlan,
  aPlanned,
  aUse,
  anArtifact,
  digestOf,
  fakePorts,
  memoryFiles,
  type FakePorts,
  type MemoryFiles,
} from "../../../test/support/ports.ts";
import { fakeForge, type FakeForge } from "../../../test/support/fake-forge.ts";
import type { Worked, WorkPorts } from "../step.ts";
import { fetchReleaseStep } from "./fetch-release.ts";

const packages = [aPackage({ tag: "v1.0.0" })];
const plan = aPlan({ packages });
const wheel = "demo-1.0.0-py3-none-any.whl";
const sdist = "demo-1.0.0.tar.gz";
const bytes = { [wheel]: "wheel bytes", [sdist]: "sdist bytes" };
const tested = Object.entries(bytes).map(([name, text]) =>
  anArtifact(name.endsWith(".whl") ? "wheel" : "sdist", name, { digest: digestOf(text), sizeBytes: text.length }),
);
const record = releaseRecordOf(plan, { planDigest: digestOf("plan"), head: firstHead(plan.source), artifacts: tested });
const whole = { ...bytes, "slipway-record.json": canonicalJson(record) };

function folderWith(files: Readonly<Record<string, string>>): WorkPorts {
  const inside = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/given/${name}`, text]));
  return { ...fakePorts({ files: memoryFiles(inside) }), filesFolder: "/given" };
}

function pageWith(files: Readonly<Record<string, string>>, draft = false): { readonly ports: FakePorts; readonly forge: FakeForge } {
  const memory: MemoryFiles = memoryFiles();
  const forge = fakeForge({ write: (to, text) => memory.writeText(to, text) });
  forge.held.releases.push({
    id: 1,
    tag: "v1.0.0",
    title: "x",
    notes: "",
    draft,
    prerelease: false,
    url: "https://forge.example/v1.0.0",
    author: "ann",
    createdAt: "",
  });
  const assets = Object.entries(files).map(([name, text], index) => ({
    id: index,
    name,
    sizeBytes: text.length,
    state: "whole" as const,
    sha256: digestOf(text),
    url: "",
    handle: `h${index}`,
    uploadedAt: "",
    bytes: text,
  }));
  forge.held.assets.set(1, assets);
  return { ports: fakePorts({ forge, files: memory }), forge };
}

const perform = (ports: WorkPorts): Promise<Worked> =>
  fetchReleaseStep.perform(aFrozen({}, { plan, packages, sinceMs: ports.clock.nowMs() }), ports);
const why = (worked: Worked): string => (worked.kind === "failed" ? worked.message : worked.kind);

for (const [where, ports] of [
  ["the release page", () => pageWith(whole).ports],
  ["a folder", () => folderWith(whole)],
] as const) {
  test(`fetch-release: takes from ${where} what the record says was tested`, async () => {
    const worked = await perform(ports());

    assert.deepEqual(worked.kind === "done" && worked.artifacts.map(({ name, kind, file }) => `${kind} ${name} ${file}`), [
      `wheel ${wheel} /scratch/${wheel}`,
      `sdist ${sdist} /scratch/${sdist}`,
    ]);
  });
}

const refusals: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  ["a file that was exchanged", { ...whole, [wheel]: "other bytes" }, /is not what was tested: its sha256 is/],
  [
    "a file that is gone",
    { [wheel]: bytes[wheel] ?? "", "slipway-record.json": whole["slipway-record.json"] },
    /"demo-1.0.0.tar.gz" was tested and is not there/,
  ],
  ["a file that was never tested", { ...whole, "demo-1.0.0-cp312-cp312-linux_x86_64.whl": "x" }, /was never tested/],
  ["no record", bytes, /there is no "slipway-record.json"/],
  ["a record that is none", { ...whole, "slipway-record.json": "<html>" }, /cannot be read: it is no JSON/],
  [
    "a record with a name that leads elsewhere",
    { ...whole, "slipway-record.json": canonicalJson({ ...record, artifacts: [{ ...record.artifacts[0], name: "../x.whl" }] }) },
    /one of its artifacts is none/,
  ],
  [
    "a record of another commit",
    { ...whole, "slipway-record.json": canonicalJson({ ...record, commit: "d".repeat(40) }) },
    /were made from d{12}, and this release is of c{12}/,
  ],
  [
    "a record of another version",
    { ...whole, "slipway-record.json": canonicalJson({ ...record, packages: [] }) },
    /does not name demo 1\.0\.0/,
  ],
  [
    "a record of another project",
    { ...whole, "slipway-record.json": canonicalJson({ ...record, project: "other" }) },
    /the record is of "other"/,
  ],
];
for (const [what, files, words] of refusals) {
  test(`fetch-release: refuses ${what}, on the page and in a folder`, async () => {
    assert.match(why(await perform(pageWith(files).ports)), words);
    assert.match(why(await perform(folderWith(files))), words);
  });
}

test("fetch-release: a draft, a page that is not there, and a file that broke off give nothing", async () => {
  const { ports, forge } = pageWith(whole);
  const [first, ...rest] = forge.held.assets.get(1) ?? [];
  assert.ok(first !== undefined);
  forge.held.assets.set(1, [{ ...first, state: "broken" }, ...rest]);

  assert.match(why(await perform(pageWith(whole, true).ports)), /is a draft/);
  assert.match(why(await perform(fakePorts({ forge: fakeForge() }))), /there is no release page of v1\.0\.0/);
  assert.match(why(await perform(ports)), /was never uploaded to its end/);
});

test("fetch-release: a forge that does not answer is asked again for a while", async () => {
  const ports = fakePorts({ forge: fakeForge({ silent: true }) });
  const frozen = aFrozen({}, { plan, packages, sinceMs: ports.clock.nowMs() });

  const first = await fetchReleaseStep.perform(frozen, ports);
  ports.clock.move(3 * 60_000);
  const last = await fetchReleaseStep.perform(frozen, ports);

  assert.deepEqual([first.kind, last.kind === "failed" && last.code], ["later", "STEP_FAILED"]);
});

test("fetch-release: an answer that will not change by itself is the end at once", async () => {
  const worked = await perform(fakePorts({ forge: fakeForge({ silent: "lasting" }) }));

  assert.deepEqual(worked.kind === "failed" && [worked.code, worked.message], [
    "STEP_FAILED",
    "Cannot take the release's files: the forge does not answer",
  ]);
});

test("fetch-release: a file whose bytes cannot be had is the end at once where that lasts, and asked again where it may pass", async () => {
  for (const [lasting, kind] of [
    [{ lasting: true } as const, "failed"],
    [{}, "later"],
  ] as const) {
    const { ports, forge } = pageWith(whole);
    const download = async () => ({ kind: "unknown", why: "answered 302", ...lasting }) as const;

    assert.equal(
      (
        await perform({
          ...ports,
          forge: async () => ({ ...(await ports.forge()), forge: { ...forge, releases: { ...forge.releases, download } } }),
        })
      ).kind,
      kind,
    );
  }
});

test("fetch-release: preflight wants a tag; proof by provenance is not done yet", async () => {
  assert.deepEqual(
    (await fetchReleaseStep.preflight(aPlanned({}, { packages }), fakePorts())).map(({ level }) => level),
    ["fine"],
  );
  assert.deepEqual(
    (await fetchReleaseStep.preflight(aPlanned({}), fakePorts())).map(({ level }) => level),
    ["blocks"],
  );
  assert.match(fetchReleaseStep.notYet?.({ input: { proof: "provenance" }, leg: {}, packages }, "one") ?? "", /provenance/);
});

test("fetch-release: images are no files of a page: what is taken of them is the record that names their digests", async () => {
  const only = [aPackage({ id: "image", ecosystem: "oci", name: "ada/proxy", tag: "v1.0.0" })];
  const released = aPlan({ packages: only });
  const images = [{ package: "image", digest: imageDigest(digestOf("index")) }];
  const made = { planDigest: digestOf("plan"), head: firstHead(released.source), artifacts: [], images };
  const text = canonicalJson(releaseRecordOf(released, made));
  const ports = folderWith({ "slipway-record.json": text });

  const worked = await fetchReleaseStep.perform(aFrozen({}, { plan: released, packages: only, sinceMs: ports.clock.nowMs() }), ports);

  assert.deepEqual(worked.kind === "done" && worked.artifacts.map(({ kind, name }) => `${kind} ${name}`), ["record slipway-record.json"]);
  const makes = fetchReleaseStep.makes(aUse({}, { packages: only }));
  assert.deepEqual(makes, [{ kind: "record", package: "image", countMin: 1, countMax: 1 }]);
});
