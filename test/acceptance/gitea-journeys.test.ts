// Both examples from the commit to the index against a real Gitea, by the real program: git over http, the release page and
// its files, the issue that tracks a release, the dispatch of a workflow, and Gitea's own PyPI registry. What came of it is
// asked of Gitea, not of Slipway.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, test, type TestContext } from "node:test";
import { edit, readReport, told, type Ended } from "../support/bed.ts";
import { startGitea, type Gitea } from "../support/gitea.ts";
import { bytesAt, digestAt, itemsOf, openGiteaPlace, textIn, type GiteaPlace, type GiteaPlaceOptions } from "../support/gitea-place.ts";

const minutes = 60_000;
const pebble = "slipway-example-pebble";
const tide = "slipway-example-tide";

const folder = mkdtempSync(path.join(tmpdir(), "slipway-gitea-journeys-"));
let started: Gitea | undefined;

before(async () => {
  started = await startGitea(path.join(folder, "server"));
});

after(async () => {
  await started?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

function open(context: TestContext, options: Omit<GiteaPlaceOptions, "gitea">): Promise<GiteaPlace> {
  if (started === undefined) throw new Error("Gitea was not started");
  return openGiteaPlace(context, { ...options, gitea: started });
}

/** What the pipeline `release` is given: nothing for any index. */
function releaseTokens({ tokens }: GiteaPlace): Readonly<Record<string, string>> {
  return { GITEA_TOKEN: tokens.forge };
}

function indexTokens({ tokens }: GiteaPlace): Readonly<Record<string, string>> {
  return { TESTPYPI_TOKEN: tokens.packages, PYPI_TOKEN: tokens.packages };
}

function release(place: GiteaPlace, words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return place.bed.slipway(["run", "--pipeline", "release", ...words, "--json"], { ...releaseTokens(place), ...env });
}

function filesOf(name: string, version: string): readonly string[] {
  const stem = `${name.replaceAll("-", "_")}-${version}`;
  return [`${stem}-py3-none-any.whl`, `${stem}.tar.gz`];
}

/** The one page of a tag, with what anybody gets who downloads its files. @throws when there are several, or none */
async function pageOf(place: GiteaPlace, tag: string) {
  const pages = (await place.pages()).filter((page) => page.tag === tag);
  const [page] = pages;
  assert.ok(page !== undefined && pages.length === 1, `Gitea holds ${pages.length} pages of ${tag}`);
  return page;
}

async function digestsOn(page: Awaited<ReturnType<typeof pageOf>>): Promise<readonly string[]> {
  const told = await Promise.all(page.assets.map(async ({ name, url }) => `${name} ${await digestAt(url)}`));
  return told.toSorted();
}

async function inRegistry(place: GiteaPlace, index: "testpypi" | "pypi", of: readonly [name: string, version: string]) {
  const files = await place.registryFiles(place.owners[index], ...of);
  return files.map(({ name, sha256 }) => `${name} ${sha256}`).toSorted();
}

/** What is at the remote: one commit on top of what the place began with, and the one tag, on it. */
function oneCommitOneTag(place: GiteaPlace, tag: string): void {
  const refs = place.lsRemote();
  place.bed.git("fetch", "--quiet", "--tags", "origin");
  assert.equal(place.bed.git("rev-list", "--count", "origin/main").trim(), "2");
  assert.equal(refs.get(`refs/tags/${tag}^{}`), refs.get("refs/heads/main"), "the tag leads to the branch's new tip");
  assert.deepEqual(
    [...refs.keys()].filter((ref) => ref.startsWith("refs/tags/")),
    [`refs/tags/${tag}`, `refs/tags/${tag}^{}`],
  );
}

async function runsAt(place: GiteaPlace): Promise<readonly string[]> {
  const answer = await place.api("GET", "actions/runs");
  const runs: unknown = typeof answer === "object" && answer !== null ? Reflect.get(answer, "workflow_runs") : undefined;
  return itemsOf(runs).map((run) => `${textIn(run, "display_title")} ${textIn(run, "status")} ${textIn(run, "path")}`);
}

test(
  "two-pipelines: from the commit to the page, and from the page to Gitea's own registry",
  { timeout: 10 * minutes },
  async (context) => {
    const place = await open(context, { example: "two-pipelines" });
    const before = place.bed.git("rev-parse", "HEAD");

    const released = await release(place, ["minor"]);

    assert.equal(released.code, 0, told(released));
    assert.equal(place.bed.git("rev-parse", "HEAD"), before, "the user's branch stays where it is");
    assert.equal(place.bed.git("status", "--porcelain"), "");
    oneCommitOneTag(place, "v1.1.0");
    assert.equal(place.bed.git("cat-file", "-t", "v1.1.0").trim(), "tag");
    const page = await pageOf(place, "v1.1.0");
    assert.deepEqual([page.draft, page.prerelease], [false, false]);
    assert.match(page.body, /^### Changed\n\n- one\n/, "the section of the changelog");
    const sums = (of: Ended): readonly string[] =>
      [...new Set(readReport(of).files.map(({ name, sha256 }) => `${name} ${sha256}`))].toSorted();
    assert.deepEqual(page.assets.map(({ name }) => name).toSorted(), ["slipway-record.json", ...filesOf(pebble, "1.1.0")]);
    assert.deepEqual(await digestsOn(page), sums(released), "what is downloaded is what was built");
    const object = place.bed.git("rev-parse", "refs/tags/v1.1.0").trim().slice(0, 16);
    assert.deepEqual(await runsAt(place), [`start/${object}/pebble/v1.1.0/publish queued publish.yml@refs/tags/v1.1.0`]);

    const other = place.otherMachine("other");
    const words = ["run", "--pipeline", "publish", "--input", "tag=v1.1.0", "--json"];
    // A public page needs no token to be read, and publishing none that may write; that there is none is said all the same.
    const published = await other.slipway(words, indexTokens(place));

    assert.equal(published.code, 0, told(published));
    assert.match(published.stdout, /which step \\"fetch\\" needs: GITEA_TOKEN or FORGEJO_TOKEN is not set/);
    const files = sums(published);
    assert.deepEqual(
      files.map((line) => line.split(" ")[0]),
      filesOf(pebble, "1.1.0"),
    );
    for (const index of ["testpypi", "pypi"] as const) assert.deepEqual(await inRegistry(place, index, [pebble, "1.1.0"]), files);
    assert.ok(
      files.every((line) => sums(released).includes(line)),
      "what is published is what was tested",
    );

    const again = await other.slipway(["verify", "--json"], {});
    assert.equal(again.code, 0, told(again));
    noSecrets(place, [place.bed.state, path.join(other.folder, "state")], [released, published]);
  },
);

test(
  "two-pipelines: files that were downloaded by hand are published without any token of the forge",
  { timeout: 10 * minutes },
  async (context) => {
    const place = await open(context, { example: "two-pipelines" });
    const released = await release(place, ["1.1.0", "--input", "draft=true"]);
    assert.equal(released.code, 0, told(released));
    const page = await pageOf(place, "v1.1.0");
    assert.equal(page.draft, true);
    assert.deepEqual(await runsAt(place), [], "a draft starts nothing");

    const other = place.otherMachine("other");
    const words = ["run", "--pipeline", "publish", "--input", "tag=v1.1.0", "--json"];
    const refused = await other.slipway(words, { ...indexTokens(place), GITEA_TOKEN: place.tokens.forge });
    assert.notEqual(refused.code, 0, told(refused));
    assert.match(readReport(refused).sentence, /the release page of v1\.1\.0 is a draft/);
    const files = path.join(other.folder, "files");
    mkdirSync(files);
    for (const { name, url } of page.assets) writeFileSync(path.join(files, name), await bytesAt(url, place.tokens.forge));
    const published = await other.slipway([...words, "--files", files], indexTokens(place));

    assert.equal(published.code, 0, told(published));
    const names = filesOf(pebble, "1.1.0");
    const sums = names.map(
      (name) =>
        `${name} ${createHash("sha256")
          .update(readFileSync(path.join(files, name)))
          .digest("hex")}`,
    );
    assert.deepEqual(await inRegistry(place, "pypi", [pebble, "1.1.0"]), sums);
  },
);

/** Neither in what was said nor in what is kept. */
function noSecrets(place: GiteaPlace, folders: readonly string[], ends: readonly Ended[]): void {
  const secrets = Object.values(place.tokens);
  for (const ended of ends)
    assert.equal(
      secrets.some((secret) => told(ended).includes(secret)),
      false,
      "a token was said",
    );
  for (const root of folders) {
    for (const file of readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
      const bytes = readFileSync(path.join(file.parentPath, file.name));
      assert.equal(
        secrets.some((secret) => bytes.includes(secret)),
        false,
        `${file.parentPath}/${file.name} holds a token`,
      );
    }
  }
}

const kills = [
  "effect/origin/main/before-send",
  "effect/origin/main/after-send",
  "effect/origin/main+v1.1.0/before-send",
  "effect/origin/main+v1.1.0/after-send",
  "effect/draft/v1.1.0/after-send",
  `effect/asset/v1.1.0/${filesOf(pebble, "1.1.0")[0]}/after-send`,
  "effect/published/v1.1.0/after-send",
  "effect/dispatch/publish.yml/v1.1.0/after-send",
];

for (const point of kills) {
  test(`two-pipelines: killed at ${point}, the same command leaves everything once`, { timeout: 10 * minutes }, async (context) => {
    const place = await open(context, { example: "two-pipelines" });

    const killed = await release(place, ["1.1.0"], { SLIPWAY_CRASH_AT: point });
    assert.equal(killed.signal, "SIGKILL", told(killed));
    const resumed = await release(place, ["1.1.0"]);

    assert.equal(resumed.code, 0, told(resumed));
    oneCommitOneTag(place, "v1.1.0");
    const page = await pageOf(place, "v1.1.0");
    assert.equal(page.draft, false);
    assert.deepEqual(page.assets.map(({ name }) => name).toSorted(), ["slipway-record.json", ...filesOf(pebble, "1.1.0")]);
    assert.deepEqual(
      await digestsOn(page),
      readReport(resumed)
        .files.map(({ name, sha256 }) => `${name} ${sha256}`)
        .toSorted(),
    );
    assert.equal((await runsAt(place)).length, 1);
  });
}

test(
  "two-pipelines: half a release is begun anew by force-recreate, and not once a file is at the index",
  { timeout: 10 * minutes },
  async (context) => {
    const place = await open(context, { example: "two-pipelines" });
    const half = await release(place, ["1.1.0"], { SLIPWAY_CRASH_AT: "effect/draft/v1.1.0/verified" });
    assert.equal(half.signal, "SIGKILL", told(half));
    const firstTag = place.lsRemote().get("refs/tags/v1.1.0");
    const firstPage = await pageOf(place, "v1.1.0");
    const cancelled = await place.bed.slipway(["cancel", "--reason", "begin anew"]);
    assert.equal(cancelled.code, 0, told(cancelled));
    // What was in doubt is looked at once more before a run that was given up is over.
    const over = await release(place, []);
    assert.match(told(over), /RUN_CANCELLED/);
    place.bed.git("pull", "--quiet", "--ff-only", "origin", "main");

    const anew = await release(place, ["1.1.0", "--input", "force-recreate=true"]);

    assert.equal(anew.code, 0, told(anew));
    const page = await pageOf(place, "v1.1.0");
    assert.notEqual(page.id, firstPage.id, "the first page is gone");
    assert.equal(page.draft, false);
    assert.notEqual(place.lsRemote().get("refs/tags/v1.1.0"), firstTag);
    assert.equal(place.lsRemote().get("refs/tags/v1.1.0^{}"), place.lsRemote().get("refs/heads/main"));

    const other = place.otherMachine("other");
    const env = { ...indexTokens(place), GITEA_TOKEN: place.tokens.reader };
    const published = await other.slipway(["run", "--pipeline", "publish", "--input", "tag=v1.1.0", "--json"], env);
    assert.equal(published.code, 0, told(published));
    const refs = place.lsRemote();
    place.bed.git("pull", "--quiet", "--ff-only", "origin", "main");
    // With the state of the first run it would say that this release is complete already, which it is.
    const refused = await release(place, [
      "1.1.0",
      "--input",
      "force-recreate=true",
      "--state",
      path.join(place.bed.folder, "other-state"),
    ]);

    assert.notEqual(refused.code, 0, told(refused));
    assert.match(told(refused), /slipway-example-pebble 1\.1\.0 is at pypi, and cannot be taken back/);
    assert.match(told(refused), /slipway run 1\.1\.1/);
    assert.deepEqual(place.lsRemote(), refs, "nothing was taken away");
    assert.equal((await pageOf(place, "v1.1.0")).id, page.id);
  },
);

test(
  "two-pipelines: where branch protection refuses the push, a pull request is squashed, and all that follows names its commit",
  { timeout: 10 * minutes },
  async (context) => {
    const place = await open(context, { example: "two-pipelines" });
    await place.api("POST", "branch_protections", { rule_name: "main", enable_push: false });

    const waiting = await release(place, ["1.1.0", "--no-wait"]);

    assert.equal(waiting.code, 3, told(waiting));
    assert.match(readReport(waiting).sentence, /^step "main" waits: the pull request waits to be merged: http/);
    assert.equal(place.lsRemote().has("refs/tags/v1.1.0"), false);
    assert.deepEqual(await place.pages(), []);

    const [pull, ...others] = itemsOf(await place.api("GET", "pulls?state=open"));
    assert.ok(pull !== undefined && others.length === 0, "there is one pull request");
    assert.equal(textIn(pull, "title"), "Release 1.1.0");
    await squash(place, numberIn(pull, "number"));
    const ended = await release(place, ["1.1.0"]);

    assert.equal(ended.code, 0, told(ended));
    oneCommitOneTag(place, "v1.1.0");
    assert.notEqual(
      place.lsRemote().get("refs/heads/main"),
      place.lsRemote().get("refs/heads/slipway/v1.1.0"),
      "a squash is another commit",
    );
    const page = await pageOf(place, "v1.1.0");
    assert.equal(page.draft, false);
    const record = page.assets.find(({ name }) => name === "slipway-record.json");
    const { commit } = JSON.parse(Buffer.from(await bytesAt(record?.url ?? "")).toString("utf8")) as { commit: string };
    assert.equal(commit, place.lsRemote().get("refs/heads/main"));
    const other = place.otherMachine("other");
    const env = { ...indexTokens(place), GITEA_TOKEN: place.tokens.reader };
    const published = await other.slipway(["run", "--pipeline", "publish", "--input", "tag=v1.1.0", "--json"], env);
    assert.equal(published.code, 0, told(published));
  },
);

/** Gitea looks at a new pull request in the background and merges nothing before that. */
async function squash(place: GiteaPlace, number: number): Promise<void> {
  const untilMs = Date.now() + minutes;
  for (;;) {
    try {
      await place.api("POST", `pulls/${number}/merge`, { Do: "squash" });
      return;
    } catch (error) {
      if (Date.now() > untilMs) throw error;
    }
    await sleep(200);
  }
}

/** Branch and tag in one push, without a pull request. */
function inOnePush(project: string): void {
  edit(project, "slipway.yaml", (text) => text.replace(/^ {6}main: .*\n/m, ""));
}

test(
  "two-pipelines: a push that branch protection refuses is told in Gitea's own words, and nothing of it is there",
  { timeout: 10 * minutes },
  async (context) => {
    const place = await open(context, { example: "two-pipelines", prepare: inOnePush });
    await place.api("POST", "branch_protections", { rule_name: "main", enable_push: false });
    const refs = place.lsRemote();

    const refused = await release(place, ["1.1.0"]);

    assert.notEqual(refused.code, 0, told(refused));
    assert.match(readReport(refused).sentence, /Not allowed to push to protected branch main$/);
    assert.deepEqual(place.lsRemote(), refs, "neither the branch nor the tag");
    assert.deepEqual(await place.pages(), []);

    await place.api("DELETE", "branch_protections/main");
    const mended = await release(place, ["1.1.0"]);
    assert.equal(mended.code, 0, told(mended));
    oneCommitOneTag(place, "v1.1.0");
  },
);

const issueTitle = "Release tide {version}";

function withTracker(project: string): void {
  edit(project, "slipway.yaml", (text) => {
    const tracked = text.replace(/^on: /m, `tracker: { label: release, title: "${issueTitle}" }\non: `);
    return `${tracked.trimEnd()}\n  done: { uses: close-issue, with: { issue: tracker } }\n`;
  });
}

test(
  "tag-driven: a candidate and the clean tag after it, each with its page, its registry and its issue",
  { timeout: 10 * minutes },
  async (context) => {
    const place = await open(context, { example: "tag-driven", prepare: withTracker });
    const issue = await openIssue(place, "0.2.0rc1");
    tagAndPush(place, "v0.2.0-rc1");
    const tokens = { ...releaseTokens(place), ...indexTokens(place) };

    const candidate = await place.bed.slipway(["run", "--json"], tokens);

    assert.equal(candidate.code, 0, told(candidate));
    const page = await pageOf(place, "v0.2.0-rc1");
    assert.deepEqual([page.draft, page.prerelease], [false, true]);
    assert.match(page.body, /Variants: `cli` and `library`/);
    assert.ok(page.body.includes(`--index-url ${indexOf(place, "testpypi")}/ ${tide}==0.2.0rc1`), page.body);
    assert.deepEqual(await digestsOn(page), await inRegistry(place, "testpypi", [tide, "0.2.0rc1"]));
    await assert.rejects(inRegistry(place, "pypi", [tide, "0.2.0rc1"]), /404/);
    await closedWithWord(place, issue, /slipway-example-tide 0\.2\.0rc1/);

    const next = await openIssue(place, "0.2.0");
    edit(place.bed.project, "pyproject.toml", (text) => text.replace('version = "0.2.0rc1"', 'version = "0.2.0"'));
    place.bed.git("commit", "--all", "--quiet", "--message", "0.2.0");
    place.bed.git("push", "--quiet", "origin", "main");
    tagAndPush(place, "v0.2.0");
    const killed = await place.bed.slipway(["run", "--json"], {
      ...tokens,
      SLIPWAY_CRASH_AT: `effect/pypi/${filesOf(tide, "0.2.0")[0]}/after-send`,
    });
    assert.equal(killed.signal, "SIGKILL", told(killed));
    assert.equal((await pageOf(place, "v0.2.0")).draft, true, "the page is announced last");
    const final = await place.bed.slipway(["run", "--json"], tokens);

    assert.equal(final.code, 0, told(final));
    const finalPage = await pageOf(place, "v0.2.0");
    assert.deepEqual([finalPage.draft, finalPage.prerelease], [false, false]);
    const sums = await digestsOn(finalPage);
    assert.deepEqual(
      sums.map((line) => line.split(" ")[0]),
      filesOf(tide, "0.2.0"),
    );
    for (const index of ["testpypi", "pypi"] as const) assert.deepEqual(await inRegistry(place, index, [tide, "0.2.0"]), sums);
    await closedWithWord(place, next, /slipway-example-tide 0\.2\.0/);
    assert.equal((await place.pages()).length, 2);
    noSecrets(place, [place.bed.state], [candidate, final]);
  },
);

function indexOf(place: GiteaPlace, index: "testpypi" | "pypi"): string {
  return `${started?.url}/api/packages/${place.owners[index]}/pypi/simple`;
}

function tagAndPush({ bed }: GiteaPlace, tag: string): void {
  bed.git("tag", "--annotate", tag, "--message", tag);
  bed.git("push", "--quiet", "origin", tag);
}

async function openIssue(place: GiteaPlace, version: string): Promise<number> {
  const labels = itemsOf(await place.api("GET", "labels"));
  const label = labels[0] ?? (await place.api("POST", "labels", { name: "release", color: "#ededed" }));
  const body = { title: issueTitle.replace("{version}", version), labels: [numberIn(label, "id")] };
  return numberIn(await place.api("POST", "issues", body), "number");
}

async function closedWithWord(place: GiteaPlace, number: number, word: RegExp): Promise<void> {
  const issue = await place.api("GET", `issues/${number}`);
  assert.equal(typeof issue === "object" && issue !== null && Reflect.get(issue, "state"), "closed");
  const comments = itemsOf(await place.api("GET", `issues/${number}/comments`)).map((one) => textIn(one, "body"));
  assert.equal(comments.length, 1, comments.join("\n"));
  assert.match(comments[0] ?? "", word);
}

function numberIn(value: unknown, name: string): number {
  const found: unknown = typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
  if (typeof found !== "number") throw new Error(`the answer has no ${name}`);
  return found;
}
