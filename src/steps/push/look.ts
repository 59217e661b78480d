// Looks at a remote: does the branch contain the run's commit, do the tags lead where they should.
import type { Effect, Evidence, Observation } from "../../domain/run/effect.ts";
import { unreachable } from "../../domain/error.ts";
import type { PullRequest } from "../../forges/forge.ts";
import type { ReadPorts, ReadRemote, Verified } from "../step.ts";
import { markOf, readData, type PushData } from "./effects.ts";
import { lookAtPull, mayGoByPull, waitFor, waitForMerge, type PullData } from "./pull.ts";

/** Where a branch stands, in what it means to the run. */
export type BranchLook =
  /** It has the run's commit, as it is or made again on top of others. */
  | {
      readonly kind: "contains";
      readonly tip: string;
      readonly commit: string;
      /** It is another commit with the very files of the run's: what follows starts from it. Committer time, seconds since 1970. */
      readonly sameSince?: number;
    }
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
  const same = data.pull === undefined || tip === data.base ? undefined : await remote.findSameTree(tip, data.commit);
  if (same !== undefined) return { kind: "contains", tip, commit: same.commit, sameSince: same.epochSeconds };
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
  if (mayGoByPull(data) && branch !== undefined && branch.kind !== "contains") return observePull(data, branch, ports);
  const [elsewhere] = tags.elsewhere;
  if (elsewhere !== undefined) return { kind: "conflict", theirs: `tag ${elsewhere.name} leads to ${elsewhere.object.slice(0, 12)}` };
  const isThere = (branch === undefined || branch.kind === "contains") && tags.missing.length === 0;
  return isThere ? { kind: "present", evidence: evidenceOf(data, branch) } : withoutIt(data, branch);
}

/** What a branch that does not have the commit means, where nothing else can bring it there. */
function withoutIt(data: PushData, branch: BranchLook | undefined): Observation {
  if (branch?.kind === "unknown") return branch;
  if (branch?.kind === "gone") return { kind: "conflict", theirs: `there is no branch ${data.branch} any more` };
  if (branch?.kind === "moved" && !data.mayMove)
    return { kind: "conflict", theirs: `branch ${data.branch} was moved to ${branch.tip.slice(0, 12)} by somebody else` };
  return { kind: "absent" };
}

/** The branch does not have it: whether a pull request of ours is to bring it there, did, or cannot any more. */
async function observePull(data: PullData, branch: BranchLook, ports: ReadPorts): Promise<Observation> {
  const pull = await lookAtPull(data, ports);
  switch (pull.kind) {
    case "unknown":
      return pull;
    case "absent":
      return withoutIt(data, branch);
    case "open":
      return waitFor(pull.pull, data);
    case "stands":
      return { kind: "conflict", theirs: pull.theirs };
    case "merged":
      return observeMerged(data, pull.pull, ports);
    default:
      return unreachable(pull, "pull");
  }
}

/** Looked at once more: it may have been merged between the two looks, and the forge may be ahead of the remote. */
async function observeMerged(data: PullData, pull: PullRequest, ports: ReadPorts): Promise<Observation> {
  const remote = ports.remote(data.remote);
  const branch = await lookAtBranch(data, remote);
  if (branch?.kind === "unknown") return branch;
  if (branch?.kind === "contains") return { kind: "present", evidence: evidenceOf(data, branch, pull.url) };
  if (branch === undefined || branch.kind === "gone") return withoutIt(data, branch);
  const merged = pull.mergedCommit;
  const isShown = merged === undefined ? branch.kind === "moved" : branch.tip === merged || (await remote.contains(branch.tip, merged));
  if (!isShown) return waitForMerge(pull);
  const commit = merged ?? branch.tip;
  if (data.mayMove) return { kind: "present", evidence: evidenceOf(data, { kind: "contains", tip: branch.tip, commit }, pull.url) };
  const theirs = `the pull request was merged as ${commit.slice(0, 12)}, whose files are not those of ${data.commit.slice(0, 12)}: ${pull.url}`;
  return { kind: "conflict", theirs };
}

export async function verifyPush(effect: Effect, ports: ReadPorts): Promise<Verified> {
  const seen = await observePush(effect, ports);
  if (seen.kind === "present") return { kind: "verified", evidence: seen.evidence };
  if (seen.kind === "conflict") return { kind: "differs", theirs: seen.theirs };
  return { kind: "unknown", why: seen.kind === "unknown" ? seen.why : "the remote does not show it" };
}

function evidenceOf(data: PushData, branch: BranchLook | undefined, url?: string): Evidence {
  const same = branch?.kind === "contains" && branch.sameSince !== undefined ? branch : undefined;
  return {
    how: same === undefined ? `read back from ${data.remote}` : `read back from ${data.remote}: another commit with the same files`,
    ...(url === undefined ? {} : { url }),
    ...(same === undefined ? {} : { head: { from: data.commit, commit: same.commit, epochSeconds: same.sameSince ?? 0 } }),
    details: {
      remote: data.remote,
      ...(branch?.kind === "contains" ? { branch: data.branch ?? "", commit: branch.commit, tip: branch.tip } : {}),
      tags: data.tags,
    },
  };
}
