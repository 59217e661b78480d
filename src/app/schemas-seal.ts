// JSON Schema of the record on a release page, with the statement that it is signed by. docs/reference has it as a file.
import { artifactKinds } from "../domain/artifact.ts";
import { statementMediaType } from "../domain/attestation/statement.ts";
import { releaseRecordSchema } from "../domain/release-record.ts";
import { about, commit, count, list, object, oneOf, sha256, text, type JsonSchema } from "./schema-words.ts";

const base64: JsonSchema = { type: "string", contentEncoding: "base64" };

const envelope = about(
  "DSSE v1: each signature is over type and payload",
  object({
    payloadType: { const: statementMediaType },
    payload: about("An in-toto statement v1; its predicate `urn:slipway:record:v1` names the digest of the record", base64),
    signatures: list(object({ sig: base64 })),
  }),
);

const seal: JsonSchema = about("Who says so; absent in records that were written before they were signed", {
  oneOf: [
    object({ kind: { const: "sigstore" }, bundle: about("Sigstore's bundle, as its own verifiers take it", { type: "object" }) }),
    about("`sig` is what `ssh-keygen -Y sign -n slipway-record` wrote", object({ kind: { const: "ssh" }, envelope })),
    object({ kind: { const: "unsigned" }, why: text, envelope }),
  ],
});

const testedArtifact = object({ kind: oneOf(...artifactKinds), package: text, name: text, sha256, sizeBytes: count }, { platform: text });

/** `slipway-record.json` on a release page. */
export const releaseRecordDocumentSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "The record on the page of a release by Slipway",
  ...object(
    {
      schema: { const: releaseRecordSchema },
      project: text,
      title: text,
      planDigest: sha256,
      commit,
      packages: list(object({ id: text, name: text, version: text })),
      artifacts: list(testedArtifact),
    },
    { tag: text, images: list(object({ package: text, digest: text })), attestation: seal },
  ),
};
