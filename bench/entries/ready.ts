// Starts rehearsal indexes and prints the address of the last once all listen.
//   ready N FOLDER
import { join } from "node:path";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { archiveHooks } from "../../src/registries/pypi/rehearsal/archive-hooks.ts";
import { startRehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { clock } from "./support/clock.ts";

const [count = "1", folder = ""] = process.argv.slice(2);
const started = await Promise.all(
  Array.from({ length: Number.parseInt(count, 10) }, (_, index) =>
    startRehearsalPypi({
      ours: ["slipway-bench-many"],
      clock,
      storeFolder: join(folder, String(index)),
      hooks: archiveHooks(createArchives()),
    }),
  ),
);
console.log(started.at(-1)?.indexUrl);
