import assert from "node:assert/strict";
import { test } from "node:test";
import { createCredential } from "../domain/credential.ts";
import type { Effect } from "../domain/run/effect.ts";
import { releaseMark } from "../domain/marks.ts";
import { fakeForge, type FakeForge } from "../../test/support/fake-forge.ts";
import { digestOf } from "../../test/support/ports.ts";
import { anActingStep, anEffect, done, listed, passed, planOf, started, stateOf, verified, type Told } from "../../test/support/runs.ts";
import type { Forges } from "./forges.ts";
import { pagesOf, type RecordedPage } from "./record-pages.ts";
import { untoldPages, verifyPages } from "./verify-pages.ts";

const commit = "c".repeat(40);
const tag = "v1.0.0";
const mark = releaseMark("demo", tag);
const wanted = { tag, commit, title: "demo 1.0.0", notes: "", prerelease: false, latest: true, mark };
const wheel = "demo-1.0.0-py3-none-any.whl";
const plan = planOf([anActingStep({ id: "page", uses: "forge-release@1", zone: "forge" })], {
  forge: { kind: "github", repository: "slip/demo" },
});

const draft = anEffect({ key: `draft/${tag}`, target: "forge", data: { kind: "draft", wanted } });
const asset = anEffect({
  key: `asset/${tag}/${wheel}`,
  target: "forge",
  data: {
    kind: "asset",
    wanted: { tag, mark },
    name: wheel,
    sha256: digestOf("wheel"),
    sizeBytes: 5,
    artifact: { kind: "wheel", package: "demo", maker: "build" },
  },
});
const published = anEffect({ key: `published/${tag}`, target: "forge", data: { kind: "published", wanted } });

/** The record's pages after these effects were seen, of those that were planned. */
function recorded(seen: readonly Effect[], planned: readonly Effect[] = [draft, asset, published]): readonly RecordedPage[] {
  const told: readonly Told[] = [
    [1, passed],
    [2, started("page")],
    [3, listed("page", planned)],
    ...seen.map(({ key }, index): Told => [4 + index, verified(key, "page")]),
    ...(seen.length === planned.length ? [[9, done("page")] as const] : []),
  ];
  return pagesOf(stateOf(plan, told));
}

const whole = recorded([draft, asset, published]);

/** A forge that holds what the record says, unless a test changes it. */
function standing(change: { readonly draft?: boolean; readonly prerelease?: boolean } = {}): FakeForge {
  const forge = fakeForge();
  forge.held.tags.set(tag, commit);
  forge.held.releases.push({
    id: 1,
    tag,
    title: "demo 1.0.0",
    notes: `Text\n\n<!-- slipway: ${mark} -->`,
    draft: false,
    prerelease: false,
    url: "https://forge.example/v1.0.0",
    author: "ann",
    createdAt: "",
    ...change,
  });
  forge.held.assets.set(1, [anAsset(wheel, "wheel", 2)]);
  return forge;
}

function anAsset(name: string, bytes: string, id: number) {
  const at = { url: "", handle: String(id), uploadedAt: "2026-01-01T00:00:00Z" };
  return { id, name, sizeBytes: bytes.length, sha256: digestOf(bytes), state: "whole", bytes, ...at } as const;
}

async function look(forge: FakeForge, pages: readonly RecordedPage[] = whole, { credential = true, own = true } = {}) {
  const forges: Forges = {
    open: async () => forge,
    has: async () => ({ there: credential, variables: "GH_TOKEN" }),
    credential: async () => (own ? createCredential("", "token") : assert.fail("no credential is opened for a file of anybody's")),
  };
  const [one] = await verifyPages(async () => forges, { record: { plan, pages }, own, signal: new AbortController().signal });
  assert.ok(one !== undefined);
  return {
    verdicts: [one.page, ...one.page.assets].map(({ verdict }) => verdict),
    how: one.page.how,
    findings: one.findings.map(({ id, level }) => `${id} ${level}`),
    messages: one.findings.map(({ message }) => message).join("\n"),
  };
}

test("verify: a page that is as it was released has nothing to say, and its files were downloaded", async () => {
  const seen = await look(standing());

  assert.deepEqual(seen.verdicts, ["identical", "identical"]);
  assert.deepEqual(seen.findings, []);
  assert.match(seen.how, /published as final, and its tag leads to cccccccccccc/);
});

test("verify: a file that is gone, broken off, twice there or has other bytes is found", async () => {
  const cases: readonly (readonly [readonly ReturnType<typeof anAsset>[], string])[] = [
    [[], "VR-MISSING blocks"],
    [[{ ...anAsset(wheel, "wheel", 2), state: "broken" as "whole" }], "VR-MISSING blocks"],
    [[anAsset(wheel, "wheel", 2), anAsset(wheel, "wheel", 3)], "VR-DIFFERENT blocks"],
    [[anAsset(wheel, "other", 2)], "VR-DIFFERENT blocks"],
    // The forge tells the digest that it once took, and hands out something else.
    [[{ ...anAsset(wheel, "wheel", 2), bytes: "other" }], "VR-DIFFERENT blocks"],
  ];
  for (const [assets, finding] of cases) {
    const forge = standing();
    forge.held.assets.set(1, [...assets]);

    assert.deepEqual((await look(forge)).findings, [finding]);
  }
});

test("verify: a file that no record knows is found, and one that the run was going to send is ours", async () => {
  const forge = standing();
  forge.held.assets.set(1, [anAsset(wheel, "wheel", 2), anAsset("extra.whl", "x", 3)]);

  assert.deepEqual((await look(forge)).findings, ["VR-STRANGER blocks"]);
  const killed = standing({ draft: true });
  assert.deepEqual((await look(killed, recorded([draft]))).findings, []);
});

test("verify: a page that is gone, somebody else's, a draft again or of another form is found", async () => {
  const gone = standing();
  gone.held.releases = [];
  const theirs = standing();
  theirs.held.releases = theirs.held.releases.map((one) => ({ ...one, notes: "", author: "eve" }));

  assert.deepEqual((await look(gone)).findings, ["VR-PAGE-MISSING blocks"]);
  assert.deepEqual((await look(gone)).verdicts, ["missing", "missing"]);
  assert.match((await look(theirs)).messages, /not as it was released: .*"eve"/);
  assert.match((await look(standing({ draft: true }))).messages, /draft again/);
  assert.match((await look(standing({ prerelease: true }))).messages, /shown as a prerelease, and was released as final/);
});

test("verify: a tag that was moved or taken away is found", async () => {
  const moved = standing();
  moved.held.tags.set(tag, "d".repeat(40));
  const gone = standing();
  gone.held.tags.clear();

  assert.match((await look(moved)).messages, /its tag leads to d{40}, and the release is of c{40}/);
  assert.match((await look(gone)).messages, /its tag is gone/);
});

test("verify: a draft is compared with a credential only, and one that somebody published is worth a word", async () => {
  const left = recorded([draft, asset], [draft, asset]);
  const hidden = standing({ draft: true });
  hidden.held.releases = [];
  const seen = await look(standing({ draft: true }), left);
  const since = await look(standing(), left);

  assert.deepEqual([left[0]?.state, seen.findings], ["draft", []]);
  assert.deepEqual((await look(hidden, left, { credential: false })).findings, ["VR-PAGE-UNKNOWN cannot-be-tried"]);
  assert.deepEqual((await look(hidden, left)).findings, ["VR-PAGE-MISSING blocks"]);
  assert.deepEqual(since.findings, ["VR-PAGE-PUBLISHED warns"]);
});

test("verify: a record that comes as a file is compared without any credential, since it may lead anywhere", async () => {
  const left = recorded([draft, asset], [draft, asset]);
  const hidden = standing({ draft: true });
  hidden.held.releases = [];

  assert.deepEqual((await look(standing(), whole, { own: false })).findings, []);
  assert.deepEqual((await look(hidden, left, { own: false })).findings, ["VR-PAGE-UNKNOWN cannot-be-tried"]);
});

test("verify: a forge that does not answer leaves it unknown, never whole", async () => {
  const seen = await look(fakeForge({ silent: true }));

  assert.deepEqual([seen.verdicts, seen.findings], [["unknown", "unknown"], ["VR-PAGE-UNKNOWN cannot-be-tried"]]);
});

test("verify: of a page that an earlier run made, only the page is compared", async () => {
  const announced = recorded([published], [published]);
  const seen = await look(standing(), announced);

  assert.deepEqual([announced[0]?.made, seen.findings, seen.verdicts], [false, [], ["identical"]]);
});

test("verify: a record that does not tell its pages says so, where there was one", () => {
  const other = { step: "page", target: "forge", title: "", sends: 1, evidence: { how: "" } };

  assert.deepEqual(
    untoldPages({ plan, others: [other] }).map(({ id }) => id),
    ["VR-PAGE-UNKNOWN"],
  );
  assert.deepEqual(untoldPages({ plan, others: [] }), []);
  assert.deepEqual(untoldPages({ plan, others: [other], pages: [] }), []);
});
