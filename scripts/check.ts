// `npm run check`: what is run before every push. Format, types, lint, layers, house rules, unused code, generated docs,
// then unit and contract tests; all of it, whatever fails. `npm run check -- types lint` runs some.
import { repositoryFiles } from "./support/repository.ts";
import { stopTogether } from "./support/child.ts";
import { build } from "./support/prepare.ts";
import { runStages, staticStages } from "./support/stages.ts";
import { runSuite } from "./testing/run.ts";
import { close, count, printFailures, printGroup, printStage } from "./testing/summary.ts";
import { filesOf, suites } from "./testing/suites.ts";

const startedMs = Date.now();
const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
const stages = staticStages.filter((stage) => isWanted(stage.name));
const tests = suites.filter((suite) => (suite.name === "unit" || suite.name === "contract") && isWanted(suite.name));
const unknown = wanted.filter((name) => ![...stages, ...tests].some((one) => one.name === name));

stopTogether();
if (unknown.length > 0) {
  const names = [...staticStages.map((stage) => stage.name), "unit", "contract"].join(", ");
  console.error(`Cannot check "${unknown.join('", "')}": the parts are ${names}`);
  process.exitCode = 2;
} else {
  await check();
}

async function check(): Promise<void> {
  const built = tests.length === 0 ? [] : [await build()];
  built.forEach(printStage);
  const ended = [...built, ...(await runStages(stages, printStage))];
  const paths = repositoryFiles();
  const groups = [];
  for (const suite of tests) groups.push(...(await runSuite(suite, filesOf(suite, paths), printGroup)));
  printFailures(ended, groups);
  console.log(`\n${((Date.now() - startedMs) / 1000).toFixed(1)} s`);
  close(count(ended, groups));
}
