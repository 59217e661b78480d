// Answers as values, and the one place that writes them to a connection. Errors look as the registry's do: JSON with the
// words in `error` (protocols §5.1).
import { createReadStream } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { holdLine } from "../../../loopback/listen.ts";
import { mediaTypes, wireHeaders } from "../wire.ts";
import type { Fault } from "./faults.ts";
import type { Service } from "./service.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | { readonly file: string; readonly sizeBytes: number } | AsyncIterable<Buffer>;
}

/** Never kept by a cache: a rehearsal must see at once what it did (the real registry allows 300 s). */
export function jsonReply(value: unknown, status = 200, type: string = mediaTypes.json): Reply {
  return { status, headers: { "content-type": type, "cache-control": "no-cache", vary: "accept" }, body: JSON.stringify(value) };
}

export function errorReply(status: number, message: string): Reply {
  return jsonReply({ error: message }, status);
}

/** The answer of a fault that keeps the call from being done; undefined for faults that strike later. */
export function faultReply(fault: Fault | undefined, nowMs: number): Reply | undefined {
  const seconds = String(Math.ceil((fault?.lastsMs ?? 0) / 1000));
  switch (fault?.name) {
    case "error-500":
      return errorReply(500, "Internal Server Error");
    case "error-502":
      return errorReply(502, "Bad Gateway");
    case "error-503":
      return withHeader(errorReply(503, "Service Unavailable"), "retry-after", seconds);
    case "rate-limit":
      return withHeader(errorReply(429, "rate limited"), "retry-after", seconds);
    case "rate-limit-date":
      return withHeader(errorReply(429, "rate limited"), "retry-after", new Date(nowMs + fault.lastsMs).toUTCString());
    case "rate-limit-bare":
      return errorReply(429, "rate limited");
    case "wrong-success": {
      const page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form><input type=password></form></body></html>\n";
      return { status: 200, headers: { "content-type": "text/html; charset=UTF-8" }, body: page };
    }
    case "being-written":
      return errorReply(
        409,
        "Failed to save packument. A common cause is if you try to publish a new package before the previous package has been fully processed.",
      );
    case "expired-token":
      return jsonReply({ message: "Access token expired or revoked. Please try logging in again." }, 401);
    case "one-time-password":
      return withHeader(
        errorReply(401, "You must provide a one-time pass. Upgrade your client to npm@latest in order to use 2FA."),
        "www-authenticate",
        "OTP",
      );
    case "no-rights":
    case "missing":
      return errorReply(404, "Not found");
    case "timeout-before":
      return errorReply(504, "Gateway Timeout");
    default:
      return undefined;
  }
}

function withHeader(reply: Reply, name: string, value: string): Reply {
  return { ...reply, headers: { ...reply.headers, [name]: value } };
}

/** Writes an answer as the fault of the call has it: whole, cut, late, or never. */
export async function writeWith(
  service: Service,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { reply, fault }: { readonly reply: Reply; readonly fault: Fault | undefined },
): Promise<void> {
  switch (fault?.name) {
    case "lost-reply":
      return void response.destroy();
    case "timeout-before":
    case "timeout-after":
      return await holdLine(service, response, fault.lastsMs);
    case "reset-mid-body":
      return await breakReply(response, reply);
    case "error-after-accepting":
      return await writeReply(service, response, { reply: errorReply(502, "Bad Gateway"), head: false });
    default:
      await writeReply(service, response, { reply, head: request.method === "HEAD" });
  }
}

/** Writes an answer; a client that goes away in the middle is its own business. */
export async function writeReply(
  service: Pick<Service, "announced">,
  response: ServerResponse,
  { reply, head }: { readonly reply: Reply; readonly head: boolean },
): Promise<void> {
  const { body } = reply;
  const headers: Record<string, string> = { ...reply.headers, ...(service.announced ? { [wireHeaders.rehearsal]: "npm" } : {}) };
  if (typeof body === "string" || Buffer.isBuffer(body)) headers["content-length"] = String(Buffer.byteLength(body));
  else if ("file" in body) headers["content-length"] = String(body.sizeBytes);
  response.writeHead(reply.status, headers);
  if (head) response.end();
  else if (typeof body === "string" || Buffer.isBuffer(body)) response.end(body);
  else await pipeline("file" in body ? createReadStream(body.file) : body, response).catch(() => response.destroy());
}

/** Writes the head and the first half of the body, then cuts the connection. */
async function breakReply(response: ServerResponse, reply: Reply): Promise<void> {
  const bytes = await bytesOf(reply);
  response.writeHead(reply.status, { ...reply.headers, "content-length": String(bytes.length + 1) });
  await new Promise<void>((resolve) => response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => resolve()));
  response.destroy();
}

async function bytesOf({ body }: Reply): Promise<Buffer> {
  if (typeof body === "string") return Buffer.from(body);
  if (Buffer.isBuffer(body)) return body;
  const parts: Buffer[] = [];
  for await (const chunk of "file" in body ? (createReadStream(body.file) as AsyncIterable<Buffer>) : body) parts.push(chunk);
  return Buffer.concat(parts);
}
