import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { aFrozen, anArtifact, aPackage, aUse, exited, fakeArchives, fakePorts, type FakePorts } from "../../../test/support/ports.ts";
import type { Archive, ArchiveOpened } from "../../platform/ports.ts";
import { checkArtifactsStep } from "./check-artifacts.ts";

const name = "demo-1.0.0-py3-none-any.whl";
const artifact = anArtifact("wheel", name);
const metadata = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0.0\nSummary: x\nDescription-Content-Type: text/markdown\n\n# Hello\n";

/** A wheel in memory, with a RECORD that is right unless `record` says otherwise. */
function wheelWith(texts: Readonly<Record<string, string>>, faults: readonly string[] = []): ArchiveOpened {
  const base = {
    "demo/__init__.py": "x = 1\n",
    "demo-1.0.0.dist-info/METADATA": metadata,
    "demo-1.0.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    ...texts,
  };
  const sha = (text: string) => createHash("sha256").update(text).digest("base64url");
  const rows = Object.entries(base).map(([path, text]) => `${path},sha256=${sha(text)},${Buffer.byteLength(text)}\n`);
  const all: Readonly<Record<string, string>> = {
    "demo-1.0.0.dist-info/RECORD": `${rows.join("")}demo-1.0.0.dist-info/RECORD,,\n`,
    ...base,
  };
  const entries = Object.entries(all);
  const archive: Archive = {
    members: entries.map(([path, text]) => ({ path, kind: "file", sizeBytes: Buffer.byteLength(text) })),
    faults,
    readText: (path) => Promise.resolve(all[path] === undefined ? { kind: "absent" } : { kind: "text", text: all[path] }),
    readRange: () => Promise.resolve(undefined),
    digests: () =>
      Promise.resolve(new Map(entries.map(([path, text]) => [path, { sha256: sha(text), sizeBytes: Buffer.byteLength(text) }]))),
  };
  return { kind: "opened", archive };
}

function portsWith(opened: ArchiveOpened): FakePorts {
  const open = () => Promise.resolve(opened);
  return fakePorts({
    archives: { ...fakeArchives({}), openZip: open, openTarGz: open },
    programs: { python: () => exited(0, JSON.stringify({ descriptions: [{ sizeBytes: 10 }] })) },
  });
}

describe("check-artifacts", () => {
  it("takes wheels and sdists of PyPI packages alone, and asks for the toolbox", () => {
    const use = aUse({}, { packages: [aPackage(), aPackage({ id: "tool", ecosystem: "binary" })] });

    assert.deepEqual(checkArtifactsStep.takes(use), [{ kinds: ["wheel", "sdist"], packages: ["demo"] }]);
    assert.deepEqual(checkArtifactsStep.asks(use), { programs: [], toolbox: true, platforms: [] });
    assert.equal(checkArtifactsStep.describe(use), "check wheels and sdists of demo");
  });

  it("refuses words that its input does not have", () => {
    assert.equal(checkArtifactsStep.input.fits({ strict: false }), true);
    assert.equal(checkArtifactsStep.input.fits({ stict: false }), false);
  });

  it("is done when nothing is found, and says so for each file", async () => {
    const ports = portsWith(wheelWith({}));

    const worked = await checkArtifactsStep.perform(aFrozen({}, { artifacts: [artifact] }), ports);

    assert.deepEqual(worked, { kind: "done", output: { files: [{ name, findings: [] }] }, artifacts: [] });
    assert.deepEqual(ports.printed, [`${name}: fine`]);
  });

  it("is done with warnings, which are printed", async () => {
    const ports = portsWith(wheelWith({ "tests/__init__.py": "" }));

    const worked = await checkArtifactsStep.perform(aFrozen({}, { artifacts: [artifact] }), ports);

    assert.equal(worked.kind, "done");
    assert.match(ports.printed.join(), /: warning: The wheel puts "tests" at the top of site-packages.*\[CONTENT-COMMON-NAME\]/);
  });

  it("fails with ARTIFACT_INVALID, naming file and fault, with everything in the details", async () => {
    const worked = await checkArtifactsStep.perform(
      aFrozen({}, { artifacts: [artifact] }),
      portsWith(wheelWith({}, ["Has two end records", "B", "C", "D"])),
    );

    assert.equal(worked.kind, "failed");
    if (worked.kind !== "failed") return;
    assert.equal(worked.code, "ARTIFACT_INVALID");
    assert.match(worked.message, /^Cannot release these files: demo-1\.0\.0-py3-none-any\.whl: Has two end records .*; and 1 more$/);
    assert.match(JSON.stringify(worked.details), /"id":"ARCHIVE","level":"error","message":"D /);
  });

  it("lets a missing description pass with a warning when it is not strict", async () => {
    const bare = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0.0\nSummary: x\n";
    const opened = wheelWith({ "demo-1.0.0.dist-info/METADATA": bare });

    const strict = await checkArtifactsStep.perform(aFrozen({}, { artifacts: [artifact] }), portsWith(opened));
    const lenient = await checkArtifactsStep.perform(aFrozen({ strict: false }, { artifacts: [artifact] }), portsWith(opened));

    assert.equal(strict.kind, "failed");
    assert.equal(lenient.kind, "done");
  });

  it("fails when there is nothing to check, rather than to call nothing fine", async () => {
    const worked = await checkArtifactsStep.perform(aFrozen({}), fakePorts());

    assert.equal(worked.kind === "failed" && worked.code, "ARTIFACT_SET");
  });

  it("passes on that the toolbox's Python cannot be had", async () => {
    const restructured = wheelWith({ "demo-1.0.0.dist-info/METADATA": metadata.replace("markdown", "x-rst") });
    const ports = { ...portsWith(restructured), toolboxPython: () => Promise.reject(new Error("no Python")) };

    await assert.rejects(checkArtifactsStep.perform(aFrozen({}, { artifacts: [artifact] }), ports), /no Python/);
  });
});
