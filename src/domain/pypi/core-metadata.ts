// Core metadata as a wheel's METADATA and an sdist's PKG-INFO write it: header lines, then the description
// (PyPA "Core metadata specifications"; the syntax is RFC 822 as Python's email parser reads it). Reading judges
// nothing: a header that repeats or does not exist is kept, a line that is no header is kept apart. The rules stand in
// core-metadata-rules.ts.

export interface CoreMetadata {
  /** In their order, names as written; continuation lines stay in the value. Without `Description`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body, or the header `Description` where there is no body. */
  readonly description?: string;
  /** Lines above the body that are neither header nor continuation. Python ends the headers there. */
  readonly malformed: readonly MalformedLine[];
  /** The description stands in more than one place. */
  readonly descriptions: number;
}

export interface MalformedLine {
  /** Starts at 1. */
  readonly line: number;
  readonly text: string;
}

/** A header name as the email parser knows one: printable ASCII without space and colon. */
const headerLine = /^([!-9;-~]+):(.*)$/s;

/**
 * Reads METADATA or PKG-INFO. Never throws, whatever the text.
 * @param text decoded as UTF-8; lines end with LF, CR LF or CR
 * @example parseCoreMetadata("Name: demo\n\nHello") // headers [["Name", "demo"]], description "Hello"
 */
export function parseCoreMetadata(text: string): CoreMetadata {
  const { head, body } = splitBody(text);
  const headers: [string, string][] = [];
  const malformed: MalformedLine[] = [];
  for (const [index, line] of head.entries()) {
    const last = headers.at(-1);
    if ((line.startsWith(" ") || line.startsWith("\t")) && last !== undefined) {
      last[1] += `\n${line}`;
      continue;
    }
    const [, name, value] = headerLine.exec(line) ?? [];
    if (name === undefined || value === undefined) malformed.push({ line: index + 1, text: line });
    else headers.push([name, value.replace(/^[ \t]+/, "")]);
  }
  const written = headers.filter(([name]) => name.toLowerCase() === "description").map(([, value]) => value);
  const descriptions = body === "" ? written : [...written, body];
  const description = descriptions.at(-1);
  return {
    headers: headers.filter(([name]) => name.toLowerCase() !== "description"),
    ...(description === undefined ? {} : { description }),
    malformed,
    descriptions: descriptions.length,
  };
}

/** The first value of a header, by its name in any spelling of upper and lower case. */
export function headerOf(metadata: CoreMetadata, name: string): string | undefined {
  return headersOf(metadata, name)[0];
}

/** All values of a header, in their order. */
export function headersOf(metadata: CoreMetadata, name: string): readonly string[] {
  let index = indexes.get(metadata);
  if (index === undefined) {
    index = new Map();
    for (const [written, value] of metadata.headers) {
      const values = index.get(written.toLowerCase());
      if (values === undefined) index.set(written.toLowerCase(), [value]);
      else values.push(value);
    }
    indexes.set(metadata, index);
  }
  return index.get(name.toLowerCase()) ?? nothing;
}

const nothing: readonly string[] = [];

/** Values by lower-case name, made once for each metadata: the rules ask for every field. */
const indexes = new WeakMap<CoreMetadata, Map<string, string[]>>();

/** `Project-URL` lines as label and address, split at the first comma. */
export function projectUrlsOf(metadata: CoreMetadata): readonly (readonly [label: string, url: string])[] {
  return headersOf(metadata, "Project-URL").map((line) => {
    const comma = line.indexOf(",");
    return comma === -1 ? [line.trim(), ""] : [line.slice(0, comma).trim(), line.slice(comma + 1).trim()];
  });
}

/** Whether there is a description that says something: old builders wrote `UNKNOWN` for none. */
export function hasDescription(metadata: CoreMetadata): boolean {
  const text = metadata.description?.trimEnd() ?? "";
  return text !== "" && text !== "UNKNOWN";
}

/** Whether `Metadata-Version` is `least` or later; false where it is missing or no version. */
export function isMetadataVersionAtLeast(metadata: CoreMetadata, least: string): boolean {
  const [major = 0, minor = 0] = versionNumbers(headerOf(metadata, "Metadata-Version") ?? "");
  const [leastMajor = 0, leastMinor = 0] = versionNumbers(least);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}

function versionNumbers(text: string): readonly number[] {
  return /^[0-9]+\.[0-9]+$/.test(text) ? text.split(".").map(Number) : [];
}

/** Lines up to the first empty one, and everything behind it as it stands. */
function splitBody(text: string): { readonly head: readonly string[]; readonly body: string } {
  const blank = /(?:^|\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)/.exec(text);
  if (blank === null) return { head: linesOf(text), body: "" };
  return { head: linesOf(text.slice(0, blank.index)), body: text.slice(blank.index + blank[0].length) };
}

function linesOf(text: string): readonly string[] {
  const lines = text.split(/\r\n|[\n\r]/);
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}
