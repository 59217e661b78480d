// osv-scanner: `osv-scanner scan image --archive` and its JSON report (google.github.io/osv-scanner, "Output"). It compares
// with databases of its own on this machine, one for each ecosystem, so that no package's name is sent anywhere. Without one
// it says that it found nothing, and ends with 127 (testbed); but where another database knew something it ends with 1, as if
// all had been compared (seen with 2.6.0). So every ecosystem of the report has to be one whose database was loaded.
import { z } from "zod";
import type { Failed } from "../building.ts";
import { endedBadly, readReport, runScanner, withoutData, type Ended, type Scanned, type Scanner, type Scanning } from "./scanner.ts";
import { severityOf, severityOfScore, type Severity, type Vulnerability } from "./vulnerability.ts";

const record = z.object({
  id: z.string(),
  affected: z
    .array(
      z.object({
        package: z.object({ name: z.string() }).nullish(),
        ranges: z.array(z.object({ events: z.array(z.object({ fixed: z.string().optional() })).nullish() })).nullish(),
      }),
    )
    .nullish(),
  database_specific: z.object({ severity: z.unknown() }).nullish(),
});

const group = z.object({ ids: z.array(z.string()).min(1), aliases: z.array(z.string()).nullish(), max_severity: z.string().nullish() });

const packaged = z.object({
  package: z.object({ name: z.string(), version: z.string().optional(), ecosystem: z.string().optional() }),
  groups: z.array(group).nullish(),
  vulnerabilities: z.array(record).nullish(),
});

const osvReport = z.object({ results: z.array(z.object({ packages: z.array(packaged) })) });

/** The documented ends: nothing found, something found, and an image in which it knows no package. */
const ends = { clean: 0, found: 1, noPackages: 128 } as const;

export const osvScanner: Scanner = { name: "osv-scanner", scan };

async function scan(scanning: Scanning): Promise<Scanned | Failed> {
  const { ports, forDocker, folder, update } = scanning;
  const file = `${folder}/report.json`;
  const data = update ? ["--offline-vulnerabilities", "--download-offline-databases"] : ["--offline"];
  // It would look for one beside each package, by the path that this has in the image.
  const config = `${folder}/empty.toml`;
  await ports.files.writeText(config, "");
  const options = ["--archive", "--config", config, "--format", "json", "--all-packages", "--output-file", file];
  const ended = await runScanner(["osv-scanner", "scan", "image", ...options, ...data, forDocker], scanning);
  if (ended.kind === "failed") return ended;
  if (ended.code === ends.noPackages) return { kind: "scanned", vulnerabilities: [], packages: 0 };
  if (ended.code !== ends.clean && ended.code !== ends.found) return endedBadly("osv-scanner", ended, scanning);
  const read = await readReport("osv-scanner", { file, schema: osvReport, ports });
  if (read.kind === "failed") return read;
  const packages = read.report.results.flatMap((one) => one.packages);
  const vulnerabilities = packages.flatMap(readPackage);
  // A report that does not hold what the scanner says it found is of another form than the one that is read here.
  if (ended.code === ends.found && vulnerabilities.length === 0) return endedBadly("osv-scanner", ended, scanning);
  const missing = notCompared(ended, packages);
  if (missing !== undefined) return missing;
  const dataMs = await dataOf(ended, scanning);
  return { kind: "scanned", vulnerabilities, packages: packages.length, ...(dataMs === undefined ? {} : { dataMs }) };
}

/** Packages without a version or an ecosystem are named in the report, and nothing can be known of them. */
function notCompared({ lines }: Ended, packages: readonly z.infer<typeof packaged>[]): Failed | undefined {
  const failure = lines.find((line) => /^could not load db |^Error during /.test(line));
  if (failure !== undefined) return withoutData("osv-scanner", failure);
  const loaded = new Set(loadedBy(lines).map(({ ecosystem }) => ecosystem));
  const known = packages.filter(({ package: { version, ecosystem } }) => (version ?? "") !== "" && (ecosystem ?? "") !== "");
  const ecosystems = new Set(known.map(({ package: { ecosystem } }) => ecosystem?.split(":")[0] ?? ""));
  const missing = [...ecosystems].filter((one) => !loaded.has(one)).toSorted();
  return missing.length === 0 ? undefined : withoutData("osv-scanner", `it loaded no database for ${missing.join(", ")}`);
}

/** Each database that was loaded is named, with its file. */
function loadedBy(lines: readonly string[]): readonly { readonly ecosystem: string; readonly file: string }[] {
  return lines.flatMap((line) => {
    const [, ecosystem, file] = /^Loaded (.{1,100}?) local db from (.+)$/.exec(line) ?? [];
    return ecosystem === undefined || file === undefined ? [] : [{ ecosystem, file }];
  });
}

/** The oldest database counts. */
async function dataOf({ lines }: Ended, { ports }: Scanning): Promise<number | undefined> {
  const times = await Promise.all(loadedBy(lines).map(async ({ file }) => (await ports.files.info(file))?.modifiedMs));
  const known = times.filter((one) => one !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function readPackage({ package: of, groups, vulnerabilities }: z.infer<typeof packaged>): readonly Vulnerability[] {
  return (groups ?? []).map(({ ids, aliases, max_severity: score }) => {
    const [id = ""] = ids;
    const records = (vulnerabilities ?? []).filter((one) => ids.includes(one.id));
    const others = new Set([...ids, ...(aliases ?? [])]);
    others.delete(id);
    return {
      id,
      aliases: [...others],
      package: of.name,
      version: of.version ?? "",
      severity: severityIn(score ?? "", records),
      fixed: fixedIn(records, of.name),
    };
  });
}

/** Many records have no score; some databases write a word instead. */
function severityIn(score: string, records: readonly z.infer<typeof record>[]): Severity {
  const scored = severityOfScore(score);
  if (scored !== "unknown") return scored;
  const words = records
    .map((one) => one.database_specific?.severity)
    .map((word) => severityOf(typeof word === "string" ? word : undefined));
  return words.find((word) => word !== "unknown") ?? "unknown";
}

function fixedIn(records: readonly z.infer<typeof record>[], name: string): readonly string[] {
  const affected = records.flatMap((one) => one.affected ?? []).filter((one) => one.package?.name === name);
  const events = affected.flatMap((one) => one.ranges ?? []).flatMap((one) => one.events ?? []);
  return [...new Set(events.flatMap(({ fixed }) => fixed ?? []))];
}
