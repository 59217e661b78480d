// `/-/npm/v1/oidc/token/exchange/package/<package>`: an identity for a token that is good for one package, which has to exist
// already (protocols §5.3). npm tells whoever is refused very little.
import type { IncomingMessage } from "node:http";
import { openDesk, type Desk, type DeskOptions, type Refusal } from "../../../loopback/login-desk.ts";
import { isKnown } from "./publish-route.ts";
import { jsonReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";

/** @param url of this registry, whose host identities are made for */
export function openNpmDesk(options: DeskOptions, url: string): Desk {
  return openDesk(options, {
    audience: () => `npm:${new URL(url).hostname}`,
    workflowClaim: "workflow_ref",
    refusedEvents: ["pull_request_target"],
    leewayS: 60,
    lifetimeMs: 300_000,
    prefix: "npm_",
  });
}

/** The body is empty and was read; the identity stands in the header. */
export async function loginReply(service: Service, request: IncomingMessage, name: string): Promise<Reply> {
  if (service.desk === undefined) return jsonReply({ message: "Not found" }, 404);
  const jwt = (request.headers.authorization ?? "").replace(/^Bearer\s+/i, "");
  if (!service.ours.has(name) || (await isKnown(service, name)) === false) return refused("package not found", 404);
  const judged = await service.desk.judge(jwt, name);
  if (judged.kind === "opened") return jsonReply({ token: judged.token }, 201);
  return refused(...wordsOf(judged.refusal));
}

function wordsOf(refusal: Refusal): readonly [words: string, status: number] {
  switch (refusal.kind) {
    case "malformed":
    case "signature":
    case "unknown-issuer":
      return ["invalid token", 401];
    case "expired":
      return ["token expired", 401];
    case "audience":
      return ["invalid audience", 401];
    case "replayed":
      return ["token already used", 401];
    case "event":
    case "publisher":
      return ["package not found", 404];
  }
}

function refused(words: string, status: number): Reply {
  return jsonReply({ message: `OIDC token exchange error - ${words}` }, status);
}
