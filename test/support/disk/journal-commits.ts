// What recorded processes append to a journal, known to the process and to the test that judges what is left.
import type { Fact } from "../../../src/domain/run/fact.ts";
import { aPlannedStep } from "../ports.ts";
import { ann, done, journalOf, planOf, started } from "../runs.ts";

/** Facts of the n-th commit, from 0; most are small, some near the end fill so many pages that SQLite moves them to the main file. */
export function commitOf(index: number): readonly Fact[] {
  if (index === 0) return [journalOf(planOf([aPlannedStep({ id: "build" })]), [])[0]?.fact].filter((fact) => fact !== undefined);
  const output = index >= 51 && index <= 57 ? "x".repeat(1_200_000) : index % 4 === 1 ? "y".repeat(9_000) : `commit ${index}`;
  return [started("build"), { ...done("build"), output } as Fact].slice(0, 1 + (index % 2));
}

/** This commit and the next are made durable together: both are there, or neither. */
export function isFirstOfTwo(index: number): boolean {
  return index % 8 === 3;
}

/** The n-th commit answers the ask of this id, which was put into the inbox just before. */
export function askOf(index: number): string {
  return `ask-${index}`;
}

export const askedBy = ann;
