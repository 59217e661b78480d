// The step `forge-release`: the release's page at the forge. First a draft that nobody sees, then its files, each compared
// by digest, and the page is published last, since some forges lock it then (protocols §7.1).
import { releaseTagsOf } from "../../domain/release-tags.ts";
import type { ActingStep } from "../step.ts";
import { assetKinds, forgeReleaseInput, partsOf, tagOf, type ForgeReleaseInput } from "./input.ts";

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
  // A page has one tag, and packages that are released each for itself have one each.
  notYet: ({ packages }, versions) =>
    versions === "each" && releaseTagsOf(packages).length > 1 ? "`forge-release` of several tags at once" : undefined,
  // What is told of installing it depends on where it will be.
  looksEverywhere: ({ input }) => (input.notes?.includes("install") === true ? "where-nothing-is-published" : "never"),
  describe: (use) => {
    const page = `the release page ${tagOf(use) ?? ""}`.trim();
    const parts = partsOf(use.input);
    return parts.length === 2 ? `publish ${page}` : parts[0] === "draft" ? `draft ${page}` : `publish the draft of ${page}`;
  },
  // Loaded when they are needed: a plan performs nothing.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightForgeRelease(planned, ports),
  reach: ({ input }) => (partsOf(input).includes("published") ? "irreversible" : "reversible"),
  effects: async (frozen, ports) => (await import("./effects.ts")).forgeReleaseEffects(frozen, ports),
  survey: async (effects, ports) => (await import("./look.ts")).surveyForgeRelease(effects, ports),
  observe: async (effect, ports) => (await import("./look.ts")).observeForgeRelease(effect, ports),
  perform: async (effect, seen, ports) => (await import("./perform.ts")).performForgeRelease(effect, seen, ports),
  verify: async (effect, ports) => (await import("./look.ts")).verifyForgeRelease(effect, ports),
};
