// What a fault does to one call: the answer it gives instead, the silence it keeps.
import type { ServerResponse } from "node:http";
import { texts } from "../wire.ts";
import { faultFor, faultKey, type Fault, type FaultCall } from "./faults.ts";
import { error, notFound, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { countFault } from "./state.ts";

/** The fault that strikes this call, counted at once, so that it cannot strike more often than it says, even after a kill. */
export async function takeFault(service: Service, call: FaultCall): Promise<Fault | undefined> {
  if (faultFor(service.faults, call, service.store.state()) === undefined) return undefined;
  return await service.store.change((state) => {
    const fault = faultFor(service.faults, call, state);
    return { state: fault === undefined ? state : countFault(state, faultKey(fault)), value: fault };
  });
}

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

/** Says nothing until the client gives up or the time is over, then cuts the line. */
export async function holdLine(service: Service, response: ServerResponse, lastsMs: number): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  await service.clock.sleep(lastsMs, AbortSignal.any([gone.signal, service.closing])).catch(() => undefined);
  response.destroy();
}
