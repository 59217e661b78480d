// What changed in the metadata of a distribution: the lines that installers and people go by.
import { headersOf, parseCoreMetadata } from "../../domain/pypi/core-metadata.ts";

export interface LineChanges {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface MetadataChanges {
  /** `Requires-Dist` lines. */
  readonly dependencies: LineChanges;
  readonly requiresPython: { readonly before: string | undefined; readonly after: string | undefined } | undefined;
  /** Every other header but version and description, as `Name: value`. */
  readonly others: LineChanges;
}

/** @param before, after texts of METADATA or PKG-INFO */
export function compareMetadata(before: string, after: string): MetadataChanges {
  const [old, next] = [parseCoreMetadata(before), parseCoreMetadata(after)];
  const [pythonBefore] = headersOf(old, "Requires-Python");
  const [pythonAfter] = headersOf(next, "Requires-Python");
  const others = (metadata: typeof old): readonly string[] =>
    metadata.headers.filter(([name]) => !apart.has(name.toLowerCase())).map(([name, value]) => `${name}: ${value}`);
  return {
    dependencies: compareLines(headersOf(old, "Requires-Dist").map(plainSpaces), headersOf(next, "Requires-Dist").map(plainSpaces)),
    requiresPython: pythonBefore === pythonAfter ? undefined : { before: pythonBefore, after: pythonAfter },
    others: compareLines(others(old), others(next)),
  };
}

/** Told elsewhere, or different in every release. */
const apart: ReadonlySet<string> = new Set(["metadata-version", "version", "requires-dist", "requires-python"]);

/** Entry points as `group: name = object`, from the texts of two entry_points.txt; undefined: there is none. */
export function compareEntryPoints(before: string | undefined, after: string | undefined): LineChanges {
  return compareLines(entryPointsIn(before ?? ""), entryPointsIn(after ?? ""));
}

/** Lines of an entry_points.txt as `group: name = object`. */
export function entryPointsIn(text: string): readonly string[] {
  let group = "";
  return text.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.trim();
    if (trimmed === "" || /^[#;]/.test(trimmed)) return [];
    const head = /^\[(.+)\]$/.exec(trimmed)?.[1];
    if (head !== undefined) group = head.trim();
    return head === undefined ? [`${group}: ${trimmed.replace(/\s*=\s*/, " = ")}`] : [];
  });
}

export function compareLines(before: readonly string[], after: readonly string[]): LineChanges {
  const [old, next] = [new Set(before), new Set(after)];
  return { added: [...next].filter((line) => !old.has(line)), removed: [...old].filter((line) => !next.has(line)) };
}

/** Builders write `demo (>=1)`, `demo>=1` and `demo >= 1`: the same requirement, and no difference. */
export function plainSpaces(text: string): string {
  return text.replace(/\s+/g, "").replace(/\(([^()]*)\)(?=;|$)/, "$1");
}
