// Manifests: what a digest of an image leads to, read from the very text, with limits. A manifest is one image (config and
// layers) or an index of several. Sources: OCI image-spec v1.1 `manifest.md`, `image-index.md`, `descriptor.md`.
import { parseRecord, recordOf, textOf, textsOf, type JsonRecord } from "../json-record.ts";
import { isIndexType, manifestTypes, mediaTypes } from "./media-types.ts";
import { readImageDigest, type ImageDigest } from "./names.ts";
import { readImagePlatform, type ImagePlatform } from "./platform.ts";

/** Registries take 4 MiB at least and many no more (distribution-spec, "Pushing manifests"). */
export const manifestBytesMax = 4 * 1024 * 1024;
/** More layers than any builder makes or any kernel mounts. */
const layersMax = 1_000;
const partsMax = 1_000;

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: ImageDigest;
  readonly sizeBytes: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  /** In an index: what the image is for. */
  readonly platform?: ImagePlatform;
  /** The bytes are elsewhere and need not be at the registry ("non-distributable" layers). */
  readonly elsewhere: boolean;
}

export interface ImageManifest {
  readonly kind: "image";
  readonly mediaType: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface IndexManifest {
  readonly kind: "index";
  readonly mediaType: string;
  readonly manifests: readonly Descriptor[];
  readonly annotations: Readonly<Record<string, string>>;
}

export type Manifest = ImageManifest | IndexManifest;

export type ReadManifest = Manifest | { readonly kind: "invalid"; readonly why: string };

/**
 * Reads a manifest.
 * @param told media type by which it was handed over; what the text says of itself must be the same. One that is none of an
 *   image, such as that of plain JSON, says nothing
 */
export function readManifest(text: string, told?: string): ReadManifest {
  if (text.length > manifestBytesMax) return invalid(`is longer than ${manifestBytesMax} bytes`);
  const record = parseRecord(text);
  if (record === undefined) return invalid("is no JSON object");
  if (record["schemaVersion"] !== 2) return invalid("is not of schema version 2");
  const known = told !== undefined && manifestTypes.includes(told) ? told : undefined;
  const mediaType = textOf(record["mediaType"]) ?? known ?? guessed(record);
  if (!manifestTypes.includes(mediaType)) return invalid(`has the media type "${mediaType.slice(0, 100)}", which is none of an image`);
  if (known !== undefined && known !== mediaType) {
    return invalid(`says that it is "${mediaType}", but was handed over as "${known}"`);
  }
  return isIndexType(mediaType) ? readIndex(record, mediaType) : readImage(record, mediaType);
}

/** An OCI manifest need not name its own type; its members tell which it is, and one that has both is neither. */
function guessed(record: JsonRecord): string {
  const [image, index] = ["config" in record || "layers" in record, "manifests" in record];
  if (image === index) return "";
  return image ? mediaTypes.manifest : mediaTypes.index;
}

function readImage(record: JsonRecord, mediaType: string): ReadManifest {
  if ("manifests" in record) return invalid("is an image and an index at once");
  const config = readDescriptor(record["config"]);
  if (typeof config === "string") return invalid(`has a config that ${config}`);
  const layers = readDescriptors(record["layers"], layersMax);
  if (typeof layers === "string") return invalid(`has layers that cannot be read: ${layers}`);
  return { kind: "image", mediaType, config, layers, annotations: textsOf(record["annotations"]) };
}

function readIndex(record: JsonRecord, mediaType: string): ReadManifest {
  if ("config" in record || "layers" in record) return invalid("is an image and an index at once");
  const manifests = readDescriptors(record["manifests"], partsMax);
  if (typeof manifests === "string") return invalid(`has manifests that cannot be read: ${manifests}`);
  return { kind: "index", mediaType, manifests, annotations: textsOf(record["annotations"]) };
}

function readDescriptors(value: unknown, countMax: number): readonly Descriptor[] | string {
  if (!Array.isArray(value)) return "there is no list of them";
  if (value.length > countMax) return `there are ${value.length}, more than ${countMax}`;
  const read: Descriptor[] = [];
  for (const [at, one] of (value as readonly unknown[]).entries()) {
    const descriptor = readDescriptor(one);
    if (typeof descriptor === "string") return `number ${at + 1} ${descriptor}`;
    read.push(descriptor);
  }
  return read;
}

/** @returns the fault, to follow a name, in place of a descriptor */
function readDescriptor(value: unknown): Descriptor | string {
  const record = recordOf(value);
  if (record === undefined) return "is no descriptor";
  const mediaType = textOf(record["mediaType"]) ?? "";
  if (!/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(mediaType)) return "has no media type";
  const digest = readImageDigest(textOf(record["digest"]) ?? "");
  if (digest === undefined) return "has no sha256 digest";
  const sizeBytes = record["size"];
  if (typeof sizeBytes !== "number" || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0) return "has no size";
  const platform = readImagePlatform(recordOf(record["platform"]) ?? {});
  const artifactType = textOf(record["artifactType"]);
  return {
    mediaType,
    digest,
    sizeBytes,
    annotations: textsOf(record["annotations"]),
    elsewhere: /\.(?:nondistributable|foreign)\./.test(mediaType),
    ...(platform === undefined ? {} : { platform }),
    ...(artifactType === undefined ? {} : { artifactType }),
  };
}

/** Everything that has to be at the registry before a manifest is whole, each digest once. */
export function partsOf(manifest: Manifest): readonly Descriptor[] {
  const all = manifest.kind === "index" ? manifest.manifests : [manifest.config, ...manifest.layers];
  const first = new Map(all.toReversed().map((one) => [one.digest, one]));
  return [...first.values()].toReversed().filter((one) => !one.elsewhere);
}

function invalid(why: string): ReadManifest {
  return { kind: "invalid", why };
}
