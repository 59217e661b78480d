// What all routes of a rehearsal index work with.
import type { Desk } from "../../../loopback/login-desk.ts";
import type { Clock } from "../../../platform/ports.ts";
import type { ArchiveHooks } from "./archive-hooks.ts";
import type { Fault } from "./faults.ts";
import type { ClassifierKnowledge } from "./metadata-rules.ts";
import type { PassThrough } from "./pass-through.ts";
import type { Store } from "./store.ts";

/** What the index cannot know by itself and is told by whoever starts it; each is optional and its checks fall away without it. */
export interface RehearsalHooks extends Partial<ArchiveHooks> {
  /** Whether the description renders; a content type of undefined means reStructuredText. */
  rendersDescription?(text: string, contentType: string | undefined): Promise<boolean>;
  /** What is known of the classifiers of an upload. */
  classifiers?(written: readonly string[]): Promise<ClassifierKnowledge>;
}

export interface Service {
  /** Address without a slash at the end. */
  readonly url: string;
  /** Normalised names that are uploaded here. */
  readonly ours: ReadonlySet<string>;
  readonly store: Store;
  readonly clock: Clock;
  readonly faults: readonly Fault[];
  readonly hooks: RehearsalHooks;
  /** Takes identities; undefined: this index trusts nobody without a token. */
  readonly desk: Desk | undefined;
  readonly upstream: PassThrough | undefined;
  /** Ends when the server closes: every wait of a fault ends with it. */
  readonly closing: AbortSignal;
  readonly announced: boolean;
  readonly fileLimitBytes: number;
  readonly projectLimitBytes: number;
  /** A new id for a temporary file. */
  readonly nextId: () => string;
}
