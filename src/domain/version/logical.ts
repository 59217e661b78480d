// One version said in two schemes. A package with a Python face and a Rust or npm face has one version; this module says
// it in both, and refuses whatever would change its order or its meaning on the way (reference/protocols §8.2, §8.3).
// Nothing here is needed where one scheme stands alone: `0.2` is a fine PEP 440 version until SemVer has to say it.
import type { Problem } from "../error.ts";
import { pep440, type Pep440Version } from "./pep440.ts";
import { quoteVersion } from "./scheme.ts";
import { semver, type SemverVersion } from "./semver.ts";

/** At most one of pre, dev and post: their combinations exist in PEP 440 alone. */
export type Stage = { readonly kind: "final" } | { readonly kind: "alpha" | "beta" | "rc" | "dev" | "post"; readonly n: number };

export interface LogicalVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly stage: Stage;
}

/** `problem` has the code VERSION_LOSSY; `instead` is a version of the same scheme that can be said in both. */
export interface Refused {
  readonly kind: "refused";
  readonly problem: Problem;
  readonly instead: string;
}

export type Logical = { readonly kind: "logical"; readonly version: LogicalVersion } | Refused;

export type Said =
  | { readonly kind: "said"; readonly text: string }
  /**
   * Said, but PEP 440 sorts dev before alpha and SemVer sorts it after beta: only for a base version that has no alpha
   * and no beta. `problem` has the code VERSION_LOSSY and says so.
   */
  | { readonly kind: "order-differs"; readonly text: string; readonly problem: Problem }
  | Refused;

/** Reads a PEP 440 version as a logical one. Refused: epoch, local, not exactly three numbers, dev or post combined. */
export function fromPep440(version: Pep440Version): Logical {
  const fault = faultOfPep440(version);
  if (fault !== undefined) return refuse(version, fault, mendPep440(version));
  const [major = 0, minor = 0, patch = 0] = version.release;
  return { kind: "logical", version: { major, minor, patch, stage: stageOfPep440(version) } };
}

/** Reads a SemVer version as a logical one. Accepted after `-`: alpha.N, beta.N, rc.N, dev.N; build metadata never. */
export function fromSemver(version: SemverVersion): Logical {
  const { major, minor, patch, build } = version;
  const { stage, fault } = readSemverStage(version);
  const instead = semverText({ major, minor, patch, stage });
  if (fault !== undefined) return refuse(version, fault, instead);
  if (build.length > 0) return refuse(version, "PEP 440 orders what follows the plus sign, SemVer does not, and PyPI refuses it", instead);
  return { kind: "logical", version: { major, minor, patch, stage } };
}

/** Says a logical version in PEP 440: `M.m.p`, `M.m.paN`, `bN`, `rcN`, `.devN`, `.postN`. Never refused. */
export function toPep440(version: LogicalVersion): Said {
  return withOrder(version, pep440Text(version));
}

/** Says a logical version in SemVer: `M.m.p` or `M.m.p-rc.N`. A post-release is refused: SemVer has nothing after final. */
export function toSemver(version: LogicalVersion): Said {
  if (version.stage.kind !== "post") return withOrder(version, semverText(version));
  const text = pep440Text(version);
  const instead = pep440Text({ ...version, patch: following(version.patch), stage: { kind: "final" } });
  return lossy(
    `Cannot say "${text}" in SemVer: it has no post-releases, and "-${version.stage.n}" sorts before the final version there`,
    instead,
  );
}

/** From PEP 440 to SemVer in one go. */
export function sayInSemver(version: Pep440Version): Said {
  const logical = fromPep440(version);
  return logical.kind === "refused" ? logical : toSemver(logical.version);
}

/** From SemVer to PEP 440 in one go. */
export function sayInPep440(version: SemverVersion): Said {
  const logical = fromSemver(version);
  return logical.kind === "refused" ? logical : toPep440(logical.version);
}

// --- PEP 440 ----------------------------------------------------------------------------------

function faultOfPep440({ epoch, local, release, pre, post, dev }: Pep440Version): string | undefined {
  if (epoch !== 0) return `SemVer has no epoch ("${epoch}!")`;
  if (local !== undefined) return "SemVer does not order what follows the plus sign, PEP 440 does, and PyPI refuses it";
  const numbers = [...release, pre?.n ?? 0, post ?? 0, dev ?? 0];
  if (!numbers.every(Number.isSafeInteger)) return `SemVer tools stop at the number ${Number.MAX_SAFE_INTEGER}`;
  if (release.length !== 3) return `SemVer has exactly three numbers, and this has ${release.length}`;
  if (pre !== undefined && (post !== undefined || dev !== undefined)) return "SemVer has no post or dev of a prerelease";
  if (post !== undefined && dev !== undefined) return "SemVer has no dev of a post-release";
  return undefined;
}

const stageOfLabel = { a: "alpha", b: "beta", rc: "rc" } as const;

function stageOfPep440({ pre, post, dev }: Pep440Version): Stage {
  if (pre !== undefined) return { kind: stageOfLabel[pre.label], n: pre.n };
  if (post !== undefined) return { kind: "post", n: post };
  return dev === undefined ? { kind: "final" } : { kind: "dev", n: dev };
}

/** The next version after the refused one that both schemes can say; epoch and local part are left out. */
function mendPep440({ release, pre, post, dev }: Pep440Version): string {
  const [major = 0, minor = 0, patch = 0, ...more] = release.map(sayable);
  const isPostOfFinal = post !== undefined && pre === undefined;
  const next = isPostOfFinal || more.some((number) => number > 0) ? following(patch) : patch;
  return pep440Text({ major, minor, patch: next, stage: mendStage({ pre, post, dev }) });
}

function mendStage({ pre, post, dev }: { pre: Pep440Version["pre"]; post: number | undefined; dev: number | undefined }): Stage {
  if (pre !== undefined) return { kind: stageOfLabel[pre.label], n: post === undefined ? sayable(pre.n) : following(pre.n) };
  return dev === undefined ? { kind: "final" } : { kind: "dev", n: sayable(dev) };
}

/** What is offered has to be a version: it stops at the largest number. */
function sayable(number: number): number {
  return Math.min(number, Number.MAX_SAFE_INTEGER);
}

function following(number: number): number {
  return sayable(number + 1);
}

function pep440Text({ major, minor, patch, stage }: LogicalVersion): string {
  const base = `${major}.${minor}.${patch}`;
  switch (stage.kind) {
    case "final":
      return base;
    case "alpha":
      return `${base}a${stage.n}`;
    case "beta":
      return `${base}b${stage.n}`;
    case "rc":
      return `${base}rc${stage.n}`;
    case "dev":
      return `${base}.dev${stage.n}`;
    case "post":
      return `${base}.post${stage.n}`;
  }
}

// --- SemVer -----------------------------------------------------------------------------------

interface ReadStage {
  /** The stage that is meant, or the nearest one that both schemes have if there is a fault. */
  readonly stage: Stage;
  readonly fault?: string;
}

/** Only the spelling that PEP 440 gives back unchanged is taken; for the rest, what Python would read is the reason. */
function readSemverStage({ base, pre }: SemverVersion): ReadStage {
  if (pre.length === 0) return { stage: { kind: "final" } };
  const text = pre.join(".");
  const read = pep440.parse(`${base}-${text}`);
  if (read.kind === "invalid") return { stage: guessStage(text), fault: `PEP 440 has no prerelease "${text}"` };
  const { normal, post } = read.version;
  if (post !== undefined) {
    const fault = `Python reads it as the post-release "${normal}", which sorts after "${base}" and not before it`;
    return { stage: { kind: "rc", n: post }, fault };
  }
  const stage = stageOfPep440(read.version);
  const plain = semverText({ major: 0, minor: 0, patch: 0, stage }).slice("0.0.0-".length);
  return text === plain ? { stage } : { stage, fault: faultOfSpelling(text, read.version, `${base}-${plain}`) };
}

function faultOfSpelling(text: string, read: Pep440Version, plain: string): string {
  if (read.pre !== undefined && read.dev !== undefined) return `Python reads it as "${read.normal}", and SemVer has no dev of a prerelease`;
  const label = /^(alpha|beta|rc|dev)[0-9]+$/.exec(text)?.[1];
  if (label !== undefined) return `SemVer orders "${text}" as text, so that "${label}10" comes before "${label}2"`;
  return `Python reads it as "${read.normal}", as it reads "${plain}", so that two versions would become one`;
}

/** For a hint only: the first known label and the first number of a prerelease that Python does not know. */
function guessStage(text: string): Stage {
  const label = /alpha|beta|rc/.exec(text)?.[0];
  const digits = /(?<![0-9])[0-9]{1,9}(?![0-9])/.exec(text)?.[0];
  const n = digits === undefined ? 1 : Number(digits);
  return { kind: label === "rc" || label === "beta" ? label : "alpha", n };
}

function semverText({ major, minor, patch, stage }: LogicalVersion): string {
  const base = `${major}.${minor}.${patch}`;
  return stage.kind === "final" ? base : `${base}-${stage.kind}.${stage.n}`;
}

// --- both -------------------------------------------------------------------------------------

function withOrder(version: LogicalVersion, text: string): Said {
  if (version.stage.kind !== "dev") return { kind: "said", text };
  const message = `"${pep440Text(version)}" sorts before an alpha in PEP 440 and "${semverText(version)}" sorts after a beta in SemVer`;
  const hint = "Use dev versions only for a base version that has no alpha and no beta";
  return { kind: "order-differs", text, problem: { code: "VERSION_LOSSY", message, hint } };
}

function refuse(version: Pep440Version | SemverVersion, fault: string, instead: string): Refused {
  const [own, other] = version.scheme === "pep440" ? [pep440, semver] : [semver, pep440];
  return lossy(`Cannot say the ${own.title} version ${quoteVersion(version.written)} in ${other.title}: ${fault}`, instead);
}

function lossy(message: string, instead: string): Refused {
  return { kind: "refused", problem: { code: "VERSION_LOSSY", message, hint: `Write "${instead}"` }, instead };
}
