// What a fault does to one call: the answer it gives instead, and how an answer is spoilt on its way.
import type { IncomingMessage, ServerResponse } from "node:http";
import { takeFault } from "../../../loopback/faults.ts";
import { drain, holdLine } from "../../../loopback/listen.ts";
import type { Fault, FaultCall } from "./faults.ts";
import { breakReply, dripReply, errorReply, withHeader, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { challenge } from "./token.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** One call with what may go wrong in it. @param handle does the work; the fault of the hour may change how */
export async function withFaults(
  service: Service,
  exchange: Exchange & { readonly call: FaultCall; readonly repository: string },
  handle: (fault: Fault | undefined) => Promise<Reply>,
): Promise<void> {
  const { request, response, call } = exchange;
  const fault = await takeFault(service, call);
  const reads = request.method === "GET" || request.method === "HEAD";
  if (fault?.name === "reset-mid-body" && !reads) {
    await readSome(request);
    response.destroy();
    return;
  }
  const early = fault === undefined ? undefined : earlyReply(fault, service, { repository: exchange.repository, writes: !reads });
  if (early !== undefined) await drain(request);
  await write(service, exchange, { fault, reply: early ?? (await handle(fault)) });
}

async function write(
  service: Service,
  { request, response }: Exchange,
  { fault, reply }: { readonly fault: Fault | undefined; readonly reply: Reply },
): Promise<void> {
  const options = { head: request.method === "HEAD", announced: service.announced };
  switch (fault?.name) {
    case "lost-reply":
      response.destroy();
      return;
    case "timeout-before":
    case "timeout-after":
      return await holdLine(service, response, fault.lastsMs);
    case "error-after-accepting":
      return await writeReply(response, errorReply(502, "UNKNOWN", "bad gateway"), options);
    case "reset-mid-body":
      return await breakReply(response, reply, options);
    case "slow-loris": {
      const pause = (ms: number): Promise<void> => service.clock.sleep(ms, service.closing).catch(() => undefined);
      return await dripReply(response, reply, { ...options, lastsMs: fault.lastsMs, pause });
    }
    default:
      return await writeReply(response, reply, options);
  }
}

/** The answer of a fault that keeps the call from being done; undefined for faults that strike later. */
function earlyReply(fault: Fault, service: Service, door: { readonly repository: string; readonly writes: boolean }): Reply | undefined {
  const seconds = String(Math.ceil(fault.lastsMs / 1000));
  const limited = errorReply(429, "TOOMANYREQUESTS", "rate limit exceeded");
  switch (fault.name) {
    case "error-500":
      return errorReply(500, "UNKNOWN", "internal server error");
    case "error-502":
      return errorReply(502, "UNKNOWN", "bad gateway");
    case "error-503":
      return withHeader(errorReply(503, "UNKNOWN", "service unavailable"), "retry-after", seconds);
    case "rate-limit":
      return withHeader(limited, "retry-after", seconds);
    case "rate-limit-date":
      return withHeader(limited, "retry-after", new Date(service.clock.nowMs() + fault.lastsMs).toUTCString());
    case "rate-limit-bare":
      return limited;
    case "wrong-success":
      return { status: 200, headers: { "content-type": "text/html" }, body: "<!DOCTYPE html>\n<html><body>Sign in</body></html>\n" };
    case "timeout-before":
      return { status: 200, headers: {}, body: "" };
    case "expired-token":
      return challenge({ url: service.url, ...door }, "invalid_token");
    case "lost-upload":
      return errorReply(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry");
    case "immutable-tag":
      return errorReply(
        400,
        "TAG_INVALID",
        "the tag already exists in the repository and cannot be overwritten: the repository is immutable",
      );
    case "missing":
      return errorReply(404, "MANIFEST_UNKNOWN", "manifest unknown");
    default:
      return undefined;
  }
}

async function readSome(request: IncomingMessage): Promise<void> {
  let read = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    read += chunk.length;
    if (read >= 64) break;
  }
}
