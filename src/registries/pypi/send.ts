// One upload: the form by hand, the file read once, its sha256 checked while it goes. If the frozen bytes are not what the
// plan says, the form is cut before its end, which no server accepts (performance §8, §13; protocols §1.1).
import { createHash, randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import type { IHasher } from "hash-wasm";
import type { Performed } from "../../domain/run/effect.ts";
import type { Credential } from "../../domain/credential.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Upload } from "../registry.ts";
import { readAnswer } from "./answers.ts";
import { basicAuthorization, traces } from "./credentials.ts";
import { attestationsOf, coreMetadataOf, formFields, layOut, type FormLayout } from "./upload-form.ts";
import { mediaTypes } from "./wire.ts";

export interface SendTo {
  readonly http: Http;
  readonly registry: string;
  readonly uploadUrl: string;
  readonly nowMs: () => number;
}

/** The bytes to send differ from the frozen ones: a damaged store, or a file changed under our hands. */
class ChangedBytes extends Error {}

export async function sendUpload(
  to: SendTo,
  upload: Upload,
  options: { readonly credential: Credential; readonly signal: AbortSignal },
): Promise<Performed> {
  const changed = await sizeDeviation(upload);
  if (changed !== undefined) return { kind: "refused", why: changed };
  const fields = formFields(upload.name, coreMetadataOf(upload.metadata), attestationsOf(upload.metadata));
  const layout = layOut(upload, fields, `slipway-${randomBytes(16).toString("hex")}`);
  const authorization = basicAuthorization(options.credential);
  const sent = await to.http.send({
    method: "POST",
    url: to.uploadUrl,
    headers: {
      accept: mediaTypes.json,
      "content-type": layout.contentType,
      "content-length": String(layout.contentLength),
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: formBytes(to.http, layout, upload),
    signal: options.signal,
  });
  if (sent.kind === "failed") {
    if (sent.cause instanceof ChangedBytes) return { kind: "refused", why: sent.cause.message };
    return { kind: "unknown", why: sent.why };
  }
  return readAnswer(sent, {
    registry: to.registry,
    uploadUrl: to.uploadUrl,
    fileName: upload.name,
    nowMs: to.nowMs(),
    secrets: traces(options.credential),
  });
}

async function sizeDeviation(upload: Upload): Promise<string | undefined> {
  const found = await stat(upload.file).catch(() => undefined);
  if (found?.size === upload.sizeBytes) return undefined;
  const have = found === undefined ? "is not there" : `has ${found.size} bytes`;
  return `Nothing was sent: the frozen file of "${upload.name}" ${have}, but the plan says ${upload.sizeBytes} bytes`;
}

async function* formBytes(http: Http, layout: FormLayout, upload: Upload): AsyncGenerator<Buffer> {
  const blake2 = await takeBlake2();
  const sha256 = createHash("sha256");
  yield layout.head;
  let sizeBytes = 0;
  for await (const block of http.blocks(upload.file, upload.sizeBytes)) {
    sizeBytes += block.length;
    if (sizeBytes > upload.sizeBytes)
      throw new ChangedBytes(`Nothing was accepted: the frozen file of "${upload.name}" grew while it was sent`);
    sha256.update(block);
    blake2.update(block);
    yield block;
  }
  const found = sha256.digest("hex");
  if (found !== upload.sha256) {
    throw new ChangedBytes(
      `Nothing was accepted: the frozen file of "${upload.name}" has sha256 ${found}, but the plan says ${upload.sha256}`,
    );
  }
  yield layout.tail(blake2.digest("hex"));
  if (idle.length < idleMax) idle.push(blake2);
}

/** Making one takes as long as digesting a small wheel with it, so that those of uploads that ended are used again. */
const idle: IHasher[] = [];
const idleMax = 10;

async function takeBlake2(): Promise<IHasher> {
  const used = idle.pop();
  if (used !== undefined) return used.init();
  const { createBLAKE2b } = await import("hash-wasm");
  return createBLAKE2b(256);
}
