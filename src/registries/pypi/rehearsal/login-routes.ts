// `/_/oidc/…`: whom an identity is for, and the exchange for an upload token, with PyPI's own codes and words (protocols §2.1).
import type { IncomingMessage, ServerResponse } from "node:http";
import { openDesk, type Desk, type DeskOptions, type Refusal } from "../../../loopback/login-desk.ts";
import { readSmallText } from "../../../loopback/listen.ts";
import { tokenPrefix } from "../wire.ts";
import { textReply, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";

const audience = "pypi";
const bodyBytesMax = 64 * 1024;

export function openPypiDesk(options: DeskOptions): Desk {
  return openDesk(options, {
    audience: () => audience,
    workflowClaim: "job_workflow_ref",
    refusedEvents: ["pull_request_target"],
    leewayS: 30,
    lifetimeMs: 900_000,
    prefix: tokenPrefix,
  });
}

/** Answers `GET /_/oidc/audience` and `POST /_/oidc/mint-token`. An index that trusts nobody says that it does not do this. */
export async function loginRoute(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const write = { head: request.method === "HEAD", announced: service.announced };
  const body = await readSmallText(request, bodyBytesMax);
  const path = new URL(request.url ?? "/", service.url).pathname;
  await writeReply(response, await replyTo(service.desk, { method: request.method ?? "GET", path, body }), write);
}

async function replyTo(
  desk: Desk | undefined,
  asked: { readonly method: string; readonly path: string; readonly body: string | undefined },
): Promise<Reply> {
  if (desk === undefined) return jsonReply(404, { message: "Not Found" });
  if (asked.path === "/_/oidc/audience") return jsonReply(200, { audience });
  if (asked.method !== "POST") return jsonReply(405, { message: "Method Not Allowed" });
  const token = tokenIn(asked.body);
  if (token === undefined) return failed("invalid-payload", "Malformed request");
  const judged = await desk.judge(token);
  if (judged.kind === "opened") return jsonReply(200, { success: true, token: judged.token, expires: Math.floor(judged.endsAtMs / 1000) });
  const [code, description] = wordsOf(judged.refusal);
  return failed(code, description);
}

function wordsOf(refusal: Refusal): readonly [code: string, description: string] {
  switch (refusal.kind) {
    case "malformed":
      return ["invalid-payload", "malformed JWT"];
    case "unknown-issuer":
      return ["invalid-payload", "unknown trusted publishing issuer"];
    case "signature":
    case "expired":
    case "audience":
      return ["invalid-token", "malformed or invalid token"];
    case "replayed":
      return ["invalid-reuse-token", "invalid token: already used"];
    case "event":
      return ["invalid-publisher", `valid token, but no corresponding publisher (the event ${refusal.event} is not supported)`];
    case "publisher":
      return ["invalid-publisher", "valid token, but no corresponding publisher (Publisher with matching claims was not found)"];
  }
}

function failed(code: string, description: string): Reply {
  return jsonReply(422, { message: "Token request failed", errors: [{ code, description }] });
}

function jsonReply(status: number, body: unknown): Reply {
  return textReply(status, "application/json", JSON.stringify(body));
}

function tokenIn(body: string | undefined): string | undefined {
  try {
    const parsed = JSON.parse(body ?? "") as { readonly token?: unknown } | null;
    return typeof parsed?.token === "string" ? parsed.token : undefined;
  } catch {
    return undefined;
  }
}
