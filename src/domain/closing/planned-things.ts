// What a plan means to publish to registries, before any of it is there: for a text that is written before the line. Pure.
import type { Artifact } from "../artifact.ts";
import { crateFileName } from "../crates/names.ts";
import { packedFileName } from "../npm/names.ts";
import { membersOf, type PublishedMember } from "../plan/members.ts";
import type { Plan, PlannedPackage } from "../plan/plan.ts";
import type { ClosingThing, Digested } from "./things.ts";

/**
 * Every name of the packages at every registry that the plan's steps publish to. A pipeline that only makes the release is
 * followed by one that publishes: then all registries of the file count.
 * @param artifacts frozen files whose digests are known
 */
export function plannedThings(
  plan: Pick<Plan, "steps" | "environments">,
  packages: readonly PlannedPackage[],
  artifacts: readonly Artifact[],
): readonly ClosingThing[] {
  const registriesOf = (name: string | undefined) => plan.environments.find((one) => one.name === name)?.registries ?? [];
  const published = plan.steps.flatMap((step) => (step.kind === "acting" ? registriesOf(step.environment) : []));
  const all = published.length > 0 ? published : plan.environments.flatMap(({ registries }) => registries);
  const registries = [...new Map(all.map((one) => [one.name, one])).values()];
  return registries.flatMap((registry) =>
    packages
      .filter(({ ecosystem }) => ecosystem === registry.ecosystem)
      .flatMap(membersOf)
      .flatMap((member): readonly ClosingThing[] => {
        const thing = { kind: "package", registry, name: member.name, version: member.package.version } as const;
        const files = filesOf(member, artifacts);
        return files.length === 0 ? [thing] : files.map((file) => ({ ...thing, file }));
      }),
  );
}

function filesOf(member: PublishedMember, artifacts: readonly Artifact[]): readonly Digested[] {
  const { id, ecosystem, version } = member.package;
  const isOwn = ({ kind, name }: Artifact): boolean => {
    switch (ecosystem) {
      case "pypi":
        return kind === "wheel" || kind === "sdist";
      case "npm":
        return name === packedFileName(member.name, version);
      case "crates":
        return name === crateFileName(member.name, version);
      // The digest of an image is not that of the file it is kept in.
      case "oci":
      case "binary":
        return false;
    }
  };
  return artifacts.filter((one) => one.package === id && isOwn(one)).map(({ name, digest }) => ({ name, digest: `sha256:${digest}` }));
}
