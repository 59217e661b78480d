// `npm run check`: what is run before every push. Format, types, lint, layers, house rules, unused code, generated docs,
// unit and contract tests; all of it, whatever fails. `npm run check -- types lint` runs some.
import { stopTogether } from "./support/child.ts";
import { build } from "./support/prepare.ts";
import { repositoryFiles } from "./support/repository.ts";
import { staticStages } from "./support/stages.ts";
import { runSession } from "./testing/session.ts";
import { filesOf, suites } from "./testing/suites.ts";
import { close } from "./testing/summary.ts";

const quick = suites.filter((suite) => suite.name === "unit" || suite.name === "contract");
const names = [...staticStages, ...quick].map((part) => part.name);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
const isWanted = ({ name }: { readonly name: string }) => wanted.length === 0 || wanted.includes(name);

async function check(): Promise<void> {
  const paths = repositoryFiles();
  const tests = quick.filter(isWanted).map((suite) => ({ suite, files: filesOf(suite, paths) }));
  const { counts } = await runSession({ first: tests.length === 0 ? [] : [build], stages: staticStages.filter(isWanted), suites: tests });
  close(counts);
}

stopTogether();
if (unknown.length === 0) await check();
else {
  console.error(`Cannot check "${unknown.join('", "')}": the parts are ${names.join(", ")}`);
  process.exitCode = 2;
}
