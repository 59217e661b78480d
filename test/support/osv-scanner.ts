// A real osv-scanner for the acceptance tier, built from its sources with the Go module proxy when it is first needed (three
// minutes on two cores) and kept in the user's cache; and data of our own for it, since its real data is gigabytes elsewhere.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { zip } from "./zip.ts";

const version = "2.6.0";
const folder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "slipway", "osv-scanner", version);

/** Folder that `osv-scanner` lies in. @throws when there is no Go, or the build fails: the test has then failed */
export function osvScannerFolder(): string {
  if (existsSync(join(folder, "osv-scanner"))) return folder;
  mkdirSync(folder, { recursive: true });
  // It may want a newer Go than this machine's, which Go itself fetches.
  const env = { ...process.env, GOBIN: folder, GOTOOLCHAIN: "auto" };
  const module = `github.com/google/osv-scanner/v2/cmd/osv-scanner@v${version}`;
  execFileSync("nice", ["-n", "15", "go", "install", module], { env, stdio: ["ignore", "inherit", "inherit"] });
  return folder;
}

export interface PlantedRecord {
  readonly id: string;
  readonly alias: string;
  /** Of the Python index. */
  readonly package: string;
  readonly fixed: string;
  /** CVSS 3.1 vector. */
  readonly vector: string;
}

/** Writes a database of the ecosystem PyPI where osv-scanner looks for one. @param root for OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY */
export function plantRecords(root: string, records: readonly PlantedRecord[]): void {
  const to = join(root, "osv-scalibr", "PyPI");
  mkdirSync(to, { recursive: true });
  writeFileSync(join(to, "all.zip"), zip(records.map((one) => ({ path: `${one.id}.json`, content: JSON.stringify(recordOf(one)) }))));
}

function recordOf({ id, alias, package: name, fixed, vector }: PlantedRecord): object {
  return {
    schema_version: "1.6.0",
    id,
    modified: "2026-01-02T00:00:00Z",
    published: "2026-01-01T00:00:00Z",
    aliases: [alias],
    summary: "Planted by a test",
    details: "Planted by a test",
    severity: [{ type: "CVSS_V3", score: vector }],
    affected: [{ package: { ecosystem: "PyPI", name }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed }] }] }],
  };
}
