// Sends what is missing: the branch from where it is seen now, the tags that are not there, all in one.
import { unreachable } from "../../domain/error.ts";
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import type { PushedRef } from "../../platform/ports.ts";
import type { EffectPorts, Remote } from "../step.ts";
import { markOf, readData, type PushData } from "./effects.ts";
import { lookAtBranch, lookAtTags } from "./look.ts";
import { mayGoByPull, performPull } from "./pull.ts";

/** A remote that did not answer is asked again; nothing has left this machine by then, so that nothing is in doubt. */
const againMs = 5_000;

export async function performPush(effect: Effect, _seen: Observation, ports: EffectPorts): Promise<Performed> {
  const data = readData(effect);
  const remote = ports.remote(data.remote);
  const later = (why: string): Performed => ({ kind: "later", atMs: ports.clock.nowMs() + againMs, why });
  const branch = await lineFor(data, remote);
  if (branch.kind === "refused") return branch;
  if (branch.kind === "unknown") return later(branch.why);
  const tags = await lookAtTags(data, remote);
  if (tags.kind === "unknown") return later(tags.why);
  const refs = [...branch.refs, ...tags.missing.map(({ name, object }): PushedRef => ({ ref: `refs/tags/${name}`, to: object }))];
  const pushed = refs.length === 0 ? { kind: "sent" as const } : await remote.push(refs);
  switch (pushed.kind) {
    case "sent":
      return { kind: "sent", warnings: [] };
    case "unknown":
      return pushed;
    case "refused": {
      const { why, atRemote } = pushed;
      if (atRemote !== true || !mayGoByPull(data) || !(await isWhere(branch.tip, data, remote))) return { kind: "refused", why };
      return performPull(data, ports, { why, later });
    }
    default:
      return unreachable(pushed, "pushed");
  }
}

/** Still where the push was to start from: then no other push was quicker, and it is a rule that refused it. */
async function isWhere(tip: string | undefined, data: PushData, remote: Remote): Promise<boolean> {
  const look = await lookAtBranch(data, remote);
  return (look?.kind === "behind" || look?.kind === "moved") && look.tip === tip;
}

type Line =
  /** `tip`: where the branch was seen; absent: there is nothing to move. */
  | { readonly kind: "line"; readonly refs: readonly PushedRef[]; readonly tip?: string }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

/** The branch's line of the push; none when it has what it should. */
async function lineFor(data: PushData, remote: Remote): Promise<Line> {
  const look = await lookAtBranch(data, remote);
  if (look === undefined) return { kind: "line", refs: [] };
  switch (look.kind) {
    case "contains":
      return { kind: "line", refs: [] };
    case "behind":
      return { kind: "line", tip: look.tip, refs: [lineTo(data, data.commit, look.tip)] };
    case "moved":
      return data.mayMove
        ? onTopOf(look.tip, data, remote)
        : { kind: "refused", why: `branch ${data.branch} was moved to ${look.tip.slice(0, 12)} by somebody else` };
    case "gone":
      return { kind: "refused", why: `there is no branch ${data.branch} any more` };
    case "unknown":
      return look;
    default:
      return unreachable(look, "look");
  }
}

async function onTopOf(tip: string, data: PushData, remote: Remote): Promise<Line> {
  const again = await remote.replay(data.commit, tip, markOf(data));
  if (again.kind === "replayed") return { kind: "line", tip, refs: [lineTo(data, again.commit, tip)] };
  return { kind: "refused", why: `the run's commits and ${data.branch} change the same lines of ${again.paths.slice(0, 5).join(", ")}` };
}

function lineTo(data: PushData, to: string, from: string): PushedRef {
  return { ref: `refs/heads/${data.branch}`, to, from };
}
