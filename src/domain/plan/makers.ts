// Who makes what a step takes: of the steps above it alone, since what stands beside it has made nothing yet. A step
// that takes something from one that was left out is left out too (DESIGN §2); one that takes what nobody makes is wrong.
import type { ArtifactKind } from "../artifact.ts";
import type { StepTraits } from "./assemble.ts";

export interface LeftOut {
  readonly id: string;
  /** Undefined where what the step would have been cannot be told. */
  readonly traits: StepTraits | undefined;
}

export function makes(traits: StepTraits, kind: ArtifactKind): boolean {
  return traits.makes.some((expected) => expected.kind === kind);
}

/** @returns the reason for leaving the step out, or undefined */
export function leftOutWithMaker(traits: StepTraits, above: readonly StepTraits[], leftOut: readonly LeftOut[]): string | undefined {
  const unread = unreadRegistry(traits, above);
  const publisher = leftOut.find((one) => unread !== undefined && one.traits?.publishes.includes(unread));
  if (publisher !== undefined) return `"${publisher.id}", which publishes to ${unread}, is left out`;
  for (const { kinds } of unmadeQueries(traits, above)) {
    const maker = leftOut.find(({ traits: absent }) => absent !== undefined && kinds.some((kind) => makes(absent, kind)));
    if (maker !== undefined) return `"${maker.id}", which makes what it takes, is left out`;
  }
  return undefined;
}

/** @returns what the step takes or reads and no step above gives, in words; undefined if nothing is missing */
export function explainMissing(traits: StepTraits, above: readonly StepTraits[]): string | undefined {
  const unread = unreadRegistry(traits, above);
  if (unread !== undefined) return `it reads what this release publishes to ${unread}, and no step above publishes there`;
  const [unmade] = unmadeQueries(traits, above);
  return unmade === undefined ? undefined : `it takes ${unmade.kinds.join(" or ")}, and no step above makes any`;
}

function unreadRegistry(traits: StepTraits, above: readonly StepTraits[]): string | undefined {
  return traits.reads.find((registry) => !above.some((one) => one.publishes.includes(registry)));
}

function unmadeQueries(traits: StepTraits, above: readonly StepTraits[]): StepTraits["takes"] {
  return traits.takes.filter((query) => !query.kinds.some((kind) => above.some((one) => makes(one, kind))));
}
