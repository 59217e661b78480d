// An osv-scanner that answers what a real one answered (2.6.0, over an image with one Python package and a planted record;
// the real one is asked again in test/acceptance/scan-image-osv): for tests of a whole release on machines without a scanner.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

/** `no packages`: nothing in the image that it knows; `no data`: no database to compare with, although its report is empty. */
export type ScannerAnswer = "vulnerability" | "no packages" | "no data";

const cvss = { score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", type: "CVSS_V3" };
const ranges = [{ events: [{ introduced: "0" }, { fixed: "1.1.0" }], type: "ECOSYSTEM" }];
const found = {
  package: { name: "demo", version: "1.0.0", ecosystem: "PyPI", image_origin_details: { index: 0 } },
  groups: [{ ids: ["TEST-2026-0001"], aliases: ["CVE-2026-0001", "TEST-2026-0001"], max_severity: "9.8" }],
  vulnerabilities: [
    {
      affected: [{ package: { ecosystem: "PyPI", name: "demo" }, ranges }],
      aliases: ["CVE-2026-0001"],
      id: "TEST-2026-0001",
      severity: [cvss],
    },
  ],
};
const source = { path: "/usr/lib/python3/site-packages/demo-1.0.0.dist-info/METADATA", type: "artifact" };

interface Recorded {
  readonly report: object;
  readonly says: string;
  readonly code: number;
}

function recordedFor(answer: ScannerAnswer, data: string): Recorded {
  const empty = { results: [], experimental_config: { licenses: { summary: false, allowlist: null } } };
  switch (answer) {
    case "vulnerability":
      return { report: { ...empty, results: [{ source, packages: [found] }] }, says: `Loaded PyPI local db from ${data}`, code: 1 };
    case "no packages":
      return { report: empty, says: "No package sources found, --help for usage information.", code: 128 };
    case "no data": {
      const says =
        "could not load db for PyPI ecosystem: unable to fetch OSV database: no offline version of the OSV database is available";
      return { report: empty, says, code: 127 };
    }
  }
}

/** Writes the program. @returns the folder that it lies in, for `PATH` */
export function recordedScanner(folder: string, answer: ScannerAnswer): string {
  mkdirSync(folder, { recursive: true });
  const data = path.join(folder, "PyPI.zip");
  const report = path.join(folder, "report.json");
  const recorded = recordedFor(answer, data);
  writeFileSync(data, "stands for a database");
  writeFileSync(report, JSON.stringify(recorded.report));
  const script = `#!/bin/sh
if [ "$1" = "--version" ]; then echo "osv-scanner version: 2.6.0"; exit 0; fi
to=""
last=""
for word in "$@"; do
  if [ "$last" = "--output-file" ]; then to="$word"; fi
  last="$word"
done
# The image has to be there, as the real one would read it.
[ -s "$last" ] && [ -n "$to" ] || exit 2
cat '${report}' > "$to"
echo '${recorded.says}' >&2
exit ${recorded.code}
`;
  writeFileSync(path.join(folder, "osv-scanner"), script, { mode: 0o755 });
  return folder;
}
