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
  const { of } = frozen.input;
  const wanted = { tag, remote, project: frozen.plan.project };
  return [
    ...(of.includes("forge-release") ? [await pageEffect(wanted, ports)] : []),
    ...(of.includes("tag") ? [tagEffect(wanted, of.includes("forge-release") ? [pageKey(tag)] : [])] : []),
  ];
}

type Wanted = Omit<WithdrawData, "kind">;

const common = { reach: "reversible", again: "harmless", withinMs } as const;

async function pageEffect(wanted: Wanted, ports: ReadPorts): Promise<Effect> {
  const { forge } = await ports.forge();
  const { tag } = wanted;
  const at = { target: forge.name, settleMs: forge.settleMs };
  return { ...common, ...at, key: pageKey(tag), title: `no release page ${tag}`, after: [], data: { kind: "page", ...wanted } };
}

function tagEffect(wanted: Wanted, after: readonly string[]): Effect {
  const { tag } = wanted;
  const title = `no tag ${tag} at ${remote}`;
  return { ...common, target: remote, settleMs, key: `tag/${tag}`, title, after, data: { kind: "tag", ...wanted } };
}

function pageKey(tag: string): string {
  return `page/${tag}`;
}

/** Reads an effect back from the journal. */
export function readData(effect: Effect): WithdrawData {
  return withdrawData.parse(effect.data);
}
