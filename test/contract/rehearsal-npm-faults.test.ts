// Every fault of the rehearsal npm registry at every call where it can strike, met by our client: what one call answers,
// what the registry holds after it, and that the fault ends. "sent" and "present" are said only of what is true.
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { join } from "node:path";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { faultProfiles, parseNpmFaults, type FaultCall, type FaultName } from "../../src/registries/npm/rehearsal/faults.ts";
import { npmClientOf, npmGoods, startNpm } from "../support/npm.ts";
import { never, realClock } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const credential = rehearsalNpmCredential();
const cut = /^unknown .*(?:cut the connection|did not answer in time)/;

/** What an upload is answered with, what a look finds right after, and what a second upload is answered with. */
const uploads: Readonly<Partial<Record<FaultName, readonly [sent: RegExp, seen: string, again: string]>>> = {
  "lost-reply": [cut, "present", "unknown"],
  "error-after-accepting": [/^unknown .*answered 502/, "present", "unknown"],
  "error-500": [/^unknown .*answered 500/, "absent", "sent"],
  "error-502": [/^unknown .*answered 502/, "absent", "sent"],
  "error-503": [/^later .*503/, "absent", "sent"],
  "rate-limit": [/^later .*429 "rate limited"/, "absent", "sent"],
  "rate-limit-date": [/^later .*429/, "absent", "sent"],
  "rate-limit-bare": [/^later .*429/, "absent", "sent"],
  "slow-index": [/^sent/, "absent", "unknown"],
  stranger: [/^unknown .*cannot publish over the previously published/i, "conflict", "unknown"],
  "reset-mid-body": [cut, "absent", "sent"],
  "partial-kept": [/^sent/, "conflict", "unknown"],
  "timeout-before": [cut, "absent", "sent"],
  "timeout-after": [cut, "present", "unknown"],
  "wrong-success": [/^unknown .*web page/, "absent", "sent"],
  "duplicate-delivery": [/^unknown .*cannot publish over/i, "present", "unknown"],
  "being-written": [/^unknown .*409 "Failed to save packument/, "absent", "sent"],
  "expired-token": [/^refused .*expired or revoked/, "absent", "sent"],
  "one-time-password": [/^refused .*one-time password, which no machine has/, "absent", "sent"],
  "no-rights": [/^refused .*may not write/, "absent", "sent"],
};

/** What moving a dist-tag is answered with, and what a look finds right after. */
const moves: Readonly<Partial<Record<FaultName, readonly [moved: RegExp, seen: string]>>> = {
  "lost-reply": [cut, "present"],
  "error-after-accepting": [/^unknown .*answered 502/, "present"],
  "error-500": [/^unknown .*answered 500/, "absent"],
  "error-502": [/^unknown .*answered 502/, "absent"],
  "error-503": [/^later .*503/, "absent"],
  "rate-limit": [/^later .*429/, "absent"],
  "rate-limit-date": [/^later .*429/, "absent"],
  "rate-limit-bare": [/^later .*429/, "absent"],
  "timeout-before": [cut, "absent"],
  "timeout-after": [cut, "present"],
  "wrong-success": [/^unknown .*web page/, "absent"],
  "duplicate-delivery": [/^sent/, "present"],
  "expired-token": [/^refused .*expired or revoked/, "absent"],
  "one-time-password": [/^refused .*one-time password/, "absent"],
  "no-rights": [/^refused .*may not write/, "absent"],
};

/** What a look at a version, and at a dist-tag, is answered with while the fault strikes. */
const looks: Readonly<Partial<Record<FaultName, readonly [version: RegExp, tag: RegExp]>>> = {
  "lost-reply": [cut, cut],
  "error-500": [/^unknown .*answered 500/, /^unknown .*answered 500/],
  "error-502": [/^unknown .*answered 502/, /^unknown .*answered 502/],
  "error-503": [/^unknown .*answered 503/, /^unknown .*answered 503/],
  "rate-limit": [/^unknown .*answered 429/, /^unknown .*answered 429/],
  "rate-limit-date": [/^unknown .*answered 429/, /^unknown .*answered 429/],
  "rate-limit-bare": [/^unknown .*answered 429/, /^unknown .*answered 429/],
  "reset-mid-body": [cut, cut],
  "timeout-before": [cut, cut],
  "wrong-success": [/^unknown .*web page/, /^unknown .*no list of dist-tags/],
  // For tags the document is asked in the place of a list that is not there.
  missing: [/^absent/, /^present/],
  "no-hashes": [/^present .*downloaded and digested/, /^present/],
  // A list that leads lower than it should invites to move the tag forwards, and that does no harm.
  "other-bytes": [/^conflict/, /^absent/],
};

/** What a download is answered with while the fault strikes. */
const downloads: Readonly<Partial<Record<FaultName, RegExp>>> = {
  "lost-reply": cut,
  "error-500": /^unknown .*answered 500/,
  "error-502": /^unknown .*answered 502/,
  "error-503": /^unknown .*answered 503/,
  "rate-limit": /^unknown .*answered 429/,
  "rate-limit-date": /^unknown .*answered 429/,
  "rate-limit-bare": /^unknown .*answered 429/,
  "reset-mid-body": cut,
  "timeout-before": cut,
  missing: /^absent/,
  "other-bytes": /^downloaded others/,
};

/** What letting out a staged version is answered with, and what a look finds right after. */
const releases: Readonly<Partial<Record<FaultName, readonly [sent: RegExp, seen: string]>>> = {
  "lost-reply": [cut, "present"],
  "error-after-accepting": [/^unknown .*answered 502/, "present"],
  "error-500": [/^unknown .*answered 500/, "held"],
  "error-502": [/^unknown .*answered 502/, "held"],
  "error-503": [/^later .*503/, "held"],
  "rate-limit": [/^later .*429/, "held"],
  "rate-limit-date": [/^later .*429/, "held"],
  "rate-limit-bare": [/^later .*429/, "held"],
  "timeout-before": [cut, "held"],
  "timeout-after": [cut, "present"],
  "wrong-success": [/^unknown .*web page/, "held"],
  "one-time-password": [/^refused .*one-time password/, "held"],
};

/** Waits of the test are short; the order of things does not depend on them. */
const shortMs = 300;

async function start(t: TestContext, faults: string) {
  const server = await startNpm(t, { ours: ["@slip/demo"], faults: parseNpmFaults(faults) });
  const registry = npmClientOf(server.registryUrl, { timeouts: { connectMs: 2_000, answerMs: 4_000, wholeMs: 8_000 } });
  const { channels } = registry;
  assert.ok(channels !== undefined);
  return { server, registry, channels, upload: npmGoods.make(temporaryFolder(t), { version: "1.0.0" }) };
}

const said = (answer: { readonly kind: string }): string => `${answer.kind} ${"why" in answer ? String(answer.why) : ""}`;

describe("faults of the rehearsal npm registry", () => {
  test("every profile has its case for every call where it can strike", () => {
    const tables: Readonly<Record<FaultCall, object>> = {
      upload: uploads,
      channel: moves,
      index: looks,
      download: downloads,
      approve: releases,
    };
    for (const [call, table] of Object.entries(tables)) {
      const able = faultProfiles.filter((profile) => profile.calls.some((one) => one === call)).map((profile) => profile.name);
      assert.deepEqual(Object.keys(table).toSorted(), able.toSorted(), call);
    }
  });

  for (const [name, [sentLike, seenKind, againKind]] of Object.entries(uploads)) {
    test(`${name}:upload`, async (t) => {
      const { server, registry, upload } = await start(t, `${name}:upload=${shortMs}ms`);

      const sent = await registry.publish(upload, credential, never);
      const seen = await registry.observe(upload, never);

      assert.match(said(sent), sentLike);
      if (sent.kind === "later") assert.ok(sent.atMs > Date.now() - 1_000 && sent.atMs < Date.now() + 10_000);
      assert.equal(seen.kind, seenKind);
      if (name === "slow-index") await realClock.sleep(shortMs + 50, never);
      const settled = await registry.observe(upload, never);
      assert.equal(settled.kind, name === "slow-index" ? "present" : seenKind);

      const again = await registry.publish(upload, credential, never);

      assert.equal(again.kind, againKind, "the fault has ended");
      const held = await registry.observe(upload, never);
      assert.equal(held.kind, seenKind === "conflict" ? "conflict" : "present");
      const [counted] = server.received();
      assert.equal(counted?.stored, name === "stranger" ? 0 : 1, "kept once at most");
    });
  }

  for (const [name, [movedLike, seenKind]] of Object.entries(moves)) {
    test(`${name}:channel`, async (t) => {
      const { registry, channels, upload } = await start(t, `${name}:channel=${shortMs}ms`);
      await registry.publish(upload, credential, never);
      const channel = { package: "@slip/demo", name: "stable", version: "1.0.0" };

      const moved = await channels.move(channel, credential, never);
      const seen = await channels.observe(channel, never);

      assert.match(said(moved), movedLike);
      assert.equal(seen.kind, seenKind);
      assert.equal((await channels.move(channel, credential, never)).kind, "sent", "the fault has ended");
      assert.equal((await channels.observe(channel, never)).kind, "present");
    });
  }

  for (const [name, [versionLike, tagLike]] of Object.entries(looks)) {
    test(`${name}:index`, async (t) => {
      const { server, registry, upload } = await start(t, `${name}:index=${shortMs}ms`);
      await registry.publish(upload, credential, never);

      const seen = await registry.observe(upload, never);
      const after = await registry.observe(upload, never);

      assert.match(`${said(seen)} ${seen.kind === "present" ? seen.evidence.how : ""}`, versionLike);
      assert.equal(after.kind, "present", "the fault has ended");
      assert.equal(server.received()[0]?.stored, 1);
    });

    test(`${name}:index, asked for a dist-tag`, async (t) => {
      const { registry, channels, upload } = await start(t, `${name}:index=${shortMs}ms`);
      await registry.publish(upload, credential, never);
      const channel = { package: "@slip/demo", name: "latest", version: "1.0.0" };

      const seen = await channels.observe(channel, never);

      assert.match(said(seen), tagLike);
      assert.equal((await channels.observe(channel, never)).kind, "present", "the fault has ended");
    });
  }

  for (const [name, [sentLike, seenKind]] of Object.entries(releases)) {
    test(`${name}:approve`, async (t) => {
      const { server, registry, upload } = await start(t, `${name}:approve=${shortMs}ms`);
      await registry.publish(upload, credential, never);
      const next = npmGoods.make(temporaryFolder(t), { version: "1.1.0" });
      const { staging } = npmClientOf(server.registryUrl, {
        timeouts: { connectMs: 2_000, answerMs: 4_000, wholeMs: 8_000 },
        oneTimePassword: async () => "123456",
      });
      assert.ok(staging !== undefined);
      assert.equal((await staging.put(next, credential, never)).kind, "sent");

      const sent = await staging.release(next, credential, never);
      const seen = await staging.observe(next, credential, never);

      assert.match(said(sent), sentLike);
      assert.equal(seen.kind, seenKind);
      if (seenKind === "held") assert.equal((await staging.release(next, credential, never)).kind, "sent", "the fault has ended");
      assert.equal((await registry.observe(next, never)).kind, "present");
    });
  }

  for (const [name, like] of Object.entries(downloads)) {
    test(`${name}:download`, async (t) => {
      const { registry, upload } = await start(t, `${name}:download=${shortMs}ms`);
      await registry.publish(upload, credential, never);

      const got = await registry.download(upload, join(temporaryFolder(t), "file"), never);
      const after = await registry.download(upload, join(temporaryFolder(t), "file"), never);

      const words = got.kind === "downloaded" ? (got.sha256 === upload.sha256 ? "ours" : "others") : "why" in got ? got.why : "";
      assert.match(`${got.kind} ${words}`, like);
      assert.deepEqual(after, { kind: "downloaded", sha256: upload.sha256, sizeBytes: upload.sizeBytes });
    });
  }
});
