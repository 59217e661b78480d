// Holds built archives against the commit that they were made from and against the last published version: for `slipway diff`, and
// for whoever is asked to approve. Reads only.
import path from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import { packedFileName } from "../../domain/npm/names.ts";
import type { Plan, PlannedPackage, PlannedRegistry } from "../../domain/plan/plan.ts";
import type { ReleaseChange } from "../../domain/run/release-changes.ts";
import type { ReadRegistry } from "../../registries/registry.ts";
import { globMatcher } from "../globs.ts";
import type { World } from "../world.ts";
import { diffKinds, membersOf, type DiffKind } from "./members.ts";
import { compareWithPublished, open, type AgainstPublished, type Built } from "./published.ts";
import { risksOf, type SourceDiff } from "./risks.ts";
import { compareWithSource } from "./source.ts";

export interface ArtifactDiff {
  readonly package: string;
  readonly kind: DiffKind;
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly source: SourceDiff;
  readonly published: AgainstPublished;
  /** What deserves a look, by kind. */
  readonly changes: readonly ReleaseChange[];
}

export type Tree =
  | { readonly kind: "copied"; readonly folder: string; readonly paths: readonly string[] }
  | { readonly kind: "unknown"; readonly why: string };

export interface ComparingArtifacts {
  readonly plan: Plan;
  readonly built: readonly Built[];
  readonly tree: Tree;
  /** Empty, and removed afterwards by whoever made it. */
  readonly folder: string;
  readonly signal: AbortSignal;
  registry(planned: PlannedRegistry): ReadRegistry;
}

export async function compareArtifacts(
  world: Pick<World, "archives" | "files">,
  comparing: ComparingArtifacts,
): Promise<readonly ArtifactDiff[]> {
  const { plan, built, tree, folder, signal } = comparing;
  const diffs: ArtifactDiff[] = [];
  for (const one of built) {
    const { kind, name, sizeBytes, digest } = one.artifact;
    const planned = productionRegistry(plan, one.package);
    const published: AgainstPublished =
      planned === undefined
        ? { kind: "unknown", registry: "", why: "the plan publishes to no registry" }
        : await compareWithPublished(one, comparing.registry(planned), { archives: world.archives, signal, folder });
    const source = await compareSource(world, one, tree);
    const changes = risksOf({ name, sizeBytes, source, published });
    diffs.push({ package: one.package.id, kind, name, sizeBytes, sha256: digest, source, published, changes });
  }
  return diffs;
}

/** Archives that can be compared, each with what it is of. @param fileOf absolute path of frozen bytes */
export function builtOf(plan: Plan, artifacts: readonly Artifact[], fileOf: (artifact: Artifact) => string): readonly Built[] {
  return artifacts.filter(isDiffed).flatMap((artifact) => {
    const of = plan.packages.find((one) => one.id === artifact.package);
    return of === undefined ? [] : [{ artifact, package: memberOf(of, artifact.name), file: fileOf(artifact) }];
  });
}

export function isDiffed(artifact: Artifact): artifact is Built["artifact"] {
  return diffKinds.some((kind) => kind === artifact.kind);
}

/** A workspace has an archive for each member, which is published by its own name. */
function memberOf(of: PlannedPackage, file: string): PlannedPackage {
  const member = of.members?.find(({ name }) => file === `${name}-${of.version}.crate` || file === packedFileName(name, of.version));
  return member === undefined ? of : { ...of, name: member.name, folder: member.folder };
}

function productionRegistry(plan: Plan, { ecosystem }: PlannedPackage): PlannedRegistry | undefined {
  const all = plan.environments.flatMap((environment) => environment.registries).filter((registry) => registry.ecosystem === ecosystem);
  return all.find((registry) => !registry.test) ?? all[0];
}

async function compareSource(world: Pick<World, "archives" | "files">, built: Built, tree: Tree): Promise<SourceDiff> {
  if (tree.kind === "unknown") return tree;
  const { kind, name } = built.artifact;
  const archive = await open(built.file, kind, world.archives);
  if (typeof archive === "string") return { kind: "unknown", why: `"${name}" cannot be read: ${archive}` };
  const declared = (built.package.generated ?? []).map(globMatcher);
  const against = await compareWithSource(
    membersOf(await archive.digests(), kind),
    {
      folder: tree.folder,
      paths: tree.paths,
      packageFolder: path.posix.normalize(built.package.folder),
      files: world.files,
      isDeclared: (member) => declared.some((matches) => matches(member)),
    },
    kind,
  );
  return { kind: "compared", ...against };
}
