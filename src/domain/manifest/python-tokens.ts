// Python's tokens, as far as finding an assignment needs them (the language's reference, "Lexical analysis"): names,
// strings, single marks, the depth of brackets, and which token begins a logical line. Comments and blanks are passed
// over. It never fails: what is no Python gives some tokens, among which nothing is found.
export type PythonToken = {
  readonly start: number;
  readonly end: number;
  /** The first of a logical line. */
  readonly first: boolean;
  /** Characters before it on its line. */
  readonly column: number;
  /** Brackets that are open; of a closing one, those that stay open. */
  readonly depth: number;
} & (
  | { readonly kind: "name" | "mark" | "number"; readonly text: string }
  | {
      readonly kind: "string";
      readonly text: string;
      readonly inner: { readonly start: number; readonly end: number };
      /** On one line, with single quotes of either kind, no prefix but `u`, no escape: its characters are its value. */
      readonly plain: boolean;
    }
);

const blank = /[ \t\f\v]+/y;
const lineEnd = /\r\n|\n|\r/y;
const joined = /\\(?:\r\n|\n|\r)/y;
const comment = /#[^\r\n]*/y;
const stringStart = /([A-Za-z]{0,2})("""|'''|"|')/y;
const word = /[\p{L}_][\p{L}\p{N}_]*/uy;
const numeral = /[0-9][0-9A-Za-z_.]*/y;

/** Tokens of a module. @param text without a BOM */
export function scanPython(text: string): readonly PythonToken[] {
  const tokens: PythonToken[] = [];
  const state = { at: 0, depth: 0, first: true, lineStart: 0 };
  while (state.at < text.length) {
    if (passOver(text, state)) continue;
    const token = nextToken(text, state);
    tokens.push(token);
    state.at = token.end;
    state.first = isSemicolon(token);
  }
  return tokens;
}

interface State {
  at: number;
  depth: number;
  first: boolean;
  lineStart: number;
}

/** Blanks, comments, line ends; a line end inside of brackets or after a backslash does not end the logical line. */
function passOver(text: string, state: State): boolean {
  const end = match(lineEnd, text, state.at);
  if (end !== undefined) {
    state.at += end.length;
    state.lineStart = state.at;
    if (state.depth === 0) state.first = true;
    return true;
  }
  const join = match(joined, text, state.at);
  const passed = join ?? match(blank, text, state.at) ?? match(comment, text, state.at);
  if (passed === undefined) return false;
  state.at += passed.length;
  if (join !== undefined) state.lineStart = state.at;
  return true;
}

function nextToken(text: string, state: State): PythonToken {
  const around = { start: state.at, first: state.first, column: state.at - state.lineStart };
  const string = stringToken(text, state.at);
  if (string !== undefined) return { ...around, ...string, depth: state.depth };
  const name = match(word, text, state.at);
  if (name !== undefined) return { ...around, kind: "name", text: name, end: state.at + name.length, depth: state.depth };
  const number = match(numeral, text, state.at);
  if (number !== undefined) return { ...around, kind: "number", text: number, end: state.at + number.length, depth: state.depth };
  return markToken(text, state, around);
}

/** Comparison operators are one mark, so that `==` is never taken for an assignment. */
function markToken(text: string, state: State, around: Pick<PythonToken, "start" | "first" | "column">): PythonToken {
  const character = text.charAt(state.at);
  const mark = /[=!<>:+\-*/%&|^@]/.test(character) && text.charAt(state.at + 1) === "=" ? `${character}=` : character;
  const before = state.depth;
  if ("([{".includes(character)) state.depth += 1;
  if (")]}".includes(character)) state.depth = Math.max(0, state.depth - 1);
  return { ...around, kind: "mark", text: mark, end: state.at + mark.length, depth: Math.min(before, state.depth) };
}

function stringToken(
  text: string,
  at: number,
): Omit<Extract<PythonToken, { kind: "string" }>, "start" | "first" | "column" | "depth"> | undefined {
  stringStart.lastIndex = at;
  const [opening, prefix = "", quote = ""] = stringStart.exec(text) ?? [];
  if (opening === undefined || !/^(?:[rbuft]|[rR][bfBFtT]|[bfBFtT][rR])?$/i.test(prefix)) return undefined;
  const start = at + opening.length;
  const end = endOfString(text, start, quote);
  const closed = text.startsWith(quote, end);
  const content = text.slice(start, end);
  const plain = closed && quote.length === 1 && /^u?$/i.test(prefix) && !/[\\\r\n]/.test(content);
  return { kind: "string", text: content, inner: { start, end }, end: closed ? end + quote.length : end, plain };
}

/** Where the closing quotes begin; an unclosed string of one line ends with the line, another with the text. */
function endOfString(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    // A backslash keeps a quote from closing, and CR LF is one line end after it.
    if (character === "\\") at += text.startsWith("\r\n", at + 1) ? 2 : 1;
    else if (text.startsWith(quote, at)) return at;
    else if (quote.length === 1 && (character === "\n" || character === "\r")) return at;
  }
  return text.length;
}

function isSemicolon(token: PythonToken): boolean {
  return token.kind === "mark" && token.text === ";";
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
