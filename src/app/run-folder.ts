// Where a project's runs are kept on this machine. Nothing in the repository is read as state.
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

/** A name for a step's folder or log file: what stands in brackets keeps its meaning, nothing leaves the folder. */
export function stepFileName(step: string): string {
  return step.replaceAll("/", ".").replace(/[^A-Za-z0-9.=,_[\]-]/g, "_");
}

export function logFile(folders: RunFolders, step: string, attempt: number): string {
  return path.join(folders.logs, stepFileName(step), `${attempt}.log`);
}
