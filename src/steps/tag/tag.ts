// The step `tag`: the release tag of each package, annotated, in the run's own clone (DESIGN §1.7). It exists for nobody
// else until `push` sends it.
import { fillTemplate } from "../../domain/template.ts";
import type { Worked, WorkStep } from "../step.ts";
import { defaultMessage, isWithdrawn, noTag, tagInput, tagsOf, type TagInput } from "./input.ts";

export const tagStep: WorkStep<TagInput> = {
  name: "tag",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Makes the release tag, annotated and signed where you sign, locally.",
  input: tagInput,
  timeoutMs: 5 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: ["git"], toolbox: false, platforms: [], identity: true }),
  describe: (use) => `tag ${tagsOf(use).join(", ")}`.trim(),
  writesSource: () => true,
  notYet: (use) => (tagsOf(use).length > 1 ? "several tags in one `tag` step" : undefined),
  // Loaded when it is needed: a plan looks at no remote.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightTag(planned, ports),
  perform: async ({ input, plan, packages, head }): Promise<Worked> => {
    const [name] = tagsOf({ packages });
    if (name === undefined) return { kind: "failed", ...noTag };
    if (head.tree !== undefined) return { kind: "failed", ...uncommitted };
    const message = fillTemplate(input.message ?? defaultMessage, plan);
    return {
      kind: "done",
      output: { tag: name, commit: head.commit },
      artifacts: [],
      source: { kind: "tag", name, message, replaces: isWithdrawn(plan) },
    };
  },
};

const uncommitted = {
  code: "PLAN_INVALID",
  message: "Cannot tag the release: files were kept and not committed",
  hint: "Put a `commit` step above the `tag` step",
} as const;
