// The rules that core metadata must hold to be taken: those of the format, which `packaging` and twine apply, and those
// that PyPI adds (reference/protocols §1.3). Pure: what only Python's own libraries can judge (requirements, licence
// expressions, mail addresses, classifiers) comes in as answers to the questions that `questionsOf` asks.
import { pep440 } from "../version/pep440.ts";
import { defaultDescriptionType, parseDescriptionType, type DescriptionType } from "./content-type.ts";
import { headerOf, headersOf, isMetadataVersionAtLeast, projectUrlsOf, type CoreMetadata } from "./core-metadata.ts";
import {
  metadataFields,
  metadataVersions,
  neverDynamic,
  projectUrlLabelLengthMax,
  pythonKeywords,
  summaryLengthMax,
} from "./core-metadata-fields.ts";
import { isPackageName } from "./names.ts";
import {
  isPlainClassifier,
  isPlainEmail,
  isPlainLicense,
  isPlainRequirement,
  isPlainSpecifierSet,
  isPlainVersion,
} from "./plain-values.ts";
import { isWebAddress } from "./web-address.ts";

export interface MetadataFault {
  /** Stable, for example `META-SUMMARY`. */
  readonly id: string;
  /** What is, and what should be, with the rule's source. */
  readonly message: string;
}

/** Values to be judged by Python's libraries. */
export interface MetadataQuestions {
  readonly requirements: readonly string[];
  readonly specifiers: readonly string[];
  readonly licenses: readonly string[];
  readonly emails: readonly string[];
  readonly classifiers: readonly string[];
}

export type Judgement = { readonly kind: "valid" } | { readonly kind: "invalid"; readonly why: string };

/** What Python's libraries say about each value that was asked for. */
export interface MetadataAnswers {
  /** `direct`: it names a URL (`name @ url`). */
  requirement(text: string): (Judgement & { readonly kind: "invalid" }) | { readonly kind: "valid"; readonly direct: boolean };
  specifiers(text: string): Judgement;
  license(text: string): Judgement;
  email(text: string): Judgement;
  classifier(text: string): { readonly kind: "known" | "unknown" } | { readonly kind: "deprecated"; readonly insteadOf: readonly string[] };
}

const dependencyFields = ["Requires-Dist", "Provides-Dist", "Obsoletes-Dist"] as const;
const emailFields = ["Author-email", "Maintainer-email"] as const;
const addressFields = ["Home-page", "Download-URL"] as const;

/** Every value of the metadata that Python has to judge; what is right beyond doubt is none. */
export function questionsOf(metadata: CoreMetadata): MetadataQuestions {
  return {
    requirements: dependencyFields.flatMap((name) => headersOf(metadata, name)).filter((value) => !isPlainRequirement(value)),
    specifiers: headersOf(metadata, "Requires-Python").filter((value) => !isPlainSpecifierSet(value)),
    licenses: headersOf(metadata, "License-Expression").filter((value) => !isPlainLicense(value)),
    emails: emailFields.flatMap((name) => saidValues(metadata, name)).filter((value) => !isPlainEmail(value)),
    classifiers: headersOf(metadata, "Classifier").filter((value) => !isPlainClassifier(value)),
  };
}

/** All faults of one METADATA or PKG-INFO; none: PyPI takes it. */
export function metadataFaults(metadata: CoreMetadata, answers: MetadataAnswers): readonly MetadataFault[] {
  return [
    ...formFaults(metadata),
    ...fieldFaults(metadata),
    ...identityFaults(metadata),
    ...textFaults(metadata),
    ...addressFaults(metadata),
    ...listFaults(metadata),
    ...judgedFaults(metadata, answers),
  ];
}

/** How PyPI renders the description; undefined where the content type is invalid. */
export function descriptionTypeOf(metadata: CoreMetadata): DescriptionType | undefined {
  const written = headerOf(metadata, "Description-Content-Type");
  if (written === undefined) return defaultDescriptionType;
  const parsed = parseDescriptionType(written);
  return parsed.kind === "valid" ? parsed.type : undefined;
}

// --- rules ------------------------------------------------------------------------------------

function fault(id: string, message: string): MetadataFault {
  return { id, message };
}

/** A value in quotes, cut to what a message can hold. */
function quote(value: string): string {
  return JSON.stringify(value.length > 100 ? `${value.slice(0, 97)}...` : value);
}

/** Values that say something: PyPI drops empty ones and `UNKNOWN`, which old builders wrote for nothing. */
function saidValues(metadata: CoreMetadata, name: string): readonly string[] {
  return headersOf(metadata, name).filter((value) => value.trim() !== "" && value.trim() !== "UNKNOWN");
}

function formFaults(metadata: CoreMetadata): readonly MetadataFault[] {
  const faults = metadata.malformed.map(({ line, text }) =>
    fault(
      "META-SYNTAX",
      `Line ${line} is no header: ${quote(text)}; Python takes everything from there on for the description (core metadata, RFC 822)`,
    ),
  );
  if (metadata.descriptions > 1)
    faults.push(fault("META-REPEATED", `The description stands in ${metadata.descriptions} places; it may stand in one (core metadata)`));
  return faults;
}

function fieldFaults(metadata: CoreMetadata): readonly MetadataFault[] {
  const version = headerOf(metadata, "Metadata-Version") ?? "";
  const faults: MetadataFault[] = [];
  for (const name of new Set(metadata.headers.map(([written]) => written.toLowerCase()))) {
    const field = metadataFields.get(name);
    const count = headersOf(metadata, name).length;
    if (field === undefined)
      faults.push(fault("META-UNKNOWN-FIELD", `Field "${name}" does not exist in core metadata (packaging: unrecognized field)`));
    else if (!field.many && count > 1)
      faults.push(fault("META-REPEATED", `Field "${field.name}" stands there ${count} times; it may stand once (core metadata)`));
    if (field !== undefined && isTooEarly(field.name, field.since, version)) {
      faults.push(
        fault(
          "META-FIELD-SINCE",
          `Field "${field.name}" exists since metadata version ${field.since}, and Metadata-Version says "${version}" (core metadata)`,
        ),
      );
    }
  }
  return faults;
}

/** Old setuptools wrote `License-File` before it existed; uploaders leave it out then, so nobody refuses it. */
function isTooEarly(name: string, since: string, version: string): boolean {
  if (name === "License-File" || !metadataVersions.includes(version)) return false;
  return metadataVersions.indexOf(version) < metadataVersions.indexOf(since);
}

function identityFaults(metadata: CoreMetadata): readonly MetadataFault[] {
  const faults: MetadataFault[] = [];
  const metadataVersion = headerOf(metadata, "Metadata-Version");
  if (metadataVersion === undefined) faults.push(fault("META-VERSION-OF-METADATA", "Metadata-Version is missing (core metadata)"));
  else if (!metadataVersions.includes(metadataVersion)) {
    faults.push(
      fault(
        "META-VERSION-OF-METADATA",
        `Metadata-Version ${quote(metadataVersion)} is not taken by PyPI, which takes ${metadataVersions.join(", ")}`,
      ),
    );
  }
  const name = headerOf(metadata, "Name") ?? "";
  if (name === "") faults.push(fault("META-NAME", "Name is missing (core metadata)"));
  else if (!isPackageName(name)) {
    faults.push(
      fault(
        "META-NAME",
        `Name ${quote(name)} is no package name: ASCII letters, digits, ".", "-", "_", with a letter or digit at both ends (core metadata, Name)`,
      ),
    );
  }
  return [...faults, ...versionFaults(headerOf(metadata, "Version") ?? "")];
}

function versionFaults(text: string): readonly MetadataFault[] {
  if (text === "") return [fault("META-VERSION", "Version is missing (core metadata)")];
  if (isPlainVersion(text)) return [];
  const parsed = pep440.parse(text);
  if (parsed.kind === "invalid") return [fault("META-VERSION", `Version ${quote(text)} is no PEP 440 version`)];
  const { local } = parsed.version;
  return local === undefined
    ? []
    : [
        fault(
          "META-VERSION-LOCAL",
          `Version ${quote(text)} has the local part "+${local}", which PyPI does not take (PEP 440, local version identifiers)`,
        ),
      ];
}

const lineBoundary = /[\n\r\v\f\u001c-\u001e\u0085\u2028\u2029]/;

function textFaults(metadata: CoreMetadata): readonly MetadataFault[] {
  const faults: MetadataFault[] = [];
  const summary = headerOf(metadata, "Summary") ?? "";
  const length = [...summary].length;
  if (lineBoundary.test(summary))
    faults.push(fault("META-SUMMARY", `Summary ${quote(summary)} has more than one line (core metadata, Summary)`));
  if (length > summaryLengthMax)
    faults.push(fault("META-SUMMARY", `Summary has ${length} characters, and PyPI takes at most ${summaryLengthMax}`));
  const contentType = headerOf(metadata, "Description-Content-Type");
  const parsed = contentType === undefined ? undefined : parseDescriptionType(contentType);
  if (parsed?.kind === "invalid")
    faults.push(
      fault("META-CONTENT-TYPE", `Description-Content-Type ${quote(contentType ?? "")} is invalid: ${parsed.why} (core metadata)`),
    );
  if (saidValues(metadata, "License").length > 0 && headerOf(metadata, "License-Expression") !== undefined) {
    faults.push(
      fault(
        "META-LICENSE-TWICE",
        "License and License-Expression exclude each other: only License-Expression should be there (PEP 639; PyPI)",
      ),
    );
  }
  return faults;
}

function addressFaults(metadata: CoreMetadata): readonly MetadataFault[] {
  const faults: MetadataFault[] = [];
  for (const name of addressFields) {
    for (const value of saidValues(metadata, name)) {
      if (!isWebAddress(value)) faults.push(fault("META-URL", `${name} ${quote(value)} is no http or https address (PyPI; RFC 3986)`));
    }
  }
  const labels = new Set<string>();
  for (const [label, url] of projectUrlsOf(metadata)) {
    const why = projectUrlFault(label, url);
    if (why !== undefined) faults.push(fault("META-PROJECT-URL", `Project-URL ${quote(`${label}, ${url}`)} ${why}`));
    if (labels.has(label)) faults.push(fault("META-PROJECT-URL", `Project-URL has the label ${quote(label)} twice (packaging)`));
    labels.add(label);
  }
  return faults;
}

function projectUrlFault(label: string, url: string): string | undefined {
  const length = [...label].length;
  if (label === "") return "has no label (PyPI)";
  if (length > projectUrlLabelLengthMax) return `has a label of ${length} characters, and PyPI takes at most ${projectUrlLabelLengthMax}`;
  if (url === "") return "has no address after the comma (PyPI)";
  return isWebAddress(url) ? undefined : "has no http or https address (PyPI; RFC 3986)";
}

function listFaults(metadata: CoreMetadata): readonly MetadataFault[] {
  const faults: MetadataFault[] = [];
  const add = (id: string, values: readonly string[], why: (value: string) => string | undefined) => {
    for (const value of values) {
      const message = why(value);
      if (message !== undefined) faults.push(fault(id, message));
    }
  };
  add("META-DYNAMIC", headersOf(metadata, "Dynamic"), dynamicFault);
  add("META-EXTRA", headersOf(metadata, "Provides-Extra"), (value) =>
    isPackageName(value) ? undefined : `Provides-Extra ${quote(value)} is no name of an extra (PEP 685)`,
  );
  if (isMetadataVersionAtLeast(metadata, "2.4")) add("META-LICENSE-FILE", headersOf(metadata, "License-File"), licenseFileFault);
  const imports = headersOf(metadata, "Import-Name");
  if (!(imports.length === 1 && imports[0] === "")) add("META-IMPORT-NAME", imports, (value) => importNameFault("Import-Name", value));
  add("META-IMPORT-NAME", headersOf(metadata, "Import-Namespace"), (value) => importNameFault("Import-Namespace", value));
  return faults;
}

function dynamicFault(value: string): string | undefined {
  const name = value.toLowerCase();
  if (neverDynamic.includes(name)) return `Dynamic ${quote(value)} is not allowed: that field is never dynamic (PEP 643)`;
  return metadataFields.has(name) ? undefined : `Dynamic ${quote(value)} is no field of core metadata (PEP 643; PyPI's list)`;
}

function licenseFileFault(path: string): string | undefined {
  const what = `License-File ${quote(path)}`;
  if (path.includes("..")) return `${what} leads upwards (PEP 639)`;
  if (path.includes("*")) return `${what} is a pattern, and should be a file (PEP 639)`;
  if (path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path) || path.startsWith("\\")) return `${what} is an absolute path (PEP 639)`;
  if (path.includes("\\")) return `${what} has a backslash; the delimiter is "/" (PEP 639)`;
  return path === "" || path.split("/").some((part) => part === "" || part === ".")
    ? `${what} is no plain relative path (PEP 639)`
    : undefined;
}

function importNameFault(field: string, value: string): string | undefined {
  const semicolon = value.indexOf(";");
  const name = (semicolon === -1 ? value : value.slice(0, semicolon)).trimEnd();
  const rest = semicolon === -1 ? "private" : value.slice(semicolon + 1).trimStart();
  if (rest !== "private") return `${field} ${quote(value)} has something else than "private" behind ";" (PEP 794)`;
  const wrong = name.split(".").find((part) => !/^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(part) || pythonKeywords.has(part));
  return wrong === undefined ? undefined : `${field} ${quote(value)} cannot be imported: ${quote(wrong)} is no name in Python (PEP 794)`;
}

function judgedFaults(metadata: CoreMetadata, answers: MetadataAnswers): readonly MetadataFault[] {
  const asked = questionsOf(metadata);
  const refused = (values: readonly string[], judge: (value: string) => Judgement, say: (value: string, why: string) => MetadataFault) =>
    values.flatMap((value) => {
      const judged = judge(value);
      return judged.kind === "invalid" ? [say(value, judged.why)] : [];
    });
  return [
    ...dependencyFields.flatMap((name) => dependencyFaults(metadata, name, answers)),
    ...refused(asked.specifiers, answers.specifiers, (value, why) =>
      fault("META-REQUIRES-PYTHON", `Requires-Python ${quote(value)} is invalid: ${why} (PEP 440, by packaging)`),
    ),
    ...refused(asked.licenses, answers.license, (value, why) =>
      fault("META-LICENSE", `License-Expression ${quote(value)} is invalid: ${why} (SPDX, PEP 639, by packaging)`),
    ),
    ...refused(asked.emails, answers.email, (value, why) =>
      fault("META-EMAIL", `The mail address in ${quote(value)} is invalid: ${why} (PyPI, by email-validator)`),
    ),
    ...classifierFaults(asked.classifiers, answers),
  ];
}

function dependencyFaults(metadata: CoreMetadata, name: string, answers: MetadataAnswers): readonly MetadataFault[] {
  const faults: MetadataFault[] = [];
  for (const value of headersOf(metadata, name)) {
    if (isPlainRequirement(value)) continue;
    const judged = answers.requirement(value);
    const what = `${name} ${quote(value)}`;
    if (judged.kind === "invalid") faults.push(fault("META-REQUIREMENT", `${what} is invalid: ${judged.why} (PEP 508, by packaging)`));
    else if (judged.direct) faults.push(fault("META-DIRECT", `${what} names an address; PyPI takes no direct references (PEP 440)`));
  }
  return faults;
}

function classifierFaults(classifiers: readonly string[], answers: MetadataAnswers): readonly MetadataFault[] {
  const faults: MetadataFault[] = [];
  for (const value of new Set(classifiers)) {
    const judged = answers.classifier(value);
    if (judged.kind === "unknown")
      faults.push(fault("META-CLASSIFIER", `Classifier ${quote(value)} is not on PyPI's list (trove-classifiers)`));
    if (judged.kind === "deprecated") {
      faults.push(fault("META-CLASSIFIER", `Classifier ${quote(value)} is deprecated${insteadOf(judged.insteadOf)} (trove-classifiers)`));
    }
  }
  return faults;
}

function insteadOf(names: readonly string[]): string {
  return names.length === 0 ? "" : `; use ${names.map(quote).join(" or ")}`;
}
