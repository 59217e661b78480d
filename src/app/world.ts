// Everything outside that a use case may touch, as one value. `compose` makes the real one; tests make others.
import type { Sha256OfText } from "../domain/digest.ts";
import type { Person } from "../domain/run/fact.ts";
import type {
  AllSecrets,
  Archives,
  ArtifactStore,
  Clock,
  CrashPoints,
  Exec,
  Files,
  Git,
  ImageFiles,
  LineLog,
  Log,
  Random,
  Redactor,
  Toolbox,
} from "../platform/ports.ts";
import type { Plan } from "../domain/plan/plan.ts";
import type { Forges } from "./forges.ts";
import type { Registries, RehearsalRegistries } from "./registries.ts";
import type { Journal, LockTaken } from "../engine/journal/journal.ts";

export interface ChildPlace {
  readonly home: string;
  readonly temporaryFolder: string;
  /** `SOURCE_DATE_EPOCH`, seconds since 1970. */
  readonly epochSeconds: number;
}

export interface RehearsalPlace {
  /** Where registries, forge and git remote keep what they take in, each in a folder of its own. */
  readonly folder: string;
  /** Root of the user's repository. */
  readonly repository: string;
  /** Fault profiles as `--faults` names them. */
  readonly faults: string | undefined;
}

/** A server's clock beside this machine's, at one moment; both in milliseconds since 1970. */
export interface ServerTime {
  readonly host: string;
  readonly thereMs: number;
  readonly hereMs: number;
}

export interface World {
  readonly clock: Clock;
  /** From now on the clock shows no time before this one: that of the last fact of a journal. */
  catchUp(atMs: number): void;
  readonly random: Random;
  readonly exec: Exec;
  readonly files: Files;
  readonly archives: Archives;
  readonly images: ImageFiles;
  readonly git: Git;
  readonly secrets: AllSecrets;
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
  /** A journal that nobody reads later: for work that is no release. */
  forgetfulJournal(): Journal;
  openLog(file: string): Promise<LineLog>;
  /** Aborts after so many milliseconds, with a reason named `TimeoutError`. */
  deadline(ms: number): AbortSignal;
  /** Environment of child processes: explicit, without secrets, with a home of its own. */
  childEnvironment(options: ChildPlace): Promise<Readonly<Record<string, string>>>;
  realRegistries(): Promise<Registries>;
  realForges(): Promise<Forges>;
  /** What time a server says it is; undefined: it did not say. */
  serverTime(url: string, signal: AbortSignal): Promise<ServerTime | undefined>;
  /** Starts the registries inside Slipway that stand for those of the plan. @throws SlipwayError NOT_YET, USAGE for an unknown fault profile */
  rehearsalRegistries(plan: Plan, options: RehearsalPlace): Promise<RehearsalRegistries>;
  takeLock(file: string, who: string): LockTaken;
  /** Whether some process holds it now; takes nothing, so that whoever looks is in nobody's way. */
  isLockHeld(file: string): boolean;
  openStore(folder: string): ArtifactStore;
  /** Who sits here, as far as this machine knows; never authenticated on a laptop. */
  person(gitPerson: string): Person;
}
