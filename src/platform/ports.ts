// ◆ The outside world as Slipway sees it. Everything that is not a pure function of its arguments comes through one
// of these, so that tests and the simulation can put another world in its place.

import type { Sha256 } from "../domain/digest.ts";
import type { CommitLog, DatedCommit } from "../domain/version/history.ts";
import type { MadeTag } from "../domain/run/head.ts";

export type { Archive, ArchiveMember, ArchiveOpened, Archives, ArchiveText, ArchiveWriting, ByteRange } from "./archive-port.ts";
export type { ImageArchive, ImageArchives, ImageBlob, ImageFile, ImageFiles, ImageMaking, ImageOpened } from "./image-port.ts";

export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Random {
  /** A new identifier that sorts by time of making: 26 characters, Crockford base 32 (ULID). */
  id(): string;
}

export interface Command {
  /** Program name looked up on the PATH of `env`, or absolute path. Never a shell string. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment of the child. Nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Bytes for standard input; none: closed. */
  readonly input?: string;
  /** Called with each line of output (without its end) as it comes, for logs. */
  readonly onLine?: (stream: "stdout" | "stderr", line: string) => void;
  /**
   * Called with what comes on standard output, in pieces as it comes, redacted: for answers that are too long to be kept.
   * `stdout` of the result is then empty. What it throws ends the program, and is what `run` rejects with.
   */
  readonly onText?: (text: string) => void;
  /** Bytes of each stream that are kept for the result; beyond it the middle is dropped. Default 1 MiB. */
  readonly keepBytes?: number;
}

/** What a program wrote, redacted. Both texts are UTF-8 decoded; what is not UTF-8 becomes U+FFFD. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Bytes dropped from the middle of the two streams; absent or 0: everything is there. */
  readonly leftOutBytes?: number;
}

export type CommandEnd =
  | ({ readonly kind: "exited"; readonly code: number } & CommandOutput)
  | ({ readonly kind: "signalled"; readonly signal: string } & CommandOutput)
  | { readonly kind: "not-found"; readonly program: string }
  | ({ readonly kind: "timed-out" } & CommandOutput);

/** Runs programs. Killing one kills everything it started. */
export interface Exec {
  /**
   * Runs one program to its end. When `signal` is aborted, everything it started is killed (SIGTERM, SIGKILL after
   * 5 s) and the promise then rejects with the signal's reason.
   * @throws SlipwayError PROGRAM_NOT_STARTED when `cwd` is not a folder, or the program is there but cannot be run
   */
  run(command: Command): Promise<CommandEnd>;
  /** Absolute path of a program on the given PATH, or undefined. Relative entries of the PATH are passed over. */
  find(program: string, path: string): Promise<string | undefined>;
}

export interface FileInfo {
  readonly kind: "file" | "folder" | "link" | "other";
  readonly sizeBytes: number;
  /** When its bytes were written last, milliseconds since 1970; absent where it is not known. */
  readonly modifiedMs?: number;
}

/**
 * Files by absolute path.
 * @throws SlipwayError FILE_UNREADABLE for what cannot be read, STORAGE_FAILED for what cannot be written
 */
export interface Files {
  /** Text of a UTF-8 file of at most 64 MiB. */
  readText(file: string): Promise<string>;
  readTextIfThere(file: string): Promise<string | undefined>;
  /** A range of a file, at most 16 MiB; shorter where the file ends before it does. */
  readBytes(file: string, range: { readonly offset: number; readonly sizeBytes: number }): Promise<Uint8Array>;
  /** All or nothing, and on disk when it returns. Makes the folder; keeps the mode of a file that was there. */
  writeText(file: string, text: string): Promise<void>;
  /**
   * The text of a regular file that is there, in place and not synced: of a throw-away copy, which is made anew after a crash.
   * No link is followed.
   */
  overwrite(file: string, text: string): Promise<void>;
  /** Of the path itself: a link is a link. */
  info(path: string): Promise<FileInfo | undefined>;
  /** Where the path leads, all links followed; undefined where there is nothing. */
  realPath(path: string): Promise<string | undefined>;
  /** Names in a folder, sorted by code unit; empty if the folder is not there. */
  list(folder: string): Promise<readonly string[]>;
  makeFolder(folder: string): Promise<void>;
  /** Copies one file with its mode; makes the folder. */
  copy(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder; no error if it is not there. */
  remove(path: string): Promise<void>;
  /** sha256 (lower-case hex) and size of a file, streamed. */
  digest(file: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }>;
  /** Digest of a file by another algorithm, lower-case hex, streamed: for checksum files that people ask for. */
  digestWith(file: string, algorithm: "sha384" | "sha512"): Promise<string>;
  /** Bytes that this user may still write; for a folder that is not there yet, of its nearest parent. */
  freeBytes(folder: string): Promise<number>;
}

export type StoredState =
  | { readonly kind: "intact"; readonly sizeBytes: number }
  /** Other bytes stand under the digest: the disk, or a person, changed them. */
  | { readonly kind: "damaged"; readonly found: Sha256; readonly sizeBytes: number }
  | { readonly kind: "absent" };

/** Frozen bytes by digest. What was put is on disk before the promise resolves, and is never written again. */
export interface ArtifactStore {
  /** Copies a regular file into the store. @throws SlipwayError STORAGE_FAILED, ARTIFACT_INVALID for a link or folder */
  put(file: string): Promise<{ readonly digest: Sha256; readonly sizeBytes: number }>;
  has(digest: Sha256): Promise<boolean>;
  /** Absolute path of the bytes, read only; whether they are there is not looked at. */
  file(digest: Sha256): string;
  /** Reads the bytes again. */
  verify(digest: Sha256): Promise<StoredState>;
}

/** Named places at which tests kill the process. A no-op unless the environment asks for it. */
export interface CrashPoints {
  reach(name: string): void;
}

/** Pinned helpers that are installed together: those that nearly every release needs, and those that few do. */
export type ToolboxSet = "checks" | "git-cliff";

/** Python with Slipway's pinned helpers, made once per machine and set. */
export interface Toolbox {
  /** Absolute path of the interpreter; programs of the set lie beside it. Default: `checks`. @throws SlipwayError TOOL_MISSING */
  python(set?: ToolboxSet): Promise<string>;
}

/** Keeps secrets out of everything that is shown or written. */
export interface Redactor {
  /** From now on the secret and its usual encodings are hidden. @throws SlipwayError CREDENTIAL_INVALID below 6 characters */
  add(secret: string): void;
  redact(text: string): string;
  /** For text that comes in pieces: a secret cut by the border of two pieces is hidden too. */
  stream(): RedactorStream;
}

export interface RedactorStream {
  /** What may be shown now; a tail that could be the beginning of a secret is held back. */
  push(text: string): string;
  /** What was held back. */
  end(): string;
}

/** A log file of lines. Every line is redacted before it is written. */
export interface LineLog {
  /** @returns the line as it was written */
  write(line: string): string;
  close(): Promise<void>;
}

export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface GitTag {
  readonly name: string;
  /** Commit the tag leads to. */
  readonly commit: string;
  readonly annotated: boolean;
  /** Message of an annotated tag, without signature; empty otherwise. */
  readonly message: string;
  /** `Key: value` trailers of the message, keys as written. */
  readonly trailers: Readonly<Record<string, string>>;
  readonly tagger?: string;
}

export interface SourceLook {
  /** Absolute path of the work tree's root. */
  readonly root: string;
  readonly commit: string;
  /** Committer time, seconds since 1970. */
  readonly epochSeconds: number;
  /** Branch that is checked out; absent when detached. */
  readonly branch?: string;
  /** Tags that lead to the commit. */
  readonly tagsHere: readonly GitTag[];
  /** Paths that differ from the commit, untracked ones included, ignored ones not. */
  readonly dirty: readonly string[];
  readonly shallow: boolean;
  /** URL of `origin` (or the only remote) without user information. */
  readonly remote?: string;
  /** `user.name <user.email>` as git would write it. */
  readonly person: string;
}

/** A commit, and where the files are others than the commit's, their tree. */
export interface SourcePoint {
  readonly commit: string;
  readonly tree?: string;
}

export interface KeepMaking {
  /** Tree that the copy was made from. */
  readonly tree: string;
  /** Absolute path of the copy. */
  readonly copy: string;
  /** Whether a changed path is taken over. */
  selects(path: string): boolean;
}

interface Making {
  /** `Name <address>`. */
  readonly person: string;
  readonly epochSeconds: number;
  readonly message: string;
  /** Root of the user's repository, whose settings say whether and how to sign. */
  readonly repository: string;
}

export interface CommitMaking extends Making {
  readonly parent: string;
  readonly tree: string;
}

export interface TagMaking extends Making {
  readonly name: string;
  readonly commit: string;
  /** A tag of that name that leads elsewhere is replaced in the clone. */
  readonly replaces: boolean;
}

/** One ref of a push: full name, the object it is to lead to (absent: a tag is to be gone), and the one it leads to now (absent: there is none). */
export interface PushedRef {
  readonly ref: string;
  readonly to?: string;
  readonly from?: string;
}

export interface PushMaking {
  /** Root of the user's repository, whose settings and credentials are used. */
  readonly repository: string;
  /** The run's own clone, which has the objects. */
  readonly clone: string;
  /** Name of a remote, or its address. */
  readonly remote: string;
  readonly refs: readonly PushedRef[];
}

export interface FetchMaking extends Pick<PushMaking, "repository" | "clone" | "remote"> {
  readonly branch: string;
  /** A commit that the clone has with its history. */
  readonly known: string;
}

/** Commits from `base` (without it) to `head`, to be made again on top of `onto`. */
export interface ReplayMaking {
  readonly base: string;
  readonly head: string;
  readonly onto: string;
  /** A line for the last one's message, by which it is found again. */
  readonly mark: string;
}

export interface LogRange {
  /** Full object id of the newest commit. */
  readonly to: string;
  /** The oldest of these, by committer time, is left out with all that it contains; none: nothing is. */
  readonly since: readonly string[];
  /** Whether the files of each commit are wanted, which costs a comparison of trees. */
  readonly paths: boolean;
  /** Commits that are read at most. */
  readonly max: number;
}

export type Replayed =
  | { readonly kind: "replayed"; readonly commit: string }
  | { readonly kind: "conflict"; readonly paths: readonly string[] };

export type RemoteRefs =
  /** Object by ref; a ref that is not there is left out. */
  { readonly kind: "known"; readonly objects: ReadonlyMap<string, string> } | { readonly kind: "unknown"; readonly why: string };

export type Pushed =
  | { readonly kind: "sent" }
  /** The remote took none of it: a ref stands elsewhere, or a rule forbids it. `atRemote`: the remote's side said so, not our own git. */
  | { readonly kind: "refused"; readonly why: string; readonly atRemote?: true }
  | { readonly kind: "unknown"; readonly why: string };

/** The user's git. Reads are cheap; nothing here changes the user's tree, index, refs or configuration. */
export interface Git {
  /** @throws SlipwayError SOURCE_NOT_GIT */
  look(folder: string): Promise<SourceLook>;
  /** Every file of the work tree that differs from the commit, untracked ones one by one, ignored ones not. */
  changes(folder: string): Promise<readonly { readonly path: string; readonly unmerged: boolean }[]>;
  /** Commit a ref or abbreviation leads to, or undefined. */
  resolve(folder: string, ref: string): Promise<string | undefined>;
  /** The commit that a ref leads to, with its committer time in seconds since 1970; undefined: it leads nowhere. */
  commitAt(folder: string, ref: string): Promise<{ readonly commit: string; readonly epochSeconds: number } | undefined>;
  /** All tags whose name matches a glob, with the commit each leads to; at most 100,000. */
  tags(folder: string, glob: string): Promise<readonly { readonly name: string; readonly commit: string }[]>;
  /** All tags that lead to a commit which `commit` contains; walks its whole history. */
  tagsIn(folder: string, commit: string): Promise<readonly { readonly name: string; readonly commit: string }[]>;
  tag(folder: string, name: string): Promise<GitTag | undefined>;
  /** Commits of a range, newest first, by one process. */
  log(folder: string, range: LogRange): Promise<CommitLog>;
  /**
   * All commits that one contains, itself included, by one process: the newest first, and none before one that contains it.
   * @param paths whether the files of each commit are wanted, which costs a comparison of trees
   */
  history(
    folder: string,
    from: { readonly commit: string; readonly paths: boolean },
    onCommit: (commit: DatedCommit) => void,
  ): Promise<void>;
  /** Paths of all files of a commit. */
  files(folder: string, commit: string): Promise<readonly string[]>;
  /** Text of a file of a commit, or undefined. */
  show(folder: string, commit: string, path: string): Promise<string | undefined>;
  /** A clone of its own under `to`: hooks off, no line-end conversion, all tags, nothing checked out. Done twice is harmless. */
  clone(from: string, to: string): Promise<void>;
  /**
   * A fresh copy of a commit in the empty or missing folder `to`, with a `.git` of its own that shares objects with `clone`.
   * With `tree`, the files are those of that tree, and HEAD is at the commit all the same.
   */
  copyAt(clone: string, at: SourcePoint, to: string): Promise<void>;
  /** Takes the objects of another run's clone over, and tags that were made there. */
  adopt(clone: string, from: { readonly clone: string; readonly tags: readonly MadeTag[] }): Promise<void>;
  /** Whether the clone has an object. */
  has(clone: string, object: string): Promise<boolean>;
  /** Id of a commit's tree. */
  treeOf(clone: string, commit: string): Promise<string>;
  /** Takes files of a copy over into a tree of the run's own clone. @returns its id */
  keep(clone: string, keep: KeepMaking): Promise<string>;
  /** A commit in the run's own clone, signed where the user signs. @throws SlipwayError IDENTITY_MISSING */
  commit(clone: string, making: CommitMaking): Promise<string>;
  /** An annotated tag in the run's own clone, signed where the user signs. @returns id of the tag object. @throws SlipwayError TAG_EXISTS */
  makeTag(clone: string, making: TagMaking): Promise<string>;
  /** What several full refs lead to at a remote now, tags not peeled; asks the remote, read only. */
  remoteRefs(folder: string, remote: string, refs: readonly string[]): Promise<RemoteRefs>;
  /** Takes the history of a remote's branch over into the run's own clone. @returns its tip */
  fetchBranch(making: FetchMaking): ReturnType<Git["remoteRef"]>;
  /** Makes commits of the run's own clone again on top of another commit there. */
  replay(clone: string, making: ReplayMaking): Promise<Replayed>;
  /** The newest commit of `tip`, not in `base`, whose message has the line; undefined: none. */
  findMarked(clone: string, at: { readonly tip: string; readonly base: string; readonly mark: string }): Promise<string | undefined>;
  /**
   * The oldest state of a branch after `base`, along its first parents, whose files are those of `commit`, with its
   * committer time in seconds since 1970; undefined: none among its newest thousand.
   */
  findSameTree(
    clone: string,
    at: { readonly tip: string; readonly base: string; readonly commit: string },
  ): Promise<{ readonly commit: string; readonly epochSeconds: number } | undefined>;
  /** First line of a commit's message. */
  subject(clone: string, commit: string): Promise<string>;
  /** Sends refs in one atomic push with a lease on each old value. Nothing in the user's repository changes. */
  push(making: PushMaking): Promise<Pushed>;
  /** Commit that a full ref leads to at a remote now (annotated tags peeled), or that it has none; asks the remote, read only. */
  remoteRef(
    folder: string,
    remote: string,
    ref: string,
  ): Promise<
    { readonly kind: "at"; readonly commit: string } | { readonly kind: "none" } | { readonly kind: "unknown"; readonly why: string }
  >;
  /** Makes a lightweight tag in a run's own clone; for a tag of tomorrow, which the user's repository does not have yet. */
  assumeTag(clone: string, name: string, commit: string): Promise<void>;
  contains(folder: string, commit: string, ancestor: string): Promise<boolean>;
}

/** Where credentials come from: `NAME`, `NAME_FILE` (a path) or `NAME_FD` (a file descriptor number). */
export interface Secrets {
  /** Whether the credential could be read, without reading it. */
  has(variable: string): Promise<boolean>;
  /** Reads it and tells the redactor. @throws SlipwayError CREDENTIAL_MISSING */
  read(variable: string): Promise<string>;
}

/** Secrets as the whole program has them; a registry is given no more than `Secrets`. */
export interface AllSecrets extends Secrets {
  /**
   * Tells the redactor a credential that is set, before a program runs that might print it. A descriptor is read to its
   * end and closed, so that no program finds it open. What is missing or cannot be read is left to `has` and `read`.
   */
  learn(variable: string): Promise<void>;
}
