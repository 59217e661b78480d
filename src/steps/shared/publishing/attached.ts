// Files that are about the images of a release, attached to them where they are published: bills of materials, and provenance. Each is an
// effect of its own after the image that it is about, and before the names that people follow. What is signed later goes the
// same way: a kind of artifact, and its media type in the table.
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Artifact, ArtifactKind } from "../../../domain/artifact.ts";
import { imageProvenanceName } from "../../../domain/attestation/names.ts";
import { bundleMediaType } from "../../../domain/attestation/statement.ts";
import type { Json } from "../../../domain/configuration.ts";
import { sha256 } from "../../../domain/digest.ts";
import { assert } from "../../../domain/error.ts";
import { attachmentText, type Subject } from "../../../domain/oci/attachment.ts";
import { mediaTypes } from "../../../domain/oci/media-types.ts";
import { imageDigest, readImageDigest } from "../../../domain/oci/names.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Effect, Performed } from "../../../domain/run/effect.ts";
import type { Attachment } from "../../../registries/registry.ts";
import type { EffectPorts, Frozen, ReadPorts } from "../../step.ts";
import { copiedOf } from "./copied.ts";
import { openImage } from "./images.ts";
import { joinedOf } from "./joined.ts";
import { fromEffect } from "./published-file.ts";

/** By what readers choose what they look for (CycloneDX 1.6, "Media types"). */
const attachedTypes: Readonly<Partial<Record<ArtifactKind, string>>> = {
  sbom: "application/vnd.cyclonedx+json",
  attestation: bundleMediaType,
};

/** An attestation may be about files that stand elsewhere. */
function isAboutImages({ kind, name, package: packageId }: Artifact): boolean {
  return attachedTypes[kind] !== undefined && (kind !== "attestation" || name === imageProvenanceName(packageId));
}

interface Around {
  readonly registry: PlannedRegistry;
  readonly frozen: Frozen<unknown>;
  readonly ports: ReadPorts;
}

/** @param held images and lists of one registry, a list after its parts */
export async function listAttached(held: readonly Effect[], around: Around): Promise<readonly Effect[]> {
  if (around.registry.ecosystem !== "oci") return [];
  const effects: Effect[] = [];
  for (const one of around.frozen.packages.filter(({ ecosystem }) => ecosystem === "oci")) {
    const files = around.frozen.artifacts.filter((artifact) => artifact.package === one.id && isAboutImages(artifact));
    const own = held.filter(({ data }) => data["package"] === one.name);
    for (const artifact of files) {
      const image = imageFor(artifact, own, around.frozen);
      if (image === undefined) continue;
      const subject = await subjectOf(image, around.ports);
      // A list under a tag is read and written again: one after the other.
      const before = effects.findLast(({ data }) => data["subject"] === subject.digest);
      const after = [...own.map(({ key }) => key), ...(before === undefined ? [] : [before.key])];
      effects.push({ ...image, ...effectOf(artifact, { image, subject }), after });
    }
  }
  return effects;
}

/** What was made for one platform is about that platform's image; anything else about the whole. */
function imageFor(artifact: Artifact, held: readonly Effect[], { artifacts }: Frozen<unknown>): Effect | undefined {
  const of = artifacts.filter(
    ({ kind, package: id, platform }) => kind === "image" && id === artifact.package && platform === artifact.platform,
  );
  const [leg] = artifact.platform === undefined ? [] : of;
  return held.find(({ data }) => leg !== undefined && data["name"] === leg.name) ?? held.at(-1);
}

async function subjectOf(image: Effect, ports: ReadPorts): Promise<Subject> {
  const [joined, copied] = [joinedOf(image), copiedOf(image)];
  if (joined !== undefined) return subject({ mediaType: mediaTypes.index, ...joined.index });
  if (copied !== undefined) return subject({ ...copied.image, mediaType: copied.mediaType });
  const { artifact } = fromEffect(image);
  const { manifest } = await openImage(artifact, ports);
  return { mediaType: manifest.mediaType, digest: manifest.digest, sizeBytes: manifest.sizeBytes };
}

function subject(of: { readonly mediaType: string; readonly registryDigest?: string; readonly sizeBytes: number }): Subject {
  const digest = readImageDigest(of.registryDigest ?? "");
  assert(digest !== undefined, "a list or copy of an image has the digest of a manifest");
  return { mediaType: of.mediaType, digest, sizeBytes: of.sizeBytes };
}

function effectOf(
  artifact: Artifact,
  about: { readonly image: Effect; readonly subject: Subject },
): Pick<Effect, "key" | "title" | "reach" | "again" | "data"> {
  const { image, subject: of } = about;
  const mediaType = attachedTypes[artifact.kind] ?? mediaTypes.blob;
  const text = attachmentText(
    of,
    { name: artifact.name, mediaType, digest: imageDigest(artifact.digest), sizeBytes: artifact.sizeBytes },
    mediaType,
  );
  const { kind, package: packageId, name, digest, sizeBytes, maker } = artifact;
  const [repository, version] = [textOf(image.data["package"]), textOf(image.data["version"])];
  return {
    key: `${image.target}/${repository}@${of.digest}/${name}`,
    title: `"${name}" attached to ${repository}@${of.digest.slice(0, 19)} at ${image.target}`,
    reach: "reversible",
    again: "harmless",
    data: {
      form: "attached",
      registry: image.target,
      repository,
      ofVersion: version,
      subject: of.digest,
      text,
      artifact: { kind, package: packageId, name, digest, sizeBytes, maker },
    },
  };
}

function textOf(value: Json | undefined): string {
  assert(typeof value === "string", "an image has a package and a version");
  return value;
}

/** Who follows a name finds everything that is about what it leads to. */
export function afterAttached(named: readonly Effect[], attached: readonly Effect[]): readonly Effect[] {
  return named.map((effect) => {
    const own = attached.filter(({ data }) => data["repository"] === effect.data["package"]);
    return own.length === 0 ? effect : { ...effect, after: [...effect.after, ...own.map(({ key }) => key)] };
  });
}

const attachedData = z.object({
  form: z.literal("attached"),
  registry: z.string(),
  repository: z.string(),
  ofVersion: z.string(),
  subject: z.string(),
  text: z.string(),
  artifact: z.object({
    kind: z.enum(["sbom", "attestation"]),
    package: z.string(),
    name: z.string(),
    digest: z.string(),
    sizeBytes: z.number(),
    maker: z.string(),
  }),
});

export interface Attached {
  readonly registry: string;
  readonly artifact: Artifact;
  readonly attachment: Attachment;
}

/** @returns undefined for an effect that attaches nothing */
export function attachedOf(effect: Pick<Effect, "data">): Attached | undefined {
  const read = attachedData.safeParse(effect.data);
  if (!read.success) return undefined;
  const { registry, repository, ofVersion, subject: of, text } = read.data;
  const artifact = { ...read.data.artifact, digest: sha256(read.data.artifact.digest) };
  const { name, digest, sizeBytes } = artifact;
  const registryDigest = imageDigest(sha256(createHash("sha256").update(text).digest("hex")));
  const publication = { package: repository, version: ofVersion, name, sha256: digest, sizeBytes, registryDigest };
  return { registry, artifact, attachment: { ...publication, subject: of, text } };
}

export async function attach({ registry: name, artifact, attachment }: Attached, ports: EffectPorts): Promise<Performed> {
  const { registry, credential } = await ports.open(name, attachment.package);
  assert(registry.attachments !== undefined, `registry "${name}" takes attachments`);
  return registry.attachments.attach({ ...attachment, file: ports.artifactFile(artifact) }, credential, ports.signal);
}
