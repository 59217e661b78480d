// The characters of slipway.yaml before YAML is read: what is no text, or would be read differently by a person and by
// a parser, is refused here (YAML 1.2 §5.1; the Trojan Source papers for the marks that reorder letters).
import type { Draft } from "../draft.ts";
import type { Range } from "../frame.ts";

/** Far above any real file (the largest of the five systems has 4 KiB). */
const sizeMaxBytes = 256 * 1024;

/** The text without a byte order mark and with `\n` line ends. Lines and columns stay what editors show. */
export function plainText(text: string): string {
  return text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
}

export function tooLarge(text: string): Draft | undefined {
  if (text.length <= sizeMaxBytes && new TextEncoder().encode(text).length <= sizeMaxBytes) return undefined;
  const message = `Cannot read the file: it is larger than ${sizeMaxBytes / 1024} KiB`;
  return {
    code: "CONFIG_TOO_LARGE",
    range: { start: 0, end: 0 },
    tell: () => ({ message, hint: "Move what is generated out of slipway.yaml" }),
  };
}

// Control characters but tab and line feed, marks that reorder text, a byte order mark inside, what decoding could not read.
// oxlint-disable-next-line no-control-regex -- Finding control characters is what this expression is for.
const unwanted = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFD\uFFFE\uFFFF]|\p{Cs}/gu;

/** One draft for each character that does not belong into a text file, at most `limit`. */
export function unwantedCharacters(text: string, limit: number): readonly Draft[] {
  const drafts: Draft[] = [];
  for (const match of text.matchAll(unwanted)) {
    drafts.push(draftOf(match[0], { start: match.index, end: match.index + match[0].length }));
    if (drafts.length >= limit) break;
  }
  return drafts;
}

function draftOf(character: string, range: Range): Draft {
  const number = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const [what, hint] = nameOf(character);
  return { code: "CONFIG_SYNTAX", range, tell: () => ({ message: `Cannot read the file as text: found ${what} (U+${number})`, hint }) };
}

function nameOf(character: string): readonly [what: string, hint: string] {
  if (character === "\u0000") return ["a NUL character", "Save the file as UTF-8"];
  if (character === "\uFFFD" || /\p{Cs}/u.test(character)) return ["bytes that are not UTF-8", "Save the file as UTF-8"];
  if (character === "\r") return ["a carriage return without a line feed", "Save the file with LF or CRLF line ends"];
  if (/[\u202A-\u202E\u2066-\u2069]/.test(character)) return ["an invisible mark that reorders text", "Delete the invisible mark"];
  return ["a control character", "Delete the character"];
}
