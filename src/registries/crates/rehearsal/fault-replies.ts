// What a fault does to one call: the answer it gives instead.
import type { Fault } from "./faults.ts";
import { errorReply, jsonReply, textReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";

const page = "<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form><input type=password></form></body></html>\n";

/** The answer of a fault that keeps the call from being done; undefined for faults that strike later. */
export function faultReply(fault: Fault, service: Pick<Service, "clock">): Reply | undefined {
  const seconds = String(Math.ceil(fault.lastsMs / 1000));
  const date = new Date(service.clock.nowMs() + fault.lastsMs).toUTCString();
  const many = "You have published too many versions in a short period of time.";
  switch (fault.name) {
    case "error-500":
      return errorReply(500, "Internal Server Error");
    case "error-502":
      return textReply(502, "text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>\n");
    case "error-503":
      return errorReply(503, "The registry is in maintenance", { "retry-after": seconds });
    case "rate-limit":
      return errorReply(429, many, { "retry-after": seconds });
    case "rate-limit-date":
      return errorReply(429, many, { "retry-after": date });
    case "rate-limit-text":
      return errorReply(429, `${many} Please try again after ${date}`);
    case "rate-limit-bare":
      return errorReply(429, many);
    case "wrong-success":
      return textReply(200, "text/html", page);
    case "error-with-200":
      return jsonReply(200, { errors: [{ detail: "the registry cannot do this now" }] });
    case "timeout-before":
      return textReply(200, "text/plain", "");
    case "expired-token":
      return errorReply(403, "authentication failed");
    case "missing":
      return errorReply(404, "Not Found");
    default:
      return undefined;
  }
}
