// What all routes of a rehearsal image registry work with.
import type { Clock } from "../../../platform/ports.ts";
import type { Fault } from "./faults.ts";
import type { Sessions } from "./sessions.ts";
import type { Store } from "./store.ts";

export interface Service {
  /** Address without a slash at the end. */
  readonly url: string;
  /** Repositories that are pushed to here. */
  readonly ours: ReadonlySet<string>;
  readonly store: Store;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly faults: readonly Fault[];
  /** Ends when the server closes: every wait of a fault ends with it. */
  readonly closing: AbortSignal;
  readonly announced: boolean;
  /** It lists what is about a manifest, and says so when it takes one that has a subject. */
  readonly listsReferrers: boolean;
  readonly blobLimitBytes: number;
}
