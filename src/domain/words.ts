// Splits the text of `run:` into words, alike on every platform. It exists because a command must not depend on which
// shell a machine has: nothing is expanded, nothing is substituted, no word means anything but itself (DESIGN §2).
// The quoting is the part of POSIX shell quoting that people write without thinking.

export type Words =
  | { readonly kind: "words"; readonly words: readonly string[] }
  /** A quote that is never closed, or a backslash with nothing after it. `column` starts at 1. */
  | { readonly kind: "unbalanced"; readonly column: number };

/**
 * Splits a text at white space. Single quotes keep everything as it is; double quotes keep white space, and a
 * backslash in them escapes `"`, `\`, `$` and the back quote; outside quotes a backslash keeps the next character,
 * and joins two lines when it ends one.
 * @returns `words` (none for a blank text), or `unbalanced` with the column of the quote or backslash at fault.
 * @example splitWords(`python -c 'print("a b")'`) // words: python, -c, print("a b")
 */
export function splitWords(text: string): Words {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (isBlank(text[at])) {
      at += 1;
      continue;
    }
    const read = readWord(text, at);
    if (read.kind === "unbalanced") return { kind: "unbalanced", column: read.at + 1 };
    if (read.word !== undefined) words.push(read.word);
    at = read.next;
  }
  return { kind: "words", words };
}

/** Writes words as a person would type them, so that `splitWords` reads the same words again. */
export function joinWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}

type Part = { readonly kind: "part"; readonly text: string; readonly next: number } | Unbalanced;
type Unbalanced = { readonly kind: "unbalanced"; readonly at: number };
type Word = { readonly kind: "word"; readonly word: string | undefined; readonly next: number } | Unbalanced;

/** Reads from the first character of a word to the white space after it; no word if there was only a joined line. */
function readWord(text: string, start: number): Word {
  let at = start;
  let word: string | undefined;
  while (at < text.length && !isBlank(text[at])) {
    const joinsLines = text[at] === "\\" && text[at + 1] === "\n";
    const part: Part = joinsLines ? { kind: "part", text: "", next: at + 2 } : readPart(text, at);
    if (part.kind === "unbalanced") return part;
    if (!joinsLines) word = (word ?? "") + part.text;
    at = part.next;
  }
  return { kind: "word", word, next: at };
}

function readPart(text: string, at: number): Part {
  const character = text[at] ?? "";
  if (character === "'") return readSingleQuoted(text, at);
  if (character === '"') return readDoubleQuoted(text, at);
  if (character !== "\\") return { kind: "part", text: character, next: at + 1 };
  const escaped = text[at + 1];
  return escaped === undefined ? { kind: "unbalanced", at } : { kind: "part", text: escaped, next: at + 2 };
}

function readSingleQuoted(text: string, open: number): Part {
  const close = text.indexOf("'", open + 1);
  if (close === -1) return { kind: "unbalanced", at: open };
  return { kind: "part", text: text.slice(open + 1, close), next: close + 1 };
}

function readDoubleQuoted(text: string, open: number): Part {
  let content = "";
  for (let at = open + 1; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === '"') return { kind: "part", text: content, next: at + 1 };
    const next = text[at + 1] ?? "";
    const escapes = character === "\\" && next !== "" && '"\\$`\n'.includes(next);
    content += escapes ? next.replace("\n", "") : character;
    if (escapes) at += 1;
  }
  return { kind: "unbalanced", at: open };
}

export function quoteWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t" || character === "\n" || character === "\r";
}
