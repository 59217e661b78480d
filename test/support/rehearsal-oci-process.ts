// A rehearsal image registry in a process of its own, for tests that kill it: folder and names as arguments, its address on
// the first line of standard output.
import { startRehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { realClock } from "./pypi.ts";

const [storeFolder = "", ...ours] = process.argv.slice(2);
const server = await startRehearsalOci({ ours, storeFolder, clock: realClock });
console.log(server.url);
