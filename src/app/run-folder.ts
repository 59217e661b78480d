// Where a project's runs are kept on this machine. Nothing in the repository is read as state.
import { createHash } from "node:crypto";
import path from "node:path";

export interface ProjectFolders {
  readonly root: string;
  readonly journal: string;
  readonly lock: string;
  /** Frozen bytes of all runs of the project. */
  readonly store: string;
}

export interface RunFolders {
  readonly root: string;
  /** The run's own clone. */
  readonly clone: string;
  /** A clean checkout of the head, read only by custom. */
  readonly source: string;
  readonly work: string;
  readonly logs: string;
  /** Home of child processes: without credential files. */
  readonly home: string;
}

export function projectFolders(root: string): ProjectFolders {
  return {
    root,
    journal: path.join(root, "journal.sqlite"),
    lock: path.join(root, "driver.lock"),
    store: path.join(root, "store"),
  };
}

export function runFolders(projectRoot: string, run: string): RunFolders {
  const root = path.join(projectRoot, "runs", run);
  return {
    root,
    clone: path.join(root, "clone"),
    source: path.join(root, "source"),
    work: path.join(root, "work"),
    logs: path.join(root, "logs"),
    home: path.join(root, "home"),
  };
}

/** File names may be longer everywhere; a leg's values may be longer than any file name. */
const nameLengthMax = 100;

/**
 * A name for a step's folder or log file: `build.wheels.platform-linux-x86_64`. It has no brackets, because cargo and others take
 * what stands in them for a pattern, wherever in a path they are. Nothing leaves the folder, and no two steps share one, on a
 * disk that does not tell capitals apart either: whatever is not plain gets a digest. Legs beside each other have copies of their own.
 */
export function stepFileName(step: string): string {
  // The name of a group has no point, so that this loses nothing.
  const dotted = step
    .replace(/^([a-z0-9-]+)\//, "$1.")
    .replace(/\[([a-z0-9_.=,-]*)\]$/, (_whole, leg: string) => `.${leg.replaceAll("=", "-").replaceAll(",", ".")}`);
  const plain = dotted.replace(/[^a-z0-9._-]/g, "_").slice(0, nameLengthMax);
  return plain === dotted ? plain : `${plain}-${createHash("sha256").update(step).digest("hex").slice(0, 12)}`;
}

export function logFile(folders: RunFolders, step: string, attempt: number): string {
  return path.join(folders.logs, stepFileName(step), `${attempt}.log`);
}
