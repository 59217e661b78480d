// One pass over the tokens of slipway.yaml before a tree is built. It refuses what the language does not have (anchors,
// aliases, tags, directives) and stops at files that are only large, deep or both, in linear time: a bomb is
// never composed, let alone expanded (reference/trust §7 row 25).
import { CST, Lexer } from "yaml";
import { type Draft, problemsMax, type Told } from "../draft.ts";
import { oneDocument } from "./syntax-messages.ts";

export const depthMax = 32;
export const nodesMax = 5_000;
const tokensMax = 30_000;
/** More than this is no mistake of a person: the parser is not asked. */
const documentsMax = 10;
/** Deeper block nesting than this would need more blanks at the start of a line. */
const indentMax = 400;

export interface Scan {
  readonly drafts: readonly Draft[];
  /** A cap was reached, or enough was found: the text must not be composed. */
  readonly stopped: boolean;
  /** Offsets at which quoted texts begin. */
  readonly quotes: readonly number[];
  /** All tokens, for the parser: the text is taken apart once. */
  readonly tokens: readonly string[];
}

interface Counter {
  tokens: number;
  nodes: number;
  /** Lines `---` and `...`. */
  documents: number;
  flowDepth: number;
  /** `- ` and `? ` on the line so far: each opens a level. */
  openersOnLine: number;
  blanksAtLineStart: number;
  lineIsBlank: boolean;
  stopped: boolean;
}

type TokenType = CST.TokenType | "text" | null;

/** Looks at every token until a cap is reached. */
export function scan(text: string): Scan {
  const drafts: Draft[] = [];
  const quotes: number[] = [];
  const tokens: string[] = [];
  const counter: Counter = {
    tokens: 0,
    nodes: 0,
    documents: 0,
    flowDepth: 0,
    openersOnLine: 0,
    blanksAtLineStart: 0,
    lineIsBlank: true,
    stopped: false,
  };
  let offset = 0;
  let type: TokenType = null;
  for (const token of new Lexer().lex(text)) {
    // What follows the mark of a scalar is its text, whatever it looks like.
    type = type === "scalar" ? "text" : CST.tokenType(token);
    const length = zeroWidth(type) ? 0 : token.length;
    const range = { start: offset, end: offset + length };
    tokens.push(token);
    count(counter, type, token);
    const excess = tooMuch(counter);
    if (excess !== undefined) drafts.push({ code: "CONFIG_TOO_LARGE", range, tell: () => excess });
    if (excess !== undefined) counter.stopped = true;
    if (counter.stopped) break;
    if (type === "single-quoted-scalar" || type === "double-quoted-scalar") quotes.push(offset);
    const told = refused(type, token) ?? (counter.documents > documentsMax ? oneDocument() : undefined);
    if (told !== undefined) drafts.push({ code: "CONFIG_SYNTAX", range, tell: () => told });
    counter.stopped = drafts.length >= problemsMax || counter.documents > documentsMax;
    if (counter.stopped) break;
    offset += length;
  }
  return { drafts, quotes, tokens, stopped: counter.stopped };
}

/** The lexer's marks for structure have no width in the text. */
function zeroWidth(type: TokenType): boolean {
  return type === "doc-mode" || type === "flow-error-end" || type === "scalar";
}

function count(counter: Counter, type: TokenType, token: string): void {
  counter.tokens += 1;
  if (type === "newline" || (type === "text" && token.endsWith("\n"))) {
    counter.openersOnLine = 0;
    counter.blanksAtLineStart = 0;
    counter.lineIsBlank = true;
    return;
  }
  if (type === "space" && counter.lineIsBlank) counter.blanksAtLineStart += token.length;
  else if (type !== "scalar" && type !== "doc-mode" && type !== "comment") counter.lineIsBlank = false;
  if (type === "flow-map-start" || type === "flow-seq-start") counter.flowDepth += 1;
  if (type === "flow-map-end" || type === "flow-seq-end") counter.flowDepth -= 1;
  if (type === "seq-item-ind" || type === "explicit-key-ind") counter.openersOnLine += 1;
  if (type === "doc-start" || type === "doc-end") counter.documents += 1;
  if (nodeTypes.has(type)) counter.nodes += 1;
}

const nodeTypes: ReadonlySet<TokenType> = new Set([
  "scalar",
  "single-quoted-scalar",
  "double-quoted-scalar",
  "block-scalar-header",
  "alias",
  "flow-map-start",
  "flow-seq-start",
  "seq-item-ind",
  "explicit-key-ind",
  "map-value-ind",
  "comma",
  "doc-start",
  "doc-end",
]);

function tooMuch(counter: Counter): Told | undefined {
  const deep = counter.flowDepth > depthMax || counter.openersOnLine > depthMax;
  if (deep || (!counter.lineIsBlank && counter.blanksAtLineStart > indentMax)) return tooDeep;
  if (counter.nodes > 2 * nodesMax || counter.tokens > tokensMax) return tooMany;
  return undefined;
}

export const tooDeep: Told = {
  message: `Cannot read the file: it is nested deeper than ${depthMax} levels`,
  hint: "Write it with fewer levels",
};

export const tooMany: Told = {
  message: `Cannot read the file: it has more than ${nodesMax} values`,
  hint: "Move what is generated out of slipway.yaml",
};

function refused(type: TokenType, token: string): Told | undefined {
  if (type === "alias") {
    return { message: `Cannot use the alias "${token.slice(0, 40)}": aliases are not part of the language`, hint: quoteHint(token) };
  }
  if (type === "anchor") {
    return { message: `Cannot use the anchor "${token.slice(0, 40)}": anchors are not part of the language`, hint: quoteHint(token) };
  }
  if (type === "tag") {
    return { message: `Cannot use the tag "${token.slice(0, 40)}": YAML tags are not part of the language`, hint: quoteHint(token) };
  }
  if (type !== "directive-line") return undefined;
  return { message: `Cannot use the directive "${token.trim().slice(0, 40)}": the file is YAML 1.2 as it stands`, hint: "Delete the line" };
}

/** A word such as `*.whl` or `!tag` is meant as text more often than not. */
function quoteHint(token: string): string {
  return token.length > 40 ? "Write the value itself" : `Write the value itself, or quote it if it is text: "${token}"`;
}
