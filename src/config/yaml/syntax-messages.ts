// What is said when the YAML itself cannot be read: the parser's codes in the words of this tool, with the way out.
import type { YAMLParseError } from "yaml";
import { type Draft, problemsMax, type Told } from "../draft.ts";
import type { Scan } from "./scan.ts";

const quoteText = "Quote the text: a colon, a comma, a brace or a hash sign inside it has a meaning in YAML";

const byCode: Partial<Record<YAMLParseError["code"], Told>> = {
  TAB_AS_INDENT: { message: "Cannot read the YAML: the line is indented with a tab", hint: "Indent with blanks" },
  BLOCK_AS_IMPLICIT_KEY: { message: "Cannot read the YAML: found a second map on one line", hint: quoteText },
  MULTILINE_IMPLICIT_KEY: {
    message: "Cannot read the YAML: expected a key with a colon on one line",
    hint: "Close the quote or bracket above, or add the colon",
  },
  KEY_OVER_1024_CHARS: {
    message: "Cannot read the YAML: the key is longer than 1024 characters",
    hint: "Close the quote or bracket above",
  },
  BAD_DQ_ESCAPE: {
    message: "Cannot read the YAML: double quotes do not know this escape",
    hint: "Use single quotes, or write the backslash twice",
  },
  BAD_SCALAR_START: { message: "Cannot read the YAML: a value cannot start with this character unquoted", hint: "Quote the value" },
  BLOCK_IN_FLOW: {
    message: "Cannot read the YAML: found an indented block inside braces or brackets",
    hint: "Write it with braces or brackets too, or without them from the start",
  },
  MULTIPLE_DOCS: oneDocument(),
  // The parser's own word for what it did not think of; lists as keys lead there.
  IMPOSSIBLE: { message: "Cannot read the YAML from here on", hint: "Write plain keys with plain values" },
  RESOURCE_EXHAUSTION: { message: "Cannot read the YAML: it is nested too deep", hint: "Write it with fewer levels" },
};

export function oneDocument(): Told {
  return { message: "Cannot read the YAML: found a second document, expected one", hint: 'Delete the line "---" and what follows it' };
}

/** Codes about what `scan` has refused already, with a better place. */
const refusedBefore: ReadonlySet<YAMLParseError["code"]> = new Set([
  "ALIAS_PROPS",
  "BAD_ALIAS",
  "BAD_DIRECTIVE",
  "BAD_PROP_ORDER",
  "MULTIPLE_ANCHORS",
  "MULTIPLE_TAGS",
  "TAG_RESOLVE_FAILED",
  "BAD_COLLECTION_TYPE",
]);

/** One draft for each line with an error: what follows a broken place on its line says nothing new. */
export function draftsOfSyntax(
  text: string,
  errors: readonly YAMLParseError[],
  scanned: Pick<Scan, "drafts" | "quotes">,
): readonly Draft[] {
  const known = errors.filter((error) => scanned.drafts.length === 0 || !refusedBefore.has(error.code));
  // The parser gave up somewhere above and now meets what it would have read.
  const own = known.filter((error) => !/token in YAML (?:stream|document)/.test(error.message));
  const lines = new Set<number>();
  const first = (own.length > 0 ? own : known.slice(0, 1)).filter((error) => {
    const line = text.lastIndexOf("\n", error.pos[0] - 1);
    return !lines.has(line) && lines.add(line);
  });
  return first.slice(0, problemsMax).map((error) => draftOfSyntax(error, scanned.quotes));
}

function draftOfSyntax(error: YAMLParseError, quotes: readonly number[]): Draft {
  const [start, end] = error.pos;
  const range = { start, end: Math.max(end, start + 1) };
  if (!error.message.startsWith("Missing closing"))
    return { code: "CONFIG_SYNTAX", range, tell: () => byCode[error.code] ?? parserWords(error) };
  // The parser names the end of the file; a person looks for the quote.
  const open = quotes.findLast((offset) => offset < start) ?? start;
  return { code: "CONFIG_SYNTAX", range: { start: open, end: open + 1 }, tell: () => neverClosed };
}

const neverClosed: Told = { message: "Cannot read the YAML: the quote is never closed", hint: "Close the quote" };

function parserWords(error: YAMLParseError): Told {
  const words = error.message.replace(/ at line \d+, column \d+[\s\S]*$/, "");
  const message = `Cannot read the YAML: ${words.charAt(0).toLowerCase()}${words.slice(1)}`;
  const known = messages.find(([pattern]) => pattern.test(words));
  return known === undefined ? { message } : { message: known[1] ?? message, hint: known[2] };
}

const quotePlaceholder = 'Quote the value, as in `tag: "v{version}"`';

const messages: readonly (readonly [RegExp, string | undefined, string])[] = [
  [/at node end/, "Cannot read the YAML: found more text right after a value, expected a comma or a closing brace", quotePlaceholder],
  [/flow (?:map|collection|sequence)/i, undefined, "Close the brace or bracket; quote text that holds one"],
  [/same column|indent/i, undefined, "Give all lines of one map or list the same indentation"],
  [/Implicit map keys/, "Cannot read the YAML: expected a colon after the key", "Add a colon and a blank after the key"],
];
