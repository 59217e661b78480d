// What a push is to leave in the world: one effect, since the remote takes all of its refs or none.
import { z } from "zod";
import type { JsonObject } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Effect } from "../../domain/run/effect.ts";
import { refWords } from "../../domain/release-tags.ts";
import type { Frozen, ReadPorts } from "../step.ts";
import { remoteOf, type PushInput } from "./input.ts";
import { wantedPull } from "./pull.ts";

const pushData = z.strictObject({
  remote: z.string(),
  /** The branch that is to contain `commit`; absent: the run made no commit. */
  branch: z.string().optional(),
  commit: z.string(),
  /** The pinned commit, where the branch was found. */
  base: z.string(),
  /** The branch may have moved: the commits are made again on top of it. */
  mayMove: z.boolean(),
  tags: z.array(z.strictObject({ name: z.string(), object: z.string() })),
  /** The pull request that takes the push's place where a rule of the remote refuses it. */
  pull: z.strictObject({ head: z.string(), title: z.string(), text: z.string(), mark: z.string() }).optional(),
});

export type PushData = z.infer<typeof pushData>;

/** Hosted git may answer from a copy that is a little behind. */
const settleMs = 5_000;
const withinMs = 5 * 60_000;
/** While a merge is waited for, a forge may be down for a while. */
const withinOfPullMs = 30 * 60_000;

/** @throws SlipwayError PLAN_INVALID when there are commits and no branch for them, files that were not committed, or tags and `or:` */
export async function pushEffects(frozen: Frozen<PushInput>, ports: ReadPorts): Promise<readonly Effect[]> {
  const plain = dataOf(frozen);
  const data = frozen.input.or === undefined || plain.branch === undefined ? plain : { ...plain, pull: await wantedPull(frozen, ports) };
  if (data.branch === undefined && data.tags.length === 0) return [];
  const what = [...(data.branch === undefined ? [] : [data.branch]), ...data.tags.map(({ name }) => name)];
  return [
    {
      key: `${data.remote}/${keyOf(what)}`,
      target: data.remote,
      title: `${refWords(what)} at ${data.remote}`,
      after: [],
      reach: "reversible",
      again: "harmless",
      settleMs,
      withinMs: data.pull === undefined ? withinMs : withinOfPullMs,
      data: toJson(data),
    },
  ];
}

/** Short enough for a line of the journal, a crash point and a message; a step has one push, so that nothing is mistaken for another. */
function keyOf(refs: readonly string[]): string {
  const named = refs.slice(0, refsInKey);
  return [...named, ...(refs.length > named.length ? [`${refs.length - named.length}-more`] : [])].join("+");
}

const refsInKey = 5;

/** As the journal holds it: what is not there is left out. */
function toJson({ branch, pull, ...rest }: PushData): JsonObject {
  return { ...rest, ...(branch === undefined ? {} : { branch }), ...(pull === undefined ? {} : { pull }) };
}

function dataOf({ input, head, plan }: Frozen<PushInput>): PushData {
  if (head.tree !== undefined) {
    throw new SlipwayError("PLAN_INVALID", "Cannot push: files were kept and not committed", {
      hint: "Put a `commit` step above the `push` step",
    });
  }
  // A merge may make another commit of ours, and a tag leads to one commit: it is made after the merge.
  if (input.or !== undefined && head.tags.length > 0) {
    throw new SlipwayError(
      "PLAN_INVALID",
      `Cannot push ${refWords(head.tags.map(({ name }) => name))} by pull request: the merge may be another commit`,
      {
        hint: "Put the `tag` step, and a `push` of its own for the tag, below the `push` that has `or: pull-request`",
      },
    );
  }
  const base = plan.source.commit;
  const branch = input.onto ?? plan.source.branch;
  const hasCommits = head.commit !== base;
  if (hasCommits && branch === undefined) {
    throw new SlipwayError("PLAN_INVALID", "Cannot push: the run made commits, and no branch is named for them", {
      hint: "Name it in slipway.yaml: `source: { branch: main }`",
    });
  }
  return {
    remote: remoteOf(input),
    ...(hasCommits && branch !== undefined ? { branch } : {}),
    commit: head.commit,
    base,
    mayMove: input.onto !== undefined,
    tags: head.tags.map(({ name, object }) => ({ name, object })),
  };
}

/** Reads an effect back from the journal. */
export function readData(effect: Effect): PushData {
  return pushData.parse(effect.data);
}

/** The line by which commits that were made again on a branch that had moved are found there. */
export function markOf(data: Pick<PushData, "commit">): string {
  return `Slipway-Commit: ${data.commit}`;
}
