// What is to be gone: the page first, since it holds its tag, then the tag.
import { z } from "zod";
import { SlipwayError } from "../../domain/error.ts";
import type { Effect } from "../../domain/run/effect.ts";
import type { Frozen, ReadPorts } from "../step.ts";
import { publishedAlready } from "./published.ts";
import type { WithdrawInput } from "./withdraw.ts";

const withdrawData = z.strictObject({ kind: z.enum(["page", "tag"]), tag: z.string(), remote: z.string(), project: z.string() });

export type WithdrawData = z.infer<typeof withdrawData>;

const remote = "origin";
const settleMs = 5_000;
const withinMs = 5 * 60_000;

/** @throws SlipwayError POLICY_REFUSED once something of the release cannot be taken back */
export async function withdrawEffects(frozen: Frozen<WithdrawInput>, ports: ReadPorts): Promise<readonly Effect[]> {
  const tag = frozen.packages.find((one) => one.tag !== undefined)?.tag;
  if (tag === undefined) throw new SlipwayError("PLAN_INVALID", "Cannot withdraw the release: no package has a `tag:` pattern");
  const found = await publishedAlready(frozen, tag, ports);
  if (found.kind === "public") throw new SlipwayError("POLICY_REFUSED", `Cannot withdraw ${tag}: ${found.what}`, { hint: found.hint });
  if (found.kind === "unknown")
    throw new SlipwayError("STEP_FAILED", `Cannot withdraw ${tag}: ${found.why}`, {
      hint: "Look at the network, then run the same command again",
    });
  const page = `page/${tag}`;
  const { project } = frozen.plan;
  const common = { target: remote, reach: "reversible", again: "harmless", settleMs, withinMs } as const;
  const has = (one: WithdrawInput["of"][number]): boolean => frozen.input.of.includes(one);
  return [
    ...(has("forge-release")
      ? [{ ...common, key: page, title: `no release page ${tag}`, after: [], data: { kind: "page", tag, remote, project } }]
      : []),
    ...(has("tag")
      ? [
          {
            ...common,
            key: `tag/${tag}`,
            title: `no tag ${tag} at ${remote}`,
            after: has("forge-release") ? [page] : [],
            data: { kind: "tag", tag, remote, project },
          },
        ]
      : []),
  ];
}

/** Reads an effect back from the journal. */
export function readData(effect: Effect): WithdrawData {
  return withdrawData.parse(effect.data);
}
