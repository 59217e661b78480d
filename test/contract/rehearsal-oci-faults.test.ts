// Every fault at every call where it can strike, met by our client: what one call answers, what the registry holds after it,
// and that the fault ends. Whatever a registry does, "sent" and "present" are said only of what is true.
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { join } from "node:path";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { faultProfiles, parseFaults, type FaultCall, type FaultName } from "../../src/registries/oci/rehearsal/faults.ts";
import { channelTo, imageUpload, ociClientOf, startOci } from "../support/oci.ts";
import { never, realClock } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

/** What a push is answered with, what a look finds right after, and what a second push is answered with. */
type Case = readonly [sent: RegExp, seen: string, again: string];
type Cases = Readonly<Partial<Record<FaultName, Case>>>;

const anyWrite: Cases = {
  "error-500": [/^unknown .*answered 500/, "absent", "sent"],
  "error-502": [/^unknown .*answered 502/, "absent", "sent"],
  "error-503": [/^later .*503/, "absent", "sent"],
  "rate-limit": [/^later .*429 "TOOMANYREQUESTS/, "absent", "sent"],
  "rate-limit-date": [/^later .*429/, "absent", "sent"],
  "rate-limit-bare": [/^later .*429/, "absent", "sent"],
  "reset-mid-body": [/^unknown .*cut the connection/, "absent", "sent"],
  "timeout-before": [/^unknown .*(?:cut the connection|did not answer)/, "absent", "sent"],
  "wrong-success": [/^unknown .*web page/, "absent", "sent"],
  "slow-loris": [/^sent/, "present", "sent"],
  // A token that was used before and ends is replaced at once: the registry asks for another, and the request is sent again.
  "expired-token": [/^sent/, "present", "sent"],
};

/** What holds for manifests and for tags, where what was kept shows at once. */
const shownWrite: Cases = {
  ...anyWrite,
  "lost-reply": [/^unknown .*cut the connection/, "present", "sent"],
  "error-after-accepting": [/^unknown .*answered 502/, "present", "sent"],
  "timeout-after": [/^unknown .*(?:cut the connection|did not answer)/, "present", "sent"],
  "slow-index": [/^sent/, "absent", "sent"],
  "duplicate-delivery": [/^sent/, "present", "sent"],
};

const manifests: Cases = { ...shownWrite, "lost-blob": [/^sent/, "damaged", "sent"] };

const tags: Cases = {
  ...shownWrite,
  stranger: [/^sent/, "conflict", "sent"],
  // Here the token is new, and a new one that is not known will not be known the next time either.
  "expired-token": [/^refused .*401 "UNAUTHORIZED/, "absent", "sent"],
  "immutable-tag": [/^refused .*TAG_INVALID.*immutable/, "absent", "sent"],
};

/** A blob that is kept shows nothing: no manifest was put after it. */
const uploads: Cases = {
  ...anyWrite,
  "lost-reply": [/^unknown .*cut the connection/, "absent", "sent"],
  "error-after-accepting": [/^unknown .*answered 502/, "absent", "sent"],
  "timeout-after": [/^unknown .*(?:cut the connection|did not answer)/, "absent", "sent"],
  "partial-kept": [/^sent/, "damaged", "sent"],
  "lost-upload": [/^unknown .*has forgotten the upload/, "absent", "sent"],
};

/** What a look at the manifest is answered with while the fault strikes. */
const looks: Readonly<Partial<Record<FaultName, RegExp>>> = {
  "lost-reply": /^unknown .*cut the connection/,
  "error-500": /^unknown .*answered 500/,
  "error-502": /^unknown .*answered 502/,
  "error-503": /^unknown .*answered 503/,
  "rate-limit": /^unknown .*answered 429/,
  "rate-limit-date": /^unknown .*answered 429/,
  "rate-limit-bare": /^unknown .*answered 429/,
  "reset-mid-body": /^unknown .*cut the connection/,
  "timeout-before": /^unknown .*(?:cut the connection|did not answer)/,
  "wrong-success": /^unknown .*web page/,
  "slow-loris": /^present/,
  "expired-token": /^unknown .*answered 401/,
  missing: /^absent/,
  "other-bytes": /^conflict/,
};

/** The same while a blob of it is looked for; a blob that seems lost can be pushed again. */
const blobLooks: Readonly<Partial<Record<FaultName, RegExp>>> = {
  "lost-reply": /^unknown .*cut the connection/,
  "error-500": /^unknown .*answered 500/,
  "error-502": /^unknown .*answered 502/,
  "error-503": /^unknown .*answered 503/,
  "rate-limit": /^unknown .*answered 429/,
  "rate-limit-date": /^unknown .*answered 429/,
  "rate-limit-bare": /^unknown .*answered 429/,
  "reset-mid-body": /^unknown .*cut the connection/,
  "timeout-before": /^unknown .*(?:cut the connection|did not answer)/,
  "slow-loris": /^present/,
  "expired-token": /^present/,
  missing: /^damaged/,
};

/** Waits of the test are short; the order of things does not depend on them. */
const shortMs = 300;
const all: Readonly<Record<FaultCall, object>> = { manifest: manifests, tag: tags, upload: uploads, look: looks, download: blobLooks };

describe("faults of the rehearsal image registry", () => {
  test("every profile has its case for every call where it can strike", () => {
    for (const [call, table] of Object.entries(all)) {
      const able = faultProfiles.filter((profile) => profile.calls.some((one) => one === call)).map((profile) => profile.name);
      assert.deepEqual(Object.keys(table).toSorted(), able.toSorted(), call);
    }
  });

  for (const [call, table] of [
    ["manifest", manifests],
    ["upload", uploads],
  ] as const)
    // prettier-ignore
    for (const [name, [sentLike, seenKind, againKind]] of Object.entries(table))
      test(`${name}:${call}`, async (t) => {
        const { server, registry } = await start(t, `${name}:${call}=${shortMs}ms`);
        const upload = imageUpload(temporaryFolder(t), { version: "1.0.0", layers: ["one", "two"] });

        const sent = await registry.publish(upload, rehearsalOciCredential(), never);
        const seen = await registry.observe(upload, never);

        assert.match(`${sent.kind} ${"why" in sent ? sent.why : ""}`, sentLike);
        if (sent.kind === "later") assert.ok(sent.atMs > Date.now() - 1_000 && sent.atMs < Date.now() + 10_000);
        assert.equal(seen.kind, seenKind);
        if (name === "slow-index") {
          await realClock.sleep(shortMs + 50, never);
          assert.equal((await registry.observe(upload, never)).kind, "present");
        }

        const again = await registry.publish(upload, rehearsalOciCredential(), never);

        assert.equal(again.kind, againKind, "the fault has ended");
        assert.equal((await registry.observe(upload, never)).kind, "present");
        const counted = server.received().find((thing) => thing.kind === "manifest");
        assert.equal(counted?.stored, 1, "kept once");
      });

  for (const [name, [sentLike, seenKind, againKind]] of Object.entries(tags))
    test(`${name}:tag`, async (t) => {
      const { server, registry } = await start(t, `${name}:tag=${shortMs}ms`);
      const upload = imageUpload(temporaryFolder(t), { version: "1.0.0" });
      await registry.publish(upload, rehearsalOciCredential(), never);
      const channel = channelTo(upload, "latest");

      const sent = await registry.channels?.move(channel, rehearsalOciCredential(), never);
      const seen = await registry.channels?.observe(channel, never);

      assert.match(`${sent?.kind} ${sent !== undefined && "why" in sent ? sent.why : ""}`, sentLike);
      assert.equal(seen?.kind, seenKind);
      if (name === "slow-index") {
        await realClock.sleep(shortMs + 50, never);
        assert.equal((await registry.channels?.observe(channel, never))?.kind, "present");
      }

      const again = await registry.channels?.move(channel, rehearsalOciCredential(), never);

      assert.equal(again?.kind, againKind, "the fault has ended");
      assert.equal((await registry.channels?.observe(channel, never))?.kind, "present");
      assert.equal(server.received().filter((thing) => thing.kind === "tag").length, 1);
    });

  for (const [call, table] of [
    ["look", looks],
    ["download", blobLooks],
  ] as const)
    // prettier-ignore
    for (const [name, like] of Object.entries(table))
      test(`${name}:${call}`, async (t) => {
        const folder = temporaryFolder(t);
        const storeFolder = join(folder, "registry");
        const upload = imageUpload(folder, { version: "1.0.0" });
        const before = await startOci(t, { ours: ["slip/demo"], storeFolder });
        await ociClientOf(before).publish(upload, rehearsalOciCredential(), never);
        await before.close();
        const { registry } = await start(t, `${name}:${call}=${shortMs}ms`, storeFolder);

        const seen = await registry.observe(upload, never);
        const after = await registry.observe(upload, never);

        assert.match(`${seen.kind} ${"why" in seen ? seen.why : ""}`, like);
        assert.equal(after.kind, "present", "the fault has ended");
      });

  test("a fault strikes as often as it says, and a restart does not begin it again", async (t) => {
    const storeFolder = join(temporaryFolder(t), "registry");
    const faults = parseFaults("error-500:look*3");
    const upload = imageUpload(temporaryFolder(t), { version: "1.0.0" });
    const first = await startOci(t, { ours: ["slip/demo"], faults, storeFolder });
    const kinds = [await ociClientOf(first).observe(upload, never), await ociClientOf(first).observe(upload, never)];
    await first.close();
    const second = await startOci(t, { ours: ["slip/demo"], faults, storeFolder });

    kinds.push(await ociClientOf(second).observe(upload, never), await ociClientOf(second).observe(upload, never));

    assert.deepEqual(
      kinds.map((one) => one.kind),
      ["unknown", "unknown", "unknown", "absent"],
    );
  });
});

async function start(t: TestContext, faults: string, storeFolder?: string) {
  const kept = storeFolder === undefined ? {} : { storeFolder };
  const server = await startOci(t, { ours: ["slip/demo"], faults: parseFaults(faults), ...kept });
  return { server, registry: ociClientOf(server, { timeouts: { connectMs: 2_000, answerMs: 4_000, wholeMs: 8_000 } }) };
}
