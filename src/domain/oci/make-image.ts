// What an image that Slipway makes by itself says: config, manifest and the index of its archive, as the very texts whose
// digests name it. Pure, and the same parts give the same texts. Sources: OCI image-spec v1.1 `config.md`, `manifest.md`,
// `image-layout.md`; protocols §6.5.
import { SlipwayError } from "../error.ts";
import { parseRecord, recordOf, textOf, textsOf, type JsonRecord } from "../json-record.ts";
import { mediaTypes } from "./media-types.ts";
import type { Descriptor } from "./manifest.ts";
import type { ImageDigest } from "./names.ts";
import type { ImagePlatform } from "./platform.ts";

/** What runs when a container is started, and what is told about the image. Absent: as in the base, or nothing. */
export interface ImageSettings {
  readonly entrypoint?: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly folder?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface ConfigParts {
  readonly platform: ImagePlatform;
  /** Time of the image, seconds since 1970. */
  readonly epochSeconds: number;
  readonly settings: ImageSettings;
  /** Digest of the uncompressed tar of our layer; undefined: the image adds no files. */
  readonly diffId: ImageDigest | undefined;
  /** Text of the config of the image underneath; undefined: from scratch. */
  readonly base: string | undefined;
}

/** @throws SlipwayError ARTIFACT_INVALID for a base whose config cannot be read */
export function imageConfigText(parts: ConfigParts): string {
  const { platform, settings, diffId } = parts;
  const created = timeText(parts.epochSeconds);
  const base = readBase(parts.base);
  const history = { created, created_by: "slipway build-image", ...(diffId === undefined ? { empty_layer: true } : {}) };
  return JSON.stringify({
    created,
    architecture: platform.architecture,
    os: platform.os,
    ...(platform.variant === undefined ? {} : { variant: platform.variant }),
    config: runningOf(base.running, settings),
    rootfs: { type: "layers", diff_ids: [...base.diffIds, ...(diffId === undefined ? [] : [diffId])] },
    history: [...base.history, history],
  });
}

interface Base {
  readonly running: JsonRecord;
  readonly diffIds: readonly unknown[];
  readonly history: readonly unknown[];
}

function readBase(text: string | undefined): Base {
  if (text === undefined) return { running: {}, diffIds: [], history: [] };
  const record = parseRecord(text);
  const diffIds = listOf(recordOf(record?.["rootfs"])?.["diff_ids"]);
  if (record === undefined || diffIds === undefined) {
    throw new SlipwayError("ARTIFACT_INVALID", "Cannot build upon the base image: its config does not list its layers");
  }
  return { running: recordOf(record["config"]) ?? {}, diffIds, history: listOf(record["history"]) ?? [] };
}

function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

/** The words of the config are those of Docker's API, which the specification took over. */
function runningOf(base: JsonRecord, settings: ImageSettings): JsonRecord {
  const { entrypoint, cmd, user, folder } = settings;
  const running: Record<string, unknown> = { ...base };
  if (entrypoint !== undefined) {
    running["Entrypoint"] = entrypoint;
    // Arguments were meant for the program that was there before.
    delete running["Cmd"];
  }
  if (cmd !== undefined) running["Cmd"] = cmd;
  if (user !== undefined) running["User"] = user;
  if (folder !== undefined) running["WorkingDir"] = folder;
  const env = joinEnv(listOf(base["Env"]) ?? [], settings.env ?? {});
  if (env.length > 0) running["Env"] = env;
  const labels = Object.entries({ ...textsOf(base["Labels"]), ...settings.labels }).toSorted(byName);
  if (labels.length > 0) running["Labels"] = Object.fromEntries(labels);
  return Object.fromEntries(Object.entries(running).toSorted(byName));
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** `NAME=value`, those of the base first; a name that is given again keeps its place. */
function joinEnv(base: readonly unknown[], own: Readonly<Record<string, string>>): readonly string[] {
  const pairs = base.flatMap((one) => textOf(one) ?? []).map((text) => [text.split("=", 1)[0] ?? "", text] as const);
  const given = Object.entries(own).map(([name, value]) => [name, `${name}=${value}`] as const);
  return [...new Map([...pairs, ...given]).values()];
}

export interface ManifestParts {
  readonly config: Pick<Descriptor, "digest" | "sizeBytes">;
  readonly layers: readonly Pick<Descriptor, "mediaType" | "digest" | "sizeBytes">[];
  readonly annotations: Readonly<Record<string, string>>;
}

export function imageManifestText({ config, layers, annotations }: ManifestParts): string {
  const named = Object.entries(annotations).toSorted(byName);
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: descriptorOf({ ...config, mediaType: mediaTypes.config }),
    layers: layers.map((layer) => descriptorOf({ ...layer, mediaType: ociLayerType(layer.mediaType) })),
    ...(named.length === 0 ? {} : { annotations: Object.fromEntries(named) }),
  });
}

/** `index.json` of an archive with one image. */
export function archiveIndexText(manifest: Pick<Descriptor, "digest" | "sizeBytes" | "mediaType">): string {
  return JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.index, manifests: [descriptorOf(manifest)] });
}

/** `manifest.json`, by which programs find an image that `docker save` wrote. Paths are those of the layout. */
export function dockerSaveText(config: ImageDigest, layers: readonly ImageDigest[]): string {
  return JSON.stringify([{ Config: blobPath(config), RepoTags: null, Layers: layers.map(blobPath) }]);
}

export const layoutText = '{"imageLayoutVersion":"1.0.0"}';

/** Where an image layout has a blob. */
export function blobPath(digest: ImageDigest): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** RFC 3339, in seconds. */
export function timeText(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().replace(".000Z", "Z");
}

function descriptorOf({ mediaType, digest, sizeBytes }: Pick<Descriptor, "mediaType" | "digest" | "sizeBytes">): object {
  return { mediaType, digest, size: sizeBytes };
}

/** A manifest of one kind names layers of that kind; the bytes are the same. */
function ociLayerType(mediaType: string): string {
  return mediaType === "application/vnd.docker.image.rootfs.diff.tar.gzip" ? mediaTypes.layer : mediaType;
}
