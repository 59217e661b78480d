// Takes a publish from the line: the document into memory with a limit, the tarball straight to disk while it is digested.
import { createHash, type Hash } from "node:crypto";
import { open, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { JsonObject } from "../../../domain/configuration.ts";
import { splitBody } from "./split-body.ts";

export interface ReceivedTarball {
  /** Absolute path of the temporary file. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly tooLarge: boolean;
  readonly sha256: string;
  /** `sha512-<base64>` */
  readonly integrity: string;
  readonly shasum: string;
}

export type Received =
  | { readonly kind: "document"; readonly document: JsonObject; readonly tarball: ReceivedTarball }
  | { readonly kind: "unreadable"; readonly why: string };

export interface ReceiveOptions {
  readonly incomingFolder: string;
  readonly fileLimitBytes: number;
  /** Unique name for this upload's temporary file. */
  readonly id: string;
}

/** A manifest with a long README; a deprecation sends the manifests of all versions. */
const documentBytesMax = 64 * 1024 * 1024;

/**
 * Reads the whole request. The tarball's file is there whatever the document says, and the caller removes it.
 * @throws when the client goes away before the body is whole
 */
export async function receivePublish(request: IncomingMessage, options: ReceiveOptions): Promise<Received> {
  const path = join(options.incomingFolder, options.id);
  const body = splitBody(documentBytesMax);
  const tarball = await writeTarball(path, options.fileLimitBytes);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) await body.take(chunk, tarball.write);
  } catch (cause) {
    await tarball.close();
    await rm(path, { force: true });
    throw cause;
  }
  const received = await tarball.close();
  if (body.overflow) return { kind: "unreadable", why: "The document is too large" };
  const document = parseTable(body.document());
  return document === undefined
    ? { kind: "unreadable", why: "invalid json" }
    : { kind: "document", document, tarball: { path, ...received } };
}

async function writeTarball(
  path: string,
  limitBytes: number,
): Promise<{ write(base64: Buffer): Promise<void>; close(): Promise<Omit<ReceivedTarball, "path">> }> {
  const file = await open(path, "w");
  const hashes = { sha256: createHash("sha256"), sha512: createHash("sha512"), sha1: createHash("sha1") };
  let [rest, sizeBytes] = ["", 0];
  const put = async (base64: string): Promise<void> => {
    const bytes = Buffer.from(base64, "base64");
    sizeBytes += bytes.length;
    if (sizeBytes > limitBytes) return;
    for (const hash of Object.values(hashes)) hash.update(bytes);
    await file.write(bytes);
  };
  return {
    write: async (base64) => {
      // JSON may write `/` as `\/`; nothing else of base64 is ever escaped.
      const text = rest + base64.toString("latin1").replaceAll("\\", "");
      const whole = text.length - (text.length % 4);
      rest = text.slice(whole);
      if (whole > 0) await put(text.slice(0, whole));
    },
    close: async () => {
      if (rest !== "") await put(rest);
      await file.close();
      return { sizeBytes, tooLarge: sizeBytes > limitBytes, ...digests(hashes) };
    },
  };
}

function digests(hashes: Readonly<Record<"sha256" | "sha512" | "sha1", Hash>>): Pick<ReceivedTarball, "sha256" | "integrity" | "shasum"> {
  return {
    sha256: hashes.sha256.digest("hex"),
    integrity: `sha512-${hashes.sha512.digest("base64")}`,
    shasum: hashes.sha1.digest("hex"),
  };
}

export function parseTable(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}
