// The JSON of a publish request, made from the manifest that is inside the .crate: cargo makes it while it publishes, and a
// release sends frozen files instead of asking cargo to build them once more. Compared with what real cargo sends in
// test/interop/crates-clients.test.ts. Sources: Cargo Book "Registry web API" (publish); protocols §4.1.
import { parse } from "smol-toml";
import type { Json, JsonObject } from "../configuration.ts";
import { SlipwayError } from "../error.ts";
import { publicCratesIdentity } from "../known-services.ts";
import { sentTarget } from "./target.ts";
import { sentRequirement } from "./version-requirement.ts";

export interface PublishSource {
  /** Text of `Cargo.toml` inside the .crate, as cargo normalised it. */
  readonly manifest: string;
  /** Text of the file that the manifest names as `readme`; undefined for none. */
  readonly readme: string | undefined;
  /**
   * Where it is published: `default` is the registry that manifests mean when they name none; otherwise the index as manifests
   * write it in `registry-index`.
   */
  readonly registry: "default" | { readonly index: string };
}

const publishDependencyMax = 10_000;

/** File inside the .crate whose text belongs into the request, as the manifest names it; undefined for none. @throws SlipwayError ARTIFACT_INVALID */
export function readmeOf(manifest: string): string | undefined {
  return textAt(packageOf(readTable(manifest)), "readme");
}

/**
 * The request as cargo would make it.
 * @throws SlipwayError ARTIFACT_INVALID for a manifest that cannot be read, has no name or version, or needs an unstable cargo
 */
export function publishJson(source: PublishSource): JsonObject {
  const manifest = readTable(source.manifest);
  const own = packageOf(manifest);
  const [name, version] = [textAt(own, "name"), textAt(own, "version")];
  if (name === undefined || version === undefined) throw invalid("it names no package with a version");
  return {
    name,
    vers: version,
    deps: dependenciesOf(manifest, source.registry),
    features: featuresOf(manifest),
    authors: textsAt(own, "authors"),
    description: textAt(own, "description") ?? null,
    documentation: textAt(own, "documentation") ?? null,
    homepage: textAt(own, "homepage") ?? null,
    readme: source.readme ?? null,
    readme_file: textAt(own, "readme") ?? null,
    keywords: textsAt(own, "keywords"),
    categories: textsAt(own, "categories"),
    license: textAt(own, "license") ?? null,
    license_file: textAt(own, "license-file") ?? null,
    repository: textAt(own, "repository") ?? null,
    badges: badgesOf(manifest),
    links: textAt(own, "links") ?? null,
    rust_version: textAt(own, "rust-version") ?? null,
  };
}

type Table = Readonly<Record<string, unknown>>;

/** Tables in the order in which cargo lists them: all of a platform's together, those of every platform first. */
const kinds = [["dependencies", "normal"], ["dev-dependencies", "dev"], ["build-dependencies", "build"]] as const; // prettier-ignore

function dependenciesOf(manifest: Table, registry: PublishSource["registry"]): readonly Json[] {
  const targets = sorted(tableAt(manifest, "target"));
  const places = [[null, manifest] as const, ...targets.map(([target, table]) => [sentTarget(target), asTable(table)] as const)];
  const found = places.flatMap(([target, table]) =>
    kinds.flatMap(([key, kind]) => sorted(tableAt(table, key)).map(([name, written]) => ({ name, written, kind, target }))),
  );
  if (found.length > publishDependencyMax) throw invalid(`it has more than ${publishDependencyMax} dependencies`);
  return found.map((one) => dependencyOf(one, registry));
}

interface Found {
  readonly name: string;
  readonly written: unknown;
  readonly kind: string;
  readonly target: string | null;
}

function dependencyOf({ name, written, kind, target }: Found, registry: PublishSource["registry"]): JsonObject {
  const table = typeof written === "string" ? { version: written } : asTable(written);
  if (table["artifact"] !== undefined)
    throw invalid(`the dependency "${name}" is an artifact dependency, which stable cargo does not have`);
  const renamed = textAt(table, "package");
  const from = registryOf(textAt(table, "registry-index"), registry);
  return {
    optional: table["optional"] === true,
    default_features: (table["default-features"] ?? table["default_features"]) !== false,
    name: renamed ?? name,
    features: textsAt(table, "features"),
    version_req: sentRequirement(textAt(table, "version") ?? "*"),
    target,
    kind,
    // Cargo leaves these two out where other fields would be null.
    ...(from === undefined ? {} : { registry: from }),
    ...(renamed === undefined ? {} : { explicit_name_in_toml: name }),
  };
}

/** None means the registry that is published to, unlike in a manifest, where none means the default one. */
function registryOf(index: string | undefined, registry: PublishSource["registry"]): string | undefined {
  if (registry === "default") return index;
  const from = index ?? publicCratesIdentity;
  return from === registry.index ? undefined : from;
}

function featuresOf(manifest: Table): JsonObject {
  return Object.fromEntries(sorted(tableAt(manifest, "features")).map(([name, values]) => [name, texts(values)]));
}

function badgesOf(manifest: Table): JsonObject {
  const badges = sorted(tableAt(manifest, "badges"));
  return Object.fromEntries(badges.map(([name, badge]) => [name, Object.fromEntries(sorted(asTable(badge)).map(([key, value]) => [key, String(value)]))])); // prettier-ignore
}

function readTable(text: string): Table {
  try {
    return parse(text);
  } catch (cause) {
    throw invalid("it is no TOML", cause);
  }
}

function invalid(why: string, cause?: unknown): SlipwayError {
  const message = `Cannot read the Cargo.toml inside the .crate: ${why}`;
  return new SlipwayError("ARTIFACT_INVALID", message, {
    ...(cause === undefined ? {} : { cause }),
    hint: "Package the crate again with `cargo package`.",
  });
}

function packageOf(manifest: Table): Table {
  return tableAt(manifest, "package");
}

function tableAt(table: Table, key: string): Table {
  return asTable(table[key]);
}

function asTable(value: unknown): Table {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Table) : {};
}

function textAt(table: Table, key: string): string | undefined {
  const value = table[key];
  return typeof value === "string" ? value : undefined;
}

function textsAt(table: Table, key: string): readonly string[] {
  return texts(table[key]);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** By code points, as cargo's own maps are. */
function sorted(table: Table): readonly (readonly [string, unknown])[] {
  return Object.entries(table).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
