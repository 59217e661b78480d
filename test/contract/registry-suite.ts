// What every `Registry` must do, whichever server stands behind it: run against the rehearsal index here and against
// pypiserver and devpi in test/interop. Where servers differ by nature the subject says so in `traits`, and the suite
// holds them to what they say.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import type { Credential, Registry, Upload } from "../../src/registries/registry.ts";
import { never, uploadOf } from "../support/pypi.ts";
import { sdist } from "../support/sdist.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { wheel, type WheelOf } from "../support/wheel.ts";

export interface Subject {
  readonly registry: Registry;
  readonly credential: Credential;
  /** One that the server does not let in. */
  readonly wrongCredential: Credential;
  /** Stops the server for good. */
  stop(): Promise<void>;
}

export interface Traits {
  /** What a second upload of the same bytes is answered with, before any look. */
  readonly sameAgain: "sent" | "unknown";
  /** Whether the index tells digests; without them the bytes are compared. */
  readonly hashes: boolean;
  readonly uploadTimes: boolean;
}

/** @param open starts a fresh server that takes uploads of `slip-demo` and `slip-other` */
export function registryContract(name: string, traits: Traits, open: (t: TestContext) => Promise<Subject>): void {
  describe(`registry contract: ${name}`, () => {
    test("a package that nobody published is absent everywhere", async (t) => {
      const { registry } = await open(t);
      const upload = demo(t, "1.0");

      assert.deepEqual(await registry.versions("slip-demo", never), { kind: "absent" });
      assert.deepEqual(await registry.survey("slip-demo", "1.0", never), { kind: "absent", package: "absent" });
      assert.deepEqual(await registry.observe(upload, never), { kind: "absent" });
      assert.deepEqual(await registry.download(upload, join(temporaryFolder(t), "file"), never), { kind: "absent" });
    });

    test("what was published is seen by every way of looking, with its digest", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t, "1.0");

      assert.equal((await registry.publish(upload, credential, never)).kind, "sent");

      const seen = await registry.observe(upload, never);
      assert.equal(seen.kind, "present");
      assert.equal(seen.kind === "present" && seen.evidence.sha256, upload.sha256);
      assert.equal(seen.kind === "present" && /downloaded/.test(seen.evidence.how), !traits.hashes);
      const survey = await registry.survey("Slip.Demo", "1.0.0", never);
      assert.deepEqual(survey.kind === "listed" && survey.files.map((file) => [file.name, file.sha256]), [
        [upload.name, traits.hashes ? upload.sha256 : undefined],
      ]);
      assert.deepEqual(await registry.versions("SLIP_demo", never), { kind: "listed", versions: ["1.0"] });
      const to = join(temporaryFolder(t), "file");
      const downloaded = await registry.download(upload, to, never);
      assert.deepEqual(downloaded, { kind: "downloaded", sha256: upload.sha256, sizeBytes: upload.sizeBytes });
      assert.equal(createHash("sha256").update(readFileSync(to)).digest("hex"), upload.sha256);
    });

    test("another version of a known package is absent, and the package is said to exist", async (t) => {
      const { registry, credential } = await open(t);
      await registry.publish(demo(t, "1.0"), credential, never);

      assert.deepEqual(await registry.survey("slip-demo", "1.1", never), { kind: "absent", package: "exists" });
      assert.deepEqual(await registry.observe(demo(t, "1.1"), never), { kind: "absent" });
    });

    test("a wheel and an sdist of one version are listed together", async (t) => {
      const { registry, credential } = await open(t);
      const of = { name: "Slip.Demo", version: "2.0rc1" };
      const uploads = [uploadOf(temporaryFolder(t), of, wheel(of)), uploadOf(temporaryFolder(t), of, sdist(of))];

      for (const upload of uploads) assert.equal((await registry.publish(upload, credential, never)).kind, "sent");

      const survey = await registry.survey("slip-demo", "2.0rc1", never);
      assert.deepEqual(survey.kind === "listed" && survey.files.map((file) => file.name).toSorted(), [
        "slip_demo-2.0rc1-py3-none-any.whl",
        "slip_demo-2.0rc1.tar.gz",
      ]);
    });

    test("the same bytes twice do no harm, whatever the server answers", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t, "1.0");
      await registry.publish(upload, credential, never);

      const again = await registry.publish(upload, credential, never);

      assert.equal(again.kind, traits.sameAgain);
      assert.equal((await registry.observe(upload, never)).kind, "present");
      const survey = await registry.survey("slip-demo", "1.0", never);
      assert.equal(survey.kind === "listed" && survey.files.length, 1);
    });

    test("other bytes under our name are never sent over, and are seen as a conflict that names them", async (t) => {
      const { registry, credential } = await open(t);
      const theirs = demo(t, "1.0", { summary: "Theirs" });
      const ours = demo(t, "1.0", { summary: "Ours" });
      await registry.publish(theirs, credential, never);

      const sent = await registry.publish(ours, credential, never);

      assert.notEqual(sent.kind, "sent");
      const seen = await registry.observe(ours, never);
      assert.equal(seen.kind, "conflict");
      assert.match(seen.kind === "conflict" ? seen.theirs : "", new RegExp(theirs.sha256));
      if (traits.uploadTimes) assert.match(seen.kind === "conflict" ? seen.theirs : "", /uploaded at \d{4}-\d\d-\d\dT/);
      assert.equal((await registry.observe(theirs, never)).kind, "present");
    });

    test("a credential that is not let in is refused in words, and does not come back in them", async (t) => {
      const { registry, wrongCredential } = await open(t);
      const upload = demo(t, "1.0");

      const sent = await registry.publish(upload, wrongCredential, never);

      assert.equal(sent.kind, "refused");
      const why = sent.kind === "refused" ? sent.why : "";
      assert.match(why, /check that the token/);
      assert.equal(why.includes(wrongCredential.reveal()), false);
      assert.deepEqual(await registry.observe(upload, never), { kind: "absent" });
    });

    test("bytes that changed after they were frozen are not accepted", async (t) => {
      const { registry, credential } = await open(t);
      const changed = demo(t, "1.0");
      const grown = demo(t, "1.1");
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
      const uploads = Array.from({ length: 12 }, (_unused, number) => demo(t, `3.${number}`));

      const sent = await Promise.all(uploads.map((upload) => registry.publish(upload, credential, never)));

      assert.deepEqual([...new Set(sent.map((one) => one.kind))], ["sent"]);
      const seen = await Promise.all(uploads.map((upload) => registry.observe(upload, never)));
      assert.deepEqual([...new Set(seen.map((one) => one.kind))], ["present"]);
      const versions = await registry.versions("slip-demo", never);
      assert.equal(versions.kind === "listed" && versions.versions.length, 12);
    });

    test("a file of many blocks arrives with its own bytes", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t, "4.0", { files: { "slip_demo/data.bin": randomBytes(5 * 1024 * 1024 + 17) } });

      assert.equal((await registry.publish(upload, credential, never)).kind, "sent");

      const downloaded = await registry.download(upload, join(temporaryFolder(t), "file"), never);
      assert.deepEqual(downloaded, { kind: "downloaded", sha256: upload.sha256, sizeBytes: upload.sizeBytes });
    });

    test("a call that is given up says so instead of throwing", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t, "1.0");
      const given = AbortSignal.abort();

      const kinds = [
        await registry.publish(upload, credential, given),
        await registry.observe(upload, given),
        await registry.survey("slip-demo", "1.0", given),
        await registry.versions("slip-demo", given),
        await registry.download(upload, join(temporaryFolder(t), "file"), given),
      ].map((one) => one.kind);

      assert.deepEqual([...new Set(kinds)], ["unknown"]);
    });

    test("a server that is gone makes every answer unknown", async (t) => {
      const { registry, credential, stop } = await open(t);
      const upload = demo(t, "1.0");
      await registry.versions("slip-demo", never);
      await stop();

      const answers = [
        await registry.publish(upload, credential, never),
        await registry.observe(upload, never),
        await registry.survey("slip-demo", "1.0", never),
        await registry.versions("slip-demo", never),
        await registry.download(upload, join(temporaryFolder(t), "file"), never),
      ];

      assert.deepEqual([...new Set(answers.map((one) => one.kind))], ["unknown"]);
      for (const answer of answers) assert.match("why" in answer ? answer.why : "", /http:\/\/127\.0\.0\.1:\d+\//);
    });

    test("pages and ways back are told without asking anybody", async (t) => {
      const { registry, stop } = await open(t);
      await stop();

      assert.match(registry.locate({ package: "Slip.Demo", version: "1.0" }), /^http:\/\/127\.0\.0\.1:\d+\/.*slip-demo/);
      const withdrawn = registry.withdraw({ package: "Slip.Demo", version: "1.0" });
      assert.equal(withdrawn.kind, "by-person");
      assert.match(withdrawn.kind === "by-person" ? withdrawn.instruction : "", /Slip\.Demo 1\.0.*http:/);
    });
  });
}

function demo(t: TestContext, version: string, more: Partial<WheelOf> = {}): Upload {
  const of = { name: "Slip.Demo", version, description: "A package\n", descriptionContentType: "text/markdown", ...more };
  return uploadOf(temporaryFolder(t), of, wheel(of));
}
