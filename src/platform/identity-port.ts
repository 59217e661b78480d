// ◆ Identity tokens: who vouches for this run, and a token for one audience. What app asks for, and identity.ts gets.
import type { FoundIdentity } from "../domain/identity/source.ts";
import type { IdentityToken } from "../domain/identity/token.ts";

export type AskedIdentity =
  | { readonly kind: "token"; readonly token: IdentityToken }
  /** @member lasting asking again would end the same way. */
  | { readonly kind: "unavailable"; readonly why: string; readonly lasting: boolean };

export interface Identities {
  /** What there is, without asking for it. */
  readonly found: FoundIdentity;
  /** One new token for an audience; asked for when it is needed and not before. */
  token(audience: string, signal: AbortSignal): Promise<AskedIdentity>;
}
