// As much of Markdown as a changelog needs: where headings, link definitions and code stand, by offsets into the text, so
// that everything else in the file can stay byte for byte what a person wrote. Follows CommonMark 0.31 (§4.2-4.7) for
// these; where a file breaks its rules (a comment that is never closed) the reading that hides least is taken.

export interface Line {
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last one, without the line end. */
  readonly end: number;
  /** Offset of the next line. */
  readonly next: number;
  readonly text: string;
  /** In fenced code or an HTML comment: nothing in it is a heading or a definition. */
  readonly verbatim: boolean;
}

export interface Heading {
  readonly level: number;
  /** Without marks and spaces around it. */
  readonly text: string;
  /** Offset of the text in the file. */
  readonly textStart: number;
  /** Offset of the heading's first line. */
  readonly start: number;
  /** Offset after its last line: where the body begins. */
  readonly bodyStart: number;
  /** Starts at 1. */
  readonly line: number;
  /** The line of `=` or `-` below it, without the line end; absent: it begins with `#`. */
  readonly underline?: { readonly start: number; readonly end: number };
}

/** `[label]: address`, one line. */
export interface Definition {
  readonly label: string;
  readonly address: string;
  readonly addressStart: number;
  readonly start: number;
  /** Offset of the next line. */
  readonly next: number;
  readonly text: string;
}

export interface Markdown {
  readonly text: string;
  readonly lines: readonly Line[];
  readonly headings: readonly Heading[];
  readonly definitions: readonly Definition[];
  /** The line end that most lines have. */
  readonly eol: "\n" | "\r\n";
}

/** Reads any text; never fails. Linear in its length. */
export function readMarkdown(text: string): Markdown {
  const lines = markVerbatim(splitLines(text));
  const crlf = lines.filter((line) => line.next - line.end === 2).length;
  return {
    text,
    lines,
    headings: headingsOf(lines),
    definitions: lines.flatMap((line) => (line.verbatim ? [] : definitionOf(line))),
    eol: crlf * 2 > lines.length ? "\r\n" : "\n",
  };
}

/** One label for all its spellings (CommonMark §4.7). */
export function normalizeLabel(label: string): string {
  return label.trim().replaceAll(/\s+/g, " ").toLowerCase();
}

/** What a fence that is open at the end of the text has to be closed with; undefined when none is. */
export function openFence(text: string): string | undefined {
  const lines = splitLines(text);
  for (let index = 0; index < lines.length; index += 1) {
    const fence = fenceOf(lines[index]?.text ?? "");
    if (fence === undefined) continue;
    const end = endOfFence(lines, index, fence);
    if (!end.closed && end.last === lines.length - 1) return `${" ".repeat(fence.indent)}${fence.marks}`;
    index = end.last;
  }
  return undefined;
}

// --- helpers ----------------------------------------------------------------------------------

type PlainLine = Omit<Line, "verbatim">;

function splitLines(text: string): readonly PlainLine[] {
  const lines: PlainLine[] = [];
  // A byte order mark belongs to the file, not to its first line.
  let start = text.startsWith("\uFEFF") ? 1 : 0;
  while (start < text.length) {
    const found = text.indexOf("\n", start);
    const next = found === -1 ? text.length : found + 1;
    const feed = found === -1 ? text.length : found;
    const end = found !== -1 && feed > start && text[feed - 1] === "\r" ? feed - 1 : feed;
    lines.push({ start, end, next, text: text.slice(start, end) });
    start = next;
  }
  return lines;
}

function markVerbatim(lines: readonly PlainLine[]): readonly Line[] {
  const marked: Line[] = [];
  // Looked up once: every comment after the last end is one that is never closed.
  const lastEnd = lines.findLastIndex((line) => line.text.includes("-->"));
  let until = -1;
  for (const [index, line] of lines.entries()) {
    if (index > until) until = endOfBlock(lines, index, lastEnd) ?? until;
    marked.push({ ...line, verbatim: index <= until });
  }
  return marked;
}

/** Index of the last line of the code or comment that begins here. */
function endOfBlock(lines: readonly PlainLine[], index: number, lastEnd: number): number | undefined {
  const { text } = lines[index] ?? { text: "" };
  if (/^ {0,3}<!--/.test(text)) return index <= lastEnd ? endOfComment(lines, index) : undefined;
  const fence = fenceOf(text);
  return fence === undefined ? undefined : endOfFence(lines, index, fence).last;
}

/** A comment that is never closed hides nothing. */
function endOfComment(lines: readonly PlainLine[], index: number): number | undefined {
  for (let at = index; at < lines.length; at += 1) {
    const text = lines[at]?.text ?? "";
    if (text.includes("-->", at === index ? text.indexOf("<!--") + 4 : 0)) return at;
  }
  return undefined;
}

interface Fence {
  readonly marks: string;
  readonly indent: number;
}

function fenceOf(text: string): Fence | undefined {
  const [, indent, marks, info] = /^(\s*)(`{3,}|~{3,})(.*)$/.exec(text) ?? [];
  if (indent === undefined || marks === undefined) return undefined;
  return marks.startsWith("`") && info?.includes("`") === true ? undefined : { marks, indent: indent.length };
}

/** A fence in a list item ends with the item, at the latest at the next line that is not indented. */
function endOfFence(lines: readonly PlainLine[], index: number, fence: Fence): { readonly last: number; readonly closed: boolean } {
  for (let at = index + 1; at < lines.length; at += 1) {
    const text = lines[at]?.text ?? "";
    const trimmed = text.trim();
    if (trimmed.length >= fence.marks.length && trimmed === fence.marks.charAt(0).repeat(trimmed.length)) return { last: at, closed: true };
    if (fence.indent >= 2 && /^\S/.test(text)) return { last: at - 1, closed: true };
  }
  return { last: lines.length - 1, closed: false };
}

function headingsOf(lines: readonly Line[]): readonly Heading[] {
  return lines.flatMap((line, index): readonly Heading[] => {
    if (line.verbatim) return [];
    const found = hashHeading(line, index) ?? underlinedHeading(lines, index);
    return found === undefined ? [] : [found];
  });
}

function hashHeading(line: Line, index: number): Heading | undefined {
  const [, before, hashes, rest] = /^( {0,3})(#{1,6})(?:[ \t]+(.*))?$/.exec(line.text) ?? [];
  if (before === undefined || hashes === undefined) return undefined;
  const text = (rest ?? "").replace(/(?:^|[ \t]+)#+[ \t]*$/, "").trim();
  const textStart = line.start + Math.max(line.text.indexOf(text, before.length + hashes.length), 0);
  return { level: hashes.length, text, textStart, start: line.start, bodyStart: line.next, line: index + 1 };
}

/** One line of text with `===` or `---` below it; with a paragraph above it, it would be that paragraph's last line. */
function underlinedHeading(lines: readonly Line[], index: number): Heading | undefined {
  const [above, line, below] = [lines[index - 1], lines[index], lines[index + 1]];
  if (line === undefined || below === undefined || below.verbatim || !/^ {0,3}(?:=+|-{2,})\s*$/.test(below.text)) return undefined;
  if (!/^ {0,3}[^\s#>|*+=~-]/.test(line.text) && !/^ {0,3}\*\*\S/.test(line.text)) return undefined;
  const begins =
    above === undefined || above.verbatim || above.text.trim() === "" || /^ {0,3}(?:#{1,6}\s|=+\s*$|-{2,}\s*$)/.test(above.text);
  if (!begins) return undefined;
  const text = line.text.trim();
  return {
    level: below.text.includes("=") ? 1 : 2,
    text,
    textStart: line.start + line.text.indexOf(text),
    start: line.start,
    bodyStart: below.next,
    line: index + 1,
    underline: { start: below.start, end: below.end },
  };
}

function definitionOf(line: Line): readonly Definition[] {
  const [, label, address] = /^ {0,3}\[([^\]]{1,999})\]:[ \t]*<?([^\s<>]+)>?/.exec(line.text) ?? [];
  // `[^1]:` is a footnote.
  if (label === undefined || address === undefined || label.startsWith("^")) return [];
  const addressStart = line.start + line.text.indexOf(address, line.text.indexOf("]:"));
  return [{ label, address, addressStart, start: line.start, next: line.next, text: line.text }];
}
