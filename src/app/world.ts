// Everything outside that a use case may touch, as one value. `compose` makes the real one; tests make others.
import type { Sha256OfText } from "../domain/digest.ts";
import type { Person } from "../domain/run/fact.ts";
import type { Archives, ArtifactStore, Clock, CrashPoints, Exec, Files, Git, Log, Random, Redactor, Secrets, Toolbox } from "../platform/ports.ts";
import type { Journal, LockTaken } from "../engine/journal/journal.ts";

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly exec: Exec;
  readonly files: Files;
  readonly archives: Archives;
  readonly git: Git;
  readonly secrets: Secrets;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly toolbox: Toolbox;
  readonly crashPoints: CrashPoints;
  readonly sha256OfText: Sha256OfText;
  /** The environment this process was started with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly interrupted: AbortSignal;
  /** Root under which all projects keep their state; `--state` moves it. */
  readonly stateRoot: string;
  readonly cacheRoot: string;
  /** Version of this Slipway, for the journal and for user agents. */
  readonly version: string;
  /** `linux-x86_64`. */
  readonly host: string;
  openJournal(file: string): Journal;
  takeLock(file: string, who: string): LockTaken;
  openStore(folder: string): ArtifactStore;
  /** Who sits here, as far as this machine knows; never authenticated on a laptop. */
  person(gitPerson: string): Person;
}
