// What a plan has to know of publishing, apart from the rest because a plan is computed all the time: which artifacts the
// registries of an ecosystem hold, and how far what is sent to one can be taken back.
import type { ArtifactKind } from "../../../domain/artifact.ts";
import type { Ecosystem } from "../../../domain/configuration.ts";
import type { PlannedRegistry, Reach } from "../../../domain/plan/plan.ts";

const kinds: Readonly<Record<Ecosystem, readonly ArtifactKind[]>> = {
  pypi: ["wheel", "sdist"],
  crates: ["crate"],
  npm: ["npm-tarball"],
  oci: ["image"],
  // There is no registry for them: they go on the release page.
  binary: [],
};

/** What goes with the files of an ecosystem and is none of them: indexes of Python take attestations in the same form, npm provenance. */
export function kindsBeside(ecosystem: Ecosystem): readonly ArtifactKind[] {
  return ecosystem === "pypi" || ecosystem === "npm" ? ["attestation"] : [];
}

export function kindsHeldBy(ecosystem: Ecosystem): readonly ArtifactKind[] {
  return kinds[ecosystem];
}

/** A file that was published stays so, but for images; at a test registry nobody depends on it, and a name may be burned. */
export function reachAt({ ecosystem, test }: Pick<PlannedRegistry, "ecosystem" | "test">): Reach {
  if (ecosystem === "oci") return "reversible";
  return test ? "expendable" : "irreversible";
}

const nearestFirst: readonly Reach[] = ["reversible", "expendable", "irreversible"];

/** Of several, the one that can be taken back the least. */
export function farthestReach(reaches: readonly Reach[]): Reach {
  return reaches.toSorted((a, b) => nearestFirst.indexOf(b) - nearestFirst.indexOf(a))[0] ?? "reversible";
}
