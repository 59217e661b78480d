// Our npm client against a server that somebody else wrote: the same contract as against the rehearsal registry, and a
// dist-tag moved.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { registryContract } from "../contract/registry-suite.ts";
import { npmClientOf, npmGoods } from "../support/npm.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { startVerdaccio, type Verdaccio } from "../support/verdaccio.ts";

const ends: (() => unknown)[] = [];
const folder = mkdtempSync(join(tmpdir(), "slipway-verdaccio-"));
let verdaccio: Verdaccio;

before(async () => {
  verdaccio = await startVerdaccio({ after: (end) => void ends.push(end as () => unknown) }, folder, ["@slip/demo"]);
});

after(async () => {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

registryContract(
  "verdaccio",
  { goods: npmGoods, sameAgain: "unknown", hashes: "own", uploadTimes: true, takenBack: "yanked" },
  async (t) => {
    const { registryUrl, shut } = await verdaccio.open(t);
    return {
      registry: npmClientOf(registryUrl),
      credential: createCredential("", verdaccio.token),
      wrongCredential: createCredential("", "a-token-of-somebody-else"),
      stop: shut,
    };
  },
);

test("verdaccio: a dist-tag is moved forwards and never back", async (t) => {
  const { registryUrl } = await verdaccio.open(t);
  const registry = npmClientOf(registryUrl);
  const credential = createCredential("", verdaccio.token);
  const { channels } = registry;
  assert.ok(channels !== undefined);
  for (const version of ["1.0.0", "1.1.0"]) {
    assert.equal((await registry.publish(npmGoods.make(temporaryFolder(t), { version }), credential, never)).kind, "sent");
  }
  const stable = { package: "@slip/demo", name: "stable", version: "1.0.0" };

  const seen = [(await channels.observe(stable, never)).kind];
  for (const version of ["1.0.0", "1.1.0"]) {
    assert.equal((await channels.move({ ...stable, version }, credential, never)).kind, "sent");
    seen.push((await channels.observe({ ...stable, version }, never)).kind);
  }
  seen.push((await channels.observe(stable, never)).kind);

  assert.deepEqual(seen, ["absent", "present", "present", "conflict"]);
});
