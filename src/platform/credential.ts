// Credentials as values that cannot be shown by accident: printing, serialising or inspecting one gives «redacted»,
// and the secret stands in a closure that no walk over members reaches (DESIGN.md §1.6, conventions SECRETS).
import { inspect } from "node:util";
import type { Credential } from "../registries/registry.ts";

const redacted = "«redacted»";

/** @param secret read late, and already known to the redactor */
export function createCredential(user: string, secret: string): Credential {
  const credential = { user };
  hide(credential, "reveal", () => secret);
  for (const name of ["toString", "toJSON", inspect.custom]) hide(credential, name, () => redacted);
  return Object.freeze(credential) as Credential;
}

/** Defines a member that spreading, copying and serialising leave out. */
function hide(target: object, name: string | symbol, value: () => string): void {
  Object.defineProperty(target, name, { value, enumerable: false });
}
