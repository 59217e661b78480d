// Which packages a crate asks for, as far as publishing goes (The Cargo Book, "Specifying dependencies", "cargo publish"): a
// crate is accepted only after everything that it names stands in the index. Dependencies for development count where they
// ask for a version; without one cargo leaves them out of what it publishes.
import { parse } from "smol-toml";
import { areCompatible } from "./compatible.ts";

/** What is known of the workspace that a crate belongs to. */
export interface CrateWorkspace {
  /** Text of the manifest that workspace dependencies are inherited from. */
  readonly root?: string | undefined;
  /** Versions of its crates by name: one that is asked for at another version, and by no path, is an older one of the registry. */
  readonly versions?: ReadonlyMap<string, string>;
  /** Only what users of the crate need: nothing that is for development. */
  readonly usedOnly?: boolean;
}

/**
 * @param manifest text that was read as TOML before
 * @returns names at the registry, sorted
 */
export function cratesNeededBy(manifest: string, { root, versions, usedOnly }: CrateWorkspace): readonly string[] {
  const own = tableOf(parse(manifest));
  const shared = tableOf(tableOf(tableOf(root === undefined ? {} : parse(root))["workspace"])["dependencies"]);
  const found = new Set<string>();
  for (const place of [own, ...Object.values(tableOf(own["target"])).map(tableOf)]) {
    for (const [table, isForDevelopment] of tables) {
      if (isForDevelopment && usedOnly === true) continue;
      for (const [key, written] of Object.entries(tableOf(place[table]))) {
        const needed = neededCrate(key, { written, shared: shared[key], isForDevelopment });
        if (needed !== undefined && !isOlder(needed, versions?.get(needed.name))) found.add(needed.name);
      }
    }
  }
  return [...found].toSorted();
}

const tables = [
  ["dependencies", false],
  ["build-dependencies", false],
  ["build_dependencies", false],
  ["dev-dependencies", true],
  ["dev_dependencies", true],
] as const;

interface Needed {
  readonly name: string;
  readonly requirement: string | undefined;
  readonly hasPath: boolean;
}

function neededCrate(
  key: string,
  { written, shared, isForDevelopment }: { readonly written: unknown; readonly shared: unknown; readonly isForDevelopment: boolean },
): Needed | undefined {
  const dependency = tableOf(written)["workspace"] === true ? shared : written;
  if (typeof dependency === "string") return { name: key, requirement: dependency, hasPath: false };
  const { package: name, version, path } = tableOf(dependency);
  const requirement = typeof version === "string" ? version : undefined;
  if (isForDevelopment && requirement === undefined) return undefined;
  return { name: typeof name === "string" ? name : key, requirement, hasPath: typeof path === "string" };
}

/** `futures = "0.1"` beside a crate `futures` at 0.3 is another one; a requirement that is not plain may mean either. */
function isOlder({ requirement, hasPath }: Needed, version: string | undefined): boolean {
  const asked = /^\s*[=^~]?\s*(.*?)\s*$/.exec(requirement ?? "")?.[1];
  return !hasPath && areCompatible(asked ?? "", version ?? "") === false;
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
