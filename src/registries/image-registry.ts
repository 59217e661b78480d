// ◆ What registries of images can do besides: files that are about an image, and images copied by digest from one registry to
// another. A part of registry.ts, which hands it on.
import type { Credential } from "../domain/credential.ts";
import type { Observation, Performed } from "../domain/run/effect.ts";
import type { Publication, Upload } from "./registry.ts";

/** A file that is about an image: a bill of materials, a signature, provenance. It is found through what it is about. */
export interface Attachment extends Publication {
  /** Digest of the manifest that it is about, in the same repository. */
  readonly subject: string;
  /** The very bytes of its own manifest, as JSON, whose digest is `registryDigest`; `sha256` is that of the file. */
  readonly text: string;
}

export interface ReadAttachments {
  /** present: it is there whole, and listed for whoever asks what is about its subject; absent also where it is not listed. */
  observe(attachment: Attachment, signal: AbortSignal): Promise<Observation>;
}

export interface Attachments extends ReadAttachments {
  /**
   * Puts it, and lists it where the registry does not do so itself: such a list is read and written again, so that only one
   * file may be attached to one image at a time. Harmless to repeat.
   * @param attachment with the absolute path of its frozen bytes
   */
  attach(attachment: Attachment & Pick<Upload, "file">, credential: Credential, signal: AbortSignal): Promise<Performed>;
}

/** A manifest by its digest, without its text. */
export interface ManifestNamed {
  readonly mediaType: string;
  readonly registryDigest: string;
  readonly sizeBytes: number;
}

/** The manifest of an image or of a list of images. */
export type ManifestHeld =
  | ({
      readonly kind: "held";
      /** As it came, and of that digest. */
      readonly text: string;
      /** The manifests that it joins; none for the image of one platform. */
      readonly parts: readonly ManifestNamed[];
    } & ManifestNamed)
  | { readonly kind: "absent" }
  | OtherBytes
  | { readonly kind: "unknown"; readonly why: string };

/** What is handed out is not what was asked for by its digest. To those who copy it is as good as unknown: it is never handed on. */
export interface OtherBytes {
  readonly kind: "unknown";
  readonly why: string;
  readonly otherBytes: true;
}

/** A registry of images as another one copies from it: by digest alone. */
export interface ImageSource {
  /** Where it is: repositories of one origin can take each other's blobs over without their bytes. */
  readonly origin: string;
  manifest(of: { readonly package: string; readonly registryDigest: string }, signal: AbortSignal): Promise<ManifestHeld>;
  /** Streams one blob to an absolute path, or nowhere without one; what arrives has the digest, or the outcome is unknown. */
  blob(
    of: { readonly package: string; readonly digest: string; readonly sizeBytes: number },
    file: string | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly kind: "fetched" } | { readonly kind: "absent" } | OtherBytes | { readonly kind: "unknown"; readonly why: string }>;
}

/** An image that is taken from another registry or repository. */
export interface CopiedImage extends Publication {
  readonly from: {
    readonly source: ImageSource;
    /** Name of the repository there. */
    readonly package: string;
  };
}
