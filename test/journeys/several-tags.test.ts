// Packages with versions of their own that are released together, by the real program at a real bare remote: each gets its
// tag, all tags go out with the branch in one atomic push, whatever kills it, and all are taken back by one command.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReleaseRecord } from "../../src/app/record.ts";
import { edit, makeBed, readReport, told, type Bed } from "../support/bed.ts";

const configuration = `slipway: 1
project: many
versions: each
packages:
  oak: { path: packages/oak, tag: "oak-v{version}" }
  elm: { path: packages/elm, tag: "elm-v{version}" }
  ash: { path: packages/ash, tag: "ash-v{version}" }
source: { branch: main, moved: stop }
version: { from: commits }
steps:
  bump: { uses: bump }
  commit: { uses: commit, with: { message: "Release of {project}" } }
  tag: { uses: tag }
  push: { uses: push }
`;

const tags = ["elm-v1.0.1", "oak-v2.0.0"];
const push = "effect/origin/main+oak-v2.0.0+elm-v1.0.1";

interface Place {
  readonly bed: Bed;
  /** Folder of the bare remote. */
  readonly origin: string;
  remote(...args: readonly string[]): string;
  hook(name: string, script: string): void;
  /** What each push that was taken moved, oldest first. */
  taken(): readonly string[];
}

const manifest = (name: string, version: string): string => `[project]\nname = "${name}"\nversion = "${version}"\n`;

/** Of three packages two have something to release. */
function open(context: TestContext): Place {
  const ids = ["oak", "elm", "ash"];
  const files = Object.fromEntries(ids.map((id) => [`packages/${id}/pyproject.toml`, manifest(id, "1.0.0")]));
  const bed = makeBed({ example: { files: { "slipway.yaml": configuration, ...files } } });
  context.after(() => bed.remove());
  for (const id of ids) bed.git("tag", "--annotate", `${id}-v1.0.0`, "--message", id);
  for (const [id, message] of [
    ["oak", "feat!: all new"],
    ["elm", "fix: hole"],
  ] as const) {
    writeFileSync(path.join(bed.project, "packages", id, "x.py"), message);
    bed.git("add", "--all");
    bed.git("commit", "--quiet", "--message", message);
  }
  const origin = path.join(bed.folder, "origin.git");
  bed.git("init", "--quiet", "--bare", "--initial-branch=main", origin);
  bed.git("remote", "add", "origin", origin);
  bed.git("push", "--quiet", "--tags", "--set-upstream", "origin", "main");
  const log = path.join(bed.folder, "taken.log");
  const hook = (name: string, script: string): void => {
    mkdirSync(path.join(origin, "hooks"), { recursive: true });
    writeFileSync(path.join(origin, "hooks", name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(origin, "hooks", name), 0o755);
  };
  hook("post-receive", `while read -r _ _ ref; do printf '%s ' "$ref"; done >> '${log}'; echo >> '${log}'`);
  return {
    bed,
    origin,
    hook,
    remote: (...args) => execFileSync("git", ["--git-dir", origin, ...args], { encoding: "utf8", env: bed.env }).trim(),
    taken: () => (existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : []).map((line) => line.trim()),
  };
}

const run = ({ bed }: Place, env: Readonly<Record<string, string>> = {}): ReturnType<Bed["slipway"]> => bed.slipway(["run", "--json"], env);

const wholePush = "refs/heads/main refs/tags/oak-v2.0.0 refs/tags/elm-v1.0.1";

/** One commit with all tags on it, in one push. */
function wholeOnce({ remote, taken }: Place): void {
  const main = remote("rev-parse", "main");
  assert.equal(remote("log", "-1", "--format=%s", "main"), "Release of many");
  assert.equal(remote("rev-list", "--count", "main"), "4");
  const there = remote("for-each-ref", "--format=%(refname:short) %(objecttype) %(*objectname) %(contents:subject)", "refs/tags");
  assert.deepEqual(
    there.split("\n").filter((line) => !line.includes("-v1.0.0 ")),
    [`elm-v1.0.1 tag ${main} elm 1.0.1`, `oak-v2.0.0 tag ${main} oak 2.0.0`],
  );
  assert.deepEqual(taken(), [wholePush]);
}

test("each package gets its tag, all go out in one push with the branch, and report, status and record name them", async (context) => {
  const place = open(context);

  const ended = await run(place);

  assert.equal(ended.code, 0, told(ended));
  wholeOnce(place);
  const report = readReport(ended) as ReturnType<typeof readReport> & { readonly others: readonly { readonly title: string }[] };
  const title = "main, oak-v2.0.0 and elm-v1.0.1 at origin";
  assert.deepEqual(
    report.others.map((one) => one.title),
    [title],
  );
  const status = await place.bed.slipway(["status"]);
  assert.match(status.stdout, new RegExp(title));
  const file = execFileSync("find", [place.bed.state, "-name", "record.json"], { encoding: "utf8" }).trim();
  const record = JSON.parse(readFileSync(file, "utf8")) as ReleaseRecord;
  const commit = place.remote("rev-parse", "main");
  assert.deepEqual(
    record.head?.tags.toSorted((a, b) => a.name.localeCompare(b.name)),
    tags.map((name) => ({ name, object: place.remote("rev-parse", name), commit })),
  );
});

test("a package without a pattern gets no tag, and tags go out alone where no commit was made", async (context) => {
  const place = open(context);
  const { bed } = place;
  edit(bed.project, "slipway.yaml", (text) =>
    text
      .replace('elm-v{version}" }', 'elm-v{version}" }\n  fir: { path: packages/fir }')
      .replace("from: commits", "from: manifest")
      .replace(/^ {2}(?:bump|commit): .*\n/gm, ""),
  );
  for (const [id, version] of [
    ["oak", "2.0.0"],
    ["elm", "1.0.1"],
    ["fir", "0.1.0"],
  ] as const) {
    mkdirSync(path.join(bed.project, "packages", id), { recursive: true });
    writeFileSync(path.join(bed.project, "packages", id, "pyproject.toml"), manifest(id, version));
  }
  bed.git("add", "--all");
  bed.git("commit", "--quiet", "--message", "Versions");
  bed.git("push", "--quiet", "origin", "main");

  const killed = await run(place, { SLIPWAY_CRASH_AT: "effect/origin/oak-v2.0.0+elm-v1.0.1/after-send" });
  assert.equal(killed.signal, "SIGKILL", told(killed));
  // Tags that the run made lead to the commit that it began at, and are none that it is pinned to.
  bed.git("fetch", "--quiet", "--tags", "origin");
  const ended = await run(place);

  assert.equal(ended.code, 0, told(ended));
  assert.match(readReport(ended).sentence, /^oak 2\.0\.0, elm 1\.0\.1, fir 0\.1\.0 is complete$/);
  assert.deepEqual(place.taken().at(-1), "refs/tags/oak-v2.0.0 refs/tags/elm-v1.0.1");
  assert.equal(place.remote("rev-parse", "oak-v2.0.0^{commit}"), place.remote("rev-parse", "main"));
});

test("killed before or after the push, the same command finishes it: all refs once", async (context) => {
  for (const point of [`${push}/before-send`, `${push}/after-send`]) {
    const place = open(context);
    const killed = await run(place, { SLIPWAY_CRASH_AT: point });
    assert.equal(killed.signal, "SIGKILL", `${point}: ${told(killed)}`);
    const ended = await run(place);
    assert.equal(ended.code, 0, `${point}: ${told(ended)}`);
    wholeOnce(place);
  }
});

test("killed while the remote is taking the push, which lands or not, the same command finishes it: all refs once", async (context) => {
  for (const lands of [true, false]) {
    const place = open(context);
    const [here, go] = [path.join(place.bed.folder, "here"), path.join(place.bed.folder, "go")];
    place.hook(
      "pre-receive",
      `[ -e '${here}' ] && exit 0; touch '${here}'; for i in $(seq 300); do [ -e '${go}' ] && break; sleep 0.1; done; ${lands ? "exit 0" : "kill -9 $PPID"}`,
    );
    const running = place.bed.start(["run", "--json"]);
    await eventually(() => existsSync(here));
    running.kill("SIGKILL");
    await running.ended;
    assert.equal(place.remote("tag", "--list", ...tags), "", "none of it is there while the remote takes it");
    writeFileSync(go, "");
    if (lands) await eventually(() => place.taken().length === 1);

    const ended = await run(place);

    assert.equal(ended.code, 0, told(ended));
    wholeOnce(place);
  }
});

async function eventually(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (holds()) return;
    await sleep(100);
  }
  assert.fail("it did not come to pass");
}

test("tags that were made before a kill are made again byte by byte", async (context) => {
  const place = open(context);
  const killed = await run(place, { SLIPWAY_CRASH_AT: "work/tag/advanced" });
  assert.equal(killed.signal, "SIGKILL", told(killed));
  const clone = execFileSync("find", [place.bed.state, "-maxdepth", "4", "-name", "clone"], { encoding: "utf8" }).trim();
  const git = (...args: readonly string[]): string =>
    execFileSync("git", ["--git-dir", clone, ...args], { encoding: "utf8", env: place.bed.env }).trim();
  const made = git("rev-parse", ...tags);
  // As a disk that lost them: one of the two is made anew.
  git("update-ref", "-d", "refs/tags/elm-v1.0.1");

  const ended = await run(place);

  assert.equal(ended.code, 0, told(ended));
  assert.equal(place.remote("rev-parse", ...tags), made);
  wholeOnce(place);
});

test("a remote that refuses one of the tags gets none of the refs", async (context) => {
  const place = open(context);
  place.hook("update", `[ "$1" = refs/tags/elm-v1.0.1 ] && { echo 'no such tags' >&2; exit 1; }; exit 0`);

  const refused = await run(place);

  assert.equal(refused.code, 1, told(refused));
  assert.match(told(refused), /no such tags/);
  assert.deepEqual([place.remote("tag", "--list", ...tags), place.remote("rev-list", "--count", "main")], ["", "3"]);
});

test("all tags are taken back by one command, which wants every version said again", async (context) => {
  const place = open(context);
  assert.equal((await run(place)).code, 0);
  const withdraw = (...words: readonly string[]): ReturnType<Bed["slipway"]> => place.bed.slipway(["withdraw", ...words]);

  const silent = await withdraw(...tags);
  const half = await withdraw(...tags, "--confirm", "1.0.1");
  const stranger = await withdraw("oak-v2.0.0", "v7", "--confirm", "2.0.0,7");
  assert.deepEqual([silent.code, half.code, stranger.code], [2, 2, 2], told(stranger));
  assert.match(silent.stderr, /hint: slipway withdraw elm-v1\.0\.1 oak-v2\.0\.0 --confirm 1\.0\.1,2\.0\.0/);
  assert.equal(place.remote("tag", "--list", ...tags).split("\n").length, 2);

  const gone = await withdraw(...tags, "--confirm", "1.0.1,2.0.0");

  assert.equal(gone.code, 0, told(gone));
  assert.match(gone.stdout, /elm-v1\.0\.1 and oak-v2\.0\.0 are withdrawn/);
  assert.match(gone.stdout, /git tag --delete elm-v1\.0\.1 oak-v2\.0\.0/);
  assert.equal(place.remote("tag", "--list"), "ash-v1.0.0\nelm-v1.0.0\noak-v1.0.0");
});
