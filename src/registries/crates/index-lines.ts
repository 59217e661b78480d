// Reads a crate's file of a sparse index: one version a line, each a JSON object. Pure. A file with one line that cannot be
// read is no answer at all: the line could be ours. Source: Cargo Book "Registry index"; protocols §4.2.
import { isSha256, type Sha256 } from "../../domain/digest.ts";
import { canonicalCrateName } from "../../domain/crates/names.ts";

/** One version, as far as a release wants to know. */
export interface IndexLine {
  readonly name: string;
  readonly version: string;
  readonly sha256: Sha256;
  readonly yanked: boolean;
  /** When it was published, where the index tells. */
  readonly uploadedAt?: string;
}

export type IndexFile =
  | { readonly kind: "lines"; readonly lines: readonly IndexLine[] }
  | { readonly kind: "unreadable"; readonly why: string };

const linesMax = 100_000;

/** @param name of the crate whose file it should be */
export function readIndexFile(text: string, name: string): IndexFile {
  const written = text.split("\n").filter((line) => line.trim() !== "");
  if (written.length === 0) return { kind: "unreadable", why: "it has no line" };
  if (written.length > linesMax) return { kind: "unreadable", why: `it has more than ${linesMax} lines` };
  const lines: IndexLine[] = [];
  for (const [at, one] of written.entries()) {
    const line = readLine(one);
    if (line === undefined) return { kind: "unreadable", why: `line ${at + 1} is no version with a checksum` };
    if (canonicalCrateName(line.name) !== canonicalCrateName(name))
      return { kind: "unreadable", why: `line ${at + 1} is about "${line.name.slice(0, 80)}"` };
    lines.push(line);
  }
  return { kind: "lines", lines };
}

function readLine(text: string): IndexLine | undefined {
  const line = readJson(text);
  const { name, vers, cksum, yanked, pubtime } = line;
  if (typeof name !== "string" || typeof vers !== "string" || typeof cksum !== "string") return undefined;
  const sha256 = cksum.toLowerCase();
  if (!isSha256(sha256)) return undefined;
  return { name, version: vers, sha256, yanked: yanked === true, ...(typeof pubtime === "string" ? { uploadedAt: pubtime } : {}) };
}

/** A JSON object, or an empty one for anything else. */
export function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
