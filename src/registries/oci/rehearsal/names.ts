// What the rehearsal registry takes for a repository, a tag and a digest: read for itself from the specification, and not
// from the client's rules, so that one misreading cannot pass its own test. Source: distribution-spec v1.1 "Pulling manifests".

const part = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;

export function isRepository(text: string): boolean {
  return text.length <= 255 && text.split("/").every((one) => part.test(one));
}

export function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}

export type Algorithm = "sha256" | "sha512";

export interface Digest {
  readonly algorithm: Algorithm;
  readonly hex: string;
  /** As it was written. */
  readonly text: string;
}

/** @returns undefined for what is no digest of a registered algorithm */
export function readDigest(text: string): Digest | undefined {
  const [algorithm = "", hex = "", ...more] = text.split(":");
  if (more.length > 0) return undefined;
  if (algorithm === "sha256" && /^[0-9a-f]{64}$/.test(hex)) return { algorithm, hex, text };
  if (algorithm === "sha512" && /^[0-9a-f]{128}$/.test(hex)) return { algorithm, hex, text };
  return undefined;
}
