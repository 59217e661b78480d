// Trivy: `trivy image --input` and its JSON report of schema version 2 (trivy.dev, "Reporting"; pkg/types/report.go). It
// compares with a database that it keeps and updates; `trivy version --format json` says of when that is.
import { z } from "zod";
import type { Failed } from "../building.ts";
import {
  endedBadly,
  parseReport,
  readReport,
  runScanner,
  timeOf,
  withoutData,
  type Scanned,
  type Scanner,
  type Scanning,
} from "./scanner.ts";
import { severityOf, type Vulnerability } from "./vulnerability.ts";

const found = z.object({
  VulnerabilityID: z.string(),
  VendorIDs: z.array(z.string()).nullish(),
  PkgName: z.string(),
  InstalledVersion: z.string().optional(),
  FixedVersion: z.string().optional(),
  Severity: z.string().optional(),
});

const trivyReport = z.object({
  SchemaVersion: z.literal(2),
  Results: z.array(z.object({ Packages: z.array(z.unknown()).nullish(), Vulnerabilities: z.array(found).nullish() })).nullish(),
});

const trivyVersion = z.object({ VulnerabilityDB: z.object({ UpdatedAt: z.string() }).nullish() });

export const trivy: Scanner = { name: "trivy", scan };

async function scan(scanning: Scanning): Promise<Scanned | Failed> {
  const { ports, forDocker, folder, update } = scanning;
  const file = `${folder}/report.json`;
  const kept = update ? [] : ["--skip-db-update", "--skip-java-db-update", "--offline-scan"];
  const options = ["--format", "json", "--output", file, "--scanners", "vuln", "--list-all-pkgs", "--exit-code", "0", "--no-progress"];
  const ended = await runScanner(["trivy", "image", "--input", forDocker, ...options, ...kept], scanning);
  if (ended.kind === "failed") return ended;
  if (ended.code !== 0) return endedBadly("trivy", ended, scanning);
  const read = await readReport("trivy", { file, schema: trivyReport, ports });
  if (read.kind === "failed") return read;
  const dataMs = await dataOf(scanning);
  if (typeof dataMs !== "number") return dataMs;
  const results = read.report.Results ?? [];
  const packages = results.reduce((total, one) => total + (one.Packages?.length ?? 0), 0);
  return { kind: "scanned", vulnerabilities: results.flatMap((one) => (one.Vulnerabilities ?? []).map(readOne)), packages, dataMs };
}

async function dataOf({ ports, folder, deadlineMs }: Scanning): Promise<number | Failed> {
  const end = await ports.exec.run({
    program: "trivy",
    args: ["version", "--format", "json"],
    cwd: folder,
    env: ports.env,
    timeoutMs: Math.max(1, deadlineMs - ports.clock.nowMs()),
    signal: ports.signal,
  });
  if (end.kind !== "exited" || end.code !== 0) return withoutData("trivy", "it does not say of when its database is");
  const read = parseReport("trivy", end.stdout, trivyVersion);
  if (read.kind === "failed") return read;
  return timeOf(read.report.VulnerabilityDB?.UpdatedAt) ?? withoutData("trivy", "it names no vulnerability database");
}

function readOne(one: z.infer<typeof found>): Vulnerability {
  return {
    id: one.VulnerabilityID,
    aliases: one.VendorIDs ?? [],
    package: one.PkgName,
    version: one.InstalledVersion ?? "",
    severity: severityOf(one.Severity),
    fixed: (one.FixedVersion ?? "").split(",").flatMap((text) => (text.trim() === "" ? [] : [text.trim()])),
  };
}
