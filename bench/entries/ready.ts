// Starts rehearsal servers, one for each name, and prints the address of the last once all listen.
//   ready NAME[,NAME…] FOLDER      pypi, crates, npm, oci, forge
import { join } from "node:path";
import { npmMembers } from "../data/released.ts";
import { clock } from "./support/clock.ts";

const [names = "", folder = ""] = process.argv.slice(2);
const ours = npmMembers.map(({ name }) => name);

/** As app/compose-rehearsal-registry.ts starts them, with nothing behind them. @returns an address that answers */
async function start(name: string, index: number): Promise<string> {
  const options = { ours, clock, storeFolder: join(folder, String(index)) };
  switch (name) {
    case "pypi": {
      const [{ startRehearsalPypi }, { archiveHooks }, { createArchives }] = await Promise.all([
        import("../../src/registries/pypi/rehearsal/server.ts"),
        import("../../src/registries/pypi/rehearsal/archive-hooks.ts"),
        import("../../src/platform/archives/archives.ts"),
      ]);
      return (await startRehearsalPypi({ ...options, hooks: archiveHooks(createArchives()) })).indexUrl;
    }
    case "crates": {
      const { startRehearsalCrates } = await import("../../src/registries/crates/rehearsal/server.ts");
      return `${(await startRehearsalCrates(options)).indexUrl}config.json`;
    }
    case "npm": {
      const { startRehearsalNpm } = await import("../../src/registries/npm/rehearsal/server.ts");
      return (await startRehearsalNpm(options)).registryUrl;
    }
    case "oci": {
      const { startRehearsalOci } = await import("../../src/registries/oci/rehearsal/server.ts");
      return `${(await startRehearsalOci(options)).url}/v2/`;
    }
    case "forge": {
      const { startRehearsalForge } = await import("../../src/forges/github/rehearsal/server.ts");
      const { ours: _ours, ...rest } = options;
      return `${(await startRehearsalForge({ ...rest, repository: "owner/name", defaultBranch: "main" })).apiUrl}/repos/owner/name`;
    }
    default:
      throw new Error(`Cannot start "${name}": there is no such rehearsal server`);
  }
}

const started = await Promise.all(names.split(",").map(start));
console.log(started.at(-1));
