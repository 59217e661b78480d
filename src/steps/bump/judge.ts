// Whether all places say one version: what each package has today, or the new one already. Two places that disagree are
// never made to agree by writing over both, since one of them may be what somebody meant (S1.2).
import { placeOf } from "../../domain/manifest/edit.ts";
import type { Problem } from "../../domain/error.ts";
import { agreement, type Agreement } from "../../domain/version/agreement.ts";
import { schemeNamed } from "../../domain/version/catalog.ts";
import { readVersion } from "../../domain/version/scheme.ts";
import { faultAt, type Claim, type Fault, type Gathered, type Gathering } from "./claim.ts";
import type { Tree } from "../checkout-tree.ts";

export async function judge(gathered: Gathering, tree: Tree): Promise<Gathered> {
  const faults = [...gathered.faults];
  const notes = [...gathered.notes];
  const kept = new Map<string, { readonly asked: Claim; readonly claim: Claim }>();
  const texts = new Map<string, string>();
  for (const file of new Set(gathered.claims.map((one) => one.file))) texts.set(file, (await tree.read(file)) ?? "");
  const sources = sourcesOf(gathered.claims);
  const compare = onceEach();
  const placed = (claim: Claim) => ({ file: claim.file, ...placeOf(texts.get(claim.file) ?? "", claim.statement.start) });
  for (const claim of gathered.claims) {
    const key = `${claim.file}:${claim.statement.start}`;
    const other = kept.get(key)?.asked;
    if (other !== undefined && other.to !== claim.to) faults.push(faultAt(placed(claim), twoVersions(claim, other)));
    if (other !== undefined) continue;
    const verdict =
      claim.role === "requirement" ? { kind: "write" as const } : judgeOne(claim, sources.get(claim.package) ?? claim, { placed, compare });
    if (verdict.kind === "fault") faults.push(verdict.fault);
    else if (verdict.kind === "left") notes.push({ level: "warns", message: verdict.message });
    else kept.set(key, { asked: claim, claim: verdict.kind === "said" ? { ...claim, to: claim.statement.version } : claim });
    if (verdict.kind === "write" && claim.role === "source" && goesBack(claim, compare))
      notes.push({ level: "warns", message: tellBack(claim) });
  }
  return { claims: [...kept.values()].map((one) => one.claim), faults, notes, cargoRoots: gathered.cargoRoots };
}

/** A version as some place says it. */
interface Said {
  readonly scheme: Claim["scheme"];
  readonly version: string;
}

type Compared =
  /** The first is no version. */
  | { readonly kind: "invalid"; readonly problem: Problem }
  /** `goesBack`: the second is older. */
  | (Agreement & { readonly goesBack: boolean });

type Compare = (one: Said, other: Said) => Compared;

/** A workspace says the same few versions in thousands of places: each two are compared once. */
function onceEach(): Compare {
  const known = new Map<string, Compared>();
  return (one, other) => {
    const key = `${one.scheme} ${one.version}\n${other.scheme} ${other.version}`;
    const found = known.get(key) ?? compareTwo(one, other);
    known.set(key, found);
    return found;
  };
}

function compareTwo(one: Said, other: Said): Compared {
  const read = schemeNamed(one.scheme).parse(one.version);
  if (read.kind === "invalid") return read;
  const version = readVersion(schemeNamed(other.scheme), other.version);
  const goesBack = one.scheme === other.scheme && schemeNamed(one.scheme).compare(version, read.version) < 0;
  return { ...agreement(read.version, version), goesBack };
}

function isSaid({ scheme, statement }: Claim): Said {
  return { scheme, version: statement.version };
}

function willBeSaid({ scheme, to }: Claim): Said {
  return { scheme, version: to };
}

/** A maintenance release is older than what its branch was started from, perhaps; more often it is a slip. */
function goesBack(claim: Claim, compare: Compare): boolean {
  const compared = compare(isSaid(claim), willBeSaid(claim));
  return compared.kind !== "invalid" && compared.goesBack;
}

function tellBack({ file, statement, to }: Claim): string {
  return `"${file}" says ${statement.version}, and ${to} is older`;
}

type Verdict =
  | { readonly kind: "write" }
  /** Says the new version already, perhaps in another spelling. */
  | { readonly kind: "said" }
  | { readonly kind: "left"; readonly message: string }
  | { readonly kind: "fault"; readonly fault: Fault };

type Placed = (claim: Claim) => { readonly file: string; readonly line: number; readonly column: number };

/** The first of each package. */
function sourcesOf(claims: readonly Claim[]): ReadonlyMap<string, Claim> {
  const sources = new Map<string, Claim>();
  for (const claim of claims) if (claim.role === "source" && !sources.has(claim.package)) sources.set(claim.package, claim);
  return sources;
}

function judgeOne(claim: Claim, source: Claim, { placed, compare }: { readonly placed: Placed; readonly compare: Compare }): Verdict {
  const { statement, to } = claim;
  if (statement.version === to) return { kind: "said" };
  const own = compare(isSaid(claim), willBeSaid(claim));
  if (own.kind === "invalid")
    return claim.role === "loose"
      ? { kind: "left", message: leftAlone(claim) }
      : { kind: "fault", fault: faultAt(placed(claim), withHint(own.problem)) };
  if (own.kind === "same") return { kind: "said" };
  if (claim === source) return { kind: "write" };
  // What is wrong with the source is told at the source.
  if (compare(isSaid(source), willBeSaid(source)).kind === "invalid") return { kind: "write" };
  const answer = compare(isSaid(claim), isSaid(source));
  if (answer.kind === "same" || answer.kind === "invalid") return { kind: "write" };
  if (claim.role === "loose") return { kind: "left", message: leftAlone(claim) };
  const at = placed(source);
  const why = answer.kind === "not-comparable" ? `: ${answer.problem.message}` : "";
  const message = `Cannot bump "${claim.file}": ${statement.name} is "${statement.version}", and "${source.statement.version}" is what ${at.file}:${at.line}:${at.column} says${why}`;
  return { kind: "fault", fault: faultAt(placed(claim), { code: answer.problem.code, message, hint: hintFor(claim) }) };
}

function leftAlone(claim: Claim): string {
  return `"${claim.file}" says ${claim.statement.name} "${claim.statement.version}", which is no version of this package, and stays`;
}

function hintFor(claim: Claim): string {
  if (claim.role !== "lock") return "Make both say the same version, and commit that";
  return claim.file.endsWith("uv.lock") ? "Refresh the lock file with `uv lock`, and commit it" : "Refresh the lock file, and commit it";
}

function withHint({ code, message, hint }: Problem): { readonly code: Problem["code"]; readonly message: string; readonly hint: string } {
  return { code, message, hint: hint ?? "Mend the version there" };
}

function twoVersions(claim: Claim, other: Claim): Omit<Fault, "place"> {
  return {
    code: "VERSION_MISMATCH",
    message: `Cannot bump "${claim.file}": "${other.package}" should say ${other.to} there, and "${claim.package}" ${claim.to}`,
    hint: "Release packages that share a version with one version, or give each its own",
  };
}
