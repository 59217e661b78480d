// Checks Sigstore bundles with Sigstore's own verifier, against a trusted root that the caller names: the certificate and its log,
// the signature, the entry of the transparency log. Loaded when something is checked. Who signed is for the caller to judge.
import type { JsonObject } from "../domain/configuration.ts";

export type BundleChecked =
  /** `signer`: the name in the certificate, a workflow for instance; `statement`: text of what was signed. */
  | { readonly kind: "holds"; readonly signer: string; readonly issuer: string | undefined; readonly statement: string }
  | { readonly kind: "broken"; readonly why: string };

/**
 * @param trustedRoot Sigstore's `trusted_root.json`, as text
 * @returns broken also where the root itself cannot be read
 */
export async function checkBundle(bundle: JsonObject, trustedRoot: string): Promise<BundleChecked> {
  const [{ bundleFromJSON }, { TrustedRoot }, { toSignedEntity, toTrustMaterial, Verifier }] = await Promise.all([
    import("@sigstore/bundle"),
    import("@sigstore/protobuf-specs"),
    import("@sigstore/verify"),
  ]);
  try {
    const trust = toTrustMaterial(TrustedRoot.fromJSON(JSON.parse(trustedRoot)));
    const verifier = new Verifier(trust, { tlogThreshold: 1, ctlogThreshold: 1 });
    const read = bundleFromJSON(bundle);
    const { identity } = verifier.verify(toSignedEntity(read));
    const signer = identity?.subjectAlternativeName;
    if (signer === undefined || signer === "") return { kind: "broken", why: "its certificate names nobody" };
    if (read.content.$case !== "dsseEnvelope") return { kind: "broken", why: "it holds no statement" };
    return {
      kind: "holds",
      signer,
      issuer: identity?.extensions?.issuer,
      statement: read.content.dsseEnvelope.payload.toString("utf8"),
    };
  } catch (cause) {
    return { kind: "broken", why: cause instanceof Error ? cause.message : String(cause) };
  }
}
