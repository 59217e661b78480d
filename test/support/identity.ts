// Identity tokens for tests.
import { decodeJwt } from "jose";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { claimsOf, type IdentityClaims } from "../../src/domain/identity/claims.ts";

/** What a token says of itself; nothing for one that is no token. */
export function readClaimsOf(jwt: string): IdentityClaims {
  return claimsOf(decodeJwt(jwt) as JsonObject);
}
