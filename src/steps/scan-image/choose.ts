// Which scanner is used: the one that the file names, else the first that is on the PATH.
import { firstLineOf } from "../building.ts";
import type { ReadPorts } from "../step.ts";
import type { ScanImageInput } from "./input.ts";
import { scannerNames, type ScannerName } from "./vulnerability.ts";

export type ChosenScanner =
  | { readonly kind: "scanner"; readonly name: ScannerName; readonly version: string }
  | { readonly kind: "none"; readonly message: string; readonly hint: string };

export async function chooseScanner({ tool }: ScanImageInput, ports: ReadPorts): Promise<ChosenScanner> {
  const wanted = tool === undefined || tool === "any" ? scannerNames : [tool];
  for (const name of wanted) {
    const version = await firstLineOf([name, "--version"], ports);
    if (version !== undefined) return { kind: "scanner", name, version };
  }
  const [only, ...others] = wanted;
  const who = others.length === 0 ? `"${only ?? ""} --version" does not answer` : `none of ${wanted.join(", ")} answers "--version"`;
  const message = `Cannot scan images: ${who}`;
  return { kind: "none", message, hint: `Install ${wanted.join(" or ")}` };
}
