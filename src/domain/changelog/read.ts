// Reads a changelog as people write them: one section per version, newest first or last, after "Keep a Changelog" or any
// habit near it. Only spans are kept: what is between the headings belongs to its author.
import type { Version } from "../version/scheme.ts";
import { readHeading, type Headings, type Said } from "./heading.ts";
import { readMarkdown, type Heading, type Markdown } from "./markdown.ts";

export interface Section {
  readonly heading: Heading;
  readonly said: Extract<Said, { kind: "version" | "unreleased" }>;
  /** Offset after the last line that belongs to it. */
  readonly end: number;
}

export type VersionSection = Section & { readonly said: Extract<Said, { kind: "version" }> };

export interface Changelog {
  readonly markdown: Markdown;
  /** In the order of the file. */
  readonly sections: readonly Section[];
  readonly versions: readonly VersionSection[];
  readonly unreleased: Section | undefined;
  /** Level of the headings of versions; 2 where there are none yet. */
  readonly level: number;
  /** Offset of the link definitions that end the file, or its length. */
  readonly tail: number;
}

/** Reads any text; a text without a single version has no sections. */
export function readChangelog(text: string, headings: Headings): Changelog {
  const markdown = readMarkdown(text);
  const said = markdown.headings.map((heading) => ({ heading, said: readHeading(heading.text, headings) }));
  const level = levelOf(said);
  const tail = tailOf(markdown);
  const isSection = (one: Marked): one is Pick<Section, "heading" | "said"> =>
    one.said.kind !== "other" && (one.heading.level === level || (one.said.kind === "version" && one.said.strict));
  const sections: Section[] = [];
  let next = tail;
  for (const one of said.toReversed()) {
    if (isSection(one)) sections.push({ ...one, end: Math.max(one.heading.bodyStart, Math.min(next, tail)) });
    if (isSection(one) || one.heading.level <= level) next = one.heading.start;
  }
  sections.reverse();
  return {
    markdown,
    sections,
    versions: sections.filter((one): one is VersionSection => one.said.kind === "version"),
    unreleased: sections.find((one) => one.said.kind === "unreleased"),
    level,
    tail,
  };
}

/** The section of a version, by its meaning and not by its spelling. */
export function sectionOf(changelog: Changelog, version: Version, { scheme }: Headings): VersionSection | undefined {
  return changelog.versions.find((one) => scheme.compare(one.said.version, version) === 0);
}

/** What a section says: without its heading, and without blank lines around it. */
export function bodyOf(changelog: Changelog, section: Section): string {
  return trimBlankLines(changelog.markdown.text.slice(section.heading.bodyStart, section.end));
}

/** Whether there is anything to read in it: comments and empty headings (`### Added`) are nothing. */
export function hasContent(body: string): boolean {
  const { lines, headings } = readMarkdown(body);
  const isHeading = new Set(headings.flatMap((one) => [one.start, one.underline?.start]));
  return body
    .replaceAll(/<!--[\s\S]*?-->/g, (comment) => " ".repeat(comment.length))
    .split("\n")
    .some((line, index) => /[^\s*+-]/.test(line) && !isHeading.has(lines[index]?.start));
}

/** Without blank lines at both ends; the indentation of the first line stays. */
export function trimBlankLines(text: string): string {
  return text.replace(/^(?:[ \t]*\r?\n)+/, "").trimEnd();
}

// --- helpers ----------------------------------------------------------------------------------

interface Marked {
  readonly heading: Heading;
  readonly said: Said;
}

/** Most files have one level; standard-version writes patches one lower than the rest. */
function levelOf(said: readonly Marked[]): number {
  const strict = said.filter((one) => (one.said.kind === "version" && one.said.strict) || one.said.kind === "unreleased");
  const all = strict.length > 0 ? strict : said.filter((one) => one.said.kind === "version");
  return all.reduce((least, one) => Math.min(least, one.heading.level), all[0]?.heading.level ?? 2);
}

/** Definitions at the end of a file serve all of it, and are no part of the last section. */
function tailOf({ text, lines, definitions }: Markdown): number {
  const starts = new Set(definitions.map((one) => one.start));
  let tail = text.length;
  for (const line of lines.toReversed()) {
    if (starts.has(line.start)) tail = line.start;
    else if (line.text.trim() !== "") break;
  }
  return tail;
}
