// Answers as values, and the one place that writes them to a connection. Errors look as PyPI's do: the message stands in
// the reason phrase and in the body, as a page or as JSON, whichever the client accepts (protocols §1.2).
import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { mediaTypes, wireHeaders, type WireError } from "../wire.ts";
import { escape, negotiate } from "./pages.ts";

export interface Reply {
  readonly status: number;
  /** Reason phrase; absent: the usual one. */
  readonly reason?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | { readonly file: string; readonly sizeBytes: number } | AsyncIterable<Buffer>;
}

const titles: Readonly<Record<number, string>> = {
  308: "Permanent Redirect",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  410: "Gone",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
};

const explanations: Readonly<Record<number, string>> = {
  400: "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  403: "Access was denied to this resource.",
  404: "The resource could not be found.",
  410: "This resource is no longer available.  No forwarding address is given.",
};

export function textReply(status: number, contentType: string, body: string): Reply {
  return { status, headers: { "content-type": `${contentType}; charset=UTF-8` }, body };
}

/** @param accept the request's `Accept`, which chooses page or JSON */
export function errorReply(status: number, message: string, accept: string | undefined): Reply {
  const title = titles[status] ?? "Error";
  const line = `${status} ${message}`;
  const explanation = explanations[status] ?? "";
  const json = negotiate(accept, [mediaTypes.html, mediaTypes.json]) === mediaTypes.json;
  const error: WireError = { message: `${explanation}\n\n\n${message}\n\n`, code: line, title };
  const html = `<html>\n <head>\n  <title>${escape(line)}</title>\n </head>\n <body>\n  <h1>${escape(line)}</h1>\n  ${explanation}<br/><br/>\n${escape(message)}\n\n\n </body>\n</html>`;
  return {
    status,
    reason: message,
    headers: { "content-type": `${json ? mediaTypes.json : mediaTypes.html}; charset=UTF-8` },
    body: json ? JSON.stringify(error) : html,
  };
}

/** What may stand in a reason phrase: printable latin-1, anything else becomes `?` or a space (RFC 9112 §4). */
function phrase(text: string): string {
  return text.replace(/[\r\n\t\0]+/g, " ").replace(/[^\x20-\x7e\xa0-\xff]/g, "?");
}

export interface WriteOptions {
  readonly head: boolean;
  /** Sends every answer's mark that it is a rehearsal. */
  readonly announced: boolean;
}

/** Writes an answer; a client that goes away in the middle is its own business. */
export async function writeReply(response: ServerResponse, reply: Reply, options: WriteOptions): Promise<void> {
  const { body } = reply;
  const headers: Record<string, string> = { ...reply.headers, ...(options.announced ? { [wireHeaders.rehearsal]: "pypi" } : {}) };
  if (typeof body === "string" || Buffer.isBuffer(body)) headers["content-length"] = String(Buffer.byteLength(body));
  else if ("file" in body) headers["content-length"] = String(body.sizeBytes);
  response.writeHead(reply.status, phrase(reply.reason ?? titles[reply.status] ?? "OK"), headers);
  if (options.head) response.end();
  else if (typeof body === "string" || Buffer.isBuffer(body)) response.end(body);
  else await pipeline("file" in body ? createReadStream(body.file) : body, response).catch(() => response.destroy());
}

/** Writes an answer a few bytes at a time, so that all of it takes `lastsMs`. */
export async function dripReply(
  response: ServerResponse,
  reply: Reply,
  drip: { readonly lastsMs: number; readonly pause: (ms: number) => Promise<void> } & WriteOptions,
): Promise<void> {
  const bytes = await bytesOf(reply);
  const steps = Math.max(1, Math.min(20, bytes.length));
  const headers = {
    ...reply.headers,
    ...(drip.announced ? { [wireHeaders.rehearsal]: "pypi" } : {}),
    "content-length": String(bytes.length),
  };
  response.writeHead(reply.status, headers);
  for (let step = 0; step < steps; step += 1) {
    if (response.destroyed) return;
    response.write(bytes.subarray(Math.floor((bytes.length * step) / steps), Math.floor((bytes.length * (step + 1)) / steps)));
    await drip.pause(drip.lastsMs / steps);
  }
  response.end();
}

/** Writes the head and the first half of the body, then cuts the connection. */
export async function breakReply(response: ServerResponse, reply: Reply): Promise<void> {
  const bytes = await bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, "content-length": String(bytes.length + 1) });
  await new Promise<void>((resolve) => response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => resolve()));
  response.destroy();
}

async function bytesOf(reply: Reply): Promise<Buffer> {
  const { body } = reply;
  if (typeof body === "string" || Buffer.isBuffer(body)) return Buffer.from(body as string);
  const parts: Buffer[] = [];
  for await (const chunk of "file" in body ? (createReadStream(body.file) as AsyncIterable<Buffer>) : body) parts.push(chunk);
  return Buffer.concat(parts);
}
