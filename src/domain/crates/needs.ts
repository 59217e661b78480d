// Which packages a crate asks for, as far as publishing goes (The Cargo Book, "Specifying dependencies", "cargo publish"): a
// crate is accepted only after everything that it names stands in the index. Dependencies for development count where they
// ask for a version; without one cargo leaves them out of what it publishes.
import { parse } from "smol-toml";

/**
 * @param manifest text that was read as TOML before
 * @param root text of the manifest that workspace dependencies are inherited from
 * @returns names at the registry, sorted
 */
export function cratesNeededBy(manifest: string, root: string | undefined): readonly string[] {
  const own = tableOf(parse(manifest));
  const shared = tableOf(tableOf(tableOf(root === undefined ? {} : parse(root))["workspace"])["dependencies"]);
  const found = new Set<string>();
  for (const place of [own, ...Object.values(tableOf(own["target"])).map(tableOf)]) {
    for (const [table, isForDevelopment] of tables) {
      for (const [key, written] of Object.entries(tableOf(place[table]))) {
        const name = neededName(key, { written, shared: shared[key], isForDevelopment });
        if (name !== undefined) found.add(name);
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

function neededName(
  key: string,
  { written, shared, isForDevelopment }: { readonly written: unknown; readonly shared: unknown; readonly isForDevelopment: boolean },
): string | undefined {
  const dependency = tableOf(written)["workspace"] === true ? shared : written;
  if (typeof dependency === "string") return key;
  const { package: name, version } = tableOf(dependency);
  if (isForDevelopment && typeof version !== "string") return undefined;
  return typeof name === "string" ? name : key;
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
