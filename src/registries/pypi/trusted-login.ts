// Tokenless login at PyPI and indexes that do as it does (protocols §2.1): ask whom the identity is for, exchange it. One
// token covers every project that trusts the identity, and lives for 15 minutes.
import { createCredential } from "../../domain/credential.ts";
import { answeredObject, objectsMember, textMember } from "../../domain/identity/exchange.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import { presentable } from "../../domain/server-text.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Audience, Exchanged, TrustedLogin } from "../registry.ts";
import { tokenUser } from "./wire.ts";

export interface LoginOptions {
  readonly http: Http;
  readonly registry: string;
  /** Root of the pages for people, with a slash: the login's calls are beside them. */
  readonly siteUrl: string;
  readonly nowMs: () => number;
}

/** What is minted lives so long, whatever `expires` says (protocols §2.1). */
const lifetimeMs = 900_000;

export function pypiLogin(options: LoginOptions): TrustedLogin {
  return {
    accepts: ["github", "gitlab"],
    workflowClaim: "job_workflow_ref",
    opens: "registry",
    settings: (packageName) => `${options.siteUrl}manage/project/${normalizeName(packageName)}/settings/publishing/`,
    pendingSettings: `${options.siteUrl}manage/account/publishing/`,
    lifetimeMs,
    audience: (signal) => audience(options, signal),
    exchange: (identity, _packageName, signal) => exchange(options, identity.reveal(), signal),
  };
}

async function audience({ http, siteUrl, registry }: LoginOptions, signal: AbortSignal): Promise<Audience> {
  const reply = await http.send({ method: "GET", url: `${siteUrl}_/oidc/audience`, headers: { accept: "application/json" }, signal });
  if (reply.kind === "failed") return { kind: "unknown", why: reply.why };
  if (reply.status === 403 || reply.status === 404)
    return { kind: "unsupported", why: `"${registry}" answered ${reply.status}: it takes no identity` };
  const named = reply.status === 200 ? textMember(answeredObject(reply.text), "audience") : undefined;
  if (named !== undefined) return { kind: "audience", audience: named };
  return { kind: "unknown", why: `"${registry}" did not say whom an identity is for: it answered ${reply.status}` };
}

async function exchange({ http, siteUrl, registry, nowMs }: LoginOptions, token: string, signal: AbortSignal): Promise<Exchanged> {
  const reply = await http.send({
    method: "POST",
    url: `${siteUrl}_/oidc/mint-token`,
    headers: { accept: "application/json", "content-type": "application/json" },
    body: JSON.stringify({ token }),
    signal,
  });
  if (reply.kind === "failed") return { kind: "unknown", why: reply.why };
  const body = answeredObject(reply.text);
  const minted = textMember(body, "token");
  if (reply.status === 200 && body["success"] === true && minted !== undefined)
    return { kind: "opened", credential: createCredential(tokenUser, minted), endsAtMs: nowMs() + lifetimeMs };
  if (reply.status === 422) return refused(body, token);
  if (reply.status === 403 || reply.status === 404) return { kind: "refused", why: `"${registry}" takes no identity (${reply.status})` };
  return { kind: "unknown", why: `"${registry}" answered ${reply.status} to an identity` };
}

/** The first error has the code, all together are the words. */
function refused(body: Readonly<Record<string, unknown>>, token: string): Exchanged {
  const errors = objectsMember(body, "errors");
  const words = errors.map((one) => `${textMember(one, "code") ?? "error"}: ${textMember(one, "description") ?? "no reason given"}`);
  const code = errors[0] === undefined ? undefined : textMember(errors[0], "code");
  const why = presentable(words.length === 0 ? "it gave no reason" : words.join("; "), [token]);
  return { kind: "refused", ...(code === undefined ? {} : { code }), why };
}
