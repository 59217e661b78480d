// ◆-implementation: Python's version scheme (PEP 440, PyPA "Version specifiers"). Grammar and order of the public part
// come from @renovatebot/pep440; everything around it is ours, because that library reads numbers as floats and local
// parts with `Number()` ("+1e5" would become "+100000"). It never sees a large number: numbers are handed to it as ranks
// (see `rankNumbers`), which keeps every order. What must hold is `str(packaging.version.Version(text))`;
// test/interop/versions-against-packaging.test.ts holds it.
import { compare as compareText, explain } from "@renovatebot/pep440";
import { assert } from "../error.ts";
import { invalidVersion, versionLengthMax, type Order, type ParsedVersion, type Version, type VersionScheme } from "./scheme.ts";

/** Numbers above 2^53 - 1 are exact in `normal` and `base`; in the parts they are rounded, and so no safe integers. */
export interface Pep440Version extends Version {
  readonly scheme: "pep440";
  readonly epoch: number;
  /** At least one number; `1.0` and `1.0.0` are kept apart here although they compare equal. */
  readonly release: readonly number[];
  readonly pre?: { readonly label: "a" | "b" | "rc"; readonly n: number };
  readonly post?: number;
  readonly dev?: number;
  /** Normal form without the `+`. */
  readonly local?: string;
}

/** PEP 440, as `packaging` applies it. */
export const pep440: VersionScheme<Pep440Version> = { name: "pep440", title: "PEP 440", parse, compare };

const blanks = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const outerBlanks = new RegExp(`^${blanks}+|${blanks}+$`, "g");
const localPart = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** A release has one version, which stands in the name and the metadata of each of its files. */
let last: { readonly text: string; readonly parsed: ParsedVersion<Pep440Version> } | undefined;

function parse(text: string): ParsedVersion<Pep440Version> {
  if (last?.text !== text) last = { text, parsed: parseOnce(text) };
  return last.parsed;
}

/** Numbers with dots in their normal form, as most versions are: no library is asked, and a project may have thousands of tags. */
const plainRelease = /^(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){0,9}$/;

function parseOnce(text: string): ParsedVersion<Pep440Version> {
  if (plainRelease.test(text)) return { kind: "valid", version: releaseOf(text) };
  if (text.length > versionLengthMax) return invalid(text, `it is longer than ${versionLengthMax} characters`);
  const trimmed = text.replaceAll(outerBlanks, "");
  const plus = trimmed.indexOf("+");
  const publicText = plus === -1 ? trimmed : trimmed.slice(0, plus);
  const parts = explainPublic(publicText);
  if (parts === undefined) return invalid(text, "it is not numbers with dots, then optionally aN, bN or rcN, .postN, .devN");
  const local = plus === -1 ? undefined : normalLocal(trimmed.slice(plus + 1));
  if (plus !== -1 && local === undefined) return invalid(text, 'after "+" it needs letters and digits with single dots');
  const version = assemble(text, parts, local);
  // "1r" grows to "1.post0": what is handed on has to be readable again.
  if (version.normal.length > versionLengthMax) return invalid(text, `its normal form is longer than ${versionLengthMax} characters`);
  return { kind: "valid", version };
}

function compare(one: Pep440Version, other: Pep440Version): Order {
  assert(one.scheme === "pep440" && other.scheme === "pep440", "only PEP 440 versions are ordered by PEP 440");
  if (plainRelease.test(one.normal) && plainRelease.test(other.normal)) return compareReleases(one.release, other.release);
  const ranked = rankNumbers([withoutLocal(one), withoutLocal(other)]).texts;
  const order = compareText(ranked[0] ?? "", ranked[1] ?? "");
  if (order === 0) return compareLocal(one.local, other.local);
  return order < 0 ? -1 : 1;
}

// --- helpers ----------------------------------------------------------------------------------

/** What the library's `explain` really answers; its own types say otherwise about post, dev and null. */
interface Explained {
  readonly public: string;
  readonly base_version: string;
  readonly is_prerelease: boolean;
  readonly epoch: number;
  readonly release: readonly number[];
  readonly pre: readonly ["a" | "b" | "rc", number] | null;
  readonly post: number | null;
  readonly dev: number | null;
}

interface Ranked {
  readonly texts: readonly string[];
  /** Value by rank, without leading zeros; the first is 0. */
  readonly values: readonly string[];
}

/**
 * Replaces each number in the texts by its rank among all of them; 0 stays 0, as PEP 440 pads with it. Ranks are small
 * and ordered as the numbers are, so that whoever compares the ranked texts compares numbers of any length exactly.
 */
function rankNumbers(texts: readonly string[]): Ranked {
  const found = texts.flatMap((text) => text.match(/[0-9]+/g) ?? []).map(BigInt);
  const values = [...new Set([0n, ...found])].toSorted((one, other) => (one < other ? -1 : 1));
  const rank = new Map(values.map((value, index) => [value, index]));
  return { texts: texts.map((text) => text.replaceAll(/[0-9]+/g, (digits) => `${rank.get(BigInt(digits))}`)), values: values.map(String) };
}

function releaseOf(text: string): Pep440Version {
  return { scheme: "pep440", written: text, normal: text, base: text, prerelease: false, epoch: 0, release: text.split(".").map(Number) };
}

/** A shorter one is filled up with zeros. */
function compareReleases(one: readonly number[], other: readonly number[]): Order {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  return 0;
}

function explainPublic(text: string): Explained | undefined {
  const { texts, values } = rankNumbers([text]);
  const ranked = explain(texts[0] ?? "") as unknown as Explained | null;
  if (ranked === null) return undefined;
  const restore = (part: string): string => part.replaceAll(/[0-9]+/g, (rank) => values[Number(rank)] ?? "");
  const valueOf = (rank: number): number => Number(values[rank]);
  return {
    public: restore(ranked.public),
    base_version: restore(ranked.base_version),
    is_prerelease: ranked.is_prerelease,
    epoch: valueOf(ranked.epoch),
    release: ranked.release.map(valueOf),
    pre: ranked.pre === null ? null : [ranked.pre[0], valueOf(ranked.pre[1])],
    post: ranked.post === null ? null : valueOf(ranked.post),
    dev: ranked.dev === null ? null : valueOf(ranked.dev),
  };
}

function assemble(written: string, parts: Explained, local: string | undefined): Pep440Version {
  const { public: text, base_version: base, is_prerelease: prerelease, epoch, release, pre, post, dev } = parts;
  return {
    scheme: "pep440",
    written,
    normal: local === undefined ? text : `${text}+${local}`,
    base,
    prerelease,
    epoch,
    release,
    ...(pre === null ? {} : { pre: { label: pre[0], n: pre[1] } }),
    ...(post === null ? {} : { post }),
    ...(dev === null ? {} : { dev }),
    ...(local === undefined ? {} : { local }),
  };
}

/** Segments joined with dots, lower case, numbers without leading zeros; of any length, so that a commit id fits. */
function normalLocal(text: string): string | undefined {
  const lower = text.toLowerCase();
  // Lower-casing maps some other letters into ASCII (the Kelvin sign becomes "k"): PEP 440 allows ASCII alone.
  if (!/^[\x21-\x7e]*$/.test(text) || !localPart.test(lower)) return undefined;
  return lower
    .split(/[._-]/)
    .map((segment) => (isNumber(segment) ? BigInt(segment).toString() : segment))
    .join(".");
}

/** No local part sorts first; then segment by segment, words before numbers; a longer one after its own beginning. */
function compareLocal(one: string | undefined, other: string | undefined): Order {
  const left = one === undefined ? [] : one.split(".");
  const right = other === undefined ? [] : other.split(".");
  for (const [index, segment] of left.entries()) {
    const against = right[index];
    if (against === undefined) return 1;
    const order = compareSegment(segment, against);
    if (order !== 0) return order;
  }
  return left.length < right.length ? -1 : 0;
}

function compareSegment(one: string, other: string): Order {
  if (isNumber(one) !== isNumber(other)) return isNumber(one) ? 1 : -1;
  if (one === other) return 0;
  const smaller = isNumber(one) ? BigInt(one) < BigInt(other) : one < other;
  return smaller ? -1 : 1;
}

function withoutLocal(version: Pep440Version): string {
  return version.local === undefined ? version.normal : version.normal.slice(0, -version.local.length - 1);
}

function isNumber(segment: string): boolean {
  return /^[0-9]+$/.test(segment);
}

function invalid(text: string, reason: string): ParsedVersion<Pep440Version> {
  return invalidVersion(pep440.title, text, { reason });
}
