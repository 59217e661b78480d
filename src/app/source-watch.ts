// Notices that the source moved while a run is under way: the tag leads elsewhere, or the branch went on without us.
// Asked before every effect; the answer is kept for a few seconds, so that a hundred wheels do not ask a hundred times.
import type { Plan } from "../domain/plan/plan.ts";
import type { Head } from "../domain/run/head.ts";
import type { Clock, Git } from "../platform/ports.ts";

export type SourceAnswer =
  | { readonly kind: "same" }
  | { readonly kind: "moved"; readonly what: string; readonly from: string; readonly to: string };

export interface SourceWatch {
  /** @param head where the run's own commits led: they are no other source, and nor is what others put on top of them */
  look(head: Head): Promise<SourceAnswer>;
}

const keptMs = 2_000;

export interface WatchParts {
  readonly git: Git;
  readonly clock: Clock;
  readonly plan: Plan;
  readonly repository: string;
  /** The run's own clone. */
  readonly clone: string;
  /** The tag is not made yet, so that it cannot have moved. */
  readonly tagAssumed: boolean;
  /** Name of the remote to ask, where there is one. */
  readonly remote: string | undefined;
}

export function watchSource(parts: WatchParts): SourceWatch {
  let last: { readonly atMs: number; readonly answer: Promise<SourceAnswer> } | undefined;
  return {
    look(head) {
      const nowMs = parts.clock.nowMs();
      if (last === undefined || nowMs - last.atMs > keptMs) last = { atMs: nowMs, answer: ask(parts, head) };
      return last.answer;
    },
  };
}

async function ask(parts: WatchParts, head: Head): Promise<SourceAnswer> {
  const { plan } = parts;
  if (plan.source.tag !== undefined && !parts.tagAssumed) return askTag(parts, plan.source.tag);
  return plan.source.branch === undefined ? { kind: "same" } : askBranch(parts, plan.source.branch, head);
}

async function askTag(parts: WatchParts, tag: string): Promise<SourceAnswer> {
  const { git, plan, repository } = parts;
  const here = await git.tag(repository, tag);
  if (here?.commit !== plan.source.commit) return moved(`tag ${tag}`, plan, here?.commit ?? "gone");
  if (parts.remote === undefined) return { kind: "same" };
  const there = await git.remoteRef(repository, parts.remote, `refs/tags/${tag}`);
  // A tag that is not pushed yet, or a remote that does not answer, is no sign that it moved.
  return there.kind === "at" && there.commit !== plan.source.commit
    ? moved(`tag ${tag} at ${parts.remote}`, plan, there.commit)
    : { kind: "same" };
}

async function askBranch(parts: WatchParts, branch: string, head: Head): Promise<SourceAnswer> {
  const { git, plan, repository } = parts;
  const there = parts.remote === undefined ? undefined : await git.remoteRef(repository, parts.remote, `refs/heads/${branch}`);
  const tip = there?.kind === "at" ? there.commit : await git.resolve(repository, `refs/heads/${branch}`);
  if (tip === undefined || tip === plan.source.commit) return { kind: "same" };
  if (head.commit !== plan.source.commit && (await isOurs(parts, head, { branch, tip }))) return { kind: "same" };
  return moved(`branch ${branch}`, plan, tip);
}

/** The branch is at a commit of the run, or was moved on from the run's last one, or from one that a merge made with its files. */
async function isOurs(parts: WatchParts, head: Head, at: { readonly branch: string; readonly tip: string }): Promise<boolean> {
  const { git, clone, remote, repository, plan } = parts;
  const contains = (commit: string, ancestor: string): Promise<boolean> => git.contains(clone, commit, ancestor).catch(() => false);
  if (await contains(head.commit, at.tip)) return contains(at.tip, plan.source.commit);
  if (remote === undefined) return false;
  await git.fetchBranch({ repository, clone, remote, branch: at.branch, known: plan.source.commit });
  if (await contains(at.tip, head.commit)) return true;
  const range = { tip: at.tip, base: plan.source.commit, commit: head.commit };
  return (await git.findSameTree(clone, range).catch(() => undefined)) !== undefined;
}

function moved(what: string, plan: Plan, to: string): SourceAnswer {
  return { kind: "moved", what, from: plan.source.commit, to };
}
