// The step `build-image`: the image of one package for one platform, in one oci-archive (S3.7). The images of several legs
// become one index where they are published; nothing here needs a daemon, and nothing is ever tagged as another platform.
import type { ArtifactQuery, ExpectedArtifact } from "../../domain/artifact.ts";
import { SlipwayError } from "../../domain/error.ts";
import { hostsFor } from "../../domain/platform.ts";
import { entrancePrograms } from "../entrance.ts";
import type { Use, WorkStep } from "../step.ts";
import { binariesOf, buildImageInput, contradiction, imageTarget, isOfLayers, type BuildImageInput } from "./input.ts";

export const buildImageStep: WorkStep<BuildImageInput> = {
  name: "build-image",
  revision: 1,
  kind: "work",
  zone: "project",
  summary: "Builds container images without a daemon, one per platform: from a Containerfile, from files alone, or by a command.",
  input: buildImageInput,
  timeoutMs: 60 * 60_000,
  takes,
  makes,
  asks: ({ leg, input }) => ({
    programs: input.in === undefined ? [] : entrancePrograms(input.in),
    toolbox: false,
    // Where nothing is run, every machine will do.
    platforms: leg["platform"] === undefined || isOfLayers(input) ? [] : hostsFor(leg["platform"]),
  }),
  describe,
  imports: async (use) => (await import("./import.ts")).importsOfBuildImage(use),
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightBuildImage(planned, ports),
  perform: async (frozen, ports) => (await import("./perform.ts")).performBuildImage(frozen, ports),
};

function takes({ input }: Use<BuildImageInput>): readonly ArtifactQuery[] {
  const packages = binariesOf(input);
  return packages.length === 0 ? [] : [{ kinds: ["binary"], packages }];
}

function makes({ input, leg, packages }: Use<BuildImageInput>): readonly ExpectedArtifact[] {
  const contradicts = contradiction(input);
  if (contradicts !== undefined) throw cannotPlan(contradicts, "Mend `with:` of the step");
  const stranger = binariesOf(input).find((id) => !packages.some((one) => one.id === id && one.ecosystem === "binary"));
  if (stranger !== undefined) {
    throw cannotPlan(`"${stranger}", which \`copy\` takes, is no package of ecosystem binary`, "Name a package of slipway.yaml");
  }
  const { platform } = leg;
  if (platform !== undefined) imageTarget(platform);
  return packages
    .filter((one) => one.ecosystem === "oci")
    .map((one) => ({ kind: "image", package: one.id, countMin: 1, countMax: 1, ...(platform === undefined ? {} : { platform }) }));
}

function cannotPlan(why: string, hint: string): SlipwayError {
  return new SlipwayError("PLAN_INVALID", `Cannot plan \`build-image\`: ${why}`, { hint });
}

function describe({ packages, leg, input }: Use<BuildImageInput>): string {
  const names = packages.filter((one) => one.ecosystem === "oci").map((one) => one.name);
  const how = input.builder === undefined || input.builder === "auto" ? "" : ` with ${input.builder}`;
  const place = leg["platform"] === undefined ? "" : ` for ${leg["platform"]}`;
  return `build the image ${names.join(", ")}${how}${place}`;
}
