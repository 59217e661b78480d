// The step `commit`: all that steps above kept, committed locally in the name of whoever releases (DESIGN §1.7). Nothing
// is sent; what follows tests and builds this commit.
import * as z from "../../domain/shape.ts";
import { fillTemplate, templateFault } from "../../domain/template.ts";
import type { WorkStep } from "../step.ts";

const commitInput = z.strictObject({
  message: z
    .string()
    .min(1)
    .max(10_000)
    .refine((text) => templateFault(text) === undefined, { error: (issue) => templateFault(String(issue.input)) ?? "is not understood" })
    .describe('Message of the commit; {version}, {name} and {project} are filled in: "Release {version}"'),
});

export type CommitInput = z.infer<typeof commitInput>;

export const commitStep: WorkStep<CommitInput> = {
  name: "commit",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Commits what the steps above kept, locally, with author and time of the run.",
  input: commitInput,
  timeoutMs: 5 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: ["git"], toolbox: false, platforms: [], identity: true }),
  describe: ({ input, packages }) => `commit "${fillTemplate(input.message, { packages }).split("\n")[0]}"`,
  writesSource: () => true,
  preflight: async () => [],
  perform: async ({ input, head, plan }, ports) => {
    const message = fillTemplate(input.message, plan);
    if (head.tree === undefined) ports.print("Nothing was kept since the last commit");
    return { kind: "done", output: { message, committed: head.tree !== undefined }, artifacts: [], source: { kind: "commit", message } };
  },
};
