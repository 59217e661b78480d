// The registry contract against the rehearsal crate registry, and what the client of crates does beside it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { rehearsalCratesCredential } from "../../src/registries/crates/credentials.ts";
import { parseCratesFaults } from "../../src/registries/crates/rehearsal/faults.ts";
import { cratesClientOf, cratesGoods, crateUpload, startCrates } from "../support/crates.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { registryContract } from "./registry-suite.ts";

const ours = ["slip-demo", "slip-other"];
const token = rehearsalCratesCredential();

const traits = { goods: cratesGoods, sameAgain: "unknown", hashes: true, uploadTimes: true, takenBack: "yanked" } as const;

registryContract("rehearsal crates", traits, async (t) => {
  const server = await startCrates(t, { ours });
  return {
    registry: cratesClientOf(server),
    credential: token,
    wrongCredential: createCredential("", "cio-a-token-of-the-real-registry"),
    stop: () => server.close(),
  };
});

describe("crates client", () => {
  test("a version that was taken and is not in the index yet is pending, and present later", async (t) => {
    const server = await startCrates(t, { ours, faults: parseCratesFaults("slow-index=60000ms") });
    const upload = crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0" });
    await cratesClientOf(server).publish(upload, token, never);

    const seen = await cratesClientOf(server).observe(upload, never);
    const open = await cratesClientOf(server, { rules: "open" }).observe(upload, never);

    assert.match(seen.kind === "pending" ? seen.why : "", /has taken slip-demo 1\.0\.0, and its index does not show it yet/);
    assert.deepEqual(open, { kind: "absent" }, "where the API is nobody's to rely on, only the index is asked");
  });

  test("other bytes that were taken and are not in the index yet are a conflict already", async (t) => {
    const server = await startCrates(t, { ours, faults: parseCratesFaults("slow-index=60000ms") });
    const theirs = crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0", files: { "src/lib.rs": "// Theirs" } });
    const upload = crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0" });
    const registry = cratesClientOf(server);
    await registry.publish(theirs, token, never);

    const seen = await registry.observe(upload, never);

    assert.ok(seen.kind === "conflict" && seen.theirs.includes(theirs.sha256));
  });

  test("build metadata makes no other version: the second one is a conflict", async (t) => {
    const server = await startCrates(t, { ours });
    const registry = cratesClientOf(server);
    await registry.publish(crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0+a" }), token, never);
    const second = crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0+b" });

    const sent = await registry.publish(second, token, never);

    assert.match(sent.kind === "unknown" ? sent.why : "", /crate version `1\.0\.0\+a` is already uploaded/);
    assert.equal((await registry.observe(second, never)).kind, "conflict");
  });

  test("the owners of a name are told to everybody, whatever its spelling", async (t) => {
    const server = await startCrates(t, { ours });
    const registry = cratesClientOf(server);
    await registry.publish(crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0" }), token, never);

    assert.deepEqual(await registry.owners?.("Slip_Demo", never), { kind: "listed", spelled: "slip-demo", owners: ["rehearsal"] });
    assert.deepEqual(await registry.owners?.("slip-other", never), { kind: "absent" });
  });

  test("a rehearsal registry is never taken for a real one", async (t) => {
    const server = await startCrates(t, { ours });
    const upload = crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0" });
    const registry = cratesClientOf(server, { world: "real" });

    const sent = await registry.publish(upload, token, never);

    assert.match(sent.kind === "unknown" ? sent.why : "", /is a rehearsal registry, which can never stand for "crates"/);
    assert.deepEqual(server.received(), []);
    assert.equal((await registry.observe(upload, never)).kind, "unknown");
  });

  test("a token goes to no place in the clear but the index's own, whatever the index says", async (t) => {
    const server = await startCrates(t, { ours });
    const elsewhere = { dl: "http://127.0.0.1:1/dl", api: server.url };
    const index = createServer((request, response) =>
      response.writeHead(request.url === "/config.json" ? 200 : 404).end(JSON.stringify(elsewhere)),
    );
    index.listen(0, "127.0.0.1");
    await once(index, "listening");
    t.after(() => index.close());
    const { port } = index.address() as AddressInfo;
    const upload = crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0" });

    const sent = await cratesClientOf({ indexUrl: `http://127.0.0.1:${port}/` }, { rules: "open" }).publish(upload, token, never);

    assert.match(sent.kind === "refused" ? sent.why : "", /tells no web API on https or at the index's own place/);
    assert.deepEqual(server.received(), []);
  });
});
