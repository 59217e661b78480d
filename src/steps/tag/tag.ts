// The step `tag`: the release tag of each package that has a pattern for one, annotated, in the run's own clone (DESIGN
// §1.7). None of them exists for anybody else until `push` sends them all.
import { fillTemplate } from "../../domain/template.ts";
import { refWords, releaseTagsOf } from "../../domain/release-tags.ts";
import type { Worked, WorkStep } from "../step.ts";
import { defaultMessage, isWithdrawn, noTag, tagInput, type TagInput } from "./input.ts";

export const tagStep: WorkStep<TagInput> = {
  name: "tag",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Makes the release tag of each package, annotated and signed where you sign, locally.",
  input: tagInput,
  timeoutMs: 5 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: ["git"], toolbox: false, platforms: [], identity: true }),
  describe: ({ packages }) => `tag ${refWords(releaseTagsOf(packages))}`.trim(),
  writesSource: () => true,
  // Loaded when it is needed: a plan looks at no remote.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightTag(planned, ports),
  perform: async ({ input, plan, packages, head }): Promise<Worked> => {
    const names = releaseTagsOf(packages);
    if (names.length === 0) return { kind: "failed", ...noTag };
    if (head.tree !== undefined) return { kind: "failed", ...uncommitted };
    const tags = names.map((name) => {
      const tagged = packages.filter((one) => one.tag === name);
      return { name, message: fillTemplate(input.message ?? defaultMessage, { project: plan.project, packages: tagged }) };
    });
    return {
      kind: "done",
      output: { tags: names, commit: head.commit },
      artifacts: [],
      source: { kind: "tags", tags, replaces: isWithdrawn(plan) },
    };
  },
};

const uncommitted = {
  code: "PLAN_INVALID",
  message: "Cannot tag the release: files were kept and not committed",
  hint: "Put a `commit` step above the `tag` step",
} as const;
