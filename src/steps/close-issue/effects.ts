// Two effects: a comment that says what was released, and the closed issue. The issue is found once, before the first of
// them, and stands in both by its number.
import { z } from "zod";
import { SlipwayError } from "../../domain/error.ts";
import { commentMark } from "../../domain/marks.ts";
import type { Effect } from "../../domain/run/effect.ts";
import type { Frozen, ReadPorts } from "../step.ts";
import type { CloseIssueInput } from "./close-issue.ts";

const closingData = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("comment"), issue: z.number(), text: z.string(), mark: z.string() }),
  z.strictObject({ kind: z.literal("close"), issue: z.number() }),
]);

export type ClosingData = z.infer<typeof closingData>;

const withinMs = 5 * 60_000;

/** @throws SlipwayError STEP_FAILED when there is no such issue, or more than one */
export async function closeIssueEffects(frozen: Frozen<CloseIssueInput>, ports: ReadPorts): Promise<readonly Effect[]> {
  const { forge } = await ports.forge();
  const issue = await findIssue(frozen, ports);
  const common = { target: forge.name, reach: "reversible", settleMs: forge.settleMs, withinMs } as const;
  const comment = `comment/${issue}`;
  const wantsComment = frozen.input.comment !== false;
  const data = { kind: "comment", issue, text: textOf(frozen), mark: commentMark(frozen.plan.project, frozen.plan.release.title) };
  return [
    ...(wantsComment
      ? [{ ...common, key: comment, title: `comment on issue ${issue}`, after: [], again: "after-look" as const, data }]
      : []),
    {
      ...common,
      key: `closed/${issue}`,
      title: `issue ${issue} closed`,
      after: wantsComment ? [comment] : [],
      again: "harmless",
      data: { kind: "close", issue },
    },
  ];
}

async function findIssue({ plan }: Frozen<CloseIssueInput>, ports: ReadPorts): Promise<number> {
  const { tracker } = plan;
  if (tracker === undefined) throw new SlipwayError("PLAN_INVALID", "Cannot close the release's issue: the file has no `tracker:`");
  const { forge, access } = await ports.forge();
  const listed = await forge.issues.find({ label: tracker.label, title: tracker.title, state: "all" }, access);
  if (listed.kind === "unknown")
    throw new SlipwayError("STEP_FAILED", `Cannot find the issue "${tracker.title}": ${listed.why}`, {
      hint: "Look at the forge, then run the same command again",
    });
  const open = listed.issues.filter(({ state }) => state === "open");
  const [found, ...more] = open.length > 0 ? open : listed.issues.slice(0, 1);
  if (found !== undefined && more.length === 0) return found.number;
  const what = found === undefined ? "there is none" : `there are several: ${open.map(({ url }) => url).join(", ")}`;
  throw new SlipwayError("STEP_FAILED", `Cannot find the issue "${tracker.title}" with the label "${tracker.label}": ${what}`, {
    hint: "Open one, or close all but one, then run the same command again",
  });
}

function textOf({ plan }: Frozen<CloseIssueInput>): string {
  const packages = plan.packages.map(({ name, version }) => `- ${name} ${version}`).join("\n");
  return `Released:\n\n${packages}`;
}

/** Reads an effect back from the journal. */
export function readData(effect: Effect): ClosingData {
  return closingData.parse(effect.data);
}
