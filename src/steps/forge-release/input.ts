// What `forge-release` is told: whether it makes a draft, publishes one, or does both, and what stands on the page.
import * as z from "../../domain/shape.ts";
import { artifactKinds } from "../../domain/artifact.ts";
import type { Use } from "../step.ts";

/** Replaced by what was given for the input when the plan is computed. */
const inputReference = z
  .string()
  .regex(/^input\.[a-z][a-z0-9-]*$/, { error: "must be true, false or an input of the pipeline, such as input.draft" });

export const noteParts = ["changelog", "changelog-link", "install"] as const;

export const forgeReleaseInput = z.strictObject({
  draft: z
    .union([z.boolean(), inputReference])
    .optional()
    .describe(
      "Leave the page a draft, which nobody sees: true, or the input that says so. Default: it is published once its files are there",
    ),
  publish: z.literal("draft").optional().describe("Publish the draft that a step above made, and nothing else"),
  assets: z.array(z.enum(artifactKinds)).optional().describe("Kinds of artifacts that are attached; default: wheel and sdist"),
  notes: z
    .array(z.enum(noteParts))
    .optional()
    .describe("Text of the page: the version's section of the changelog, a link to it, commands to install; default: changelog"),
  latest: z
    .boolean()
    .optional()
    .describe(
      "Whether it may become the release that the forge shows as its latest: it does if it is final and no higher final version of the package is published; default: true",
    ),
});

export type ForgeReleaseInput = z.infer<typeof forgeReleaseInput>;
export type NotePart = (typeof noteParts)[number];

export type Part = "draft" | "published";

/** What this use does, in order. */
export function partsOf({ draft, publish }: ForgeReleaseInput): readonly Part[] {
  if (publish === "draft") return ["published"];
  return draft === true ? ["draft"] : ["draft", "published"];
}

export function assetKinds(input: ForgeReleaseInput): readonly (typeof artifactKinds)[number][] {
  return input.publish === "draft" ? [] : (input.assets ?? ["wheel", "sdist"]);
}

/** The tag that the run is pinned to, or that it makes. */
export function tagOf({ packages }: Pick<Use, "packages">): string | undefined {
  return packages.find((one) => one.tag !== undefined)?.tag;
}
