// A Sigstore inside Slipway, for rehearsals: an authority that exchanges identities of the rehearsal's issuer for certificates, and
// a log of version 1. It answers as Fulcio and Rekor do; nothing real trusts its roots (DESIGN §6; protocols §3.5, §11.2).
//
// Certificates, their log and the tree's arithmetic come from Sigstore's own mock. What it leaves out is done here: the identity
// is checked, the key's possession is proven, and an entry is written as the real log canonicalises it.
import { createHash, createPublicKey, generateKeyPairSync, verify, X509Certificate } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JSONWebKeySet, JWTPayload } from "jose";
import type { JsonObject } from "../domain/configuration.ts";
import { knownForges } from "../domain/known-services.ts";
import { parseRecord, recordOf, textOf } from "../domain/json-record.ts";
import type { Clock } from "../platform/ports.ts";
import { listenOnLoopback, readSmallText } from "./listen.ts";

export interface SigstoreOptions {
  readonly clock: Clock;
  readonly issuer: { readonly url: string; readonly keys: JSONWebKeySet };
  /** Default 0: any free one. */
  readonly port?: number;
}

export interface RehearsalSigstore {
  /** Address of authority and log alike, without a slash at the end. */
  readonly url: string;
  /** What a verifier has to trust, as Sigstore's `trusted_root.json`. */
  readonly trustedRoot: JsonObject;
  /** How many entries the log has. */
  logged(): number;
  close(): Promise<void>;
}

const bodyBytesMax = 4 * 1024 * 1024;

/** @throws SlipwayError STORAGE_FAILED when the port cannot be used */
export async function startRehearsalSigstore(options: SigstoreOptions): Promise<RehearsalSigstore> {
  const { fulcioHandler, initializeCA, initializeCTLog } = await import("@sigstore/mock/dist/fulcio/index.js");
  const { initializeTLog } = await import("@sigstore/mock/dist/rekor/index.js");
  const keyPair = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ctLog = await initializeCTLog(keyPair());
  const authority = await initializeCA(keyPair(), ctLog);
  // Last: nothing may fail between a server that listens and whoever is to close it.
  const listening = await listenOnLoopback({ what: "rehearsal Sigstore", port: options.port ?? 0 });
  const log = await initializeTLog(listening.url, keyPair());
  const issue = fulcioHandler(authority, { subjectClaim: nameClaim }).fn;
  const entries = new Map<string, unknown>();
  const startedMs = options.clock.nowMs();
  const service: Service = {
    certify: async (body) => {
      const claims = await vouchedFor(options, body);
      if (claims === undefined) return { statusCode: 400, response: wrongIdentity };
      const { statusCode, response } = await issue(withClaims(body, claims));
      // Certificates come as PEM in JSON; only timestamps would be bytes.
      return { statusCode, response: typeof response === "string" ? response : "" };
    },
    log: async (body) => {
      const entry = canonicalEntry(body);
      if (entry === undefined) return { statusCode: 400, response: "invalid entry" };
      const written: Readonly<Record<string, unknown>> = await (log as EntryLog).log(entry);
      for (const [id, one] of Object.entries(written)) entries.set(id, one);
      return { statusCode: 201, response: JSON.stringify(written) };
    },
    find: (id) => entries.get(id),
  };
  listening.serve((request, response) => answer(service, request, response));
  return {
    url: listening.url,
    trustedRoot: rootOf({ url: listening.url, authority, log, ctLog, startedMs }),
    logged: () => entries.size,
    close: () => listening.close(),
  };
}

const wrongIdentity = JSON.stringify({ code: 16, message: "There was an error processing the identity token", details: [] });

interface Reply {
  readonly statusCode: number;
  readonly response: string;
}

/** Of the mock's log, whose own types lead to a package that is not there. */
interface EntryLog {
  log(entry: JsonObject): Promise<Readonly<Record<string, unknown>>>;
}

interface Service {
  certify(body: string): Promise<Reply>;
  log(body: string): Promise<Reply>;
  find(id: string): unknown;
}

async function answer(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await readSmallText(request, bodyBytesMax)) ?? "";
  const path = new URL(request.url ?? "/", "http://127.0.0.1").pathname;
  const { statusCode, response: text } = await replyTo(service, `${request.method ?? ""} ${path}`, body);
  response.writeHead(statusCode, { "content-type": "application/json" });
  response.end(text);
}

async function replyTo(service: Service, call: string, body: string): Promise<Reply> {
  if (call === "POST /api/v2/signingCert") return service.certify(body);
  if (call === "POST /api/v1/log/entries") return service.log(body);
  const id = /^GET \/api\/v1\/log\/entries\/([0-9a-f]{1,160})$/.exec(call)?.[1];
  const found = id === undefined ? undefined : service.find(id);
  if (id === undefined || found === undefined) return { statusCode: 404, response: JSON.stringify({ code: 404, message: "not found" }) };
  return { statusCode: 200, response: JSON.stringify({ [id]: found }) };
}

/** Whom a certificate names: of a job, its workflow file. The mock takes it from a claim. */
const nameClaim = "certificate_name";

/** The mock reads claims out of the request's token and does not look at its signature, which was looked at before. */
function withClaims(body: string, claims: JWTPayload): string {
  const [{ host } = { host: "" }] = knownForges;
  const named = {
    ...claims,
    [nameClaim]: typeof claims["job_workflow_ref"] === "string" ? `https://${host}/${claims["job_workflow_ref"]}` : claims.sub,
  };
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const asked = parseRecord(body) ?? {};
  return JSON.stringify({ ...asked, credentials: { oidcIdentityToken: `${encode({ alg: "none" })}.${encode(named)}.` } });
}

/** What the identity says; undefined where it does not hold, is not for Sigstore, or whoever shows it lacks the certificate's key. */
async function vouchedFor({ issuer, clock }: SigstoreOptions, body: string): Promise<JWTPayload | undefined> {
  const asked = parseRecord(body);
  const token = textOf(recordOf(asked?.["credentials"])?.["oidcIdentityToken"]) ?? "";
  const request = recordOf(asked?.["publicKeyRequest"]);
  const key = textOf(recordOf(request?.["publicKey"])?.["content"]) ?? "";
  const proof = textOf(request?.["proofOfPossession"]) ?? "";
  const { createLocalJWKSet, jwtVerify } = await import("jose");
  try {
    const { payload } = await jwtVerify(token, createLocalJWKSet(issuer.keys), {
      issuer: issuer.url,
      audience: "sigstore",
      currentDate: new Date(clock.nowMs()),
    });
    const isProven = verify("sha256", Buffer.from(String(payload.sub)), createPublicKey(key), Buffer.from(proof, "base64"));
    return isProven ? payload : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A proposed DSSE entry as the log writes it: digests of envelope and payload, and signatures with their certificates as PEM of 64
 * columns. undefined for an entry of another kind, or one whose signature does not hold.
 */
function canonicalEntry(body: string): JsonObject | undefined {
  const proposed = parseRecord(body);
  const content = recordOf(recordOf(proposed?.["spec"])?.["proposedContent"]);
  const text = textOf(content?.["envelope"]);
  const [verifier] = Array.isArray(content?.["verifiers"]) ? (content["verifiers"] as readonly unknown[]) : [];
  const envelope = text === undefined ? undefined : parseRecord(text);
  const payload = textOf(envelope?.["payload"]);
  const [first] = Array.isArray(envelope?.["signatures"]) ? (envelope["signatures"] as readonly unknown[]) : [];
  const signature = textOf(recordOf(first)?.["sig"]);
  if (
    proposed?.["kind"] !== "dsse" ||
    text === undefined ||
    payload === undefined ||
    signature === undefined ||
    typeof verifier !== "string"
  )
    return undefined;
  const pem = Buffer.from(verifier, "base64").toString("utf8");
  const bytes = Buffer.from(payload, "base64");
  if (!holds(pem, { bytes, type: textOf(envelope?.["payloadType"]) ?? "", signature })) return undefined;
  return {
    apiVersion: "0.0.1",
    kind: "dsse",
    spec: {
      envelopeHash: { algorithm: "sha256", value: digestOf(Buffer.from(text, "utf8")) },
      payloadHash: { algorithm: "sha256", value: digestOf(bytes) },
      signatures: [{ signature, verifier: Buffer.from(wrapped(pem)).toString("base64") }],
    },
  };
}

/** DSSE v1: the signature is over type and payload, each with its length. */
function holds(pem: string, of: { readonly bytes: Buffer; readonly type: string; readonly signature: string }): boolean {
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(of.type)} ${of.type} ${of.bytes.length} `), of.bytes]);
  try {
    return verify("sha256", signed, new X509Certificate(pem).publicKey, Buffer.from(of.signature, "base64"));
  } catch {
    return false;
  }
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function wrapped(pem: string): string {
  const text = pem.replace(/-----[A-Z ]+-----/g, "").replace(/\s+/g, "");
  const lines = text.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}

interface Roots {
  readonly url: string;
  readonly authority: { readonly rootCertificate: ArrayBufferView };
  readonly log: { readonly publicKey: Buffer };
  readonly ctLog: { readonly publicKey: Buffer };
  readonly startedMs: number;
}

/** Clocks of verifiers may be behind by some minutes. */
const earlierMs = 3_600_000;

function rootOf({ url, authority, log, ctLog, startedMs }: Roots): JsonObject {
  const validFor = { start: new Date(startedMs - earlierMs).toISOString() };
  const { buffer, byteOffset, byteLength } = authority.rootCertificate;
  const certificate = Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString("base64");
  const logOf = (publicKey: Buffer) => ({
    baseUrl: url,
    hashAlgorithm: "SHA2_256",
    publicKey: { rawBytes: publicKey.toString("base64"), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
    logId: { keyId: createHash("sha256").update(publicKey).digest("base64") },
  });
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [logOf(log.publicKey)],
    certificateAuthorities: [
      {
        subject: { organization: "slipway", commonName: "rehearsal" },
        uri: url,
        certChain: { certificates: [{ rawBytes: certificate }] },
        validFor,
      },
    ],
    ctlogs: [logOf(ctLog.publicKey)],
    timestampAuthorities: [],
  };
}
