// What the rehearsal registry asks of a manifest before it takes it, read for itself from the specification. Pure.
// Sources: distribution-spec v1.1 "Pushing manifests"; image-spec v1.1 `manifest.md`, `image-index.md`.
import type { WireErrorCode } from "../wire.ts";
import { readDigest } from "./names.ts";
import type { Repository } from "./state.ts";

const imageTypes = new Set(["application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"]);
const indexTypes = new Set(["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"]);

export interface ReadManifest {
  readonly mediaType: string;
  /** Digests that have to be there as blobs. */
  readonly blobs: readonly string[];
  /** Digests that have to be there as manifests. */
  readonly manifests: readonly string[];
  readonly subject?: string;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

export interface Fault {
  readonly status: number;
  readonly code: WireErrorCode;
  readonly message: string;
}

type Members = Readonly<Record<string, unknown>>;

/** @param contentType as the request says, without parameters */
export function readManifest(body: Buffer, contentType: string): ReadManifest | Fault {
  const manifest = membersOf(parse(body));
  if (manifest === undefined) return invalid("manifest is no JSON object");
  const written = manifest["mediaType"];
  if (written !== undefined && written !== contentType) {
    return invalid(`manifest has mediaType ${JSON.stringify(written)} but was sent as "${contentType}"`);
  }
  if (!imageTypes.has(contentType) && !indexTypes.has(contentType)) return invalid(`unknown media type "${contentType}"`);
  if (manifest["schemaVersion"] !== 2) return invalid("schemaVersion is not 2");
  const isIndex = indexTypes.has(contentType);
  const parts = isIndex ? manifest["manifests"] : manifest["layers"];
  if (!Array.isArray(parts)) return invalid(isIndex ? "manifests is no list" : "layers is no list");
  const all = [...(isIndex ? [] : [manifest["config"]]), ...(parts as readonly unknown[])].map(membersOf);
  if (all.some((one) => one === undefined || digestOf(one) === undefined)) return invalid("a descriptor has no digest");
  const needed = all.flatMap((one) => (one === undefined || isElsewhere(one) ? [] : (digestOf(one) ?? [])));
  const subject = digestOf(membersOf(manifest["subject"]));
  const artifactType = artifactTypeOf(manifest, isIndex);
  const annotations = membersOf(manifest["annotations"]);
  return {
    mediaType: contentType,
    blobs: isIndex ? [] : needed,
    manifests: isIndex ? needed : [],
    ...(subject === undefined ? {} : { subject }),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** What a manifest names and the repository does not hold. */
export function missingOf(manifest: ReadManifest, repository: Repository): Fault | undefined {
  const missing =
    manifest.blobs.find((digest) => repository.blobs[digest] === undefined) ??
    manifest.manifests.find((digest) => repository.manifests[digest] === undefined);
  if (missing === undefined) return undefined;
  return { status: 404, code: "MANIFEST_BLOB_UNKNOWN", message: `manifest references a manifest or blob unknown to registry: ${missing}` };
}

function invalid(message: string): Fault {
  return { status: 400, code: "MANIFEST_INVALID", message };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}

function membersOf(value: unknown): Members | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : undefined;
}

function digestOf(descriptor: Members | undefined): string | undefined {
  const digest = descriptor?.["digest"];
  return typeof digest === "string" && readDigest(digest) !== undefined ? digest : undefined;
}

/** Non-distributable layers may stay where their addresses say. */
function isElsewhere(descriptor: Members): boolean {
  const type = descriptor["mediaType"];
  return typeof type === "string" && (type.includes(".nondistributable.") || type.includes(".foreign."));
}

function artifactTypeOf(manifest: Members, isIndex: boolean): string | undefined {
  const own = manifest["artifactType"];
  if (typeof own === "string" && own !== "") return own;
  const config = isIndex ? undefined : membersOf(manifest["config"])?.["mediaType"];
  return typeof config === "string" ? config : undefined;
}
