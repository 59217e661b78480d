// One version's section, ready to stand by itself on a release page: its text, with the link definitions that it uses from
// the end of the file, and nothing in it that could break the page or a terminal.
import { bodyOf, type Changelog, type Section } from "./read.ts";
import { normalizeLabel, readMarkdown, type Definition } from "./markdown.ts";
import { closeBlocks, limitText, plainText } from "./safe-text.ts";

/** Largest notes, bytes of UTF-8: a forge takes 125,000 characters, and the journal keeps them. */
export const notesBytesMax = 64 * 1024;

/** @param file path of the changelog, named where the notes had to be cut */
export function notesOf(changelog: Changelog, section: Section, limits: { readonly file: string; readonly bytesMax?: number }): string {
  const body = closeBlocks(plainText(bodyOf(changelog, section)));
  const used = usedDefinitions(body, changelog.markdown.definitions);
  const text = used.length === 0 ? body : `${body}\n\n${used.map((one) => plainText(one.text).trim()).join("\n")}`;
  return limitText(text, limits.bytesMax ?? notesBytesMax, `… (the rest is in ${plainText(limits.file)})`);
}

/** Definitions whose label stands in brackets, and which the text does not bring itself. */
function usedDefinitions(body: string, definitions: readonly Definition[]): readonly Definition[] {
  const own = new Set(readMarkdown(body).definitions.map((one) => normalizeLabel(one.label)));
  const named = new Set([...body.matchAll(/\[((?:[^[\]\\]|\\.){1,999})\]/g)].map((match) => normalizeLabel(match[1] ?? "")));
  const seen = new Set<string>();
  return definitions.filter((one) => {
    const label = normalizeLabel(one.label);
    if (!named.has(label) || own.has(label) || seen.has(label)) return false;
    seen.add(label);
    return true;
  });
}
