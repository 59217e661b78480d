// The METADATA of a wheel or the PKG-INFO of an sdist, read out of the frozen file.
import type { Artifact } from "../../domain/artifact.ts";
import type { ArchiveMember } from "../../platform/ports.ts";
import type { WorkPorts } from "../step.ts";

/** As `check-artifacts` allows. */
const metadataBytesMax = 8 * 1024 * 1024;

export type ReadMetadata = { readonly kind: "read"; readonly text: string } | { readonly kind: "invalid"; readonly why: string };

export async function readMetadata(artifact: Artifact, ports: Pick<WorkPorts, "archives" | "artifactFile">): Promise<ReadMetadata> {
  const file = ports.artifactFile(artifact);
  const opened = artifact.kind === "wheel" ? await ports.archives.openZip(file) : await ports.archives.openTarGz(file);
  if (opened.kind === "unreadable") return { kind: "invalid", why: opened.why };
  const place = artifact.kind === "wheel" ? /^[^/]+\.dist-info\/METADATA$/ : /^[^/]+\/PKG-INFO$/;
  const [found, other] = opened.archive.members.filter((member: ArchiveMember) => member.kind === "file" && place.test(member.path));
  if (found === undefined || other !== undefined)
    return { kind: "invalid", why: `it has ${found === undefined ? "no" : "more than one"} METADATA or PKG-INFO` };
  const read = await opened.archive.readText(found.path, metadataBytesMax);
  return read.kind === "text" ? { kind: "read", text: read.text } : { kind: "invalid", why: `"${found.path}" is ${read.kind}` };
}
