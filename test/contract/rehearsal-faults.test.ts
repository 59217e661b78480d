// Every fault at every call where it can strike, met by our client: what one call answers, what the index holds after it,
// and that the fault ends. Whatever a registry does, "sent" and "present" are said only of what is true.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { join } from "node:path";
import { rehearsalCredential } from "../../src/registries/pypi/credentials.ts";
import { faultProfiles, parseFaults, type FaultCall, type FaultName } from "../../src/registries/pypi/rehearsal/faults.ts";
import { clientOf, never, realClock, startIndex } from "../support/pypi.ts";
import { uploadOf } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { postUpload } from "../support/upload-form.ts";
import { wheel } from "../support/wheel.ts";

const demo = { name: "slip-demo", version: "1.0" };

/** What an upload is answered with, what a look finds right after, and what a second upload is answered with. */
const uploads: Readonly<Partial<Record<FaultName, readonly [sent: RegExp, seen: string, again: string]>>> = {
  "lost-reply": [/^unknown .*cut the connection/, "present", "sent"],
  "error-after-accepting": [/^unknown .*answered 502/, "present", "sent"],
  "error-500": [/^unknown .*answered 500/, "absent", "sent"],
  "error-502": [/^unknown .*answered 502/, "absent", "sent"],
  "error-503": [/^later .*503/, "absent", "sent"],
  "rate-limit": [/^later .*429 "Too many requests"|^later .*429/, "absent", "sent"],
  "rate-limit-date": [/^later .*429/, "absent", "sent"],
  "rate-limit-bare": [/^later .*429/, "absent", "sent"],
  "slow-index": [/^sent/, "absent", "sent"],
  stranger: [/^unknown .*File already exists/, "conflict", "unknown"],
  "reset-mid-body": [/^unknown .*cut the connection/, "absent", "sent"],
  "partial-kept": [/^sent/, "conflict", "unknown"],
  "timeout-before": [/^unknown .*cut the connection|did not answer in time/, "absent", "sent"],
  "timeout-after": [/^unknown .*cut the connection|did not answer in time/, "present", "sent"],
  "wrong-success": [/^unknown .*web page/, "absent", "sent"],
  "duplicate-delivery": [/^sent/, "present", "sent"],
  "slow-loris": [/^sent/, "present", "sent"],
  "expired-token": [/^refused .*Invalid or non-existent authentication/, "absent", "sent"],
};

/** What a look at the index is answered with while the fault strikes. */
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
  missing: /^absent/,
  "no-hashes": /^present .*downloaded and digested/,
  "other-bytes": /^conflict/,
};

/** What a download is answered with while the fault strikes. */
const downloads: Readonly<Partial<Record<FaultName, RegExp>>> = {
  "lost-reply": /^unknown .*cut the connection/,
  "error-500": /^unknown .*answered 500/,
  "error-502": /^unknown .*answered 502/,
  "error-503": /^unknown .*answered 503/,
  "rate-limit": /^unknown .*answered 429/,
  "rate-limit-date": /^unknown .*answered 429/,
  "rate-limit-bare": /^unknown .*answered 429/,
  "reset-mid-body": /^unknown .*cut the connection/,
  "timeout-before": /^unknown .*(?:cut the connection|did not answer)/,
  "slow-loris": /^downloaded ours/,
  missing: /^absent/,
  "other-bytes": /^downloaded others/,
};

/** Waits of the test are short; the order of things does not depend on them. */
const shortMs = 300;

describe("faults of the rehearsal index", () => {
  test("every profile has its case for every call where it can strike", () => {
    const tables: Readonly<Record<FaultCall, object>> = { upload: uploads, index: looks, download: downloads };
    for (const [call, table] of Object.entries(tables)) {
      const able = faultProfiles.filter((profile) => profile.calls.some((one) => one === call)).map((profile) => profile.name);
      assert.deepEqual(Object.keys(table).toSorted(), able.toSorted(), call);
    }
  });

  for (const [name, [sentLike, seenKind, againKind]] of Object.entries(uploads)) {
    test(`${name}:upload`, async (t) => {
      const { server, registry } = await start(t, `${name}:upload=${shortMs}ms`);
      const upload = uploadOf(temporaryFolder(t), demo, wheel(demo));

      const sent = await registry.publish(upload, rehearsalCredential(), never);
      const seen = await registry.observe(upload, never);

      assert.match(`${sent.kind} ${"why" in sent ? sent.why : ""}`, sentLike);
      if (sent.kind === "later") assert.ok(sent.atMs > Date.now() - 1_000 && sent.atMs < Date.now() + 10_000);
      assert.equal(seen.kind, seenKind);
      if (name === "slow-index") await realClock.sleep(shortMs + 50, never);
      const settled = await registry.observe(upload, never);
      assert.equal(settled.kind, name === "slow-index" ? "present" : seenKind);

      const again = await registry.publish(upload, rehearsalCredential(), never);

      assert.equal(again.kind, againKind, "the fault has ended");
      const held = await registry.observe(upload, never);
      assert.equal(held.kind, againKind === "sent" ? "present" : "conflict");
      const [counted] = server.received();
      assert.equal(counted?.stored, name === "stranger" ? 0 : 1, "kept once at most");
    });
  }

  for (const [name, seenLike] of Object.entries(looks)) {
    test(`${name}:index`, async (t) => {
      const { server, registry } = await start(t, `${name}:index=${shortMs}ms`);
      const built = wheel(demo);
      const upload = uploadOf(temporaryFolder(t), demo, built);
      await postUpload(server.uploadUrl, demo, built);

      const seen = await registry.observe(upload, never);
      const after = await registry.observe(upload, never);

      const words = "why" in seen ? seen.why : seen.kind === "present" ? seen.evidence.how : "";
      assert.match(`${seen.kind} ${words}`, seenLike);
      assert.equal(after.kind, "present", "the fault has ended");
    });
  }

  for (const [name, like] of Object.entries(downloads)) {
    test(`${name}:download`, async (t) => {
      const { server, registry } = await start(t, `${name}:download=${shortMs}ms`);
      const built = wheel(demo);
      const upload = uploadOf(temporaryFolder(t), demo, built);
      await postUpload(server.uploadUrl, demo, built);

      const got = await registry.download(upload, join(temporaryFolder(t), "file"), never);
      const after = await registry.download(upload, join(temporaryFolder(t), "file"), never);

      const words = got.kind === "downloaded" ? (got.sha256 === upload.sha256 ? "ours" : "others") : "why" in got ? got.why : "";
      assert.match(`${got.kind} ${words}`, like);
      assert.deepEqual(after, { kind: "downloaded", sha256: upload.sha256, sizeBytes: upload.sizeBytes });
    });
  }

  test("a fault strikes as often as it says, and a restart does not begin it again", async (t) => {
    const storeFolder = join(temporaryFolder(t), "index");
    const faults = parseFaults("error-500:index*3");
    const first = await startIndex(t, { ours: ["slip-demo"], faults, storeFolder });
    const look = async (url: string): Promise<number> => (await fetch(`${url}/simple/slip-demo/`)).status;
    const before = [await look(first.url), await look(first.url)];
    await first.close();
    const second = await startIndex(t, { ours: ["slip-demo"], faults, storeFolder });

    assert.deepEqual([...before, await look(second.url), await look(second.url)], [500, 500, 500, 404]);
  });

  test("a timeout of a server that never answers is ours, not the fault's", async (t) => {
    const { registry } = await start(t, "timeout-after:upload", { connectMs: 1_000, answerMs: 400, wholeMs: 400 });
    const upload = uploadOf(temporaryFolder(t), demo, wheel(demo));

    const sent = await registry.publish(upload, rehearsalCredential(), never);

    assert.match(sent.kind === "unknown" ? sent.why : "", /did not answer in time/);
    assert.equal((await registry.observe(upload, never)).kind, "present");
  });

  test("a page that drips for ever is given up after its time", async (t) => {
    const { server, registry } = await start(t, "slow-loris:index=5000ms", { connectMs: 1_000, answerMs: 2_000, wholeMs: 400 });
    const built = wheel(demo);
    await postUpload(server.uploadUrl, demo, built);

    const startedMs = Date.now();
    const seen = await registry.observe(uploadOf(temporaryFolder(t), demo, built), never);

    assert.match(seen.kind === "unknown" ? seen.why : "", /took too long/);
    assert.ok(Date.now() - startedMs < 3_000);
  });
});

async function start(
  t: Parameters<typeof startIndex>[0],
  faults: string,
  timeouts = { connectMs: 2_000, answerMs: 4_000, wholeMs: 8_000 },
) {
  const server = await startIndex(t, { ours: ["slip-demo"], faults: parseFaults(faults) });
  return { server, registry: clientOf(server, { timeouts }) };
}
