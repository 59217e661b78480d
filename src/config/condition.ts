// The named conditions of `when`. There is no expression language: a condition is one word, or that word after `not`.
import type { Condition } from "../domain/configuration.ts";

const words = ["tag", "dispatch", "schedule", "release-published", "prerelease", "final"] as const;

export const conditionWords: readonly string[] = words;

/** @returns `undefined` when the text is no condition. */
export function readCondition(text: string): Condition | undefined {
  const match = /^(not +)?(.+)$/.exec(text);
  const not = match?.[1] !== undefined;
  const said = match?.[2] ?? "";
  const kind = words.find((word) => word === said);
  if (kind !== undefined) return { not, kind };
  const input = /^input\.([a-z][a-z0-9-]*)$/.exec(said)?.[1];
  return input === undefined ? undefined : { not, kind: "input", name: input };
}
