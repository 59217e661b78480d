// Every fault of the rehearsal crate registry at every call where it can strike, met by our client: what one call answers,
// what a look finds after it, and that the fault ends. "sent" and "present" are said only of what is true.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { rehearsalCratesCredential } from "../../src/registries/crates/credentials.ts";
import {
  faultCalls,
  faultProfiles,
  parseCratesFaults,
  type FaultCall,
  type FaultName,
} from "../../src/registries/crates/rehearsal/faults.ts";
import { cratesClientOf, crateUpload, startCrates } from "../support/crates.ts";
import { never, realClock } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const token = rehearsalCratesCredential();
const demo = { name: "slip-demo", version: "1.0.0" };

type Cases<C> = Readonly<Partial<Record<FaultName, C>>>;

/** What an upload is answered with, what a look finds right after, and what a second upload is answered with. */
const uploads: Cases<readonly [sent: RegExp, seen: string, again: string]> = {
  "lost-reply": [/^unknown .*cut the connection/, "present", "unknown"],
  "error-after-accepting": [/^unknown .*answered 502/, "present", "unknown"],
  "error-500": [/^unknown .*answered 500/, "absent", "sent"],
  "error-502": [/^unknown .*answered 502/, "absent", "sent"],
  "error-503": [/^later .*503/, "absent", "sent"],
  "rate-limit": [/^later .*429/, "absent", "sent"],
  "rate-limit-date": [/^later .*429/, "absent", "sent"],
  "rate-limit-text": [/^later .*try again after/, "absent", "sent"],
  "rate-limit-bare": [/^later .*429/, "absent", "sent"],
  "slow-index": [/^sent/, "pending", "unknown"],
  stranger: [/^unknown .*already uploaded/, "conflict", "unknown"],
  "reset-mid-body": [/^unknown .*cut the connection/, "absent", "sent"],
  "partial-kept": [/^sent/, "conflict", "unknown"],
  "timeout-before": [/^unknown .*(?:cut the connection|did not answer)/, "absent", "sent"],
  "timeout-after": [/^unknown .*(?:cut the connection|did not answer)/, "present", "unknown"],
  "wrong-success": [/^unknown .*proxy or login page/, "absent", "sent"],
  "error-with-200": [/^refused .*cannot do this now/, "absent", "sent"],
  "duplicate-delivery": [/^unknown .*already uploaded/, "present", "unknown"],
  "expired-token": [/^refused .*authentication failed.*check that the token/, "absent", "sent"],
};

/** What a look is answered with while the fault strikes the index. */
const looks: Cases<RegExp> = {
  "lost-reply": /^unknown .*cut the connection/,
  "error-500": /^unknown .*answered 500/,
  "error-502": /^unknown .*answered 502/,
  "error-503": /^unknown .*answered 503/,
  "rate-limit": /^unknown .*answered 429/,
  "rate-limit-date": /^unknown .*answered 429/,
  "rate-limit-bare": /^unknown .*answered 429/,
  "reset-mid-body": /^unknown .*cut the connection/,
  "timeout-before": /^unknown .*(?:cut the connection|did not answer)/,
  "wrong-success": /^unknown .*is no file of a crate index/,
  missing: /^pending .*has taken slip-demo 1\.0\.0/,
  "other-bytes": /^conflict/,
};

const downloads: Cases<RegExp> = {
  "lost-reply": /^unknown .*cut the connection/,
  "error-500": /^unknown .*answered 500/,
  "error-502": /^unknown .*answered 502/,
  "error-503": /^unknown .*answered 503/,
  "rate-limit": /^unknown .*answered 429/,
  "rate-limit-date": /^unknown .*answered 429/,
  "rate-limit-bare": /^unknown .*answered 429/,
  "reset-mid-body": /^unknown .*cut the connection/,
  "timeout-before": /^unknown .*(?:cut the connection|did not answer)/,
  missing: /^absent/,
  "other-bytes": /^downloaded others/,
};

/** What a yank is answered with, and whether the index shows it then. */
const yanks: Cases<readonly [sent: RegExp, yanked: boolean]> = {
  "lost-reply": [/^unknown .*cut the connection/, true],
  "error-after-accepting": [/^unknown .*answered 502/, true],
  "error-500": [/^unknown .*answered 500/, false],
  "error-502": [/^unknown .*answered 502/, false],
  "error-503": [/^later .*503/, false],
  "rate-limit": [/^later .*429/, false],
  "rate-limit-date": [/^later .*429/, false],
  "rate-limit-text": [/^later .*429/, false],
  "rate-limit-bare": [/^later .*429/, false],
  "reset-mid-body": [/^unknown .*cut the connection/, false],
  "timeout-before": [/^unknown .*(?:cut the connection|did not answer)/, false],
  "timeout-after": [/^unknown .*(?:cut the connection|did not answer)/, true],
  "wrong-success": [/^unknown .*proxy or login page/, false],
  "error-with-200": [/^refused .*cannot do this now/, false],
  "expired-token": [/^refused .*check that the token/, false],
};

/** Waits of the test are short; the order of things does not depend on them. */
const shortMs = 300;

describe("faults of the rehearsal crate registry", () => {
  test("every profile has its case for every call where it can strike", () => {
    const tables: Readonly<Record<FaultCall, object>> = { upload: uploads, index: looks, download: downloads, yank: yanks };
    for (const call of faultCalls) {
      const able = faultProfiles.filter((profile) => profile.calls.some((one) => one === call)).map((profile) => profile.name);
      assert.deepEqual(Object.keys(tables[call]).toSorted(), able.toSorted(), call);
    }
  });

  for (const [name, [sentLike, seenKind, againKind]] of Object.entries(uploads)) {
    test(`${name}:upload`, async (t) => {
      const { server, registry, upload } = await start(t, `${name}:upload=${shortMs}ms`);

      const sent = await registry.publish(upload, token, never);
      const seen = await registry.observe(upload, never);

      assert.match(`${sent.kind} ${"why" in sent ? sent.why : ""}`, sentLike);
      if (sent.kind === "later") assert.ok(sent.atMs > Date.now() - 1_500 && sent.atMs < Date.now() + 10_000);
      assert.equal(seen.kind, seenKind);
      if (name === "slow-index") await realClock.sleep(shortMs + 50, never);

      const again = await registry.publish(upload, token, never);

      assert.equal(again.kind, againKind, "the fault has ended");
      assert.equal((await registry.observe(upload, never)).kind, seenKind === "conflict" ? "conflict" : "present");
      const [counted] = server.received();
      assert.equal(counted?.stored, name === "stranger" ? 0 : 1, "kept once at most");
    });
  }

  for (const [name, seenLike] of Object.entries(looks)) {
    test(`${name}:index`, async (t) => {
      const { registry, upload } = await start(t, `${name}:index=${shortMs}ms`);
      await registry.publish(upload, token, never);

      const seen = await registry.observe(upload, never);
      const after = await registry.observe(upload, never);

      assert.match(`${seen.kind} ${"why" in seen ? seen.why : ""}`, seenLike);
      assert.equal(after.kind, "present", "the fault has ended");
    });
  }

  for (const [name, like] of Object.entries(downloads)) {
    test(`${name}:download`, async (t) => {
      const { registry, upload } = await start(t, `${name}:download=${shortMs}ms`);
      await registry.publish(upload, token, never);

      const got = await registry.download(upload, join(temporaryFolder(t), "file"), never);
      const after = await registry.download(upload, join(temporaryFolder(t), "file"), never);

      const words = got.kind === "downloaded" ? (got.sha256 === upload.sha256 ? "ours" : "others") : "why" in got ? got.why : "";
      assert.match(`${got.kind} ${words}`, like);
      assert.deepEqual(after, { kind: "downloaded", sha256: upload.sha256, sizeBytes: upload.sizeBytes });
    });
  }

  for (const [name, [sentLike, yanked]] of Object.entries(yanks)) {
    test(`${name}:yank`, async (t) => {
      const { registry, upload } = await start(t, `${name}:yank=${shortMs}ms`);
      await registry.publish(upload, token, never);
      const version = { package: upload.package, version: upload.version, reason: "broken" };
      const shown = async (): Promise<unknown> => {
        const survey = await registry.survey(upload.package, upload.version, never);
        return survey.kind === "listed" && survey.files[0]?.yanked;
      };

      const sent = await registry.takeBack?.(version, token, never);

      assert.match(`${sent?.kind} ${sent !== undefined && "why" in sent ? sent.why : ""}`, sentLike);
      assert.equal(await shown(), yanked);
      assert.equal((await registry.takeBack?.(version, token, never))?.kind, "sent", "the fault has ended");
      assert.equal(await shown(), true);
    });
  }

  test("a fault strikes as often as it says, and a restart does not begin it again", async (t) => {
    const storeFolder = join(temporaryFolder(t), "crates");
    const faults = parseCratesFaults("error-500:index*3");
    const first = await startCrates(t, { ours: ["slip-demo"], faults, storeFolder });
    const look = async (url: string): Promise<number> => (await fetch(`${url}sl/ip/slip-demo`)).status;
    const before = [await look(first.indexUrl), await look(first.indexUrl)];
    await first.close();
    const second = await startCrates(t, { ours: ["slip-demo"], faults, storeFolder });

    assert.deepEqual([...before, await look(second.indexUrl), await look(second.indexUrl)], [500, 500, 500, 404]);
  });
});

async function start(t: Parameters<typeof startCrates>[0], faults: string) {
  const server = await startCrates(t, { ours: ["slip-demo"], faults: parseCratesFaults(faults) });
  const timeouts = { connectMs: 2_000, answerMs: 4_000, wholeMs: 8_000 };
  return { server, registry: cratesClientOf(server, { timeouts }), upload: crateUpload(temporaryFolder(t), demo) };
}
