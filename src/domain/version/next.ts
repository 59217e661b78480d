// The version that comes next when a person, or the commits, say how large the step is. The table (docs of `nextVersion`)
// holds for both schemes, so that a package with a Python and a Rust face gets one version from either side.
import type { Problem } from "../error.ts";
import { schemeNamed } from "./catalog.ts";
import { readVersion, quoteVersion, type Version, type VersionScheme } from "./scheme.ts";
import { semver } from "./semver.ts";

export type Size = "major" | "minor" | "patch";
export type Channel = "alpha" | "beta" | "rc";

/** What is asked for in place of a version. */
export type NextStep =
  | { readonly kind: "final"; readonly size: Size }
  /** The next candidate. `channel` absent: the one the version is in, or `rc`. `size` counts from a final version only; absent: `patch`. */
  | { readonly kind: "pre"; readonly channel?: Channel; readonly size?: Size };

export type NextVersion =
  /** In the normal form of the scheme; newer than the current one. */
  | { readonly kind: "next"; readonly version: string }
  /** `problem` has the code VERSION_ORDER or VERSION_INVALID. */
  | { readonly kind: "refused"; readonly problem: Problem };

export const sizes: readonly Size[] = ["major", "minor", "patch"];
export const channels: readonly Channel[] = ["alpha", "beta", "rc"];

/** Words that can be said instead of a version, for messages and completion. */
export const nextWords: readonly string[] = [
  ...sizes,
  "pre",
  ...channels,
  ...sizes.flatMap((size) => channels.map((channel) => `${size}-${channel}`)),
];

/** Reads `major|minor|patch|pre|alpha|beta|rc` or a candidate of a size, `minor-rc`; undefined for anything else. */
export function readNextStep(word: string): NextStep | undefined {
  const size = sizes.find((one) => one === word);
  if (size !== undefined) return { kind: "final", size };
  if (word === "pre") return { kind: "pre" };
  const [first, second, ...more] = word.split("-");
  const channel = channels.find((one) => one === (second ?? first));
  const of = sizes.find((one) => one === first);
  if (channel === undefined || more.length > 0 || (second !== undefined && of === undefined)) return undefined;
  return of === undefined ? { kind: "pre", channel } : { kind: "pre", channel, size: of };
}

/**
 * The version that follows.
 *
 * | current | major | minor | patch | pre (channel c) |
 * | --- | --- | --- | --- | --- |
 * | final or post `X.Y.Z` | `X+1.0.0` | `X.Y+1.0` | `X.Y.Z+1` | candidate 1 of the size (default patch) in c (default rc) |
 * | candidate or dev of `X.0.0` | `X.0.0` | `X.0.0` | `X.0.0` | same channel: number + 1; later channel: its 1 |
 * | candidate or dev of `X.Y.0` | `X+1.0.0` | `X.Y.0` | `X.Y.0` | the same |
 * | candidate or dev of `X.Y.Z` | `X+1.0.0` | `X.Y+1.0` | `X.Y.Z` | the same |
 *
 * So a candidate becomes final by any size that it is a candidate of already. The sizes are literal below 1.0 too: `major`
 * of `0.3.2` is `1.0.0`; only commits are read more carefully there (`commits.ts`). An earlier channel than the current is
 * refused. `1.0rc1.dev3` leads to `1.0rc1`, `1.0.dev3` to the first candidate of `1.0`. An epoch stays; local parts and
 * build metadata go; a PEP 440 release keeps its count of numbers, and grows where the size needs one (`1.9` → `1.9.1`).
 */
export function nextVersion(current: Version, step: NextStep): NextVersion {
  const parts = partsOf(current);
  if (parts === undefined) return refuse(current, step, "its prerelease has no channel of alpha, beta and rc with a number");
  const next =
    step.kind === "final" ? writeParts(current, { ...finalAfter(parts, step.size), pre: undefined }) : candidateAfter(current, parts, step);
  if (next === undefined) return refuse(current, step, `"${describe(step)}" comes before what it is already`);
  const scheme: VersionScheme = schemeNamed(current.scheme);
  const read = scheme.parse(next);
  if (read.kind === "invalid") return { kind: "refused", problem: read.problem };
  if (scheme.compare(read.version, current) > 0) return { kind: "next", version: read.version.normal };
  return refuse(current, step, `"${read.version.normal}" would not be newer in ${scheme.title}`);
}

/**
 * A version that was asked for: a word of `nextWords` counts from the current one, anything else is a version by itself.
 * @param current undefined: nothing says one, so that only a version can be asked for
 * @example resolveVersion("minor", { scheme: pep440, current: readVersion(pep440, "1.2.3") }) // "1.3.0"
 */
export function resolveVersion(
  asked: string,
  around: { readonly scheme: VersionScheme; readonly current: Version | undefined },
): NextVersion {
  const step = readNextStep(asked);
  if (step === undefined) {
    const read = around.scheme.parse(asked);
    if (read.kind === "valid") return { kind: "next", version: read.version.normal };
    const hint = `Write a version, or one of ${nextWords.slice(0, 7).join(", ")}, or such as minor-rc`;
    return { kind: "refused", problem: { ...read.problem, hint } };
  }
  if (around.current !== undefined) return nextVersion(around.current, step);
  const message = `Cannot count "${asked}" from anything: no manifest and no tag says a version`;
  return { kind: "refused", problem: { code: "VERSION_INVALID", message, hint: "Name the version itself, for example 0.1.0" } };
}

// --- parts ------------------------------------------------------------------------------------

interface Pre {
  readonly channel: Channel;
  readonly n: bigint;
}

interface Parts {
  /** At least one; exact, however large. */
  readonly release: readonly bigint[];
  readonly pre: Pre | undefined;
  /** A dev version: what it leads to is not there yet. */
  readonly dev: boolean;
  /** `1!`, or nothing. */
  readonly epoch: string;
}

function partsOf(version: Version): Parts | undefined {
  return version.scheme === "pep440" ? pythonParts(version) : semverParts(version);
}

const channelOf = { a: "alpha", b: "beta", rc: "rc" } as const;

function pythonParts(version: Version): Parts | undefined {
  const found = /^([0-9]+!)?([0-9.]+?)(?:(a|b|rc)([0-9]+))?(\.post[0-9]+)?(\.dev[0-9]+)?(?:\+.*)?$/.exec(version.normal);
  if (found === null) return undefined;
  const [, epoch = "", release = "", label, n = "0", post, dev] = found;
  const pre = label === "a" || label === "b" || label === "rc" ? { channel: channelOf[label], n: BigInt(n) } : undefined;
  // A dev of a post-release comes after its final version: nothing of it is a candidate.
  const isDev = dev !== undefined && post === undefined;
  return { epoch, release: release.split(".").map(BigInt), pre, dev: isDev };
}

function semverParts(version: Version): Parts | undefined {
  const { base, pre } = readVersion(semver, version.normal);
  const release = base.split(".").map(BigInt);
  if (pre.length === 0) return { epoch: "", release, pre: undefined, dev: false };
  const [label, n, ...more] = pre;
  if (n === undefined || !/^[0-9]+$/.test(n) || more.length > 0) return undefined;
  if (label === "dev") return { epoch: "", release, pre: undefined, dev: true };
  const channel = channels.find((one) => one === label);
  return channel === undefined ? undefined : { epoch: "", release, pre: { channel, n: BigInt(n) }, dev: false };
}

/** Whether the release part is still to come. */
function isBefore(parts: Parts): boolean {
  return parts.pre !== undefined || parts.dev;
}

function finalAfter(parts: Parts, size: Size): Pick<Parts, "release" | "epoch"> {
  const at = sizes.indexOf(size);
  const isOfSize = parts.release.slice(at + 1).every((number) => number === 0n);
  if (isBefore(parts) && isOfSize) return { release: parts.release, epoch: parts.epoch };
  const length = Math.max(parts.release.length, at + 1);
  const release = Array.from({ length }, (_, index) => {
    const number = parts.release[index] ?? 0n;
    return index < at ? number : index === at ? number + 1n : 0n;
  });
  return { release, epoch: parts.epoch };
}

function candidateAfter(current: Version, parts: Parts, step: Extract<NextStep, { kind: "pre" }>): string | undefined {
  if (!isBefore(parts)) {
    return writeParts(current, { ...finalAfter(parts, step.size ?? "patch"), pre: { channel: step.channel ?? "rc", n: 1n } });
  }
  const { pre, release, epoch, dev } = parts;
  // A size that the current candidate is not of begins a new line of candidates.
  if (step.size !== undefined && finalAfter(parts, step.size).release.join(".") !== release.join(".")) {
    return writeParts(current, { ...finalAfter(parts, step.size), pre: { channel: step.channel ?? "rc", n: 1n } });
  }
  const channel = step.channel ?? pre?.channel ?? "rc";
  if (pre === undefined || channels.indexOf(channel) > channels.indexOf(pre.channel)) {
    return writeParts(current, { release, epoch, pre: { channel, n: 1n } });
  }
  if (channel !== pre.channel) return undefined;
  return writeParts(current, { release, epoch, pre: { channel, n: dev ? pre.n : pre.n + 1n } });
}

function writeParts(current: Version, parts: Pick<Parts, "release" | "epoch" | "pre">): string {
  const base = parts.release.join(".");
  if (parts.pre === undefined) return `${parts.epoch}${base}`;
  const { channel, n } = parts.pre;
  if (current.scheme === "semver") return `${base}-${channel}.${n}`;
  return `${parts.epoch}${base}${{ alpha: "a", beta: "b", rc: "rc" }[channel]}${n}`;
}

function describe(step: NextStep): string {
  if (step.kind === "final") return step.size;
  return [step.size, step.channel ?? "pre"].filter((word) => word !== undefined).join("-");
}

function refuse(current: Version, step: NextStep, why: string): NextVersion {
  const message = `Cannot count "${describe(step)}" from ${quoteVersion(current.written)}: ${why}`;
  return { kind: "refused", problem: { code: "VERSION_ORDER", message, hint: "Name the version itself, or another size" } };
}
