// What every `Registry` must do, whichever server stands behind it: run against the rehearsal registries here and against
// other people's servers in test/interop. What is published is made by the ecosystem's `Goods`; where servers differ by
// nature the subject says so in `traits`, and the suite holds them to what they say.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import type { Credential, Registry, Upload } from "../../src/registries/registry.ts";
import type { Goods } from "../support/goods.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

export interface Subject {
  readonly registry: Registry;
  readonly credential: Credential;
  /** One that the server does not let in. */
  readonly wrongCredential: Credential;
  /** Stops the server for good. */
  stop(): Promise<void>;
}

export interface Traits {
  /** What is published: `pypiGoods` and its like in test/support. */
  readonly goods: Goods;
  /** What a second upload of the same bytes is answered with, before any look. */
  readonly sameAgain: "sent" | "unknown";
  /** Whether the index tells the sha256 of files; `own`: it tells the registry's own digest. Without one the bytes are compared. */
  readonly hashes: boolean | "own";
  /** Whether a conflict tells since when the other bytes are there. */
  readonly uploadTimes: boolean;
  /** How `survey` shows a version that was taken back; absent: there is no call for it. */
  readonly takenBack?: "yanked" | "absent";
  /** `everybody` may write there: what is sent with any credential is taken. Default: those with the right credential. */
  readonly writers?: "everybody";
}

/** @param open starts a fresh server that takes uploads of the goods */
export function registryContract(name: string, traits: Traits, open: (t: TestContext) => Promise<Subject>): void {
  const { goods } = traits;
  const [spelled, otherwise] = goods.spellings;
  const [first, second] = [goods.version(0), goods.version(1)];
  const demo = (t: TestContext, version: string, more: { readonly note?: string; readonly paddingBytes?: number } = {}): Upload =>
    goods.make(temporaryFolder(t), { version, ...more });
  describe(`registry contract: ${name}`, () => {
    test("a package that nobody published is absent everywhere", async (t) => {
      const { registry } = await open(t);
      const upload = demo(t, first);

      assert.deepEqual(await registry.versions(spelled, never), { kind: "absent" });
      assert.deepEqual(await registry.survey(spelled, first, never), { kind: "absent", package: "absent" });
      assert.deepEqual(await registry.observe(upload, never), { kind: "absent" });
      assert.deepEqual(await registry.download(upload, join(temporaryFolder(t), "file"), never), { kind: "absent" });
    });

    test("what was published is seen by every way of looking, with its digest", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t, first);

      assert.equal((await registry.publish(upload, credential, never)).kind, "sent");

      const seen = await registry.observe(upload, never);
      assert.equal(seen.kind, "present");
      if (traits.hashes !== "own") assert.equal(seen.kind === "present" && seen.evidence.sha256, upload.sha256);
      assert.equal(seen.kind === "present" && /downloaded/.test(seen.evidence.how), !traits.hashes);
      const survey = await registry.survey(goods.package, goods.respelled(first), never);
      assert.deepEqual(survey.kind === "listed" && survey.files.map((file) => [file.name, file.sha256]), [
        [upload.name, traits.hashes === true ? upload.sha256 : undefined],
      ]);
      assert.deepEqual(await registry.versions(otherwise, never), { kind: "listed", versions: [first] });
      const to = join(temporaryFolder(t), "file");
      const downloaded = await registry.download(upload, to, never);
      assert.deepEqual(downloaded, { kind: "downloaded", sha256: upload.sha256, sizeBytes: upload.sizeBytes });
      assert.equal(createHash("sha256").update(readFileSync(to)).digest("hex"), upload.sha256);
    });

    test("another version of a known package is absent, and the package is said to exist", async (t) => {
      const { registry, credential } = await open(t);
      await registry.publish(demo(t, first), credential, never);

      assert.deepEqual(await registry.survey(spelled, second, never), { kind: "absent", package: "exists" });
      assert.deepEqual(await registry.observe(demo(t, second), never), { kind: "absent" });
    });

    for (const pair of goods.pair === undefined ? [] : [goods.pair])
      test("two files of one version are listed together", async (t) => {
        const { registry, credential } = await open(t);
        const uploads = pair(temporaryFolder(t));
        const version = uploads[0]?.version ?? "";

        for (const upload of uploads) assert.equal((await registry.publish(upload, credential, never)).kind, "sent");

        const survey = await registry.survey(spelled, version, never);
        const names = uploads.map((upload) => upload.name).toSorted();
        assert.deepEqual(survey.kind === "listed" && survey.files.map((file) => file.name).toSorted(), names);
      });

    test("the same bytes twice do no harm, whatever the server answers", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t, first);
      await registry.publish(upload, credential, never);

      const again = await registry.publish(upload, credential, never);

      assert.equal(again.kind, traits.sameAgain);
      assert.equal((await registry.observe(upload, never)).kind, "present");
      const survey = await registry.survey(spelled, first, never);
      assert.equal(survey.kind === "listed" && survey.files.length, 1);
    });

    test("other bytes under our name are never sent over, and are seen as a conflict that names them", async (t) => {
      const { registry, credential } = await open(t);
      const theirs = demo(t, first, { note: "Theirs" });
      const ours = demo(t, first, { note: "Ours" });
      await registry.publish(theirs, credential, never);

      const sent = await registry.publish(ours, credential, never);

      assert.notEqual(sent.kind, "sent");
      const seen = await registry.observe(ours, never);
      assert.equal(seen.kind, "conflict");
      assert.match(
        seen.kind === "conflict" ? seen.theirs : "",
        new RegExp(escaped(traits.hashes === "own" ? (theirs.registryDigest ?? "none") : theirs.sha256)),
      );
      if (traits.uploadTimes) assert.match(seen.kind === "conflict" ? seen.theirs : "", /uploaded at \d{4}-\d\d-\d\dT/);
      assert.equal((await registry.observe(theirs, never)).kind, "present");
    });

    const locked = traits.writers === undefined ? "a credential that is not let in is refused in words" : "any credential is let in";
    test(`${locked}, and does not come back in what is said`, async (t) => {
      const { registry, wrongCredential } = await open(t);
      const upload = demo(t, first);

      const sent = await registry.publish(upload, wrongCredential, never);

      assert.equal(JSON.stringify(sent).includes(wrongCredential.reveal()), false);
      if (traits.writers === "everybody") return assert.equal(sent.kind, "sent");
      assert.equal(sent.kind, "refused");
      assert.match(sent.kind === "refused" ? sent.why : "", /check that the token/);
      assert.deepEqual(await registry.observe(upload, never), { kind: "absent" });
    });

    test("bytes that changed after they were frozen are not accepted", async (t) => {
      const { registry, credential } = await open(t);
      const changed = demo(t, first);
      const grown = demo(t, second);
      writeFileSync(changed.file, readFileSync(changed.file).fill(0, 40, 44));
      appendFileSync(grown.file, "more");

      const sent = [await registry.publish(changed, credential, never), await registry.publish(grown, credential, never)];

      assert.deepEqual(
        sent.map((one) => one.kind),
        ["refused", "refused"],
      );
      assert.match(sent[0]?.kind === "refused" ? sent[0].why : "", /has sha256 [0-9a-f]{64}, but the plan says [0-9a-f]{64}/);
      assert.deepEqual(await registry.observe(changed, never), { kind: "absent" });
      assert.deepEqual(await registry.observe(grown, never), { kind: "absent" });
    });

    test("twelve uploads side by side arrive each once", async (t) => {
      const { registry, credential } = await open(t);
      const uploads = Array.from({ length: 12 }, (_unused, number) => demo(t, goods.version(number)));

      const sent = await Promise.all(uploads.map((upload) => registry.publish(upload, credential, never)));

      assert.deepEqual([...new Set(sent.map((one) => one.kind))], ["sent"]);
      const seen = await Promise.all(uploads.map((upload) => registry.observe(upload, never)));
      assert.deepEqual([...new Set(seen.map((one) => one.kind))], ["present"]);
      const versions = await registry.versions(spelled, never);
      assert.equal(versions.kind === "listed" && versions.versions.length, 12);
    });

    test("a file of many blocks arrives with its own bytes", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t, second, { paddingBytes: 5 * 1024 * 1024 + 17 });

      assert.equal((await registry.publish(upload, credential, never)).kind, "sent");

      const downloaded = await registry.download(upload, join(temporaryFolder(t), "file"), never);
      assert.deepEqual(downloaded, { kind: "downloaded", sha256: upload.sha256, sizeBytes: upload.sizeBytes });
    });

    test("a call that is given up says so instead of throwing", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t, first);
      const given = AbortSignal.abort();

      const kinds = [
        await registry.publish(upload, credential, given),
        await registry.observe(upload, given),
        await registry.survey(spelled, first, given),
        await registry.versions(spelled, given),
        await registry.download(upload, join(temporaryFolder(t), "file"), given),
      ].map((one) => one.kind);

      assert.deepEqual([...new Set(kinds)], ["unknown"]);
    });

    test("a server that is gone makes every answer unknown", async (t) => {
      const { registry, credential, stop } = await open(t);
      const upload = demo(t, first);
      await registry.versions(spelled, never);
      await stop();

      const answers = [
        await registry.publish(upload, credential, never),
        await registry.observe(upload, never),
        await registry.survey(spelled, first, never),
        await registry.versions(spelled, never),
        await registry.download(upload, join(temporaryFolder(t), "file"), never),
      ];

      assert.deepEqual([...new Set(answers.map((one) => one.kind))], ["unknown"]);
      for (const answer of answers) assert.match("why" in answer ? answer.why : "", /http:\/\/127\.0\.0\.1:\d+\//);
    });

    test("pages and ways back are told without asking anybody", async (t) => {
      const { registry, stop } = await open(t);
      await stop();

      const version = { package: goods.package, version: first };
      assert.match(registry.locate(version), /^http:\/\/127\.0\.0\.1:\d+\//);
      assert.match(registry.locate(version), goods.inAddress);
      const withdrawn = registry.withdraw(version);
      assert.equal(withdrawn.kind, "by-person");
      const instruction = withdrawn.kind === "by-person" ? withdrawn.instruction : "";
      assert.ok(instruction.includes(`${goods.package} ${first}`) && instruction.includes("http:"), instruction);
    });

    for (const how of traits.takenBack === undefined ? [] : [traits.takenBack])
      test("a version that is taken back is shown as such, and taking it back twice does no harm", async (t) => {
        const { registry, credential } = await open(t);
        const upload = demo(t, first);
        await registry.publish(upload, credential, never);
        await registry.publish(demo(t, second), credential, never);
        const version = { package: goods.package, version: first, reason: "It is broken" };
        assert.ok(registry.takeBack !== undefined);

        const taken = [await registry.takeBack(version, credential, never), await registry.takeBack(version, credential, never)];

        assert.deepEqual(
          taken.map((one) => one.kind),
          ["sent", "sent"],
        );
        const survey = await registry.survey(spelled, first, never);
        const shown = survey.kind === "listed" && survey.files.length > 0 && survey.files.every((file) => Boolean(file.yanked));
        assert.equal(shown ? "yanked" : survey.kind, how);
        const other = await registry.survey(spelled, second, never);
        assert.equal(other.kind === "listed" && other.files.some((file) => Boolean(file.yanked)), false);
      });
  });
}

function escaped(text: string): string {
  return text.replace(/[$()*+./?[\\\]^{|}]/g, "\\$&");
}
