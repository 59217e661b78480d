import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { aFrozen, anArtifact, aPackage, aUse, fakeArchives, fakePorts, memoryFiles } from "../../../test/support/ports.ts";
import type { SbomInput } from "./input.ts";
import { sbomStep } from "./sbom.ts";

const wheel = anArtifact("wheel", "demo-1.0.0-py3-none-any.whl");
const metadata =
  "Metadata-Version: 2.4\nName: demo\nVersion: 1.0.0\nSummary: A \u001b[31mdemo\nLicense-Expression: MIT\nRequires-Dist: attrs>=20\n";

interface Bom {
  readonly metadata: { readonly component: Record<string, unknown>; readonly properties: readonly { readonly value: string }[] };
  readonly components: readonly { readonly purl: string }[];
}

async function perform(parts: { lock?: string; input?: SbomInput; files?: Record<string, string>; package?: Partial<PlannedPackage> }) {
  const lock = parts.lock === undefined ? {} : { "/work/uv.lock": parts.lock };
  const ports = fakePorts({
    files: memoryFiles(lock),
    archives: fakeArchives({ [`/store/${wheel.digest}`]: parts.files ?? { "demo-1.0.0.dist-info/METADATA": metadata } }),
  });
  const packages = [aPackage(parts.package)];
  const worked = await sbomStep.perform(aFrozen<SbomInput>(parts.input ?? {}, { artifacts: [wheel], packages }), ports);
  const text = ports.files.content.get("/scratch/demo-1.0.0.cdx.json");
  return { worked, bom: typeof text === "string" ? (JSON.parse(text) as Bom) : undefined };
}

const lock = '[[package]]\nname = "attrs"\nversion = "25.1.0"\n';

test("sbom: one document per Python package, from the METADATA of its wheel", async () => {
  const { worked, bom } = await perform({});

  assert.deepEqual(worked.kind === "done" && worked.artifacts, [
    { kind: "sbom", package: "demo", name: "demo-1.0.0.cdx.json", file: "/scratch/demo-1.0.0.cdx.json" },
  ]);
  assert.equal(bom?.metadata.component["description"], "A demo");
  assert.deepEqual(bom?.metadata.component["licenses"], [{ expression: "MIT" }]);
  assert.deepEqual(
    bom?.components.map((one) => one.purl),
    ["pkg:pypi/attrs"],
  );
});

test("sbom: a lock file, also one above the package, says the versions, and can be left out", async () => {
  const above = await perform({ lock, package: { folder: "packages/demo" } });
  const ignored = await perform({ lock, input: { lock: "ignore" } });

  assert.equal(above.bom?.components[0]?.purl, "pkg:pypi/attrs@25.1.0");
  assert.equal(above.bom?.metadata.properties[0]?.value, "locked by uv.lock");
  assert.equal(ignored.bom?.components[0]?.purl, "pkg:pypi/attrs");
});

test("sbom: a lock file that cannot be read, and a wheel without METADATA, fail by name", async () => {
  const broken = await perform({ lock: "[[" });
  const empty = await perform({ files: { "demo/__init__.py": "" } });

  assert.match(broken.worked.kind === "failed" ? broken.worked.message : "", /"uv\.lock" cannot be read/);
  assert.match(empty.worked.kind === "failed" ? empty.worked.message : "", /it has no METADATA/);
});

test("sbom: packages of other ecosystems are none of its business", () => {
  const use = aUse<SbomInput>({}, { packages: [aPackage(), aPackage({ id: "crate", ecosystem: "crates" })] });

  assert.deepEqual(sbomStep.makes(use), [{ kind: "sbom", package: "demo", countMin: 1, countMax: 1 }]);
});
