// `run:` as words. The splitting itself is the domain's, alike for every step; this file refuses what a person writes who
// thinks of a shell: a pipe or a variable would reach the program as plain text and be wrong without a sound.
import { splitWords } from "../domain/words.ts";

export type Command =
  | { readonly kind: "command"; readonly words: readonly string[] }
  /** `index` counts from 0 in the text. */
  | { readonly kind: "refused"; readonly index: number; readonly message: string; readonly hint: string };

const bashHint = "Write one string with `shell: bash`, or a list of commands; quote the word with '…' to pass it as it stands";

/** One command of `run:` as program and arguments. */
export function readCommand(text: string): Command {
  const split = splitWords(text);
  if (split.kind === "unbalanced") return unbalanced(text, split.column - 1);
  const [program] = split.words;
  if (program === undefined) return { kind: "refused", index: 0, message: "found no word", hint: "Write a command" };
  return shellWord(text) ?? { kind: "command", words: split.words };
}

function unbalanced(text: string, index: number): Command {
  const message = text[index] === "\\" ? "nothing follows the backslash" : `the quote ${text[index] ?? ""} is never closed`;
  return { kind: "refused", index, message: `${message} (column ${index + 1} of the command)`, hint: "Close the quote, or escape it" };
}

const listHint = "Write a list of commands, or `shell: bash`; `run: >` joins the lines of one command";

const shellShapes: readonly (readonly [RegExp, (found: string) => string, string])[] = [
  [
    /(?<=^|\s)(?:&&|\|\|?|;|&|[12]?>{1,2}|<{1,2}|[12]?>&[12])(?=\s|$)/,
    (found) => `"${found}" means something to a shell only, and no shell reads this`,
    bashHint,
  ],
  [/(?<=\S);(?=\s|$)/, () => '";" means something to a shell only, and no shell reads this', bashHint],
  [/\$(?:\w+|[({])/, (found) => `"${found}" would not be expanded, since no shell reads this`, bashHint],
  [/(?<=\S[ \t]*)\n(?=\s*\S)/, () => "a second line starts here, and one text is one command", listHint],
  [/`/, () => "back quotes would not be expanded, since no shell reads this", bashHint],
  [
    /^\s*[A-Za-z_]\w*=/,
    (found) => `"${found.trim()}…" sets a variable in a shell only, and no shell reads this`,
    "Write it as `variables` of an environment, or write one string with `shell: bash`",
  ],
];

function shellWord(text: string): Command | undefined {
  const bare = blankQuoted(text);
  for (const [pattern, tell, hint] of shellShapes) {
    const match = pattern.exec(bare);
    if (match !== null) return { kind: "refused", index: match.index, message: tell(match[0]), hint };
  }
  return undefined;
}

/**
 * The text with everything that stands for itself blanked out, at equal length: what single quotes or a backslash
 * protect, and within double quotes all but `$` and the back quote, which a shell would still expand there.
 */
function blankQuoted(text: string): string {
  return text.replace(/\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"/g, (part) => {
    const kept = part.startsWith('"') ? part.replace(/\\[\s\S]/g, "xx").replace(/[^$`\w({]/g, "x") : "";
    return kept.padEnd(part.length, "x");
  });
}
