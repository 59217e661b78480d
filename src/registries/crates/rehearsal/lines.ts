// The index as this registry writes it: one line for each version, made from the JSON of the publish request.
// Source: Cargo Book "Registry index" (the differences to the publish request; `features2` and `v`); protocols §4.2.
import type { Json, JsonObject } from "../../../domain/configuration.ts";
import { publicCratesIdentity } from "../../../domain/known-services.ts";
import type { WireLine, WireLineDependency } from "../wire.ts";
import type { Crate } from "./state.ts";

/** The line of a version whose request was checked. @param atMs when it was published */
export function lineOf(json: JsonObject, sha256: string, atMs: number): WireLine {
  const { features, features2 } = splitFeatures(
    Object.entries(tableIn(json["features"])).map(([name, values]) => ({ name, values: textsIn(values) })),
  );
  return {
    name: textIn(json["name"]),
    vers: textIn(json["vers"]),
    deps: listIn(json["deps"]).map(lineDependency),
    cksum: sha256,
    features: tableOf(features),
    yanked: false,
    links: textOrNull(json["links"]),
    rust_version: textOrNull(json["rust_version"]),
    pubtime: `${new Date(atMs).toISOString().slice(0, 19)}Z`,
    ...(features2.length === 0 ? {} : { features2: tableOf(features2), v: 2 }),
  };
}

interface Feature {
  readonly name: string;
  readonly values: readonly string[];
}

/** Old cargos read `features` alone: what uses a newer syntax, or needs a feature that does, stands apart from it. */
function splitFeatures(all: readonly Feature[]): { readonly features: readonly Feature[]; readonly features2: readonly Feature[] } {
  const apart = new Set<string>();
  const goes = ({ values }: Feature): boolean =>
    values.some((value) => value.startsWith("dep:") || value.includes("?/") || apart.has(value));
  for (let before = -1; before < apart.size;) {
    before = apart.size;
    for (const feature of all) if (goes(feature)) apart.add(feature.name);
  }
  return { features: all.filter(({ name }) => !apart.has(name)), features2: all.filter(({ name }) => apart.has(name)) };
}

function tableOf(features: readonly Feature[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(features.map(({ name, values }) => [name, values]));
}

function lineDependency(written: Json): WireLineDependency {
  const one = tableIn(written);
  const alias = textOrNull(one["explicit_name_in_toml"]);
  const registry = textOrNull(one["registry"]);
  return {
    name: alias ?? textIn(one["name"]),
    req: textIn(one["version_req"]),
    features: textsIn(one["features"]),
    optional: one["optional"] === true,
    default_features: one["default_features"] !== false,
    target: textOrNull(one["target"]),
    kind: textIn(one["kind"]) || "normal",
    // This registry stands for the one that manifests mean when they name none.
    registry: registry === publicCratesIdentity ? null : registry,
    package: alias === null ? null : textIn(one["name"]),
  };
}

/** A crate's file of the index; undefined while it shows no version. */
export function indexFile(crate: Crate, nowMs: number): string | undefined {
  const shown = crate.versions.filter((one) => one.visibleFromMs <= nowMs);
  if (shown.length === 0) return undefined;
  return shown.map((one) => `${JSON.stringify({ ...one.line, yanked: one.yanked })}\n`).join("");
}

export function tableIn(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

export function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

export function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

export function textsIn(value: Json | undefined): readonly string[] {
  return listIn(value).filter((one) => typeof one === "string");
}

export function textOrNull(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}
