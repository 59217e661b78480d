// twine logs in without a token, as a job of CI, at the same endpoints as our own client: the rehearsal index's, over TLS, in a
// network of its own in which the public index's host is the rehearsal (twine asks nobody else for a login).
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { servicesOf } from "../../src/domain/known-services.ts";
import { startApart, type Apart } from "../support/apart.ts";
import type { TwineReply } from "../support/twine-job.ts";

const uploadUrl = servicesOf("pypi").find((one) => !one.test)?.addresses.upload ?? assert.fail("no public index is known");
const host = new URL(uploadUrl).hostname;
let folder: string;
let place: Apart;

before(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "slipway-twine-")));
  const script = join(import.meta.dirname, "..", "support", "twine-apart.ts");
  place = await startApart({ script, args: [folder, host, uploadUrl], folder, names: [host] });
});

after(async () => {
  await place?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

function claimsOf(workflow = "release.yml"): JsonObject {
  const ref = `acme/demo/.github/workflows/${workflow}@refs/tags/v1`;
  return {
    repository: "acme/demo",
    repository_owner: "acme",
    environment: "release",
    event_name: "push",
    workflow_ref: ref,
    job_workflow_ref: ref,
  };
}

async function upload(version: string, claims: JsonObject = claimsOf()): Promise<TwineReply> {
  return (await place.ask({ version, claims })) as TwineReply;
}

test("twine logs in as the trusted job and publishes", async () => {
  const { code, output, stored } = await upload("1.0.0");

  assert.equal(code, 0, output);
  assert.match(output, /Minted upload token for trusted publishing/);
  assert.equal(stored, 1);
});

test("twine, as a job of another workflow, is refused with PyPI's code and publishes nothing", async () => {
  const { code, output, stored } = await upload("1.0.1", claimsOf("test.yml"));

  assert.notEqual(code, 0);
  assert.match(output, /invalid-publisher/);
  assert.equal(stored, 0);
});

test("twine, with an identity that has expired, is refused and publishes nothing", async () => {
  const nowS = Math.floor(Date.now() / 1000);

  const { code, output, stored } = await upload("1.0.2", { ...claimsOf(), iat: nowS - 900, nbf: nowS - 900, exp: nowS - 600 });

  assert.notEqual(code, 0);
  assert.match(output, /invalid-token/);
  assert.equal(stored, 0);
});

test("twine, with an identity that was used before, is refused with PyPI's code and publishes nothing", async () => {
  const used = { ...claimsOf(), jti: "used-once" };
  assert.equal((await upload("1.0.3", used)).stored, 1);

  const { code, output, stored } = await upload("1.0.4", used);

  assert.notEqual(code, 0);
  assert.match(output, /invalid-reuse-token/);
  assert.equal(stored, 0);
});
