// What a heading of a changelog says: a version, with or without `v`, brackets, a link, the package's name and a date; the
// changes that are not released yet; or something else. Versions are read by the package's own scheme, so that
// `0.2.0-rc1`, as the tag is spelled, is found as 0.2.0rc1 (S5.2).
import type { Version, VersionScheme } from "../version/scheme.ts";

/** How the versions of a package are written in headings. */
export interface Headings {
  readonly scheme: VersionScheme;
  /** What may stand before the version in a file that several packages share: name, id. */
  readonly names: readonly string[];
}

export type Said =
  | {
      readonly kind: "version";
      readonly version: Version;
      /** The version as written, and where in the heading's text it begins. */
      readonly written: string;
      readonly at: number;
      /** Nothing but version, link, date and marks: a version's heading at any level. */
      readonly strict: boolean;
      /** It says that this version is not out yet. */
      readonly pending: boolean;
    }
  | { readonly kind: "unreleased" }
  | { readonly kind: "other" };

const unreleased =
  /^\[?(?:unreleased(?: changes)?|upcoming(?: release| version)?|next(?: release| version)?|in progress|(?:in )?development|dev)\]?(?:\([^)]*\)|\[[^\]]*\])?\s*(?:[-–—:(].*)?$/i;
/** Words with which a heading says that its version is not out yet. */
export const pendingWords =
  /\b(?:unreleased|not released(?: yet)?|tbd|tba|in development|yyyy-mm-dd|xxxx-xx-xx|20\d\d-(?:xx|mm|\?\?)-(?:xx|dd|\?\?))(?![\w-])/i;
const dates =
  /^[\s\-–—:,|/]*[([]?\s*(?:released(?: on)?:? )?(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|\d{1,2}(?:st|nd|rd|th)?\.?\s+[a-z]{3,9}\.?,?\s+\d{4}|[a-z]{3,9}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|[a-z]{3,9}\.?\s+\d{4})?\s*[)\]]?\s*(?:\[?yanked\]?)?[\s:]*$/i;

/** Reads one heading's text. */
export function readHeading(text: string, headings: Headings): Said {
  if (text.length > 500) return { kind: "other" };
  if (unreleased.test(text)) return { kind: "unreleased" };
  const from = afterNames(text, headings.names);
  const [whole, before, written] = /^([vV]?\.?)([0-9][0-9A-Za-z.!+_-]*)/.exec(text.slice(from)) ?? [];
  if (whole === undefined || before === undefined || written === undefined) return { kind: "other" };
  const plain = written.replace(/[._-]+$/, "");
  const parsed = headings.scheme.parse(complete(plain, headings.scheme));
  if (parsed.kind === "invalid") return { kind: "other" };
  const at = from + before.length;
  const rest = text.slice(at + plain.length);
  const pending = pendingWords.test(rest);
  const strict = dates.test(withoutLink(rest).replace(pendingWords, ""));
  return { kind: "version", version: parsed.version, written: plain, at, strict, pending };
}

/** `1.7` is how people write 1.7.0 in a heading, though SemVer has no such version. */
function complete(written: string, { name }: VersionScheme): string {
  return name === "semver" && /^\d+\.\d+$/.test(written) ? `${written}.0` : written;
}

/** `](address) (2026-11-21)` without what closes the version's brackets. */
function withoutLink(rest: string): string {
  return rest.replace(/~~$/, "").replace(/^(?:\*\*|__)?\]?(?:\([^)\s]*\)|\[[^\]]*\](?!\s*$))?(?:\*\*|__)?/, "");
}

/** Offset at which the version may begin. */
function afterNames(text: string, names: readonly string[]): number {
  let at = /^(?:\*\*|__|~~)?\s*\[?\s*/.exec(text)?.[0].length ?? 0;
  const words = ["version", "release", ...names.filter((name) => name !== "")].toSorted((one, other) => other.length - one.length);
  for (let turn = 0; turn < 3; turn += 1) {
    const rest = text.slice(at);
    const word = words.find((one) => rest.toLowerCase().startsWith(one.toLowerCase()) && /^[\s@/:_-]/.test(rest.slice(one.length)));
    if (word === undefined) return at;
    at += word.length + (/^[\s@/:_-]+\[?/.exec(rest.slice(word.length))?.[0].length ?? 0);
  }
  return at;
}
