// What every `Forge` must do, whichever server stands behind it: run against the rehearsal GitHub here and against a real
// Gitea in test/acceptance. Where forges differ by nature the subject says so in `traits`, and the suite holds them to it.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import type { Credential } from "../../src/domain/credential.ts";
import { sha256 } from "../../src/domain/digest.ts";
import type { AssetUpload, Forge, ReleaseReads, WantedRelease } from "../../src/forges/forge.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

export interface Subject {
  readonly forge: Forge;
  readonly credential: Credential;
  /** One that the server does not let in. */
  readonly wrongCredential: Credential;
  /** The same forge at an address where nobody answers. */
  readonly gone: Forge;
  /** Full id of a commit on the default branch, and of another one. */
  readonly commit: string;
  readonly otherCommit: string;
  /** A branch that is ahead of the default one. */
  readonly branch: { readonly head: string; readonly base: string };
  pushTag(name: string, commit: string): Promise<void>;
  openIssue(issue: { readonly title: string; readonly label?: string }): Promise<number>;
  endPull(number: number, how: "merge" | "close"): Promise<void>;
  /** A release page of somebody else. */
  strangerRelease(tag: string, draft: boolean): Promise<void>;
  readonly workflow: string;
}

export interface Traits {
  /** Whether digests of assets are told; without them the bytes are compared. */
  readonly digests: boolean;
  /** What attaching a second file of one name is answered with. */
  readonly sameName: "unknown" | "sent";
  readonly environments: boolean;
  readonly immutable: boolean;
  /** Whether names of assets keep every character. */
  readonly keepsNames: boolean;
  readonly emptyAssets: boolean;
  /** Whether it can be told which release is the latest. */
  readonly latest: boolean;
}

type Open = (t: TestContext) => Promise<Subject>;

/** @param open gives a fresh repository with two commits, a branch and a workflow */
export function forgeContract(name: string, traits: Traits, open: Open): void {
  describe(`forge contract: ${name}`, () => {
    releaseContract(traits, open);
    assetContract(traits, open);
    issueContract(open);
    pullRequestContract(open);
    workflowContract(open);
    settingContract(traits, open);
    troubleContract(open);
  });
}

function releaseContract(traits: Traits, open: Open): void {
  test("a release that nobody made is absent by every way of looking", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };

    assert.deepEqual(await forge.releases.find(wanted, access), { kind: "absent" });
    assert.deepEqual(await forge.releases.observeDraft(wanted, access), { kind: "absent" });
    assert.deepEqual(await forge.releases.observePublished(wanted, access), { kind: "absent" });
    assert.deepEqual(await forge.releases.observeAsset(wanted, asset(t, "a.txt"), access), { kind: "absent" });
    assert.deepEqual(await forge.releases.survey(wanted, [], access), { kind: "surveyed", strangers: [] });
    assert.deepEqual(await forge.releases.tagCommit(wanted.tag, access), { kind: "absent" });
  });

  test("a draft is made, found by its mark, shown to nobody else, and makes no tag", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };

    const made = await forge.releases.createDraft(wanted, access);

    assert.equal(made.kind, "sent");
    assert.equal(made.kind === "sent" && made.made?.draft, true);
    const seen = await forge.releases.observeDraft(wanted, access);
    assert.equal(seen.kind, "present", JSON.stringify(seen));
    assert.deepEqual(await forge.releases.observePublished(wanted, access), { kind: "absent" });
    assert.deepEqual(await forge.releases.tagCommit(wanted.tag, access), { kind: "absent" });
    assert.deepEqual(await forge.releases.find(wanted, { signal: never }), { kind: "absent" });
  });

  test("publishing makes the tag at the commit, and the page is there for everybody", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit, { notes: "One\r\ntwo\n" });
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);

    const published = await forge.releases.publish(id, wanted, access);

    assert.equal(published.kind, "sent");
    const seen = await forge.releases.observePublished(wanted, { signal: never });
    assert.equal(seen.kind, "present", JSON.stringify(seen));
    assert.deepEqual(await forge.releases.tagCommit(wanted.tag, access), { kind: "found", found: commit });
    assert.equal((await forge.releases.observeDraft(wanted, access)).kind, "present");
    assert.match(forge.locate({ kind: "release", tag: wanted.tag }), /releases\/tag\/v1\.0$/);
  });

  test("published pages are listed, drafts are not, and whether one is the latest is told or said to be unsupported", async (t) => {
    const { forge, credential, commit } = await open(t);
    const access = { credential, signal: never };
    for (const tag of ["v1.0", "v0.9"]) {
      const wanted = release(commit, { tag, mark: `run-1/${tag}`, latest: tag === "v1.0" });
      const made = await forge.releases.createDraft(wanted, access);
      assert.ok(made.kind === "sent" && made.made !== undefined);
      if (tag === "v1.0") assert.deepEqual(await forge.releases.published(access), { kind: "listed", releases: [] });
      await forge.releases.publish(made.made.id, wanted, access);
    }

    const listed = await forge.releases.published({ signal: never });

    assert.deepEqual(listed.kind === "listed" && listed.releases.map(({ tag }) => tag).toSorted(), ["v0.9", "v1.0"]);
    assert.equal(forge.releases.latest.kind, traits.latest ? "told" : "unsupported");
  });

  test("publishing alone leaves the title and the notes of the draft as they are", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);

    const published = await forge.releases.publish(id, { ...wanted, notes: "" }, access);

    assert.equal(published.kind, "sent");
    const found = await forge.releases.find(wanted, access);
    assert.ok(found.kind === "ours", JSON.stringify(found));
    assert.equal(found.found.title, wanted.title);
    assert.ok(found.found.notes.startsWith(wanted.notes), found.found.notes);
  });

  test("publishing leaves a tag that is there where it is, and a tag of another commit is a conflict", async (t) => {
    const { forge, credential, commit, otherCommit, pushTag } = await open(t);
    const access = { credential, signal: never };
    const [right, wrong] = [release(commit, { tag: "v1.0" }), release(commit, { tag: "v2.0" })];
    await pushTag("v1.0", commit);
    await pushTag("v2.0", otherCommit);

    for (const wanted of [right, wrong]) await forge.releases.publish(await draftOf(forge, wanted, credential), wanted, access);

    assert.equal((await forge.releases.observePublished(right, access)).kind, "present");
    const seen = await forge.releases.observePublished(wrong, access);
    assert.equal(seen.kind, "conflict");
    assert.match(seen.kind === "conflict" ? seen.theirs : "", new RegExp(`leads to ${otherCommit}`));
  });

  test("a draft whose texts differ is damaged, and an update mends it", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, { ...wanted, title: "Old", notes: "Old" }, credential);
    assert.deepEqual(await forge.releases.observeDraft(wanted, access), { kind: "damaged", how: "the draft has another title, text" });

    assert.equal((await forge.releases.update({ id, draft: true }, wanted, access)).kind, "sent");

    assert.equal((await forge.releases.observeDraft(wanted, access)).kind, "present");
    assert.deepEqual(await forge.releases.observePublished(wanted, access), { kind: "absent" });
  });

  for (const draft of [false, true]) {
    test(`a ${draft ? "draft" : "page"} of somebody else under our tag is a conflict that names it`, async (t) => {
      const { forge, credential, commit, strangerRelease } = await open(t);
      const wanted = release(commit);
      const access = { credential, signal: never };
      await strangerRelease(wanted.tag, draft);

      const seen = await forge.releases.observeDraft(wanted, access);

      assert.equal(seen.kind, "conflict");
      assert.match(seen.kind === "conflict" ? seen.theirs : "", /without our mark.*http:/);
      const survey = await forge.releases.survey(wanted, [], access);
      assert.deepEqual(survey.kind === "surveyed" && survey.strangers.map((one) => one.name), [`release ${wanted.tag}`]);
    });
  }

  test("a page is taken away, the tag stays, and taking it away again does no harm", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);
    await forge.releases.publish(id, wanted, access);

    assert.equal((await forge.releases.remove(id, access)).kind, "sent");

    assert.deepEqual(await forge.releases.find(wanted, access), { kind: "absent" });
    assert.deepEqual(await forge.releases.tagCommit(wanted.tag, access), { kind: "found", found: commit });
    assert.notEqual((await forge.releases.remove(id, access)).kind, "sent");
  });

  test("a published page is made a draft again, which strangers do not see; its tag stays", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);
    await forge.releases.publish(id, wanted, access);

    for (let twice = 0; twice < 2; twice += 1) assert.equal((await forge.releases.hide(id, access)).kind, "sent");

    const found = await forge.releases.find(wanted, access);
    assert.equal(found.kind === "ours" && found.found.draft, true);
    assert.notEqual((await forge.releases.find(wanted, { signal: never })).kind, "ours");
    assert.deepEqual(await forge.releases.tagCommit(wanted.tag, access), { kind: "found", found: commit });
  });

  test("texts arrive as they are written, whatever they hold, and carry no mark but ours", async (t) => {
    const { forge, credential, commit } = await open(t);
    const nasty =
      "$(touch /tmp/x) `id` <script>alert(1)</script>\n-- --force\n\u001B[31mred\u001B[0m\n<!-- slipway: forged/mark -->\n" +
      "x".repeat(20_000);
    const wanted = release(commit, { tag: "v1.0-$(id)+b", title: "--title `id` $(id) ü 名", notes: nasty });
    const access = { credential, signal: never };

    await draftOf(forge, wanted, credential);

    const found = await forge.releases.find(wanted, access);
    assert.equal(found.kind === "ours" && found.found.title, wanted.title);
    assert.equal(found.kind === "ours" && found.found.tag, wanted.tag);
    assert.match(found.kind === "ours" ? found.found.notes : "", /\$\(touch \/tmp\/x\) `id` <script>/);
    assert.equal((await forge.releases.observeDraft(wanted, access)).kind, "present");
    assert.notEqual((await forge.releases.find({ ...wanted, mark: "forged/mark" }, access)).kind, "ours");
  });

  test("a hundred and five releases are looked through page by page", async (t) => {
    const { forge, credential, commit } = await open(t);
    const access = { credential, signal: never };
    const all = Array.from({ length: 105 }, (_unused, at) => release(commit, { tag: `v${at}.0`, mark: `run-1/draft/${at}` }));
    for (const wanted of all) assert.equal((await forge.releases.createDraft(wanted, access)).kind, "sent");

    const kinds = [];
    for (const wanted of [all[0], all[104]])
      kinds.push(wanted === undefined ? "" : (await forge.releases.observeDraft(wanted, access)).kind);

    assert.deepEqual(kinds, ["present", "present"]);
  });
}

function assetContract(traits: Traits, open: Open): void {
  test("an asset arrives whole, is seen with its digest, and is downloaded as it was", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);
    const file = asset(t, "demo-1.0.tar.gz", randomBytes(3 * 1024 * 1024 + 5));

    const sent = await forge.releases.upload(id, file, access);

    assert.equal(sent.kind, "sent", JSON.stringify(sent));
    const seen = await forge.releases.observeAsset(wanted, file, access);
    assert.equal(seen.kind, "present", JSON.stringify(seen));
    assert.equal(seen.kind === "present" && seen.evidence.sha256, file.sha256);
    assert.equal(seen.kind === "present" && /downloaded/.test(seen.evidence.how), !traits.digests);
    const listed = await assetsOf(forge.releases, id, credential);
    assert.deepEqual(
      listed.map((one) => [one.name, one.sizeBytes, one.state, one.sha256]),
      [["demo-1.0.tar.gz", file.sizeBytes, "whole", traits.digests ? file.sha256 : undefined]],
    );
    const to = join(temporaryFolder(t), "got");
    assert.deepEqual(await forge.releases.download({ handle: listed[0]?.handle ?? "" }, to, access), {
      kind: "downloaded",
      sha256: file.sha256,
      sizeBytes: file.sizeBytes,
    });
    assert.equal(createHash("sha256").update(readFileSync(to)).digest("hex"), file.sha256);
  });

  test("assets of a published page are read by everybody", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const id = await draftOf(forge, wanted, credential);
    const file = asset(t, "demo.whl");
    await forge.releases.upload(id, file, { credential, signal: never });

    await forge.releases.publish(id, wanted, { credential, signal: never });

    assert.equal((await forge.releases.observeAsset(wanted, file, { signal: never })).kind, "present");
  });

  test("other bytes under our name on our draft are damaged; cleared and attached again they are ours", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);
    const ours = asset(t, "demo.whl", Buffer.from("ours"));
    await forge.releases.upload(id, asset(t, "demo.whl", Buffer.from("them")), access);
    assert.equal((await forge.releases.observeAsset(wanted, ours, access)).kind, "damaged");

    const again = await forge.releases.upload(id, ours, access);
    assert.equal(again.kind, traits.sameName);
    assert.equal((await forge.releases.observeAsset(wanted, ours, access)).kind, "damaged");
    assert.equal((await forge.releases.clear(id, ours.name, access)).kind, "sent");
    assert.equal((await forge.releases.upload(id, ours, access)).kind, "sent");

    assert.equal((await forge.releases.observeAsset(wanted, ours, access)).kind, "present");
    assert.equal((await assetsOf(forge.releases, id, credential)).length, 1);
  });

  test("other bytes on a published page are a conflict: nothing there is mended by itself", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);
    await forge.releases.upload(id, asset(t, "demo.whl", Buffer.from("them")), access);
    await forge.releases.publish(id, wanted, access);

    const seen = await forge.releases.observeAsset(wanted, asset(t, "demo.whl", Buffer.from("ours")), access);

    assert.equal(seen.kind, "conflict");
  });

  test("names with any characters are found again", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);
    const files = ["with space.txt", "a+b~c@d.txt", "ü-名.txt", "$(id)`x`;&?#%2F.txt", "-rf.txt"].map((name) =>
      asset(t, name, Buffer.from(name)),
    );

    for (const file of files) assert.equal((await forge.releases.upload(id, file, access)).kind, "sent", file.name);

    for (const file of files) assert.equal((await forge.releases.observeAsset(wanted, file, access)).kind, "present", file.name);
    const names = (await assetsOf(forge.releases, id, credential)).map((one) => one.name);
    assert.equal(names.includes("with space.txt"), traits.keepsNames);
    assert.deepEqual(
      await forge.releases.survey(
        wanted,
        files.map((file) => file.name),
        access,
      ),
      { kind: "surveyed", strangers: [] },
    );
  });

  test("a file that nobody planned is a stranger on our page", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);
    for (const name of ["ours.txt", "theirs.txt"]) await forge.releases.upload(id, asset(t, name), access);

    const survey = await forge.releases.survey(wanted, ["ours.txt"], access);

    assert.deepEqual(survey.kind === "surveyed" && survey.strangers.map((one) => one.name), ["theirs.txt"]);
  });

  test("bytes that changed after they were frozen are not accepted", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);
    const [changed, short, long] = [asset(t, "changed.txt", Buffer.from("12345678")), asset(t, "short.txt"), asset(t, "long.txt")];
    writeFileSync(changed.file, "12345679");
    writeFileSync(short.file, "x");
    writeFileSync(long.file, "x".repeat(4_000));

    for (const file of [changed, short, long]) {
      const sent = await forge.releases.upload(id, file, access);

      assert.equal(sent.kind, "refused", file.name);
      assert.match(sent.kind === "refused" ? sent.why : "", /Nothing was accepted: the frozen file/);
      assert.notEqual((await forge.releases.observeAsset(wanted, file, access)).kind, "present");
    }
  });

  test("an asset that is gone is absent, and clearing what is not there does no harm", async (t) => {
    const { forge, credential, commit } = await open(t);
    const wanted = release(commit);
    const access = { credential, signal: never };
    const id = await draftOf(forge, wanted, credential);

    assert.equal((await forge.releases.clear(id, "nothing.txt", access)).kind, "sent");
    assert.deepEqual(await forge.releases.download({ handle: "00000000-0000-4000-8000-000000000000" }, undefined, access), {
      kind: "absent",
    });
  });

  test("what the forge would refuse is known without asking", async (t) => {
    const { forge, commit } = await open(t);
    const wanted = release(commit);

    const reasons = forge.releases.refusals(wanted, [
      { name: "fine.txt", sizeBytes: 1 },
      { name: "a/b", sizeBytes: 1 },
      { name: "", sizeBytes: 1 },
      { name: "new\nline", sizeBytes: 1 },
      { name: "empty", sizeBytes: 0 },
    ]);

    assert.equal(reasons.length, traits.emptyAssets ? 3 : 4, reasons.join("\n"));
  });
}

function issueContract(open: Open): void {
  test("issues are found by label and by whole title", async (t) => {
    const { forge, credential, openIssue } = await open(t);
    const access = { credential, signal: never };
    const [first, second] = [
      await openIssue({ title: "Release 1.0", label: "release" }),
      await openIssue({ title: "Release 1.0 is late" }),
    ];

    const listed = async (query: Parameters<Forge["issues"]["find"]>[0]) => {
      const found = await forge.issues.find(query, access);
      return found.kind === "listed" ? found.issues.map((one) => one.number) : found;
    };

    assert.deepEqual(await listed({ label: "release", state: "open" }), [first]);
    assert.deepEqual(await listed({ title: "Release 1.0", state: "all" }), [first]);
    assert.deepEqual(await listed({ state: "open" }), [second, first]);
    assert.deepEqual(await listed({ label: "no-such-label", state: "open" }), []);
    assert.deepEqual(await listed({ state: "closed" }), []);
  });

  test("a comment is found by its mark, and the mark of another is not taken for it", async (t) => {
    const { forge, credential, openIssue } = await open(t);
    const access = { credential, signal: never };
    const number = await openIssue({ title: "Release 1.0" });
    assert.deepEqual(await forge.issues.observeComment(number, "run-1/done", access), { kind: "absent" });

    assert.equal(
      (await forge.issues.comment(number, { text: "Published.\n<!-- slipway: run-2/done -->", mark: "run-1/done" }, access)).kind,
      "sent",
    );

    assert.equal((await forge.issues.observeComment(number, "run-1/done", access)).kind, "present");
    assert.deepEqual(await forge.issues.observeComment(number, "run-2/done", access), { kind: "absent" });
  });

  test("an issue is closed, once and again", async (t) => {
    const { forge, credential, openIssue } = await open(t);
    const access = { credential, signal: never };
    const number = await openIssue({ title: "Release 1.0" });
    assert.deepEqual(await forge.issues.observeClosed(number, access), { kind: "absent" });

    for (let time = 0; time < 2; time += 1) assert.equal((await forge.issues.close(number, access)).kind, "sent");

    assert.equal((await forge.issues.observeClosed(number, access)).kind, "present");
    const looked = await forge.issues.get(number, access);
    assert.equal(looked.kind === "found" && looked.found.state, "closed");
    assert.deepEqual(await forge.issues.get(4_711, access), { kind: "absent" });
    assert.equal((await forge.issues.observeClosed(4_711, access)).kind, "conflict");
  });
}

function pullRequestContract(open: Open): void {
  test("a pull request is opened, waits, and is present with its commit when it is merged", async (t) => {
    const { forge, credential, branch, endPull } = await open(t);
    const access = { credential, signal: never };
    const wanted = { ...branch, title: "Changelog", text: "By Slipway", mark: "run-1/push" };
    assert.deepEqual(await forge.pullRequests.find(wanted, access), { kind: "absent" });

    const made = await forge.pullRequests.open(wanted, access);

    assert.equal(made.kind, "sent", JSON.stringify(made));
    const number = made.kind === "sent" ? (made.made?.number ?? 0) : 0;
    assert.equal((await forge.pullRequests.observe(wanted, access)).kind, "pending");
    await endPull(number, "merge");
    const seen = await forge.pullRequests.observe(wanted, access);
    assert.equal(seen.kind, "present", JSON.stringify(seen));
    const looked = await forge.pullRequests.get(number, access);
    assert.match(looked.kind === "found" ? (looked.found.mergedCommit ?? "") : "", /^[0-9a-f]{40}$/);
  });

  test("a second pull request between the same branches is not opened, and a stranger's is told from ours", async (t) => {
    const { forge, credential, branch } = await open(t);
    const access = { credential, signal: never };
    const theirs = { ...branch, title: "Mine", text: "By hand", mark: "somebody/else" };
    assert.equal((await forge.pullRequests.open(theirs, access)).kind, "sent");

    const again = await forge.pullRequests.open({ ...theirs, mark: "run-1/push" }, access);

    assert.notEqual(again.kind, "sent");
    assert.equal((await forge.pullRequests.observe({ ...branch, mark: "run-1/push" }, access)).kind, "conflict");
    assert.equal((await forge.pullRequests.observe(theirs, access)).kind, "pending");
  });

  test("a pull request that was closed without a merge is a conflict", async (t) => {
    const { forge, credential, branch, endPull } = await open(t);
    const access = { credential, signal: never };
    const wanted = { ...branch, title: "Changelog", text: "", mark: "run-1/push" };
    const made = await forge.pullRequests.open(wanted, access);

    await endPull(made.kind === "sent" ? (made.made?.number ?? 0) : 0, "close");

    assert.equal((await forge.pullRequests.observe(wanted, access)).kind, "conflict");
    assert.deepEqual(await forge.pullRequests.find({ ...wanted, mark: "run-2/push" }, access), { kind: "absent" });
  });

  test("a branch that is not there is refused in words", async (t) => {
    const { forge, credential, branch } = await open(t);

    const made = await forge.pullRequests.open(
      { head: "no-such-branch", base: branch.base, title: "T", text: "", mark: "run-1/push" },
      { credential, signal: never },
    );

    assert.equal(made.kind, "refused", JSON.stringify(made));
  });
}

function workflowContract(open: Open): void {
  test("a dispatch tells its run, which is found by id and by the mark in its title", async (t) => {
    const { forge, credential, branch, workflow } = await open(t);
    const access = { credential, signal: never };
    const mark = "slipway-run-1-publish";
    assert.deepEqual(await forge.workflows.findRuns({ workflow, mark }, access), { kind: "listed", runs: [] });

    const sent = await forge.workflows.dispatch({ workflow, ref: branch.base, inputs: { id: mark } }, access);

    assert.equal(sent.kind, "sent", JSON.stringify(sent));
    const run = sent.kind === "sent" ? (sent.made?.run ?? 0) : 0;
    assert.ok(run > 0);
    const looked = await forge.workflows.run(run, access);
    assert.equal(looked.kind === "found" && looked.found.title.includes(mark), true, JSON.stringify(looked));
    assert.equal((await forge.workflows.observeRun({ workflow, mark, run }, access)).kind, "pending");
    assert.equal((await forge.workflows.observeRun({ workflow, mark }, access)).kind, "pending");
    assert.deepEqual(await forge.workflows.observeRun({ workflow, mark: "slipway-run-2-publish" }, access), { kind: "absent" });
  });

  test("a dispatch for a tag starts the workflow as it is there", async (t) => {
    const { forge, credential, workflow, commit, pushTag } = await open(t);
    const access = { credential, signal: never };
    await pushTag("v1.0", commit);

    const sent = await forge.workflows.dispatch({ workflow, ref: "refs/tags/v1.0", inputs: { id: "slipway-tag" } }, access);

    assert.equal(sent.kind, "sent", JSON.stringify(sent));
    const listed = await forge.workflows.findRuns({ workflow, mark: "slipway-tag" }, access);
    assert.deepEqual(listed.kind === "listed" && listed.runs.map((run) => run.commit), [commit]);
  });

  test("a workflow or a reference that is not there is refused", async (t) => {
    const { forge, credential, branch, workflow } = await open(t);
    const access = { credential, signal: never };

    assert.equal((await forge.workflows.dispatch({ workflow: "none.yml", ref: branch.base, inputs: {} }, access)).kind, "refused");
    assert.equal((await forge.workflows.dispatch({ workflow, ref: "no-such-branch", inputs: {} }, access)).kind, "refused");
    assert.deepEqual(await forge.workflows.run(987_654_321, access), { kind: "absent" });
  });
}

function settingContract(traits: Traits, open: Open): void {
  test("the repository tells its name, its branch and what the credential may do", async (t) => {
    const { forge, credential, branch } = await open(t);

    const facts = await forge.settings.facts({ credential, signal: never });

    assert.equal(facts.kind, "found");
    const found = facts.kind === "found" ? facts.found : undefined;
    assert.deepEqual(
      [found?.fullName, found?.defaultBranch, found?.private, found?.archived],
      [forge.repository, branch.base, false, false],
    );
    assert.ok(found?.permission === "write" || found?.permission === "admin");
  });

  test("what protects a branch shows to anybody, and a branch that is not there is absent", async (t) => {
    const { forge, branch } = await open(t);

    const there = await forge.settings.protections(branch.base, { signal: never });
    const nowhere = await forge.settings.protections("no/such-branch", { signal: never });

    assert.deepEqual(there.kind === "found" && there.found.branch, []);
    assert.equal(nowhere.kind, "absent");
  });

  test("what a forge lacks it says", async (t) => {
    const { forge, credential } = await open(t);
    const access = { credential, signal: never };

    assert.equal((await forge.settings.environments(access)).kind, traits.environments ? "listed" : "unsupported");
    assert.equal((await forge.settings.immutableReleases(access)).kind === "unsupported", !traits.immutable);
  });
}

function troubleContract(open: Open): void {
  test("a credential that is not let in is refused in words, and does not come back in them", async (t) => {
    const { forge, wrongCredential, credential, commit } = await open(t);
    const wanted = release(commit);

    const sent = await forge.releases.createDraft(wanted, { credential: wrongCredential, signal: never });

    assert.equal(sent.kind, "refused", JSON.stringify(sent));
    assert.equal(JSON.stringify(sent).includes(wrongCredential.reveal()), false);
    assert.deepEqual(await forge.releases.find(wanted, { credential, signal: never }), { kind: "absent" });
    assert.equal((await forge.releases.find(wanted, { credential: wrongCredential, signal: never })).kind, "unknown");
  });

  test("a call that is given up says so instead of throwing", async (t) => {
    const { forge, credential, commit } = await open(t);
    const access = { credential, signal: AbortSignal.abort() };

    assert.deepEqual([...new Set(await kindsOfCalls(t, forge, { access, commit }))], ["unknown"]);
  });

  test("a forge that does not answer makes every answer unknown", async (t) => {
    const { gone, credential, commit } = await open(t);

    assert.deepEqual([...new Set(await kindsOfCalls(t, gone, { access: { credential, signal: never }, commit }))], ["unknown"]);
  });

  test("a name that no forge can have is refused before anything is sent", async (t) => {
    const { forge, credential, commit } = await open(t);
    const access = { credential, signal: never };
    const error = { code: "FORGE_NAME_INVALID" };

    await assert.rejects(forge.workflows.dispatch({ workflow: "..", ref: "main", inputs: {} }, access), error);
    await assert.rejects(forge.releases.tagCommit("../../../user", access), error);
    await assert.rejects(forge.releases.download({ handle: ".." }, undefined, access), error);
    assert.deepEqual(await forge.releases.find(release(commit), access), { kind: "absent" });
  });
}

async function kindsOfCalls(
  t: TestContext,
  forge: Forge,
  { access, commit }: { readonly access: { readonly credential: Credential; readonly signal: AbortSignal }; readonly commit: string },
): Promise<readonly string[]> {
  const wanted = release(commit);
  const answers = [
    await forge.releases.find(wanted, access),
    await forge.releases.createDraft(wanted, access),
    await forge.releases.publish(1, wanted, access),
    await forge.releases.upload(1, asset(t, "a.txt"), access),
    await forge.releases.clear(1, "a.txt", access),
    await forge.releases.observeAsset(wanted, asset(t, "a.txt"), access),
    await forge.releases.download({ handle: "1" }, undefined, access),
    await forge.releases.tagCommit("v1.0", access),
    await forge.releases.survey(wanted, [], access),
    await forge.issues.find({ state: "open" }, access),
    await forge.issues.observeComment(1, "run-1/done", access),
    await forge.issues.close(1, access),
    await forge.pullRequests.find({ head: "a", base: "b", mark: "run-1/push" }, access),
    await forge.workflows.dispatch({ workflow: "a.yml", ref: "main", inputs: {} }, access),
    await forge.workflows.observeRun({ workflow: "a.yml", mark: "m" }, access),
    await forge.settings.facts(access),
  ];
  return answers.map((one) => one.kind);
}

export function release(commit: string, more: Partial<WantedRelease> = {}): WantedRelease {
  const notes = "## Added\n\n- Everything";
  return { tag: "v1.0", commit, title: "Version 1.0", notes, prerelease: false, latest: true, mark: "run-1/draft", ...more };
}

export function asset(t: TestContext, name: string, bytes: Buffer = Buffer.from(`bytes of ${name}`)): AssetUpload {
  const file = join(temporaryFolder(t), "frozen");
  writeFileSync(file, bytes);
  const digest = sha256(createHash("sha256").update(bytes).digest("hex"));
  return { name, file, sizeBytes: bytes.length, sha256: digest, mediaType: "application/octet-stream" };
}

export async function draftOf(forge: Forge, wanted: WantedRelease, credential: Credential): Promise<number> {
  const made = await forge.releases.createDraft(wanted, { credential, signal: never });
  assert.equal(made.kind, "sent", JSON.stringify(made));
  return made.kind === "sent" ? (made.made?.id ?? 0) : 0;
}

export async function assetsOf(releases: ReleaseReads, id: number, credential: Credential) {
  const listed = await releases.assets(id, { credential, signal: never });
  assert.equal(listed.kind, "found", JSON.stringify(listed));
  return listed.kind === "found" ? listed.found : [];
}
