// The step `withdraw`: takes half a release back before it is made again – the tag, the release page – and refuses as soon
// as anything of it can no longer be taken back (S4.4).
import * as z from "../../domain/shape.ts";
import { refWords, releaseTagsOf } from "../../domain/release-tags.ts";
import type { ActingStep, Use } from "../step.ts";

export const withdrawable = ["tag", "forge-release", "draft", "published"] as const;

const withdrawInput = z.strictObject({
  of: z
    .array(z.enum(withdrawable))
    .min(1)
    .describe(
      "What is taken back: the tags at the remote, the release pages (`forge-release`: removed; `draft`: for nobody else to see), what the registries of the environment hold",
    ),
  whole: z.boolean().optional().describe("Part of taking a whole release back: goes on though something of it is where it has to stay"),
  reason: z.string().min(1).max(200).optional().describe("Why, for those who use it; npm shows it to everybody who installs"),
});

export type WithdrawInput = z.infer<typeof withdrawInput>;

export const withdrawStep: ActingStep<WithdrawInput> = {
  name: "withdraw",
  revision: 2,
  kind: "acting",
  zone: "forge",
  summary:
    "Takes the tags and the release pages of half a release back, and refuses once anything irreversible is public; with `published`, also what is at the registries, as far as each can.",
  input: withdrawInput,
  timeoutMs: 15 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: ["git"], toolbox: false, platforms: [] }),
  usesForge: ({ input }) => input.of.includes("forge-release") || input.of.includes("draft"),
  looksEverywhere: () => "always",
  describe: (use) => `withdraw ${wordsOf(use)}`,
  // Loaded when they are needed: a plan performs nothing.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightWithdraw(planned, ports),
  reach: () => "reversible",
  effects: async (frozen, ports) => (await import("./effects.ts")).withdrawEffects(frozen, ports),
  survey: async () => ({ kind: "clear" }),
  observe: async (effect, ports) => (await import("./look.ts")).observeWithdrawn(effect, ports),
  perform: async (effect, seen, ports) => (await import("./perform.ts")).performWithdraw(effect, seen, ports),
  verify: async (effect, ports) => (await import("./look.ts")).verifyWithdrawn(effect, ports),
};

function wordsOf({ input, packages }: Use<WithdrawInput>): string {
  const tags = releaseTagsOf(packages);
  const many = tags.length > 1 ? "s" : "";
  const words = {
    tag: `tag${many}`,
    "forge-release": `the release page${many}`,
    draft: `the release page${many}`,
    published: "what is published of",
  } as const;
  return input.of.map((one) => `${words[one]} ${refWords(tags)}`.trim()).join(" and ");
}
