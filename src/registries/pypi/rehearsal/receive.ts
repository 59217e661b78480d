// Takes an upload from the line: fields into memory with limits, the file straight to disk while it is digested. Nothing
// is buffered, so a wheel of any size costs the same memory (libraries §6; performance row 12).
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SlipwayError } from "../../../domain/error.ts";
import { drain } from "../../../loopback/listen.ts";
import type { ReceivedContent, ReceivedForm } from "./form.ts";

export interface ReceiveOptions {
  readonly incomingFolder: string;
  readonly fileLimitBytes: number;
  /** Unique name for this upload's temporary file. */
  readonly id: string;
}

export type Received =
  | { readonly kind: "form"; readonly form: ReceivedForm }
  /** No form at all, or one beyond all limits. */
  | { readonly kind: "unreadable"; readonly why: string };

/** A description of 8 MiB is more than any index shows; ten thousand fields are more than any package has. */
const limits = { fieldSize: 8 * 1024 * 1024, fields: 10_000, parts: 10_010, files: 4, headerPairs: 100 } as const;
const headBytes = 512;

/**
 * Reads the whole request.
 * @throws when the client goes away before the form is whole
 */
export async function receiveForm(request: IncomingMessage, options: ReceiveOptions): Promise<Received> {
  const type = request.headers["content-type"] ?? "";
  if (!/^multipart\/form-data;/i.test(type)) {
    await drain(request);
    return { kind: "unreadable", why: "The request is not a multipart form." };
  }
  const { Busboy } = await import("@fastify/busboy");
  const fields: (readonly [string, string])[] = [];
  const filesElsewhere: string[] = [];
  const writing: Promise<ReceivedContent>[] = [];
  const streams: Readable[] = [];
  let overflow: string | undefined;
  const parser = new Busboy({
    headers: { ...request.headers, "content-type": type },
    limits,
    preservePath: true,
    isPartAFile: (_name, _type, fileName) => fileName !== undefined,
  });
  parser.on("field", (name, value, ...[, valueCut]) => {
    if (valueCut) overflow ??= `${name}: The value is too long.`;
    fields.push([name, value]);
  });
  parser.on("file", (name, stream, ...[fileName, , contentType]) => {
    streams.push(stream);
    if (name === "content" && writing.length === 0) {
      const written = writeContent(stream, { name: fileName, contentType }, options);
      written.catch(() => undefined);
      writing.push(written);
      return;
    }
    if (name !== "gpg_signature") filesElsewhere.push(name);
    stream.resume();
  });
  for (const event of ["partsLimit", "filesLimit", "fieldsLimit"] as const)
    parser.on(event, () => (overflow ??= "The form has too many parts."));
  await pipeline(request, parser).catch(async (cause: unknown) => {
    // A form that was cut leaves its file stream open: end it, and forget what was written.
    for (const stream of streams) stream.destroy();
    await Promise.allSettled(writing);
    await rm(join(options.incomingFolder, options.id), { force: true });
    throw cause;
  });
  const [file] = await Promise.all(writing);
  if (overflow !== undefined) return { kind: "unreadable", why: overflow };
  return { kind: "form", form: { fields, filesElsewhere, ...(file === undefined ? {} : { file }) } };
}

async function writeContent(
  stream: Readable,
  part: { readonly name: string; readonly contentType: string },
  options: ReceiveOptions,
): Promise<ReceivedContent> {
  const { createBLAKE2b } = await import("hash-wasm");
  const hashes = { sha256: createHash("sha256"), md5: createHash("md5"), blake2: await createBLAKE2b(256) };
  const path = join(options.incomingFolder, options.id);
  let sizeBytes = 0;
  let head = Buffer.alloc(0);
  const digesting = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      sizeBytes += chunk.length;
      if (sizeBytes > options.fileLimitBytes) continue;
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
      for (const hash of Object.values(hashes)) hash.update(chunk);
      yield chunk;
    }
  };
  await pipeline(stream, digesting, createWriteStream(path)).catch((cause: unknown) => {
    throw new SlipwayError("STORAGE_FAILED", `Cannot keep the upload of "${part.name}"`, { cause });
  });
  return {
    ...part,
    path,
    sizeBytes,
    tooLarge: sizeBytes > options.fileLimitBytes,
    head,
    sha256: hashes.sha256.digest("hex"),
    md5: hashes.md5.digest("hex"),
    blake2: hashes.blake2.digest("hex"),
  };
}
