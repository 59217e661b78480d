// `npm test`: everything that a change must not break (DESIGN §7). `npm test -- unit` runs a suite, `npm test -- pypi`
// the test files with that in their path, `npm test -- static` the stages that run no test. The last line is
// `N passed, N failed`.
import { stopTogether } from "./support/child.ts";
import { build, installTestTools } from "./support/prepare.ts";
import { repositoryFiles } from "./support/repository.ts";
import { runStages, type StageEnd, staticStages } from "./support/stages.ts";
import { type GroupEnd, runSuite } from "./testing/run.ts";
import { close, count, printFailures, printGroup, printStage } from "./testing/summary.ts";
import { filesOf, homelessTests, type Suite, suites } from "./testing/suites.ts";

const startedMs = Date.now();
const wanted = process.argv.slice(2);
const paths = repositoryFiles();

/** The files of a suite that were asked for; all of them where nothing was. */
function chosen(suite: Suite): readonly string[] {
  const files = filesOf(suite, paths);
  if (wanted.length === 0 || wanted.includes(suite.name)) return files;
  return files.filter((file) => wanted.some((part) => part !== "static" && file.includes(part)));
}

async function runAll(): Promise<void> {
  const plan = suites.map((suite) => ({ suite, files: chosen(suite) })).filter(({ files }) => files.length > 0);
  const stages: StageEnd[] = [];
  const groups: GroupEnd[] = [];
  if (plan.length > 0) stages.push(await shown(build()));
  if (wanted.length === 0 || wanted.includes("static")) stages.push(...(await runStages(staticStages, printStage)));
  if (plan.some(({ suite }) => !suite.together)) stages.push(await shown(installTestTools()));
  for (const { suite, files } of plan) groups.push(...(await runSuite(suite, files, printGroup)));
  printFailures(stages, groups);
  console.log(`\n${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  close(count(stages, groups));
}

async function shown(stage: Promise<StageEnd>): Promise<StageEnd> {
  const end = await stage;
  printStage(end);
  return end;
}

stopTogether();
const homeless = homelessTests(paths);
if (homeless.length > 0) {
  console.log(`Cannot run all tests: no suite holds ${homeless.join(", ")}`);
  close({ passed: 0, failed: homeless.length });
} else {
  await runAll();
}
