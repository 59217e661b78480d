// Puts one version's section into a changelog: heading and links in the file's own style, before the newest older version
// (or after it, where a file is written oldest first), with what stood under "Unreleased" moved below the new heading.
// Done twice it changes nothing; a section with another text is never overwritten.
import { linkEdits } from "./links.ts";
import { applyEdits, type Edit } from "./edit.ts";
import { pendingWords, type Headings } from "./heading.ts";
import { plainText } from "./safe-text.ts";
import { bodyOf, hasContent, readChangelog, sectionOf, trimBlankLines, type Changelog, type Section, type VersionSection } from "./read.ts";
import { readVersion } from "../version/scheme.ts";

export interface NewSection {
  /** In the scheme's own form. */
  readonly version: string;
  /** `2026-11-21`. */
  readonly date: string;
  /** Release tag of the version, for links; absent: made after those of the file. */
  readonly tag?: string;
  /** Text of its heading in a file that has no version yet; absent: version and date. */
  readonly heading?: string;
  /** What is told beside the text that stands under "Unreleased"; absent: nothing. */
  readonly body?: string;
}

export type Written =
  /** `text` is the whole file. */
  | { readonly kind: "written"; readonly text: string }
  /** It is there already, with the same text. */
  | { readonly kind: "same" }
  /** It is there with another text. `line` starts at 1. */
  | { readonly kind: "different"; readonly line: number }
  /** There is neither a text to write nor one under "Unreleased". */
  | { readonly kind: "nothing" };

/** What a changelog begins with where there was none. */
export const newChangelog = "# Changelog\n\nAll notable changes are told here, newest first.\n";

/** The day of a commit, in UTC. @param epochSeconds since 1970 */
export function dayOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().slice(0, 10);
}

export function writeSection(text: string, added: NewSection, headings: Headings): Written {
  const changelog = readChangelog(text, headings);
  const version = readVersion(headings.scheme, added.version);
  const there = sectionOf(changelog, version, headings);
  const body = trimBlankLines(added.body ?? "");
  if (there !== undefined) return dated(changelog, there, { ...added, body });
  const pending = changelog.unreleased === undefined ? "" : bodyOf(changelog, changelog.unreleased);
  const moved = hasContent(pending) ? pending : "";
  const told = [moved, toEol(body, changelog)].filter((part) => part !== "").join(changelog.markdown.eol.repeat(2));
  if (told === "") return { kind: "nothing" };
  const before = neighbour(changelog, added, headings);
  const edits = [
    ...(moved === "" || changelog.unreleased === undefined ? [] : [emptied(changelog, changelog.unreleased)]),
    inserted(changelog, { added, told, before: before?.section, after: before?.after === true, emptied: moved !== "" }),
    ...linkEdits(changelog, before?.section, { written: added.version, tag: added.tag }),
  ];
  return { kind: "written", text: applyEdits(text, edits) };
}

/** A section that is there: the same, or with its date still open, or another. */
function dated(changelog: Changelog, there: VersionSection, added: NewSection & { readonly body: string }): Written {
  const body = plainText(bodyOf(changelog, there));
  const wanted = plainText(added.body);
  const isSame = wanted === "" || tells(body, wanted);
  if (!isSame && hasContent(body)) return { kind: "different", line: there.heading.line };
  const { text } = changelog.markdown;
  const edits: Edit[] = there.said.pending ? [dateEdit(there, added.date)] : [];
  if (!isSame) edits.push(filled(changelog, there, wanted));
  return edits.length === 0 ? { kind: "same" } : { kind: "written", text: applyEdits(text, edits) };
}

/** What was moved from "Unreleased" stands above what was generated; an empty heading may stand below. */
function tells(body: string, wanted: string): boolean {
  if (body === wanted || body.endsWith(`\n\n${wanted}`)) return true;
  return body.startsWith(`${wanted}\n\n`) && !hasContent(body.slice(wanted.length));
}

/** Text for a section without any; comments and empty headings in it stay below. */
function filled(changelog: Changelog, { heading }: VersionSection, wanted: string): Edit {
  const { eol, text } = changelog.markdown;
  const ends = text.slice(0, heading.bodyStart).endsWith("\n");
  const follows = /^[ \t]*(?:\r?\n|$)/.test(text.slice(heading.bodyStart, heading.bodyStart + 200)) ? "" : eol;
  return { start: heading.bodyStart, end: heading.bodyStart, text: `${ends ? "" : eol}${eol}${toEol(wanted, changelog)}${eol}${follows}` };
}

function dateEdit({ heading, said }: VersionSection, date: string): Edit {
  const from = said.at + said.written.length;
  const match = pendingWords.exec(heading.text.slice(from));
  const start = heading.textStart + from + (match?.index ?? 0);
  return { start, end: start + (match?.[0].length ?? 0), text: date };
}

/** The nearest section in the order of the file. */
function neighbour(
  changelog: Changelog,
  added: NewSection,
  { scheme }: Headings,
): { readonly section: VersionSection; readonly after: boolean } | undefined {
  const { versions } = changelog;
  const [first] = versions;
  const last = versions.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const ours = readVersion(scheme, added.version);
  const oldestFirst = scheme.compare(first.said.version, last.said.version) < 0;
  if (oldestFirst) {
    const newer = versions.find((one) => scheme.compare(one.said.version, ours) > 0);
    return newer === undefined ? { section: last, after: true } : { section: newer, after: false };
  }
  const older = versions.find((one) => scheme.compare(one.said.version, ours) < 0);
  return older === undefined ? { section: last, after: true } : { section: older, after: false };
}

interface Insertion {
  readonly added: NewSection;
  readonly told: string;
  readonly before: VersionSection | undefined;
  readonly after: boolean;
  readonly emptied: boolean;
}

function inserted(changelog: Changelog, insertion: Insertion): Edit {
  const { markdown, unreleased, tail } = changelog;
  const { eol, text } = markdown;
  const { before, after } = insertion;
  const block = `${headingLike(changelog, insertion)}${eol}${eol}${insertion.told}${eol}`;
  if (before !== undefined && !after) return { start: before.heading.start, end: before.heading.start, text: `${block}${eol}` };
  const at = before?.end ?? unreleased?.end ?? tail;
  // What was moved away left a blank line.
  const above = insertion.emptied && at === unreleased?.end ? "" : blankLinesTo(text.slice(0, at), eol);
  return { start: at, end: at, text: `${above}${block}${at < text.length ? eol : ""}` };
}

/** What is missing so that a blank line stands above. */
function blankLinesTo(above: string, eol: string): string {
  if (above.trim() === "" || /\n[ \t]*\r?\n$/.test(above)) return "";
  return above.endsWith("\n") ? eol : eol.repeat(2);
}

/** Heading and blank line stay, so that the next change has its place. */
function emptied({ markdown: { eol, text } }: Changelog, unreleased: Section): Edit {
  const ends = text.slice(0, unreleased.heading.bodyStart).endsWith("\n");
  return { start: unreleased.heading.bodyStart, end: unreleased.end, text: ends ? eol : `${eol}${eol}` };
}

/** The heading of the version, as its neighbour writes it. */
function headingLike(changelog: Changelog, { added, before }: Insertion): string {
  const text = before === undefined ? plainHeading(changelog, added) : headingTextLike(before, added);
  const underline = before?.heading.underline ?? (before === undefined ? changelog.unreleased?.heading.underline : undefined);
  if (underline === undefined) return `${"#".repeat(changelog.level)} ${text}`;
  const mark = changelog.markdown.text.charAt(underline.start).trim() || "-";
  return `${text}${changelog.markdown.eol}${mark.repeat(Math.max(text.length, 3))}`;
}

function plainHeading({ unreleased }: Changelog, { version, date, heading }: NewSection): string {
  if (heading !== undefined) return heading;
  return unreleased?.heading.text.startsWith("[") === true ? `[${version}] - ${date}` : `${version} - ${date}`;
}

/** `v1.2.0 (2026-01-02)` gives `v1.3.0 (2026-11-21)`; a link in the heading is made over, or left out. */
function headingTextLike({ heading: { text }, said }: VersionSection, added: NewSection): string {
  const head = text.slice(0, said.at);
  const rest = text.slice(said.at + said.written.length);
  const link = /^\]\([^)\s]*\)/.exec(rest)?.[0] ?? "";
  const close = link === "" ? (/^(?:\*\*|__)?\]?(?:\*\*|__)?/.exec(rest)?.[0] ?? "") : linkLike(link, said.written, added);
  const date = dateLike(rest.slice(link === "" ? close.length : link.length), added.date);
  // A bracket or a line through the text that is not closed after the version belongs to the neighbour alone.
  const opened = (close.includes("]") ? head : head.replace(/\[\s*$/, "")).replace(/^~~/, "");
  return `${opened}${added.version}${close}${date}`;
}

/** The date in the neighbour's place, without words that belong to its version only (YANKED, a title). */
function dateLike(rest: string, date: string): string {
  const [, before, after] = /^([\s\-–—:,|/([]{0,6})\d{4}-\d{2}-\d{2}([)\]]?)/.exec(rest) ?? [];
  if (before !== undefined) return `${before}${date}${after ?? ""}`;
  if (!/\d{4}|unreleased/i.test(rest)) return "";
  // A date in words: the same mark before it.
  return /^\s*\(/.test(rest) ? ` (${date})` : `${/^\s*[-–—:,|/]\s+/.exec(rest)?.[0] ?? " - "}${date}`;
}

function linkLike(link: string, old: string, added: NewSection): string {
  const match = /^\]\((.*\/compare\/)([^?#]+?)(\.{2,3})([^?#]+)\)$/.exec(link);
  const tag = (older: string): string => added.tag ?? older.replace(old, added.version);
  if (match !== null) return `](${match[1]}${match[4]}${match[3]}${tag(match[4] ?? "")})`;
  const at = link.lastIndexOf(old);
  return at === -1 ? "" : `${link.slice(0, at)}${added.version}${link.slice(at + old.length)}`;
}

function toEol(text: string, { markdown: { eol } }: Changelog): string {
  return eol === "\n" ? text : text.replaceAll(/\r?\n/g, eol);
}
