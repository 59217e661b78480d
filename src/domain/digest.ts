// Digests: the identity of bytes. Only sha256 decides anything in Slipway; other algorithms appear where a
// registry's protocol asks for them.
import { SlipwayError } from "./error.ts";

/** Lower-case hexadecimal sha256, 64 characters. */
export type Sha256 = string & { readonly __brand: "Sha256" };

/** Computes the sha256 of the UTF-8 bytes of a text. A port, because the domain imports no crypto. */
export type Sha256OfText = (text: string) => Sha256;

const hex64 = /^[0-9a-f]{64}$/;

/** @throws SlipwayError INTERNAL_ASSERTION when the text is not 64 lower-case hexadecimal characters. */
export function sha256(text: string): Sha256 {
  if (!hex64.test(text)) {
    throw new SlipwayError("INTERNAL_ASSERTION", `Cannot read "${text.slice(0, 80)}" as a sha256 digest`);
  }
  return text as Sha256;
}

export function isSha256(text: string): text is Sha256 {
  return hex64.test(text);
}

/** First 12 characters, for people. Never compared. */
export function shortDigest(digest: Sha256): string {
  return digest.slice(0, 12);
}

/**
 * One text for one value: object keys sorted by code unit, no white space, `undefined` members left out.
 * Two values that mean the same give the same digest, whatever wrote them (compare RFC 8785; numbers here
 * are integers only, so that no float formatting enters a digest).
 * @throws SlipwayError INTERNAL_ASSERTION for a number that is not a safe integer.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new SlipwayError("INTERNAL_ASSERTION", `Cannot digest the number ${value}: only whole numbers are allowed`);
  }
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(",")}}`;
  }
  return JSON.stringify(value ?? null);
}
