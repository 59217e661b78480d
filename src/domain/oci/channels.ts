// The tags that a release of an image moves: names made from patterns such as `{version}`, `{major}.{minor}` and `latest`,
// and which of them this version may have. A prerelease moves only names that carry the whole version; a final version moves
// a name unless a higher final version claims the same one: a hotfix 1.2.4 beside 1.3.0 moves `1.2`, not `1` and `latest`.
// Source: DESIGN §4 (channels never move backwards); the engine looks at the registry again before it moves one.
import { semver, type SemverVersion } from "../version/semver.ts";
import { tagFault, tagOfVersion } from "./names.ts";

const words = ["version", "major", "minor", "patch"] as const;
const placeholder = /\{([^{}]*)\}/g;
const patternsMax = 50;

export interface ChannelName {
  readonly pattern: string;
  readonly name: string;
  /** Why this version may not have the name; absent: it may. */
  readonly held?: string;
}

/** What is wrong with a pattern, to follow "it"; undefined when nothing is. */
export function channelPatternFault(pattern: string): string | undefined {
  for (const [whole, word] of pattern.matchAll(placeholder)) {
    if (!words.some((one) => one === word)) {
      return `has "${whole}", and only ${words.map((one) => `{${one}}`).join(", ")} are filled in`;
    }
  }
  return tagFault(pattern.replaceAll(placeholder, "1"));
}

export type ChannelNames =
  | { readonly kind: "named"; readonly channels: readonly ChannelName[] }
  | { readonly kind: "invalid"; readonly why: string };

/**
 * Names the channels of a version, each once, in the order of the patterns.
 * @param others versions that are published already; those that SemVer does not know are passed over
 */
export function nameChannels(patterns: readonly string[], version: string, others: readonly string[]): ChannelNames {
  const read = semver.parse(version);
  if (read.kind === "invalid") return { kind: "invalid", why: read.problem.message };
  if (patterns.length > patternsMax) return { kind: "invalid", why: `There are ${patterns.length} channels, more than ${patternsMax}` };
  const finals = others.flatMap((other) => {
    const one = semver.parse(other);
    return one.kind === "valid" && !one.version.prerelease ? [one.version] : [];
  });
  const channels = new Map<string, ChannelName>();
  for (const pattern of patterns) {
    const channel = nameChannel(pattern, read.version, finals);
    const fault = channelPatternFault(pattern) ?? tagFault(channel.name);
    if (fault !== undefined) return { kind: "invalid", why: `The channel "${pattern}" ${fault}` };
    const before = channels.get(channel.name);
    if (before === undefined || before.held !== undefined) channels.set(channel.name, channel);
  }
  return { kind: "named", channels: [...channels.values()] };
}

function nameChannel(pattern: string, version: SemverVersion, finals: readonly SemverVersion[]): ChannelName {
  const name = fill(pattern, version);
  if (pattern.includes("{version}")) return { pattern, name };
  if (version.prerelease) return { pattern, name, held: `"${version.normal}" is a prerelease, and "${name}" leads to final versions` };
  const higher = finals
    .filter((one) => fill(pattern, one) === name && semver.compare(one, version) > 0)
    .toSorted((one, other) => semver.compare(other, one))[0];
  if (higher === undefined) return { pattern, name };
  return { pattern, name, held: `"${higher.normal}" is published already and higher than "${version.normal}"` };
}

function fill(pattern: string, version: SemverVersion): string {
  const values: Readonly<Record<string, string>> = {
    version: tagOfVersion(version.normal),
    major: String(version.major),
    minor: String(version.minor),
    patch: String(version.patch),
  };
  return pattern.replaceAll(placeholder, (whole, word: string) => values[word] ?? whole);
}
