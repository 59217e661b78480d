// Our readers as the fuzzer asks them: what they read as rows that can be held against Python's, or what they found wrong.
import { createArchives } from "../../../src/platform/archives/archives.ts";
import { createImageArchives } from "../../../src/platform/archives/image-archive.ts";
import type { Archive, ImageArchive } from "../../../src/platform/ports.ts";
import type { Row } from "./oracle.ts";

export type Reading =
  | { readonly kind: "read"; readonly rows: readonly Row[] }
  | { readonly kind: "refused"; readonly faults: readonly string[] };

export type Reader = (file: string) => Promise<Reading>;

const archives = createArchives();
const images = createImageArchives();

export const readZip: Reader = async (file) => {
  const opened = await archives.openZip(file);
  return opened.kind === "unreadable" ? { kind: "refused", faults: [opened.why] } : readArchive(opened.archive);
};

export const readTarGz: Reader = async (file) => {
  const opened = await archives.openTarGz(file);
  return opened.kind === "unreadable" ? { kind: "refused", faults: [opened.why] } : readArchive(opened.archive);
};

async function readArchive(archive: Archive): Promise<Reading> {
  const digests = await archive.digests();
  for (const { path } of archive.members.slice(0, 4)) await archive.readText(path, 64 * 1024);
  const [last] = archive.members.slice(-1);
  if (last !== undefined) await archive.readRange(last.path, { offset: 1, sizeBytes: 16 });
  archive.stamps?.();
  if (archive.faults.length > 0) return { kind: "refused", faults: archive.faults };
  const rows = archive.members.map(({ path, kind, sizeBytes }): Row => {
    const digest = digests.get(path)?.sha256;
    return [path, kind, kind === "file" ? sizeBytes : 0, kind === "file" ? Buffer.from(digest ?? "", "base64url").toString("hex") : ""];
  });
  return { kind: "read", rows };
}

export const readImage: Reader = async (file) => {
  const opened = await images.openImage(file);
  if (opened.kind === "unreadable") return { kind: "refused", faults: [opened.why] };
  return { kind: "read", rows: inOrder(await imageRows(opened.image)) };
};

/** Rows of blobs by digest, behind what is said of the whole. */
export function inOrder(rows: readonly Row[]): readonly Row[] {
  return [...rows.slice(0, 2), ...rows.slice(2).toSorted(([, one], [, other]) => (one < other ? -1 : 1))];
}

async function imageRows(image: ImageArchive): Promise<readonly Row[]> {
  const { createHash } = await import("node:crypto");
  const rows: Row[] = [
    ["manifest", image.manifest.digest, image.manifest.sizeBytes, ""],
    ["platform", image.platform.os, 0, image.platform.architecture],
  ];
  for (const blob of image.blobs) {
    const hash = createHash("sha256");
    for await (const piece of image.bytesOf(blob)) hash.update(piece);
    rows.push(["blob", blob.digest, blob.sizeBytes, hash.digest("hex")]);
  }
  return rows;
}
