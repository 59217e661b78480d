// The step `scan-image`: no image is published that holds a known vulnerability which the file does not allow (S3.7). Whatever
// scanner is there reads the frozen archive; the policy and its exceptions are those of the repository, told by date and
// reason, and a scanner without its data is an error, never a green tick.
import type { Frozen, Use, Worked, WorkPorts, WorkStep } from "../step.ts";
import { scanImageInput, type ScanImageInput } from "./input.ts";

export const scanImageStep: WorkStep<ScanImageInput> = {
  name: "scan-image",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary:
    "Scans images for known vulnerabilities with Trivy, Grype or osv-scanner; findings stop the release by severity, unless excepted.",
  input: scanImageInput,
  timeoutMs: 20 * 60_000,
  takes: (use) => [{ kinds: ["image"], packages: images(use) }],
  makes: () => [],
  // Which scanner is asked for depends on the machine: preflight looks.
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: (use) => {
    const { tool, "stop-at": stopAt } = use.input;
    const how = tool === undefined || tool === "any" ? "" : ` with ${tool}`;
    return `scan the images of ${images(use).join(", ")}${how}; ${stopAt ?? "high"} and above stop`;
  },
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightScanImage(planned, ports),
  perform: async (frozen: Frozen<ScanImageInput>, ports: WorkPorts): Promise<Worked> =>
    (await import("./perform.ts")).performScanImage(frozen, ports),
};

function images({ packages }: Use<ScanImageInput>): readonly string[] {
  return packages.filter((one) => one.ecosystem === "oci").map((one) => one.id);
}
