// The calls of the web API that change something: publish and yank. The request's second half is the frozen file, digested
// while it goes; its last block is held back until the digest is right, so that a file that changed under our hands leaves a
// request that is cut before its end, which no server accepts. Source: Cargo Book "Registry web API"; protocols §4.1.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import type { Credential } from "../../domain/credential.ts";
import type { Performed } from "../../domain/run/effect.ts";
import type { Http, HttpRequest } from "../../platform/http-port.ts";
import type { Publication, Upload } from "../registry.ts";
import { readAnswer } from "./answers.ts";
import { authorization, traces } from "./credentials.ts";

export interface SendTo {
  readonly http: Http;
  readonly registry: string;
  /** Root of the web API, without a slash at the end. */
  readonly api: string;
  readonly nowMs: () => number;
}

interface With {
  readonly credential: Credential;
  readonly signal: AbortSignal;
}

/** The bytes to send differ from the frozen ones: a damaged store, or a file changed under our hands. */
class ChangedBytes extends Error {}

export async function sendPublish(to: SendTo, upload: Upload, options: With): Promise<Performed> {
  const changed = await sizeDeviation(upload);
  if (changed !== undefined) return { kind: "refused", why: changed };
  const json = Buffer.from(JSON.stringify(upload.metadata), "utf8");
  const length = 4 + json.length + 4 + upload.sizeBytes;
  const request: HttpRequest = {
    method: "PUT",
    url: `${to.api}/api/v1/crates/new`,
    headers: {
      accept: "application/json",
      "content-type": "application/octet-stream",
      "content-length": String(length),
      ...authorization(options.credential),
    },
    body: requestBytes(to.http, json, upload),
    signal: options.signal,
  };
  return await call(to, request, { what: `publish ${upload.package} ${upload.version}`, credential: options.credential });
}

/** Takes a version back: it stays where lock files name it. Harmless to repeat. */
export async function sendYank(to: SendTo, version: Pick<Publication, "package" | "version">, options: With): Promise<Performed> {
  const path = `${encodeURIComponent(version.package)}/${encodeURIComponent(version.version)}/yank`;
  const request: HttpRequest = {
    method: "DELETE",
    url: `${to.api}/api/v1/crates/${path}`,
    headers: { accept: "application/json", ...authorization(options.credential) },
    signal: options.signal,
  };
  return await call(to, request, { what: `yank ${version.package} ${version.version}`, credential: options.credential });
}

async function call(
  to: SendTo,
  request: HttpRequest,
  about: { readonly what: string; readonly credential: Credential },
): Promise<Performed> {
  const sent = await to.http.send(request);
  if (sent.kind === "answered")
    return readAnswer(sent, { registry: to.registry, what: about.what, nowMs: to.nowMs(), secrets: traces(about.credential) });
  return sent.cause instanceof ChangedBytes ? { kind: "refused", why: sent.cause.message } : { kind: "unknown", why: sent.why };
}

async function sizeDeviation(upload: Upload): Promise<string | undefined> {
  const found = await stat(upload.file).catch(() => undefined);
  if (found?.size === upload.sizeBytes) return undefined;
  const have = found === undefined ? "is not there" : `has ${found.size} bytes`;
  return `Nothing was sent: the frozen file of "${upload.name}" ${have}, but the plan says ${upload.sizeBytes} bytes`;
}

async function* requestBytes(http: Http, json: Buffer, upload: Upload): AsyncGenerator<Buffer> {
  yield Buffer.concat([lengthOf(json.length), json, lengthOf(upload.sizeBytes)]);
  const sha256 = createHash("sha256");
  let held: Buffer | undefined;
  let sizeBytes = 0;
  for await (const block of http.blocks(upload.file, upload.sizeBytes)) {
    sizeBytes += block.length;
    if (sizeBytes > upload.sizeBytes)
      throw new ChangedBytes(`Nothing was accepted: the frozen file of "${upload.name}" grew while it was sent`);
    sha256.update(block);
    if (held !== undefined) yield held;
    // A block is valid until the next one is asked for, and this one is sent after that.
    held = Buffer.from(block);
  }
  const found = sha256.digest("hex");
  if (found !== upload.sha256)
    throw new ChangedBytes(`Nothing was accepted: the frozen file of "${upload.name}" has sha256 ${found}, but the plan says ${upload.sha256}`); // prettier-ignore
  if (held !== undefined) yield held;
}

function lengthOf(bytes: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes);
  return length;
}
