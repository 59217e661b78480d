// The upload form of PyPI: which fields a file's core metadata becomes, and how the form is laid out in bytes so that the
// file is read once. Wrongly spelt fields are silently ignored by the server, so the spelling here matters (protocols §1.1).
import type { JsonObject } from "../../domain/configuration.ts";
import { assert } from "../../domain/error.ts";
import type { Sha256 } from "../../domain/digest.ts";
import { fileTypeOf, pythonTagOf } from "./file-names.ts";

export type Field = readonly [name: string, value: string];

/** Attestations that an `Upload` carries, each as the JSON text of PEP 740; none for most. */
export function attestationsOf(metadata: JsonObject): readonly string[] {
  const { attestations } = metadata;
  return Array.isArray(attestations) ? attestations.filter((one) => typeof one === "string") : [];
}

/** Core metadata of a file as it was parsed from METADATA or PKG-INFO. */
export interface CoreMetadata {
  /** Headers in their order, repeated ones repeated; names as written. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body; a `Description` header is used where there is none. */
  readonly description?: string;
}

/** Reads the metadata that an `Upload` carries. @throws SlipwayError INTERNAL_ASSERTION when it has another shape. */
export function coreMetadataOf(metadata: JsonObject): CoreMetadata {
  const { headers, description } = metadata;
  assert(Array.isArray(headers), "metadata of an upload must have a list of headers");
  const pairs = headers.map((pair: unknown) => {
    assert(Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "string", "a metadata header must be a pair of texts");
    return [pair[0], pair[1]] as const;
  });
  return typeof description === "string" ? { headers: pairs, description } : { headers: pairs };
}

/** Fields that the form knows, by lower-case header name. The names in the form are the keys of packaging's raw metadata
 *  with these exceptions: `platform`, `supported_platform`, `license_file`, `import_name`, `import_namespace` stay singular. */
const fieldNames: Readonly<Record<string, string>> = {
  "metadata-version": "metadata_version",
  name: "name",
  version: "version",
  summary: "summary",
  description: "description",
  "description-content-type": "description_content_type",
  keywords: "keywords",
  "home-page": "home_page",
  "download-url": "download_url",
  author: "author",
  "author-email": "author_email",
  maintainer: "maintainer",
  "maintainer-email": "maintainer_email",
  license: "license",
  "license-expression": "license_expression",
  "license-file": "license_file",
  classifier: "classifiers",
  platform: "platform",
  "supported-platform": "supported_platform",
  "requires-python": "requires_python",
  "requires-dist": "requires_dist",
  "requires-external": "requires_external",
  "provides-dist": "provides_dist",
  "obsoletes-dist": "obsoletes_dist",
  requires: "requires",
  provides: "provides",
  obsoletes: "obsoletes",
  "project-url": "project_urls",
  "provides-extra": "provides_extra",
  dynamic: "dynamic",
  "import-name": "import_name",
  "import-namespace": "import_namespace",
};

/** Fields that come first, so that a server which reads as it goes knows what it is about. */
const leading = ["metadata-version", "name", "version"];

/** The form's fields before the file: action, metadata, file type and Python tag. */
export function formFields(fileName: string, metadata: CoreMetadata, attestations: readonly string[] = []): readonly Field[] {
  const known = metadataFields(metadata);
  const first = leading.flatMap((header) => known.filter(([name]) => name === fieldNames[header]));
  const rest = known.filter((field) => !first.includes(field));
  return [
    [":action", "file_upload"],
    ["protocol_version", "1"],
    ...first,
    ["filetype", fileTypeOf(fileName) ?? "sdist"],
    ["pyversion", pythonTagOf(fileName) ?? "source"],
    ...rest,
    ...(attestations.length === 0 ? [] : [["attestations", `[${attestations.join(",")}]`] as const]),
  ];
}

function metadataFields(metadata: CoreMetadata): readonly Field[] {
  const fields: Field[] = [];
  const licenseFiles = knowsLicenseFiles(metadata);
  for (const [header, value] of metadata.headers) {
    const name = fieldNames[header.toLowerCase()];
    if (name === undefined || isNothing(value)) continue;
    if (name === "license_file" && !licenseFiles) continue;
    if (name === "description" && hasBody(metadata)) continue;
    fields.push([name, value]);
  }
  if (hasBody(metadata)) fields.push(["description", metadata.description ?? ""]);
  return fields;
}

function hasBody(metadata: CoreMetadata): boolean {
  return metadata.description !== undefined && !isNothing(metadata.description);
}

/** An empty value counts as absent, and `UNKNOWN` is what old tools wrote for absent; the server drops both. */
function isNothing(value: string): boolean {
  return value === "" || value.trim() === "UNKNOWN";
}

/** Old setuptools wrote `License-File` before it existed (2.4); the server would refuse it, twine drops it as well. */
function knowsLicenseFiles(metadata: CoreMetadata): boolean {
  const written = metadata.headers.find(([name]) => name.toLowerCase() === "metadata-version")?.[1] ?? "";
  const [major = 0, minor = 0] = written.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 4);
}

/** The form in bytes: everything before the file, and a function for everything after it. */
export interface FormLayout {
  readonly contentType: string;
  readonly head: Buffer;
  /** Digests stand after the file, because BLAKE2 is known only when it has been read. */
  readonly tail: (blake2: string) => Buffer;
  /** Length of the whole body, known before the first byte. */
  readonly contentLength: number;
}

/** @param boundary must not occur in the file: 128 random bits */
export function layOut(
  file: { readonly name: string; readonly sizeBytes: number; readonly sha256: Sha256 },
  fields: readonly Field[],
  boundary: string,
): FormLayout {
  const head = Buffer.from(
    `${fields.map((field) => part(boundary, field)).join("")}--${boundary}\r\n` +
      `Content-Disposition: form-data; name="content"; filename="${quotable(file.name)}"\r\n` +
      "Content-Type: application/octet-stream\r\n\r\n",
  );
  const tail = (blake2: string): Buffer =>
    Buffer.from(`\r\n${part(boundary, ["sha256_digest", file.sha256])}${part(boundary, ["blake2_256_digest", blake2])}--${boundary}--\r\n`);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    head,
    tail,
    contentLength: head.length + file.sizeBytes + tail("0".repeat(64)).length,
  };
}

function part(boundary: string, [name, value]: Field): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="${quotable(name)}"\r\n\r\n${value}\r\n`;
}

/** As browsers write names in multipart forms (WHATWG HTML, multipart/form-data encoding). */
function quotable(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
