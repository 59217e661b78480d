// What can be known about a scan before anything is built: a scanner that answers, and exceptions that can be read. Whether it
// has its data only the scan itself tells.
import { join } from "node:path";
import { blocks } from "../building.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { chooseScanner } from "./choose.ts";
import { isPast, readExceptions } from "./exceptions.ts";
import type { ScanImageInput } from "./input.ts";

export async function preflightScanImage({ input }: Planned<ScanImageInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const chosen = await chooseScanner(input, ports);
  const scanner: Finding =
    chosen.kind === "none"
      ? blocks("PF-TOOL-MISSING", chosen.message, chosen.hint)
      : { id: "PF-SCANNER", level: "fine", message: `Images are scanned with ${chosen.name}: ${chosen.version}` };
  return [scanner, ...(await lookAtExceptions(input, ports))];
}

async function lookAtExceptions({ exceptions: path }: ScanImageInput, ports: ReadPorts): Promise<readonly Finding[]> {
  if (path === undefined) return [];
  const text = await ports.files.readTextIfThere(join(ports.sourceFolder, path));
  const read = text === undefined ? ({ kind: "unreadable", why: "is not in the source" } as const) : readExceptions(text);
  if (read.kind === "unreadable") {
    return [blocks("PF-EXCEPTIONS", `Cannot scan images: "${path}" ${read.why}`, "Mend the file, or `exceptions` of the step")];
  }
  return read.exceptions
    .filter((one) => isPast(one, ports.clock.nowMs()))
    .map(({ id, until, reason }) => ({
      id: "PF-EXCEPTIONS",
      level: "warns",
      message: `The exception "${id}" of "${path}" ended on ${until} (${reason}): what it is about stops the release`,
      hint: "Look at it again, or remove it",
    }));
}
