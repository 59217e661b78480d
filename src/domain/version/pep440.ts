// ◆-implementation: Python's version scheme (PEP 440, PyPA "Version specifiers"). Grammar and order of the public part
// come from @renovatebot/pep440; everything around it is ours, because that library reads numbers as floats and local
// parts with `Number()` ("+1e5" would become "+100000"). What must hold is `str(packaging.version.Version(text))`;
// test/interop/versions-against-packaging.test.ts holds it.
import { compare as compareText, explain } from "@renovatebot/pep440";
import { assert } from "../error.ts";
import { invalidVersion, versionLengthMax, type Order, type ParsedVersion, type Version, type VersionScheme } from "./scheme.ts";

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

/** PEP 440, as `packaging` applies it; numbers above 2^53 - 1 in the public part are refused rather than rounded. */
export const pep440: VersionScheme<Pep440Version> = { name: "pep440", title: "PEP 440", parse, compare };

const blanks = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const outerBlanks = new RegExp(`^${blanks}+|${blanks}+$`, "g");
const localPart = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

function parse(text: string): ParsedVersion<Pep440Version> {
  if (text.length > versionLengthMax) return invalid(text, `it is longer than ${versionLengthMax} characters`);
  const trimmed = text.replaceAll(outerBlanks, "");
  const plus = trimmed.indexOf("+");
  const publicText = plus === -1 ? trimmed : trimmed.slice(0, plus);
  const tooLarge = publicText.match(/[0-9]+/g)?.find((digits) => !Number.isSafeInteger(Number(digits)));
  if (tooLarge !== undefined) return invalid(text, `the number ${tooLarge} is larger than ${Number.MAX_SAFE_INTEGER}`);
  const parts = explainPublic(publicText);
  if (parts === undefined) return invalid(text, "it is not numbers with dots, then optionally aN, bN or rcN, .postN, .devN");
  const local = plus === -1 ? undefined : normalLocal(trimmed.slice(plus + 1));
  if (plus !== -1 && local === undefined) return invalid(text, 'after "+" it needs letters and digits with single dots');
  return { kind: "valid", version: assemble(text, parts, local) };
}

function compare(one: Pep440Version, other: Pep440Version): Order {
  assert(one.scheme === "pep440" && other.scheme === "pep440", "only PEP 440 versions are ordered by PEP 440");
  const order = Math.sign(compareText(withoutLocal(one), withoutLocal(other)));
  return order === 0 ? compareLocal(one.local, other.local) : toOrder(order);
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

function explainPublic(text: string): Explained | undefined {
  return (explain(text) as unknown as Explained | null) ?? undefined;
}

function assemble(written: string, parts: Explained, local: string | undefined): Pep440Version {
  return {
    scheme: "pep440",
    written,
    normal: local === undefined ? parts.public : `${parts.public}+${local}`,
    base: parts.base_version,
    prerelease: parts.is_prerelease,
    epoch: parts.epoch,
    release: parts.release,
    ...(parts.pre === null ? {} : { pre: { label: parts.pre[0], n: parts.pre[1] } }),
    ...(parts.post === null ? {} : { post: parts.post }),
    ...(parts.dev === null ? {} : { dev: parts.dev }),
    ...(local === undefined ? {} : { local }),
  };
}

/** Segments joined with dots, lower case, numbers without leading zeros; of any length, so that a commit id fits. */
function normalLocal(text: string): string | undefined {
  const lower = text.toLowerCase();
  // Lower-casing maps some other letters into ASCII (the Kelvin sign becomes "k"): PEP 440 allows ASCII alone.
  if (!/^[\x21-\x7e]*$/.test(text) || !localPart.test(lower)) return undefined;
  return lower.split(/[._-]/).map((segment) => (isNumber(segment) ? BigInt(segment).toString() : segment)).join(".");
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

function toOrder(sign: number): Order {
  if (sign === 0) return 0;
  return sign < 0 ? -1 : 1;
}

function invalid(text: string, reason: string): ParsedVersion<Pep440Version> {
  return invalidVersion(pep440.title, text, { reason });
}
