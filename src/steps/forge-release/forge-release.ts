// The step `forge-release`: the release's page at the forge. First a draft that nobody sees, then its files, each compared
// by digest, and the page is published last, since some forges lock it then (protocols §7.1).
import type { ActingStep } from "../step.ts";
import { forgeReleaseEffects, tagOf } from "./effects.ts";
import { assetKinds, forgeReleaseInput, partsOf, type ForgeReleaseInput } from "./input.ts";
import { observeForgeRelease, surveyForgeRelease, verifyForgeRelease } from "./look.ts";
import { performForgeRelease } from "./perform.ts";
import { preflightForgeRelease } from "./preflight.ts";

export const forgeReleaseStep: ActingStep<ForgeReleaseInput> = {
  name: "forge-release",
  revision: 1,
  kind: "acting",
  zone: "forge",
  summary: "Makes the release on the forge: a draft with its files, each compared by digest, then public.",
  input: forgeReleaseInput,
  timeoutMs: 60 * 60_000,
  takes: ({ input }) => {
    const kinds = assetKinds(input);
    return kinds.length === 0 ? [] : [{ kinds }];
  },
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  usesForge: () => true,
  describe: (use) => {
    const page = `the release page ${tagOf(use) ?? ""}`.trim();
    const parts = partsOf(use.input);
    return parts.length === 2 ? `publish ${page}` : parts[0] === "draft" ? `draft ${page}` : `publish the draft of ${page}`;
  },
  preflight: preflightForgeRelease,
  reach: ({ input }) => (partsOf(input).includes("published") ? "irreversible" : "reversible"),
  effects: forgeReleaseEffects,
  survey: surveyForgeRelease,
  observe: observeForgeRelease,
  perform: performForgeRelease,
  verify: verifyForgeRelease,
};
