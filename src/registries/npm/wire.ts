// What the npm client and the rehearsal npm registry have in common: names and shapes that are written down in the
// registry's documentation, and nothing that interprets them, so that one misreading cannot pass its own test (DESIGN §3).
// Sources: npm registry API and package metadata documents; protocols §5.1, §11.4.
import type { JsonObject } from "../../domain/configuration.ts";

export const mediaTypes = {
  json: "application/json",
  /** What installers ask for: the document without what only people read. */
  abbreviated: "application/vnd.npm.install-v1+json",
  tarball: "application/octet-stream",
} as const;

export const wireHeaders = {
  /** Sent by Slipway's rehearsal registries, so that none is ever taken for a real one. */
  rehearsal: "x-slipway-rehearsal",
  /** On a 401: which further proof is asked for; holds `OTP` for a one-time password. */
  challenge: "www-authenticate",
  /** On a request: the one-time password of a person. */
  oneTimePassword: "npm-otp",
} as const;

/** Where a tarball lies, and its digests. */
export interface WireDist {
  readonly tarball?: string;
  /** One or more digests with blanks between them, each `algorithm-base64` (Subresource Integrity). */
  readonly integrity?: string;
  readonly shasum?: string;
  readonly unpackedSize?: number;
}

/** One version of a packument: its manifest with some members of the registry's own. */
export type WireVersion = JsonObject & { readonly dist?: WireDist };

/** What a registry says of one package. */
export interface WirePackument {
  readonly name: string;
  readonly "dist-tags": Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, WireVersion>>;
  /** Full form only: when each version came, and `created`, `modified`, `unpublished`. */
  readonly time?: JsonObject;
  /** Abbreviated form only. */
  readonly modified?: string;
}

/** Path of the movable names of a package. @param escaped name as one part of a path */
export function distTagsPath(escaped: string): string {
  return `-/package/${escaped}/dist-tags`;
}

/** Path of what is staged. @param rest what follows, or nothing for the list */
export function stagePath(rest: string): string {
  return rest === "" ? "-/stage" : `-/stage/${rest}`;
}

/** One staged version as the list of them tells. */
export interface WireStaged {
  readonly id: string;
  readonly packageName: string;
  readonly version: string;
  readonly tag: string;
  readonly createdAt: string;
  readonly shasum: string;
}

export const bytesPerMiB = 1024 * 1024;
