// What is to be gone, of each release tag: the page first, since it holds its tag, then the tag.
import { z } from "zod";
import { SlipwayError } from "../../domain/error.ts";
import type { Effect } from "../../domain/run/effect.ts";
import { releaseMark } from "../../domain/marks.ts";
import { refWords, releaseTagsOf } from "../../domain/release-tags.ts";
import type { ReadForge } from "../../forges/forge.ts";
import type { Frozen, ReadPorts } from "../step.ts";
import { publishedAlready } from "./published.ts";
import { versionEffects } from "./versions.ts";
import type { WithdrawInput } from "./withdraw.ts";

const withdrawData = z.strictObject({
  kind: z.enum(["page", "draft", "locked", "tag"]),
  tag: z.string(),
  remote: z.string(),
  project: z.string(),
});

export type WithdrawData = z.infer<typeof withdrawData>;

const remote = "origin";
const settleMs = 5_000;
const withinMs = 5 * 60_000;

/** @throws SlipwayError POLICY_REFUSED once something of the release cannot be taken back */
export async function withdrawEffects(frozen: Frozen<WithdrawInput>, ports: ReadPorts): Promise<readonly Effect[]> {
  const tags = releaseTagsOf(frozen.packages);
  if (tags.length === 0) throw new SlipwayError("PLAN_INVALID", "Cannot withdraw the release: no package has a `tag:` pattern");
  if (isWhole(frozen.input)) return wholeRelease(frozen, tags, ports);
  // Of all of them before the first: a release that was begun together is not torn apart.
  const found = await publishedAlready(frozen, tags, ports);
  const what = refWords(tags);
  if (found.kind === "public") throw new SlipwayError("POLICY_REFUSED", `Cannot withdraw ${what}: ${found.what}`, { hint: found.hint });
  if (found.kind === "unknown")
    throw new SlipwayError("STEP_FAILED", `Cannot withdraw ${what}: ${found.why}`, {
      hint: "Look at the network, then run the same command again",
    });
  return placesOf(frozen, tags, ports);
}

/** Whether it is a whole release: then nothing that has to stay keeps the rest from being taken back. */
export function isWhole({ of, whole }: Pick<WithdrawInput, "of" | "whole">): boolean {
  return whole === true || of.includes("published");
}

/** Of each tag the page, then the tag. */
async function placesOf(frozen: Frozen<WithdrawInput>, tags: readonly string[], ports: ReadPorts): Promise<readonly Effect[]> {
  const { of } = frozen.input;
  if (of.includes("draft")) return draftsOf(frozen, tags, ports);
  const forge = of.includes("forge-release") ? (await ports.forge()).forge : undefined;
  return tags.flatMap((tag) => {
    const wanted = { tag, remote, project: frozen.plan.project };
    const page = forge === undefined ? [] : [pageEffect(wanted, forge)];
    return [...page, ...(of.includes("tag") ? [tagEffect(wanted, page)] : [])];
  });
}

/**
 * The reverse of a release: first the pages, which lead people to it, then the registries, then the tags. One after another, so that
 * whatever fails, what is left is the beginning of the release and not its middle. Last what only a person can do.
 */
async function wholeRelease(frozen: Frozen<WithdrawInput>, tags: readonly string[], ports: ReadPorts): Promise<readonly Effect[]> {
  const { byCall, byPerson } = await versionEffects(frozen, ports);
  const places = await placesOf(frozen, tags, ports);
  const isPage = (effect: Effect): boolean => readData(effect).kind !== "tag";
  const all = [...places.filter(isPage), ...byCall, ...places.filter((one) => !isPage(one))];
  const inTurn = all.map((effect, index) => ({ ...effect, after: all.slice(Math.max(0, index - 1), index).map(({ key }) => key) }));
  const last = inTurn.slice(-1).map(({ key }) => key);
  return [...inTurn, ...byPerson.map((effect) => ({ ...effect, after: last }))];
}

/** Each page that is there, as a draft again; one that the forge has locked stays, and that is told. Tags go after all of them. */
async function draftsOf(frozen: Frozen<WithdrawInput>, tags: readonly string[], ports: ReadPorts): Promise<readonly Effect[]> {
  const { forge, access } = await ports.forge();
  const pages: Effect[] = [];
  for (const tag of tags) {
    const { project } = frozen.plan;
    const found = await forge.releases.find({ tag, mark: releaseMark(project, tag) }, access);
    if (found.kind === "unknown")
      throw new SlipwayError("STEP_FAILED", `Cannot tell whether ${tag} has a release page: ${found.why}`, {
        hint: "Look at the network, then run the same command again",
      });
    const stays = staysWords(found);
    const kind = stays === undefined ? "draft" : "locked";
    const title =
      stays === undefined ? `release page ${tag} as a draft, for nobody else to see` : `the release page ${tag} stays public: ${stays}`;
    const at = { target: forge.name, settleMs: forge.settleMs, after: [] };
    pages.push({ ...common, ...at, key: `${kind}/${tag}`, title, data: { kind, tag, remote, project } });
  }
  return [
    ...pages,
    ...(frozen.input.of.includes("tag") ? tags.map((tag) => tagEffect({ tag, remote, project: frozen.plan.project }, pages)) : []),
  ];
}

/** Why a page cannot be hidden; undefined: it can. */
function staysWords(found: Awaited<ReturnType<ReadForge["releases"]["find"]>>): string | undefined {
  if (found.kind === "theirs") return `${found.found.author} made it`;
  return found.kind === "ours" && found.found.immutable === true && !found.found.draft ? "the forge has locked it" : undefined;
}

type Wanted = Omit<WithdrawData, "kind">;

const common = { reach: "reversible", again: "harmless", withinMs } as const;

function pageEffect(wanted: Wanted, forge: Pick<ReadForge, "name" | "settleMs">): Effect {
  const { tag } = wanted;
  const at = { target: forge.name, settleMs: forge.settleMs };
  return { ...common, ...at, key: `page/${tag}`, title: `no release page ${tag}`, after: [], data: { kind: "page", ...wanted } };
}

function tagEffect(wanted: Wanted, above: readonly Effect[]): Effect {
  const { tag } = wanted;
  const title = `no tag ${tag} at ${remote}`;
  const after = above.map(({ key }) => key);
  return { ...common, target: remote, settleMs, key: `tag/${tag}`, title, after, data: { kind: "tag", ...wanted } };
}

/** Reads an effect back from the journal. */
export function readData(effect: Effect): WithdrawData {
  return withdrawData.parse(effect.data);
}
