// Steps that run by themselves, without a line in the file, as soon as something is about to take what they are for:
// artifacts are checked before anybody uses them, and a record is written where one is attached.
import type { ArtifactKind, ArtifactQuery } from "../artifact.ts";
import type { StepTraits } from "./assemble.ts";
import { makes } from "./makers.ts";
import { ancestors } from "./order.ts";
import type { PlannedStep } from "./plan.ts";

export interface ByItself {
  readonly uses: string;
  /** Whether it has to run before a step that takes this. */
  isDue(before: Before): boolean;
}

/** The plan so far, and what the step that comes next takes. */
export interface Before {
  readonly takes: readonly ArtifactQuery[];
  readonly steps: readonly PlannedStep[];
  readonly frontier: readonly string[];
  readonly traits: ReadonlyMap<string, StepTraits>;
}

const checkedKinds: readonly ArtifactKind[] = ["wheel", "sdist"];

/** In the order in which they run. A step of the file that uses one takes its place everywhere. */
export const stepsByThemselves: readonly ByItself[] = [
  { uses: "check-artifacts", isDue: (before) => takesOne(before, checkedKinds) && hasUnchecked(before) },
  { uses: "record", isDue: (before) => takesOne(before, ["record"]) && !madeAbove(before).some((one) => makes(one, "record")) },
];

function takesOne({ takes }: Before, kinds: readonly ArtifactKind[]): boolean {
  return takes.some((query) => query.kinds.some((kind) => kinds.includes(kind)));
}

function madeAbove({ steps, frontier, traits }: Before): readonly StepTraits[] {
  return [...frontier, ...ancestors(steps, frontier)].flatMap((id) => traits.get(id) ?? []);
}

/** Something that `check-artifacts` looks at was made above, and no check follows it yet. */
function hasUnchecked({ steps, frontier, traits }: Before): boolean {
  const checks = steps.filter((one) => one.uses.startsWith("check-artifacts@")).map((one) => one.id);
  const checked = ancestors(steps, checks);
  return [...frontier, ...ancestors(steps, frontier)].some((id) => {
    const found = traits.get(id);
    return found !== undefined && !checked.has(id) && checkedKinds.some((kind) => makes(found, kind));
  });
}
