// Why the public registry would refuse a crate, as far as its name, its size and the request's JSON tell: known before the
// first byte is sent. Pure. Rules: protocols §4.1.
import type { Json, JsonObject } from "../../domain/configuration.ts";
import { crateFileName, crateNameFault } from "../../domain/crates/names.ts";
import { semver } from "../../domain/version/semver.ts";
import type { Publication, Upload } from "../registry.ts";
import { cratesLimits } from "./wire.ts";

/** @param limitBytes largest file; a crate may have been given a higher limit than the usual 10 MiB */
export function cratesRefusals(upload: Publication | Upload, limitBytes: number): readonly string[] {
  return [
    ...nameRefusals(upload),
    ...(upload.sizeBytes <= limitBytes ? [] : [`"${upload.name}" has ${upload.sizeBytes} bytes and the limit of a crate is ${limitBytes}`]),
    ...("metadata" in upload ? metadataRefusals(upload, upload.metadata) : []),
  ];
}

function nameRefusals(upload: Publication): readonly string[] {
  const fault = crateNameFault(upload.package);
  const version = semver.parse(upload.version);
  const file = crateFileName(upload.package, upload.version);
  return [
    ...(fault === undefined ? [] : [`The name "${upload.package}" ${fault}`]),
    ...(version.kind === "valid" ? [] : [`The version "${upload.version}" is not Semantic Versioning`]),
    ...(upload.name === file ? [] : [`"${upload.name}" should be called "${file}"`]),
  ];
}

function metadataRefusals(upload: Publication, json: JsonObject): readonly string[] {
  const refusals: string[] = [];
  if (json["name"] !== upload.package || json["vers"] !== upload.version)
    refusals.push(
      `The manifest in "${upload.name}" is of ${text(json["name"])} ${text(json["vers"])}, not of ${upload.package} ${upload.version}`,
    );
  const missing = [
    ...(text(json["description"]).trim() === "" ? ["description"] : []),
    ...(text(json["license"]).trim() === "" && text(json["license_file"]).trim() === "" ? ["license"] : []),
  ];
  if (missing.length > 0) refusals.push(`The manifest of "${upload.package}" has no ${missing.join(" and no ")}`);
  refusals.push(...sizeRefusals(upload.package, json), ...keywordRefusals(list(json["keywords"])));
  return [...refusals, ...dependencyRefusals(list(json["deps"]))];
}

function sizeRefusals(name: string, json: JsonObject): readonly string[] {
  const features = json["features"];
  const counts = [
    ["features", Object.keys(typeof features === "object" && features !== null ? features : {}).length, cratesLimits.features],
    ["dependencies", list(json["deps"]).length, cratesLimits.dependencies],
    ["keywords", list(json["keywords"]).length, cratesLimits.keywords],
    ["categories", list(json["categories"]).length, cratesLimits.categories],
    ["characters of description", [...text(json["description"])].length, cratesLimits.descriptionLength],
    ["bytes of metadata", utf8Length(JSON.stringify(json)), cratesLimits.jsonBytes],
  ] as const;
  return counts
    .filter(([, count, max]) => count > max)
    .map(([what, count, max]) => `"${name}" has ${count} ${what} and the limit is ${max}`);
}

function keywordRefusals(keywords: readonly Json[]): readonly string[] {
  const fits = (one: string): boolean => one.length <= cratesLimits.keywordLength && /^[a-z0-9][\w+-]*$/i.test(one);
  return keywords.map(text).filter((one) => !fits(one)).map((one) => `The keyword "${one}" is not allowed: at most ${cratesLimits.keywordLength} letters, digits, "_", "-" and "+", a letter or digit first`); // prettier-ignore
}

function dependencyRefusals(dependencies: readonly Json[]): readonly string[] {
  return dependencies.flatMap((one) => {
    const table: JsonObject = isObject(one) ? one : {};
    const name = text(table["name"]);
    if (text(table["version_req"]) === "*") return [`The dependency "${name}" may be any version ("*"), which is not allowed`];
    if (typeof table["registry"] === "string") return [`The dependency "${name}" is of another registry, which is not allowed`];
    return [];
  });
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function utf8Length(value: string): number {
  return new TextEncoder().encode(value).length;
}
