// ◆ The image of one platform on this machine, as registries and steps see it: an OCI image layout in an uncompressed tar
// ("oci-archive"), read where it stands by ranges of bytes and never unpacked. A part of ports.ts, which hands it on.
import type { ImageDigest } from "../domain/oci/names.ts";
import type { ImageSettings } from "../domain/oci/make-image.ts";
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

/** A regular file of an image. */
export interface ImageFile {
  /** Inside of the image, without a slash before it. */
  readonly path: string;
  /** Absolute path on this machine; a link is not followed. */
  readonly file: string;
  /** Absent: as the file is on this machine. */
  readonly executable?: boolean;
}

export interface ImageMaking {
  /** Absolute path; must not be there. */
  readonly to: string;
  readonly platform: ImagePlatform;
  /** Time of the image and of every file in it, seconds since 1970. */
  readonly epochSeconds: number;
  /** In any order, each path once: our one layer. At most 100,000 files of less than 8 GiB. */
  readonly files: readonly ImageFile[];
  readonly settings: ImageSettings;
  /** Of the manifest. */
  readonly annotations: Readonly<Record<string, string>>;
  /** What the layer is put on; absent: nothing. */
  readonly base?: ImageArchive;
}

/** Images on this machine, read and written. */
export interface ImageFiles extends ImageArchives {
  /**
   * Makes the image of one platform without running anything: the same parts give the same bytes.
   * @throws SlipwayError ARTIFACT_INVALID for what an image cannot hold, FILE_UNREADABLE, STORAGE_FAILED
   */
  writeImage(making: ImageMaking): Promise<void>;
  /**
   * The same image, blob by blob, in an archive that programs for `docker save` read as well.
   * @param to absolute path; must not be there
   * @throws as `writeImage`
   */
  writeForDocker(image: ImageArchive, to: string): Promise<void>;
}
