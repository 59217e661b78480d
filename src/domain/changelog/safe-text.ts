// Makes text of unknown origin safe to show: on a terminal (no control sequences), on a page (nothing stays open that would
// swallow what follows), in a journal (a size). It changes no word. Threats: reference/trust §7, 4 and 21.
import { openFence } from "./markdown.ts";

/** Escape sequences of terminals: CSI, OSC and its like, two-character ones (ECMA-48). */
const sequences = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[ -/]*[0-~]?/g;
/** Control characters but tab and line feed, and those that turn the direction of text. */
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Most texts are like that, and need no look at each kind of what is not. */
const harmless = /^[\t\n\x20-\x7e]*$/;

/** Without anything that moves a cursor, colours, or turns letters around; line ends become LF. */
export function plainText(text: string): string {
  if (harmless.test(text)) return text;
  return text
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\u2028\u2029]/g, "\n")
    .replaceAll(sequences, "")
    .replaceAll(controls, "")
    .replaceAll(/[\ud800-\udfff]/gu, "\ufffd");
}

/** The same on one line, at most so many characters long. */
export function plainLine(text: string, lengthMax: number): string {
  const plain = plainText(text);
  const line = (/\s\s|[^\S ]/.test(plain) ? plain.replaceAll(/\s+/g, " ") : plain).trim();
  if (line.length <= lengthMax) return line;
  const characters = Array.from(line.slice(0, lengthMax * 2 + 2));
  return characters.length > lengthMax
    ? `${characters
        .slice(0, lengthMax - 1)
        .join("")
        .trimEnd()}…`
    : line;
}

/** Closes code that is open at the end, and opens no comment that is never closed. */
export function closeBlocks(text: string): string {
  const opened = text.lastIndexOf("<!--");
  const isOpen = opened !== -1 && text.indexOf("-->", opened + 4) === -1;
  const closed = isOpen ? `${text.slice(0, opened)}&lt;!--${text.slice(opened + 4)}` : text;
  const fence = openFence(closed);
  return fence === undefined ? closed : `${closed}\n${fence}`;
}

/**
 * At most `bytesMax` of UTF-8, cut between two lines, with a last line that says so.
 * @param rest the last line where something is missing
 */
export function limitText(text: string, bytesMax: number, rest: string): string {
  if (utf8Bytes(text) <= bytesMax) return text;
  // A closing fence and the last line have to fit as well.
  const room = Math.max(bytesMax - utf8Bytes(rest) - 512, 0);
  const kept: string[] = [];
  let used = 0;
  for (const line of text.split("\n")) {
    used += utf8Bytes(line) + 1;
    if (used > room) break;
    kept.push(line);
  }
  return `${closeBlocks(kept.join("\n")).trimEnd()}\n\n${rest}`.trim();
}

/** Size of a text in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
