// The plan: everything that can be known before work begins, as one immutable value with a digest.
// Who started a run, where, how and with which Slipway is no part of it: the same inputs give the same digest on a
// laptop, in the room, on a schedule and in compiled CI.
import type { ArtifactQuery, ExpectedArtifact } from "../artifact.ts";
import type { ApprovalRule, CredentialRule, Ecosystem, ForgeCredential, Json, JsonObject } from "../configuration.ts";
import { canonicalJson, type Sha256, type Sha256OfText } from "../digest.ts";

export const planSchema = "slipway-plan/1";

export interface Plan {
  readonly schema: typeof planSchema;
  readonly project: string;
  readonly pipeline: string;
  readonly source: PlannedSource;
  readonly release: PlannedRelease;
  readonly inputs: JsonObject;
  readonly path?: ChosenPath;
  readonly packages: readonly PlannedPackage[];
  /** Where releases, issues and pull requests of the repository are; absent: no step asks for it. */
  readonly forge?: PlannedForge;
  /** The issue that tracks this release; absent: the file names none. */
  readonly tracker?: { readonly label: string; readonly title: string };
  readonly environments: readonly PlannedEnvironment[];
  /** In an order in which they may run; every step stands after all it waits for. */
  readonly steps: readonly PlannedStep[];
  readonly leftOut: readonly LeftOutStep[];
  readonly line: Line;
}

export interface PlannedSource {
  /** Full object id of the commit that is released. */
  readonly commit: string;
  /** The release tag the run is pinned to, without `refs/tags/`. */
  readonly tag?: string;
  readonly branch?: string;
  readonly moved: "stop" | "restart";
  /** Committer time of the commit, seconds since 1970: `SOURCE_DATE_EPOCH` of every build. */
  readonly epochSeconds: number;
  /** Uncommitted files that are taken into the run, by path; absent: none. */
  readonly carried?: readonly CarriedFile[];
}

export interface CarriedFile {
  /** From the root of the repository, with `/`. */
  readonly path: string;
  /** Absent: the file is removed. */
  readonly sha256?: Sha256;
}

export interface PlannedRelease {
  /** For people: `tool 0.2.0rc1`. */
  readonly title: string;
  readonly prerelease: boolean;
  /** `tried`: refused unless a candidate of the same base version was tried (S5.12). */
  readonly candidate?: "tried";
}

export interface ChosenPath {
  readonly name: string;
  readonly by: string;
  readonly reason: string;
  readonly leavesOut: readonly string[];
}

export interface PlannedPackage {
  readonly id: string;
  readonly ecosystem: Ecosystem;
  /** Name as the manifest writes it. */
  readonly name: string;
  readonly folder: string;
  /** Version in the form of the package's own ecosystem. */
  readonly version: string;
  readonly importName?: string;
  /** File of the folder that says the version, where the file names one. */
  readonly versionFile?: string;
  /** Release tag of this version, where the package has a pattern for it. */
  readonly tag?: string;
  readonly changelog?: PlannedChangelog;
  /** What it stands for at a registry, in an order in which they may be published: members of a workspace. Absent: itself. */
  readonly members?: readonly PlannedMember[];
  /** Names of packages of this plan, of the same ecosystem, that have to be published before. Absent: none. */
  readonly needs?: readonly string[];
  readonly program?: PlannedProgram;
  /** Files of its archives that git need not have: globs over paths in the archive. */
  readonly generated?: readonly string[];
  /** Name of a binary at the forge, with `{name}`, `{os}`, `{arch}`, `{platform}` and `{version}` in it. */
  readonly asset?: string;
}

/** A member of a workspace, published with the version of the package that stands for the workspace. */
export interface PlannedMember {
  /** Name as its manifest writes it. */
  readonly name: string;
  readonly folder: string;
  /** As of `PlannedPackage`. */
  readonly needs?: readonly string[];
  readonly program?: PlannedProgram;
}

/** There is a program in the crate, alone or beside a library: it is installed, where others are asked for. Absent: none is known. */
export type PlannedProgram = "alone" | "beside-library";

/** Where the changes of a package's versions are told. */
export interface PlannedChangelog {
  /** From the root of the repository, `/` between parts. */
  readonly file: string;
  /** A version without a section of its own is an error. */
  readonly required: boolean;
  /** What writes the sections; absent: people do. */
  readonly by?: "git-cliff";
  /** Pattern of the package's release tags: a generated section tells what came since the last of them. */
  readonly tag?: string;
}

export interface PlannedRegistry {
  readonly name: string;
  readonly ecosystem: Ecosystem;
  readonly test: boolean;
  readonly credentials: CredentialRule;
  /** Only for registries that slipway.yaml declares; known ones are addressed by name. */
  readonly url?: string;
  readonly index?: string;
}

export interface PlannedForge {
  readonly kind: "github" | "gitea";
  /** Root of the server's pages; absent: the known service of that kind. */
  readonly url?: string;
  /** `owner/name` */
  readonly repository: string;
  /** Of the environment `forge`; absent: the run's own token. */
  readonly credential?: ForgeCredential;
}

export interface PlannedEnvironment {
  readonly name: string;
  readonly registries: readonly PlannedRegistry[];
  /** What opens the forge for steps here; absent: the run's own token. */
  readonly forge?: ForgeCredential;
  /** Gate to be open before a step here may start; environments that share a gate name the same one. */
  readonly gate?: string;
  readonly approvals?: ApprovalRule;
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

export type Zone = "project" | "tool" | "forge" | "publish";
export type StepKind = "work" | "gate" | "acting";

/** How far an effect can be taken back at its target. */
export type Reach = "reversible" | "expendable" | "irreversible";

export type Leg = Readonly<Record<string, string>>;

export interface PlannedStep {
  /** `build`, `checks/lint`, or with a leg `build[platform=linux-x86_64]`. */
  readonly id: string;
  /** Catalogue name and revision, `publish@1`. */
  readonly uses: string;
  readonly kind: StepKind;
  readonly zone: Zone;
  /** One sentence for people. */
  readonly title: string;
  readonly waitsFor: readonly string[];
  readonly leg?: Leg;
  readonly input: Json;
  readonly environment?: string;
  readonly gate?: string;
  readonly takes: readonly ArtifactQuery[];
  readonly makes: readonly ExpectedArtifact[];
  /** Of acting steps only: the farthest reach of its effects. */
  readonly reach?: Reach;
  readonly timeoutMs: number;
  readonly retry: number;
  readonly optional: boolean;
  readonly keep: readonly string[];
  /** It changes the head; absent: it does not. */
  readonly writesSource?: true;
}

export interface LeftOutStep {
  readonly id: string;
  readonly reason: string;
}

/** The line after which nothing can be taken back. */
export interface Line {
  /** Irreversible steps that follow no other irreversible step: the line is drawn above them. */
  readonly at: readonly string[];
  /** Steps that must be done, on all branches, before any step in `at` may start. */
  readonly above: readonly string[];
  readonly below: readonly string[];
}

export function digestPlan(plan: Plan, sha256OfText: Sha256OfText): Sha256 {
  return sha256OfText(canonicalJson(plan));
}

/** What makes two steps of different plans the same work: kind, revision, resolved input, what is taken. */
export function fingerprintStep(step: PlannedStep, sha256OfText: Sha256OfText): Sha256 {
  const { uses, input, leg, environment, takes, makes } = step;
  return sha256OfText(canonicalJson({ uses, input, leg, environment, takes, makes }));
}

export function environmentOf(plan: Plan, step: PlannedStep): PlannedEnvironment | undefined {
  return plan.environments.find((environment) => environment.name === step.environment);
}

const indexes = new WeakMap<Plan, ReadonlyMap<string, PlannedStep>>();

/** A step by id; the index is made once for a plan, which never changes. */
export function stepOf(plan: Plan, id: string): PlannedStep | undefined {
  let index = indexes.get(plan);
  if (index === undefined) {
    index = new Map(plan.steps.map((step) => [step.id, step]));
    indexes.set(plan, index);
  }
  return index.get(id);
}

/** Name of a catalogue step without its revision. */
export function catalogueName(step: PlannedStep): string {
  return step.uses.slice(0, step.uses.lastIndexOf("@"));
}
