// ◆ What every step is. A step says what it takes, makes and asks for, and does one of three things: work in a
// throw-away copy, hold a gate, or act on the world effect by effect. Logging, timing, retry, redaction, journalling
// and crash points wrap a step; no step contains them.
import type { Shape } from "../domain/shape.ts";
import type { Artifact, ArtifactKind, ArtifactQuery, ExpectedArtifact } from "../domain/artifact.ts";
import type { Configuration, Ecosystem, Json } from "../domain/configuration.ts";
import type { Sha256 } from "../domain/digest.ts";
import type { ErrorCode } from "../domain/error-catalog.ts";
import type { LooksEverywhere } from "../domain/plan/assemble.ts";
import type { Leg, Plan, PlannedEnvironment, PlannedPackage, PlannedStep, Reach, Zone } from "../domain/plan/plan.ts";
import type { Head } from "../domain/run/head.ts";
import type { Effect, Evidence, Observation, Performed, Stranger } from "../domain/run/effect.ts";
import type { Forge, ReadAccess, ReadForge, WriteAccess } from "../forges/forge.ts";
import type {
  Archives,
  Clock,
  Exec,
  Files,
  Git,
  ImageFiles,
  Log,
  Pushed,
  PushedRef,
  RemoteRefs,
  Replayed,
  ToolboxSet,
} from "../platform/ports.ts";
import type { Builder, Sealer, Signer, SigningPlace } from "../platform/signer-port.ts";
import type { Credential, Publication, ReadRegistry, Registry, Staged } from "../registries/registry.ts";

export type Step = WorkStep | GateStep | ActingStep;

/** One use of a step in a plan: its checked input and what stands around it. Known when the plan is computed. */
export interface Use<In = Json> {
  readonly input: In;
  readonly leg: Leg;
  readonly packages: readonly PlannedPackage[];
  readonly environment?: PlannedEnvironment;
}

/** A use together with the plan it became part of: what preflight sees. */
export interface Planned<In = Json> extends Use<In> {
  readonly plan: Plan;
  readonly step: PlannedStep;
  /** Something of this run may be public already, so that what stands under our version may be ours. */
  readonly begun: boolean;
}

/** A use at the moment it starts: the plan it belongs to and the artifacts it took, frozen. */
export interface Frozen<In = Json> extends Use<In> {
  readonly plan: Plan;
  readonly planDigest: Sha256;
  readonly step: PlannedStep;
  readonly artifacts: readonly Artifact[];
  /** Where the run's own source stands: the pinned commit, or what the steps above made of it. */
  readonly head: Head;
  /** When this series of attempts began (milliseconds since 1970): what `within` counts from. */
  readonly sinceMs: number;
}

/** What must be there for the step to run; preflight looks for all of it before the first effect. */
export interface Requirements {
  /** Programs looked up on the PATH. */
  readonly programs: readonly string[];
  /** Packages of Slipway's own Python toolbox, by the names in platform/toolbox. */
  readonly toolbox: boolean;
  /** Platforms this leg can run on; empty: any. */
  readonly platforms: readonly string[];
  /** Git has to know in whose name things are made. Absent: it need not. */
  readonly identity?: boolean;
}

export interface Finding {
  /** Stable id, for example `PF-TOOL-MISSING`. */
  readonly id: string;
  readonly level: "fine" | "warns" | "blocks" | "cannot-be-tried";
  readonly message: string;
  readonly hint?: string;
  /** Id of the planned step it belongs to. */
  readonly step?: string;
}

interface Common<In> {
  readonly name: string;
  /** Raised whenever the same input would lead to other work; the plan says `publish@2`. */
  readonly revision: number;
  /** One sentence for the reference. */
  readonly summary: string;
  /** Decides ports, process and CI job; a `project` step never gets secrets. */
  readonly zone: Zone;
  /** Schema of `with:`. Every member has a description; unknown members are errors. */
  readonly input: Shape<In>;
  /** Default time-out, milliseconds. */
  readonly timeoutMs: number;
  takes(use: Use<In>): readonly ArtifactQuery[];
  makes(use: Use<In>): readonly ExpectedArtifact[];
  /** It builds packages of one ecosystem: where none is released it is left out. Absent: it has other work as well. */
  readonly builds?: Ecosystem;
  /** Registries that this use publishes to; absent: none. */
  publishes?(use: Use<In>): readonly string[];
  /** Registries whose files, published by this plan, this use reads; it is left out with the step that publishes them. */
  reads?(use: Use<In>): readonly string[];
  /** Whether this use asks the forge, or acts on it. Absent: it does not. */
  usesForge?(use: Use<In>): boolean;
  /** Whether this use looks at every registry of the file, not only at those of its environment. Absent: never. */
  looksEverywhere?(use: Use<In>): LooksEverywhere;
  /** Whether this use changes the head: nothing may run beside it. Absent: it does not. */
  writesSource?(use: Use<In>): boolean;
  /**
   * What this use wants and this version does not do, in words; absent or undefined: nothing. The plan refuses it.
   * @param versions whether the packages are one release, or each has its own
   */
  notYet?(use: Use<In>, versions: Configuration["versions"]): string | undefined;
  /** Which files that were made elsewhere stand for this use's work; absent: none can. */
  imports?(use: Use<In>): Promise<ImportJudge>;
  asks(use: Use<In>): Requirements;
  /** One line for the plan, without a full stop. */
  describe(use: Use<In>): string;
  /** Read-only; all of the plan's are run before the first effect. */
  preflight(planned: Planned<In>, ports: ReadPorts): Promise<readonly Finding[]>;
}

/** Judges files of another machine like our own: by their names, and where no step that follows does it, by their bytes. */
export interface ImportJudge {
  judge(name: string): JudgedImport;
  /** What is wrong with the bytes of a file that was taken by its name, to follow that name; undefined: nothing. Absent: a step judges them. */
  look?(taken: TakenImport, ports: Pick<ReadPorts, "files" | "archives" | "images">): Promise<string | undefined>;
  /** What the leg is to make and these files, which it takes, do not have, in words. */
  missing(names: readonly string[]): readonly string[];
}

export interface TakenImport extends Pick<ExpectedArtifact, "kind" | "package" | "platform"> {
  readonly name: string;
  /** Absolute path of the bytes, which may be kept under another name. */
  readonly file: string;
}

export type JudgedImport =
  | { readonly kind: "taken"; readonly artifact: Pick<ExpectedArtifact, "kind" | "package" | "platform"> }
  /** `why` follows the file's name; `rank` grows with how much of it was right, so that the nearest leg can be told. */
  | { readonly kind: "refused"; readonly rank: number; readonly code: ErrorCode; readonly why: string };

/** Ports that change nothing outside this machine. */
export interface ReadPorts {
  readonly clock: Clock;
  readonly exec: Exec;
  readonly files: Files;
  readonly archives: Archives;
  readonly images: ImageFiles;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** This machine in the words of `matrix: platform`: `linux-x86_64`, `macos-aarch64`, `windows-x86_64`. */
  readonly host: string;
  /** A clean checkout of the head; read only. */
  readonly sourceFolder: string;
  /** Environment for child processes: PATH, HOME of its own, locale, zone, SOURCE_DATE_EPOCH. No secrets. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Python with Slipway's pinned helpers: absolute path of the interpreter; programs of the set lie beside it. Default:
   * `checks` (readme_renderer, packaging). The other sets are installed when a step asks for them, and not before.
   */
  toolboxPython(set?: ToolboxSet): Promise<string>;
  registry(name: string): ReadRegistry;
  /**
   * What a registry of the step's environment holds unseen of a version. It is looked at with the credential that puts it there,
   * since nobody else sees it; undefined: what is put at the registry is public.
   */
  staged(registry: string, publication: Publication): Promise<Staged | undefined>;
  /** Commit that a branch or tag (`refs/heads/main`, `refs/tags/v1`, peeled) has at a remote of the user's repository now. */
  remoteRef(remote: string, ref: string): ReturnType<Git["remoteRef"]>;
  /** A remote of the user's repository; in a rehearsal the one inside Slipway. */
  remote(name: string): ReadRemote;
  /** The forge of the plan, with what is needed to see there what we made. @throws SlipwayError CREDENTIAL_MISSING */
  forge(): Promise<{ readonly forge: ReadForge; readonly access: ReadAccess }>;
  /** Absolute path of frozen bytes, read only. */
  artifactFile(artifact: Artifact): string;
}

/** A git remote, together with the run's own clone, which has the commits that are compared with it. */
export interface ReadRemote {
  /** What full refs lead to there, tags not peeled. */
  refs(refs: readonly string[]): Promise<RemoteRefs>;
  /** Takes the history of a branch over into the run's clone. @returns its tip */
  fetch(branch: string): ReturnType<Git["fetchBranch"]>;
  /** Whether `commit` contains `ancestor`; false as well when the clone does not have one of them. */
  contains(commit: string, ancestor: string): Promise<boolean>;
  /** The newest commit of `tip`, not in the pinned commit, whose message has the line. */
  findMarked(tip: string, mark: string): Promise<string | undefined>;
  /** The oldest state of the branch after the pinned commit that has the very files of `commit`, which was fetched; see `Git`. */
  findSameTree(tip: string, commit: string): ReturnType<Git["findSameTree"]>;
  /** First line of the message of a commit of the run. */
  subject(commit: string): Promise<string>;
}

export interface Remote extends ReadRemote {
  /** Makes the run's commits up to `head` again on top of `onto`, which was fetched. */
  replay(head: string, onto: string, mark: string): Promise<Replayed>;
  push(refs: readonly PushedRef[]): Promise<Pushed>;
}

export interface WorkPorts extends ReadPorts {
  /** A throw-away copy of the head, this attempt's own: what is changed here is thrown away. */
  readonly workFolder: string;
  /** An empty folder outside the copy. */
  readonly scratchFolder: string;
  /** Root of the user's work tree; read only, and for steps of zone "tool" alone: a project's code has its copy. */
  readonly userFolder: string;
  /** Folder with the release's files, where a person gave one; absolute. */
  readonly filesFolder?: string;
  /** Signs with the identity of the run; for steps of zone "publish" alone. */
  readonly signing?: {
    readonly builder: Builder;
    /** @param place of one's own; undefined: the public one. A rehearsal signs at its own, whichever is asked for */
    open(place: SigningPlace | undefined): Promise<Signer>;
  };
  /** Signs a record of what was made; for steps of zone "tool" alone. Absent: it stays without a statement. */
  readonly sealer?: Sealer;
  /** Writes to the step's log; every line passes the redactor. */
  print(line: string): void;
}

export interface OpenedRegistry {
  readonly registry: Registry;
  readonly credential: Credential;
  /** An identity opened it, whatever the file says: attestations made with that identity are believed beside it, and beside a token they are not. */
  readonly byIdentity: boolean;
}

export interface EffectPorts extends ReadPorts {
  /**
   * The registry of this step's environment with what is needed to write a package there. Opened late, once per attempt.
   * @throws SlipwayError CREDENTIAL_MISSING, LOGIN_REFUSED, LOGIN_UNANSWERED; nothing was sent
   */
  open(registry: string, packageName: string): Promise<OpenedRegistry>;
  remote(name: string): Remote;
  forge(): Promise<{ readonly forge: Forge; readonly access: WriteAccess }>;
}

/** A file that a work step made, before it is frozen into the store. */
export interface MadeArtifact {
  readonly kind: ArtifactKind;
  readonly package: string;
  readonly name: string;
  /** Absolute path in the work or scratch folder. */
  readonly file: string;
  readonly platform?: string;
}

/**
 * What becomes of the head when the step is done. A step only says it; the change is made once, outside of the copy, and
 * is journaled with the step's end. Only a step whose `writesSource` is true may ask for one.
 */
export type SourceChange =
  /** Files of the copy, by path from its root with `/`, as they are now: changed, new or removed. Ignored ones stay behind. */
  | { readonly kind: "keep"; readonly paths: readonly string[] }
  /** All that was kept since the last commit. Nothing kept: no commit. */
  | { readonly kind: "commit"; readonly message: string }
  /** Annotated tags of the head's commit, each name once. */
  | {
      readonly kind: "tags";
      readonly tags: readonly { readonly name: string; readonly message: string }[];
      /** A tag of such a name in the run's clone is one that the plan withdraws. */
      readonly replaces: boolean;
    };

export type Worked =
  | { readonly kind: "done"; readonly output: Json; readonly artifacts: readonly MadeArtifact[]; readonly source?: SourceChange }
  /** Not yet possible (an index that lags): to be tried again, as long as the step's time-out allows. */
  | { readonly kind: "later"; readonly atMs: number; readonly why: string }
  | {
      readonly kind: "failed";
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string;
      readonly details?: Json;
    };

/** Runs in a throw-away copy of the head; interrupted means begun again. */
export interface WorkStep<In = unknown> extends Common<In> {
  readonly kind: "work";
  perform(frozen: Frozen<In>, ports: WorkPorts): Promise<Worked>;
}

/** Holds until journaled facts open it; does nothing itself. */
export interface GateStep<In = unknown> extends Common<In> {
  readonly kind: "gate";
  /** What a person is asked, and the paths (globs in the repository) that the answer is bound to. */
  question(use: Use<In>): { readonly text: string; readonly from?: string; readonly paths: readonly string[] };
}

/** Acts on the world; the rule observe, perform, verify is applied by the engine to each effect. */
export interface ActingStep<In = unknown> extends Common<In> {
  readonly kind: "acting";
  /** Farthest reach of this use. */
  reach(use: Use<In>): Reach;
  /** Journaled before the first is looked at, with whatever hung on a look at the world. */
  effects(frozen: Frozen<In>, ports: ReadPorts): Promise<readonly Effect[]>;
  /** What else stands under our version at the targets. */
  survey(effects: readonly Effect[], ports: ReadPorts): Promise<Surveyed>;
  observe(effect: Effect, ports: ReadPorts): Promise<Observation>;
  perform(effect: Effect, seen: Observation, ports: EffectPorts): Promise<Performed>;
  /** From the effect alone, not from an output that a crash can lose. */
  verify(effect: Effect, ports: ReadPorts): Promise<Verified>;
}

export type Surveyed =
  | { readonly kind: "clear" }
  | { readonly kind: "strangers"; readonly strangers: readonly Stranger[] }
  | { readonly kind: "unknown"; readonly why: string };

export type Verified =
  | { readonly kind: "verified"; readonly evidence: Evidence }
  | { readonly kind: "differs"; readonly theirs: string }
  | { readonly kind: "unknown"; readonly why: string };
