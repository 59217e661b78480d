// Grype: `grype oci-archive:…` and its JSON report (oss.anchore.com, grype's JSON schema). It refuses to compare without a
// database, and with one that is older than five days; the report, and in older versions `grype db status`, says of when it is.
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

const match = z.object({
  vulnerability: z.object({
    id: z.string(),
    severity: z.string().nullish(),
    fix: z.object({ versions: z.array(z.string()).nullish() }).nullish(),
  }),
  relatedVulnerabilities: z.array(z.object({ id: z.string() })).nullish(),
  artifact: z.object({ name: z.string(), version: z.string() }),
});

const built = z.object({ built: z.string().nullish(), valid: z.boolean().nullish(), error: z.string().nullish() });

const grypeReport = z.object({
  matches: z.array(match),
  descriptor: z.object({ name: z.literal("grype"), db: built.extend({ status: built.nullish() }).nullish() }),
});

export const grype: Scanner = { name: "grype", scan };

async function scan(scanning: Scanning): Promise<Scanned | Failed> {
  const { ports, frozen, folder } = scanning;
  const file = `${folder}/report.json`;
  const ended = await runScanner(["grype", `oci-archive:${frozen}`, "--output", "json", "--file", file], scanning, envOf(scanning));
  if (ended.kind === "failed") return ended;
  if (ended.code !== 0) return endedBadly("grype", ended, scanning);
  const read = await readReport("grype", { file, schema: grypeReport, ports });
  if (read.kind === "failed") return read;
  const { matches, descriptor } = read.report;
  const dataMs = timeOf(descriptor.db?.status?.built ?? descriptor.db?.built ?? undefined) ?? (await dataOf(scanning));
  if (typeof dataMs !== "number") return dataMs;
  return { kind: "scanned", vulnerabilities: matches.map(readOne), dataMs };
}

function envOf({ update }: Scanning): Readonly<Record<string, string>> {
  return { GRYPE_CHECK_FOR_APP_UPDATE: "false", ...(update ? {} : { GRYPE_DB_AUTO_UPDATE: "false" }) };
}

async function dataOf(scanning: Scanning): Promise<number | Failed> {
  const { ports, folder, deadlineMs } = scanning;
  const end = await ports.exec.run({
    program: "grype",
    args: ["db", "status", "--output", "json"],
    cwd: folder,
    env: { ...ports.env, ...envOf(scanning) },
    timeoutMs: Math.max(1, deadlineMs - ports.clock.nowMs()),
    signal: ports.signal,
  });
  if (end.kind !== "exited") return withoutData("grype", "it does not say of when its database is");
  const read = parseReport("grype", end.stdout, built);
  if (read.kind === "failed") return read;
  const { valid, error } = read.report;
  const time = valid === false ? undefined : timeOf(read.report.built ?? undefined);
  return time ?? withoutData("grype", error ?? "its database does not say of when it is");
}

function readOne({ vulnerability, relatedVulnerabilities, artifact }: z.infer<typeof match>): Vulnerability {
  return {
    id: vulnerability.id,
    aliases: (relatedVulnerabilities ?? []).map(({ id }) => id).filter((id) => id !== vulnerability.id),
    package: artifact.name,
    version: artifact.version,
    severity: severityOf(vulnerability.severity ?? undefined),
    fixed: vulnerability.fix?.versions ?? [],
  };
}
