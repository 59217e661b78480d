// `npm test`: everything that a change must not break (DESIGN §7). `npm test -- unit` runs a suite, `npm test -- pypi`
// the test files with that in their path, `npm test -- static` the stages that run no test. The last line is
// `N passed, N failed`.
import { stopTogether } from "./support/child.ts";
import { build, installTestTools } from "./support/prepare.ts";
import { repositoryFiles } from "./support/repository.ts";
import { staticStages } from "./support/stages.ts";
import { runSession } from "./testing/session.ts";
import { filesOf, homelessTests, type Suite, suites } from "./testing/suites.ts";
import { close } from "./testing/summary.ts";

const wanted = process.argv.slice(2);
const paths = repositoryFiles();
const names = new Set(["static", ...suites.map((suite) => suite.name)]);
const parts = wanted.filter((word) => !names.has(word));

/** The files of a suite that were asked for; all of them where nothing was. */
function chosen(suite: Suite): readonly string[] {
  const files = filesOf(suite, paths);
  if (wanted.length === 0 || wanted.includes(suite.name)) return files;
  return files.filter((file) => parts.some((part) => file.includes(part)));
}

async function test(): Promise<void> {
  const tests = suites.map((suite) => ({ suite, files: chosen(suite) })).filter(({ files }) => files.length > 0);
  const needsTools = tests.some(({ suite }) => !suite.together);
  const { counts } = await runSession({
    first: [...(tests.length > 0 ? [build] : []), ...(needsTools ? [installTestTools] : [])],
    stages: wanted.length === 0 || wanted.includes("static") ? staticStages : [],
    suites: tests,
  });
  close(counts);
}

stopTogether();
const homeless = homelessTests(paths);
if (homeless.length === 0) await test();
else {
  console.log(`Cannot run all tests: no suite holds ${homeless.join(", ")}`);
  close({ passed: 0, failed: homeless.length });
}
