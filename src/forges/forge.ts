// ◆ What Slipway asks of any forge, for one repository at it. Each method returns a union of expected outcomes and throws
// only for the unexpected; none retries, waits or prints: the engine does, after observing. Where a forge lacks something
// the answer is "unsupported" with the reason. Marks are how we know our own again: see `mark.ts`.
import type { Credential } from "../domain/credential.ts";
import type { Sha256 } from "../domain/digest.ts";
import type { Observation, Performed, Stranger } from "../domain/run/effect.ts";

export interface ReadAccess {
  /** Absent: as anybody. Drafts and private repositories are then not to be seen. */
  readonly credential?: Credential;
  readonly signal: AbortSignal;
}

export interface WriteAccess {
  readonly credential: Credential;
  readonly signal: AbortSignal;
}

/** `lasting`: asking again would bring the same, until a person changes something. Absent: it may pass. */
export type Unknown = { readonly kind: "unknown"; readonly why: string; readonly lasting?: true };
export type Unsupported = { readonly kind: "unsupported"; readonly why: string };

/** Answer of a look at something that may not be there. */
export type Looked<T> = { readonly kind: "found"; readonly found: T } | { readonly kind: "absent" } | Unknown;

/** What an act came to; `made` is what the forge says it holds now, for the record: only a look decides. */
export type Made<T> =
  | Exclude<Performed, { kind: "sent" }>
  | { readonly kind: "sent"; readonly warnings: readonly string[]; readonly made?: T };

/** A search for the one thing that carries our mark. */
export type Searched<T> =
  /** `also`: further ones with the same mark, which there should not be. */
  | { readonly kind: "ours"; readonly found: T; readonly also: readonly T[] }
  /** Somebody else's stands in its place. */
  | { readonly kind: "theirs"; readonly found: T }
  | { readonly kind: "absent" }
  | Unknown;

// --- releases ---------------------------------------------------------------------------------

/** A release page as we mean it to be. */
export interface WantedRelease {
  readonly tag: string;
  /** Full id: the tag is made there when the page is published, unless it is there already. */
  readonly commit: string;
  readonly title: string;
  /** Markdown, without the mark. */
  readonly notes: string;
  readonly prerelease: boolean;
  /** Whether it may become the one that the forge shows as its latest; `publish` makes it so. */
  readonly latest: boolean;
  readonly mark: string;
}

export interface Release {
  readonly id: number;
  readonly tag: string;
  readonly title: string;
  /** As the forge holds them, with the mark. */
  readonly notes: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  /** Tag and assets can no longer change; absent where the forge does not know of it. */
  readonly immutable?: boolean;
  /** Page for people. */
  readonly url: string;
  readonly author: string;
  readonly createdAt: string;
  readonly publishedAt?: string;
}

/** An attached file as we mean it to be. */
export interface WantedAsset {
  readonly name: string;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
}

export interface AssetUpload extends WantedAsset {
  /** Absolute path of the frozen bytes. */
  readonly file: string;
  readonly mediaType: string;
}

export interface Asset {
  readonly id: number;
  /** As the forge calls it: one may change characters that it does not like. */
  readonly name: string;
  /** The name it was given, where the forge keeps that beside its own. */
  readonly label?: string;
  readonly sizeBytes: number;
  /** `broken`: the upload never ended (GitHub: `starter`). */
  readonly state: "whole" | "broken";
  /** `undefined`: the forge does not tell. */
  readonly sha256: Sha256 | undefined;
  readonly url: string;
  /** How the forge finds the bytes again. */
  readonly handle: string;
  readonly uploadedAt: string;
}

export type Downloaded =
  | { readonly kind: "downloaded"; readonly sha256: Sha256; readonly sizeBytes: number }
  | { readonly kind: "absent" }
  | Unknown;

export interface ReleaseReads {
  /** Reasons why the forge would refuse, known without sending a byte (limits of text, names, sizes, numbers). Pure. */
  refusals(
    wanted: Pick<WantedRelease, "tag" | "title" | "notes">,
    assets: readonly Pick<WantedAsset, "name" | "sizeBytes">[],
  ): readonly string[];
  /** Whether a release can be told to be, or not to be, the one that the forge shows as its latest. */
  readonly latest: { readonly kind: "told" } | Unsupported;
  /** All published pages, of whichever package, prereleases among them. */
  published(access: ReadAccess): Promise<{ readonly kind: "listed"; readonly releases: readonly Release[] } | Unknown>;
  /** The release of a tag, drafts included as far as the credential may see them. */
  find(wanted: Pick<WantedRelease, "tag" | "mark">, access: ReadAccess): Promise<Searched<Release>>;
  /** Present: there is one page with our mark, draft or published. Damaged: a draft whose texts differ from what is wanted. */
  observeDraft(wanted: WantedRelease, access: ReadAccess): Promise<Observation>;
  /** Present: published, and the tag leads to the commit. Absent: no page of ours, or still a draft. */
  observePublished(wanted: WantedRelease, access: ReadAccess): Promise<Observation>;
  /** Present: whole, with our digest, downloaded where the forge tells none. Damaged: broken off, or other bytes on a draft of ours. */
  observeAsset(wanted: Pick<WantedRelease, "tag" | "mark">, asset: WantedAsset, access: ReadAccess): Promise<Observation>;
  /** Assets of a release, all of them. */
  assets(release: number, access: ReadAccess): Promise<Looked<readonly Asset[]>>;
  /** Streams one asset to `file`, or nowhere without one, and digests it on the way. */
  download(asset: Pick<Asset, "handle">, file: string | undefined, access: ReadAccess): Promise<Downloaded>;
  /** Files on our page, or a page of somebody else, that the plan does not know. */
  survey(
    wanted: Pick<WantedRelease, "tag" | "mark">,
    names: readonly string[],
    access: ReadAccess,
  ): Promise<{ readonly kind: "surveyed"; readonly strangers: readonly Stranger[] } | Unknown>;
  /** Commit that a tag leads to at the forge, annotated tags peeled. */
  tagCommit(tag: string, access: ReadAccess): Promise<Looked<string>>;
}

export interface ReleaseWrites {
  createDraft(wanted: WantedRelease, access: WriteAccess): Promise<Made<Release>>;
  /** Title, notes, prerelease; of a draft also tag and commit. */
  update(release: Pick<Release, "id" | "draft" | "immutable">, wanted: WantedRelease, access: WriteAccess): Promise<Made<Release>>;
  /** Tag, commit and the end of the draft go in one request (protocols §7.1). */
  publish(release: number, wanted: WantedRelease, access: WriteAccess): Promise<Made<Release>>;
  /** Makes a published page a draft again, which only those who may write see. Its tag and its files stay. */
  hide(release: number, access: WriteAccess): Promise<Made<Release>>;
  /** Removes the page, never the tag. Gone already is done. */
  remove(release: number, access: WriteAccess): Promise<Performed>;
  /** Never replaces: what is broken is removed first. */
  upload(release: number, asset: AssetUpload, access: WriteAccess): Promise<Made<Asset>>;
  /** Removes every asset that has the name, whole or broken: a forge may hold more than one. None there is done. */
  clear(release: number, name: string, access: WriteAccess): Promise<Performed>;
}

// --- issues, pull requests --------------------------------------------------------------------

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly state: "open" | "closed";
  readonly labels: readonly string[];
  readonly url: string;
}

export interface IssueQuery {
  readonly label?: string;
  /** Whole title, exactly. */
  readonly title?: string;
  readonly state: "open" | "closed" | "all";
}

export interface IssueReads {
  /** Newest first, at most 1,000 are looked through; pull requests are none. */
  find(query: IssueQuery, access: ReadAccess): Promise<{ readonly kind: "listed"; readonly issues: readonly Issue[] } | Unknown>;
  get(number: number, access: ReadAccess): Promise<Looked<Issue>>;
  observeComment(number: number, mark: string, access: ReadAccess): Promise<Observation>;
  observeClosed(number: number, access: ReadAccess): Promise<Observation>;
}

export interface IssueWrites {
  comment(number: number, comment: { readonly text: string; readonly mark: string }, access: WriteAccess): Promise<Performed>;
  close(number: number, access: WriteAccess): Promise<Performed>;
}

export interface WantedPullRequest {
  /** Branch of this repository that holds the change. */
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly text: string;
  readonly mark: string;
}

export interface PullRequest {
  readonly number: number;
  readonly state: "open" | "closed" | "merged";
  /** Commit that the merge made on the base; only when merged. */
  readonly mergedCommit?: string;
  readonly headCommit: string;
  readonly text: string;
  readonly url: string;
}

export interface PullRequestReads {
  /** Newest of ours from head to base; open ones of others count as theirs, closed ones of others as nothing. */
  find(wanted: Pick<WantedPullRequest, "head" | "base" | "mark">, access: ReadAccess): Promise<Searched<PullRequest>>;
  get(number: number, access: ReadAccess): Promise<Looked<PullRequest>>;
  /** Present: merged. Pending: open. Conflict: closed without a merge, or somebody else's stands there. */
  observe(wanted: Pick<WantedPullRequest, "head" | "base" | "mark">, access: ReadAccess): Promise<Observation>;
}

export interface PullRequestWrites {
  open(wanted: WantedPullRequest, access: WriteAccess): Promise<Made<PullRequest>>;
}

// --- workflows --------------------------------------------------------------------------------

export interface Dispatch {
  /** File name: `release.yml`. */
  readonly workflow: string;
  /** `refs/tags/NAME` or `refs/heads/NAME`; a short name is that of a branch, since not every forge looks among tags. */
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string>>;
}

export interface WorkflowRun {
  readonly id: number;
  readonly title: string;
  /** `waiting`: for a person (environment review). */
  readonly state: "queued" | "waiting" | "running" | "done";
  /** Only when done; anything but success is named as the forge names it. */
  readonly conclusion?: string;
  readonly commit: string;
  readonly url: string;
  readonly createdAt: string;
}

export interface WorkflowReads {
  run(id: number, access: ReadAccess): Promise<Looked<WorkflowRun>>;
  /** Runs of a workflow that were dispatched and whose title carries the mark (`run-name:` with the input in it). */
  findRuns(
    query: { readonly workflow: string; readonly mark: string },
    access: ReadAccess,
  ): Promise<{ readonly kind: "listed"; readonly runs: readonly WorkflowRun[] } | Unknown>;
  /** By its id where a reply told it, by the mark otherwise. Present: ended with success. Pending: under way. Conflict: ended otherwise. */
  observeRun(query: { readonly workflow: string; readonly mark: string; readonly run?: number }, access: ReadAccess): Promise<Observation>;
}

export interface WorkflowWrites {
  dispatch(dispatch: Dispatch, access: WriteAccess): Promise<Made<{ readonly run: number; readonly url: string }>>;
}

// --- the repository itself --------------------------------------------------------------------

export interface RepositoryFacts {
  /** As the forge writes it: `owner/name`. Differs from what was asked for when the repository was renamed. */
  readonly fullName: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  readonly archived: boolean;
  /** Of the credential that asked; `undefined`: not told. */
  readonly permission: "read" | "write" | "admin" | undefined;
  readonly url: string;
}

export type Protection =
  | { readonly kind: "wait"; readonly minutes: number }
  | { readonly kind: "reviewers"; readonly people: readonly string[]; readonly teams: readonly string[]; readonly notSelf: boolean }
  | { readonly kind: "branches"; readonly rule: "protected" | "named" }
  | { readonly kind: "other"; readonly name: string };

export interface ForgeEnvironment {
  readonly name: string;
  readonly protections: readonly Protection[];
}

/** What a forge tells of rules for branches and tags; only whether one is there, since who may pass it is nobody's to read. */
export interface RefProtections {
  /** Rules that hold for the branch, in the forge's words; empty: none is to be seen. */
  readonly branch: readonly string[];
  /** Names of the rules for tags; undefined: the forge does not tell. */
  readonly tags: readonly string[] | undefined;
}

export interface SettingReads {
  facts(access: ReadAccess): Promise<Looked<RepositoryFacts>>;
  protections(branch: string, access: ReadAccess): Promise<Looked<RefProtections>>;
  /** Whether releases lock when they are published. */
  immutableReleases(access: ReadAccess): Promise<{ readonly kind: "set"; readonly enabled: boolean } | Unsupported | Unknown>;
  environments(
    access: ReadAccess,
  ): Promise<{ readonly kind: "listed"; readonly environments: readonly ForgeEnvironment[] } | Unsupported | Unknown>;
}

export type Place =
  | { readonly kind: "repository" }
  | { readonly kind: "release"; readonly tag: string }
  | { readonly kind: "issue" | "pull-request" | "run"; readonly number: number };

/** The side of a forge that changes nothing. */
export interface ReadForge {
  /** Name for people: `github`, or the host. */
  readonly name: string;
  readonly kind: "github" | "gitea";
  readonly world: "real" | "rehearsal";
  /** `owner/name` */
  readonly repository: string;
  /** How long a negative answer may be stale after something was sent, in milliseconds. */
  readonly settleMs: number;
  /** Page for people. Pure. */
  locate(place: Place): string;
  readonly releases: ReleaseReads;
  readonly issues: IssueReads;
  readonly pullRequests: PullRequestReads;
  readonly workflows: WorkflowReads;
  readonly settings: SettingReads;
}

export interface Forge extends ReadForge {
  readonly releases: ReleaseReads & ReleaseWrites;
  readonly issues: IssueReads & IssueWrites;
  readonly pullRequests: PullRequestReads & PullRequestWrites;
  readonly workflows: WorkflowReads & WorkflowWrites;
}
