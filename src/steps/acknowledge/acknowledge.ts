// The step `acknowledge`: a named person says that something was looked at. It is no approval: it opens no credentials.
// The answer is bound to the digest of the paths it is for, and dies when they change (DESIGN §2, S2.2, S2.5).
import * as z from "../../domain/shape.ts";
import { readGlob } from "../../domain/glob.ts";
import type { Finding, GateStep, Use } from "../step.ts";

const glob = z.string().refine((pattern) => readGlob(pattern).kind === "glob", {
  error: 'must be a glob inside of the repository, for example "**/migrations/**"',
});

const acknowledgeInput = z.strictObject({
  text: z.string().min(1).max(2000).describe("What the person confirms"),
  from: z.string().optional().describe("People who may confirm it; absent: anyone who can run the release"),
  for: z
    .union([z.literal("commit"), glob, z.array(glob).min(1).max(100)])
    .optional()
    .describe("What the answer is bound to: globs in the repository, or the whole commit; absent: the plan alone"),
});

export type AcknowledgeInput = z.infer<typeof acknowledgeInput>;

export const acknowledgeStep: GateStep<AcknowledgeInput> = {
  name: "acknowledge",
  revision: 1,
  kind: "gate",
  zone: "tool",
  summary: "Waits until a named person says that something was looked at; bound to what it is for, it opens no credentials.",
  input: acknowledgeInput,
  // Days are normal: a person may be away.
  timeoutMs: 14 * 24 * 60 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: ({ input }) => `wait for ${input.from ?? "a person"} to confirm: ${input.text}`,
  question: ({ input }) => ({ text: input.text, ...(input.from === undefined ? {} : { from: input.from }), paths: pathsOf(input) }),
  preflight: async (use) => nothingCanBeMissing(use),
};

/** The whole commit is every path of it. */
function pathsOf(input: AcknowledgeInput): readonly string[] {
  if (input.for === undefined) return [];
  if (input.for === "commit") return ["**"];
  return typeof input.for === "string" ? [input.for] : input.for;
}

function nothingCanBeMissing(use: Use<AcknowledgeInput>): readonly Finding[] {
  return [{ id: "PF-ACKNOWLEDGE", level: "fine", message: `A person will be asked: ${use.input.text}` }];
}
