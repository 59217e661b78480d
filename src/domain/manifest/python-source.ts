// Versions in Python source, found without running it: assignments of a plain string at the top of a module
// (`__version__ = "1.2.3"`), and the argument `version=` of `setup(…)`. A small scanner knows what is a comment, a string
// and a bracket, so that nothing inside a docstring is taken for code. What is computed is left alone.
import { refuseAt, withoutBom, type Reading, type Statement } from "./edit.ts";
import { scanPython, type PythonToken } from "./python-tokens.ts";

/** Names that build backends read a version from, in the absence of one that the manifest names. */
export const versionNames: readonly string[] = ["__version__", "VERSION", "version"];

/**
 * Assignments of a string to one of the names at module level, annotated or not.
 * @param names those that count; the first of them that is assigned at all decides, as a tool reads one name
 */
export function readPythonSource(text: string, names: readonly string[] = versionNames): Reading {
  const { text: bare, skipped } = withoutBom(text);
  const tokens = scanPython(bare);
  for (const name of names) {
    const statements = tokens.flatMap((token, index) => assignment(tokens, index, name) ?? []);
    const moved = statements.map((one) => ({ ...one, start: one.start + skipped, end: one.end + skipped }));
    // Written twice (under `if`, or again below), tools read different ones: both have to change together.
    if (moved.length > 0) return { kind: "read", statements: moved };
  }
  return { kind: "read", statements: [] };
}

/** The argument `version=` of the call of `setup`: a plain string, or the one that the named variable is assigned above. */
export function readSetupCall(text: string): Reading {
  const { text: bare, skipped } = withoutBom(text);
  const tokens = scanPython(bare);
  const value = setupArgument(tokens, "version");
  if (value?.kind === "name") return readPythonSource(text, [value.text]);
  if (value?.kind !== "string") return { kind: "read", statements: [] };
  if (!value.plain) return refuseAt(text, value.start + skipped, "the version is written with a prefix, escapes or over several lines");
  const start = value.inner.start + skipped;
  return { kind: "read", statements: [{ name: "setup(version=…)", version: value.text, start, end: start + value.text.length }] };
}

/** The one token that an argument of `setup(…)` is given; undefined where it is computed. */
function setupArgument(tokens: readonly PythonToken[], name: string): PythonToken | undefined {
  const isCall = (token: PythonToken, index: number): boolean =>
    isName(token, "setup") && isMark(tokens[index + 1], "(") && !isName(tokens[index - 1], "def");
  const call = tokens.findIndex(isCall);
  const open = tokens[call + 1];
  if (call === -1 || open === undefined) return undefined;
  for (let index = call + 2; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined || (isMark(token, ")") && token.depth === open.depth)) return undefined;
    if (token.depth !== open.depth + 1 || !isName(token, name) || !isMark(tokens[index + 1], "=")) continue;
    const after = tokens[index + 3];
    const isWhole = isMark(after, ",") || (isMark(after, ")") && after?.depth === open.depth);
    return isWhole ? tokens[index + 2] : undefined;
  }
  return undefined;
}

/** `NAME = "…"` or `NAME: annotation = "…"` that begins a line at the left edge and ends with it. */
function assignment(tokens: readonly PythonToken[], index: number, name: string): readonly Statement[] | undefined {
  const token = tokens[index];
  if (token === undefined || !isName(token, name) || token.depth !== 0 || !token.first || token.column !== 0) return undefined;
  const equals = equalsAfter(tokens, index);
  const value = equals === undefined ? undefined : tokens[equals + 1];
  const after = equals === undefined ? undefined : tokens[equals + 2];
  if (value?.kind !== "string" || !value.plain) return undefined;
  const ends = after === undefined || after.first || isMark(after, ";");
  return ends ? [{ name, version: value.text, start: value.inner.start, end: value.inner.end }] : undefined;
}

/** The `=` after a name, past an annotation such as `: Final[str]`. */
function equalsAfter(tokens: readonly PythonToken[], index: number): number | undefined {
  if (isMark(tokens[index + 1], "=")) return index + 1;
  if (!isMark(tokens[index + 1], ":")) return undefined;
  for (let at = index + 2; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token === undefined || (token.first && token.depth === 0)) return undefined;
    if (isMark(token, "=") && token.depth === 0) return at;
  }
  return undefined;
}

function isName(token: PythonToken | undefined, name: string): boolean {
  return token?.kind === "name" && token.text === name;
}

function isMark(token: PythonToken | undefined, mark: string): boolean {
  return token?.kind === "mark" && token.text === mark;
}
