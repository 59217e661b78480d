// Where a use of `publish` copies images from: a registry of its environment in which they stand by their digests already. What
// a plan has to know of it; the copying itself is in copied.ts.
import { SlipwayError } from "../../../domain/error.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Use } from "../../step.ts";

export interface Copying {
  /** A registry, or one with the name that the images have there; absent: what this run made is sent. */
  readonly from?: string | { readonly registry: string; readonly repository?: string | undefined } | undefined;
}

export interface CopySource {
  readonly registry: PlannedRegistry;
  /** Name of the images there; absent: their own. */
  readonly repository?: string;
}

/** @returns undefined where nothing is copied. @throws SlipwayError PLAN_INVALID for a registry that images cannot come from */
export function copySource({ input, environment }: Pick<Use<Copying>, "input" | "environment">): CopySource | undefined {
  if (input.from === undefined) return undefined;
  const { registry: name, repository } =
    typeof input.from === "string" ? { registry: input.from } : { repository: undefined, ...input.from };
  const registry = environment?.registries.find((one) => one.name === name);
  if (registry?.ecosystem === "oci") return { registry, ...(repository === undefined ? {} : { repository }) };
  const why = registry === undefined ? `is no registry of environment "${environment?.name ?? ""}"` : "holds no images";
  throw new SlipwayError("PLAN_INVALID", `Cannot plan \`publish\`: "${name}", which \`from:\` names, ${why}`, {
    hint: "Name a registry of images that stands under `registries:` of the environment",
  });
}
