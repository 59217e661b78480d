// Looks at a remote: does the branch contain the run's commit, do the tags lead where they should.
import type { Effect, Evidence, Observation } from "../../domain/run/effect.ts";
import type { ReadPorts, ReadRemote, Verified } from "../step.ts";
import { markOf, readData, type PushData } from "./effects.ts";

/** Where a branch stands, in what it means to the run. */
export type BranchLook =
  /** It has the run's commit, as it is or made again on top of others. */
  | { readonly kind: "contains"; readonly tip: string; readonly commit: string }
  /** It is where the run found it, or at an earlier commit of the run. */
  | { readonly kind: "behind"; readonly tip: string }
  /** Others moved it on. */
  | { readonly kind: "moved"; readonly tip: string }
  | { readonly kind: "gone" }
  | { readonly kind: "unknown"; readonly why: string };

export async function lookAtBranch(data: PushData, remote: ReadRemote): Promise<BranchLook | undefined> {
  if (data.branch === undefined) return undefined;
  const there = await remote.fetch(data.branch);
  if (there.kind === "unknown") return there;
  if (there.kind === "none") return { kind: "gone" };
  const tip = there.commit;
  if (tip === data.commit || (await remote.contains(tip, data.commit))) return { kind: "contains", tip, commit: data.commit };
  if (tip === data.base || ((await remote.contains(data.commit, tip)) && (await remote.contains(tip, data.base))))
    return { kind: "behind", tip };
  const again = await remote.findMarked(tip, markOf(data));
  return again === undefined ? { kind: "moved", tip } : { kind: "contains", tip, commit: again };
}

export type TagsLook =
  | {
      readonly kind: "known";
      readonly missing: PushData["tags"];
      readonly elsewhere: readonly { readonly name: string; readonly object: string }[];
    }
  | { readonly kind: "unknown"; readonly why: string };

export async function lookAtTags(data: PushData, remote: ReadRemote): Promise<TagsLook> {
  if (data.tags.length === 0) return { kind: "known", missing: [], elsewhere: [] };
  const there = await remote.refs(data.tags.map(({ name }) => `refs/tags/${name}`));
  if (there.kind === "unknown") return there;
  const at = (name: string): string | undefined => there.objects.get(`refs/tags/${name}`);
  return {
    kind: "known",
    missing: data.tags.filter(({ name }) => at(name) === undefined),
    elsewhere: data.tags.flatMap(({ name, object }) => {
      const found = at(name);
      return found === undefined || found === object ? [] : [{ name, object: found }];
    }),
  };
}

export async function observePush(effect: Effect, ports: ReadPorts): Promise<Observation> {
  const data = readData(effect);
  const remote = ports.remote(data.remote);
  const [branch, tags] = await Promise.all([lookAtBranch(data, remote), lookAtTags(data, remote)]);
  if (branch?.kind === "unknown") return branch;
  if (tags.kind === "unknown") return tags;
  const [elsewhere] = tags.elsewhere;
  if (elsewhere !== undefined) return { kind: "conflict", theirs: `tag ${elsewhere.name} leads to ${elsewhere.object.slice(0, 12)}` };
  if (branch?.kind === "gone") return { kind: "conflict", theirs: `there is no branch ${data.branch} any more` };
  if (branch?.kind === "moved" && !data.mayMove)
    return { kind: "conflict", theirs: `branch ${data.branch} was moved to ${branch.tip.slice(0, 12)} by somebody else` };
  const isThere = (branch === undefined || branch.kind === "contains") && tags.missing.length === 0;
  return isThere ? { kind: "present", evidence: evidenceOf(data, branch) } : { kind: "absent" };
}

export async function verifyPush(effect: Effect, ports: ReadPorts): Promise<Verified> {
  const seen = await observePush(effect, ports);
  if (seen.kind === "present") return { kind: "verified", evidence: seen.evidence };
  if (seen.kind === "conflict") return { kind: "differs", theirs: seen.theirs };
  return { kind: "unknown", why: seen.kind === "unknown" ? seen.why : "the remote does not show it" };
}

function evidenceOf(data: PushData, branch: BranchLook | undefined): Evidence {
  return {
    how: `read back from ${data.remote}`,
    details: {
      remote: data.remote,
      ...(branch?.kind === "contains" ? { branch: data.branch ?? "", commit: branch.commit, tip: branch.tip } : {}),
      tags: data.tags,
    },
  };
}
