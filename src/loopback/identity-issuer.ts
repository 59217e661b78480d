// An issuer of identity tokens inside Slipway: what a CI is to a registry, for rehearsals. It vouches for jobs that do not exist,
// with a key that lives as long as it does, so that nothing real takes its tokens (protocols §2.3; OpenID Connect Discovery).
import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { CryptoKey, JSONWebKeySet, JWTPayload } from "jose";
import type { Clock } from "../platform/ports.ts";
import { drain, listenOnLoopback } from "./listen.ts";

export interface IssuerOptions {
  readonly clock: Clock;
  /** What its tokens say of the job in an environment; undefined: of one in none. Audience, times and id are added. */
  claims(environment: string | undefined): JWTPayload;
  /** Default 0: any free one. */
  readonly port?: number;
}

export interface RehearsalIssuer {
  /** Address and name of the issuer: `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly keys: JSONWebKeySet;
  /** What a job of an environment finds in its own, as GitHub's runner sets it. */
  jobEnvironment(environment?: string): Readonly<Record<string, string>>;
  /** A token as no job gets it: with claims of the caller's in place of the usual ones. */
  sign(claims: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

const algorithm = "RS256";
/** GitHub's tokens live five minutes. */
const lifetimeS = 300;

/** @throws SlipwayError STORAGE_FAILED when the port cannot be used */
export async function startRehearsalIssuer(options: IssuerOptions): Promise<RehearsalIssuer> {
  const jose = await import("jose");
  const { privateKey, publicKey } = await jose.generateKeyPair(algorithm);
  const jwk = { ...(await jose.exportJWK(publicKey)), use: "sig", alg: algorithm };
  const kid = await jose.calculateJwkThumbprint(jwk);
  const keys: JSONWebKeySet = { keys: [{ ...jwk, kid }] };
  const listening = await listenOnLoopback({ what: "rehearsal issuer of identities", port: options.port ?? 0 });
  const password = randomBytes(24).toString("base64url");
  const sign = (claims: JWTPayload) => signToken({ privateKey, kid, issuer: listening.url, nowMs: options.clock.nowMs() }, claims);
  const issuer: Issuing = {
    url: listening.url,
    keys,
    password,
    token: (environment, aud) => sign({ ...options.claims(environment), aud }),
  };
  listening.serve((request, response) => answer(issuer, request, response));
  return {
    url: listening.url,
    keys,
    jobEnvironment: (environment) => ({
      GITHUB_ACTIONS: "true",
      ACTIONS_ID_TOKEN_REQUEST_URL: `${listening.url}/token?job=${encodeURIComponent(environment ?? "")}`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: password,
    }),
    sign,
    close: () => listening.close(),
  };
}

async function signToken(
  by: { readonly privateKey: CryptoKey; readonly kid: string; readonly issuer: string; readonly nowMs: number },
  claims: JWTPayload,
): Promise<string> {
  const { SignJWT } = await import("jose");
  const nowS = Math.floor(by.nowMs / 1000);
  const times = { iss: by.issuer, iat: nowS, nbf: nowS, exp: nowS + lifetimeS, jti: randomUUID() };
  return new SignJWT({ ...times, ...claims }).setProtectedHeader({ alg: algorithm, kid: by.kid, typ: "JWT" }).sign(by.privateKey);
}

interface Issuing {
  readonly url: string;
  readonly keys: JSONWebKeySet;
  readonly password: string;
  token(environment: string | undefined, audience: string): Promise<string>;
}

async function answer(issuer: Issuing, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await drain(request);
  const url = new URL(request.url ?? "/", issuer.url);
  const [status, body] = await reply(issuer, url, request.headers.authorization ?? "");
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

async function reply(issuer: Issuing, url: URL, authorization: string): Promise<readonly [status: number, body: unknown]> {
  switch (url.pathname) {
    case "/.well-known/openid-configuration":
      return [200, discovery(issuer.url)];
    case "/.well-known/jwks":
      return [200, issuer.keys];
    case "/token": {
      if (!isSame(authorization.replace(/^bearer /i, ""), issuer.password)) return [401, { message: "Unauthorized" }];
      const environment = url.searchParams.get("job") ?? "";
      const audience = url.searchParams.get("audience") ?? issuer.url;
      return [200, { count: 1, value: await issuer.token(environment === "" ? undefined : environment, audience) }];
    }
    default:
      return [404, { message: "Not Found" }];
  }
}

function discovery(url: string): Readonly<Record<string, unknown>> {
  return {
    issuer: url,
    jwks_uri: `${url}/.well-known/jwks`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: [algorithm],
    scopes_supported: ["openid"],
  };
}

/** Digests have one length, so that the comparison tells nothing of the password. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  return digest(one) === digest(other);
}
