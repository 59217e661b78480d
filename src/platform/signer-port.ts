// ◆ Signing statements with the identity of the run: what a step asks for, and signer.ts does.
import type { GithubJob } from "../domain/attestation/npm-provenance.ts";
import type { Sealing } from "../domain/attestation/record-statement.ts";
import type { Seal } from "../domain/attestation/seal.ts";
import type { JsonObject } from "../domain/configuration.ts";

/** Where statements are signed and logged. The log is public for ever, where it is the real one. */
export interface SigningPlace {
  /** Authority that exchanges an identity for a certificate of minutes (Fulcio), without a slash at the end. */
  readonly certificates: string;
  /** Transparency log of version 1 (Rekor), without a slash at the end. */
  readonly log: string;
  /** Server of signed times (RFC 3161), without a slash at the end. Absent: the log's promise is the only time. */
  readonly timestamps?: string | undefined;
}

export type Signed =
  | { readonly kind: "signed"; readonly bundle: JsonObject }
  /** Nobody vouches for this run. */
  | { readonly kind: "no-identity"; readonly why: string }
  /** Somebody did not answer, or not as expected. What was logged stays logged, and asking again logs another entry. */
  | { readonly kind: "failed"; readonly why: string };

/** Who builds, for provenance. */
export interface Builder {
  /** `https://host/owner/name` of the source. */
  readonly repository: string;
  /** A CI's workflow with its ref, or Slipway on a machine of somebody's, as URI. */
  readonly builder: string;
  /** The run of the CI, or of Slipway. */
  readonly invocation: string;
  /** Version of Slipway. */
  readonly slipway: string;
  /** Absent: the run is no job of GitHub, or a rehearsal. */
  readonly job?: GithubJob;
}

export interface Signer {
  /** @param text of an in-toto statement; its bytes are what is signed */
  sign(text: string, signal: AbortSignal): Promise<Signed>;
}

/** Signs records: with the identity of CI, else with a person's key, else not at all, which the seal then says. */
export interface Sealer {
  seal(sealing: Sealing): Promise<Seal>;
}
