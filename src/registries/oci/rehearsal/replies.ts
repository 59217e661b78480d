// Answers as values, and the one place that writes them to a connection. Errors have the JSON form of the specification.
// Source: distribution-spec v1.1 "Error codes".
import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { wireHeaders, type WireErrorCode, type WireErrors } from "../wire.ts";

/** A part of a file; `at` and `sizeBytes` in bytes. */
export interface FilePart {
  readonly file: string;
  readonly at: number;
  readonly sizeBytes: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | FilePart;
}

export function jsonReply(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

export function emptyReply(status: number, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers, body: "" };
}

export function errorReply(status: number, code: WireErrorCode, message: string): Reply {
  const errors: WireErrors = { errors: [{ code, message }] };
  return jsonReply(status, errors);
}

export function withHeader(reply: Reply, name: string, value: string): Reply {
  return { ...reply, headers: { ...reply.headers, [name]: value } };
}

export interface WriteOptions {
  readonly head: boolean;
  /** Marks every answer as one of a rehearsal. */
  readonly announced: boolean;
}

function headersOf(reply: Reply, announced: boolean): Record<string, string> {
  const { body } = reply;
  const length = typeof body === "string" || Buffer.isBuffer(body) ? Buffer.byteLength(body) : body.sizeBytes;
  return {
    [wireHeaders.apiVersion]: "registry/2.0",
    // 204 has no body, and no length of one (RFC 9110 §8.6).
    ...(reply.status === 204 ? {} : { "content-length": String(length) }),
    ...reply.headers,
    ...(announced ? { [wireHeaders.rehearsal]: "oci" } : {}),
  };
}

/** Writes an answer; a client that goes away in the middle is its own business. */
export async function writeReply(response: ServerResponse, reply: Reply, options: WriteOptions): Promise<void> {
  const { body } = reply;
  response.writeHead(reply.status, headersOf(reply, options.announced));
  if (options.head || reply.status === 204) response.end();
  else if (typeof body === "string" || Buffer.isBuffer(body)) response.end(body);
  else if (body.sizeBytes === 0) response.end();
  else await pipeline(streamOf(body), response).catch(() => response.destroy());
}

/** Writes an answer a few bytes at a time, so that all of it takes `lastsMs`. */
export async function dripReply(
  response: ServerResponse,
  reply: Reply,
  drip: { readonly lastsMs: number; readonly pause: (ms: number) => Promise<void> } & WriteOptions,
): Promise<void> {
  const bytes = drip.head ? Buffer.alloc(0) : await bytesOf(reply);
  const steps = Math.max(1, Math.min(20, bytes.length));
  response.writeHead(reply.status, headersOf(reply, drip.announced));
  response.flushHeaders();
  for (let step = 0; step < steps; step += 1) {
    if (response.destroyed) return;
    response.write(bytes.subarray(Math.floor((bytes.length * step) / steps), Math.floor((bytes.length * (step + 1)) / steps)));
    await drip.pause(drip.lastsMs / steps);
  }
  response.end();
}

/** Writes the head and the first half of the body, then cuts the connection. */
export async function breakReply(response: ServerResponse, reply: Reply, options: WriteOptions): Promise<void> {
  const bytes = await bytesOf(reply);
  if (options.head || bytes.length === 0) return void response.destroy();
  response.writeHead(reply.status, headersOf(reply, options.announced));
  await new Promise<void>((resolve) => response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => resolve()));
  response.destroy();
}

function streamOf({ file, at, sizeBytes }: FilePart): AsyncIterable<Buffer> & NodeJS.ReadableStream {
  return createReadStream(file, { start: at, end: at + sizeBytes - 1 });
}

async function bytesOf({ body }: Reply): Promise<Buffer> {
  if (typeof body === "string") return Buffer.from(body);
  if (Buffer.isBuffer(body)) return body;
  const parts: Buffer[] = [];
  if (body.sizeBytes > 0) for await (const chunk of streamOf(body)) parts.push(chunk);
  return Buffer.concat(parts);
}
