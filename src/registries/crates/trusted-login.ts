// Tokenless login at the public crate registry (protocols §4.5): the identity is exchanged for a token that publishes every crate
// whose settings trust it, for 30 minutes. It publishes new versions alone: the first version of a crate, and yanking, need a
// person's token.
import { createCredential } from "../../domain/credential.ts";
import { answeredObject, objectsMember, textMember } from "../../domain/identity/exchange.ts";
import { presentable } from "../../domain/server-text.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Audience, Exchanged, TrustedLogin } from "../registry.ts";

export interface LoginOptions {
  readonly http: Http;
  readonly registry: string;
  /** Root of the web API, without a slash at the end; its host is whom the identity is for. Otherwise why it is not known. */
  apiUrl(signal: AbortSignal): Promise<{ readonly url: string } | { readonly why: string; readonly lasting: boolean }>;
  /** Root of the pages for people, with a slash. */
  readonly pagesUrl: string;
  readonly nowMs: () => number;
}

/** How long a minted token lives (protocols §4.5). */
const lifetimeMs = 1_800_000;

export function cratesLogin(options: LoginOptions): TrustedLogin {
  return {
    accepts: ["github", "gitlab"],
    workflowClaim: "workflow_ref",
    opens: "registry",
    settings: (packageName) => `${options.pagesUrl}crates/${encodeURIComponent(packageName)}/settings`,
    lifetimeMs,
    audience: (signal) => audience(options, signal),
    exchange: (identity, _packageName, signal) => exchange(options, identity.reveal(), signal),
  };
}

async function audience(options: LoginOptions, signal: AbortSignal): Promise<Audience> {
  const api = await options.apiUrl(signal);
  if ("url" in api) return { kind: "audience", audience: new URL(api.url).hostname };
  return { kind: api.lasting ? "unsupported" : "unknown", why: api.why };
}

async function exchange(options: LoginOptions, jwt: string, signal: AbortSignal): Promise<Exchanged> {
  const { http, registry, nowMs } = options;
  const api = await options.apiUrl(signal);
  if ("why" in api) return { kind: "unknown", why: api.why };
  const reply = await http.send({
    method: "POST",
    url: `${api.url}/api/v1/trusted_publishing/tokens`,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify({ jwt }),
    signal,
  });
  if (reply.kind === "failed") return { kind: "unknown", why: reply.why };
  const body = answeredObject(reply.text);
  const minted = textMember(body, "token");
  if (reply.status === 200 && minted !== undefined)
    return { kind: "opened", credential: createCredential("", minted), endsAtMs: nowMs() + lifetimeMs };
  if (reply.status === 404) return { kind: "refused", why: `"${registry}" takes no identity (404)` };
  if (reply.status >= 400 && reply.status < 500 && reply.status !== 429) {
    const words = objectsMember(body, "errors").flatMap((one) => textMember(one, "detail") ?? []);
    return { kind: "refused", why: presentable(words.length === 0 ? `it answered ${reply.status}` : words.join("; "), [jwt]) };
  }
  return { kind: "unknown", why: `"${registry}" answered ${reply.status} to an identity` };
}
