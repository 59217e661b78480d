// Facts: what a run's journal holds. Each says what was concluded, never what somebody wished, so that a newer
// Slipway books the past instead of judging it again. Kinds are only ever added; readers accept all released ones.
import type { Artifact } from "../artifact.ts";
import type { Json } from "../configuration.ts";
import type { Sha256 } from "../digest.ts";
import type { ErrorCode } from "../error-catalog.ts";
import type { Plan } from "../plan/plan.ts";
import type { BuildComparison } from "./build-comparison.ts";
import type { Effect, Evidence, Observation, Performed, Stranger } from "./effect.ts";
import type { Head } from "./head.ts";
import type { OpenedHow } from "./opened.ts";
import type { ReleaseChange } from "./release-changes.ts";
import type { Subject } from "../gate.ts";

/** `trial`: a real run that ends at a test index. `rehearsal`: the same plan against registries inside Slipway. */
export type RunMode = "run" | "trial" | "rehearsal";

export interface Person {
  readonly name: string;
  /** How the name was learned. On a laptop nothing proves it, and everything that shows it says so. */
  readonly authenticated: boolean;
}

export interface FindingFact {
  readonly id: string;
  readonly level: "fine" | "warns" | "blocks" | "cannot-be-tried";
  readonly message: string;
  readonly hint?: string;
  readonly step?: string;
}

export type Surveyed =
  | { readonly kind: "clear" }
  | { readonly kind: "strangers"; readonly strangers: readonly Stranger[] }
  | { readonly kind: "unknown"; readonly why: string };

export type CloseResult = "complete" | "cancelled" | "rejected" | "superseded";

export type Fact =
  | {
      readonly kind: "run-opened";
      readonly run: string;
      readonly mode: RunMode;
      readonly plan: Plan;
      readonly planDigest: Sha256;
      readonly by: Person;
    }
  /** A process took the run up. */
  | { readonly kind: "run-driven"; readonly by: Person; readonly tool: string }
  | { readonly kind: "preflight-reported"; readonly passed: boolean; readonly findings: readonly FindingFact[] }
  | { readonly kind: "step-started"; readonly step: string; readonly attempt: number }
  | {
      readonly kind: "step-done";
      readonly step: string;
      readonly output: Json;
      readonly artifacts: readonly Artifact[];
      /** Where the step left the head; absent: where it was. */
      readonly head?: Head;
      /** How its artifacts stand to those of an earlier build of the same commit; absent: there is none. */
      readonly compared?: readonly BuildComparison[];
      /** What of its artifacts deserves a look before they are public; absent: nothing, or nobody is asked about them. */
      readonly changes?: readonly ReleaseChange[];
    }
  /** What was made elsewhere stands for the work of a leg: the leg is done with it once its turn comes. */
  | {
      readonly kind: "artifacts-imported";
      readonly step: string;
      readonly artifacts: readonly Artifact[];
      readonly by: Person;
      readonly reason: string;
    }
  | { readonly kind: "step-later"; readonly step: string; readonly atMs: number; readonly why: string }
  | {
      readonly kind: "step-failed";
      readonly step: string;
      readonly code: ErrorCode;
      readonly message: string;
      readonly hint?: string;
      readonly details?: Json;
    }
  /** The process that worked on it is gone; it is begun again and the attempt does not count. */
  | { readonly kind: "step-lost"; readonly step: string }
  /** A person asked for another attempt. */
  | { readonly kind: "step-again"; readonly step: string; readonly by: Person; readonly reason?: string }
  | { readonly kind: "effects-listed"; readonly step: string; readonly effects: readonly Effect[] }
  | { readonly kind: "targets-surveyed"; readonly step: string; readonly surveyed: Surveyed }
  | { readonly kind: "effect-observed"; readonly step: string; readonly effect: string; readonly observation: Observation }
  /** Written and synced before anything is sent. */
  | { readonly kind: "effect-intended"; readonly step: string; readonly effect: string }
  | { readonly kind: "effect-replied"; readonly step: string; readonly effect: string; readonly reply: Performed }
  | { readonly kind: "effect-verified"; readonly step: string; readonly effect: string; readonly evidence: Evidence }
  /** Looked for until its absence could be believed, or a person says so: nothing of it is in doubt any more. */
  | { readonly kind: "effect-settled"; readonly step: string; readonly effect: string; readonly by?: Person; readonly reason?: string }
  /** What opened a registry for a step, before the replies to what was sent with it; told again only where it is another. */
  | { readonly kind: "credential-opened"; readonly step: string; readonly registry: string; readonly how: OpenedHow }
  /** A person allows one more try of the step with the fallback token of a registry that lets no identity in (S1.11). */
  | {
      readonly kind: "glass-broken";
      readonly step: string;
      readonly registry: string;
      /** Name of the variable, never its value. */
      readonly variable: string;
      readonly by: Person;
      readonly reason: string;
      /** How long it holds from the time of this fact, in milliseconds. */
      readonly forMs: number;
    }
  /** An incident stands on the tracker's issue; `incident`: the how-manieth of the step, from 1. */
  | { readonly kind: "incident-told"; readonly step: string; readonly incident: number; readonly url: string }
  /** A person says that the way which a token opened is shut again. */
  | { readonly kind: "incident-closed"; readonly step: string; readonly incident: number; readonly by: Person; readonly reason: string }
  | {
      readonly kind: "question-asked";
      readonly step: string;
      readonly text: string;
      readonly binding: Sha256;
      readonly paths: readonly string[];
    }
  | { readonly kind: "question-answered"; readonly step: string; readonly binding: Sha256; readonly by: Person; readonly note?: string }
  | { readonly kind: "subject-frozen"; readonly gate: string; readonly subject: Subject; readonly digest: Sha256 }
  | { readonly kind: "gate-approved"; readonly gate: string; readonly digest: Sha256; readonly by: Person; readonly note?: string }
  | { readonly kind: "gate-rejected"; readonly gate: string; readonly digest: Sha256; readonly by: Person; readonly reason: string }
  | { readonly kind: "source-moved"; readonly what: string; readonly from: string; readonly to: string }
  | { readonly kind: "cancel-asked"; readonly by: Person; readonly reason?: string }
  | { readonly kind: "run-closed"; readonly result: CloseResult };

/** A fact as the journal holds it. */
export interface Recorded {
  /** Position in the run's journal, from 1, without gaps in one segment. */
  readonly seq: number;
  readonly atMs: number;
  readonly fact: Fact;
}
