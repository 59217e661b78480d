// `scan-image` with a real osv-scanner, offline, over an image that `build-image` made of files, and a planted record
// (testbed §2.4e): a planted vulnerability stops, an exception lets it through until its last day, no data stops.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { z } from "zod";
import { buildImageStep } from "../../src/steps/build-image/build-image.ts";
import { buildImageInput } from "../../src/steps/build-image/input.ts";
import { scanImageStep } from "../../src/steps/scan-image/scan-image.ts";
import type { ScanImageInput } from "../../src/steps/scan-image/input.ts";
import type { Worked } from "../../src/steps/step.ts";
import { makeBed, readReport, told } from "../support/bed.ts";
import { osvScannerFolder, plantRecords, type PlantedRecord } from "../support/osv-scanner.ts";
import { aFrozen, anArtifact, aPackage, aPlannedStep } from "../support/ports.ts";
import { realPorts, type RealPorts } from "../support/real-ports.ts";

const step = aPlannedStep({ timeoutMs: 120_000 });
const packages = [aPackage({ id: "image", ecosystem: "oci", name: "slip/proxy", version: "1.2.0" })];
const site = "usr/lib/python3/site-packages/demo-1.0.0.dist-info";
const critical = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const low = "CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N";
const planted: PlantedRecord = { id: "TEST-2026-0001", alias: "CVE-2026-0001", package: "demo", fixed: "1.1.0", vector: critical };

interface Place {
  readonly records?: readonly PlantedRecord[];
  readonly exceptions?: string;
  readonly source?: Readonly<Record<string, string>>;
}

interface Scanned {
  readonly worked: Worked;
  readonly ports: RealPorts;
}

/** Builds an image with one Python package in it and scans it. */
async function scan(t: TestContext, { records, exceptions, source }: Place, input: ScanImageInput = {}): Promise<Scanned> {
  const path = [osvScannerFolder(), ...(process.env["PATH"] ?? "").split(delimiter)];
  const data = join((await realPorts(t, { path })).root, "data");
  if (records !== undefined) plantRecords(data, records);
  const ports = await realPorts(t, { path, env: { OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: data } });
  const demo = { [`files/${site}/METADATA`]: "Metadata-Version: 2.1\nName: demo\nVersion: 1.0.0\n" };
  for (const [name, text] of Object.entries({
    ...(source ?? demo),
    ...(exceptions === undefined ? {} : { "exceptions.yaml": exceptions }),
  })) {
    mkdirSync(dirname(join(ports.workFolder, name)), { recursive: true });
    writeFileSync(join(ports.workFolder, name), text);
  }
  const built = await buildImageStep.perform(
    aFrozen(buildImageInput.zod(z).parse({ copy: [{ from: "files", to: "/" }] }), { packages, leg: { platform: "linux-aarch64" }, step }),
    ports,
  );
  assert.equal(built.kind, "done", JSON.stringify(built));
  const [made] = built.kind === "done" ? built.artifacts : [];
  const artifact = anArtifact("image", made?.name ?? "", { package: "image", platform: "linux-aarch64" });
  const given: ScanImageInput = {
    tool: "osv-scanner",
    update: "never",
    ...(exceptions === undefined ? {} : { exceptions: "exceptions.yaml" }),
    ...input,
  };
  const worked = await scanImageStep.perform(aFrozen(given, { packages, artifacts: [artifact], step }), {
    ...ports,
    artifactFile: () => made?.file ?? "",
  });
  return { worked, ports };
}

function outcome({ worked }: Scanned): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : worked.kind;
}

/** Two platforms, both put together on this machine. */
const project = `slipway: 1
project: proxy
packages: { image: { path: ., ecosystem: oci, name: slip/proxy, tag: "v{version}" } }
version: { from: tag }
on: { tag: image }
registries: { images: { ecosystem: oci, url: "http://127.0.0.1:1" } }
environments: { images: { registry: images, credentials: { token: IMAGES_TOKEN } } }
steps:
  image: { uses: build-image, with: { copy: [{ from: files, to: / }] }, matrix: { platform: [linux-x86_64, linux-aarch64] } }
  scan: { uses: scan-image, with: { tool: osv-scanner, update: never, exceptions: exceptions.yaml } }
  publish: { uses: publish, environment: images, with: { channels: ["{version}"] } }
`;

const found = "TEST-2026-0001 in demo 1.0.0: critical, mended in 1.1.0";

describe("scan-image with osv-scanner", () => {
  test("a planted vulnerability stops the release, with its package, version, severity and what mends it", async (t) => {
    const scanned = await scan(t, { records: [planted] });

    assert.equal(outcome(scanned), `VULNERABILITY_FOUND: Cannot release the images: ${found}`);
    const today = new Date().toISOString().slice(0, 10);
    assert.ok(
      scanned.ports.printed.includes(`proxy-linux-aarch64.oci.tar: 1 known vulnerabilities in 1 packages, by data of ${today}, 0 days old`),
      scanned.ports.printed.join("\n"),
    );
  });

  test("an exception with a date to come lets it through, by its other name, and is told", async (t) => {
    const exceptions = "- { id: CVE-2026-0001, reason: not reachable, until: 2999-12-31, package: demo }\n";

    const { worked } = await scan(t, { records: [planted], exceptions });

    assert.equal(worked.kind, "done", JSON.stringify(worked));
    const output = worked.kind === "done" ? (worked.output as { readonly exceptions: unknown; readonly version: string }) : undefined;
    assert.deepEqual(output?.exceptions, { used: ["CVE-2026-0001"], unused: [] });
    assert.match(output?.version ?? "", /2\.6\.0/);
  });

  test("an exception whose date is past does not count", async (t) => {
    const exceptions = "- { id: CVE-2026-0001, reason: not reachable, until: 2026-01-31 }\n";

    const scanned = await scan(t, { records: [planted], exceptions });

    assert.equal(
      outcome(scanned),
      `VULNERABILITY_FOUND: Cannot release the images: ${found}; its exception ended on 2026-01-31 (not reachable)`,
    );
  });

  test("no data stops, although the scanner's report is empty", async (t) => {
    const scanned = await scan(t, {});

    assert.match(outcome(scanned), /^SCAN_FAILED: .*osv-scanner ended with exit status 127/);
    assert.match(outcome(scanned), /no offline version of the OSV database is available/);
  });

  test("data for one kind of package is not enough, although the scanner ends as if all had been compared", async (t) => {
    const exceptions = "- { id: CVE-2026-0001, reason: not reachable, until: 2999-12-31 }\n";
    const source = {
      [`files/${site}/METADATA`]: "Metadata-Version: 2.1\nName: demo\nVersion: 1.0.0\n",
      "files/etc/os-release": 'ID=debian\nVERSION_ID="12"\n',
      "files/var/lib/dpkg/status": "Package: zlib1g\nStatus: install ok installed\nArchitecture: arm64\nVersion: 1:1.2.13\n\n",
    };

    const scanned = await scan(t, { records: [planted], exceptions, source });

    assert.match(outcome(scanned), /^SCAN_FAILED: .*osv-scanner has no data to compare with: could not load db for Debian ecosystem/);
  });

  test("what is below the policy passes, and so does a version that has it no more", async (t) => {
    const below = await scan(t, { records: [{ ...planted, vector: low }] });
    const mended = await scan(t, { records: [{ ...planted, fixed: "0.9.0" }] });

    assert.deepEqual([outcome(below), outcome(mended)], ["done", "done"]);
    assert.match(below.ports.printed.join("\n"), /^passes: TEST-2026-0001 in demo 1.0.0: low/m);
  });

  test("a file of the project that tells the scanner what to leave out changes nothing", async (t) => {
    const ignoring = '[[IgnoredVulns]]\nid = "TEST-2026-0001"\nreason = "hidden"\n';
    const source = {
      [`files/${site}/METADATA`]: "Metadata-Version: 2.1\nName: demo\nVersion: 1.0.0\n",
      "osv-scanner.toml": ignoring,
      [`files/${site}/osv-scanner.toml`]: ignoring,
      "files/osv-scanner.toml": ignoring,
    };

    assert.match(outcome(await scan(t, { records: [planted], source })), /^VULNERABILITY_FOUND/);
  });

  test("an image without a package that the scanner knows passes, and the log says that nothing was compared", async (t) => {
    const scanned = await scan(t, { records: [planted], source: { "files/hello": "hello" } });

    assert.equal(outcome(scanned), "done");
    assert.match(scanned.ports.printed.join("\n"), /^note: osv-scanner knows no package in proxy-linux-aarch64\.oci\.tar/m);
  });

  test("a rehearsal stops at a planted vulnerability, before anything is published, and goes to the end with an exception", async (t) => {
    const files = {
      "slipway.yaml": project,
      [`files/${site}/METADATA`]: "Metadata-Version: 2.1\nName: demo\nVersion: 1.0.0\n",
      "exceptions.yaml": "# none yet\n",
    };
    const bed = makeBed({ example: { files }, tag: "v1.2.0" });
    t.after(() => bed.remove());
    const data = join(bed.folder, "data");
    plantRecords(data, [planted]);
    const env = { PATH: `${osvScannerFolder()}:${bed.env["PATH"] ?? ""}`, OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: data };

    const stopped = await bed.slipway(["rehearse", "--json"], env);
    writeFileSync(join(bed.project, "exceptions.yaml"), "- { id: TEST-2026-0001, reason: not reachable, until: 2999-12-31 }\n");
    bed.git("commit", "--quiet", "--all", "--message", "except");
    bed.git("tag", "--force", "--annotate", "v1.2.0", "--message", "v1.2.0");
    const passed = await bed.slipway(["rehearse", "--json"], env);

    assert.equal(stopped.code, 1, told(stopped));
    assert.match(stopped.stdout + stopped.stderr, /VULNERABILITY_FOUND/);
    assert.equal(passed.code, 0, told(passed));
    const published = readReport(passed).files.filter(({ outcome: how }) => how === "published");
    assert.equal(published.length, 3, JSON.stringify(published));
  });
});
