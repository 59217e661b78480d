// What all routes of a rehearsal npm registry work with.
import type { Clock } from "../../../platform/ports.ts";
import type { Fault } from "./faults.ts";
import type { PassThrough } from "./pass-through.ts";
import type { Store } from "./store.ts";

export interface Service {
  /** Address without a slash at the end. */
  readonly url: string;
  /** Names that are published here. */
  readonly ours: ReadonlySet<string>;
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: readonly Fault[];
  readonly upstream: PassThrough | undefined;
  /** Ends when the server closes: every wait of a fault ends with it. */
  readonly closing: AbortSignal;
  readonly announced: boolean;
  readonly fileLimitBytes: number;
  /** A new id for a temporary file. */
  readonly nextId: () => string;
}
