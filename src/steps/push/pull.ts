// The pull request that brings the run's commit to a branch where rules forbid to push (S3.9, S4.1): what it is to be
// like, how it is opened, and what a look at it says. One effect with the push: the branch holds what the run made. Only
// the branch proves that; the pull request tells why it does not yet, and who is waited for.
import { unreachable } from "../../domain/error.ts";
import { pullMark } from "../../domain/marks.ts";
import type { Observation, Performed } from "../../domain/run/effect.ts";
import { presentable } from "../../domain/server-text.ts";
import { fillTemplate } from "../../domain/template.ts";
import type { PullRequest, WantedPullRequest } from "../../forges/forge.ts";
import type { EffectPorts, Frozen, ReadPorts, Remote } from "../step.ts";
import type { PushData } from "./effects.ts";
import { remoteOf, type PushInput } from "./input.ts";

/** Data of a push that may go by pull request. */
export type PullData = PushData & { readonly branch: string; readonly pull: NonNullable<PushData["pull"]> };

export function mayGoByPull(data: PushData): data is PullData {
  return data.branch !== undefined && data.pull !== undefined;
}

/** Longest title that every forge takes, in characters. */
const titleMax = 200;
/** How long until an open pull request is looked at again, in milliseconds. */
const againMs = 30_000;
/** How long until the remote is asked again for a merge that the forge tells of, in milliseconds. */
const mergedAgainMs = 2_000;

/** Texts are frozen with the effect: the pull request is the same whoever opens it, and after whatever crash. */
export async function wantedPull(frozen: Frozen<PushInput>, ports: ReadPorts): Promise<PullData["pull"]> {
  const { input, head, plan } = frozen;
  const said = input.message === undefined ? await ports.remote(remoteOf(input)).subject(head.commit) : fillTemplate(input.message, plan);
  const title = presentable(said, []).slice(0, titleMax).trim();
  return {
    head: `slipway/${plan.packages[0]?.tag ?? plan.source.tag ?? plan.packages[0]?.version ?? head.commit.slice(0, 12)}`,
    title: title === "" ? `Release ${head.commit.slice(0, 12)}` : title,
    text: textOf(frozen),
    mark: pullMark(plan.project, head.commit),
  };
}

/** What comes from manifests stands in code spans, where nothing is a link, a mention or a tag of HTML. */
function textOf({ plan, head, input }: Frozen<PushInput>): string {
  const packages = plan.packages.slice(0, packagesMax).map(({ name, version }) => `- ${code(`${name} ${version}`)}`);
  const more = plan.packages.length > packagesMax ? [`- and ${plan.packages.length - packagesMax} more`] : [];
  const must =
    input.onto === undefined
      ? "Merge it unchanged: what the branch holds then must be, file for file, what was tested."
      : "The release goes on when it is merged.";
  return [
    `The commit ${head.commit} of this release, which the rules of the branch do not let Slipway push:`,
    [...packages, ...more].join("\n"),
    `${must} A merge commit, a squash and a rebase will all do. Closing it stops the release.`,
  ].join("\n\n");
}

const packagesMax = 50;

function code(text: string): string {
  return `\`${presentable(text, []).replaceAll("`", "'").slice(0, 200)}\``;
}

export function pullOf(data: PullData): WantedPullRequest {
  const { head, title, text, mark } = data.pull;
  return { head, base: data.branch, title, text, mark };
}

export type PullLook =
  | { readonly kind: "merged"; readonly pull: PullRequest }
  | { readonly kind: "open"; readonly pull: PullRequest }
  /** Closed without a merge, or somebody else's stands in its place. */
  | { readonly kind: "stands"; readonly theirs: string }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

export async function lookAtPull(data: PullData, ports: Pick<ReadPorts, "forge">): Promise<PullLook> {
  const { forge, access } = await ports.forge();
  const searched = await forge.pullRequests.find(pullOf(data), access);
  if (searched.kind === "unknown" || searched.kind === "absent") return searched;
  const { found } = searched;
  if (searched.kind === "theirs") {
    // Where Slipway may not open one, a person does: it is the commit that counts.
    if (found.headCommit === data.commit && found.state === "open") return { kind: "open", pull: found };
    return { kind: "stands", theirs: `another pull request stands between "${data.pull.head}" and "${data.branch}": ${found.url}` };
  }
  switch (found.state) {
    case "merged":
      return { kind: "merged", pull: found };
    case "open":
      return { kind: "open", pull: found };
    case "closed":
      return { kind: "stands", theirs: `the pull request was closed without a merge: ${found.url}` };
    default:
      return unreachable(found.state, "state");
  }
}

export function waitFor({ url, headCommit }: PullRequest, data: PullData): Observation {
  const other = headCommit === data.commit ? "" : `; others put ${headCommit.slice(0, 12)} on top of it`;
  return { kind: "pending", againMs, forPerson: true, why: `the pull request waits to be merged: ${url}${other}` };
}

export function waitForMerge({ url }: PullRequest): Observation {
  return { kind: "pending", againMs: mergedAgainMs, why: `the pull request is merged, and the remote does not show it yet: ${url}` };
}

/** Puts the commit on a branch of its own and opens the pull request. Each half is looked for first: done twice is harmless. */
export async function performPull(
  data: PullData,
  ports: EffectPorts,
  refused: { readonly why: string; readonly later: (why: string) => Performed },
): Promise<Performed> {
  const there = await lookAtPull(data, ports);
  if (there.kind === "unknown") return refused.later(there.why);
  // Whatever stands there is judged by the next look.
  if (there.kind !== "absent") return { kind: "sent", warnings: [] };
  const headed = await pushHead(data, ports.remote(data.remote));
  if (headed.kind === "unknown") return headed;
  if (headed.kind === "later") return refused.later(headed.why);
  if (headed.kind === "refused") return { kind: "refused", why: `branch ${data.branch} is protected (${refused.why}), and ${headed.why}` };
  const { forge, access } = await ports.forge();
  const opened = await forge.pullRequests.open(pullOf(data), access);
  if (opened.kind === "refused") {
    const byHand = `open it yourself from "${data.pull.head}" to "${data.branch}" at ${forge.locate({ kind: "repository" })}`;
    const why = `branch ${data.branch} is protected (${refused.why}), and no pull request can be opened (${opened.why}); ${byHand}`;
    return { ...opened, why };
  }
  if (opened.kind !== "sent") return opened;
  const where = opened.made === undefined ? "" : `: ${opened.made.url}`;
  const warning = `${data.branch} at ${data.remote} takes no push (${refused.why}); a pull request is open${where}`;
  return { kind: "sent", warnings: [...opened.warnings, warning] };
}

type Headed =
  | { readonly kind: "there" }
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "later"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

/** A branch of that name is ours when it is at our commit; any other is left as it is. */
async function pushHead(data: PullData, remote: Remote): Promise<Headed> {
  const { head } = data.pull;
  const ref = `refs/heads/${head}`;
  const known = await remote.refs([ref]);
  if (known.kind === "unknown") return { kind: "later", why: known.why };
  const at = known.objects.get(ref);
  if (at === data.commit) return { kind: "there" };
  if (at !== undefined) {
    const mend = `close its pull request and remove it: git push ${data.remote} --delete ${head}`;
    return { kind: "refused", why: `branch ${head} is at ${at.slice(0, 12)}, which is none of this run's; ${mend}` };
  }
  const pushed = await remote.push([{ ref, to: data.commit }]);
  if (pushed.kind === "sent") return { kind: "there" };
  return pushed.kind === "unknown" ? pushed : { kind: "refused", why: `branch ${head} cannot be pushed either: ${pushed.why}` };
}
