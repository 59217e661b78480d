// Two builds of one commit, held against each other: what is told of each file that was built before. A build that gives other
// bytes each time is no fault of the release – what was tested is what is published, and nothing is built again – but whoever
// wants to rebuild it has to know. Pure; what was read of the files is given.
import type { Artifact } from "../artifact.ts";
import type { Sha256 } from "../digest.ts";
import type { RunMode } from "./fact.ts";

/** What became of one file that an earlier run or rehearsal of the same commit built as well. */
export interface BuildComparison extends Pick<Artifact, "kind" | "package" | "name"> {
  /** Of what this run froze. */
  readonly sha256: Sha256;
  readonly earlier: EarlierBuild;
  /** In words; none: the bytes are the same. */
  readonly differences: readonly string[];
}

export interface EarlierBuild {
  readonly run: string;
  readonly mode: RunMode;
  readonly sha256: Sha256;
}

/** Why other bytes are no matter for the release, in one sentence. */
export const whyNoMatter =
  "What was tested is what is published: the bytes of this build are frozen and sent as they are, and those of the other one never are";

/** A member of an archive, or what an image is made of. */
export interface BuiltMember {
  readonly path: string;
  readonly kind: string;
  readonly sizeBytes: number;
  /** Absent: it has no content of its own. */
  readonly digest?: string;
  readonly time?: string;
  readonly mode?: number;
}

/** Differences that are told each by itself; the rest is counted. */
const toldMax = 10;

/** What tells two archives of one name apart, most telling first; never empty, because their bytes differ. */
export function tellDifferences(ours: readonly BuiltMember[], earlier: readonly BuiltMember[]): readonly string[] {
  const [our, their] = [byPath(ours), byPath(earlier)];
  const both = ours.flatMap((one) => {
    const other = their.get(one.path);
    return other === undefined ? [] : [{ one, other }];
  });
  const told = [
    ...ours.filter(({ path }) => !their.has(path)).map(({ path }) => `"${path}" is in this build alone`),
    ...earlier.filter(({ path }) => !our.has(path)).map(({ path }) => `"${path}" is in the earlier build alone`),
    ...both.flatMap(contentOf),
    ...together("time", both, ({ time }) => time),
    ...together("mode", both, ({ mode }) => (mode === undefined ? undefined : `0${mode.toString(8)}`)),
    ...orderOf(ours, earlier),
  ];
  if (told.length === 0) return ["the members are the same, with the same times and modes: they are packed in another way"];
  const more = told.length - toldMax;
  return more > 0 ? [...told.slice(0, toldMax), `and ${more} more`] : told;
}

function byPath(members: readonly BuiltMember[]): ReadonlyMap<string, BuiltMember> {
  return new Map(members.map((one) => [one.path, one]));
}

interface Both {
  readonly one: BuiltMember;
  readonly other: BuiltMember;
}

function contentOf({ one, other }: Both): readonly string[] {
  const what = isMetadata(one.path) ? `the metadata "${one.path}"` : `"${one.path}"`;
  if (one.kind !== other.kind) return [`${what} is a ${one.kind}, and was a ${other.kind}`];
  if (one.digest === other.digest && one.sizeBytes === other.sizeBytes) return [];
  const sizes = one.sizeBytes === other.sizeBytes ? `${one.sizeBytes} bytes both` : `${one.sizeBytes} bytes, and ${other.sizeBytes} before`;
  return [`${what} has another content (${sizes})`];
}

/** What describes a package, in the words of its ecosystem, and is written by its build. */
function isMetadata(path: string): boolean {
  return /(?:^|\/)(?:METADATA|RECORD|WHEEL|PKG-INFO|package\.json|Cargo\.toml|Cargo\.lock|\.cargo_vcs_info\.json)$/.test(path);
}

/** Stamps are told together: a clock that goes on changes all of them at once. */
function together(what: string, both: readonly Both[], read: (member: BuiltMember) => string | undefined): readonly string[] {
  const differ = both.filter(({ one, other }) => read(one) !== read(other));
  const [first] = differ;
  if (first === undefined) return [];
  const { one, other } = first;
  const example = `"${one.path}" has ${read(one) ?? "none"}, and had ${read(other) ?? "none"}`;
  return [differ.length === 1 ? `the ${what} of ${example}` : `the ${what}s of ${differ.length} members differ: ${example}`];
}

function orderOf(ours: readonly BuiltMember[], earlier: readonly BuiltMember[]): readonly string[] {
  if (ours.length !== earlier.length) return [];
  const at = ours.findIndex(({ path }, index) => earlier[index]?.path !== path);
  const isSameSet = new Set([...ours, ...earlier].map(({ path }) => path)).size === new Set(ours.map(({ path }) => path)).size;
  return at === -1 || !isSameSet ? [] : [`the members stand in another order, from "${ours[at]?.path}" on`];
}
