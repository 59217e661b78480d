// What there is in a crate for others: a library, programs, or both. Source: The Cargo Book, "Cargo Targets" (cargo writes the
// targets that it found into the manifest that it packs; before that they are found by where their files lie). Pure.
import { parse } from "smol-toml";

export interface CrateTargets {
  /** What the library is imported as; absent: there is none. */
  readonly library?: string;
  readonly programs: boolean;
}

/**
 * @param inside paths of the crate's files, from its own folder; those that hold no target may be missing
 * @returns undefined for a text that is no TOML
 */
export function targetsOf(
  manifest: string,
  { name, inside }: { readonly name: string; readonly inside: readonly string[] },
): CrateTargets | undefined {
  let toml: Readonly<Record<string, unknown>>;
  try {
    toml = parse(manifest);
  } catch {
    return undefined;
  }
  const settings = asTable(toml["package"]);
  const lib = toml["lib"] === undefined ? undefined : asTable(toml["lib"]);
  const programs = (Array.isArray(toml["bin"]) && toml["bin"].length > 0) || (settings["autobins"] !== false && inside.some(isProgram));
  if (lib === undefined && (settings["autolib"] === false || !inside.includes("src/lib.rs"))) return { programs };
  const library = typeof lib?.["name"] === "string" ? lib["name"] : name.replaceAll("-", "_");
  return { library, programs };
}

function isProgram(path: string): boolean {
  return path === "src/main.rs" || /^src\/bin\/(?:[^/]+\.rs|[^/]+\/main\.rs)$/.test(path);
}

function asTable(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
