// What the recorded process of the power-loss test appends, known to the process and to the test that judges what is left.
import type { Fact } from "../../src/domain/run/fact.ts";
import { aPlannedStep } from "../support/ports.ts";
import { ann, done, journalOf, planOf, started } from "../support/runs.ts";

/** Facts of the n-th commit, from 0; some are small, some fill many pages. */
export function commitOf(index: number): readonly Fact[] {
  if (index === 0) return [journalOf(planOf([aPlannedStep({ id: "build" })]), [])[0]?.fact].filter((fact) => fact !== undefined);
  const output = index % 6 === 4 ? "x".repeat(400_000) : index % 4 === 0 ? "y".repeat(9_000) : `commit ${index}`;
  return [started("build"), { ...done("build"), output } as Fact].slice(0, 1 + (index % 2));
}

/** The n-th commit answers the ask of this id, which was put into the inbox just before. */
export function askOf(index: number): string {
  return `ask-${index}`;
}

export const askedBy = ann;
