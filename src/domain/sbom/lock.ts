// Lock files of Python projects, as far as a bill of materials needs them: which versions were resolved, and who asks for
// whom. uv.lock, poetry.lock (1.x and 2.x) and pylock.toml (PEP 751).
import { parse } from "smol-toml";
import { normalizeName } from "../pypi/names.ts";

export const lockFiles = ["pylock.toml", "uv.lock", "poetry.lock"] as const;

export interface LockedPackage {
  /** PEP 503 form. */
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly LockedDependency[];
}

export interface LockedDependency {
  /** PEP 503 form. */
  readonly name: string;
  /** Of the asked package. */
  readonly extras: readonly string[];
  /** Extra of the asking package that it belongs to; absent: always. */
  readonly extra?: string;
}

export type ReadLock =
  | { readonly kind: "locked"; readonly packages: readonly LockedPackage[] }
  | { readonly kind: "invalid"; readonly why: string };

/** Most packages of one lock file. */
export const lockedMax = 20_000;

/** Never throws, whatever the text. Packages without a version (the project itself, sometimes) are left out. */
export function readLock(text: string): ReadLock {
  const tables = tablesOf(text);
  if (typeof tables === "string") return { kind: "invalid", why: tables };
  if (tables.length > lockedMax) return { kind: "invalid", why: `it has ${tables.length} packages, more than ${lockedMax}` };
  return { kind: "locked", packages: tables.flatMap(packageOf) };
}

type Table = { readonly [key: string]: unknown };

function tablesOf(text: string): readonly Table[] | string {
  try {
    const top = parse(text);
    return listOf(top["package"] ?? top["packages"]).filter(isTable);
  } catch (error) {
    return error instanceof Error ? (error.message.split("\n")[0] ?? "it is no TOML") : "it is no TOML";
  }
}

function packageOf(table: Table): readonly LockedPackage[] {
  const { name, version } = table;
  if (typeof name !== "string" || typeof version !== "string") return [];
  const always = dependenciesOf(table["dependencies"]);
  // uv keeps those of extras apart; Poetry lists them under `extras` by requirement, and marks them `optional` above.
  const byExtra = Object.entries(isTable(table["optional-dependencies"]) ? table["optional-dependencies"] : {}).flatMap(([extra, list]) =>
    dependenciesOf(list).map((one) => ({ ...one, extra: normalizeName(extra) })),
  );
  return [{ name: normalizeName(name), version, dependencies: [...always, ...byExtra] }];
}

/** A list of tables with a name (uv, PEP 751), or a table by name (Poetry). */
function dependenciesOf(value: unknown): readonly LockedDependency[] {
  if (Array.isArray(value)) {
    return value
      .filter(isTable)
      .flatMap((one) => (typeof one["name"] === "string" ? [asked(one["name"], one["extra"] ?? one["extras"])] : []));
  }
  if (!isTable(value)) return [];
  return Object.entries(value).flatMap(([name, rule]) => {
    const rules = listOf(rule).filter(isTable);
    const isOptional = rules.length > 0 && rules.every((one) => one["optional"] === true);
    return isOptional
      ? []
      : [
          asked(
            name,
            rules.flatMap((one) => listOf(one["extras"])),
          ),
        ];
  });
}

function asked(name: string, extras: unknown): LockedDependency {
  const wanted = listOf(extras).filter((one) => typeof one === "string");
  return { name: normalizeName(name), extras: wanted.map(normalizeName) };
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

function isTable(value: unknown): value is Table {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
