// A rehearsal registry in a process of its own, for tests that kill it: its ecosystem, its folder and its names as arguments,
// its address on the first line of standard output.
import { startRehearsalCrates } from "../../src/registries/crates/rehearsal/server.ts";
import { startRehearsalNpm } from "../../src/registries/npm/rehearsal/server.ts";
import { startRehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { realClock } from "./pypi.ts";

const [ecosystem = "", storeFolder = "", ...ours] = process.argv.slice(2);
const start = { pypi: startRehearsalPypi, crates: startRehearsalCrates, npm: startRehearsalNpm }[ecosystem];
if (start === undefined) throw new Error(`no rehearsal of "${ecosystem}"`);
const server = await start({ ours, storeFolder, clock: realClock });
console.log(server.url);
