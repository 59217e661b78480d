// The step `withdraw`: takes half a release back before it is made again – the tag, the release page – and refuses as soon
// as anything of it can no longer be taken back (S4.4).
import { z } from "zod";
import type { ActingStep, Use } from "../step.ts";
import { withdrawEffects } from "./effects.ts";
import { observeWithdrawn, verifyWithdrawn } from "./look.ts";
import { performWithdraw } from "./perform.ts";
import { preflightWithdraw } from "./preflight.ts";

export const withdrawable = ["tag", "forge-release"] as const;

const withdrawInput = z.strictObject({
  of: z.array(z.enum(withdrawable)).min(1).describe("What is taken back: the tag at the remote, the release page"),
});

export type WithdrawInput = z.infer<typeof withdrawInput>;

export const withdrawStep: ActingStep<WithdrawInput> = {
  name: "withdraw",
  revision: 1,
  kind: "acting",
  zone: "forge",
  summary: "Takes the tag and the release page of half a release back, and refuses once anything irreversible is public.",
  input: withdrawInput,
  timeoutMs: 15 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: ["git"], toolbox: false, platforms: [] }),
  usesForge: ({ input }) => input.of.includes("forge-release"),
  looksEverywhere: () => true,
  describe: (use) => `withdraw ${wordsOf(use)}`,
  preflight: preflightWithdraw,
  reach: () => "reversible",
  effects: withdrawEffects,
  survey: async () => ({ kind: "clear" }),
  observe: observeWithdrawn,
  perform: performWithdraw,
  verify: verifyWithdrawn,
};

function wordsOf({ input, packages }: Use<WithdrawInput>): string {
  const tag = packages.find((one) => one.tag !== undefined)?.tag ?? "";
  return input.of.map((one) => (one === "tag" ? `tag ${tag}` : `the release page ${tag}`)).join(" and ");
}
