// The words that slipway.yaml may use but that config cannot know itself: the catalogue of steps and the registries
// known by name. They are handed in by app, because config and steps are siblings that do not see each other (DESIGN §3).
import type { z } from "zod";
import type { KnownRegistry } from "../domain/plan/environments.ts";
import type { StepKind } from "../domain/plan/plan.ts";

export interface Vocabulary {
  /** By catalogue name, `run` included. */
  readonly steps: ReadonlyMap<string, StepWord>;
  readonly knownRegistries: readonly KnownRegistry[];
}

export interface StepWord {
  /** Schema of `with:`; not asked where the step is not available. */
  readonly input: z.ZodType;
  readonly kind: StepKind;
  /** `false`: in the design's catalogue, not in this version. It parses; the plan refuses it. */
  readonly available: boolean;
  /** One sentence, for completion in editors. */
  readonly summary?: string;
}
