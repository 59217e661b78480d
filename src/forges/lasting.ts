// Which answers to a look stay as they are, so that nobody waits for another: a refusal, a redirect that is not followed. A
// busy server, a limit, a race with what was written a moment ago pass by themselves (RFC 9110 §15.4–15.6). Pure.
import type { HttpAnswer, HttpFailed } from "../platform/http-port.ts";
import type { Unknown } from "./forge.ts";

/** Request time-out, conflict, too early, too many: of the refusals these pass. */
const passing: readonly number[] = [408, 409, 425, 429];

/** @param status of an answer that is neither the thing nor its absence, and that asks for no pause */
export function lastingIf(status: number): Pick<Unknown, "lasting"> {
  return status >= 300 && status < 500 && !passing.includes(status) ? { lasting: true } : {};
}

/** No answer at all. */
export function unknownFailure({ why, lasting }: HttpFailed): Unknown {
  return { kind: "unknown", why, ...(lasting === undefined ? {} : { lasting }) };
}

/** Where a redirect leads that was not followed, for words; only its origin, since the rest may hold a right to read. */
export function elsewhere({ status, headers, place }: Pick<HttpAnswer, "status" | "headers" | "place">): string | undefined {
  const { location } = headers;
  if (status < 300 || status > 399 || location === undefined || !URL.canParse(location, place)) return undefined;
  const to = new URL(location, place).origin;
  return to === new URL(place).origin ? undefined : `; it leads to "${to}", and is not followed there`;
}
