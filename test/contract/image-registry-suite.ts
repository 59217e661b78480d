// What our client must do at every image registry, whichever server stands behind it: the registry contract said for images,
// where a version is pushed by digest, seen by nobody, and shown by tags. Run against the rehearsal registry here and against
// other people's servers in test/interop and test/acceptance.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import type { Credential, Registry, Upload } from "../../src/registries/registry.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { attachmentTo, channelTo, imageUpload, indexOf, makeImage, ociClientOf, startOci, type ImageOf } from "../support/oci.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

export interface ImageSubject {
  readonly registry: Registry;
  readonly credential: Credential;
  /** One that the server does not let in; absent: everybody may write there. */
  readonly wrongCredential?: Credential;
  /** Stops the server for good. */
  stop(): Promise<void>;
}

export interface ImageTraits {
  /** Whether a tag may be deleted there. */
  readonly deletesTags: boolean;
  /** What the server does with an index of which a part is missing. */
  readonly sparse: "unknown" | "sent";
  /** Who keeps the list of what is about an image. */
  readonly lists: "registry" | "clients";
}

/** @param open starts a fresh server that takes `slip/demo` and `slip/base` */
export function imageRegistryContract(name: string, traits: ImageTraits, open: (t: TestContext) => Promise<ImageSubject>): void {
  const demo = (t: TestContext, of: Partial<ImageOf> = {}): Upload => imageUpload(temporaryFolder(t), { version: "1.0.0", ...of });
  const publishAs = async ({ registry, credential }: ImageSubject, upload: Upload, channels: readonly string[]): Promise<void> => {
    assert.deepEqual(await registry.publish(upload, credential, never), { kind: "sent", warnings: [] });
    for (const channel of channels) {
      assert.deepEqual(await registry.channels?.move(channelTo(upload, channel), credential, never), { kind: "sent", warnings: [] });
    }
  };

  describe(`image registry contract: ${name}`, () => {
    test("an image that nobody pushed is absent everywhere", async (t) => {
      const { registry } = await open(t);
      const upload = demo(t);

      assert.deepEqual(await registry.versions("slip/demo", never), { kind: "absent" });
      assert.deepEqual(await registry.survey("slip/demo", "1.0.0", never), { kind: "absent", package: "absent" });
      assert.deepEqual(await registry.observe(upload, never), { kind: "absent" });
      assert.deepEqual(await registry.channels?.observe(channelTo(upload, "latest"), never), { kind: "absent" });
      assert.deepEqual(await registry.download(upload, join(temporaryFolder(t), "file"), never), { kind: "absent" });
    });

    test("what was pushed is there by its digest, and no tag leads to it", async (t) => {
      const subject = await open(t);
      const { registry } = subject;
      const upload = demo(t);

      await publishAs(subject, upload, []);

      const seen = await registry.observe(upload, never);
      assert.equal(seen.kind, "present");
      assert.equal(seen.kind === "present" && seen.evidence.details?.["registryDigest"], upload.registryDigest);
      assert.equal((await registry.survey("slip/demo", "1.0.0", never)).kind, "absent");
      assert.deepEqual(await registry.channels?.observe(channelTo(upload, "1.0.0"), never), { kind: "absent" });
      const to = join(temporaryFolder(t), "manifest");
      const downloaded = await registry.download(upload, to, never);
      const digest = createHash("sha256").update(readFileSync(to)).digest("hex");
      assert.equal(`sha256:${digest}`, upload.registryDigest);
      assert.equal(downloaded.kind === "downloaded" && downloaded.sha256, digest);
    });

    test("a version is listed once its tag leads to it, and another one is not", async (t) => {
      const subject = await open(t);
      const { registry } = subject;
      const upload = demo(t, { version: "1.0.0+build.5" });

      await publishAs(subject, upload, ["1.0.0_build.5", "latest"]);

      assert.deepEqual(await registry.versions("slip/demo", never), { kind: "listed", versions: ["1.0.0+build.5"] });
      const survey = await registry.survey("slip/demo", "1.0.0+build.5", never);
      assert.deepEqual(survey.kind === "listed" && survey.files.map((file) => file.name), [upload.registryDigest]);
      assert.deepEqual(await registry.survey("slip/demo", "1.1.0", never), { kind: "absent", package: "exists" });
      for (const channel of ["1.0.0_build.5", "latest"])
        assert.equal((await registry.channels?.observe(channelTo(upload, channel), never))?.kind, "present");
    });

    test("the same image twice does no harm, and its blobs are not sent again", async (t) => {
      const subject = await open(t);
      const upload = demo(t);
      await publishAs(subject, upload, ["1.0.0"]);

      await publishAs(subject, upload, ["1.0.0"]);

      assert.equal((await subject.registry.observe(upload, never)).kind, "present");
      assert.equal((await subject.registry.channels?.observe(channelTo(upload, "1.0.0"), never))?.kind, "present");
    });

    test("images of two platforms are joined into an index, which the tag leads to", async (t) => {
      const subject = await open(t);
      const { registry, credential } = subject;
      const of: readonly ImageOf[] = [
        { version: "1.0.0", architecture: "arm64", layers: ["arm64"] },
        { version: "1.0.0", architecture: "amd64", layers: ["amd64", "both"] },
      ];
      const index = indexOf(
        of.map((one) => ({ of: one, made: makeImage(one) })),
        { "org.opencontainers.image.version": "1.0.0" },
      );
      const uploads = of.map((one) => demo(t, one));
      for (const upload of uploads) await publishAs(subject, upload, []);

      assert.deepEqual(await registry.join?.(index, credential, never), { kind: "sent", warnings: [] });
      assert.deepEqual(await registry.channels?.move(channelTo(index, "1.0.0"), credential, never), { kind: "sent", warnings: [] });

      assert.equal((await registry.observe(index, never)).kind, "present");
      const survey = await registry.survey("slip/demo", "1.0.0", never);
      const names = [index.registryDigest, ...uploads.map((upload) => upload.registryDigest).toReversed()];
      assert.deepEqual(survey.kind === "listed" && survey.files.map((file) => file.name), names);
    });

    test("an index before its parts is not called present", async (t) => {
      const subject = await open(t);
      const of: ImageOf = { version: "1.0.0" };
      await publishAs(subject, demo(t, { version: "0.9.0" }), []);
      const index = indexOf([{ of, made: makeImage({ ...of, layers: ["never pushed"] }) }]);

      const joined = await subject.registry.join?.(index, subject.credential, never);

      assert.equal(joined?.kind, traits.sparse);
      const seen = await subject.registry.observe(index, never);
      assert.equal(seen.kind, traits.sparse === "sent" ? "damaged" : "absent");
    });

    test("a channel moves forward, never back, and says which version is in the way", async (t) => {
      const subject = await open(t);
      const channels = subject.registry.channels;
      const label = (version: string): Partial<ImageOf> => ({ version, labels: { "org.opencontainers.image.version": version } });
      const [older, newer] = [demo(t, label("1.2.3")), demo(t, label("1.3.0"))];
      await publishAs(subject, older, ["latest"]);
      await publishAs(subject, newer, []);

      assert.deepEqual(await channels?.observe(channelTo(newer, "latest"), never), { kind: "absent" });
      await publishAs(subject, newer, ["latest"]);

      const back = await channels?.observe(channelTo(older, "latest"), never);
      assert.match(back?.kind === "conflict" ? back.theirs : "", /higher version "1\.3\.0".*never move backwards/);
      const other = await channels?.observe(channelTo(demo(t, { ...label("1.3.0"), layers: ["other"] }), "latest"), never);
      assert.match(other?.kind === "conflict" ? other.theirs : "", /same version "1\.3\.0" with other bytes/);
    });

    test("where nothing but another tag tells the version, that tag does", async (t) => {
      const subject = await open(t);
      const channels = subject.registry.channels;
      await publishAs(subject, demo(t, { version: "1.2.0" }), ["1.2.0"]);
      await publishAs(subject, demo(t, { version: "1.3.0" }), ["1.3.0", "latest"]);

      assert.deepEqual(await channels?.observe(channelTo(demo(t, { version: "1.4.0" }), "latest"), never), { kind: "absent" });
      const back = await channels?.observe(channelTo(demo(t, { version: "1.2.1" }), "latest"), never);
      assert.match(back?.kind === "conflict" ? back.theirs : "", /higher version "1\.3\.0"/);
    });

    test("what does not tell its version holds the channel, and so does another image under the tag of our version", async (t) => {
      const subject = await open(t);
      const channels = subject.registry.channels;
      const theirs = demo(t, { version: "9.9.9", layers: ["theirs"] });
      await publishAs(subject, theirs, ["latest", "1.0.0"].slice(0, 1));
      const untold = await channels?.observe(channelTo(demo(t), "latest"), never);
      await publishAs(subject, theirs, ["1.0.0"]);

      const taken = await channels?.observe(channelTo(demo(t), "1.0.0"), never);

      assert.match(untold?.kind === "conflict" ? untold.theirs : "", /neither an annotation nor a label nor another tag tells its version/);
      assert.match(taken?.kind === "conflict" ? taken.theirs : "", /not to our image of that version/);
      assert.match(taken?.kind === "conflict" ? taken.theirs : "", new RegExp(theirs.registryDigest ?? "none"));
    });

    test("a credential that is not let in is refused in words, and does not come back in them", async (t) => {
      const subject = await open(t);
      const { registry, wrongCredential } = subject;
      if (wrongCredential === undefined) return assert.equal((await registry.publish(demo(t), subject.credential, never)).kind, "sent");
      const upload = demo(t);

      const sent = await registry.publish(upload, wrongCredential, never);

      assert.equal(sent.kind, "refused");
      const why = sent.kind === "refused" ? sent.why : "";
      assert.match(why, /check that the token/);
      assert.equal(why.includes(wrongCredential.reveal()), false);
      assert.deepEqual(await registry.observe(upload, never), { kind: "absent" });
    });

    test("names that no registry has are not asked for", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t);
      const shouting = { ...upload, package: "Slip/Demo" };

      const answers = [
        await registry.observe(shouting, never),
        await registry.survey("slip/../demo", "1.0.0", never),
        await registry.versions("slip/demo/", never),
        await registry.channels?.observe(channelTo(upload, "../latest"), never),
        await registry.publish(shouting, credential, never),
        await registry.channels?.move(channelTo(upload, "a/b"), credential, never),
      ];

      assert.deepEqual(
        answers.map((one) => one?.kind),
        ["unknown", "unknown", "unknown", "unknown", "refused", "refused"],
      );
      assert.match(JSON.stringify(answers), /write \\"slip\/demo\\"/);
    });

    test("bytes that changed after they were frozen are not sent", async (t) => {
      const { registry, credential } = await open(t);
      const [changed, grown, other] = [demo(t), demo(t, { version: "1.1.0" }), demo(t, { version: "1.2.0" })];
      const at = readFileSync(changed.file).indexOf("layer of");
      writeFileSync(changed.file, readFileSync(changed.file).fill("x", at, at + 4));
      appendFileSync(grown.file, Buffer.alloc(512));

      const sent = [
        await registry.publish(changed, credential, never),
        await registry.publish(grown, credential, never),
        await registry.publish({ ...other, registryDigest: changed.registryDigest ?? "" }, credential, never),
      ];

      assert.deepEqual(
        sent.map((one) => one.kind),
        ["refused", "refused", "refused"],
      );
      const words = sent.map((one) => ("why" in one ? one.why : ""));
      assert.match(words[0] ?? "", /Nothing was sent: .*whose bytes have sha256 [0-9a-f]{64}/);
      assert.match(words[1] ?? "", /Nothing was sent: /);
      assert.match(words[2] ?? "", /holds the manifest sha256:[0-9a-f]{64}, but the plan says/);
      for (const upload of [changed, grown, other]) assert.deepEqual(await registry.observe(upload, never), { kind: "absent" });
    });

    test("an image of many blocks, with an empty layer, arrives with its own bytes", async (t) => {
      const subject = await open(t);
      const upload = demo(t, { layers: [randomBytes(5 * 1024 * 1024 + 17), "", randomBytes(70_000), randomBytes(256 * 1024)] });

      await publishAs(subject, upload, []);

      assert.equal((await subject.registry.observe(upload, never)).kind, "present");
    });

    test("eight images side by side arrive each once", async (t) => {
      const subject = await open(t);
      const uploads = Array.from({ length: 8 }, (_unused, number) =>
        demo(t, { version: `3.${number}.0`, layers: ["shared", `own ${number}`] }),
      );

      await Promise.all(uploads.map((upload) => publishAs(subject, upload, [upload.version])));

      const seen = await Promise.all(uploads.map((upload) => subject.registry.observe(upload, never)));
      assert.deepEqual([...new Set(seen.map((one) => one.kind))], ["present"]);
      const versions = await subject.registry.versions("slip/demo", never);
      assert.equal(versions.kind === "listed" && versions.versions.length, 8);
    });

    test("blobs that another repository holds are taken from there, or sent where that cannot be", async (t) => {
      const subject = await open(t);
      await publishAs(subject, demo(t, { package: "slip/base", layers: ["base"] }), []);
      const upload = { ...demo(t, { layers: ["base", "own"] }), metadata: { mountFrom: "slip/base" } };

      await publishAs(subject, upload, []);

      assert.equal((await subject.registry.observe(upload, never)).kind, "present");
    });

    test("a file about an image is there once it is listed, and is never put twice", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t);
      await registry.publish(upload, credential, never);
      const [bill, other] = [attachmentTo(temporaryFolder(t), upload), attachmentTo(temporaryFolder(t), upload, "signature")];

      assert.deepEqual(await registry.attachments?.observe(bill, never), { kind: "absent" });
      for (const one of [bill, other, bill])
        assert.deepEqual(await registry.attachments?.attach(one, credential, never), { kind: "sent", warnings: [] });

      for (const one of [bill, other]) {
        const seen = await registry.attachments?.observe(one, never);
        assert.equal(seen?.kind, "present", JSON.stringify(seen));
        const where =
          traits.lists === "registry" ? /listed by the registry as being about sha256:/ : /listed under the tag "sha256-[0-9a-f]{64}"/;
        assert.match(seen?.kind === "present" ? seen.evidence.how : "", where);
      }
      const list = await registry.images?.manifest({ package: "slip/demo", registryDigest: bill.registryDigest ?? "" }, never);
      assert.equal(list?.kind === "held" && list.text, bill.text);
      assert.deepEqual(await registry.versions("slip/demo", never), { kind: "listed", versions: [] });
      const elsewhere = attachmentTo(temporaryFolder(t), { ...upload, registryDigest: other.registryDigest ?? "" });
      assert.deepEqual(await registry.attachments?.observe(elsewhere, never), { kind: "absent" });
    });

    test("an image of another registry is copied by digest, with all that it names, and nothing is built or named anew", async (t) => {
      const staging = await startOci(t, { ours: ["slip/staged"] });
      const there = ociClientOf(staging, { name: "staging", readAs: () => Promise.resolve(rehearsalOciCredential()) });
      const subject = await open(t);
      const of: readonly ImageOf[] = [
        { package: "slip/staged", version: "1.0.0", architecture: "arm64", layers: ["arm64", randomBytes(300_000)] },
        { package: "slip/staged", version: "1.0.0", architecture: "amd64", layers: ["amd64", ""] },
      ];
      const uploads = of.map((one) => demo(t, one));
      const index = indexOf(of.map((one) => ({ of: one, made: makeImage(one) })));
      for (const upload of uploads) await there.publish(upload, rehearsalOciCredential(), never);
      await there.join?.(index, rehearsalOciCredential(), never);
      assert.ok(there.images !== undefined);
      const from = { source: there.images, package: "slip/staged" };
      const all = [...uploads, index].map((one) => ({ ...one, package: "slip/demo" }));

      for (const one of all)
        assert.deepEqual(await subject.registry.copy?.({ ...one, from }, subject.credential, never), { kind: "sent", warnings: [] });
      for (const one of all)
        assert.deepEqual(await subject.registry.copy?.({ ...one, from }, subject.credential, never), { kind: "sent", warnings: [] });

      for (const one of all) assert.equal((await subject.registry.observe(one, never)).kind, "present");
      const copied = await subject.registry.images?.manifest({ package: "slip/demo", registryDigest: index.registryDigest ?? "" }, never);
      assert.equal(copied?.kind === "held" && copied.text, index.text);
      const missing = { ...demo(t, { version: "7.0.0" }) };
      const refused = await subject.registry.copy?.({ ...missing, from }, subject.credential, never);
      assert.match(refused?.kind === "refused" ? refused.why : "", /Nothing was sent: "slip\/staged" at http:.* does not hold sha256:/);
    });

    test("an image of another repository of the same registry is there under its digest as well", async (t) => {
      const { registry, credential } = await open(t);
      const upload = demo(t, { package: "slip/base", layers: ["base", "own"] });
      await registry.publish(upload, credential, never);
      assert.ok(registry.images !== undefined);

      const copied = await registry.copy?.(
        { ...upload, package: "slip/demo", from: { source: registry.images, package: "slip/base" } },
        credential,
        never,
      );

      assert.deepEqual(copied, { kind: "sent", warnings: [] });
      assert.equal((await registry.observe({ ...upload, package: "slip/demo" }, never)).kind, "present");
    });

    test("taking a version back deletes its tag and nothing else, or says that a person must", async (t) => {
      const subject = await open(t);
      const { registry, credential } = subject;
      const upload = demo(t);
      await publishAs(subject, upload, ["1.0.0", "latest"]);
      const takeBack = () => registry.takeBack?.({ package: "slip/demo", version: "1.0.0", reason: "broken" }, credential, never);

      const [taken, again] = [await takeBack(), await takeBack()];

      assert.equal(taken?.kind, traits.deletesTags ? "sent" : "by-person");
      assert.equal(again?.kind, traits.deletesTags ? "sent" : "by-person");
      assert.equal((await registry.survey("slip/demo", "1.0.0", never)).kind, traits.deletesTags ? "absent" : "listed");
      assert.equal((await registry.channels?.observe(channelTo(upload, "latest"), never))?.kind, "present");
    });

    test("every other tag that leads to a version is found, and only those are taken away", async (t) => {
      const subject = await open(t);
      const { registry, credential } = subject;
      const { leaving } = registry;
      assert.ok(leaving !== undefined);
      await publishAs(subject, demo(t), ["1.0.0", "latest", "1.0"]);
      const other = imageUpload(temporaryFolder(t), { version: "0.9.0" });
      await publishAs(subject, other, ["0.9.0", "old"]);

      const leading = await leaving.leadingTo({ package: "slip/demo", version: "1.0.0" }, never);

      assert.ok(leading.kind === "listed");
      assert.deepEqual(leading.channels.map(({ name }) => name).toSorted(), ["1.0", "latest"]); // prettier-ignore
      for (const channel of leading.channels) {
        assert.equal((await leaving.observe(channel, never)).kind, "absent");
        const left = await leaving.leave(channel, credential, never);
        assert.equal(left.kind, traits.deletesTags ? "sent" : "by-person");
        assert.equal((await leaving.observe(channel, never)).kind, traits.deletesTags ? "present" : "absent");
      }
      for (const name of ["0.9.0", "old"]) assert.equal((await registry.channels?.observe(channelTo(other, name), never))?.kind, "present");
      assert.equal((await registry.survey("slip/demo", "1.0.0", never)).kind, "listed");
    });

    test("a call that is given up, and a server that is gone, make every answer unknown", async (t) => {
      const { registry, credential, stop } = await open(t);
      const upload = demo(t);
      const all = async (signal: AbortSignal) => [
        await registry.publish(upload, credential, signal),
        await registry.observe(upload, signal),
        await registry.survey("slip/demo", "1.0.0", signal),
        await registry.versions("slip/demo", signal),
        await registry.download(upload, undefined, signal),
        await registry.channels?.observe(channelTo(upload, "latest"), signal),
        await registry.channels?.move(channelTo(upload, "latest"), credential, signal),
      ];

      const given = await all(AbortSignal.abort());
      await stop();
      const gone = await all(never);

      assert.deepEqual([...new Set([...given, ...gone].map((one) => one?.kind))], ["unknown"]);
      for (const answer of gone) assert.match(answer !== undefined && "why" in answer ? answer.why : "", /http:\/\/127\.0\.0\.1:\d+\//);
      assert.match(registry.locate(upload), /^http:\/\/127\.0\.0\.1:\d+\/slip\/demo:1\.0\.0$/);
      const withdrawn = registry.withdraw(upload);
      assert.match(withdrawn.kind === "by-person" ? withdrawn.instruction : "", /Delete the tag "1\.0\.0" of "slip\/demo".*http:/);
    });
  });
}
