// The registry contract against Gitea's npm registry: each test has an owner of its own there.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { registryContract } from "../contract/registry-suite.ts";
import { startGitea, type Gitea } from "../support/gitea.ts";
import { npmClientOf, npmGoods } from "../support/npm.ts";
import { openDoor } from "../support/test-tools.ts";

const folder = mkdtempSync(join(tmpdir(), "slipway-gitea-"));
let gitea: Gitea | undefined;
let owners = 0;

before(async () => {
  gitea = await startGitea(folder);
});

after(async () => {
  await gitea?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

registryContract("Gitea npm", { goods: npmGoods, sameAgain: "unknown", hashes: "own", uploadTimes: false }, async (t) => {
  if (gitea === undefined) throw new Error("Gitea was not started");
  const server = gitea;
  owners += 1;
  await server.api("POST", "orgs", { username: `npm-${owners}` });
  const door = await openDoor(t, Number(new URL(server.url).port));
  const timeouts = { connectMs: 2_000, answerMs: 20_000, wholeMs: 30_000 };
  return {
    registry: npmClientOf(`http://127.0.0.1:${door.port}/api/packages/npm-${owners}/npm/`, { timeouts }),
    credential: createCredential("", server.token),
    wrongCredential: createCredential("", "0123456789012345678901234567890123456789"),
    stop: () => door.shut(),
  };
});
