// What the public registry refuses of a publish request, in its order and, as far as they name no address, in its words.
// Pure but for the two questions that the caller answers. Sources: protocols §4.1; the registry's own messages.
import type { Json, JsonObject } from "../../../domain/configuration.ts";
import { publicCratesIdentity } from "../../../domain/known-services.ts";
import { crateNameFault, isReservedCrateName } from "../../../domain/crates/names.ts";
import { semver } from "../../../domain/version/semver.ts";
import { cratesLimits } from "../wire.ts";
import { listIn, tableIn, textIn, textsIn } from "./lines.ts";

export interface Refusal {
  readonly status: number;
  readonly detail: string;
}

export function refusal(status: number, detail: string): Refusal {
  return { status, detail };
}

/** What was sent as the two parts of a body. */
export type Parts = { readonly kind: "parts"; readonly json: JsonObject; readonly file: Buffer } | (Refusal & { readonly kind: "refused" });

/** Splits a body: length, JSON, length, file; lengths are 32 bits, little-endian. */
export function readParts(body: Buffer, fileLimitBytes: number): Parts {
  if (body.length < 4) return { kind: "refused", ...refusal(400, "invalid metadata length") };
  const jsonBytes = body.readUInt32LE(0);
  if (jsonBytes > cratesLimits.jsonBytes)
    return { kind: "refused", ...refusal(413, `metadata blob exceeds max size of ${cratesLimits.jsonBytes} bytes`) };
  const fileAt = 4 + jsonBytes + 4;
  if (fileAt > body.length) return { kind: "refused", ...refusal(400, "invalid metadata length for remaining payload") };
  const fileBytes = body.readUInt32LE(4 + jsonBytes);
  if (fileBytes > fileLimitBytes) return { kind: "refused", ...refusal(413, `max upload size is: ${fileLimitBytes}`) };
  if (fileAt + fileBytes !== body.length) return { kind: "refused", ...refusal(400, "invalid file length for remaining payload") };
  const json = readJson(body.toString("utf8", 4, 4 + jsonBytes));
  if (json === undefined) return { kind: "refused", ...refusal(400, "invalid upload request: the metadata is no JSON object") };
  return { kind: "parts", json, file: body.subarray(fileAt) };
}

function readJson(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return Array.isArray(value) || typeof value !== "object" ? undefined : (value ?? undefined) as JsonObject | undefined; // prettier-ignore
  } catch {
    return undefined;
  }
}

/** Faults of the request alone; undefined for none. */
export function checkRequest(json: JsonObject): Refusal | undefined {
  const [name, version] = [textIn(json["name"]), textIn(json["vers"])];
  const fault = crateNameFault(name);
  if (isReservedCrateName(name)) return refusal(400, "cannot upload a crate with a reserved name");
  if (fault !== undefined) return refusal(400, `invalid crate name "${name}": it ${fault}`);
  if (semver.parse(version).kind !== "valid") return refusal(400, `"${version}" is an invalid semver version`);
  return checkMetadata(json) ?? checkWords(json) ?? first(listIn(json["deps"]), checkDependency);
}

function checkMetadata(json: JsonObject): Refusal | undefined {
  const missing = [
    ...(textIn(json["description"]).trim() === "" ? ["description"] : []),
    ...(textIn(json["license"]).trim() === "" && textIn(json["license_file"]).trim() === "" ? ["license"] : []),
  ];
  if (missing.length === 0) return undefined;
  return refusal(400, `missing or empty metadata fields: ${missing.join(", ")}. Please see the Cargo Book's page on manifests for more information on configuring these fields`); // prettier-ignore
}

function checkWords(json: JsonObject): Refusal | undefined {
  const [keywords, categories] = [textsIn(json["keywords"]), textsIn(json["categories"])];
  const { descriptionLength, keywordLength } = cratesLimits;
  if ([...textIn(json["description"])].length > descriptionLength) return refusal(400, `The \`description\` is too long. A maximum of ${descriptionLength} characters are currently allowed.`); // prettier-ignore
  if (keywords.length > cratesLimits.keywords) return refusal(400, `expected at most ${cratesLimits.keywords} keywords per crate`);
  const wrong = keywords.find((one) => one.length > keywordLength || !/^[A-Za-z0-9][A-Za-z0-9_+-]*$/.test(one));
  if (wrong !== undefined) return refusal(400, `"${wrong}" is an invalid keyword`);
  if (categories.length > cratesLimits.categories) return refusal(400, `expected at most ${cratesLimits.categories} categories per crate`);
  const features = Object.keys(tableIn(json["features"])).length;
  if (features > cratesLimits.features) return refusal(400, `crates are limited to a maximum of ${cratesLimits.features} features, but this one has ${features}`); // prettier-ignore
  const count = listIn(json["deps"]).length;
  if (count > cratesLimits.dependencies) return refusal(400, `crates are limited to a maximum of ${cratesLimits.dependencies} dependencies, but this one has ${count}`); // prettier-ignore
  return undefined;
}

function checkDependency(written: Json): Refusal | undefined {
  const one = tableIn(written);
  const name = textIn(one["name"]);
  if (crateNameFault(name) !== undefined && crateNameFault(name) !== "is reserved")
    return refusal(400, `invalid dependency name "${name}"`);
  if (textIn(one["version_req"]).trim() === "*") return refusal(400, `wildcard (\`*\`) dependency constraints are not allowed on this registry. Crate with this problem: \`${name}\``); // prettier-ignore
  const registry = one["registry"];
  if (typeof registry === "string" && registry !== publicCratesIdentity) return refusal(400, `Dependency \`${name}\` is hosted on another registry. Cross-registry dependencies are not permitted on this registry.`); // prettier-ignore
  return undefined;
}

function first<T>(list: readonly T[], check: (one: T) => Refusal | undefined): Refusal | undefined {
  for (const one of list) {
    const found = check(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Real names of the crates that a version needs. @param kind `dev`: for development alone */
export function dependencyNames(json: JsonObject, kind?: "dev"): readonly string[] {
  const names = (all: readonly Json[]): readonly string[] => [...new Set(all.map((one) => textIn(tableIn(one)["name"])))];
  const all = listIn(json["deps"]);
  if (kind === undefined) return names(all);
  const used = names(all.filter((one) => tableIn(one)["kind"] !== kind));
  return names(all).filter((name) => !used.includes(name));
}
