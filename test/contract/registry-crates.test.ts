// The registry contract against the rehearsal crate registry, and what the client of crates does beside it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test } from "node:test";
import { paceCrates } from "../../src/domain/crates/pacing.ts";
import type { Performed } from "../../src/domain/run/effect.ts";
import { createCredential } from "../../src/domain/credential.ts";
import { rehearsalCratesCredential } from "../../src/registries/crates/credentials.ts";
import { parseCratesFaults } from "../../src/registries/crates/rehearsal/faults.ts";
import { cratesClientOf, cratesGoods, crateUpload, startCrates } from "../support/crates.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
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

describe("what the rehearsal crate registry refuses", () => {
  const why = (sent: Performed): string => ("why" in sent ? sent.why : sent.kind);

  test("a sixth new crate has to wait ten minutes, as long as the plan says", async (t) => {
    const clock = createVirtualClock(Date.parse("2026-11-21T08:00:00Z"));
    const names = ["a", "b", "c", "d", "e", "f"].map((letter) => `slip-${letter}`);
    const server = await startCrates(t, { ours: names, limits: "real", clock });
    const registry = cratesClientOf(server, { clock });
    const send = (name: string): Promise<Performed> =>
      registry.publish(crateUpload(temporaryFolder(t), { name, version: "1.0.0" }), token, never);
    const paced = paceCrates(names.map((key) => ({ key, kind: "new-crate" })));

    for (const name of names.slice(0, 5)) assert.equal((await send(name)).kind, "sent");
    const sixth = await send("slip-f");

    const startMs = clock.nowMs();
    assert.equal(sixth.kind === "later" && sixth.atMs - startMs, paced.totalMs + 1_000);
    await clock.advance(paced.totalMs);
    assert.equal((await send("slip-f")).kind, "sent");
    assert.equal(
      (await registry.publish(crateUpload(temporaryFolder(t), { name: "slip-a", version: "1.1.0" }), token, never)).kind,
      "sent",
    );
  });

  test("a name in another spelling, a dependency that is nowhere, and a crate of somebody else", async (t) => {
    const server = await startCrates(t, { ours });
    const registry = cratesClientOf(server);
    await registry.publish(crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0" }), token, never);
    const send = async (name: string, needs?: string): Promise<string> => {
      const manifest = `description = "d"\nlicense = "MIT"\n${needs === undefined ? "" : `[dependencies]\n${needs} = "1"\n`}`;
      return why(await registry.publish(crateUpload(temporaryFolder(t), { name, version: "2.0.0", manifest }), token, never));
    };

    assert.match(await send("slip_demo"), /crate was previously named `slip-demo`/);
    assert.match(await send("slip-other", "nowhere"), /no known crate named `nowhere`/);
    assert.match(await send("slip-other", "slip_demo"), /no known crate named `slip_demo`/);
    assert.match(await send("stranger"), /"stranger" is no crate of this release/);
    assert.equal(await send("slip-other", "slip-demo"), "sent");
  });

  test("a file whose manifest says something else than the request", async (t) => {
    const manifests = [
      '[package]\nname = "other"\nversion = "1.0.0"\n',
      "[package",
      undefined,
      '[package]\nname = "slip-demo"\nversion = "1.0.0"\n',
    ];
    const waiting = [...manifests];
    const server = await startCrates(t, { ours, hooks: { readMember: async () => waiting.shift() } });
    const registry = cratesClientOf(server);
    const upload = crateUpload(temporaryFolder(t), { name: "slip-demo", version: "1.0.0" });

    const sent: string[] = [];
    for (const _manifest of manifests) sent.push(why(await registry.publish(upload, token, never)));

    assert.match(sent[0] ?? "", /metadata name `slip-demo` does not match manifest name `other`/);
    assert.match(sent[1] ?? "", /failed to parse/);
    assert.match(sent[2] ?? "", /malformed/);
    assert.equal(sent[3], "sent");
    assert.deepEqual(server.received().map(({ stored, refused }) => [stored, refused]), [[1, 3]]); // prettier-ignore
  });

  test("a request without a token or a user agent", async (t) => {
    const server = await startCrates(t, { ours });
    const put = async (headers: Record<string, string>): Promise<string> => {
      const answer = await fetch(`${server.url}/api/v1/crates/new`, { method: "PUT", headers, body: "x" });
      return `${answer.status} ${await answer.text()}`;
    };

    assert.match(await put({}), /^403 .*requires authentication/);
    assert.match(await put({ authorization: "t", "user-agent": "" }), /^403 .*User-Agent/);
    assert.match(await put({ authorization: "Bearer t", "user-agent": "u" }), /^400 .*invalid metadata length/);
  });
});
