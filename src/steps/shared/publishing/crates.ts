// Crates at their registry: each after what it needs, since the registry refuses one that names what it does not have.
import { crateFileName } from "../../../domain/crates/names.ts";
import { publishJson, readmeOf } from "../../../domain/crates/publish-json.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { mayBePaced, type NameStanding } from "../../../domain/pacing.ts";
import { inOrderOfNeed } from "../../../domain/plan/members.ts";
import type { ReadPorts } from "../../step.ts";
import type { Listed, Listing, MetadataRead, Publishing } from "./ecosystem.ts";
import { standingsOf } from "./pacing.ts";
import type { PublishedFile } from "./published-file.ts";

/** Largest manifest or README that is read out of a crate, in bytes: the whole request's JSON has room for less. */
const textBytesMax = 8 * 1024 * 1024;

export const publishingCrates: Publishing = {
  // A second try of a version that is there is refused in words alone (protocols §4.1): only a look tells whose it is.
  again: "after-look",
  fileName: crateFileName,
  list: inOrder,
  readMetadata: (file, { ports }) => readMetadata(file, ports),
};

async function inOrder({ packages, artifacts, registry, ports }: Listing): Promise<readonly Listed[]> {
  const ordered = inOrderOfNeed(packages, "crates");
  if (ordered.kind === "cycle")
    throw new SlipwayError("PLAN_INVALID", `Cannot order the crates for publishing: ${ordered.names.join(", ")} need each other`);
  const files = ordered.members.flatMap((member) => {
    const name = crateFileName(member.name, member.package.version);
    const artifact = artifacts.find((one) => one.package === member.package.id && one.name === name);
    return artifact === undefined ? [] : [{ artifact, member }];
  });
  // New crates and new versions are counted apart (protocols §4.1): which is which matters where there are many.
  const counted = mayBePaced(registry, files.length);
  const members = files.map(({ member }) => member);
  const standing = counted ? await standingsOf(members, { at: ports.registry(registry.name), signal: ports.signal }) : undefined;
  return files.map(({ artifact, member }) => ({
    artifact,
    package: member.package,
    name: member.name,
    ...laneOf(standing?.get(member.name)),
    after: files.filter((other) => member.needs?.includes(other.member.name) === true).map((other) => other.artifact),
  }));
}

function laneOf(standing: NameStanding | undefined): Pick<Listed, "lane"> {
  if (standing === undefined || standing === "unknown") return {};
  return { lane: standing === "new" ? "new-crate" : "new-version" };
}

async function readMetadata({ registry, declared, index, artifact, publication }: PublishedFile, ports: ReadPorts): Promise<MetadataRead> {
  const unreadable = (why: string): MetadataRead => ({
    kind: "unreadable",
    why: `the manifest of "${artifact.name}" cannot be read: ${why}`,
  });
  const opened = await ports.archives.openTarGz(ports.artifactFile(artifact));
  if (opened.kind === "unreadable") return unreadable(opened.why);
  const root = `${publication.package}-${publication.version}`;
  const manifest = await opened.archive.readText(`${root}/Cargo.toml`, textBytesMax);
  if (manifest.kind !== "text") return unreadable(`its "${root}/Cargo.toml" is ${manifest.kind}`);
  const named = readmeOf(manifest.text);
  const readme = named === undefined ? undefined : await opened.archive.readText(`${root}/${named}`, textBytesMax);
  const text = readme?.kind === "text" ? readme.text : undefined;
  return {
    kind: "read",
    metadata: publishJson({
      manifest: manifest.text,
      readme: text,
      registry: declared ? { index: `sparse+${index ?? ports.registry(registry).indexUrl}` } : "default",
    }),
  };
}
