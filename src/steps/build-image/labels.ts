// What every image says of itself: where it comes from, which version and commit it is, and of when. Source: OCI image-spec
// `annotations.md`; a forge joins an image to its repository by the source (protocols §6.4).
import { annotationNames } from "../../domain/oci/media-types.ts";
import { timeText } from "../../domain/oci/make-image.ts";
import { knownForges } from "../../domain/known-services.ts";
import type { Plan, PlannedPackage } from "../../domain/plan/plan.ts";
import type { Head } from "../../domain/run/head.ts";

export interface Labelled {
  readonly plan: Pick<Plan, "forge">;
  readonly head: Pick<Head, "commit" | "epochSeconds">;
}

/** Labels of the image of a package, by name. */
export function ownLabels(one: PlannedPackage, { plan, head }: Labelled): Readonly<Record<string, string>> {
  const source = sourceOf(plan);
  return {
    [annotationNames.created]: timeText(head.epochSeconds),
    [annotationNames.revision]: head.commit,
    ...(source === undefined ? {} : { [annotationNames.source]: source }),
    [annotationNames.version]: one.version,
  };
}

function sourceOf({ forge }: Labelled["plan"]): string | undefined {
  if (forge === undefined) return undefined;
  const known = knownForges.find((one) => one.kind === forge.kind);
  const root = forge.url?.replace(/\/$/, "") ?? (known === undefined ? undefined : `https://${known.host}`);
  return root === undefined ? undefined : `${root}/${forge.repository}`;
}
