// One run of stages and tests, as check, test and acceptance need it: what must be there first, then everything else
// side by side, a line for each as it ends, and the failures in full at the end.
import { sideBySide } from "../support/child.ts";
import { type Stage, type StageEnd, stageTasks } from "../support/stages.ts";
import { type GroupEnd, suiteTasks } from "./run.ts";
import { type Counts, count, printFailures, printGroup, printStage } from "./summary.ts";
import type { Suite } from "./suites.ts";

export interface Session {
  /** One after another, before everything else. */
  readonly first: readonly (() => Promise<StageEnd>)[];
  readonly stages: readonly Stage[];
  readonly suites: readonly { readonly suite: Suite; readonly files: readonly string[] }[];
}

export interface SessionEnd {
  readonly groups: readonly GroupEnd[];
  readonly counts: Counts;
}

/** Runs it all, whatever fails. */
export async function runSession({ first, stages, suites }: Session): Promise<SessionEnd> {
  const startedMs = Date.now();
  const stageEnds: StageEnd[] = [];
  const groups: GroupEnd[] = [];
  const stageEnded = (end: StageEnd) => {
    stageEnds.push(end);
    printStage(end);
  };
  const groupEnded = (end: GroupEnd) => {
    groups.push(end);
    printGroup(end);
  };
  for (const prepare of first) stageEnded(await prepare());
  await sideBySide<unknown>([
    ...stageTasks(stages, stageEnded),
    ...suites.flatMap(({ suite, files }) => suiteTasks(suite, files, groupEnded)),
  ]);
  printFailures(stageEnds, groups);
  console.log(`\n${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  return { groups, counts: count(stageEnds, groups) };
}
