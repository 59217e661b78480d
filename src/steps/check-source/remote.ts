// Where branch and tag are at the remote, judged against the plan. Both preflight and the work look with it, so that
// they cannot disagree.
import type { Plan } from "../../domain/plan/plan.ts";
import type { ReadPorts } from "../step.ts";
import { runGit } from "./git.ts";

/** One thing that was looked at, in words that begin with what it is. */
export type SourceLook =
  | { readonly kind: "agrees"; readonly message: string }
  /** Not wrong, and worth knowing. */
  | { readonly kind: "note"; readonly message: string; readonly hint?: string }
  | { readonly kind: "moved"; readonly message: string; readonly hint?: string }
  /** Nothing could be learned. `needed`: the configuration asked for this look. */
  | { readonly kind: "unknown"; readonly message: string; readonly needed: boolean };

/** Looks at the branch named in the input and at the tag the run is pinned to. At most two questions to a remote. */
export async function lookAtRemote(plan: Plan, remote: string | undefined, ports: ReadPorts): Promise<readonly SourceLook[]> {
  const looks: SourceLook[] = [];
  if (remote !== undefined) looks.push(await lookAtBranch(plan, remote, ports));
  if (plan.source.tag !== undefined) looks.push(await lookAtTag(plan.source.tag, plan, { name: remoteName(remote), ports }));
  return looks;
}

async function lookAtBranch(plan: Plan, remote: string, ports: ReadPorts): Promise<SourceLook> {
  const branch = remote.slice(remote.indexOf("/") + 1);
  const { commit, tag } = plan.source;
  const at = await ports.remoteRef(remoteName(remote), `refs/heads/${branch}`);
  if (at.kind === "unknown") return { kind: "unknown", needed: true, message: `Cannot tell where ${remote} is: ${at.why}` };
  if (at.kind === "none") return { kind: "moved", message: `The source is not on ${remote}: there is no such branch at the remote` };
  if (at.commit === commit) return { kind: "agrees", message: `${remote} is at ${short(commit)}, as planned` };
  const moved = `${remote} is at ${short(at.commit)} and the plan is for ${short(commit)}`;
  if (tag === undefined)
    return { kind: "moved", message: `The source moved: ${moved}`, hint: "Bring the repository up to date and plan again" };
  return contains(at.commit, commit, { remote, tag, ports });
}

/** A tag stays behind when its branch goes on: it is enough that the branch contains it. */
async function contains(
  tip: string,
  commit: string,
  around: { readonly remote: string; readonly tag: string; readonly ports: ReadPorts },
): Promise<SourceLook> {
  const { remote, tag, ports } = around;
  const asked = await runGit(["merge-base", "--is-ancestor", commit, tip], ports.sourceFolder, ports);
  if (asked.kind === "exited" && asked.code === 0) return { kind: "agrees", message: `${remote} (${short(tip)}) contains ${tag}` };
  if (asked.kind === "exited" && asked.code === 1) {
    return {
      kind: "moved",
      message: `The source is not on ${remote}: it is at ${short(tip)}, which does not contain ${tag} (${short(commit)})`,
    };
  }
  const message = `Cannot tell whether ${remote} contains ${tag}: ${short(tip)} is not in this clone; \`git fetch\` brings it`;
  return { kind: "unknown", needed: true, message };
}

async function lookAtTag(tag: string, plan: Plan, around: { readonly name: string; readonly ports: ReadPorts }): Promise<SourceLook> {
  const at = await around.ports.remoteRef(around.name, `refs/tags/${tag}`);
  const { commit } = plan.source;
  if (at.kind === "unknown")
    return { kind: "unknown", needed: false, message: `Cannot tell where the tag "${tag}" is at ${around.name}: ${at.why}` };
  if (at.kind === "none") {
    return {
      kind: "note",
      message: `The tag "${tag}" is not at ${around.name} yet`,
      hint: `Push it with \`git push ${around.name} ${tag}\``,
    };
  }
  if (at.commit === commit) return { kind: "agrees", message: `The tag "${tag}" leads to ${short(commit)} at ${around.name}, as planned` };
  return {
    kind: "moved",
    message: `The source moved: the tag "${tag}" leads to ${short(at.commit)} at ${around.name} and to ${short(commit)} in the plan`,
    hint: "Find out who moved the tag before anything is published under it",
  };
}

function remoteName(remote: string | undefined): string {
  return remote === undefined ? "origin" : remote.slice(0, remote.indexOf("/"));
}

/** Enough of a commit id for people. */
export function short(commit: string): string {
  return commit.slice(0, 12);
}
