// Bodies of answers: text up to a limit, or bytes to a file with their digest. Nothing is ever read without an end.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { sha256, type Sha256 } from "../domain/digest.ts";
import { SlipwayError } from "../domain/error.ts";
import { TooLong } from "./http-failure.ts";

export type Body = AsyncIterable<Buffer> & { destroy(cause?: Error): void };

export interface TextLimits {
  readonly limitBytes: number;
  /** `true`: what is over the limit is left out; `false`: it is an error. */
  readonly cut: boolean;
  readonly withinMs?: number;
}

/** Text of a body, never more than the limit. @throws Error when the body is longer and must not be cut, or too slow */
export async function readText(body: Body, limits: TextLimits): Promise<string> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  const timer =
    limits.withinMs === undefined ? undefined : setTimeout(() => body.destroy(new Error("the answer takes too long")), limits.withinMs);
  try {
    for await (const chunk of body) {
      parts.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > limits.limitBytes) break;
    }
  } finally {
    clearTimeout(timer);
  }
  if (sizeBytes > limits.limitBytes && !limits.cut) throw new TooLong(`the answer is longer than ${limits.limitBytes} bytes`);
  return Buffer.concat(parts).subarray(0, limits.limitBytes).toString("utf8");
}

/** Digests a body as it comes; with `to` it is also written there. @throws SlipwayError STORAGE_FAILED; Error when it is too long */
export async function digestBody(
  body: Body,
  options: { readonly to: string | undefined; readonly limitBytes: number },
): Promise<{ readonly sha256: Sha256; readonly sizeBytes: number }> {
  const hash = createHash("sha256");
  const out = options.to === undefined ? undefined : openFile(options.to);
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      if (sizeBytes > options.limitBytes) throw new TooLong(`the file is longer than ${options.limitBytes} bytes`);
      hash.update(chunk);
      await out?.write(chunk);
    }
  } finally {
    await out?.end();
  }
  return { sha256: sha256(hash.digest("hex")), sizeBytes };
}

/** A file to write to, whose errors are told apart from those of the network. */
function openFile(to: string): { write(chunk: Buffer): Promise<void>; end(): Promise<void> } {
  const out = createWriteStream(to);
  const closed = once(out, "close").catch((cause: unknown) => {
    throw new SlipwayError("STORAGE_FAILED", `Cannot write the download "${to}"`, { cause });
  });
  closed.catch(() => undefined);
  return {
    write: async (chunk) => {
      if (!out.write(chunk)) await Promise.race([once(out, "drain"), closed]);
    },
    end: async () => {
      out.end();
      await closed;
    },
  };
}
