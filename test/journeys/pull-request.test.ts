// S3.9 and S4.1: a branch that takes no push. The real program against a real remote whose hook protects `main`, and a
// forge on loopback where somebody merges, squashes or closes: the run waits, goes on from what the branch holds then, and
// never opens a second pull request, whatever kills it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parseForgeFaults } from "../../src/forges/github/rehearsal/faults.ts";
import { startRehearsalForge, type RehearsalForge } from "../../src/forges/github/rehearsal/server.ts";
import { createSystemClock } from "../../src/platform/clock.ts";
import { createExec } from "../../src/platform/exec.ts";
import { createRedactor } from "../../src/platform/redactor.ts";
import { makeBed, readReport as readJson, told, type Bed, type Ended, type JsonReport } from "../support/bed.ts";
import { enterprisePath, openDoor } from "../support/door.ts";

const tokens = { GH_TOKEN: "rehearsal-writer-of-a-journey" };

const configuration = (url: string): string => `slipway: 1
project: harbour
packages: { harbour: { path: ., tag: "v{version}" } }
source: { branch: main, moved: stop }
forge: { kind: github, url: "${url}", repository: example/harbour }
pipelines:
  release:
    on: { dispatch: { ref: main } }
    inputs: { version: version }
    version: { from: input }
    steps:
      bump: { uses: bump }
      commit: { uses: commit, with: { message: "Release {version}" } }
      main: { uses: push, with: { or: pull-request } }
      tag: { uses: tag }
      push: { uses: push }
`;

const protection = `#!/bin/sh
while read -r _ _ ref; do
  if [ "$ref" = refs/heads/main ]; then echo "main is protected" >&2; exit 1; fi
done
`;

interface Place {
  readonly bed: Bed;
  forge(): RehearsalForge;
  reopenForge(faults?: string): Promise<void>;
  remote(...args: readonly string[]): string;
  run(...args: readonly string[]): Promise<Ended>;
}

let places = 0;

async function open(context: TestContext, options: { readonly faults?: string; readonly free?: boolean } = {}): Promise<Place> {
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-pull-${process.pid}-${(places += 1)}`);
  mkdirSync(folder, { recursive: true });
  let forge: RehearsalForge | undefined;
  const opened = (): RehearsalForge => {
    assert.ok(forge !== undefined, "the forge is closed");
    return forge;
  };
  const door = await openDoor({ to: () => opened().url, lead: enterprisePath });
  const bed = makeBed({
    example: {
      files: {
        "slipway.yaml": configuration(door.url),
        "pyproject.toml": '[project]\nname = "harbour"\nversion = "0.1.0"\n',
      },
    },
  });
  const origin = path.join(folder, "origin.git");
  bed.git("init", "--quiet", "--bare", "--initial-branch=main", origin);
  bed.git("remote", "add", "origin", origin);
  bed.git("push", "--quiet", "--set-upstream", "origin", "main");
  if (options.free !== true) {
    const hook = path.join(origin, "hooks", "pre-receive");
    mkdirSync(path.dirname(hook), { recursive: true });
    writeFileSync(hook, protection);
    chmodSync(hook, 0o755);
  }
  const reopenForge = async (faults?: string): Promise<void> => {
    await forge?.close();
    forge = await startRehearsalForge({
      repository: "example/harbour",
      git: { folder: origin, exec: createExec(createRedactor()), path: process.env["PATH"] ?? "" },
      defaultBranch: "main",
      faults: faults === undefined ? [] : parseForgeFaults(faults),
      clock: createSystemClock(),
      storeFolder: path.join(folder, "forge"),
      announced: false,
    });
  };
  await reopenForge(options.faults);
  context.after(async () => {
    await Promise.all([forge?.close(), door.close()]);
    bed.remove();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return {
    bed,
    forge: opened,
    reopenForge,
    remote: (...args) => execFileSync("git", ["--git-dir", origin, ...args], { encoding: "utf8", env: bed.env }).trim(),
    run: (...args) => bed.slipway(["run", "--pipeline", "release", "0.2.0", "--json", ...args], tokens),
  };
}

interface FullReport extends JsonReport {
  readonly hint?: string;
  readonly commit: string;
  readonly others: readonly { readonly title: string; readonly outcome: string; readonly why?: string }[];
}

const readReport = (ended: Ended): FullReport => readJson(ended) as FullReport;

/** Number of the pull request. */
const first = 1;

async function eventually(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (holds()) return;
    await sleep(100);
  }
  assert.fail(`it did not come to pass: ${what}`);
}

const hasBranch = (place: Place): boolean => place.remote("branch", "--list", "slipway/v0.2.0") !== "";

function treeAt(place: Place, commit: string): string {
  return place.remote("rev-parse", `${commit}^{tree}`);
}

test("a branch that takes no push gets a pull request; the run waits for its merge, and the same command ends it", async (context) => {
  const place = await open(context);

  const waiting = await place.run("--no-wait");

  const told1 = readReport(waiting);
  assert.equal(waiting.code, 3, told(waiting));
  assert.equal(told1.standing, "waiting");
  assert.match(told1.sentence, /^step "main" waits: the pull request waits to be merged: http.*\/pull\/1$/);
  assert.match(told1.hint ?? "", /the same command again/);
  const [pull] = place.forge().state().pulls;
  assert.equal(pull?.title, "Release 0.2.0");
  assert.equal(pull?.headCommit, place.remote("rev-parse", "slipway/v0.2.0"));
  assert.equal(place.remote("tag", "--list"), "", "nothing is tagged before the merge");
  const status = readReport(await place.bed.slipway(["status", "--json"]));
  assert.equal(status.standing, "waiting");

  const still = await place.run("--no-wait");

  assert.equal(still.code, 3, told(still));
  assert.equal(place.forge().state().pulls.length, 1);

  await place.forge().owner.endPull(first, "merge");
  place.bed.git("pull", "--quiet", "origin", "main");
  const ended = await place.run("--no-wait");

  assert.equal(ended.code, 0, told(ended));
  assert.equal(place.remote("rev-parse", "v0.2.0^{commit}"), pull?.headCommit, "the tag leads to the commit that was tested");
  assert.equal(place.forge().state().done["open-pull slipway/v0.2.0"], 1);
});

test("a squash makes another commit with the same files: the run goes on from that one, and the tag leads to it", async (context) => {
  const place = await open(context);
  assert.equal((await place.run("--no-wait")).code, 3);

  await place.forge().owner.endPull(first, "squash");
  place.remote("branch", "-D", "slipway/v0.2.0");
  place.bed.git("pull", "--quiet", "origin", "main");
  const ended = await place.run("--no-wait");

  const [pull] = place.forge().state().pulls;
  assert.equal(ended.code, 0, told(ended));
  assert.notEqual(pull?.mergedCommit, pull?.headCommit);
  assert.equal(place.remote("rev-parse", "v0.2.0^{commit}"), pull?.mergedCommit);
  assert.equal(place.remote("rev-parse", "main"), pull?.mergedCommit);
  assert.equal(readReport(ended).commit, pull?.mergedCommit);
});

test("a run that waits in the foreground is ended by a merge, without another word", async (context) => {
  const place = await open(context);
  const running = place.bed.start(["run", "--pipeline", "release", "0.2.0", "--json"], tokens);
  await eventually("a pull request is open", () => place.forge().state().pulls.length === 1);

  await place.forge().owner.endPull(first, "squash");
  const ended = await running.ended;

  assert.equal(ended.code, 0, told(ended));
  assert.equal(place.remote("rev-parse", "v0.2.0^{commit}"), place.remote("rev-parse", "main"));
});

test("a run that waits for a merge is cancelled like any other, and says what is still open", async (context) => {
  const place = await open(context);
  const running = place.bed.start(["run", "--pipeline", "release", "0.2.0", "--json"], tokens);
  await eventually("a pull request is open", () => place.forge().state().pulls.length === 1);
  await sleep(1_000);

  await place.bed.slipway(["cancel", "--reason", "not today"]);
  const ended = await running.ended;

  const report = readReport(ended);
  assert.equal(report.standing, "cancelled", told(ended));
  assert.equal(report.others.find(({ outcome }) => outcome === "waiting")?.title, "main at origin");
  assert.match(report.others.map(({ why }) => why ?? "").join(), /waits to be merged: http/);
});

test("killed between the branch and the pull request, or after it, the same command opens one and no second", async (context) => {
  for (const faults of ["timeout-before:open-pull=60000ms", "timeout-after:open-pull=60000ms"]) {
    const place = await open(context, { faults });
    const running = place.bed.start(["run", "--pipeline", "release", "0.2.0", "--json", "--no-wait"], tokens);
    const isAfter = faults.startsWith("timeout-after");
    await eventually(faults, () => (isAfter ? place.forge().state().pulls.length === 1 : hasBranch(place)));
    await sleep(isAfter ? 200 : 1_500);
    running.kill("SIGKILL");
    await running.ended;
    await place.reopenForge();

    const again = await place.run("--no-wait");

    assert.equal(again.code, 3, `${faults}: ${told(again)}`);
    assert.equal(place.forge().state().pulls.length, 1, faults);
    await place.forge().owner.endPull(first, "squash");
    const ended = await place.run("--no-wait");
    assert.equal(ended.code, 0, `${faults}: ${told(ended)}`);
  }
});

test("a pull request that was closed, or merged with other files, stops the release and is named", async (context) => {
  const closed = await open(context);
  await closed.run("--no-wait");
  await closed.forge().owner.endPull(first, "close");
  const refused = await closed.run("--no-wait");
  assert.equal(refused.code, 6, told(refused));
  assert.match(readReport(refused).sentence, /was closed without a merge: http/);

  const other = await open(context);
  await other.run("--no-wait");
  addFile(other);
  await other.forge().owner.endPull(first, "squash");
  const conflict = await other.run("--no-wait");
  assert.equal(conflict.code, 6, told(conflict));
  assert.match(readReport(conflict).sentence, /was merged as [0-9a-f]{12}, whose files are not those of/);
  assert.equal(other.remote("tag", "--list"), "");
});

/** A commit of somebody else on the pull request's branch. */
function addFile(place: Place): void {
  const head = place.remote("rev-parse", "slipway/v0.2.0");
  const env = { ...place.bed.env, GIT_AUTHOR_NAME: "bob", GIT_AUTHOR_EMAIL: "b@example.org", GIT_COMMITTER_NAME: "bob" };
  const all = { ...env, GIT_COMMITTER_EMAIL: "b@example.org" };
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, { cwd: place.bed.project, env: all, encoding: "utf8" }).trim();
  git("fetch", "--quiet", "origin", "slipway/v0.2.0");
  const entry = git("ls-tree", head, "pyproject.toml");
  const tree = execFileSync("git", ["mktree"], { cwd: place.bed.project, env: all, encoding: "utf8", input: `${entry}\n` }).trim();
  const commit = git("commit-tree", tree, "-p", head, "-m", "less");
  git("push", "--quiet", "origin", `${commit}:refs/heads/slipway/v0.2.0`);
  assert.notEqual(treeAt(place, commit), treeAt(place, head));
}

test("a branch that takes pushes is pushed, and no pull request is opened", async (context) => {
  const place = await open(context, { free: true });

  const ended = await place.run("--no-wait");

  assert.equal(ended.code, 0, told(ended));
  assert.deepEqual(place.forge().state().pulls, []);
  assert.equal(place.remote("rev-parse", "v0.2.0^{commit}"), place.remote("rev-parse", "main"));
});

test("a rehearsal's remote protects nothing: the same plan goes through", async (context) => {
  const place = await open(context);

  const ended = await place.bed.slipway(["rehearse", "--pipeline", "release", "0.2.0", "--json"], tokens);

  assert.equal(ended.code, 0, told(ended));
  assert.deepEqual(place.forge().state().pulls, []);
  assert.ok(!hasBranch(place));
});
