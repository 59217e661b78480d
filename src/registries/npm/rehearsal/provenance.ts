// What npm asks of the provenance that comes with a tarball before it keeps it, and the document that it serves of it (protocols
// §5.2). That signatures hold is for verifiers to say: a rehearsal trusts the Sigstore that it has beside it. Written apart from the
// client's own knowledge, so that one misreading cannot pass its own test.
import type { Json, JsonObject } from "../../../domain/configuration.ts";
import type { Publisher } from "../../../domain/identity/publisher.ts";
import { parseRecord, recordOf, textOf, type JsonRecord } from "../../../domain/json-record.ts";
import type { Refusal } from "./checks.ts";

export type ReadProvenance =
  | { readonly kind: "none" }
  | { readonly kind: "provenance"; readonly bundle: string }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface ProvenanceOf {
  readonly name: string;
  readonly version: string;
  readonly manifest: JsonObject;
  /** `sha512-<base64>` of the tarball that came. */
  readonly integrity: string;
  /** Whoever the token was exchanged for; undefined: it was a stored token. */
  readonly publisher: Publisher | undefined;
}

const predicateType = "https://slsa.dev/provenance/v1";

/** @param document of the publish, with its `_attachments` */
export function readProvenance(document: JsonObject, of: ProvenanceOf): ReadProvenance {
  const beside = Object.entries(tableOf(document["_attachments"])).filter(([key]) => key.endsWith(".sigstore"));
  const [first] = beside;
  if (first === undefined) return { kind: "none" };
  const bundle = textOf(tableOf(first[1])["data"]);
  const wrong = beside.length > 1 ? "there is more than one" : fault(bundle, first[0], of);
  if (bundle === undefined || wrong !== undefined)
    return { kind: "refused", refusal: { status: 422, message: `Error verifying sigstore provenance bundle: ${wrong ?? "no text"}` } };
  return { kind: "provenance", bundle };
}

function fault(text: string | undefined, key: string, of: ProvenanceOf): string | undefined {
  const { name, version, integrity, publisher, manifest } = of;
  if (key !== `${name}-${version}.sigstore`) return `unexpected attachment ${key}`;
  if (publisher === undefined) return "the token that publishes is of no trusted publisher";
  const bundle = text === undefined ? undefined : parseRecord(text);
  if (textOf(bundle?.["mediaType"])?.startsWith("application/vnd.dev.sigstore.bundle") !== true) return "it is no Sigstore bundle";
  const statement = statementOf(bundle);
  if (statement?.["predicateType"] !== predicateType) return `unsupported predicate type: ${String(statement?.["predicateType"])}`;
  const subjects: readonly unknown[] = Array.isArray(statement["subject"]) ? statement["subject"] : [];
  const subject = recordOf(subjects[0]);
  const url = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  if (subjects.length !== 1 || subject?.["name"] !== url) return `its one subject should be ${url}`;
  const sha512 = textOf(recordOf(subject["digest"])?.["sha512"]) ?? "";
  if (`sha512-${Buffer.from(sha512, "hex").toString("base64")}` !== integrity) return "its subject's digest is not that of the tarball";
  return repositoryFault(manifest, publisher);
}

/** npm compares package.json with the repository that the certificate names. */
function repositoryFault(manifest: JsonObject, { repository }: Publisher): string | undefined {
  const { repository: said } = manifest;
  const url = textOf(typeof said === "string" ? said : tableOf(said)["url"]) ?? "";
  if (
    url
      .replace(/\.git$/, "")
      .toLowerCase()
      .endsWith(`/${repository}`.toLowerCase())
  )
    return undefined;
  return `Failed to validate repository information: package.json: "repository.url" is "${url}", expected to match "${repository}" from provenance`;
}

function statementOf(bundle: JsonRecord | undefined): JsonRecord | undefined {
  const payload = textOf(recordOf(bundle?.["dsseEnvelope"])?.["payload"]);
  return payload === undefined ? undefined : parseRecord(Buffer.from(payload, "base64").toString("utf8"));
}

/** What `dist` of a version says of it. @param url of the registry, without a slash at the end */
export function attestationsMember(url: string, { name, version }: Pick<ProvenanceOf, "name" | "version">): JsonObject {
  return { url: `${url}/-/npm/v1/attestations/${name}@${version}`, provenance: { predicateType } };
}

/** `GET /-/npm/v1/attestations/<name>@<version>`: the public registry adds a statement of its own, which only its key signs. */
export function attestationsDocument(bundle: string): JsonObject {
  return { attestations: [{ predicateType, bundle: JSON.parse(bundle) as Json }] };
}

function tableOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
