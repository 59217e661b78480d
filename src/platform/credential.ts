// Credentials as values that cannot be shown by accident: printing, serialising or inspecting one gives «redacted»,
// and the secret stands in a closure that no walk over members reaches (DESIGN.md §1.6, conventions SECRETS).
import { inspect } from "node:util";
import type { Credential } from "../registries/registry.ts";

const redacted = "«redacted»";

/** @param secret read late, and already known to the redactor */
export function createCredential(user: string, secret: string): Credential {
  const credential: Credential = { user, reveal: () => secret };
  for (const name of ["toString", "toJSON", inspect.custom]) {
    Object.defineProperty(credential, name, { value: () => redacted, enumerable: false });
  }
  return Object.freeze(credential);
}
