// A rehearsal GitHub in a process of its own, for the test that kills it: its folder as argument, its address on the first
// line of standard output.
import { commits, repository, workflow } from "../support/forge.ts";
import { realClock } from "../support/pypi.ts";
import { startRehearsalForge } from "../../src/forges/github/rehearsal/server.ts";

const [storeFolder = ""] = process.argv.slice(2);
const server = await startRehearsalForge({ repository, defaultBranch: "main", workflows: [workflow], clock: realClock, storeFolder });
await server.owner.pushed("refs/heads/main", commits.first);
console.log(server.url);
