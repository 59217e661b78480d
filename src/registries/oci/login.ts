// Requests to an image registry with its token dance: asked without, the registry names a token service; the service gives a
// short-lived token for the scopes; the request is sent again with it, once. Tokens go to the registry's own origin alone.
// Sources: distribution's token specification (protocols §6.3).
import type { Credential } from "../../domain/credential.ts";
import { parseRecord } from "../../domain/json-record.ts";
import type { Http, HttpDownload, HttpFetched, HttpReply, HttpRequest } from "../../platform/http-port.ts";
import { isSafe, readChallenge, type Challenge } from "./challenge.ts";
import { basicAuthorization, traces } from "./credentials.ts";
import { wireHeaders } from "./wire.ts";

export interface Place {
  readonly http: Http;
  /** Name in slipway.yaml. */
  readonly registry: string;
  /** `https://host`, without a slash at the end. */
  readonly origin: string;
  readonly world: "real" | "rehearsal";
  readonly nowMs: () => number;
  /** Told of each minted token before it is used: an answer may give it back in any form. */
  readonly learn?: (secret: string) => void;
}

/** Who asks, for what. */
export interface Asking {
  readonly credential: Credential | undefined;
  /** `repository:NAME:pull` and the like. */
  readonly scopes: readonly string[];
  readonly signal: AbortSignal;
}

/** One request; its body can be made twice, because a token may have to be fetched in between. */
export interface Call extends Omit<HttpRequest, "headers" | "signal" | "body"> {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: () => NonNullable<HttpRequest["body"]>;
}

export interface Login {
  /** Sends one request, and once more if the registry asked for a token and the token service gave one. */
  ask(call: Call, asking: Asking): Promise<HttpReply>;
  /** The same for bytes that go to a file. */
  fetch(call: Omit<HttpDownload, "headers" | "signal" | "body">, asking: Asking): Promise<HttpFetched>;
  /** Texts that must not come back in a message. */
  secretsOf(credential: Credential | undefined): readonly string[];
}

interface Token {
  readonly header: string;
  readonly untilMs: number;
}

const tokensMax = 1_000;
const tokenAnswerBytesMax = 1024 * 1024;
/** What a token service means when it does not say how long a token lives. */
const defaultLifeSeconds = 60;
/** A token that is about to end is not begun with. */
const marginMs = 10_000;

/** Opens nothing before the first request. */
export function createLogin(place: Place): Login {
  const anonymous = new Map<string, Token>();
  const tokens = new WeakMap<Credential, Map<string, Token>>();
  const tokensOf = (credential: Credential | undefined): Map<string, Token> => {
    if (credential === undefined) return anonymous;
    const known = tokens.get(credential) ?? new Map<string, Token>();
    tokens.set(credential, known);
    return known;
  };
  const authorization = ({ credential, scopes }: Asking): string | undefined => {
    const token = tokensOf(credential).get(scopes.join(" "));
    return token === undefined || token.untilMs <= place.nowMs() ? undefined : token.header;
  };
  const letIn = async <R extends HttpReply | HttpFetched>(
    url: string,
    asking: Asking,
    once: (header: string | undefined) => Promise<R>,
  ): Promise<R | HttpReply> => {
    const first = await once(authorization(asking));
    if (first.kind !== "answered" || first.status !== 401 || !isOurs(place, url)) return first;
    const got = await answerChallenge(place, readChallenge(first.headers["www-authenticate"]), asking);
    if (got.kind === "none") return first;
    if (got.kind !== "token") return got;
    const known = tokensOf(asking.credential);
    if (known.size >= tokensMax) known.clear();
    known.set(asking.scopes.join(" "), got.token);
    return await once(got.token.header);
  };
  return {
    ask: (call, asking) => letIn(call.url, asking, (header) => send(place, call, { header, signal: asking.signal })),
    fetch: (call, asking) => letIn(call.url, asking, (header) => fetchOnce(place, call, { header, signal: asking.signal })),
    secretsOf: (credential) => [...traces(credential), ...[...tokensOf(credential).values()].map(secretOf)],
  };
}

/** The token goes to the registry itself, and not to a store of uploads somewhere else. */
async function send(
  place: Place,
  call: Call,
  how: { readonly header: string | undefined; readonly signal: AbortSignal },
): Promise<HttpReply> {
  const { headers = {}, body, ...rest } = call;
  const own = how.header !== undefined && isOurs(place, call.url) ? { authorization: how.header } : {};
  const reply = await place.http.send({
    ...rest,
    headers: { ...headers, ...own },
    ...(body === undefined ? {} : { body: body() }),
    signal: how.signal,
  });
  if (reply.kind === "answered" && place.world === "real" && reply.headers[wireHeaders.rehearsal] !== undefined) {
    const why = `"${reply.place}" is a rehearsal registry, which can never stand for "${place.registry}"`;
    return { kind: "failed", why, cause: undefined };
  }
  return reply;
}

/** Bytes are looked at by their digest, so that it does not matter which kind of registry hands them out. */
function fetchOnce(
  place: Place,
  call: Omit<HttpDownload, "headers" | "signal" | "body">,
  how: { readonly header: string | undefined; readonly signal: AbortSignal },
): Promise<HttpFetched> {
  const headers = how.header !== undefined && isOurs(place, call.url) ? { authorization: how.header } : {};
  return place.http.fetch({ ...call, headers, signal: how.signal });
}

function isOurs(place: Place, url: string): boolean {
  return new URL(url).origin === new URL(place.origin).origin;
}

type Answered = { readonly kind: "token"; readonly token: Token } | { readonly kind: "none" } | HttpReply;

/** @returns `none` where asking again would not help; a refusal of the token service as it came */
async function answerChallenge(place: Place, challenge: Challenge, asking: Asking): Promise<Answered> {
  switch (challenge.kind) {
    case "none":
      return challenge;
    case "unsafe":
      return { kind: "failed", why: `"${place.registry}" cannot be logged in to: ${challenge.why}`, cause: undefined };
    case "basic": {
      const header = basicAuthorization(asking.credential);
      if (header === undefined) return { kind: "none" };
      if (!isSafe(new URL(place.origin))) {
        const why = `"${place.registry}" asks for a password over plain http, and none is sent that way`;
        return { kind: "failed", why, cause: undefined };
      }
      return { kind: "token", token: { header, untilMs: Number.POSITIVE_INFINITY } };
    }
    case "bearer":
      return await fetchToken(place, challenge, asking);
  }
}

async function fetchToken(place: Place, challenge: Extract<Challenge, { kind: "bearer" }>, asking: Asking): Promise<Answered> {
  const url = new URL(challenge.realm);
  if (challenge.service !== undefined) url.searchParams.set("service", challenge.service);
  for (const scope of new Set([...asking.scopes, ...challenge.scopes])) url.searchParams.append("scope", scope);
  const basic = basicAuthorization(asking.credential);
  const headers = { accept: "application/json", ...(basic === undefined ? {} : { authorization: basic }) };
  const askedMs = place.nowMs();
  const reply = await place.http.send({
    method: "GET",
    url: url.href,
    headers,
    follows: "same-origin",
    limitBytes: tokenAnswerBytesMax,
    signal: asking.signal,
  });
  if (reply.kind === "failed" || reply.status !== 200) return reply;
  const token = readToken(reply.text, askedMs);
  if (token !== undefined) {
    place.learn?.(secretOf(token));
    return { kind: "token", token };
  }
  return { kind: "failed", why: `"${reply.place}" answered without a token that can be read`, cause: undefined };
}

function secretOf({ header }: Token): string {
  return header.slice(header.indexOf(" ") + 1);
}

/** `token` and `access_token` are two names of one thing. */
function readToken(text: string, askedMs: number): Token | undefined {
  const record = parseRecord(text);
  const token = record?.["token"] ?? record?.["access_token"];
  if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) return undefined;
  const told = record?.["expires_in"];
  const seconds = typeof told === "number" && told > 0 ? told : defaultLifeSeconds;
  return { header: `Bearer ${token}`, untilMs: askedMs + Math.max(seconds * 1000 - marginMs, 1_000) };
}
