// Images at a container registry: each platform's by its digest, where nobody sees it; then, where there are several, the
// list that joins them. Names come last (channels.ts).
import { createHash } from "node:crypto";
import { imageIndexText } from "../../../domain/oci/image-index.ts";
import { annotationNames } from "../../../domain/oci/media-types.ts";
import { imageDigest, type ImageDigest } from "../../../domain/oci/names.ts";
import { sha256 } from "../../../domain/digest.ts";
import { assert, SlipwayError } from "../../../domain/error.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Artifact } from "../../../domain/artifact.ts";
import type { Effect } from "../../../domain/run/effect.ts";
import type { Head } from "../../../domain/run/head.ts";
import type { ImageArchive } from "../../../platform/ports.ts";
import type { Frozen, ReadPorts } from "../../step.ts";
import type { Listed, Listing, Publishing } from "./ecosystem.ts";
import { fromEffect } from "./published-file.ts";

export const publishingImages: Publishing = {
  again: "harmless",
  fileName: (name, version) => `${name}-${version}`,
  list: inOrder,
  readMetadata: async () => ({ kind: "read", metadata: {} }),
};

async function inOrder({ packages, artifacts, ports }: Listing): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for (const artifact of artifacts.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const one = packages.find((candidate) => candidate.id === artifact.package);
    if (one === undefined) continue;
    const image = await openImage(artifact, ports);
    found.push({ artifact, package: one, name: one.name, registryDigest: image.manifest.digest, after: [] });
  }
  return found;
}

/** @throws SlipwayError ARTIFACT_INVALID for bytes that are none of an image */
export async function openImage(artifact: Artifact, ports: Pick<ReadPorts, "images" | "artifactFile">): Promise<ImageArchive> {
  const opened = await ports.images.openImage(ports.artifactFile(artifact));
  if (opened.kind === "opened") return opened.image;
  throw new SlipwayError("ARTIFACT_INVALID", `Cannot publish "${artifact.name}": it ${opened.why}`, {
    hint: "Mend the build; nothing was sent",
  });
}

/** One list for each package that has images of several platforms, after all of them. The same images give the same list. */
export async function joinImages(
  files: readonly Effect[],
  at: { readonly registry: PlannedRegistry; readonly frozen: Frozen<unknown>; readonly ports: ReadPorts },
): Promise<readonly Effect[]> {
  const groups = Map.groupBy(files, (effect) => fromEffect(effect).artifact.package);
  return Promise.all([...groups.values()].filter((group) => group.length > 1).map((group) => joinOne(group, at)));
}

async function joinOne(group: readonly Effect[], { registry, frozen, ports }: Parameters<typeof joinImages>[1]): Promise<Effect> {
  const [first] = group;
  assert(first !== undefined, "a list of images joins some");
  const { package: name, version } = fromEffect(first).publication;
  const { text, digest } = await joinedList(
    group.map((effect) => fromEffect(effect).artifact),
    { version, head: frozen.head, ports },
  );
  return {
    ...first,
    key: `${registry.name}/${name}@${digest}`,
    title: `${name} ${version} for ${group.length} platforms at ${registry.name}`,
    after: group.map(({ key }) => key),
    data: {
      form: "index",
      registry: registry.name,
      package: name,
      version,
      name: `${name}@${digest}`,
      sha256: digest.slice("sha256:".length),
      sizeBytes: Buffer.byteLength(text),
      registryDigest: digest,
      text,
    },
  };
}

interface Joining {
  readonly version: string;
  readonly head: Head;
  readonly ports: Pick<ReadPorts, "images" | "artifactFile">;
}

async function joinedList(
  artifacts: readonly Artifact[],
  { version, head, ports }: Joining,
): Promise<{ readonly text: string; readonly digest: ImageDigest }> {
  const parts = await Promise.all(
    artifacts.map(async (artifact) => {
      const { manifest, platform } = await openImage(artifact, ports);
      return { mediaType: manifest.mediaType, digest: manifest.digest, sizeBytes: manifest.sizeBytes, platform };
    }),
  );
  const text = imageIndexText(parts, {
    [annotationNames.version]: version,
    [annotationNames.revision]: head.commit,
    [annotationNames.created]: new Date(head.epochSeconds * 1000).toISOString(),
  });
  return { text, digest: imageDigest(sha256(createHash("sha256").update(text).digest("hex"))) };
}

/** The digest that the images of one package are published under: of the one there is, or of the list that joins them. */
export async function releasedDigest(artifacts: readonly Artifact[], joining: Joining): Promise<ImageDigest> {
  const [first, second] = artifacts;
  assert(first !== undefined, "a released image has a platform");
  return second === undefined ? (await openImage(first, joining.ports)).manifest.digest : (await joinedList(artifacts, joining)).digest;
}
