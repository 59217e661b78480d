// What a fault does to one call: the answer it gives instead.
import type { Fault } from "./faults.ts";
import { errorReply, textReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";

/** The answer of a fault that keeps the call from being done; undefined for faults that strike later. */
export function faultReply(fault: Fault, service: Service, accept: string | undefined): Reply | undefined {
  const seconds = String(Math.ceil(fault.lastsMs / 1000));
  switch (fault.name) {
    case "error-500":
      return errorReply(500, "Internal Server Error", accept);
    case "error-502":
      return errorReply(502, "Bad Gateway", accept);
    case "error-503":
      return withHeader(errorReply(503, "Service Unavailable", accept), "retry-after", seconds);
    case "rate-limit":
      return withHeader(errorReply(429, "Too many requests", accept), "retry-after", seconds);
    case "rate-limit-date":
      return withHeader(
        errorReply(429, "Too many requests", accept),
        "retry-after",
        new Date(service.clock.nowMs() + fault.lastsMs).toUTCString(),
      );
    case "rate-limit-bare":
      return errorReply(429, "Too many requests", accept);
    case "wrong-success":
      return textReply(
        200,
        "text/html",
        "<!DOCTYPE html>\n<html><head><title>Sign in</title><script>1</script></head><body><form><input type=password></form></body></html>\n",
      );
    case "timeout-before":
      return textReply(200, "text/plain", "");
    case "missing":
      return errorReply(404, "Not Found", accept);
    default:
      return undefined;
  }
}

function withHeader(reply: Reply, name: string, value: string): Reply {
  return { ...reply, headers: { ...reply.headers, [name]: value } };
}

export function pauseOf(service: Service): (ms: number) => Promise<void> {
  return (ms) => service.clock.sleep(ms, service.closing).catch(() => undefined);
}
