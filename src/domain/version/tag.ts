// Release tags: what a pattern such as `recorder-v{version}` makes of a version, and which version a tag means (S5.2).
// A tag of a Python package may be written in SemVer's spelling (`v0.2.0-rc1`, `-rc.1`) or in PEP 440's (`v0.2.0rc1`);
// anything else that PEP 440 would still read is refused, since `v0.2.0-1` would silently be a post-release.
import type { Ecosystem } from "../configuration.ts";
import type { Problem } from "../error.ts";
import { joinWords } from "../words.ts";
import { agreement, type Agreement } from "./agreement.ts";
import { schemeNamed, schemeOf } from "./catalog.ts";
import { sayInPep440, sayInSemver } from "./logical.ts";
import { pep440 } from "./pep440.ts";
import { quoteVersion, readVersion, type Version, type VersionScheme } from "./scheme.ts";
import { semver } from "./semver.ts";
import { checkTagName } from "./tag-name.ts";

/** Which versions a pattern is for: a pattern for clean tags (`final`) never matches a candidate. */
export type TagAccepts = "all" | "final" | "prerelease";

export interface TagPattern {
  /** As written: `recorder-v{version}`. */
  readonly text: string;
  /** What stands before the version; may be empty. */
  readonly prefix: string;
  readonly accepts: TagAccepts;
}

export type ParsedTagPattern =
  | { readonly kind: "pattern"; readonly pattern: TagPattern }
  /** `problem` has the code CONFIG_INVALID. */
  | { readonly kind: "invalid"; readonly problem: Problem };

export type FormattedTag =
  | { readonly kind: "tag"; readonly tag: string }
  /** `problem` has the code VERSION_INVALID. */
  | { readonly kind: "refused"; readonly problem: Problem };

/** A tag and the version it means. */
export interface ReleaseTag {
  readonly kind: "final" | "prerelease";
  readonly tag: string;
  readonly pattern: TagPattern;
  readonly version: Version;
}

export type MatchedTag =
  | ReleaseTag
  /** No tag of this pattern: nothing to complain about. */
  | { readonly kind: "other"; readonly why: string }
  /** Begins like a release tag, but does not say one version plainly. `problem` has the code VERSION_INVALID. */
  | { readonly kind: "refused"; readonly problem: Problem };

const placeholder = "{version}";

/**
 * Reads a tag pattern: a fixed text followed by `{version}`, exactly once, at the end. What followed the version could be
 * read as a part of it (`{version}-rc1`), and so could a digit before it.
 */
export function parseTagPattern(text: string, accepts: TagAccepts = "all"): ParsedTagPattern {
  const fault = faultOfPattern(text);
  if (fault === undefined) return { kind: "pattern", pattern: { text, prefix: text.slice(0, -placeholder.length), accepts } };
  const message = `Cannot read the tag pattern ${quoteVersion(text)}: ${fault}`;
  return {
    kind: "invalid",
    problem: { code: "CONFIG_INVALID", message, hint: 'Write a fixed text and then the version, for example "v{version}"' },
  };
}

/**
 * The tag that a version gets: SemVer's spelling where the version has one (`v0.2.0-rc.1`), else the scheme's own
 * (`v0.2`, `v1.0.post1`). `matchTag` reads it back as the same version.
 */
export function formatTag(pattern: TagPattern, version: Version): FormattedTag {
  const tag = `${pattern.prefix}${spellVersion(version)}`;
  const checked = checkTagName(tag);
  if (checked.kind === "invalid") return refuseTag(tag, `a tag name ${checked.reason}`, "Choose a shorter version or another tag pattern");
  const why = notAccepted(pattern, version);
  return why === undefined ? { kind: "tag", tag } : refuseTag(tag, why, "Use the pattern that is meant for this version");
}

/**
 * Which version a tag means. @param tagName without `refs/tags/`. @param scheme that of the package the tag is for.
 * @example matchTag(pattern, "v0.2.0-rc1", pep440) // prerelease, version.normal "0.2.0rc1"
 */
export function matchTag(pattern: TagPattern, tagName: string, scheme: VersionScheme): MatchedTag {
  const rest = tagName.slice(pattern.prefix.length);
  if (!tagName.startsWith(pattern.prefix) || !/^[0-9]/.test(rest))
    return { kind: "other", why: `it does not have the form "${pattern.text}"` };
  const checked = checkTagName(tagName);
  if (checked.kind === "invalid") return refuseTag(tagName, `a tag name ${checked.reason}`, "Choose a plain name for the tag");
  const read = scheme.parse(rest);
  if (read.kind === "invalid") return refuseTag(tagName, `"${rest}" is no ${scheme.title} version`, hintFor(pattern, rest, scheme));
  const { version } = read;
  if (!isPlain(rest, version)) return refuseTag(tagName, describeReading(rest, version), hintFor(pattern, rest, scheme));
  const why = notAccepted(pattern, version);
  return why === undefined ? { kind: kindOf(version), tag: tagName, pattern, version } : { kind: "other", why };
}

/**
 * Whether a tag and a manifest mean one version; if not, the hint names the command that mends it.
 * @param ecosystem that of the manifest: it may differ from the scheme the tag was read with.
 */
export function agrees(tag: ReleaseTag, manifestVersion: string, ecosystem: Ecosystem): Agreement {
  const manifest = schemeOf(ecosystem).parse(manifestVersion);
  if (manifest.kind === "invalid") return { kind: "not-comparable", problem: manifest.problem };
  const answer = agreement(tag.version, manifest.version);
  const long = longReading(tag.version);
  if (long !== undefined && agreement(long, manifest.version).kind === "same") return { kind: "same" };
  if (answer.kind !== "different") return answer;
  const message = `Cannot release tag "${tag.tag}": it means version "${tag.version.normal}" but the manifest says "${manifest.version.normal}"`;
  return { kind: "different", problem: { code: "VERSION_MISMATCH", message, hint: mendMismatch(tag, manifest.version) } };
}

/**
 * What a tag in SemVer's short spelling also says: `v0.2.0-rc1` on a commit whose manifest says `0.2.0-rc.1` means that one,
 * although SemVer alone takes them for two versions. @returns undefined for a tag with one reading
 */
export function longReading({ scheme, normal }: Version): Version | undefined {
  const spelled = normal.replace(/^([0-9.]+-(?:alpha|beta|rc|dev))(0|[1-9][0-9]*)$/, "$1.$2");
  return scheme === "semver" && spelled !== normal ? readVersion(semver, spelled) : undefined;
}

/** Whether one tag could belong to both patterns: then a tag does not say which package is released. */
export function patternsOverlap(one: TagPattern, other: TagPattern): boolean {
  const [short, long] = one.prefix.length <= other.prefix.length ? [one.prefix, other.prefix] : [other.prefix, one.prefix];
  return long.startsWith(short) && (long === short || /^[0-9]/.test(long.slice(short.length)));
}

// --- helpers ----------------------------------------------------------------------------------

function faultOfPattern(text: string): string | undefined {
  const count = text.split(placeholder).length - 1;
  if (count !== 1) return `it has "${placeholder}" ${count} times and needs it once`;
  if (!text.endsWith(placeholder)) return `what follows "${placeholder}" could be read as a part of the version`;
  const prefix = text.slice(0, -placeholder.length);
  if (/[0-9.+!]$/.test(prefix)) return "its last character before the version could be read as a part of the version";
  const checked = checkTagName(`${prefix}0`);
  return checked.kind === "invalid" ? `a tag name ${checked.reason}` : undefined;
}

function notAccepted(pattern: TagPattern, version: Version): string | undefined {
  const { accepts } = pattern;
  if (accepts === "all" || accepts === kindOf(version)) return undefined;
  return `"${pattern.text}" is for ${accepts} versions here and "${version.normal}" is none`;
}

function kindOf(version: Version): ReleaseTag["kind"] {
  return version.prerelease ? "prerelease" : "final";
}

/** The scheme's own form, or for PEP 440 the spelling `X-rc1` or `X-rc.1` of exactly that form. */
function isPlain(text: string, version: Version): boolean {
  if (text === version.normal) return true;
  const [, release, label, digits] = /^([0-9.]+)-(alpha|beta|rc|dev)\.?([0-9]+)$/.exec(text) ?? [];
  if (version.scheme !== "pep440" || label === undefined) return false;
  const suffix = { alpha: "a", beta: "b", rc: "rc", dev: ".dev" }[label] ?? label;
  return version.normal === `${release}${suffix}${digits}`;
}

function spellVersion(version: Version): string {
  if (version.scheme === "semver") return version.normal;
  const said = sayInSemver(readVersion(pep440, version.normal));
  return said.kind === "refused" ? version.normal : said.text;
}

function describeReading(text: string, version: Version): string {
  const scheme = schemeNamed(version.scheme);
  return `"${text}" is no plain spelling, and ${scheme.title} reads it as "${version.normal}"`;
}

/** Names the tags that could have been meant, by SemVer's reading of the text and by PEP 440's; all of them match. */
function hintFor(pattern: TagPattern, text: string, scheme: VersionScheme): string {
  const meant = new Set([...meantInSemver(text), ...meantInPep440(text, scheme)]);
  const names = [...meant].filter((spelling) => isAccepted(pattern, spelling, scheme)).map((spelling) => `"${pattern.prefix}${spelling}"`);
  return names.length === 0 ? `Name the tag after its version, for example "${pattern.prefix}1.2.3"` : `Name the tag ${names.join(" or ")}`;
}

function meantInSemver(text: string): readonly string[] {
  const read = semver.parse(text);
  if (read.kind === "invalid") return [];
  const said = sayInPep440(readVersion(semver, text));
  return [said.kind === "refused" ? said.instead : text];
}

function meantInPep440(text: string, scheme: VersionScheme): readonly string[] {
  const read = pep440.parse(text);
  if (read.kind === "invalid") return [];
  const said = sayInSemver(readVersion(pep440, text));
  if (said.kind !== "refused") return [said.text];
  return scheme.name === "pep440" ? [read.version.normal] : [spellVersion(readVersion(pep440, said.instead))];
}

function isAccepted(pattern: TagPattern, spelling: string, scheme: VersionScheme): boolean {
  const read = scheme.parse(spelling);
  return read.kind === "valid" && isPlain(spelling, read.version) && checkTagName(`${pattern.prefix}${spelling}`).kind === "valid";
}

function mendMismatch(tag: ReleaseTag, manifest: Version): string {
  const wanted = formatTag(tag.pattern, manifest);
  const take = joinWords(["git", "tag", "--delete", tag.tag]);
  const pushed = joinWords(["slipway", "withdraw", tag.tag, "--confirm", tag.version.normal]);
  const setManifest = `set the version in the manifest to "${inSchemeOf(manifest, tag.version)}", commit and tag again`;
  const away = `Take the tag away: \`${take}\`, and if it was pushed \`${pushed}\``;
  if (wanted.kind === "refused") return `${away}; then ${setManifest}`;
  return `${away}; then \`${joinWords(["git", "tag", "--annotate", wanted.tag, "--message", wanted.tag])}\`, or ${setManifest}`;
}

/** The tag's version in the words of the manifest's scheme, or as it is where that scheme cannot say it. */
function inSchemeOf(manifest: Version, wanted: Version): string {
  if (manifest.scheme === wanted.scheme) return wanted.normal;
  const said =
    wanted.scheme === "pep440" ? sayInSemver(readVersion(pep440, wanted.normal)) : sayInPep440(readVersion(semver, wanted.normal));
  return said.kind === "refused" ? wanted.normal : said.text;
}

function refuseTag(tag: string, why: string, hint: string): { readonly kind: "refused"; readonly problem: Problem } {
  return {
    kind: "refused",
    problem: { code: "VERSION_INVALID", message: `Cannot use ${quoteVersion(tag)} as a release tag: ${why}`, hint },
  };
}
