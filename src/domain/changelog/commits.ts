// A version's section made from its commits, under the headings of "Keep a Changelog". Titles of commits are written by
// anybody: each becomes one line in which nothing is markup that could open a block, a tag or an image (reference/trust §7).
import { plainLine } from "./safe-text.ts";

/** One commit, as a changelog tells it. */
export interface ToldCommit {
  /** First line of its message, without a conventional type and scope. */
  readonly title: string;
  readonly scope?: string;
  /** Heading that it stands under, or `hidden` for what its users do not notice. */
  readonly group: string;
  readonly breaking: boolean;
  readonly merge: boolean;
}

/** Groups in the order of "Keep a Changelog". */
export const groups = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"] as const;
export type Group = (typeof groups)[number];

export const noChanges = "- No changes.";

/** Commits that are listed at most: what follows is counted. */
export const listedMax = 1000;
const titleLengthMax = 200;
/** Marks that nobody sees, which could make one title look like another; joiners stay, since letters and emoji need them. */
const invisible = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u2060-\u206f\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** @returns Markdown without a heading of its own; one line that says so when there is nothing to tell */
export function tellCommits(commits: readonly ToldCommit[]): string {
  const own = commits.filter((commit) => !commit.merge);
  const noticed = own.filter((commit) => commit.group !== "hidden" || commit.breaking);
  // A release of nothing but chores still says what it is made of.
  const told = [noticed, own, commits].find((some) => some.length > 0) ?? [];
  if (told.length === 0) return noChanges;
  const listed = told.slice(0, listedMax);
  const rest = told.length > listed.length ? [`- … and ${told.length - listed.length} more`] : [];
  const lines = (group: Group): Iterable<string> => listed.filter((commit) => groupOf(commit) === group).map(lineOf);
  return [...groups.flatMap((group) => groupText(group, lines(group))), ...rest].join("\n\n");
}

/** One group with its heading, each line once; nothing where there is no line. */
export function groupText(group: Group, lines: Iterable<string>): readonly string[] {
  const each = [...new Set(lines)];
  return each.length === 0 ? [] : [`### ${group}\n\n${each.join("\n")}`];
}

/** One line of text as Markdown that shows it: code spans stay, everything that opens something else is escaped. */
export function inlineMarkdown(text: string): string {
  if (!/[`&<[\]]/.test(text)) return escapeBeginning(text);
  const runs = [...text.matchAll(/`+/g)].map((match) => ({ at: match.index, length: match[0].length }));
  const partner = partnersOf(runs.map((run) => run.length));
  let shown = "";
  let at = 0;
  for (let index = 0; index < runs.length; index += 1) {
    const run = runs[index];
    const closing = runs[partner[index] ?? -1];
    if (run === undefined) break;
    shown += escapeText(text.slice(at, run.at));
    if (closing === undefined) shown += "\\`".repeat(run.length);
    else shown += text.slice(run.at, closing.at + closing.length);
    at = (closing ?? run).at + (closing ?? run).length;
    if (closing !== undefined) index = partner[index] ?? index;
  }
  return escapeBeginning(`${shown}${escapeText(text.slice(at))}`);
}

// --- helpers ----------------------------------------------------------------------------------

/** Index of the next run of the same length, for each; found from the end, so that many runs cost no more than one look each. */
function partnersOf(lengths: readonly number[]): readonly (number | undefined)[] {
  const next = new Map<number, number>();
  const partners: (number | undefined)[] = [];
  for (let index = lengths.length - 1; index >= 0; index -= 1) {
    const length = lengths[index] ?? 0;
    partners[index] = next.get(length);
    next.set(length, index);
  }
  return partners;
}

export function groupOf(commit: Pick<ToldCommit, "group">): Group {
  return groups.find((group) => group === commit.group) ?? "Changed";
}

/** The line that tells it. */
export function lineOf(commit: ToldCommit): string {
  const title = inlineMarkdown(plainLine(withoutInvisible(commit.title), titleLengthMax)) || "(no title)";
  const scope = plainLine(withoutInvisible(commit.scope ?? ""), 40);
  const where = scope === "" ? "" : `**${inlineMarkdown(scope).replaceAll("*", "\\*")}:** `;
  return `- ${commit.breaking ? "**Breaking:** " : ""}${where}${title}`;
}

function withoutInvisible(text: string): string {
  return /[^\x00-\x7f]/.test(text) ? text.replaceAll(invisible, "") : text;
}

function escapeText(text: string): string {
  return text
    .replaceAll(/&(?=#?\w{1,32};)/g, "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[[\]]/g, "\\$&");
}

/** What would begin a block inside of the list's line. */
function escapeBeginning(text: string): string {
  return text.replace(/^(?:[#>=|]|[-+*](?=\s|$)|-(?=-)|~(?=~)|_(?=__))/, "\\$&").replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
}
