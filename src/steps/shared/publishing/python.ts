// Core metadata out of frozen bytes: METADATA of a wheel, PKG-INFO of an sdist. The upload form repeats it, and the
// server stores the form's (protocols §1.1), so it is taken from the very file that is sent.
import type { JsonObject } from "../../domain/configuration.ts";
import { parseCoreMetadata } from "../../domain/pypi/core-metadata.ts";
import type { ArchiveText } from "../../platform/ports.ts";
import type { ReadPorts } from "../step.ts";
import type { PublishedFile } from "./published-file.ts";

/** Largest METADATA that is read, in bytes: the server's whole form is smaller. */
export const metadataBytesMax = 8 * 1024 * 1024;

export type MetadataRead = { readonly kind: "read"; readonly metadata: JsonObject } | { readonly kind: "unreadable"; readonly why: string };

/** @returns headers in their order and the description, as the registry's form wants them. */
export async function readMetadata(file: PublishedFile, ports: ReadPorts): Promise<MetadataRead> {
  const path = ports.artifactFile(file.artifact);
  const { name, kind } = file.artifact;
  const opened = kind === "wheel" ? await ports.archives.openZip(path) : await ports.archives.openTarGz(path);
  if (opened.kind === "unreadable") return unreadable(name, opened.why);
  const member = kind === "wheel" ? metadataOfWheel(name) : `${name.replace(/\.tar\.gz$/, "")}/PKG-INFO`;
  const read: ArchiveText = await opened.archive.readText(member, metadataBytesMax);
  if (read.kind !== "text") return unreadable(name, `its "${member}" is ${read.kind}`);
  const { headers, description } = parseCoreMetadata(read.text);
  return { kind: "read", metadata: { headers: headers.map((pair) => [...pair]), ...(description === undefined ? {} : { description }) } };
}

/** `.dist-info` is spelt as in the file name (protocols §1.4). */
function metadataOfWheel(name: string): string {
  const [distribution, version] = name.split("-");
  return `${distribution}-${version}.dist-info/METADATA`;
}

function unreadable(name: string, why: string): MetadataRead {
  return { kind: "unreadable", why: `the metadata of "${name}" cannot be read: ${why}` };
}
