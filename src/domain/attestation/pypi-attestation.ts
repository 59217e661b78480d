// The form in which PyPI takes and shows an attestation (PEP 740, version 1), made from a Sigstore bundle and read back into one. What the bundle's JSON
// leaves out because it is zero is written again: PyPI's reader demands it (protocols §3.1, §3.3).
import type { JsonObject } from "../configuration.ts";
import { recordOf, textOf } from "../json-record.ts";
import { statementMediaType } from "./statement.ts";

export type Converted =
  | { readonly kind: "attestation"; readonly attestation: JsonObject }
  | { readonly kind: "unusable"; readonly why: string };

/** @param bundle as JSON (`application/vnd.dev.sigstore.bundle.v0.3+json`, or v0.2 with a chain) */
export function toPypiAttestation(bundle: unknown): Converted {
  const material = recordOf(recordOf(bundle)?.["verificationMaterial"]);
  const envelope = recordOf(recordOf(bundle)?.["dsseEnvelope"]);
  const certificate = certificateOf(material);
  const entries = material?.["tlogEntries"];
  const entry = Array.isArray(entries) ? recordOf(entries[0]) : undefined;
  const signatures = envelope?.["signatures"];
  const signature = Array.isArray(signatures) ? textOf(recordOf(signatures[0])?.["sig"]) : undefined;
  const statement = textOf(envelope?.["payload"]);
  if (certificate === undefined) return unusable("it has no certificate");
  if (entry === undefined) return unusable("it has no entry of a log");
  if (statement === undefined || signature === undefined) return unusable("it has no signed statement");
  // The form has no room for a separate timestamp: the log's promise is the only time that is signed.
  if (recordOf(entry["inclusionPromise"]) === undefined) return unusable("its log promises no time, as logs of version 1 do");
  return {
    kind: "attestation",
    attestation: {
      version: 1,
      verification_material: { certificate, transparency_entries: [withZeros(entry)] },
      envelope: { statement, signature },
    },
  };
}

/** What an index shows of an attestation as the bundle that verifiers take; undefined for what is of another form. */
export function fromPypiAttestation(attestation: unknown): JsonObject | undefined {
  const shown = recordOf(attestation);
  const material = recordOf(shown?.["verification_material"]);
  const envelope = recordOf(shown?.["envelope"]);
  const [certificate, statement, signature] = [material?.["certificate"], envelope?.["statement"], envelope?.["signature"]].map(textOf);
  const entries = material?.["transparency_entries"];
  if (shown?.["version"] !== 1 || certificate === undefined || statement === undefined || signature === undefined) return undefined;
  if (!Array.isArray(entries) || !entries.every((one) => recordOf(one) !== undefined)) return undefined;
  return {
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { certificate: { rawBytes: certificate }, tlogEntries: entries },
    dsseEnvelope: { payload: statement, payloadType: statementMediaType, signatures: [{ sig: signature }] },
  };
}

function certificateOf(material: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const single = textOf(recordOf(material?.["certificate"])?.["rawBytes"]);
  if (single !== undefined) return single;
  const chain = recordOf(material?.["x509CertificateChain"])?.["certificates"];
  return Array.isArray(chain) ? textOf(recordOf(chain[0])?.["rawBytes"]) : undefined;
}

function withZeros(entry: Readonly<Record<string, unknown>>): JsonObject {
  const proof = recordOf(entry["inclusionProof"]);
  const whole = { logIndex: "0", integratedTime: "0", ...entry };
  return proof === undefined ? whole : { ...whole, inclusionProof: { logIndex: "0", treeSize: "0", hashes: [], ...proof } };
}

function unusable(why: string): Converted {
  return { kind: "unusable", why: `PyPI does not take the attestation: ${why}` };
}
