// npm packages at their registry: each after what it needs, so that nobody installs one whose dependency is not there yet.
import { npmProvenanceName } from "../../../domain/attestation/names.ts";
import { packedFileName } from "../../../domain/npm/names.ts";
import { prepareManifest, readmeAmong, type PackedFiles } from "../../../domain/npm/prepared-manifest.ts";
import { distTagFor } from "../../../domain/npm/dist-tag.ts";
import { inOrderOfNeed, membersOf } from "../../../domain/plan/members.ts";
import type { JsonObject } from "../../../domain/configuration.ts";
import type { Archive } from "../../../platform/ports.ts";
import type { ReadPorts } from "../../step.ts";
import type { Listed, Listing, MetadataRead, Publishing, Reading } from "./ecosystem.ts";
import type { PublishedFile } from "./published-file.ts";
import { sideBySide } from "./side-by-side.ts";

/** Largest package.json that is read out of a tarball, in bytes. */
const manifestBytesMax = 16 * 1024 * 1024;

/** Each takes a buffer and, where the file is large, a thread. */
const digestsAtOnce = 4;

export const publishingNpm: Publishing = {
  // The registry refuses a version that is there, ours or not, with the same words (protocols §5.1).
  again: "after-look",
  fileName: packedFileName,
  list: inOrder,
  readMetadata,
  // Made by the identity that logs in: it stays behind where a token came in its place.
  besideToken: ({ provenance: _notBelieved, ...metadata }) => metadata,
};

async function inOrder({ packages, artifacts, ports, frozen, registry }: Listing): Promise<readonly Listed[]> {
  const ordered = inOrderOfNeed(packages, "npm");
  // Packages that need each other are installed all the same, once both are there.
  const members = ordered.kind === "ordered" ? ordered.members : packages.flatMap(membersOf);
  const place = new Map(members.map((member, index) => [member.name, index]));
  const files = members.flatMap((member) => {
    const name = packedFileName(member.name, member.package.version);
    const artifact = artifacts.find((one) => one.package === member.package.id && one.name === name);
    return artifact === undefined ? [] : [{ artifact, member }];
  });
  return sideBySide(files, digestsAtOnce, async ({ artifact, member }) => {
    const own = place.get(member.name) ?? 0;
    const isBefore = (name: string): boolean => member.needs?.includes(name) === true && (place.get(name) ?? own) < own;
    const sha512 = await ports.files.digestWith(ports.artifactFile(artifact), "sha512");
    const isTrusted = registry.credentials.kind === "trusted-publishing";
    const attestations = frozen.artifacts.filter((own) => isTrusted && own.name === npmProvenanceName(artifact.name));
    return {
      artifact,
      package: member.package,
      name: member.name,
      attestations,
      registryDigest: `sha512-${Buffer.from(sha512, "hex").toString("base64")}`,
      after: files.filter((other) => isBefore(other.member.name)).map((other) => other.artifact),
    };
  });
}

/** A version is published under one dist-tag, and which one hangs on what is there already: `latest` never moves backwards. */
async function readMetadata(
  { artifact, publication, attestations: [provenance] }: PublishedFile,
  { ports, versions }: Reading,
): Promise<MetadataRead> {
  const read = await readManifest(artifact, ports);
  if (read.kind === "unreadable") return read;
  const { manifest } = read;
  const { tag, access } = tableOf(manifest["publishConfig"]);
  const named = typeof tag === "string" && tag !== "latest" ? tag : undefined;
  // Only where the tag hangs on it is the registry asked once more.
  const there = named === undefined ? await versions() : ({ kind: "absent" } as const);
  if (there.kind === "unknown") return there;
  return {
    kind: "read",
    metadata: {
      manifest,
      tag: named ?? distTagFor(publication.version, there.kind === "listed" ? there.versions : []),
      access: access === "public" || access === "restricted" ? access : null,
      ...(provenance === undefined ? {} : { provenance: (await ports.files.readText(ports.artifactFile(provenance))).trim() }),
    },
  };
}

async function readManifest(
  artifact: PublishedFile["artifact"],
  ports: ReadPorts,
): Promise<{ readonly kind: "manifest"; readonly manifest: JsonObject } | Extract<MetadataRead, { kind: "unreadable" }>> {
  const unreadable = (why: string) => ({
    kind: "unreadable" as const,
    why: `the package.json of "${artifact.name}" cannot be read: ${why}`,
  });
  const opened = await ports.archives.openTarGz(ports.artifactFile(artifact));
  if (opened.kind === "unreadable") return unreadable(opened.why);
  const { archive } = opened;
  // npm names the folder "package"; other packers may not.
  const path = archive.members.find((member) => /^[^/]+\/package\.json$/.test(member.path))?.path ?? "package/package.json";
  const folder = path.slice(0, -"package.json".length);
  const text = await archive.readText(path, manifestBytesMax);
  if (text.kind !== "text") return unreadable(`its "${path}" is ${text.kind}`);
  try {
    const manifest = tableOf(JSON.parse(text.text));
    return { kind: "manifest", manifest: prepareManifest(manifest, await packedFiles(archive, folder)) };
  } catch {
    return unreadable("it is no JSON");
  }
}

/** What the registry's page shows besides the manifest: README and authors, as they are in the tarball. */
async function packedFiles(archive: Archive, folder: string): Promise<PackedFiles> {
  const inside = archive.members.filter((member) => member.kind === "file" && member.path.startsWith(folder));
  const paths = inside.map((member) => member.path.slice(folder.length));
  const textOf = async (name: string | undefined): Promise<string | undefined> => {
    const read = name === undefined ? undefined : await archive.readText(`${folder}${name}`, manifestBytesMax);
    return read?.kind === "text" ? read.text : undefined;
  };
  const name = readmeAmong(paths);
  const [readme, authors] = [await textOf(name), await textOf(paths.find((path) => path === "AUTHORS"))];
  return {
    paths,
    ...(name === undefined || readme === undefined ? {} : { readme: { name, text: readme } }),
    ...(authors === undefined ? {} : { authors }),
  };
}

function tableOf(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
