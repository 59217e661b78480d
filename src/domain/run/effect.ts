// Effects: the smallest things the world can hold or lack, and what one look at them can say.
// An exit code or an error text never decides; only `observe` does (DESIGN §1.2).
import type { JsonObject } from "../configuration.ts";
import type { ErrorCode } from "../error-catalog.ts";
import type { Reach } from "../plan/plan.ts";

export interface Effect {
  /** Unique in its step: `pypi/demo-1.0-py3-none-any.whl`. */
  readonly key: string;
  /** Registry or forge that holds it. */
  readonly target: string;
  /** For people: what the world will hold. */
  readonly title: string;
  /** Effects of the same step that must be verified first. */
  readonly after: readonly string[];
  readonly reach: Reach;
  /** What may follow an attempt whose outcome is unknown. */
  readonly again: "harmless" | "after-look" | "by-person";
  /** How long "absent" may be a stale answer after something was sent, in milliseconds. */
  readonly settleMs: number;
  /** How long a sent effect may stay unseen before a person is asked, in milliseconds. */
  readonly withinMs: number;
  /**
   * Sends of one target that share a word share its limit of how many it takes in a while: what puts one of them off holds the
   * others back. Absent: they share it with all of the target's that have no word.
   */
  readonly lane?: string;
  /** Key of the effect that shows it to others: a draft is nobody's to see until its page is published. Absent: it shows by itself. */
  readonly shownBy?: string;
  /** What the step needs to observe, perform and verify: it is read back from the journal after a crash. */
  readonly data: JsonObject;
}

/** Whether the effect is one file with its bytes; anything else is a branch, a release, a message. */
export function isFile({ data }: Pick<Effect, "data">): boolean {
  return typeof data["sha256"] === "string" && typeof data["name"] === "string";
}

/** Recorded proof that an effect is there: what was read back, from where. */
export interface Evidence {
  readonly how: string;
  /** The run's commit `from` stands there as another commit with the very same files: the run goes on from that one. */
  readonly head?: { readonly from: string; readonly commit: string; readonly epochSeconds: number };
  readonly url?: string;
  readonly sha256?: string;
  readonly sizeBytes?: number;
  readonly details?: JsonObject;
}

export type Observation =
  | { readonly kind: "absent" }
  /** There, not final yet. `forPerson`: only somebody elsewhere can make it final; nothing of it is in doubt, and it may take days. */
  | { readonly kind: "pending"; readonly againMs: number; readonly why: string; readonly forPerson?: true }
  | { readonly kind: "present"; readonly evidence: Evidence }
  /** Ours, broken, to be mended by performing again. */
  | { readonly kind: "damaged"; readonly how: string }
  /** The world holds something else under our name. */
  | { readonly kind: "conflict"; readonly theirs: string }
  | { readonly kind: "unknown"; readonly why: string };

/** Whether a look said that the effect waits for a person somewhere else, such as for a merge. */
export function isForPerson(observation: Observation | undefined): boolean {
  return observation?.kind === "pending" && observation.forPerson === true;
}

export type Performed =
  | { readonly kind: "sent"; readonly warnings: readonly string[] }
  /** Refused for now (429, maintenance); `atMs` is absolute. */
  | {
      readonly kind: "later";
      readonly atMs: number;
      readonly why: string;
      /** What the step fails with when it is put off too often; absent, as in every journal before it was there: STEP_FAILED. */
      readonly code?: ErrorCode;
    }
  /** The target said no, in a way that will not change by itself. */
  | {
      readonly kind: "refused";
      readonly why: string;
      /** What the step fails with; absent, as in every journal before it was there: STEP_FAILED. */
      readonly code?: ErrorCode;
    }
  | { readonly kind: "by-person"; readonly why: string }
  /** No answer, or one that does not say whether it was accepted. */
  | { readonly kind: "unknown"; readonly why: string };

/** A file under our version at a target that our plan does not know. */
export interface Stranger {
  readonly target: string;
  readonly name: string;
  readonly sha256?: string;
  readonly uploadedAt?: string;
}
