// Tokenless login at npm (protocols §5.3): the identity is exchanged for a token that is good for one package, which has to exist
// already. Each package trusts one publisher.
import { createCredential } from "../../domain/credential.ts";
import { answeredObject, textMember } from "../../domain/identity/exchange.ts";
import { escapedNpmName } from "../../domain/npm/names.ts";
import { presentable } from "../../domain/server-text.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Exchanged, TrustedLogin } from "../registry.ts";

export interface LoginOptions {
  readonly http: Http;
  readonly registry: string;
  /** Root of the registry, with a slash. Its host is part of whom the identity is for. */
  readonly registryUrl: string;
  /** Root of the pages for people, with a slash. */
  readonly pagesUrl: string;
  readonly nowMs: () => number;
}

/** Nobody says how long such a token lives; one that is asked for again after five minutes has never been seen to end. */
const lifetimeMs = 300_000;

export function npmLogin(options: LoginOptions): TrustedLogin {
  return {
    accepts: ["github", "gitlab"],
    workflowClaim: "workflow_ref",
    opens: "package",
    settings: (packageName) => `${options.pagesUrl}package/${packageName}/access`,
    audience: async () => ({ kind: "audience", audience: `npm:${new URL(options.registryUrl).hostname}` }),
    exchange: (identity, packageName, signal) => exchange(options, { jwt: identity.reveal(), packageName }, signal),
  };
}

async function exchange(
  { http, registryUrl, registry, nowMs }: LoginOptions,
  { jwt, packageName }: { readonly jwt: string; readonly packageName: string },
  signal: AbortSignal,
): Promise<Exchanged> {
  const reply = await http.send({
    method: "POST",
    url: `${registryUrl}-/npm/v1/oidc/token/exchange/package/${escapedNpmName(packageName)}`,
    headers: { accept: "application/json", authorization: `Bearer ${jwt}`, "content-length": "0" },
    signal,
  });
  if (reply.kind === "failed") return { kind: "unknown", why: reply.why };
  const body = answeredObject(reply.text);
  const minted = textMember(body, "token");
  if (reply.status >= 200 && reply.status < 300 && minted !== undefined)
    return { kind: "opened", credential: createCredential("", minted), endsAtMs: nowMs() + lifetimeMs };
  if (reply.status >= 400 && reply.status < 500 && reply.status !== 429) {
    const words = textMember(body, "message") ?? textMember(body, "error") ?? `it answered ${reply.status}`;
    return { kind: "refused", why: presentable(words, [jwt]) };
  }
  return { kind: "unknown", why: `"${registry}" answered ${reply.status} to an identity` };
}
