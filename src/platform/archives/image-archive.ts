// The image of one platform in an oci-archive: one pass lists the tar, digests every blob and holds it against its name;
// then the manifest is followed to its config and layers, all of which have to be there. Nothing is unpacked to disk.
// Source: OCI image-spec v1.1 `image-layout.md`; the form is what skopeo, buildah and crane write.
import { createHash, type Hash } from "node:crypto";
import { SlipwayError } from "../../domain/error.ts";
import { configBytesMax, readImageConfig } from "../../domain/oci/config.ts";
import { isLayout, isNestedIndex, soleImage } from "../../domain/oci/layout.ts";
import { manifestBytesMax, partsOf, readManifest, type Descriptor, type ImageManifest } from "../../domain/oci/manifest.ts";
import { hexOf, type ImageDigest } from "../../domain/oci/names.ts";
import type { ImageArchive, ImageBlob, ImageFiles, ImageOpened } from "../ports.ts";
import { readRange } from "../read-blocks.ts";
import { knowFile, withBytes, type ByteSource, type KnownFile } from "./byte-source.ts";
import { createFaults } from "./faults.ts";
import { addTreeFaults } from "./member-path.ts";
import { createTarWalk, type TarMember, type TarVisitor } from "./tar-walk.ts";

/** Opens images and writes them; what writes is loaded with the first that is written. */
export function createImageArchives(): ImageFiles {
  return {
    openImage: (file) => open(knowFile(file)),
    writeImage: async (making) => (await import("./write-image.ts")).writeImage(making),
    writeForDocker: async (image, to) => (await import("./write-image.ts")).writeForDocker(image, to),
  };
}

/** Where a member of the tar stands. */
interface Range {
  readonly at: number;
  readonly sizeBytes: number;
}

interface Listed {
  readonly sizeBytes: number;
  readonly files: ReadonlyMap<string, Range>;
  /** The first thing wrong with the tar or with a blob of it. */
  readonly fault: string | undefined;
}

async function open(known: KnownFile): Promise<ImageOpened> {
  const listed = await withBytes(known, list);
  if (listed.fault !== undefined) return unreadable(listed.fault);
  return await withBytes(known, (source) => follow(source, { known, listed }));
}

/** One pass over all bytes. */
async function list(source: ByteSource): Promise<Listed> {
  const faults = createFaults();
  const members: TarMember[] = [];
  const wrong: string[] = [];
  const tar = createTarWalk(visitorOf(members, wrong), faults);
  for await (const chunk of source.chunks(0, source.sizeBytes)) if (!tar.take(chunk)) break;
  tar.end();
  addTreeFaults(members, faults);
  const foreign = members.find((member) => member.kind !== "file" && member.kind !== "folder");
  const fault = faults.list[0] ?? wrong[0] ?? (foreign === undefined ? undefined : `Holds "${foreign.path}", which is no plain file`);
  const files = members.filter((member) => member.kind === "file");
  return {
    sizeBytes: source.sizeBytes,
    files: new Map(files.map(({ path, dataAt, sizeBytes }) => [path, { at: dataAt, sizeBytes }])),
    fault,
  };
}

const blobPath = /^blobs\/sha256\/(.*)$/;

/** Digests each blob as it passes. @param wrong gets those that are not what their name says */
function visitorOf(members: TarMember[], wrong: string[]): TarVisitor {
  let blob: { readonly hash: Hash; readonly name: string; left: number } | undefined;
  const judge = (): void => {
    if (blob === undefined || blob.left > 0) return;
    const found = blob.hash.digest("hex");
    if (found !== blob.name) wrong.push(`Holds a blob "sha256:${blob.name.slice(0, 80)}" whose bytes have sha256 ${found}`);
    blob = undefined;
  };
  return {
    member(member) {
      members.push(member);
      const name = blobPath.exec(member.path)?.[1];
      blob = member.kind === "file" && name !== undefined ? { hash: createHash("sha256"), name, left: member.sizeBytes } : undefined;
      judge();
    },
    data(bytes) {
      if (blob === undefined) return;
      blob.hash.update(bytes);
      blob.left -= bytes.length;
      judge();
    },
  };
}

interface Reading {
  readonly known: KnownFile;
  readonly listed: Listed;
}

/** From `index.json` to the manifest of the image, to its config and layers. */
async function follow(source: ByteSource, reading: Reading): Promise<ImageOpened> {
  const { files } = reading.listed;
  const layout = await readText(source, files.get("oci-layout"), configBytesMax);
  if (layout === undefined || !isLayout(layout)) return unreadable('Is no OCI image layout: it has no "oci-layout" of version 1.0.0');
  const index = await readText(source, files.get("index.json"), manifestBytesMax);
  if (index === undefined) return unreadable('Is no OCI image layout: it has no "index.json" that can be read');
  let led = soleImage(index, "index.json");
  if (led.kind === "descriptor" && isNestedIndex(led.descriptor)) {
    const nested = await readBlob(source, reading.listed, led.descriptor);
    led = nested.kind === "text" ? soleImage(nested.text, led.descriptor.digest) : nested;
  }
  if (led.kind === "invalid") return unreadable(`Cannot be followed: ${led.why}`);
  const read = await readBlob(source, reading.listed, led.descriptor);
  if (read.kind === "invalid") return unreadable(`Cannot be followed: ${read.why}`);
  const manifest = readManifest(read.text, led.descriptor.mediaType);
  if (manifest.kind === "invalid") return unreadable(`Has a manifest "${led.descriptor.digest}" that ${manifest.why}`);
  if (manifest.kind === "index") return unreadable("Has an index inside an index, and no image");
  return await openImage(source, reading, { manifest, descriptor: led.descriptor, text: read.text });
}

async function openImage(
  source: ByteSource,
  reading: Reading,
  found: { readonly manifest: ImageManifest; readonly descriptor: Descriptor; readonly text: string },
): Promise<ImageOpened> {
  const { manifest, descriptor, text } = found;
  const blobs = partsOf(manifest);
  for (const blob of blobs) {
    const fault = blobFault(reading.listed, blob);
    if (fault !== undefined) return unreadable(`Is not whole: ${fault}`);
  }
  const config = await readBlob(source, reading.listed, manifest.config);
  const told = config.kind === "text" ? readImageConfig(config.text) : undefined;
  if (told?.platform === undefined) return unreadable(`Has a config "${manifest.config.digest}" that names no platform`);
  return {
    kind: "opened",
    image: {
      sizeBytes: reading.listed.sizeBytes,
      manifest: { ...blobOf(descriptor), mediaType: manifest.mediaType, text, annotations: manifest.annotations },
      platform: told.platform,
      labels: told.labels,
      blobs: blobs.map(blobOf),
      bytesOf: (blob) => bytesOf(reading, blob.digest),
    },
  };
}

function blobOf({ mediaType, digest, sizeBytes }: Descriptor): ImageBlob {
  return { mediaType, digest, sizeBytes };
}

function bytesOf({ known, listed }: Reading, digest: ImageDigest): ReturnType<ImageArchive["bytesOf"]> {
  const range = rangeOf(listed, digest);
  if (range === undefined) throw new SlipwayError("ARTIFACT_INVALID", `Cannot read "${digest}" from "${known.file}": it has no such blob`);
  return readRange(known.file, range);
}

function rangeOf(listed: Listed, digest: ImageDigest): Range | undefined {
  return listed.files.get(`blobs/sha256/${hexOf(digest)}`);
}

/** What is wrong with a blob that a manifest names; its bytes were held against its name already. */
function blobFault(listed: Listed, { digest, sizeBytes }: Descriptor): string | undefined {
  const range = rangeOf(listed, digest);
  if (range === undefined) return `"${digest}" is not there`;
  if (range.sizeBytes === sizeBytes) return undefined;
  return `"${digest}" has ${range.sizeBytes} bytes, but its descriptor says ${sizeBytes}`;
}

type BlobText = { readonly kind: "text"; readonly text: string } | { readonly kind: "invalid"; readonly why: string };

async function readBlob(source: ByteSource, listed: Listed, descriptor: Descriptor): Promise<BlobText> {
  const fault = blobFault(listed, descriptor);
  if (fault !== undefined) return { kind: "invalid", why: fault };
  const text = await readText(source, rangeOf(listed, descriptor.digest), manifestBytesMax);
  return text === undefined ? { kind: "invalid", why: `"${descriptor.digest}" is no text, or too long` } : { kind: "text", text };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

async function readText(source: ByteSource, range: Range | undefined, limitBytes: number): Promise<string | undefined> {
  if (range === undefined || range.sizeBytes > limitBytes) return undefined;
  const bytes = await source.read(range.at, range.sizeBytes);
  try {
    return bytes === undefined ? undefined : utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

function unreadable(why: string): ImageOpened {
  return { kind: "unreadable", why };
}
