// ◆ The journal: append-only facts of the runs of one project, and an inbox through which other processes reach the
// one that drives. What `append` returned from is on disk: a run survives kill -9 and power loss.
import type { ImportedLeg } from "../../domain/run/imports.ts";
import type { Fact, Person, Recorded } from "../../domain/run/fact.ts";

/** What another shell, the room or a webhook asks of a run. Early, late and repeated ones are all right. */
export type Ask =
  | { readonly kind: "approve"; readonly gate: string; readonly digest: string; readonly by: Person; readonly note?: string }
  | { readonly kind: "reject"; readonly gate: string; readonly digest: string; readonly by: Person; readonly reason: string }
  | { readonly kind: "answer"; readonly step: string; readonly binding: string; readonly by: Person; readonly note?: string }
  | { readonly kind: "retry"; readonly step: string; readonly by: Person; readonly reason?: string }
  | { readonly kind: "import"; readonly legs: readonly ImportedLeg[]; readonly by: Person; readonly reason: string }
  | { readonly kind: "break-glass"; readonly registry: string; readonly by: Person; readonly reason: string }
  | { readonly kind: "cancel"; readonly by: Person; readonly reason?: string };

export interface AskRow {
  readonly id: string;
  readonly atMs: number;
  readonly ask: Ask;
}

export interface RunSummary {
  readonly run: string;
  readonly openedAtMs: number;
  readonly title: string;
  readonly closed: boolean;
}

export interface Journal {
  /**
   * Appends facts of one run in one transaction, and takes the given asks out of the inbox in the same one.
   * @throws SlipwayError STORAGE_FAILED when they could not be made durable. Then none of them is there; or, where only
   * the sync failed, a later process may find all of them. Whoever gets this error sends nothing more.
   */
  append(
    run: string,
    facts: readonly Fact[],
    options: { readonly atMs: number; readonly answered: readonly string[] },
  ): readonly Recorded[];
  /**
   * What is appended within `act` becomes durable together, when this returns, with one sync instead of many. What `append`
   * returned inside may be concluded from at once; nothing outside may be begun on the strength of it before. When `act`
   * throws, nothing of it is there.
   * @throws SlipwayError STORAGE_FAILED as `append` does
   */
  together<T>(act: () => T): T;
  /** All facts of a run in order. @throws SlipwayError JOURNAL_DAMAGED */
  read(run: string): readonly Recorded[];
  /** Facts after `seq`: for those who look on. */
  readAfter(run: string, seq: number): readonly Recorded[];
  /** Newest first. */
  runs(limit: number): readonly RunSummary[];
  /** Puts an ask into the inbox of a run; the same id twice is one ask. */
  ask(run: string, row: AskRow): void;
  asks(run: string): readonly AskRow[];
  close(): void;
}

/** Held by the one process that drives; free at once when that process is gone, however it went. */
export interface DriverLock {
  release(): void;
}

export type LockTaken = { readonly kind: "taken"; readonly lock: DriverLock } | { readonly kind: "held"; readonly by: string };
