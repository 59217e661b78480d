// Credentials as values that cannot be shown by accident: printing, serialising or inspecting one gives «redacted», and the
// secret stands in a closure that no walk over members reaches (DESIGN §1.6, conventions SECRETS).

import { SlipwayError } from "./error.ts";

/** What opens a registry or a forge, handed to the calls that need it. The secret never leaves this value but into the request. */
export interface Credential {
  readonly user: string;
  /** Reads the secret at the last moment. */
  reveal(): string;
}

const redacted = "«redacted»";

/** What `util.inspect` and `console` of Node ask a value for; a registered symbol, so that nothing of Node is needed here. */
const inspection = Symbol.for("nodejs.util.inspect.custom");

/** @param secret already known to the redactor */
export function createCredential(user: string, secret: string): Credential {
  return hideFromPrinting({ user, reveal: () => secret });
}

/** Makes a value print as «redacted» wherever it is written, and freezes it. Its secret has to stand in a closure. */
export function hideFromPrinting<T extends object>(value: T): T {
  for (const name of ["toString", "toJSON", inspection]) {
    Object.defineProperty(value, name, { value: () => redacted, enumerable: false });
  }
  return Object.freeze(value);
}

/** Characters of a minted token that are hidden where it is shown: more than any checksum or half a signature has. */
const endLength = 256;

/**
 * What is to be hidden of a token that a server minted: its end, without which the rest opens nothing. Such tokens have
 * kilobytes, come by the hundred in one run, and each is looked for in many forms.
 */
export function endOfToken(token: string): string {
  return token.slice(-endLength);
}

/**
 * A secret as it was read, without white space around it. A line end or control character within is a copying accident, and
 * would split a header. @throws SlipwayError CREDENTIAL_MISSING
 */
export function secretText(read: string, variable: string): string {
  const trimmed = read.trim();
  if (trimmed === "" || /\p{Cc}/u.test(trimmed)) {
    throw new SlipwayError(
      "CREDENTIAL_MISSING",
      `Cannot use the credential in "${variable}": it is empty or has control characters in it`,
      {
        hint: `Set ${variable} to the token alone, on one line.`,
      },
    );
  }
  return trimmed;
}
