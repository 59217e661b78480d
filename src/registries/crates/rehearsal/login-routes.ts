// `/api/v1/trusted_publishing/tokens`: an identity for a token of half an hour, and back, with the public registry's own words
// (protocols §4.5). Such a token publishes new versions of crates that exist, and does nothing else.
import type { IncomingMessage, ServerResponse } from "node:http";
import { canonicalCrateName } from "../../../domain/crates/names.ts";
import { parseRecord } from "../../../domain/json-record.ts";
import { readSmallText } from "../../../loopback/listen.ts";
import { openDesk, type Desk, type DeskOptions, type Refusal } from "../../../loopback/login-desk.ts";
import { refusal, type Refusal as Refused } from "./checks.ts";
import { errorReply, jsonReply, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";

export const loginPath = "/api/v1/trusted_publishing/tokens";

const bodyBytesMax = 64 * 1024;

/** @param url of this registry, whose host identities are made for */
export function openCratesDesk(options: DeskOptions, url: string): Desk {
  return openDesk(options, {
    audience: () => new URL(url).hostname,
    workflowClaim: "workflow_ref",
    refusedEvents: ["pull_request_target", "workflow_run"],
    leewayS: 60,
    lifetimeMs: 1_800_000,
    prefix: "cio_tp_",
  });
}

/** `POST` exchanges, `DELETE` takes a token back. */
export async function loginRoute(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readSmallText(request, bodyBytesMax);
  await writeReply(response, await replyTo(service, request, body), { head: false, announced: service.announced });
}

async function replyTo({ desk }: Service, request: IncomingMessage, body: string | undefined): Promise<Reply> {
  if (desk === undefined) return errorReply(404, "Not Found");
  if (request.method === "DELETE") {
    desk.end(bearerOf(request));
    return { status: 204, headers: {}, body: "" };
  }
  if (request.method !== "POST") return errorReply(405, "Method Not Allowed");
  const jwt = parseRecord(body ?? "")?.["jwt"];
  if (typeof jwt !== "string") return errorReply(400, "missing field `jwt`");
  const judged = await desk.judge(jwt);
  return judged.kind === "opened" ? jsonReply(200, { token: judged.token }) : errorReply(400, wordsOf(judged.refusal));
}

function wordsOf(no: Refusal): string {
  switch (no.kind) {
    case "malformed":
      return "Failed to decode JWT";
    case "unknown-issuer":
      return "Unsupported JWT issuer";
    case "signature":
    case "expired":
    case "audience":
      return "Failed to decode JWT";
    case "replayed":
      return "JWT has already been used";
    case "event":
      return `Trusted Publishing does not support the \`${no.event}\` event`;
    case "publisher":
      return no.field === "repository"
        ? `No Trusted Publishing config found for repository \`${no.shown}\`.`
        : `The Trusted Publishing config does not match the ${no.field === "workflow" ? "workflow filename" : "environment"} \`${no.shown}\` in the JWT. Expected: \`${no.expected}\``;
  }
}

/** What a token of the desk may not do: it publishes versions of crates that exist. `exists`: undefined where nobody can say. */
export async function refusedForLogin(service: Service, request: IncomingMessage, crate: string): Promise<Refused | undefined> {
  if (service.desk?.holds(bearerOf(request)) !== "alive") return undefined;
  if (service.store.state().crates[canonicalCrateName(crate)] !== undefined) return undefined;
  const page = await service.upstream?.page(crate, service.closing);
  if (page?.kind !== "absent") return undefined;
  return refusal(403, "Trusted Publishing tokens do not support creating new crates. Publish the crate manually, first");
}

export function bearerOf(request: IncomingMessage): string {
  return (request.headers.authorization ?? "").replace(/^Bearer\s+/i, "");
}
