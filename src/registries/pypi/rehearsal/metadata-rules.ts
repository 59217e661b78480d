// The rules for core metadata that PyPI applies to the fields of the form: those of `packaging.metadata` and its own on
// top. Written from those sources, apart from the client and from the check before publishing (protocols §1.3).
// Not judged here: whether a licence id is on the SPDX list, and, without the hook, whether a classifier is known.
import { one, refusal, type Fields, type Refusal } from "./form.ts";
import { isProjectName, readVersion, repr } from "./names.ts";

/** `known`, `unknown`, or the classifiers to use instead of a deprecated one. */
export type ClassifierKnowledge = (classifier: string) => "known" | "unknown" | { readonly insteadOf: readonly string[] };

interface Fault {
  readonly field: string;
  readonly message: string;
}

const versionsTaken = ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"];

/** Form fields that are metadata: header name, first metadata version that has it, whether it may be repeated. */
const knownFields: Readonly<Record<string, { readonly header: string; readonly since: string; readonly many: boolean }>> = {
  metadata_version: { header: "metadata-version", since: "1.0", many: false },
  name: { header: "name", since: "1.0", many: false },
  version: { header: "version", since: "1.0", many: false },
  platform: { header: "platform", since: "1.0", many: true },
  summary: { header: "summary", since: "1.0", many: false },
  description: { header: "description", since: "1.0", many: false },
  keywords: { header: "keywords", since: "1.0", many: false },
  home_page: { header: "home-page", since: "1.0", many: false },
  author: { header: "author", since: "1.0", many: false },
  author_email: { header: "author-email", since: "1.0", many: false },
  license: { header: "license", since: "1.0", many: false },
  supported_platform: { header: "supported-platform", since: "1.1", many: true },
  download_url: { header: "download-url", since: "1.1", many: false },
  classifiers: { header: "classifier", since: "1.1", many: true },
  requires: { header: "requires", since: "1.1", many: true },
  provides: { header: "provides", since: "1.1", many: true },
  obsoletes: { header: "obsoletes", since: "1.1", many: true },
  maintainer: { header: "maintainer", since: "1.2", many: false },
  maintainer_email: { header: "maintainer-email", since: "1.2", many: false },
  requires_dist: { header: "requires-dist", since: "1.2", many: true },
  provides_dist: { header: "provides-dist", since: "1.2", many: true },
  obsoletes_dist: { header: "obsoletes-dist", since: "1.2", many: true },
  requires_python: { header: "requires-python", since: "1.2", many: false },
  requires_external: { header: "requires-external", since: "1.2", many: true },
  project_urls: { header: "project-url", since: "1.2", many: true },
  description_content_type: { header: "description-content-type", since: "2.1", many: false },
  provides_extra: { header: "provides-extra", since: "2.1", many: true },
  dynamic: { header: "dynamic", since: "2.2", many: true },
  license_expression: { header: "license-expression", since: "2.4", many: false },
  license_file: { header: "license-file", since: "2.4", many: true },
  import_name: { header: "import-name", since: "2.5", many: true },
  import_namespace: { header: "import-namespace", since: "2.5", many: true },
};

/** The first fault in the server's order: metadata version, name and version first, then by name of the field. */
export function checkMetadata(fields: Fields, knows?: ClassifierKnowledge): Refusal | undefined {
  const metadata = metadataOf(fields);
  const faults = [...unreadable(metadata), ...standardFaults(metadata)];
  const all = faults.length > 0 ? faults : ownFaults(metadata, knows);
  const first = ["metadata-version", "name", "version"].find((field) => all.some((fault) => fault.field === field));
  const field = first ?? all.map((fault) => fault.field).toSorted()[0];
  const found = all.find((fault) => fault.field === field);
  if (found === undefined) return undefined;
  const local = field === "version" && found.message.includes("use of local versions");
  const page = local
    ? "https://packaging.python.org/en/latest/specifications/version-specifiers/#local-version-identifiers"
    : "https://packaging.python.org/specifications/core-metadata";
  return refusal(400, `${found.message}${found.message.endsWith(".") ? "" : "."} See ${page} for more information.`);
}

function metadataOf(fields: Fields): Fields {
  const known = [...fields].filter(([name, values]) => Object.hasOwn(knownFields, name) && !(values.length === 1 && values[0] === ""));
  return new Map(known);
}

function unreadable(metadata: Fields): readonly Fault[] {
  return [...metadata]
    .filter(([name, values]) => knownFields[name]?.many === false && values.length > 1)
    .map(([name]) => ({ field: name, message: `${repr(name)} has invalid data` }));
}

function standardFaults(metadata: Fields): readonly Fault[] {
  const version = one(metadata, "metadata_version") ?? "";
  const faults: Fault[] = [];
  if (![...versionsTaken, "2.6"].includes(version)) {
    faults.push({ field: "metadata-version", message: `${version === "" ? "None" : repr(version)} is not a valid metadata version` });
  }
  for (const name of new Set([...metadata.keys(), "name", "version"])) {
    const known = knownFields[name];
    if (known === undefined || name === "metadata_version") continue;
    if (faults.length === 0 || faults[0]?.field !== "metadata-version") {
      if (order(known.since) > order(version)) {
        faults.push({ field: known.header, message: `${known.header} introduced in metadata version ${known.since}, not ${version}` });
        continue;
      }
    }
    const message = judges[name]?.(metadata.get(name) ?? [], known.header);
    if (message !== undefined) faults.push({ field: known.header, message });
  }
  return faults;
}

function order(version: string): number {
  return [...versionsTaken, "2.6"].indexOf(version);
}

type Judge = (values: readonly string[], header: string) => string | undefined;

/** What `packaging` says about single fields. */
const judges: Readonly<Record<string, Judge>> = {
  name: ([name = ""], header) =>
    name === "" ? `${repr(header)} is a required field` : isProjectName(name) ? undefined : `${repr(name)} is invalid for ${repr(header)}`,
  version: ([version = ""], header) =>
    version === ""
      ? `${repr(header)} is a required field`
      : readVersion(version) === undefined
        ? `${repr(version)} is invalid for ${repr(header)}`
        : undefined,
  summary: ([summary = ""], header) =>
    /[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/.test(summary) ? `${repr(header)} must be a single line` : undefined,
  description_content_type: ([value = ""], header) => contentTypeFault(value, header),
  dynamic: (values) => firstOf(values, (value) => dynamicFault(value.toLowerCase())),
  provides_extra: (values, header) =>
    firstOf(values, (value) => (isProjectName(value) ? undefined : `${repr(value)} is invalid for ${repr(header)}`)),
  requires_python: ([value = ""], header) => (isSpecifierSet(value) ? undefined : `${repr(value)} is invalid for ${repr(header)}`),
  requires_dist: (values, header) =>
    firstOf(values, (value) => (isRequirement(value) ? undefined : `${repr(value)} is invalid for ${repr(header)}`)),
  license_expression: ([value = ""], header) => (isLicenseExpression(value) ? undefined : `${repr(value)} is invalid for ${repr(header)}`),
  license_file: (values, header) => firstOf(values, (value) => licenseFileFault(value, header)),
};

function firstOf(values: readonly string[], judge: (value: string) => string | undefined): string | undefined {
  return values.map(judge).find((message) => message !== undefined);
}

function contentTypeFault(value: string, header: string): string | undefined {
  const [type = "", ...parameters] = value.split(";").map((part) => part.trim());
  const types = ["text/plain", "text/x-rst", "text/markdown"];
  if (!/^[^\s/]+\/[^\s/]+$/.test(type)) return `${repr(value)} is not a valid content type for ${repr(header)}: Invalid content type`;
  if (!types.includes(type.toLowerCase())) return `${repr(header)} must be one of [${types.map(repr).join(", ")}], not ${repr(value)}`;
  for (const parameter of parameters) {
    const [name = "", written = ""] = parameter.split("=").map((part) => part.trim());
    const given = written.replace(/^"(.*)"$/, "$1");
    if (name.toLowerCase() === "charset" && given.toLowerCase() !== "utf-8")
      return `${repr(header)} can only specify the UTF-8 charset, not ${repr(given)}`;
    if (name.toLowerCase() === "variant" && type.toLowerCase() === "text/markdown" && !["GFM", "CommonMark"].includes(given)) {
      return `valid Markdown variants for ${repr(header)} are ['GFM', 'CommonMark'], not ${repr(given)}`;
    }
  }
  return undefined;
}

function dynamicFault(field: string): string | undefined {
  if (["name", "version", "metadata-version"].includes(field)) return `${repr(field)} is not allowed as a dynamic field`;
  return Object.values(knownFields).some((known) => known.header === field) ? undefined : `${repr(field)} is not a valid dynamic field`;
}

function licenseFileFault(path: string, header: string): string | undefined {
  const invalid = `${repr(path)} is invalid for ${repr(header)}`;
  if (path.includes("..")) return `${invalid}, parent directory indicators are not allowed`;
  if (path.includes("*")) return `${invalid}, paths must be resolved`;
  if (/^(?:\/|[A-Za-z]:[\\/]|\\\\[^\\]+\\[^\\]+)/.test(path)) return `${invalid}, paths must be relative`;
  return path.includes("\\") ? `${invalid}, paths must use '/' delimiter` : undefined;
}

const specifier = /^(?:~=|==|!=|<=|>=|<|>)\s*[^\s,;()]+$|^===\s*[^\s,;)]+$/;

function isSpecifierSet(text: string): boolean {
  const clauses = text.split(",").map((clause) => clause.trim()).filter((clause) => clause !== ""); // prettier-ignore
  return clauses.every(
    (clause) =>
      specifier.test(clause) &&
      (clause.startsWith("===") || readVersion(clause.replace(/^[~=!<>]+\s*/, "").replace(/\.\*$/, "")) !== undefined),
  );
}

/** Name, extras, versions or an address, marker (PEP 508); the marker's own grammar is not judged. */
const requirement =
  /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(?:\(([^)]*)\)|@\s*(\S+)|([^;@(]*))\s*(?:;\s*(\S.*))?$/;

/** Longer ones exist in no index; the form above would take long to refuse them. */
const requirementLengthMax = 4096;

function isRequirement(text: string): boolean {
  if (text.length > requirementLengthMax) return false;
  const read = requirement.exec(text);
  return read !== null && (read[3] !== undefined || isSpecifierSet(read[2] ?? read[4] ?? ""));
}

function isDirect(text: string): boolean {
  return text.length <= requirementLengthMax && requirement.exec(text)?.[3] !== undefined;
}

/** Ids joined with AND, OR, WITH and brackets; ids are not held against the SPDX list. */
function isLicenseExpression(text: string): boolean {
  if (text.trim() === "") return false;
  const tokens = text.replaceAll("(", " ( ").replaceAll(")", " ) ").trim().split(/\s+/);
  let depth = 0;
  let wantsId = true;
  for (const token of tokens) {
    if (token === "(" ? !wantsId : token === ")" ? wantsId || depth === 0 : /^(?:and|or|with)$/i.test(token) === wantsId) return false;
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (!/^[A-Za-z0-9.+-]+$/.test(token)) return false;
    else wantsId = !wantsId;
  }
  return depth === 0 && !wantsId;
}

/** What PyPI adds; asked only when the standard's own rules hold. */
function ownFaults(metadata: Fields, knows: ClassifierKnowledge | undefined): readonly Fault[] {
  const value = (name: string): string | undefined => one(metadata, name);
  const faults: Fault[] = [];
  const add = (field: string, message: string | undefined): unknown =>
    message === undefined ? undefined : faults.push({ field, message });
  if (!versionsTaken.includes(value("metadata_version") ?? ""))
    add("metadata-version", `${repr(value("metadata_version") ?? "")} is not a valid metadata version`);
  const version = readVersion(value("version") ?? "");
  if (version?.local !== undefined) add("version", `The use of local versions in '${version.normal}' is not allowed.`);
  if ([...(value("summary") ?? "")].length > 512) add("summary", "'summary' field must be 512 characters or less.");
  add("author-email", mailFault(value("author_email")));
  add("maintainer-email", mailFault(value("maintainer_email")));
  for (const classifier of (metadata.get("classifiers") ?? []).toSorted()) add("classifier", classifierFault(classifier, knows));
  add("home-page", addressFault(value("home_page")));
  add("download-url", addressFault(value("download_url")));
  for (const line of metadata.get("project_urls") ?? []) add("project-url", projectUrlFault(line));
  for (const [field, header] of [
    ["provides_dist", "provides-dist"],
    ["obsoletes_dist", "obsoletes-dist"],
    ["requires_dist", "requires-dist"],
  ] as const) {
    for (const written of metadata.get(field) ?? []) add(header, dependencyFault(written, header));
  }
  for (const field of metadata.get("dynamic") ?? []) add("dynamic", ownDynamicFault(field.toLowerCase()));
  if (value("license") !== undefined && value("license_expression") !== undefined) {
    add("license", "License is deprecated when License-Expression is present. Only License-Expression should be present.");
  }
  return faults;
}

/** The first address only, as `email.utils.parseaddr` finds it: what stands in `<>`, otherwise the first word. */
function mailFault(value: string | undefined): string | undefined {
  const entry = /^(?:"[^"]*"|[^",])*/.exec(value ?? "")?.[0] ?? "";
  const address = (entry.includes("<") ? /<([^<>]*)/.exec(entry)?.[1] : entry.trim().split(/\s+/)[0]) ?? "";
  const why = address === "" ? undefined : addressReason(address);
  return why === undefined ? undefined : `${repr(address)} is not a valid email address: ${why}`;
}

function addressReason(address: string): string | undefined {
  const at = address.lastIndexOf("@");
  const [local, host] = [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
  if (at === -1) return "An email address must have an @-sign.";
  if (local === "") return "There must be something before the @-sign.";
  if (host === "") return "There must be something after the @-sign.";
  if (`${local}@${host}`.includes("..")) return "An email address cannot have two periods in a row.";
  if (/[\s"(),:;<>@[\\\]]/.test(local)) return "The email address contains invalid characters before the @-sign.";
  if (!host.includes(".")) return "The part after the @-sign is not valid. It should have a period.";
  return /^[\p{L}\p{N}.-]+$/u.test(host) ? undefined : "The part after the @-sign contains invalid characters.";
}

function classifierFault(classifier: string, knows: ClassifierKnowledge | undefined): string | undefined {
  const knowledge = knows?.(classifier) ?? "known";
  if (knowledge === "known") return undefined;
  if (knowledge === "unknown") return `${repr(classifier)} is not a valid classifier.`;
  const instead = knowledge.insteadOf.map(repr).join(", ");
  return `The classifier ${repr(classifier)} has been deprecated${instead === "" ? "" : `, use one of [${instead}] instead`}.`;
}

function isAddress(text: string): boolean {
  return /^https?:/i.test(text) && URL.canParse(text) && !/\s/.test(text);
}

function addressFault(value: string | undefined): string | undefined {
  return value === undefined || isAddress(value) ? undefined : `${repr(value)} is not a valid url.`;
}

function projectUrlFault(line: string): string | undefined {
  const comma = line.indexOf(",");
  const label = (comma === -1 ? line : line.slice(0, comma)).trim();
  const address = comma === -1 ? "" : line.slice(comma + 1).trim();
  if (label === "") return "Must have a label";
  if ([...label].length > 32) return `${repr(label)} must be 32 characters or less.`;
  if (address === "") return "Must have a URL";
  return isAddress(address) ? undefined : `${repr(address)} is not a valid url`;
}

function dependencyFault(written: string, header: string): string | undefined {
  if (isDirect(written))
    return header === "requires-dist" ? `Can't have direct dependency: ${written}` : `Can't have direct dependency: ${repr(written)}`;
  return isRequirement(written) ? undefined : `${repr(written)} is invalid: Expected a requirement`;
}

const notDynamic = ["metadata-version", "name", "version"];

function ownDynamicFault(field: string): string | undefined {
  const allowed = Object.values(knownFields).some((known) => known.header === field) && !notDynamic.includes(field) && field !== "dynamic";
  return allowed ? undefined : `Dynamic field ${repr(field)} is not a valid dynamic field.`;
}
