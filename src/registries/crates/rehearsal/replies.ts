// Answers as values, and the one place that writes them to a connection. Errors look as the public registry's do: a list with
// `detail` (Cargo Book "Registry web API").
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { rehearsalHeader, type WireErrors } from "../wire.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | AsyncIterable<Buffer>;
}

export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { "content-type": "application/json; charset=utf-8", ...headers }, body: JSON.stringify(body) };
}

export function errorReply(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Reply {
  const errors: WireErrors = { errors: [{ detail }] };
  return jsonReply(status, errors, headers);
}

export function textReply(status: number, contentType: string, body: string): Reply {
  return { status, headers: { "content-type": `${contentType}; charset=utf-8` }, body };
}

/** "No" together with a time, as the public registry says it: in the header, and in the text. */
export function laterReply(detail: string, untilMs: number): Reply {
  const until = new Date(untilMs).toUTCString();
  return errorReply(429, `${detail} Please try again after ${until} or ask the registry to have your limit increased.`, {
    "retry-after": until,
  });
}

export interface WriteOptions {
  readonly head: boolean;
  /** Sends every answer's mark that it is a rehearsal. */
  readonly announced: boolean;
}

/** Writes an answer; a client that goes away in the middle is its own business. */
export async function writeReply(response: ServerResponse, reply: Reply, options: WriteOptions): Promise<void> {
  const { body } = reply;
  const headers: Record<string, string> = { ...reply.headers, ...(options.announced ? { [rehearsalHeader]: "crates" } : {}) };
  const whole = typeof body === "string" || Buffer.isBuffer(body);
  if (whole && reply.status !== 304) headers["content-length"] = String(Buffer.byteLength(body));
  response.writeHead(reply.status, headers);
  if (options.head || reply.status === 304) response.end();
  else if (whole) response.end(body);
  else await pipeline(body, response).catch(() => response.destroy());
}

/** Writes the head and the first half of the body, then cuts the connection. */
export async function breakReply(response: ServerResponse, reply: Reply): Promise<void> {
  const bytes = Buffer.isBuffer(reply.body) ? reply.body : Buffer.from(typeof reply.body === "string" ? reply.body : "");
  response.writeHead(reply.status, { ...reply.headers, "content-length": String(bytes.length + 1) });
  await new Promise<void>((resolve) => response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)), () => resolve()));
  response.destroy();
}
