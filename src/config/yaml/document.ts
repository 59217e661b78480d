// slipway.yaml as a tree with positions: YAML 1.2 core, one document, data only. Everything YAML can do beyond maps,
// lists, text, whole numbers and booleans is refused here, so that nothing behind this file has to think of it.
import { Composer, type CST, type Document, isScalar, Parser } from "yaml";
import { type Draft, problemsMax } from "../draft.ts";
import { lineAt, type SourceText } from "../frame.ts";
import { type ReadData, readData } from "./data.ts";
import { type Finder, finderOf } from "./finder.ts";
import { type Scan, scan } from "./scan.ts";
import { draftsOfSyntax, oneDocument } from "./syntax-messages.ts";

export interface Tree extends Finder, Pick<ReadData, "data" | "broken" | "numbers"> {}

export type TreeRead =
  | { readonly kind: "read"; readonly tree: Tree; readonly drafts: readonly Draft[] }
  | { readonly kind: "unreadable"; readonly drafts: readonly Draft[] };

/** Reads a text that has passed the checks of `text.ts`. */
export function readTree(source: SourceText): TreeRead {
  const { text } = source;
  const scanned = scan(text);
  if (scanned.stopped) return { kind: "unreadable", drafts: scanned.drafts };
  const documents = compose(scanned.tokens);
  const faults = faultsOf(text, documents, scanned);
  const drafts = [...scanned.drafts, ...faults];
  const root = documents[0]?.contents;
  if (root === undefined || root === null || faults.length > 0) {
    return { kind: "unreadable", drafts: drafts.length > 0 ? drafts : [emptyFile] };
  }
  if (isScalar(root) && root.source === "") return { kind: "unreadable", drafts: [...drafts, emptyFile] };
  const read = readData(root, (offset) => lineAt(source, offset));
  return { kind: "read", tree: { ...read, ...finderOf(text, root) }, drafts: [...drafts, ...read.drafts] };
}

function compose(tokens: readonly string[]): readonly Document.Parsed[] {
  const options = { version: "1.2", schema: "core", merge: false, uniqueKeys: false, logLevel: "silent" } as const;
  return withoutStacks(() => [...new Composer(options).compose(parse(tokens))] as readonly Document.Parsed[]);
}

/**
 * The composer makes an `Error` for each fault, thousands for a hostile file, and their stacks cost five times the
 * parsing. Nobody reads them: only position and words are used. Nothing else runs meanwhile, so the limit can be put back.
 */
function withoutStacks<Value>(compute: () => Value): Value {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return compute();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** Ends early after many errors: no more of them are shown. */
function* parse(tokens: readonly string[]): Generator<CST.Token, void> {
  const parser = new Parser();
  let errors = 0;
  for (const token of tokens) {
    for (const parsed of parser.next(token)) {
      errors += parsed.type === "error" ? 1 : 0;
      yield parsed;
    }
    if (errors > problemsMax) return;
  }
  yield* parser.end();
}

const emptyFile: Draft = {
  code: "CONFIG_SYNTAX",
  range: { start: 0, end: 0 },
  tell: () => ({ message: "Cannot read the file: it is empty", hint: "Run `slipway init`" }),
};

function faultsOf(text: string, documents: readonly Document.Parsed[], scanned: Scan): readonly Draft[] {
  const second = documents[1];
  const start = second?.range[0] ?? 0;
  const extra: readonly Draft[] =
    second === undefined ? [] : [{ code: "CONFIG_SYNTAX", range: { start, end: start + 3 }, tell: oneDocument }];
  const errors = documents.flatMap((document) => document.errors);
  return [...extra, ...draftsOfSyntax(text, errors, scanned)];
}
