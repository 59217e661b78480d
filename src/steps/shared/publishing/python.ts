// Python distributions at an index: in which order they go, and the core metadata that the upload form repeats.
//
// One file, the pilot, goes first and alone: a registry that refuses it has refused the release with nothing public, or
// with one file at most. The pilot is a wheel, because the first file of a version fixes its metadata (protocols §1.1)
// and a wheel's METADATA has no dynamic fields; a wheel for any platform before one for some, because alone it already
// serves everybody; then the smallest, because it is refused the soonest. An sdist goes last of its package: while it
// stands alone, or before the wheel somebody needs, installers would build from it.
import type { Artifact } from "../../../domain/artifact.ts";
import { attestationName } from "../../../domain/attestation/names.ts";
import { parseCoreMetadata } from "../../../domain/pypi/core-metadata.ts";
import { parseWheelFileName, sdistFileName } from "../../../domain/pypi/names.ts";
import type { ArchiveText } from "../../../platform/ports.ts";
import type { ReadPorts } from "../../step.ts";
import type { Listed, Listing, MetadataRead, Publishing } from "./ecosystem.ts";
import type { PublishedFile } from "./published-file.ts";

export const publishingPython: Publishing = {
  // PyPI takes the same bytes twice without storing them again (protocols §1.2, row 10); others answer that they are
  // there, which the look after it understands.
  again: "harmless",
  fileName: sdistFileName,
  list: async (listing) => inOrder(listing),
  readMetadata: (file, { ports }) => readMetadata(file, ports),
  // How the login really was decides: a fallback token, or the first one, may have come in the place of the identity.
  besideToken: ({ attestations: _notBelieved, ...metadata }) => metadata,
};

function inOrder({ packages, artifacts, frozen, registry }: Listing): readonly Listed[] {
  // Indexes believe an attestation from whoever logs in as the identity that signed it, and refuse one beside a stored token.
  const isTrusted = registry.credentials.kind === "trusted-publishing";
  const files = artifacts.flatMap((artifact) => {
    const one = packages.find((candidate) => candidate.id === artifact.package);
    const attestations = frozen.artifacts.filter(
      (own) => isTrusted && own.kind === "attestation" && own.name === attestationName(artifact.name),
    );
    return one === undefined ? [] : [{ artifact, package: one, name: one.name, attestations }];
  });
  const sorted = files.toSorted(({ artifact: a }, { artifact: b }) => {
    const byKind = rank(a) - rank(b);
    return byKind !== 0 ? byKind : a.sizeBytes - b.sizeBytes || (a.name < b.name ? -1 : 1);
  });
  return sorted.map((file) => {
    const wheels = sorted.filter(({ artifact }) => artifact.kind === "wheel" && artifact.package === file.artifact.package);
    return { ...file, after: file.artifact.kind === "sdist" ? wheels.map(({ artifact }) => artifact) : [] };
  });
}

/** 0: a wheel for any platform; 1: any other wheel; 2: an sdist. */
function rank(artifact: Artifact): number {
  if (artifact.kind === "sdist") return 2;
  const read = parseWheelFileName(artifact.name);
  return read.kind === "wheel" && read.platform.includes("any") ? 0 : 1;
}

/** Largest METADATA that is read, in bytes: the server's whole form is smaller. */
const metadataBytesMax = 8 * 1024 * 1024;

/**
 * Taken from the very file that is sent: the server stores what the form says (protocols §1.1).
 * @returns headers in their order and the description, as the registry's form wants them
 */
async function readMetadata(file: PublishedFile, ports: ReadPorts): Promise<MetadataRead> {
  const path = ports.artifactFile(file.artifact);
  const { name, kind } = file.artifact;
  const opened = kind === "wheel" ? await ports.archives.openZip(path) : await ports.archives.openTarGz(path);
  if (opened.kind === "unreadable") return unreadable(name, opened.why);
  const member = kind === "wheel" ? metadataOfWheel(name) : `${name.replace(/\.tar\.gz$/, "")}/PKG-INFO`;
  const read: ArchiveText = await opened.archive.readText(member, metadataBytesMax);
  if (read.kind !== "text") return unreadable(name, `its "${member}" is ${read.kind}`);
  const { headers, description } = parseCoreMetadata(read.text);
  const attestations = await Promise.all(file.attestations.map((own) => ports.files.readText(ports.artifactFile(own))));
  return {
    kind: "read",
    metadata: {
      headers: headers.map((pair) => [...pair]),
      ...(description === undefined ? {} : { description }),
      ...(attestations.length === 0 ? {} : { attestations: attestations.map((text) => text.trim()) }),
    },
  };
}

/** `.dist-info` is spelt as in the file name (protocols §1.4). */
function metadataOfWheel(name: string): string {
  const [distribution, version] = name.split("-");
  return `${distribution}-${version}.dist-info/METADATA`;
}

function unreadable(name: string, why: string): MetadataRead {
  return { kind: "unreadable", why: `the metadata of "${name}" cannot be read: ${why}` };
}
