// Versions of our crates that the index behind has and that cargo never takes for the one that is released: other people's
// crates, and our own, may ask for them, and the real registry has them. Compatible ones stay hidden, or a test would mix with
// what is there already (DESIGN §6; The Cargo Book, "SemVer Compatibility").
import { areCompatible } from "../../../domain/crates/compatible.ts";
import { canonicalCrateName } from "../../../domain/crates/names.ts";
import { linesIn } from "./pass-through.ts";
import type { Service } from "./service.ts";

/** Whether a version of one of our crates comes from the index behind. */
export function isPassed({ releasing }: Pick<Service, "releasing">, name: string, version: string): boolean {
  const released = releasing.get(canonicalCrateName(name));
  return released !== undefined && areCompatible(version, released) === false;
}

/** Their lines, as they stand there; empty where there are none, and where the index behind does not answer. */
export async function otherLines(service: Service, name: string): Promise<string> {
  if (!service.releasing.has(canonicalCrateName(name))) return "";
  const page = await service.upstream?.page(name, service.closing);
  if (page?.kind !== "page") return "";
  const lines = page.text.split("\n").filter((line) => linesIn(line).some(({ vers }) => isPassed(service, name, vers)));
  return lines.map((line) => `${line}\n`).join("");
}
