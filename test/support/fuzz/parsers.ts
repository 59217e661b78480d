// The parsers that are fuzzed against Python: how an input is made, read by us, and read by Python.
import type { Chance } from "./chance.ts";
import { fuzzedImage } from "./make-image.ts";
import { fuzzedTarGz } from "./make-tar.ts";
import { fuzzedZip } from "./make-zip.ts";
import type { OracleKind, Row } from "./oracle.ts";
import { inOrder, readImage, readTarGz, readZip, type Reader } from "./our-readers.ts";
import { imageRules, tarRules, zipRules, type Rule } from "./refusal-rules.ts";

export interface FuzzedParser {
  readonly kind: OracleKind;
  make(chance: Chance): Buffer;
  readonly read: Reader;
  /** Why we refuse what Python reads. */
  readonly rules: readonly Rule[];
  /** Rows of Python's in the form of ours. */
  expected(rows: readonly Row[]): readonly Row[];
}

export type ParserName = "zip" | "tar.gz" | "image";

export const fuzzedParsers: Readonly<Record<ParserName, FuzzedParser>> = {
  zip: { kind: "Z", make: fuzzedZip, read: readZip, rules: zipRules, expected: withoutSizeOfFolders },
  "tar.gz": { kind: "T", make: fuzzedTarGz, read: readTarGz, rules: tarRules, expected: withoutSizeOfFolders },
  image: { kind: "O", make: fuzzedImage, read: readImage, rules: imageRules, expected: eachOnce },
};

function withoutSizeOfFolders(rows: readonly Row[]): readonly Row[] {
  return rows.map(([name, kind, size, digest]): Row => [name, kind, kind === "file" ? size : 0, digest]);
}

/** A layer may be named twice; it is sent once, and in which order does not matter. */
function eachOnce(rows: readonly Row[]): readonly Row[] {
  const once = rows.filter((row, at) => rows.findIndex((other) => other[1] === row[1] && other[0] === row[0]) === at);
  return inOrder(once);
}
