// One file at one registry as an effect's data: what observing, sending and verifying need after a crash. The core
// metadata is left out on purpose: it is read again from the frozen bytes when they are sent, because a description of a
// megabyte in each of fifty effects would make the journal slow and say nothing that the digest does not.
import { z } from "zod";
import type { Artifact } from "../../../domain/artifact.ts";
import type { Ecosystem, JsonObject } from "../../../domain/configuration.ts";
import { ecosystems } from "../../../domain/configuration.ts";
import { declaredIndexOf } from "../../../domain/crates/declared-index.ts";
import { sha256 } from "../../../domain/digest.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Effect } from "../../../domain/run/effect.ts";
import type { Publication } from "../../../registries/registry.ts";
import type { Listed } from "./ecosystem.ts";

const data = z.object({
  registry: z.string(),
  ecosystem: z.enum(ecosystems),
  kind: z.enum(["wheel", "sdist", "crate", "npm-tarball", "image"]),
  packageId: z.string(),
  package: z.string(),
  version: z.string(),
  name: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  maker: z.string(),
  registryDigest: z.string().optional(),
  /** The registry is one that slipway.yaml declares. */
  declared: z.literal(true).optional(),
  /** Of a declared crate registry: the index as manifests name it. */
  index: z.string().optional(),
  /** It is held unseen, and letting it out publishes it. */
  staged: z.literal(true).optional(),
  /** Frozen attestations that go with the file. */
  attestations: z.array(z.object({ name: z.string(), sha256: z.string(), sizeBytes: z.number(), maker: z.string() })).optional(),
});

export interface PublishedFile {
  readonly registry: string;
  readonly ecosystem: Ecosystem;
  /** The registry is one that slipway.yaml declares, and none that everybody's clients mean by default. */
  readonly declared: boolean;
  /** Of a declared crate registry: its index as manifests name it, whatever stands in its place. */
  readonly index?: string;
  /** It is held unseen at the registry, and letting it out publishes it. */
  readonly staged: boolean;
  readonly artifact: Artifact;
  /** What goes with it, where the registry has room for it. */
  readonly attestations: readonly Artifact[];
  readonly publication: Publication;
}

/** What an effect keeps of a frozen artifact that is to stand at a registry. */
export function toData({ artifact, package: one, name, registryDigest, attestations = [] }: Listed, registry: PlannedRegistry): JsonObject {
  const index = registry.ecosystem === "crates" ? declaredIndexOf(registry) : undefined;
  return {
    registry: registry.name,
    ecosystem: registry.ecosystem,
    kind: artifact.kind,
    packageId: one.id,
    package: name,
    version: one.version,
    name: artifact.name,
    sha256: artifact.digest,
    sizeBytes: artifact.sizeBytes,
    maker: artifact.maker,
    ...(registryDigest === undefined ? {} : { registryDigest }),
    ...(registry.url === undefined && registry.index === undefined ? {} : { declared: true as const }),
    ...(index === undefined ? {} : { index }),
    ...(attestations.length === 0
      ? {}
      : { attestations: attestations.map((own) => ({ name: own.name, sha256: own.digest, sizeBytes: own.sizeBytes, maker: own.maker })) }),
  };
}

/** @throws SlipwayError INTERNAL_ASSERTION when the journal's data is not what was written here */
export function fromEffect(effect: Pick<Effect, "key" | "data">): PublishedFile {
  const read = data.safeParse(effect.data);
  if (!read.success) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot read the effect "${effect.key}" of \`publish\` back`);
  const { registry, ecosystem, kind, packageId, package: name, version, sizeBytes, maker, registryDigest, index } = read.data;
  const digest = sha256(read.data.sha256);
  const known = registryDigest === undefined ? {} : { registryDigest };
  return {
    registry,
    ecosystem,
    declared: read.data.declared === true,
    ...(index === undefined ? {} : { index }),
    staged: read.data.staged === true,
    artifact: { kind, package: packageId, name: read.data.name, sizeBytes, digest, maker },
    attestations: (read.data.attestations ?? []).map((own) => ({
      kind: "attestation",
      package: packageId,
      name: own.name,
      sizeBytes: own.sizeBytes,
      digest: sha256(own.sha256),
      maker: own.maker,
    })),
    publication: { package: name, version, name: read.data.name, sha256: digest, sizeBytes, ...known },
  };
}
