// What PyPI asks of the attestations of an upload before it keeps them, and the document that it serves of them (PEP 740; protocols
// §3.1). That signatures hold is for verifiers to say: a rehearsal trusts the Sigstore that it has beside it.
import type { Publisher } from "../../../domain/identity/publisher.ts";
import { publishPredicate } from "../../../domain/known-services.ts";
import { parseRecord, recordOf, textOf, type JsonRecord } from "../../../domain/json-record.ts";
import { refusal, type ReceivedContent, type Refusal } from "./form.ts";

const predicates: readonly string[] = [publishPredicate, "https://slsa.dev/provenance/v1"];

export type ReadAttestations =
  | { readonly kind: "none" }
  | { readonly kind: "attestations"; readonly attestations: readonly JsonRecord[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** @param publisher whoever the upload's token was exchanged for; undefined: it was a stored token */
export function readAttestations(
  written: string | undefined,
  content: Pick<ReceivedContent, "name" | "sha256">,
  publisher: Publisher | undefined,
): ReadAttestations {
  if (written === undefined) return { kind: "none" };
  if (publisher === undefined)
    return refused("Attestations are only supported when using Trusted Publishing with GitHub Actions or GitLab CI/CD.");
  const list = listIn(written);
  if (list === undefined) return refused("Malformed attestations: an error occurred while parsing them as JSON.");
  if (list.length === 0) return refused("Malformed attestations: an empty attestation set is not permitted.");
  const types = list.map((one) => textOf(statementOf(one)?.["predicateType"]));
  if (new Set(types).size !== types.length) return refused("Multiple attestations for the same file with the same predicate type.");
  const wrong = list.map((one) => fault(one, content)).find((one) => one !== undefined);
  return wrong === undefined
    ? { kind: "attestations", attestations: list }
    : refused(`Could not verify the uploaded artifact using the included attestation: ${wrong}`);
}

/** `GET /integrity/…/provenance`. */
export function provenanceDocument(attestations: readonly JsonRecord[], { repository, workflow, environment }: Publisher): string {
  const publisher = { kind: "GitHub", repository, workflow, environment: environment ?? null, claims: null };
  return JSON.stringify({ version: 1, attestation_bundles: [{ publisher, attestations }] });
}

function refused(message: string): ReadAttestations {
  return { kind: "refused", refusal: refusal(400, `Invalid attestations supplied during upload: ${message}`) };
}

function listIn(written: string): readonly JsonRecord[] | undefined {
  const list = parseRecord(`{"list":${written}}`)?.["list"];
  if (!Array.isArray(list)) return undefined;
  const objects = list.map((one: unknown) => recordOf(one));
  return objects.every((one) => one !== undefined) ? objects : undefined;
}

function statementOf(attestation: JsonRecord): JsonRecord | undefined {
  const text = textOf(recordOf(attestation["envelope"])?.["statement"]);
  return text === undefined ? undefined : parseRecord(Buffer.from(text, "base64").toString("utf8"));
}

function fault(attestation: JsonRecord, { name, sha256 }: Pick<ReceivedContent, "name" | "sha256">): string | undefined {
  if (attestation["version"] !== 1) return "its version should be 1";
  const entries = recordOf(attestation["verification_material"])?.["transparency_entries"];
  if (!Array.isArray(entries) || entries.length !== 1) return "it should have one entry of a transparency log";
  const proof = recordOf(recordOf(entries[0])?.["inclusionProof"]);
  // PyPI's reader wants what a bundle's JSON leaves out because it is zero.
  if (textOf(proof?.["logIndex"]) === undefined || !Array.isArray(proof?.["hashes"]))
    return "tlogEntries.0.inclusionProof.logIndex: field required";
  const statement = statementOf(attestation);
  const subjects = statement?.["subject"];
  const [subject] = Array.isArray(subjects) ? subjects.map((one: unknown) => recordOf(one)) : [];
  if (!Array.isArray(subjects) || subjects.length !== 1) return "invalid statement: it should have one subject";
  if (textOf(subject?.["name"]) !== name) return `subject does not match distribution name: ${String(subject?.["name"])} != ${name}`;
  if (textOf(recordOf(subject?.["digest"])?.["sha256"]) !== sha256) return "subject does not match distribution digest";
  const type = textOf(statement?.["predicateType"]) ?? "";
  return predicates.includes(type) ? undefined : `unsupported predicate type: ${type}`;
}
