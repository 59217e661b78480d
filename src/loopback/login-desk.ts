// Where a rehearsal registry takes identities: it judges a token as the real one does and hands out one that lives for minutes.
// What it answers is each registry's own; which rule was broken is said here (protocols §2.1, §2.2, §4.5, §5.3).
import { randomBytes } from "node:crypto";
import type { JSONWebKeySet, JWTPayload } from "jose";
import type { Publisher } from "../domain/identity/publisher.ts";
import type { Clock } from "../platform/ports.ts";

export interface DeskOptions {
  readonly clock: Clock;
  /** Who is believed, and by which keys. */
  readonly issuer: { readonly url: string; readonly keys: JSONWebKeySet };
  readonly publishers: readonly Publisher[];
}

/** How one registry judges. */
export interface DeskRules {
  audience(): string;
  /** The claim that names the workflow file. */
  readonly workflowClaim: "workflow_ref" | "job_workflow_ref";
  readonly refusedEvents: readonly string[];
  readonly leewayS: number;
  readonly lifetimeMs: number;
  /** What its tokens start with. */
  readonly prefix: string;
}

export type Refusal =
  | { readonly kind: "malformed" | "unknown-issuer" | "signature" | "expired" | "audience" | "replayed" }
  | { readonly kind: "event"; readonly event: string }
  /** None of the publishers; the one that comes nearest differs in `field` first. */
  | {
      readonly kind: "publisher";
      readonly field: "repository" | "workflow" | "environment";
      readonly shown: string;
      readonly expected: string;
    };

export type Judged =
  | { readonly kind: "opened"; readonly token: string; readonly endsAtMs: number; readonly packages: readonly string[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

export interface Desk {
  /** @param packageName absent: whatever the identity may publish */
  judge(jwt: string, packageName?: string): Promise<Judged>;
  /** `foreign`: not from here. */
  holds(token: string): "alive" | "ended" | "foreign";
  /** Whom a token was exchanged for; undefined: it is not from here, or over. */
  publisher(token: string): Publisher | undefined;
  /** Takes a token back before its time. */
  end(token: string): void;
}

/** Tokens and their ids are kept for the life of the server: so is the issuer's key, and nothing else takes them. */
export function openDesk(options: DeskOptions, rules: DeskRules): Desk {
  const minted = new Map<string, { readonly endsAtMs: number; readonly publisher: Publisher | undefined }>();
  const holds: Desk["holds"] = (token) => {
    const found = minted.get(token);
    if (found === undefined) return "foreign";
    return found.endsAtMs > options.clock.nowMs() ? "alive" : "ended";
  };
  const used = new Set<string>();
  return {
    judge: async (jwt, packageName) => {
      const read = await verify(options, rules, jwt);
      if ("refusal" in read) return { kind: "refused", refusal: read.refusal };
      const id = String(read.claims.jti);
      if (used.has(id)) return { kind: "refused", refusal: { kind: "replayed" } };
      const found = findPublishers(
        options.publishers.filter((one) => packageName === undefined || one.package === packageName),
        read.claims,
        rules,
      );
      if ("refusal" in found) return { kind: "refused", refusal: found.refusal };
      used.add(id);
      const token = `${rules.prefix}${randomBytes(24).toString("hex")}`;
      const endsAtMs = options.clock.nowMs() + rules.lifetimeMs;
      minted.set(token, { endsAtMs, publisher: found.publishers[0] });
      return { kind: "opened", token, endsAtMs, packages: found.publishers.map((one) => one.package) };
    },
    holds,
    publisher: (token) => (holds(token) === "alive" ? minted.get(token)?.publisher : undefined),
    end: (token) => {
      const found = minted.get(token);
      if (found !== undefined) minted.set(token, { ...found, endsAtMs: 0 });
    },
  };
}

async function verify(
  { issuer, clock }: DeskOptions,
  rules: DeskRules,
  jwt: string,
): Promise<{ readonly claims: JWTPayload } | { readonly refusal: Refusal }> {
  const jose = await import("jose");
  try {
    const { iss } = jose.decodeJwt(jwt);
    if (iss !== issuer.url) return { refusal: { kind: "unknown-issuer" } };
    const { payload } = await jose.jwtVerify(jwt, jose.createLocalJWKSet(issuer.keys), {
      issuer: issuer.url,
      audience: rules.audience(),
      algorithms: ["RS256"],
      requiredClaims: ["iat", "exp", "aud", "jti"],
      clockTolerance: rules.leewayS,
      currentDate: new Date(clock.nowMs()),
    });
    // A list of audiences is refused even where one of them is right.
    if (typeof payload.aud !== "string") return { refusal: { kind: "audience" } };
    return { claims: payload };
  } catch (cause) {
    if (cause instanceof jose.errors.JWTExpired) return { refusal: { kind: "expired" } };
    if (cause instanceof jose.errors.JWTClaimValidationFailed)
      return { refusal: { kind: cause.claim === "aud" ? "audience" : "signature" } };
    if (cause instanceof jose.errors.JWTInvalid) return { refusal: { kind: "malformed" } };
    return { refusal: { kind: "signature" } };
  }
}

function findPublishers(
  publishers: readonly Publisher[],
  claims: JWTPayload,
  rules: DeskRules,
): { readonly publishers: readonly Publisher[] } | { readonly refusal: Refusal } {
  const text = (name: string) => (typeof claims[name] === "string" ? claims[name] : "");
  const event = text("event_name");
  if (rules.refusedEvents.includes(event)) return { refusal: { kind: "event", event } };
  const repository = text("repository");
  const inRepository = publishers.filter((one) => one.repository.toLowerCase() === repository.toLowerCase());
  const file = text(rules.workflowClaim).slice(`${repository}/.github/workflows/`.length).split("@")[0] ?? "";
  const inFile = inRepository.filter((one) => one.workflow === file);
  const environment = text("environment");
  const found = inFile.filter((one) => one.environment === undefined || one.environment.toLowerCase() === environment.toLowerCase());
  if (found.length > 0) return { publishers: found };
  const [near] = inFile.length > 0 ? inFile : inRepository.length > 0 ? inRepository : publishers;
  if (inRepository.length === 0)
    return { refusal: { kind: "publisher", field: "repository", shown: repository, expected: near?.repository ?? "" } };
  if (inFile.length === 0) return { refusal: { kind: "publisher", field: "workflow", shown: file, expected: near?.workflow ?? "" } };
  return { refusal: { kind: "publisher", field: "environment", shown: environment, expected: near?.environment ?? "" } };
}
