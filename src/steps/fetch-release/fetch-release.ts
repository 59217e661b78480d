// The step `fetch-release`: takes the artifacts from the release page of the tag, and proves by the record that lies beside
// them that they are the ones that were tested (S4.2). With files at hand it takes those, and proves them the same way.
import type { WorkStep } from "../step.ts";
import { fetchedKinds, fetchReleaseInput, hasImages, tagOf, type FetchReleaseInput } from "./input.ts";

/** Most files of one kind and package that a page is looked through for. */
const filesMax = 1_000;

export const fetchReleaseStep: WorkStep<FetchReleaseInput> = {
  name: "fetch-release",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Takes the artifacts from the release page and proves that they are the ones that were tested.",
  input: fetchReleaseInput,
  timeoutMs: 60 * 60_000,
  takes: () => [],
  makes: ({ packages }) => [
    ...packages
      .filter(({ ecosystem }) => ecosystem !== "oci")
      .flatMap(({ id }) => fetchedKinds.map((kind) => ({ kind, package: id, countMin: kind === "wheel" ? 1 : 0, countMax: filesMax }))),
    // Images stand at a registry: what is taken of them is the record that names their digests.
    ...(hasImages(packages) ? [{ kind: "record" as const, package: packages[0]?.id ?? "", countMin: 1, countMax: 1 }] : []),
  ],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  usesForge: () => true,
  notYet: ({ input }) => (input.proof === "provenance" ? "`proof: provenance` of `fetch-release`" : undefined),
  describe: (use) => `take the artifacts from the release page ${tagOf(use) ?? ""}`.trim(),
  // Loaded when they are needed: a plan performs nothing.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightFetchRelease(planned, ports),
  perform: async (frozen, ports) => (await import("./perform.ts")).performFetchRelease(frozen, ports),
};
