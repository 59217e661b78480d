// The body of a publish: the document with the tarball inside as base64, written while the tarball is read, so that one of
// any size costs the same memory (performance §8). The digests stand in the document, so the file is read once before.
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import type { JsonObject } from "../../domain/configuration.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Upload } from "../registry.ts";
import { mediaTypes } from "./wire.ts";

/** The bytes to send differ from the frozen ones: a damaged store, or a file changed under our hands. */
export class ChangedBytes extends Error {}

export interface TarballDigests {
  /** `sha512-<base64>` */
  readonly integrity: string;
  /** Hexadecimal SHA-1. */
  readonly shasum: string;
}

/** Reads the frozen file to its end. @throws ChangedBytes when it is not what the plan says */
export async function digestTarball(http: Http, upload: Upload): Promise<TarballDigests> {
  const sizeBytes = statSync(upload.file, { throwIfNoEntry: false })?.size;
  if (sizeBytes === undefined) throw new ChangedBytes(`Nothing was sent: the frozen file of "${upload.name}" is gone`);
  const hashes = { sha256: createHash("sha256"), sha512: createHash("sha512"), sha1: createHash("sha1") };
  for await (const block of http.blocks(upload.file, upload.sizeBytes)) for (const hash of Object.values(hashes)) hash.update(block);
  const sha256 = hashes.sha256.digest("hex");
  const integrity = `sha512-${hashes.sha512.digest("base64")}`;
  const frozen = `Nothing was sent: the frozen file of "${upload.name}"`;
  if (sha256 !== upload.sha256) throw new ChangedBytes(`${frozen} has sha256 ${sha256}, but the plan says ${upload.sha256}`);
  if (sizeBytes !== upload.sizeBytes) throw new ChangedBytes(`${frozen} has ${sizeBytes} bytes, but the plan says ${upload.sizeBytes}`);
  if (upload.registryDigest !== undefined && upload.registryDigest !== integrity) {
    throw new ChangedBytes(`${frozen} has ${integrity}, but the plan says ${upload.registryDigest}`);
  }
  return { integrity, shasum: hashes.sha1.digest("hex") };
}

export interface BodyLayout {
  readonly contentLength: number;
  readonly head: Buffer;
  readonly tail: Buffer;
}

/** What goes with the tarball as text. */
export interface TextAttachment {
  readonly key: string;
  readonly mediaType: string;
  readonly text: string;
}

/** What stands among `_attachments`: the tarball by its key, and what goes with it. */
export interface Attached {
  readonly key: string;
  readonly sizeBytes: number;
  readonly beside?: TextAttachment | undefined;
}

/** @param document all but `_attachments` */
export function layOutBody(document: JsonObject, { key: attachment, sizeBytes, beside }: Attached): BodyLayout {
  const open = JSON.stringify(document).slice(0, -1);
  const key = JSON.stringify(attachment);
  const type = JSON.stringify(mediaTypes.tarball);
  const head = Buffer.from(`${open},"_attachments":{${key}:{"content_type":${type},"data":"`);
  const tail = Buffer.from(`","length":${sizeBytes}}${besideText(beside)}}}`);
  return { head, tail, contentLength: head.length + 4 * Math.ceil(sizeBytes / 3) + tail.length };
}

/** npm counts characters here, and not bytes. */
function besideText(beside: TextAttachment | undefined): string {
  if (beside === undefined) return "";
  const { key, mediaType, text } = beside;
  return `,${JSON.stringify(key)}:${JSON.stringify({ content_type: mediaType, data: text, length: text.length })}`;
}

/** The whole body in blocks; each is valid until the next is asked for. @throws ChangedBytes, before the end of the body */
export async function* bodyBytes(http: Http, layout: BodyLayout, upload: Upload): AsyncGenerator<Buffer> {
  const sha256 = createHash("sha256");
  const encode = base64Writer();
  let sizeBytes = 0;
  yield layout.head;
  for await (const block of http.blocks(upload.file, upload.sizeBytes)) {
    sizeBytes += block.length;
    if (sizeBytes > upload.sizeBytes) break;
    sha256.update(block);
    const encoded = encode(block);
    if (encoded.length > 0) yield encoded;
  }
  if (sizeBytes !== upload.sizeBytes || sha256.digest("hex") !== upload.sha256) {
    throw new ChangedBytes(`Nothing was accepted: the frozen file of "${upload.name}" changed while it was sent`);
  }
  const rest = encode(undefined);
  if (rest.length > 0) yield rest;
  yield layout.tail;
}

/** Text of base64 is made in pieces of this size, so that no long text is ever held. Divisible by three. */
const pieceBytes = 48 * 1024;

/**
 * Turns blocks into base64 in a buffer that is used again: what is left over from a block, two bytes at most, waits for the next.
 * The answer to `undefined` is the end.
 */
function base64Writer(): (block: Buffer | undefined) => Buffer {
  let left: Buffer = Buffer.alloc(0);
  let out = Buffer.alloc(0);
  return (block) => {
    if (block === undefined) return Buffer.from(left.toString("base64"), "latin1");
    // The first three bytes join what was left over; the rest is encoded where it lies.
    const take = left.length === 0 ? 0 : Math.min(3 - left.length, block.length);
    const first = Buffer.concat([left, block.subarray(0, take)]);
    const ready = first.length === 3 ? first : Buffer.alloc(0);
    const rest = block.subarray(take);
    const whole = first.length > 0 && ready.length === 0 ? 0 : rest.length - (rest.length % 3);
    left = first.length > 0 && ready.length === 0 ? first : Buffer.from(rest.subarray(whole));
    const length = (4 * (ready.length + whole)) / 3;
    if (out.length < length) out = Buffer.allocUnsafeSlow(length);
    let at = out.write(ready.toString("base64"), 0, "latin1");
    for (let from = 0; from < whole; from += pieceBytes) {
      at += out.write(rest.toString("base64", from, Math.min(from + pieceBytes, whole)), at, "latin1");
    }
    return out.subarray(0, length);
  };
}
