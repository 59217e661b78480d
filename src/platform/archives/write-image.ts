// Writes the image of one platform as an oci-archive: an uncompressed tar of an image layout, the form in which images are
// artifacts. It has a `manifest.json` beside `index.json`, as `docker save` writes since version 25, because older programs
// look for nothing else; both lead to the same blobs. Source: OCI image-spec v1.1 `image-layout.md`.
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { sha256 } from "../../domain/digest.ts";
import { SlipwayError } from "../../domain/error.ts";
import { archiveIndexText, blobPath, dockerSaveText, imageConfigText, imageManifestText, layoutText } from "../../domain/oci/make-image.ts";
import { readManifest, type Descriptor } from "../../domain/oci/manifest.ts";
import { mediaTypes } from "../../domain/oci/media-types.ts";
import { imageDigest, type ImageDigest } from "../../domain/oci/names.ts";
import { platformText } from "../../domain/oci/platform.ts";
import type { ImageArchive, ImageMaking } from "../ports.ts";
import { readError, stored } from "../storage-error.ts";
import { writeLayer, type PackedLayer } from "./write-layer.ts";
import { memberBytesMax, tarEnd, tarHeader, tarPadding } from "./write-tar.ts";

/** A member of the archive, its bytes read when their turn comes. */
interface Part {
  readonly path: string;
  readonly sizeBytes: number;
  chunks(): AsyncIterable<Buffer> | Iterable<Buffer>;
}

export async function writeImage(making: ImageMaking): Promise<void> {
  const { base, platform, epochSeconds, settings, annotations, to } = making;
  if (base !== undefined) judgeBase(base, making);
  const layerFile = `${to}.layer`;
  try {
    const layer = await layerOf(making, layerFile);
    const below = base === undefined ? undefined : await baseOf(base);
    const config = Buffer.from(imageConfigText({ platform, epochSeconds, settings, diffId: layer?.diffId, base: below?.config }));
    const own = layer === undefined ? [] : [{ ...layer, mediaType: mediaTypes.layer }];
    const layers = [...(below?.layers ?? []), ...own];
    const manifest = Buffer.from(imageManifestText({ config: describe(config), layers, annotations }));
    const blobs = [
      blobOf(manifest),
      blobOf(config),
      ...(below?.layers ?? []).map((one) => (base === undefined ? [] : [archived(base, one)])).flat(),
      ...(layer === undefined ? [] : [fileBlob(layer, layerFile)]),
    ];
    const index = archiveIndexText({ ...describe(manifest), mediaType: mediaTypes.manifest });
    await writeTar(to, [...blobs, ...layoutParts(index, describe(config).digest, layers)], epochSeconds);
  } finally {
    await rm(layerFile, { force: true });
  }
}

export async function writeForDocker(image: ImageArchive, to: string): Promise<void> {
  const { config, layers } = manifestOf(image);
  const blobs = image.blobs.map((blob) => archived(image, blob));
  const manifest = Buffer.from(image.manifest.text);
  const index = archiveIndexText(image.manifest);
  await writeTar(to, [blobOf(manifest), ...blobs, ...layoutParts(index, config.digest, layers)], 0);
}

async function layerOf({ files, epochSeconds, base }: ImageMaking, to: string): Promise<PackedLayer | undefined> {
  // Left by an attempt that was interrupted.
  await rm(to, { force: true });
  return files.length === 0 ? undefined : await writeLayer({ files, epochSeconds, folders: base === undefined, to });
}

function judgeBase({ platform: found }: ImageArchive, { platform: wanted }: ImageMaking): void {
  if (found.os === wanted.os && found.architecture === wanted.architecture) return;
  throw new SlipwayError(
    "ARTIFACT_INVALID",
    `Cannot build upon the base image: it is for ${platformText(found)}, and should be for ${platformText(wanted)}`,
    { hint: "Name a base image of the same platform" },
  );
}

async function baseOf(base: ImageArchive): Promise<{ readonly config: string; readonly layers: readonly Descriptor[] }> {
  const { config, layers } = manifestOf(base);
  const elsewhere = layers.find((layer) => layer.elsewhere);
  if (elsewhere !== undefined) {
    throw new SlipwayError("ARTIFACT_INVALID", `Cannot build upon the base image: its layer "${elsewhere.digest}" is not in its file`);
  }
  const bytes: Buffer[] = [];
  for await (const chunk of base.bytesOf(config)) bytes.push(Buffer.from(chunk));
  return { config: Buffer.concat(bytes).toString("utf8"), layers };
}

function manifestOf(image: ImageArchive): { readonly config: Descriptor; readonly layers: readonly Descriptor[] } {
  const manifest = readManifest(image.manifest.text, image.manifest.mediaType);
  if (manifest.kind === "image") return manifest;
  throw new SlipwayError("ARTIFACT_INVALID", `Cannot write the image "${image.manifest.digest}": its manifest is not that of an image`);
}

function layoutParts(index: string, config: ImageDigest, layers: readonly Pick<Descriptor, "digest">[]): readonly Part[] {
  const saved = dockerSaveText(
    config,
    layers.map(({ digest }) => digest),
  );
  return [
    ["index.json", index],
    ["manifest.json", saved],
    ["oci-layout", layoutText],
  ].map(([path = "", text = ""]) => bytesPart(path, Buffer.from(text)));
}

function describe(bytes: Buffer): { readonly digest: ImageDigest; readonly sizeBytes: number } {
  return { digest: imageDigest(sha256(createHash("sha256").update(bytes).digest("hex"))), sizeBytes: bytes.byteLength };
}

function blobOf(bytes: Buffer): Part {
  return bytesPart(blobPath(describe(bytes).digest), bytes);
}

function bytesPart(path: string, bytes: Buffer): Part {
  return { path, sizeBytes: bytes.byteLength, chunks: () => [bytes] };
}

function archived(image: ImageArchive, { digest, sizeBytes, mediaType }: Pick<Descriptor, "digest" | "sizeBytes" | "mediaType">): Part {
  return { path: blobPath(digest), sizeBytes, chunks: () => image.bytesOf({ digest, sizeBytes, mediaType }) };
}

function fileBlob({ digest, sizeBytes }: PackedLayer, file: string): Part {
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of createReadStream(file)) yield chunk as Buffer;
    } catch (error) {
      throw readError(file, error);
    }
  }
  return { path: blobPath(digest), sizeBytes, chunks };
}

async function writeTar(to: string, parts: readonly Part[], epochSeconds: number): Promise<void> {
  // A layer may stand twice in a manifest, and its blob stands once.
  const unique = [...new Map(parts.map((part) => [part.path, part])).values()];
  const large = unique.find(({ sizeBytes }) => sizeBytes > memberBytesMax);
  if (large !== undefined) {
    const message = `Cannot write the image: "${large.path}" has ${large.sizeBytes} bytes, and ${memberBytesMax} is the most`;
    throw new SlipwayError("ARTIFACT_INVALID", message, { hint: "Make its layers smaller" });
  }
  const sorted = unique.toSorted((one, other) => (one.path < other.path ? -1 : 1));
  async function* tar(): AsyncGenerator<Buffer> {
    for (const folder of ["blobs/", "blobs/sha256/"]) {
      yield tarHeader({ path: folder, kind: "folder", sizeBytes: 0, executable: true }, epochSeconds);
    }
    for (const { path, sizeBytes, chunks } of sorted) {
      yield tarHeader({ path, kind: "file", sizeBytes, executable: false }, epochSeconds);
      // A piece is valid only until the next is asked for, and the stream may keep it longer.
      for await (const chunk of chunks()) yield Buffer.from(chunk);
      yield tarPadding(sizeBytes);
    }
    yield tarEnd();
  }
  await stored(`write "${to}"`, to, () => pipeline(tar, createWriteStream(to, { flags: "wx", flush: true })));
}
