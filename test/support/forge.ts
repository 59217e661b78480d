// A rehearsal GitHub and our client for tests: started in a folder of the test's own, with the real clock, closed at its end.
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Forge } from "../../src/forges/forge.ts";
import { githubForge } from "../../src/forges/github/client.ts";
import { startRehearsalForge, type RehearsalForge, type RehearsalForgeOptions } from "../../src/forges/github/rehearsal/server.ts";
import { openHttp, type HttpOptions } from "../../src/platform/http.ts";
import { realClock } from "./pypi.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const repository = "slip/demo";
export const workflow = { file: "publish.yml", inputs: ["id"], runName: "Publish ${{ inputs.id }}" };
export const commits = { first: "1".repeat(40), second: "2".repeat(40) };

/** Starts a rehearsal forge; a folder may be given to open one again. */
export async function startForge(t: TestContext, options: Partial<RehearsalForgeOptions> = {}): Promise<RehearsalForge> {
  const storeFolder = options.storeFolder ?? join(temporaryFolder(t), "forge");
  const defaults = { repository, defaultBranch: "main", workflows: [workflow], clock: realClock };
  const server = await startRehearsalForge({ ...defaults, ...options, storeFolder });
  t.after(() => server.close());
  return server;
}

type Addresses = Pick<RehearsalForge, "apiUrl" | "uploadUrl" | "webUrl">;

/** Our client, pointed at some GitHub. Time-outs are short: everything is on this machine. */
export function githubClient(addresses: Addresses, http: Partial<HttpOptions> = {}): Forge {
  const timeouts = { connectMs: 2_000, answerMs: 5_000, wholeMs: 10_000 };
  return githubForge({
    name: "github",
    apiUrl: addresses.apiUrl,
    uploadUrl: addresses.uploadUrl,
    webUrl: addresses.webUrl,
    repository,
    world: "rehearsal",
    settleMs: 250,
    clock: realClock,
    http: openHttp({ userAgent: "slipway/0.0.0-test", timeouts, ...http }),
  });
}

/** Nothing listens there: the port is reserved and has no service. */
export const nowhere: Addresses = { apiUrl: "http://127.0.0.1:1", uploadUrl: "http://127.0.0.1:1", webUrl: "http://127.0.0.1:1" };
