// How a record is signed: an in-toto statement in an envelope (DSSE v1), signed by an identity of CI (a Sigstore bundle), by a
// person's SSH key, or by nobody, which it then says. Read with suspicion: a record may come from anybody.
import type { JsonObject } from "../configuration.ts";
import { recordOf, textOf } from "../json-record.ts";
import { statementMediaType } from "./statement.ts";

/** What SSH signs for: a signature made for something else does not hold here. */
export const sealNamespace = "slipway-record";

export interface Envelope {
  readonly payloadType: string;
  /** The statement's bytes, base64. */
  readonly payload: string;
  /** Each over type and payload (DSSE's pre-authentication encoding), base64. */
  readonly signatures: readonly { readonly sig: string }[];
}

export type Seal =
  | { readonly kind: "sigstore"; readonly bundle: JsonObject }
  /** `sig` is the signature as ssh-keygen writes it. */
  | { readonly kind: "ssh"; readonly envelope: Envelope }
  | { readonly kind: "unsigned"; readonly why: string; readonly envelope: Envelope };

/** @returns undefined for what is none */
export function readSeal(value: unknown): Seal | undefined {
  const seal = recordOf(value);
  const bundle = recordOf(seal?.["bundle"]);
  if (seal?.["kind"] === "sigstore") return readEnvelope(bundle?.["dsseEnvelope"]) && { kind: "sigstore", bundle: bundle as JsonObject };
  const envelope = readEnvelope(seal?.["envelope"]);
  if (envelope === undefined) return undefined;
  if (seal?.["kind"] === "ssh") return { kind: "ssh", envelope };
  const why = textOf(seal?.["why"]);
  return seal?.["kind"] === "unsigned" && why !== undefined ? { kind: "unsigned", why, envelope } : undefined;
}

export function envelopeOf(seal: Seal): Envelope | undefined {
  return seal.kind === "sigstore" ? readEnvelope(seal.bundle["dsseEnvelope"]) : seal.envelope;
}

function readEnvelope(value: unknown): Envelope | undefined {
  const envelope = recordOf(value);
  const payloadType = textOf(envelope?.["payloadType"]);
  const payload = textOf(envelope?.["payload"]);
  const signatures: unknown = envelope?.["signatures"];
  if (payloadType !== statementMediaType || payload === undefined || !Array.isArray(signatures)) return undefined;
  const read = signatures.flatMap((one: unknown) => {
    const sig = textOf(recordOf(one)?.["sig"]);
    return sig === undefined ? [] : [{ sig }];
  });
  return read.length === signatures.length ? { payloadType, payload, signatures: read } : undefined;
}
