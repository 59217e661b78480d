// Crate registries that other people wrote, for the acceptance tier: one is built from its sources by cargo when it is first
// needed (minutes) and kept in the user's cache, the other is Gitea's (testbed §2.2).
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";
import { temporaryFolder } from "./temporary-folder.ts";
import { freePort, openDoor, runTool, startServer } from "./test-tools.ts";
import type { Gitea } from "./gitea.ts";

const ferro = { crate: "ferro-cargo-registry-server", version: "1.0.0" };
const folder = path.join(process.env["XDG_CACHE_HOME"] || path.join(homedir(), ".cache"), "slipway", "cargo-registries");
const buildMs = 900_000;

export interface CrateServer {
  readonly indexUrl: string;
  /** Where the web API is, where the index tells another door to it. */
  readonly apiUrl?: string;
  stop(): Promise<void>;
}

/** @throws when the build fails: a test that needs it is then a failed test */
async function ferroProgram(): Promise<string> {
  const program = path.join(folder, "bin", ferro.crate);
  if (existsSync(program)) return program;
  const args = ["-n", "15", "cargo", "install", "--locked", "--root", folder, "--version", ferro.version, ferro.crate];
  const built = await runTool("nice", args, { timeoutMs: buildMs, env: { HOME: homedir() } });
  assert.equal(built.code, 0, built.output);
  return program;
}

/** A registry with nothing in it, which lets everybody write. */
export async function startFerro(t: TestContext): Promise<CrateServer> {
  const program = await ferroProgram();
  const port = await freePort();
  const environment = [`FERRO_CARGO_REGISTRY_LISTEN=127.0.0.1:${port}`, `FERRO_CARGO_REGISTRY_DATA=${temporaryFolder(t)}`];
  const { stop } = await startServer(t, { program: "env", args: [...environment, program], port });
  return { indexUrl: `http://127.0.0.1:${port}/`, stop };
}

let owners = 0;

/** The registry of an owner who has nothing yet, behind an address of its own. */
export async function newGiteaOwner(t: TestContext, gitea: Gitea): Promise<CrateServer> {
  const owner = `crates-${(owners += 1)}`;
  await gitea.api("POST", "orgs", { username: owner });
  const door = await openDoor(t, Number(new URL(gitea.url).port));
  const apiUrl = `http://127.0.0.1:${door.port}/api/packages/${owner}/cargo`;
  return { indexUrl: `${apiUrl}/`, apiUrl, stop: () => door.shut() };
}
