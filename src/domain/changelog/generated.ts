// Text that a generator made with the project's own template, made fit to be one section: without the heading that the
// template writes, and with nothing in it that would end the section where the file is read again.
import { readHeading, type Headings } from "./heading.ts";
import { readMarkdown, type Heading } from "./markdown.ts";
import { applyEdits, type Edit } from "./edit.ts";
import { closeBlocks, plainText } from "./safe-text.ts";
import { trimBlankLines } from "./read.ts";
import type { Version } from "../version/scheme.ts";

export interface GeneratedSection {
  /** Text of the heading that the template wrote; absent: it wrote none. */
  readonly heading?: string;
  readonly body: string;
}

/** @param level that of the headings of versions in the file */
export function readGenerated(text: string, version: Version, around: Headings & { readonly level: number }): GeneratedSection {
  const clean = trimBlankLines(closeBlocks(plainText(text)));
  const [first] = readMarkdown(clean).headings;
  const own = first !== undefined && clean.slice(0, first.start).trim() === "" && says(first, version, around) ? first : undefined;
  const body = trimBlankLines(own === undefined ? clean : clean.slice(own.bodyStart));
  return { body: withoutSections(body, around), ...(own === undefined ? {} : { heading: own.text }) };
}

function says(heading: Heading, version: Version, around: Headings): boolean {
  const said = readHeading(heading.text, around);
  return said.kind === "unreleased" || (said.kind === "version" && around.scheme.compare(said.version, version) === 0);
}

/** A heading in the body of a commit message would begin another version's section: it is shown as text. */
function withoutSections(body: string, around: Headings & { readonly level: number }): string {
  const edits = readMarkdown(body).headings.flatMap((heading): readonly Edit[] => {
    const said = readHeading(heading.text, around);
    const ends = heading.level <= around.level || said.kind === "unreleased" || (said.kind === "version" && said.strict);
    if (!ends) return [];
    const at = heading.underline?.start ?? body.indexOf("#", heading.start);
    return [{ start: at, end: at, text: "\\" }];
  });
  return applyEdits(body, edits);
}
