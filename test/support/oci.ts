// A rehearsal image registry and our client for tests, and small images in oci-archives as builders would write them: started
// in a folder of the test's own, with the real clock, closed at its end.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { sha256 } from "../../src/domain/digest.ts";
import { attachmentText } from "../../src/domain/oci/attachment.ts";
import { imageIndexText } from "../../src/domain/oci/image-index.ts";
import { readImageDigest, type ImageDigest } from "../../src/domain/oci/names.ts";
import { createImageArchives } from "../../src/platform/archives/image-archive.ts";
import { openHttp, type HttpOptions } from "../../src/platform/http.ts";
import { ociRegistry, type OciOptions } from "../../src/registries/oci/client.ts";
import { startRehearsalOci, type RehearsalOci, type RehearsalOciOptions } from "../../src/registries/oci/rehearsal/server.ts";
import type { Attachment, Channel, ImageIndex, Registry, Upload } from "../../src/registries/registry.ts";
import { realClock } from "./pypi.ts";
import { rawTar } from "./raw-tar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Starts a rehearsal registry for `ours`; a folder may be given to open one again. */
export async function startOci(
  t: Pick<TestContext, "after">,
  options: Partial<RehearsalOciOptions> & { readonly ours: readonly string[] },
): Promise<RehearsalOci> {
  const storeFolder = options.storeFolder ?? join(temporaryFolder(t), "registry");
  const server = await startRehearsalOci({ clock: realClock, ...options, storeFolder });
  t.after(() => server.close());
  return server;
}

export type OciClientOptions = Partial<OciOptions> & Partial<Pick<HttpOptions, "timeouts">>;

/** Our client, pointed at some registry. Time-outs are short: everything is on this machine. */
export function ociClientOf({ url }: { readonly url: string }, options: OciClientOptions = {}): Registry {
  const { timeouts = { connectMs: 2_000, answerMs: 5_000, wholeMs: 10_000 }, ...own } = options;
  return ociRegistry({
    name: "images",
    registryUrl: url,
    world: "rehearsal",
    settleMs: 250,
    clock: realClock,
    http: openHttp({ userAgent: "slipway/0.0.0-test", timeouts, env: {} }),
    images: createImageArchives(),
    ...own,
  });
}

export interface ImageOf {
  /** Name of the repository. Default `slip/demo`. */
  readonly package?: string;
  readonly version: string;
  readonly architecture?: string;
  /** Bytes of each layer. Default one small one. */
  readonly layers?: readonly (string | Uint8Array)[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface MadeImage {
  readonly tar: Buffer;
  readonly digest: ImageDigest;
  readonly manifest: Buffer;
  /** By `sha256:…`: manifest, config and layers. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

export function digestOf(bytes: string | Uint8Array): ImageDigest {
  const digest = readImageDigest(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
  if (digest === undefined) throw new Error("not reached");
  return digest;
}

/** An image of one platform: config, layers, manifest, and the tar that holds them. */
export function makeImage(of: ImageOf): MadeImage {
  const layers = (of.layers ?? [`layer of ${of.version}`]).map((layer) => Buffer.from(layer));
  const config = Buffer.from(
    JSON.stringify({
      architecture: of.architecture ?? "amd64",
      os: "linux",
      config: { Labels: of.labels ?? {} },
      rootfs: { type: "layers", diff_ids: layers.map(digestOf) },
    }),
  );
  const descriptor = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: descriptor("application/vnd.oci.image.config.v1+json", config),
      layers: layers.map((layer) => descriptor("application/vnd.oci.image.layer.v1.tar", layer)),
      ...(of.annotations === undefined ? {} : { annotations: of.annotations }),
    }),
  );
  const blobs = new Map([manifest, config, ...layers].map((bytes) => [digestOf(bytes), bytes] as const));
  const index = { schemaVersion: 2, manifests: [descriptor("application/vnd.oci.image.manifest.v1+json", manifest)] };
  return { tar: layoutTar(index, blobs), digest: digestOf(manifest), manifest, blobs };
}

/** An oci-archive with this `index.json` and these blobs. */
export function layoutTar(index: unknown, blobs: ReadonlyMap<string, Uint8Array>): Buffer {
  return rawTar([
    { path: "blobs/", type: "5" },
    { path: "blobs/sha256/", type: "5" },
    ...[...blobs].map(([digest, content]) => ({ path: `blobs/sha256/${digest.slice("sha256:".length)}`, content })),
    { path: "index.json", content: JSON.stringify(index) },
    { path: "oci-layout", content: '{"imageLayoutVersion":"1.0.0"}' },
  ]);
}

/** Writes the image's tar and says what an upload of it is. */
export function imageUpload(folder: string, of: ImageOf): Upload {
  const made = makeImage(of);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${made.digest.slice(7, 19)}.oci.tar`);
  writeFileSync(file, made.tar);
  return {
    package: of.package ?? "slip/demo",
    version: of.version,
    name: made.digest,
    sha256: sha256(digestOf(made.tar).slice("sha256:".length)),
    sizeBytes: made.tar.length,
    registryDigest: made.digest,
    file,
    metadata: {},
  };
}

/** The index of images that were made for several processors. */
export function indexOf(
  images: readonly { readonly of: ImageOf; readonly made: MadeImage }[],
  annotations: Readonly<Record<string, string>> = {},
): ImageIndex {
  const text = imageIndexText(
    images.map(({ of, made }) => ({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: made.digest,
      sizeBytes: made.manifest.length,
      platform: { os: "linux", architecture: of.architecture ?? "amd64" },
    })),
    annotations,
  );
  const digest = digestOf(text);
  const [first] = images;
  return {
    package: first?.of.package ?? "slip/demo",
    version: first?.of.version ?? "",
    name: digest,
    sha256: sha256(digest.slice("sha256:".length)),
    sizeBytes: Buffer.byteLength(text),
    registryDigest: digest,
    text,
  };
}

/** The channel of the given name that is to lead to an image. */
export function channelTo(upload: Pick<Upload, "package" | "version"> & { readonly registryDigest?: string }, name: string): Channel {
  const { package: packageName, version, registryDigest } = upload;
  return { package: packageName, version, name, ...(registryDigest === undefined ? {} : { registryDigest }) };
}

/** A bill of materials about an image, with its frozen bytes on disk. */
export function attachmentTo(
  folder: string,
  about: Pick<Upload, "package" | "version" | "registryDigest">,
  content = '{"bomFormat":"CycloneDX"}',
): Attachment & Pick<Upload, "file"> {
  const subject = readImageDigest(about.registryDigest ?? "");
  if (subject === undefined) throw new Error("not reached");
  const mediaType = "application/vnd.cyclonedx+json";
  const name = "demo.cdx.json";
  const sizeBytes = Buffer.byteLength(content);
  const text = attachmentText(
    { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: subject, sizeBytes: 500 },
    { name, mediaType, digest: digestOf(content), sizeBytes },
    mediaType,
  );
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${digestOf(content).slice(7, 19)}.json`);
  writeFileSync(file, content);
  const { package: packageName, version } = about;
  const of = { package: packageName, version, name, subject, text, file, sizeBytes, registryDigest: digestOf(text) };
  return { ...of, sha256: sha256(digestOf(content).slice("sha256:".length)) };
}
