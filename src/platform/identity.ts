// Identity tokens of the CI that this process runs in (protocols §2.3). A token is asked for at the last moment, for one
// audience, is told to the redactor before anything else sees it, and is written nowhere.
import { endOfToken } from "../domain/credential.ts";
import { claimsOf } from "../domain/identity/claims.ts";
import { findIdentity, gitlabVariable, type IdentitySource } from "../domain/identity/source.ts";
import { createIdentityToken } from "../domain/identity/token.ts";
import { SlipwayError } from "../domain/error.ts";
import type { JsonObject } from "../domain/configuration.ts";
import type { Http } from "./http-port.ts";
import type { AskedIdentity, Identities } from "./identity-port.ts";
import type { Redactor, Secrets } from "./ports.ts";

export interface IdentityOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly http: Http;
  readonly secrets: Secrets;
  readonly redactor: Redactor;
}

type Doing = IdentityOptions & { readonly audience: string; readonly signal: AbortSignal };

/** GitHub's tokens have some 2 KiB; no answer that holds one is longer. */
const answerBytesMax = 64 * 1024;

export function openIdentities(options: IdentityOptions): Identities {
  const found = findIdentity(options.env);
  return {
    found,
    token: async (audience, signal) => {
      if (found.kind === "none") return unavailable(found.why);
      return askSource(found.source, { ...options, audience, signal });
    },
  };
}

function askSource(source: IdentitySource, doing: Doing): Promise<AskedIdentity> {
  switch (source.kind) {
    case "github-actions":
      return askRunner(source, doing);
    case "gitlab":
      return askVariable(gitlabVariable(doing.audience), doing);
    case "variable":
      return askVariable(source.variable, doing);
  }
}

/** The runner's address has a query already; the audience is added to it. */
async function askRunner(source: Extract<IdentitySource, { kind: "github-actions" }>, doing: Doing): Promise<AskedIdentity> {
  const address = runnerAddress(doing.env[source.urlVariable] ?? "", doing.audience);
  if (address === undefined) return unavailable(`${source.urlVariable} should be an https address`);
  const secret = await doing.secrets.read(source.secretVariable);
  const reply = await doing.http.send({
    method: "GET",
    url: address,
    headers: { accept: "application/json", authorization: `bearer ${secret}` },
    limitBytes: answerBytesMax,
    signal: doing.signal,
  });
  if (reply.kind === "failed") return { kind: "unavailable", why: reply.why, lasting: reply.lasting === true };
  const isLasting = reply.status >= 400 && reply.status < 500 && reply.status !== 429;
  if (reply.status !== 200)
    return { kind: "unavailable", why: `the runner answered ${reply.status} when it was asked for an identity token`, lasting: isLasting };
  const value = valueOf(reply.text);
  if (value === undefined) return unavailable("the runner's answer holds no identity token");
  return checked(value, { ...doing, where: "the runner's answer" });
}

/** Loopback alone is reached without TLS: that is where tests and rehearsals are. */
function runnerAddress(text: string, audience: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const isHere = url.hostname === "127.0.0.1" || url.hostname === "localhost" || url.hostname === "[::1]";
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isHere)) return undefined;
  url.searchParams.set("audience", audience);
  return url.href;
}

function valueOf(text: string): string | undefined {
  try {
    const parsed = JSON.parse(text) as { readonly value?: unknown } | null;
    return typeof parsed?.value === "string" ? parsed.value : undefined;
  } catch {
    return undefined;
  }
}

async function askVariable(variable: string, doing: Doing): Promise<AskedIdentity> {
  if (!(await doing.secrets.has(variable)))
    return unavailable(`${variable} is not set, which should hold an identity token for the audience "${doing.audience}"`);
  try {
    return await checked(await doing.secrets.read(variable), { ...doing, where: variable });
  } catch (cause) {
    if (cause instanceof SlipwayError) return unavailable(cause.message);
    throw cause;
  }
}

/** A token for another audience is not sent anywhere: the registry it is for could use it. */
async function checked(text: string, doing: Doing & { readonly where: string }): Promise<AskedIdentity> {
  const token = text.trim();
  doing.redactor.add(endOfToken(token));
  const { decodeJwt } = await import("jose");
  const payload = await Promise.resolve().then(() => decodeJwt(token)).catch(() => undefined); // prettier-ignore
  if (payload === undefined) return unavailable(`${doing.where} holds no identity token (a JWT)`);
  const claims = claimsOf(payload as JsonObject);
  if (claims.audience !== doing.audience)
    return unavailable(
      `the identity token in ${doing.where} is for "${claims.audience ?? "several audiences"}" and should be for "${doing.audience}"`,
    );
  return { kind: "token", token: createIdentityToken(token, claims) };
}

function unavailable(why: string): AskedIdentity {
  return { kind: "unavailable", why, lasting: true };
}
