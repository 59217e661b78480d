// The registry contract against the rehearsal npm registry, and what only npm has: dist-tags, burned numbers, one-time
// passwords.
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { join } from "node:path";
import { createCredential } from "../../src/domain/credential.ts";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { parseNpmFaults } from "../../src/registries/npm/rehearsal/faults.ts";
import { npmClientOf, npmGoods, npmTarball, npmUploadOf, startNpm } from "../support/npm.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { registryContract } from "./registry-suite.ts";

registryContract(
  "rehearsal npm",
  { goods: npmGoods, sameAgain: "unknown", hashes: "own", uploadTimes: true, takenBack: "yanked" },
  async (t) => {
    const server = await startNpm(t, { ours: ["@slip/demo", "slip-other"] });
    return {
      registry: npmClientOf(server.registryUrl),
      credential: rehearsalNpmCredential(),
      wrongCredential: createCredential("somebody", "a-password-of-somebody"),
      stop: () => server.close(),
    };
  },
);

const credential = rehearsalNpmCredential();

async function start(t: TestContext, options: Partial<Parameters<typeof startNpm>[1]> = {}) {
  const server = await startNpm(t, { ours: ["@slip/demo"], ...options });
  const registry = npmClientOf(server.registryUrl);
  const { channels } = registry;
  assert.ok(channels !== undefined);
  const publish = async (version: string, tag = "latest") => {
    const manifest = { name: "@slip/demo", version };
    const upload = npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest), tag });
    assert.equal((await registry.publish(upload, credential, never)).kind, "sent");
    return upload;
  };
  return { server, registry, channels, publish };
}

describe("dist-tags of the rehearsal npm registry", () => {
  test("a published version is led to by the tag that it came with, and by no other", async (t) => {
    const { channels, publish } = await start(t);
    await publish("1.0.0");
    await publish("1.1.0-rc.1", "next");
    const at = (name: string, version: string) => channels.observe({ package: "@slip/demo", name, version }, never);

    assert.equal((await at("latest", "1.0.0")).kind, "present");
    assert.equal((await at("next", "1.1.0-rc.1")).kind, "present");
    assert.equal((await at("latest", "1.1.0-rc.1")).kind, "absent");
    assert.equal((await at("beta", "1.0.0")).kind, "absent");
  });

  test("a tag is moved forwards, and one that leads higher is a conflict", async (t) => {
    const { channels, publish } = await start(t);
    await publish("1.0.0");
    await publish("1.2.0", "next");
    const forwards = { package: "@slip/demo", name: "latest", version: "1.2.0" };

    const moved = await channels.move(forwards, credential, never);

    assert.equal(moved.kind, "sent");
    assert.equal((await channels.observe(forwards, never)).kind, "present");
    const back = await channels.observe({ ...forwards, version: "1.0.0" }, never);
    assert.match(back.kind === "conflict" ? back.theirs : "", /"latest" of @slip\/demo to 1\.2\.0.*never moves backwards/);
  });

  test("a tag of a package that nobody published is absent, and leading it to nothing is refused", async (t) => {
    const { channels, publish } = await start(t);
    const channel = { package: "@slip/demo", name: "latest", version: "9.0.0" };

    assert.equal((await channels.observe(channel, never)).kind, "absent");
    await publish("1.0.0");
    const moved = await channels.move(channel, credential, never);

    assert.match(moved.kind === "refused" ? moved.why : "", /version not found: 9\.0\.0/);
  });
});

describe("what the rehearsal npm registry refuses", () => {
  test("the number of an unpublished version is never free again, and the refusal says so", async (t) => {
    const { server, registry, publish } = await start(t);
    const upload = await publish("1.0.0");
    await server.owner.unpublish("@slip/demo", "1.0.0");

    const again = await registry.publish(upload, credential, never);

    assert.match(again.kind === "refused" ? again.why : again.kind, /number of an unpublished version is never free again/);
    assert.deepEqual(await registry.observe(upload, never), { kind: "absent" });
  });

  test("a name that is not ours is refused as one that the token may not write", async (t) => {
    const { registry } = await start(t);
    const manifest = { name: "@others/demo", version: "1.0.0" };
    const upload = npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest) });

    const sent = await registry.publish(upload, credential, never);

    assert.match(sent.kind === "refused" ? sent.why : "", /says "not found" to those who may not write.*scope exists/);
  });

  test("a one-time password is asked for in vain, and the words tell which token helps", async (t) => {
    const { registry } = await start(t, { faults: parseNpmFaults("one-time-password:upload") });
    const manifest = { name: "@slip/demo", version: "1.0.0" };
    const upload = npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest) });

    const sent = await registry.publish(upload, credential, never);

    assert.equal(sent.kind === "refused" && sent.code, "CREDENTIAL_REFUSED");
    assert.match(sent.kind === "refused" ? sent.why : "", /granular access token.*bypass two-factor authentication, or trusted publishing/);
  });

  test("a tag that reads as a range, a manifest of another version and an upload without a tag are refused", async (t) => {
    const { registry } = await start(t);
    const manifest = { name: "@slip/demo", version: "1.0.0" };
    const bytes = npmTarball(manifest);
    const folder = temporaryFolder(t);
    const range = npmUploadOf(folder, manifest, { bytes, tag: "1.x" });
    const other = { ...npmUploadOf(folder, manifest, { bytes }), metadata: { manifest: { ...manifest, version: "2.0.0" }, tag: "latest" } };
    const without = { ...npmUploadOf(folder, manifest, { bytes }), metadata: { manifest } };

    const why = [];
    for (const upload of [range, other, without]) {
      const sent = await registry.publish(upload, credential, never);
      why.push(sent.kind === "refused" ? sent.why : sent.kind);
    }

    assert.match(why[0] ?? "", /must not be a valid SemVer range/);
    assert.match(why[1] ?? "", /package\.json of "@slip\/demo@2\.0\.0"/);
    assert.match(why[2] ?? "", /names no dist-tag/);
  });
});

describe("staging at the rehearsal npm registry", () => {
  async function staged(t: TestContext, faults = "") {
    const started = await start(t, { faults: parseNpmFaults(faults) });
    const { staging } = started.registry;
    assert.ok(staging !== undefined);
    const manifest = { name: "@slip/demo", version: "1.1.0" };
    const upload = npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest), tag: "next" });
    return { ...started, staging, upload };
  }

  test("a staged version waits for a person and is seen by nobody, and is public once it is let out", async (t) => {
    const { server, registry, channels, staging, publish, upload } = await staged(t);
    await publish("1.0.0");

    assert.equal((await staging.observe(upload, credential, never)).kind, "absent");
    assert.equal((await staging.put(upload, credential, never)).kind, "sent");

    const waiting = await staging.observe(upload, credential, never);
    assert.match(waiting.kind === "held" ? (waiting.byPerson ?? "") : waiting.kind, /^npm stage approve [0-9a-f-]{36} --registry http/);
    assert.equal(waiting.kind === "held" && waiting.evidence.sha256, upload.sha256);
    const details = waiting.kind === "held" ? waiting.evidence.details : {};
    assert.match(String(details?.["sendBack"]), new RegExp(`^npm stage reject ${String(details?.["stageId"])} --registry http`));
    assert.equal((await registry.observe(upload, never)).kind, "absent");
    await server.owner.endStaged("@slip/demo", "approve");
    assert.equal((await staging.observe(upload, credential, never)).kind, "present");
    assert.equal((await registry.observe(upload, never)).kind, "present");
    assert.equal((await channels.observe({ package: "@slip/demo", name: "next", version: "1.1.0" }, never)).kind, "present");
  });

  test("what is staged has its number: staging and publishing it again are left to a look", async (t) => {
    const { registry, staging, publish, upload } = await staged(t);
    await publish("1.0.0");
    await staging.put(upload, credential, never);

    const again = await staging.put(upload, credential, never);
    const published = await registry.publish(upload, credential, never);

    assert.match(again.kind === "unknown" ? again.why : "", /previously staged version: 1\.1\.0/);
    assert.equal(published.kind, "unknown");
    assert.equal((await staging.observe(upload, credential, never)).kind, "held");
  });

  test("a version that a person sends back is absent again, and other bytes that are staged are a conflict", async (t) => {
    const { server, staging, publish, upload } = await staged(t);
    await publish("1.0.0");
    const manifest = { name: "@slip/demo", version: "1.1.0", description: "Theirs" };
    await staging.put(npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest) }), credential, never);

    const seen = await staging.observe(upload, credential, never);

    assert.match(seen.kind === "conflict" ? seen.theirs : "", /has another @slip\/demo 1\.1\.0 staged, since \d{4}-/);
    await server.owner.endStaged("@slip/demo", "reject");
    assert.equal((await staging.observe(upload, credential, never)).kind, "absent");
    assert.equal((await staging.put(upload, credential, never)).kind, "sent");
  });

  test("a credential that may not look makes it unknown, never absent", async (t) => {
    const { staging, publish, upload } = await staged(t);
    await publish("1.0.0");
    await staging.put(upload, credential, never);

    const seen = await staging.observe(upload, createCredential("somebody", "else"), never);

    assert.match(seen.kind === "unknown" ? seen.why : "", /does not let this credential look at what is staged/);
  });

  test("a lost reply to a stage is found by looking, and a new package cannot be staged", async (t) => {
    const { staging, publish, upload } = await staged(t, "lost-reply:upload");
    const manifest = { name: "@slip/demo", version: "1.0.0" };
    const first = npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest) });
    // The first call loses its reply; the package is new, so that nothing of it is kept.
    assert.equal((await staging.put(first, credential, never)).kind, "unknown");
    const seen = await staging.observe(first, credential, never);
    assert.match(seen.kind === "never" ? seen.why : seen.kind, /"@slip\/demo" is new at "staging", which stages only packages that it has/);
    const refused = await staging.put(first, credential, never);
    assert.match(refused.kind === "refused" ? refused.why : "", /says "not found"/);

    await publish("1.0.0");
    assert.equal((await staging.put(upload, credential, never)).kind, "sent");
    assert.equal((await staging.observe(upload, credential, never)).kind, "held");
  });
});

describe("names that lead to a version which is taken back", () => {
  test("each goes back to what remains of its kind, or is taken away, and no other is touched", async (t) => {
    const { registry, channels, publish } = await start(t);
    for (const version of ["1.0.0", "1.1.0"]) await publish(version);
    await publish("1.2.0-rc.1", "rc");
    for (const name of ["stable", "pinned"])
      await channels.move({ package: "@slip/demo", name, version: name === "pinned" ? "1.0.0" : "1.1.0" }, credential, never);
    const { leaving } = registry;
    assert.ok(leaving !== undefined);
    const leading = await leaving.leadingTo({ package: "@slip/demo", version: "1.1.0" }, never);
    assert.ok(leading.kind === "listed");
    assert.deepEqual(leading.channels.map(({ name, to }) => [name, to]).toSorted(), [["latest", "1.0.0"], ["stable", "1.0.0"]]); // prettier-ignore

    for (const channel of leading.channels) {
      assert.equal((await leaving.observe(channel, never)).kind, "absent");
      assert.equal((await leaving.leave(channel, credential, never)).kind, "sent");
      assert.equal((await leaving.observe(channel, never)).kind, "present");
    }
    const candidate = await leaving.leadingTo({ package: "@slip/demo", version: "1.2.0-rc.1" }, never);
    assert.ok(candidate.kind === "listed");
    assert.deepEqual(candidate.channels, [{ package: "@slip/demo", name: "rc", version: "1.2.0-rc.1" }]);
    for (const channel of candidate.channels) assert.equal((await leaving.leave(channel, credential, never)).kind, "sent");

    const at = (name: string, version: string) => channels.observe({ package: "@slip/demo", name, version }, never);
    for (const name of ["latest", "stable", "pinned"]) assert.equal((await at(name, "1.0.0")).kind, "present", name);
    assert.equal((await at("rc", "1.2.0-rc.1")).kind, "absent");
  });

  test("one that somebody led elsewhere meanwhile is left alone, and the last version keeps `latest`", async (t) => {
    const { registry, channels, publish } = await start(t);
    await publish("1.0.0");
    const { leaving } = registry;
    assert.ok(leaving !== undefined);
    const only = await leaving.leadingTo({ package: "@slip/demo", version: "1.0.0" }, never);
    assert.deepEqual(only, { kind: "listed", channels: [], staying: ["latest"] });
    await publish("1.1.0");

    const left = { package: "@slip/demo", name: "latest", version: "1.0.0", to: "0.9.0" };
    assert.equal((await leaving.leave(left, credential, never)).kind, "sent");

    assert.equal((await channels.observe({ package: "@slip/demo", name: "latest", version: "1.1.0" }, never)).kind, "present");
  });
});

describe("letting out and sending back what is staged", () => {
  async function held(t: TestContext, { password = "123456", faults = "" }: { readonly password?: string; readonly faults?: string } = {}) {
    const { server, registry, publish } = await start(t, { faults: parseNpmFaults(faults) });
    await publish("1.0.0");
    const manifest = { name: "@slip/demo", version: "1.1.0" };
    const upload = npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest) });
    const client = npmClientOf(server.registryUrl, { oneTimePassword: async () => (password === "" ? undefined : password) });
    const { staging } = client;
    assert.ok(staging !== undefined);
    assert.equal((await staging.put(upload, credential, never)).kind, "sent");
    return { server, registry, staging, upload };
  }

  test("with a person's one-time password what is held is let out, once, and asks for nobody", async (t) => {
    const { registry, staging, upload } = await held(t);
    const seen = await staging.observe(upload, credential, never);
    assert.equal(seen.kind === "held" && seen.byPerson, undefined);

    assert.equal((await staging.release(upload, credential, never)).kind, "sent");

    assert.equal((await registry.observe(upload, never)).kind, "present");
    const again = await staging.release(upload, credential, never);
    assert.match(again.kind === "unknown" ? again.why : again.kind, /has nothing staged of @slip\/demo any more/);
  });

  test("without one nothing is let out, and the refusal says what is missing", async (t) => {
    const { registry, staging, upload } = await held(t, { password: "" });

    const sent = await staging.release(upload, credential, never);

    assert.match(sent.kind === "refused" ? sent.why : sent.kind, /one-time password/);
    assert.equal((await registry.observe(upload, never)).kind, "absent");
  });

  test("what is sent back leaves its number free, and other bytes are neither let out nor sent back", async (t) => {
    const { staging, upload } = await held(t);
    const manifest = { name: "@slip/demo", version: "1.1.0", description: "Theirs" };
    const theirs = npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest) });
    for (const end of [staging.release, staging.discard]) {
      const sent = await end(theirs, credential, never);
      assert.match(sent.kind === "refused" ? sent.why : sent.kind, /has another @slip\/demo 1\.1\.0 staged/);
    }

    assert.equal((await staging.discard(upload, credential, never)).kind, "sent");

    assert.equal((await staging.observe(upload, credential, never)).kind, "absent");
    assert.equal((await staging.put(theirs, credential, never)).kind, "sent");
  });

  test("a lost reply to letting out is found by looking", async (t) => {
    const { staging, upload } = await held(t, { faults: "lost-reply:approve" });

    assert.equal((await staging.release(upload, credential, never)).kind, "unknown");

    assert.equal((await staging.observe(upload, credential, never)).kind, "present");
  });
});

describe("the rehearsal npm registry is never a real one, and forgets nothing", () => {
  test("a client of the real world takes no answer from it", async (t) => {
    const { server, publish } = await start(t);
    const upload = await publish("1.0.0");

    const seen = await npmClientOf(server.registryUrl, { world: "real" }).observe(upload, never);

    assert.match(seen.kind === "unknown" ? seen.why : "", /rehearsal registry, which can never stand for/);
  });

  test("a store that is opened again holds every version, tag and deprecation", async (t) => {
    const storeFolder = join(temporaryFolder(t), "registry");
    const { server, registry, publish } = await start(t, { storeFolder });
    const upload = await publish("1.0.0", "next");
    await registry.takeBack?.({ package: "@slip/demo", version: "1.0.0", reason: "Broken" }, credential, never);
    await server.close();

    const again = npmClientOf((await startNpm(t, { ours: ["@slip/demo"], storeFolder })).registryUrl);

    const seen = await again.observe(upload, never);
    assert.equal(seen.kind === "present" && seen.evidence.details?.["deprecated"], "Broken");
    const tag = await again.channels?.observe({ package: "@slip/demo", name: "next", version: "1.0.0" }, never);
    assert.equal(tag?.kind, "present");
  });
});
