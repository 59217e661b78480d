// Takes what a client sends: small JSON into memory, the bytes of an asset straight to disk while they are digested.
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { open, truncate } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { syncFile } from "../../../loopback/kept-state.ts";

const jsonBytesMax = 4 * 1024 * 1024;

/** @returns undefined for what is no JSON object, or too long to be one */
export async function receiveJson(request: IncomingMessage): Promise<Readonly<Record<string, unknown>> | undefined> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= jsonBytesMax) parts.push(chunk);
  }
  if (sizeBytes > jsonBytesMax) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.concat(parts).toString("utf8") || "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

export interface ReceivedBytes {
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Writes the body to a file, durably. @throws when the client goes away before it is whole, or it is too long */
export async function receiveBytes(request: IncomingMessage, to: string, limitBytes: number): Promise<ReceivedBytes> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  const digest = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      hash.update(chunk);
      done(sizeBytes > limitBytes ? new Error("the asset is too large") : null, chunk);
    },
  });
  await pipeline(request, digest, createWriteStream(to));
  await syncFile(to);
  return { sizeBytes, sha256: hash.digest("hex") };
}

/** Cuts a kept file to its first half, and tells what it is then. */
export async function cutInHalf(path: string, sizeBytes: number): Promise<ReceivedBytes> {
  const half = Math.floor(sizeBytes / 2);
  await truncate(path, half);
  const hash = createHash("sha256");
  const file = await open(path, "r");
  try {
    for await (const chunk of file.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) hash.update(chunk);
  } finally {
    await file.close();
  }
  return { sizeBytes: half, sha256: hash.digest("hex") };
}
