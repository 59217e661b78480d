import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../domain/digest.ts";
import type { Asset, PullRequest, Release, WantedRelease, WorkflowRun } from "./forge.ts";
import {
  judgeAsset,
  judgeBytes,
  judgeDraft,
  judgePublished,
  judgeRun,
  judgeRuns,
  searchPullRequests,
  searchReleases,
  strangersAmong,
} from "./judge.ts";
import { withMark } from "./mark.ts";

const commit = "1".repeat(40);
const wanted: WantedRelease = { tag: "v1.0", commit, title: "One", notes: "Notes", prerelease: false, latest: true, mark: "run-1/draft" };

function page(more: Partial<Release> = {}): Release {
  return {
    id: 1,
    tag: "v1.0",
    title: "One",
    notes: withMark("Notes", wanted.mark),
    draft: true,
    prerelease: false,
    url: "http://127.0.0.1/page",
    author: "ada",
    createdAt: "2026-01-01T00:00:00Z",
    ...more,
  };
}

const theirs = page({ id: 2, notes: "By hand" });

test("ours is found by its mark, the published one before a draft, the older before the newer", () => {
  const [draft, second, published] = [page({ id: 5 }), page({ id: 6 }), page({ id: 7, draft: false })];

  assert.deepEqual(searchReleases([second, published, draft], wanted), { kind: "ours", found: published, also: [draft, second] });
  assert.deepEqual(searchReleases([page({ tag: "v2.0" })], wanted), { kind: "absent" });
  assert.deepEqual(searchReleases([theirs], wanted), { kind: "theirs", found: theirs });
});

test("a draft of somebody else does not stand in the way of ours, a published page does", () => {
  const ours = page();
  const public_ = page({ id: 3, notes: "By hand", draft: false });

  assert.equal(searchReleases([theirs, ours], wanted).kind, "ours");
  assert.deepEqual(searchReleases([public_, ours], wanted), { kind: "theirs", found: public_ });
});

test("a draft that is there twice is for a person to mend", () => {
  const found = judgeDraft({ kind: "ours", found: page(), also: [page({ id: 2, url: "http://127.0.0.1/second" })] }, wanted);

  assert.match(found.kind === "conflict" ? found.theirs : "", /more than one page.*\/second/);
});

test("what people changed on a published page is theirs, what differs on a draft is ours to mend", () => {
  const other = { title: "Two", notes: withMark("Other", wanted.mark), prerelease: true };

  assert.deepEqual(judgeDraft({ kind: "ours", found: page(other), also: [] }, wanted), {
    kind: "damaged",
    how: "the draft has another title, text, prerelease mark",
  });
  assert.equal(judgeDraft({ kind: "ours", found: page({ ...other, draft: false }), also: [] }, wanted).kind, "present");
});

test("published means that the tag leads to the commit", () => {
  const ours = { kind: "ours", found: page({ draft: false }), also: [] } as const;
  const kinds = [
    judgePublished({ kind: "ours", found: page(), also: [] }, wanted, undefined),
    judgePublished(ours, wanted, { kind: "found", found: commit }),
    judgePublished(ours, wanted, { kind: "found", found: "2".repeat(40) }),
    judgePublished(ours, wanted, { kind: "absent" }),
    judgePublished(ours, wanted, { kind: "unknown", why: "no answer" }),
    judgePublished({ kind: "theirs", found: theirs }, wanted, undefined),
  ].map((one) => one.kind);

  assert.deepEqual(kinds, ["absent", "present", "conflict", "pending", "unknown", "conflict"]);
});

const file = { name: "demo.whl", sha256: sha256("a".repeat(64)), sizeBytes: 3 };

function listed(more: Partial<Asset> = {}): Asset {
  return { id: 9, state: "whole", url: "http://127.0.0.1/file", handle: "9", uploadedAt: "2026-01-01T00:00:00Z", ...file, ...more };
}

test("an asset is ours if its digest is; on a draft what is wrong is damaged, on a published page it is a conflict", () => {
  const wrongs: readonly (readonly Asset[])[] = [
    [listed({ state: "broken" })],
    [listed({ sizeBytes: 4 })],
    [listed({ sha256: sha256("b".repeat(64)) })],
    [listed(), listed({ id: 10 })],
  ];

  for (const assets of wrongs) {
    assert.equal(judgeAsset(page(), assets, file).kind, "damaged");
    assert.equal(judgeAsset(page({ draft: false }), assets, file).kind, "conflict");
  }
  assert.equal(judgeAsset(page(), [listed()], file).kind, "present");
  assert.equal(judgeAsset(page(), [listed({ name: "other" })], file).kind, "absent");
  assert.equal(judgeAsset(page(), [listed({ sha256: undefined })], file).kind, "compare");
});

test("an asset whose name the forge changed is found by the name that it was given", () => {
  assert.equal(judgeAsset(page(), [listed({ name: "a.b", label: "a b" })], { ...file, name: "a b" }).kind, "present");
  assert.deepEqual(
    strangersAmong([listed({ name: "a.b", label: "a b" }), listed({ id: 2, name: "x" })], ["a b"], "github").map((one) => one.name),
    ["x"],
  );
});

test("bytes that were compared decide as digests do", () => {
  const judged = (digest: string) =>
    judgeBytes(page(), listed(), { wanted: file, downloaded: { kind: "downloaded", sha256: sha256(digest.repeat(64)), sizeBytes: 3 } })
      .kind;

  assert.deepEqual([judged("a"), judged("b")], ["present", "damaged"]);
  assert.equal(judgeBytes(page(), listed(), { wanted: file, downloaded: { kind: "absent" } }).kind, "damaged");
  assert.equal(judgeBytes(page(), listed(), { wanted: file, downloaded: { kind: "unknown", why: "cut" } }).kind, "unknown");
});

test("the newest pull request of ours counts, and of others only an open one", () => {
  const pull = (number: number, more: Partial<PullRequest> = {}): PullRequest => ({
    number,
    state: "open",
    headCommit: commit,
    text: withMark("", "run-1/push"),
    url: "",
    ...more,
  });

  const found = searchPullRequests([pull(1, { state: "closed" }), pull(2)], "run-1/push");
  assert.equal(found.kind === "ours" && found.found.number, 2);
  assert.equal(searchPullRequests([pull(3, { text: "" })], "run-1/push").kind, "theirs");
  assert.equal(searchPullRequests([pull(3, { text: "", state: "closed" })], "run-1/push").kind, "absent");
});

test("a run is pending until it ended, and only success is success", () => {
  const run: WorkflowRun = { id: 1, title: "m", state: "done", conclusion: "success", commit, url: "", createdAt: "" };

  const { conclusion: _none, ...ended } = run;
  assert.equal(judgeRun(run).kind, "present");
  for (const one of [{ ...run, conclusion: "cancelled" }, ended]) assert.equal(judgeRun(one).kind, "conflict");
  for (const state of ["queued", "waiting", "running"] as const) assert.equal(judgeRun({ ...run, state }).kind, "pending");
  assert.equal(judgeRuns([], "m").kind, "absent");
  assert.equal(judgeRuns([run, { ...run, id: 2 }], "m").kind, "conflict");
});
