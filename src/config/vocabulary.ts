// The words that slipway.yaml may use but that config cannot know itself: the catalogue of steps and the registries
// known by name. They are handed in by app, because config and steps are siblings that do not see each other (DESIGN §3).
import type { Shape } from "../domain/shape.ts";
import type { FaultsOf } from "./faults.ts";
import type { KnownRegistry } from "../domain/plan/environments.ts";
import type { StepKind } from "../domain/plan/plan.ts";

export interface Vocabulary {
  /** By catalogue name, `run` included. */
  readonly steps: ReadonlyMap<string, StepWord>;
  readonly knownRegistries: readonly KnownRegistry[];
}

/** What a file is judged by. */
export interface Language extends Vocabulary {
  /** Of faults-by-zod.ts, or `unexplained`, where it is enough to know that there are faults. */
  readonly faultsOf: FaultsOf;
}

export interface StepWord {
  /** Schema of `with:`; not asked where the step is not available. */
  readonly input: Shape<unknown>;
  readonly kind: StepKind;
  /** `false`: in the design's catalogue, not in this version. It parses; the plan refuses it. */
  readonly available: boolean;
  /** One sentence, for completion in editors. */
  readonly summary?: string;
}
