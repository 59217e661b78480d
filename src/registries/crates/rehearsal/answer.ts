// One call from the first byte to the answer, with the fault that may strike it: the same for all calls that change something.
import type { IncomingMessage, ServerResponse } from "node:http";
import { takeFault } from "../../../loopback/faults.ts";
import { drain, holdLine } from "../../../loopback/listen.ts";
import type { Desk } from "../../../loopback/login-desk.ts";
import { bearerOf } from "./login-routes.ts";
import { faultReply } from "./fault-replies.ts";
import type { Fault, FaultCall } from "./faults.ts";
import { errorReply, textReply, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly call: FaultCall;
}

/** @param handle does the call, once or as the fault says */
export async function answerWithFault(
  service: Service,
  { request, response, call }: Call,
  handle: (fault: Fault | undefined) => Promise<Reply>,
): Promise<void> {
  const fault = await takeFault(service, call);
  if (fault?.name === "reset-mid-body") {
    await readSome(request);
    response.destroy();
    return;
  }
  const reply = (await earlyReply(service, request, fault)) ?? (await handle(fault));
  switch (fault?.name) {
    case "lost-reply":
      response.destroy();
      return;
    case "timeout-before":
    case "timeout-after":
      await holdLine(service, response, fault.lastsMs);
      return;
    case "error-after-accepting":
      await writeReply(response, textReply(502, "text/html", "<h1>502 Bad Gateway</h1>\n"), { head: false, announced: service.announced });
      return;
    default:
      await writeReply(response, reply, { head: false, announced: service.announced });
  }
}

/** Answers that do nothing: faults that strike before, and a request without a token. The body is read all the same. */
async function earlyReply(service: Service, request: IncomingMessage, fault: Fault | undefined): Promise<Reply | undefined> {
  const reply = (fault === undefined ? undefined : faultReply(fault, service)) ?? unauthenticated(request, service.desk);
  if (reply !== undefined) await drain(request);
  return reply;
}

/** Any token is let in but one that is made for the public registry: those have no business here, and begin with `cio`. */
export function unauthenticated(request: IncomingMessage, desk?: Desk): Reply | undefined {
  if ((request.headers["user-agent"] ?? "") === "") return errorReply(403, "We require that all requests include a `User-Agent` header.");
  const token = bearerOf(request);
  if (token === "") return errorReply(403, "this action requires authentication");
  const held = desk?.holds(token) ?? "foreign";
  if (held === "ended") return errorReply(403, "authentication failed");
  if (held === "alive" || !token.startsWith("cio")) return undefined;
  return errorReply(403, "authentication failed: a rehearsal takes no token of the real registry");
}

async function readSome(request: IncomingMessage): Promise<void> {
  let read = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    read += chunk.length;
    if (read >= 256) break;
  }
}
