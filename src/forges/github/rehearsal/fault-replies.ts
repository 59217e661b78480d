// What a fault does to one call: the answer it gives instead.
import { texts } from "../wire.ts";
import type { Fault } from "./faults.ts";
import { error, notFound, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";

/** The answer of a fault that keeps the call from being done; undefined for one that strikes later. */
export function faultReply(fault: Fault, service: Service): Reply | undefined {
  switch (fault.name) {
    case "error-500":
      return error(500, "Server Error");
    case "error-502":
      return error(502, "Bad Gateway");
    case "rate-limit":
      return withHeaders(error(429, "Too Many Requests"), { "retry-after": String(Math.ceil(fault.lastsMs / 1000)) });
    case "empty-budget": {
      const reset = Math.ceil((service.clock.nowMs() + fault.lastsMs) / 1000);
      return withHeaders(error(403, "API rate limit exceeded"), { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(reset) });
    }
    case "secondary-limit":
      return error(403, `${texts.secondaryLimit}. Please wait a few minutes before you try again.`);
    case "wrong-success":
      return { status: 200, headers: { "content-type": "text/html" }, body: "<!DOCTYPE html><title>Sign in</title><form></form>\n" };
    case "expired-token":
      return error(401, "Bad credentials");
    case "no-permission":
      return notFound;
    case "timeout-before":
      return { status: 200, headers: {}, body: "" };
    default:
      return undefined;
  }
}

function withHeaders(reply: Reply, headers: Readonly<Record<string, string>>): Reply {
  return { ...reply, headers: { ...reply.headers, ...headers } };
}
