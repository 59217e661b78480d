// ◆ The image of one platform on this machine, as registries and steps see it: an OCI image layout in an uncompressed tar
// ("oci-archive"), read where it stands by ranges of bytes and never unpacked. A part of ports.ts, which hands it on.
import type { ImageDigest } from "../domain/oci/names.ts";
import type { ImagePlatform } from "../domain/oci/platform.ts";

/** Config or layer of an image: a range of its file. */
export interface ImageBlob {
  readonly mediaType: string;
  readonly digest: ImageDigest;
  readonly sizeBytes: number;
}

/** An image whose manifest, config and layers are all there, each with the bytes that its digest says. */
export interface ImageArchive {
  /** Of the whole file. Its digest is not told: what counts is named by the manifest, and held against that. */
  readonly sizeBytes: number;
  /** The manifest with its very text. */
  readonly manifest: ImageBlob & { readonly text: string; readonly annotations: Readonly<Record<string, string>> };
  readonly platform: ImagePlatform;
  readonly labels: Readonly<Record<string, string>>;
  /** Config and layers, each once, in the order of the manifest. */
  readonly blobs: readonly ImageBlob[];
  /**
   * The bytes of one of `blobs`, read again from the file; a piece is valid until the next one is asked for.
   * @throws SlipwayError ARTIFACT_INVALID when the file is not the one that it was
   */
  bytesOf(blob: ImageBlob): AsyncIterable<Buffer>;
}

export type ImageOpened =
  | { readonly kind: "opened"; readonly image: ImageArchive }
  /** `why` follows the name of the file. */
  | { readonly kind: "unreadable"; readonly why: string };

export interface ImageArchives {
  /** Reads the file once, from its first byte to its last. @throws what the file system says when it cannot be read */
  openImage(file: string): Promise<ImageOpened>;
}
