// An identity token as a value that cannot be shown by accident. It opens no registry by itself, but whoever has it within
// its minutes can exchange it for what does.
import { hideFromPrinting } from "../credential.ts";
import type { IdentityClaims } from "./claims.ts";

/** A fresh token, known to the redactor. Registries take each one once. */
export interface IdentityToken {
  readonly claims: IdentityClaims;
  /** The JWT in its compact form. It goes into one request and nowhere else. */
  reveal(): string;
}

/** @param text already known to the redactor */
export function createIdentityToken(text: string, claims: IdentityClaims): IdentityToken {
  return hideFromPrinting({ claims, reveal: () => text });
}
