// The step `tag`: the release tag of each package, annotated, in the run's own clone (DESIGN §1.7). It exists for nobody
// else until `push` sends it.
import { z } from "zod";
import { fillTemplate, templateFault } from "../../domain/template.ts";
import { catalogueName, type Plan } from "../../domain/plan/plan.ts";
import type { Finding, Planned, ReadPorts, Use, Worked, WorkStep } from "../step.ts";

const tagInput = z.strictObject({
  message: z
    .string()
    .min(1)
    .max(10_000)
    .refine((text) => templateFault(text) === undefined, { error: (issue) => templateFault(String(issue.input)) ?? "is not understood" })
    .optional()
    .describe('Message of the tag; {version}, {name} and {project} are filled in; default "{name} {version}"'),
});

export type TagInput = z.infer<typeof tagInput>;

const defaultMessage = "{name} {version}";

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
  preflight: preflightTag,
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

/** A step of the plan takes the tag back before it is made again. */
function isWithdrawn(plan: Plan): boolean {
  return plan.steps.some((step) => catalogueName(step) === "withdraw" && JSON.stringify(step.input).includes('"tag"'));
}

/** Packages of one version may share a tag. */
function tagsOf({ packages }: Pick<Use, "packages">): readonly string[] {
  return [...new Set(packages.flatMap((one) => one.tag ?? []))];
}

const noTag = {
  code: "PLAN_INVALID",
  message: "Cannot tag the release: no package has a `tag:` pattern",
  hint: 'Write one in slipway.yaml: `tag: "v{version}"`',
} as const;

const uncommitted = {
  code: "PLAN_INVALID",
  message: "Cannot tag the release: files were kept and not committed",
  hint: "Put a `commit` step above the `tag` step",
} as const;

/** A tag of that name at the remote is another release; one that this run pushed is no surprise. */
async function preflightTag(planned: Planned<TagInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const names = tagsOf(planned);
  if (names.length === 0) return [{ id: "PF-TAG", level: "blocks", message: noTag.message, hint: noTag.hint }];
  const there = await ports.remote("origin").refs(names.map((name) => `refs/tags/${name}`));
  if (there.kind === "unknown")
    return [{ id: "PF-TAG", level: "cannot-be-tried", message: `Whether ${names.join(", ")} is free at origin: ${there.why}` }];
  return names.flatMap((name): readonly Finding[] => {
    const object = there.objects.get(`refs/tags/${name}`);
    if (object === undefined) return [{ id: "PF-TAG", level: "fine", message: `Tag "${name}" is free at origin` }];
    const message = `Tag "${name}" is at origin already (${object.slice(0, 12)})`;
    if (isWithdrawn(planned.plan)) return [{ id: "PF-TAG", level: "fine", message: `${message}, and is withdrawn first` }];
    if (planned.begun) return [{ id: "PF-TAG", level: "warns", message }];
    return [
      { id: "PF-TAG", level: "blocks", message, hint: `Release the next version, or withdraw the tag: git push --delete origin ${name}` },
    ];
  });
}
