// ◆ The outside world as Slipway sees it. Everything that is not a pure function of its arguments comes through one
// of these, so that tests and the simulation can put another world in its place.

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
  /** Bytes of each stream that are kept for the result; beyond it the middle is dropped. Default 1 MiB. */
  readonly keepBytes?: number;
}

export type CommandEnd =
  | { readonly kind: "exited"; readonly code: number; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "signalled"; readonly signal: string; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "not-found"; readonly program: string }
  | { readonly kind: "timed-out"; readonly stdout: string; readonly stderr: string };

/** Runs programs. Killing one kills everything it started. */
export interface Exec {
  run(command: Command): Promise<CommandEnd>;
  /** Absolute path of a program on the given PATH, or undefined. */
  find(program: string, path: string): Promise<string | undefined>;
}

export interface FileInfo {
  readonly kind: "file" | "folder" | "link" | "other";
  readonly sizeBytes: number;
}

/** Files by absolute path. */
export interface Files {
  readText(file: string): Promise<string>;
  readTextIfThere(file: string): Promise<string | undefined>;
  writeText(file: string, text: string): Promise<void>;
  info(path: string): Promise<FileInfo | undefined>;
  /** Names in a folder, sorted by code unit; empty if the folder is not there. */
  list(folder: string): Promise<readonly string[]>;
  makeFolder(folder: string): Promise<void>;
  copy(from: string, to: string): Promise<void>;
  /** Removes a file or a whole folder; no error if it is not there. */
  remove(path: string): Promise<void>;
  /** sha256 (lower-case hex) and size of a file, streamed. */
  digest(file: string): Promise<{ readonly sha256: string; readonly sizeBytes: number }>;
  freeBytes(folder: string): Promise<number>;
}

export interface Log {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}
