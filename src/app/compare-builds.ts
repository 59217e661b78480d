// Holds what a step built against what an earlier run or rehearsal of the same commit built under the same name. Archives are read
// member by member where they stand, and images blob by blob; nothing is unpacked and nothing is taken over. It is a fact of
// the run, whatever comes of it: two builds that differ stop nothing.
import type { Artifact, ArtifactKind } from "../domain/artifact.ts";
import { parseRecord } from "../domain/json-record.ts";
import { mediaTypes } from "../domain/oci/media-types.ts";
import { tellDifferences, type BuildComparison, type BuiltMember } from "../domain/run/build-comparison.ts";
import type { RunState } from "../domain/run/state.ts";
import type { Archive, ArchiveOpened, ImageArchive } from "../platform/ports.ts";
import { findBuilds, isBuilt, type FoundBuild } from "./earlier-builds.ts";
import type { World } from "./world.ts";

export interface ComparingParts {
  readonly world: Pick<World, "openJournal" | "openStore" | "files" | "log" | "archives" | "images">;
  /** Where the project's runs and rehearsals are kept. */
  readonly projectFolder: string;
  /** Absolute path of frozen bytes of this run. */
  readonly fileOf: (artifact: Artifact) => string;
}

const comparedKinds: readonly ArtifactKind[] = ["wheel", "sdist", "crate", "npm-tarball", "image"];

/** @returns for each artifact that was built before; the newest build of its name counts */
export async function compareBuilds(
  parts: ComparingParts,
  state: Pick<RunState, "plan" | "run" | "head">,
  made: { readonly step: string; readonly artifacts: readonly Artifact[] },
): Promise<readonly BuildComparison[]> {
  const artifacts = made.artifacts.filter(({ kind }) => comparedKinds.includes(kind));
  if (artifacts.length === 0 || !isBuilt(state.plan, made.step)) return [];
  const { plan, run, head } = state;
  const earlier = await findBuilds(parts.world, parts.projectFolder, { plan, run, commit: head.commit });
  const compared: BuildComparison[] = [];
  for (const artifact of artifacts) {
    const found = earlier.find((one) => isSameFile(one.artifact, artifact));
    if (found !== undefined) compared.push(await compareOne(parts, artifact, found));
  }
  return compared;
}

function isSameFile(one: Artifact, other: Artifact): boolean {
  return one.kind === other.kind && one.package === other.package && one.name === other.name;
}

async function compareOne(
  parts: ComparingParts,
  artifact: Artifact,
  { run, mode, artifact: other, file }: FoundBuild,
): Promise<BuildComparison> {
  const { kind, package: packageId, name, digest } = artifact;
  const earlier = { run, mode, sha256: other.digest };
  const isSame = digest === other.digest;
  const differences = isSame ? [] : await differencesOf(parts, kind, [parts.fileOf(artifact), file]);
  return { kind, package: packageId, name, sha256: digest, earlier, differences };
}

type Read = { readonly kind: "read"; readonly members: readonly BuiltMember[] } | { readonly kind: "unreadable"; readonly why: string };

async function differencesOf(
  parts: ComparingParts,
  kind: ArtifactKind,
  files: readonly [ours: string, theirs: string],
): Promise<readonly string[]> {
  if ((await parts.world.files.info(files[1]))?.kind !== "file")
    return ["what differs cannot be told: the earlier bytes are not kept any more"];
  const [ours, theirs] = [await read(parts, kind, files[0]), await read(parts, kind, files[1])];
  if (ours.kind === "unreadable") return [`what differs cannot be told: the file of this build ${ours.why}`];
  if (theirs.kind === "unreadable") return [`what differs cannot be told: the file of the earlier build ${theirs.why}`];
  return tellDifferences(ours.members, theirs.members);
}

async function read(parts: ComparingParts, kind: ArtifactKind, file: string): Promise<Read> {
  const { archives, images } = parts.world;
  try {
    if (kind === "image") {
      const opened = await images.openImage(file);
      return opened.kind === "opened" ? { kind: "read", members: await partsOfImage(opened.image) } : opened;
    }
    const opened: ArchiveOpened = kind === "wheel" ? await archives.openZip(file) : await archives.openTarGz(file);
    return opened.kind === "opened" ? { kind: "read", members: await membersOf(opened.archive) } : opened;
  } catch (error) {
    // The bytes of this build are judged elsewhere; here a file that cannot be read is only not compared.
    return { kind: "unreadable", why: `cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function membersOf(archive: Archive): Promise<readonly BuiltMember[]> {
  const digests = await archive.digests();
  const stamps = archive.stamps?.();
  return archive.members.map(({ path, kind, sizeBytes }) => {
    const digest = digests.get(path)?.sha256;
    return { path, kind, sizeBytes, ...(digest === undefined ? {} : { digest }), ...stamps?.get(path) };
  });
}

/** Largest configuration of an image that is looked into, in bytes. */
const configBytesMax = 1024 * 1024;

/** The members of its configuration one by one – among them the time of the build – and its layers in their order. */
async function partsOfImage(image: ImageArchive): Promise<readonly BuiltMember[]> {
  const members: BuiltMember[] = [];
  let layer = 0;
  for (const blob of image.blobs) {
    const isConfig = blob.mediaType === mediaTypes.config || blob.mediaType.includes("container.image");
    if (isConfig && blob.sizeBytes <= configBytesMax) members.push(...(await configOf(image, blob)));
    else members.push({ path: `layer ${(layer += 1)}`, kind: "layer", sizeBytes: blob.sizeBytes, digest: blob.digest });
  }
  const annotations = JSON.stringify(image.manifest.annotations);
  return [...members, { path: "annotations", kind: "annotations", sizeBytes: annotations.length, digest: annotations }];
}

async function configOf(image: ImageArchive, blob: ImageArchive["blobs"][number]): Promise<readonly BuiltMember[]> {
  const pieces: Buffer[] = [];
  for await (const piece of image.bytesOf(blob)) pieces.push(Buffer.from(piece));
  const config = parseRecord(Buffer.concat(pieces).toString("utf8")) ?? {};
  return Object.entries(config).map(([name, value]) => {
    const text = JSON.stringify(value) ?? "";
    return { path: `config: ${name}`, kind: "setting", sizeBytes: text.length, digest: text };
  });
}
