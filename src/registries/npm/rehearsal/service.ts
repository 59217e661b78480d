// What all routes of a rehearsal npm registry work with.
import type { Desk } from "../../../loopback/login-desk.ts";
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
  /** Takes identities; undefined: this registry trusts nobody without a token. */
  readonly desk: Desk | undefined;
  readonly upstream: PassThrough | undefined;
  /** Ends when the server closes: every wait of a fault ends with it. */
  readonly closing: AbortSignal;
  readonly announced: boolean;
  readonly fileLimitBytes: number;
  /** A new id for a temporary file. */
  readonly nextId: () => string;
}
