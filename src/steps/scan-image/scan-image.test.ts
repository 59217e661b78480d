// The reports of Trivy and Grype are written by hand after the forms that they document; those of osv-scanner 2.6.0, and what
// Grype 0.110.0 says without a database, were made by real runs over an image and a record of our own, and made shorter.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { readImageDigest } from "../../domain/oci/names.ts";
import type { Command, CommandEnd, ImageArchive } from "../../platform/ports.ts";
import {
  aFrozen,
  anArtifact,
  aPackage,
  aPlanned,
  aUse,
  exited,
  fakePorts,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import type { Worked } from "../step.ts";
import { readExceptions } from "./exceptions.ts";
import type { ScanImageInput } from "./input.ts";
import { scanImageStep } from "./scan-image.ts";
import { severityOfScore } from "./vulnerability.ts";

const image: PlannedPackage = aPackage({ id: "image", ecosystem: "oci", name: "owner/proxy" });
const artifact = anArtifact("image", "proxy-linux-x86_64.oci.tar", { package: "image", platform: "linux-x86_64" });
/** The clock of the fake ports. */
const today = "2023-11-14";

const trivyReport = {
  SchemaVersion: 2,
  CreatedAt: "2023-11-14T12:00:00Z",
  ArtifactName: "image.tar",
  ArtifactType: "container_image",
  Results: [
    {
      Target: "image.tar (debian 12)",
      Class: "os-pkgs",
      Type: "debian",
      Packages: [{ ID: "libssl3@3.0.1" }, { ID: "zlib1g@1.2" }],
      Vulnerabilities: [
        {
          VulnerabilityID: "CVE-2023-0001",
          VendorIDs: ["DSA-1"],
          PkgName: "libssl3",
          InstalledVersion: "3.0.1",
          FixedVersion: "3.0.2, 3.1.1",
          Status: "fixed",
          Severity: "CRITICAL",
        },
        { VulnerabilityID: "CVE-2023-0002", PkgName: "zlib1g", InstalledVersion: "1.2", Status: "affected", Severity: "LOW" },
      ],
    },
    { Target: "app", Class: "lang-pkgs", Type: "gobinary", Packages: [{ ID: "a" }] },
  ],
};
const trivyVersion = {
  Version: "0.60.0",
  VulnerabilityDB: { Version: 2, NextUpdate: "2023-11-13T12:00:00Z", UpdatedAt: "2023-11-12T12:00:00Z" },
};

const grypeReport = {
  matches: [
    {
      vulnerability: { id: "GHSA-aaaa", severity: "High", fix: { versions: ["2.0.0"], state: "fixed" } },
      relatedVulnerabilities: [{ id: "CVE-2023-0003" }],
      artifact: { name: "demo", version: "1.0.0", type: "python" },
    },
    { vulnerability: { id: "CVE-2023-0004", severity: "Negligible" }, relatedVulnerabilities: [], artifact: { name: "tar", version: "1" } },
  ],
  source: { type: "image" },
  descriptor: { name: "grype", version: "0.110.0", db: { status: { schemaVersion: "v6", built: "2023-11-13T00:00:00Z", valid: true } } },
};

const osvReport = {
  results: [
    {
      source: { path: "/usr/lib/python3/site-packages/demo-1.0.0.dist-info/METADATA", type: "artifact" },
      packages: [
        {
          package: { name: "demo", version: "1.0.0", ecosystem: "PyPI", image_origin_details: { index: 0 } },
          groups: [{ ids: ["TEST-2026-0001"], aliases: ["CVE-2026-0001", "TEST-2026-0001"], max_severity: "9.8" }],
          vulnerabilities: [
            {
              affected: [
                {
                  package: { ecosystem: "PyPI", name: "demo" },
                  ranges: [{ events: [{ introduced: "0" }, { fixed: "1.1.0" }], type: "ECOSYSTEM" }],
                },
              ],
              aliases: ["CVE-2026-0001"],
              id: "TEST-2026-0001",
              severity: [{ score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", type: "CVSS_V3" }],
            },
          ],
        },
        { package: { name: "other", version: "1", ecosystem: "PyPI" } },
      ],
    },
  ],
  experimental_config: { licenses: { summary: false, allowlist: null } },
};

const loadedPyPi = "Loaded PyPI local db from /db/PyPI/all.zip\n";

interface Scanned {
  readonly report?: unknown;
  readonly code?: number;
  readonly stderr?: string;
  /** Answers by the first words of their arguments. */
  readonly answers?: Readonly<Record<string, CommandEnd>>;
}

interface Machine {
  readonly trivy?: Scanned;
  readonly grype?: Scanned;
  readonly "osv-scanner"?: Scanned;
  readonly exceptions?: string;
}

function machine({ exceptions, ...scanners }: Machine): FakePorts {
  const files = memoryFiles();
  if (exceptions !== undefined) for (const root of ["/work", "/source"]) files.content.set(`${root}/exceptions.yaml`, exceptions);
  files.content.set("/db/PyPI/all.zip", "zip");
  const program = (scanner: Scanned) => (command: Command) => {
    const { args } = command;
    const answer = scanner.answers?.[args.slice(0, 2).join(" ")];
    if (answer !== undefined) return answer;
    if (args[0] === "--version") return exited(0, `${command.program} 9\n`);
    if (args[0] === "version") return exited(0, JSON.stringify(trivyVersion));
    if (scanner.report !== undefined) {
      files.content.set(`${command.cwd}/report.json`, typeof scanner.report === "string" ? scanner.report : JSON.stringify(scanner.report));
    }
    return exited(scanner.code ?? 0, "", scanner.stderr ?? "");
  };
  const programs = Object.fromEntries(Object.entries(scanners).map(([name, scanner]) => [name, program(scanner)]));
  const digest = readImageDigest(`sha256:${"a".repeat(64)}`) ?? assert.fail();
  const opened: ImageArchive = {
    sizeBytes: 1,
    manifest: { mediaType: "m", digest, sizeBytes: 1, text: "{}", annotations: {} },
    platform: { os: "linux", architecture: "amd64" },
    labels: {},
    blobs: [],
    bytesOf: () => assert.fail(),
  };
  const images = {
    openImage: async () => ({ kind: "opened", image: opened }) as const,
    writeForDocker: async (_image: ImageArchive, to: string) => void files.content.set(to, "image"),
  };
  return fakePorts({ files, programs, images });
}

async function scan(ports: FakePorts, input: ScanImageInput = {}): Promise<Worked> {
  return scanImageStep.perform(aFrozen(input, { packages: [image], artifacts: [artifact] }), ports);
}

function outcome(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : worked.kind;
}

function ran(ports: FakePorts): readonly string[] {
  return ports.exec.commands.map(({ program, args }) => [program, ...args].join(" ")).filter((one) => !one.endsWith("--version"));
}

const folder = `/scratch/scan-${artifact.digest.slice(0, 16)}`;
const stopsTrivy = /^VULNERABILITY_FOUND: Cannot release the images: CVE-2023-0001 in libssl3 3.0.1: critical, mended in 3.0.2, 3.1.1$/;

test("scan-image: Trivy reads the image as `docker save` writes it, in an empty folder, and a critical finding stops", async () => {
  const ports = machine({ trivy: { report: trivyReport } });

  const worked = await scan(ports, { update: "never" });

  assert.match(outcome(worked), stopsTrivy);
  assert.deepEqual(ran(ports), [
    `trivy image --input ${folder}/image.tar --format json --output ${folder}/empty/report.json --scanners vuln --list-all-pkgs ` +
      "--exit-code 0 --no-progress --skip-db-update --skip-java-db-update --offline-scan",
    "trivy version --format json",
  ]);
  assert.equal(ports.exec.commands[1]?.cwd, `${folder}/empty`);
  assert.ok(ports.printed.includes("proxy-linux-x86_64.oci.tar: 2 known vulnerabilities in 3 packages, by data of 2023-11-12, 2 days old"));
  assert.ok(ports.printed.includes("passes: CVE-2023-0002 in zlib1g 1.2: low, no version mends it"));
});

test("scan-image: Grype reads the frozen archive itself, and its data's age is told", async () => {
  const ports = machine({ grype: { report: grypeReport } });

  const worked = await scan(ports);

  assert.match(outcome(worked), /^VULNERABILITY_FOUND: .*GHSA-aaaa in demo 1.0.0: high, mended in 2.0.0$/);
  assert.deepEqual(ran(ports), [`grype oci-archive:/store/${artifact.digest} --output json --file ${folder}/empty/report.json`]);
  assert.ok(ports.printed.includes("proxy-linux-x86_64.oci.tar: 2 known vulnerabilities, by data of 2023-11-13, 1 days old"));
});

test("scan-image: osv-scanner compares with databases of this machine, by score", async () => {
  const ports = machine({ "osv-scanner": { report: osvReport, code: 1, stderr: loadedPyPi } });

  const worked = await scan(ports, { update: "never", tool: "osv-scanner" });

  assert.match(outcome(worked), /^VULNERABILITY_FOUND: .*TEST-2026-0001 in demo 1.0.0: critical, mended in 1.1.0$/);
  assert.deepEqual(ran(ports), [
    `osv-scanner scan image --archive --config ${folder}/empty/empty.toml --format json --all-packages --output-file ${folder}/empty/report.json --offline ${folder}/image.tar`,
  ]);
});

test("scan-image: with leave to fetch newer data, no package's name is sent: databases are fetched whole", async () => {
  const ports = machine({ "osv-scanner": { report: { results: [] } } });

  assert.equal(outcome(await scan(ports)), "done");
  assert.match(ran(ports)[0] ?? "", / --offline-vulnerabilities --download-offline-databases /);
});

test("scan-image: the first scanner on the PATH is used, in the order trivy, grype, osv-scanner", async () => {
  const ports = machine({ grype: { report: { ...grypeReport, matches: [] } }, "osv-scanner": { code: 127 } });

  const worked = await scan(ports);

  assert.equal(worked.kind === "done" && (worked.output as { readonly tool: string }).tool, "grype");
});

const withoutData: readonly (readonly [string, Machine, RegExp])[] = [
  [
    "osv-scanner that finds nothing because it has no database",
    { "osv-scanner": { report: { results: [] }, code: 127, stderr: "could not load db for PyPI ecosystem: no offline version\n" } },
    /^SCAN_FAILED: .*osv-scanner ended with exit status 127; it printed last:\n {2}could not load db/,
  ],
  [
    "Grype without a database",
    { grype: { code: 1, stderr: "failed to load vulnerability db: database does not exist\n" } },
    /^SCAN_FAILED: .*grype ended with exit status 1; it printed last:\n {2}failed to load vulnerability db: database does not exist$/,
  ],
  [
    "Grype whose database is not valid",
    {
      grype: {
        report: { matches: [], descriptor: { name: "grype" } },
        answers: {
          "db status": exited(1, '{"schemaVersion":"","path":"/db/6/vulnerability.db","valid":false,"error":"database does not exist"}'),
        },
      },
    },
    /^SCAN_FAILED: .*grype has no data to compare with: database does not exist$/,
  ],
  [
    "Trivy on its first run without a database",
    { trivy: { code: 1, stderr: "FATAL --skip-db-update cannot be specified on the first run\n" } },
    /^SCAN_FAILED: .*trivy ended with exit status 1/,
  ],
  [
    "Trivy that names no database",
    { trivy: { report: { SchemaVersion: 2 }, answers: { "version --format": exited(0, '{"Version":"1"}') } } },
    /^SCAN_FAILED: .*trivy has no data to compare with: it names no vulnerability database$/,
  ],
  [
    "a report of another form",
    { trivy: { report: { SchemaVersion: 3 } } },
    /^SCAN_FAILED: Cannot read the report of trivy: `SchemaVersion`/,
  ],
  ["a report that is no JSON", { grype: { report: "no" } }, /^SCAN_FAILED: Cannot read the report of grype: it is no JSON$/],
  ["no report", { grype: {} }, /^SCAN_FAILED: Cannot read the report of grype: it wrote none$/],
  [
    "a report without what the scanner says it found",
    { "osv-scanner": { report: { results: [] }, code: 1 } },
    /^SCAN_FAILED: .*ended with exit status 1/,
  ],
  ["no scanner", {}, /^TOOL_MISSING: .*none of trivy, grype, osv-scanner answers/],
];
for (const [what, of, message] of withoutData) {
  test(`scan-image: is never satisfied by ${what}`, async () => {
    assert.match(outcome(await scan(machine(of))), message);
  });
}

test("scan-image: an image in which the scanner knows no package passes, and the log says that nothing was compared", async () => {
  const ports = machine({ "osv-scanner": { code: 128, stderr: "No package sources found, --help for usage information.\n" } });

  assert.equal(outcome(await scan(ports)), "done");
  assert.ok(
    ports.printed.includes("note: osv-scanner knows no package in proxy-linux-x86_64.oci.tar: there is nothing that it could compare"),
  );
});

const excepted = (until: string, more = ""): string => `- { id: cve-2023-0001, reason: not reachable, until: ${until}${more} }\n`;
const policies: readonly (readonly [string, string | undefined, ScanImageInput, RegExp])[] = [
  ["an exception until today", excepted(today), {}, /^done$/],
  ["an exception that ended yesterday", excepted("2023-11-13"), {}, /its exception ended on 2023-11-13 \(not reachable\)$/],
  ["an exception for the package", excepted("2099-01-01", ", package: libssl3"), {}, /^done$/],
  ["an exception for another package", excepted("2099-01-01", ", package: zlib1g"), {}, /^VULNERABILITY_FOUND/],
  ["an exception by another name of the same", "- { id: DSA-1, reason: r, until: 2099-01-01 }\n", {}, /^done$/],
  ["no exception, where low ones stop too", undefined, { "stop-at": "low" }, /; CVE-2023-0002 in zlib1g 1.2: low/],
  ["exceptions that are no list", "id: a\n", {}, /^PLAN_INVALID: .*"exceptions.yaml" should be a list/],
];
for (const [what, exceptions, input, message] of policies) {
  test(`scan-image: with ${what}`, async () => {
    const ports = machine({ trivy: { report: trivyReport }, ...(exceptions === undefined ? {} : { exceptions }) });

    const worked = await scan(ports, { ...input, ...(exceptions === undefined ? {} : { exceptions: "exceptions.yaml" }) });

    assert.match(outcome(worked), message);
  });
}

test("scan-image: the output names tool, data, findings and the exceptions that were needed and were not", async () => {
  const exceptions = `${excepted("2099-01-01")}- { id: CVE-2000-1, reason: gone, until: 2099-01-01 }\n`;
  const ports = machine({ trivy: { report: trivyReport }, exceptions });

  const worked = await scan(ports, { exceptions: "exceptions.yaml" });

  assert.deepEqual(worked.kind === "done" && worked.output, {
    tool: "trivy",
    version: "trivy 9",
    stopAt: "high",
    images: [{ name: artifact.name, sha256: artifact.digest, vulnerabilities: 2, packages: 3, data: "2023-11-12T12:00:00.000Z" }],
    findings: [
      {
        id: "CVE-2023-0001",
        aliases: ["DSA-1"],
        package: "libssl3",
        version: "3.0.1",
        severity: "critical",
        fixed: ["3.0.2", "3.1.1"],
        outcome: "excepted",
        exception: { id: "cve-2023-0001", reason: "not reachable", until: "2099-01-01" },
      },
      { id: "CVE-2023-0002", aliases: [], package: "zlib1g", version: "1.2", severity: "low", fixed: [], outcome: "passes" },
    ],
    findingsLeftOut: 0,
    exceptions: { used: ["cve-2023-0001"], unused: ["CVE-2000-1"] },
  });
  assert.ok(ports.printed.includes('note: the exception "CVE-2000-1" until 2099-01-01 is not needed: gone'));
});

test("scan-image: a severity that nobody told stops, unless the file lets it pass", async () => {
  const [result] = osvReport.results;
  const [found] = result?.packages ?? [];
  const unknown = {
    results: [{ packages: [{ ...found, groups: [{ ids: ["X-1"], aliases: [], max_severity: "" }], vulnerabilities: [] }] }],
  };
  const ports = () => machine({ "osv-scanner": { report: unknown, code: 1, stderr: loadedPyPi } });

  assert.match(outcome(await scan(ports())), /X-1 in demo 1.0.0: of unknown severity, no version mends it$/);
  assert.equal(outcome(await scan(ports(), { unknown: "pass" })), "done");
});

test("scan-image: a word of the database counts where a record has no score", async () => {
  const moderate = {
    results: [
      {
        packages: [
          {
            package: { name: "demo", version: "1" },
            groups: [{ ids: ["GHSA-1"], max_severity: "" }],
            vulnerabilities: [{ id: "GHSA-1", database_specific: { severity: "MODERATE" } }],
          },
        ],
      },
    ],
  };

  const stopped = await scan(machine({ "osv-scanner": { report: moderate, code: 1 } }), { "stop-at": "medium" });

  assert.match(outcome(stopped), /GHSA-1 in demo 1: medium/);
  assert.equal(outcome(await scan(machine({ "osv-scanner": { report: moderate, code: 1 } }))), "done");
});

const lists: readonly (readonly [string, RegExp])[] = [
  ["- { id: A, until: 2024-01-01 }", /entry 1, `reason`/],
  ["- { id: A, reason: r, until: tomorrow }", /entry 1, `until`/],
  ["- { id: A, reason: r, until: 2023-02-30 }", /entry 1, `until`/],
  ["- { id: A, reason: ' ', until: 2024-01-01 }", /entry 1, `reason`/],
  ["- { id: A, reason: r, until: 2024-01-01, other: 1 }", /entry 1: /],
  ["- { id: A, reason: r, until: 2024-01-01 }\n- { id: a, reason: s, until: 2025-01-01 }", /names "a" twice/],
  ["- [", /is no YAML/],
  ["- &a { id: A }\n- *a", /cannot be read|entry/],
];
for (const [text, why] of lists) {
  test(`scan-image: exceptions that are refused: ${JSON.stringify(text)}`, () => {
    const read = readExceptions(text);

    assert.match(read.kind === "unreadable" ? read.why : "", why);
  });
}

test("scan-image: an empty file has no exceptions", () => {
  assert.deepEqual(readExceptions("# none yet\n"), { kind: "list", exceptions: [] });
});

test("scan-image: scores are read on the scale of CVSS", () => {
  const words = ["0.0", "0.1", "3.9", "4.0", "6.9", "7", "8.9", "9.0", "10", "", "11", "high"].map(severityOfScore);

  assert.equal(words.join(" "), "negligible low low medium medium high high critical critical unknown unknown unknown");
});

test("scan-image: preflight names the scanner, and exceptions that have ended before anything is built", async () => {
  const look = (of: Machine, input: ScanImageInput = {}) => scanImageStep.preflight(aPlanned(input, { packages: [image] }), machine(of));

  const fine = await look({ trivy: {} });
  const ended = await look({ trivy: {}, exceptions: excepted("2023-01-01") }, { exceptions: "exceptions.yaml" });
  const gone = await look({}, { exceptions: "exceptions.yaml", tool: "grype" });

  assert.deepEqual(fine, [{ id: "PF-SCANNER", level: "fine", message: "Images are scanned with trivy: trivy 9" }]);
  assert.deepEqual([ended[1]?.level, gone[0]?.level, gone[1]?.level], ["warns", "blocks", "blocks"]);
  assert.equal(gone[0]?.message, 'Cannot scan images: "grype --version" does not answer');
  assert.match(ended[1]?.message ?? "", /ended on 2023-01-01 \(not reachable\)/);
});

test("scan-image: takes images, and says what stops", () => {
  const use = aUse<ScanImageInput>({ "stop-at": "medium", tool: "grype" }, { packages: [image, aPackage()] });

  assert.deepEqual(scanImageStep.takes(use), [{ kinds: ["image"], packages: ["image"] }]);
  assert.equal(scanImageStep.describe(use), "scan the images of image with grype; medium and above stop");
});
