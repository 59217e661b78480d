// Commits since releases, by the real git in real repositories: the log of a range, and what is made of it for the packages
// of a monorepo. However many packages there are, the processes stay few.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { readHistories } from "../../../src/app/release-history.ts";
import { createExec } from "../../../src/platform/exec.ts";
import { createGit } from "../../../src/platform/git.ts";
import type { DatedCommit } from "../../../src/domain/version/history.ts";
import type { Exec, Git } from "../../../src/platform/ports.ts";
import { createRedactor } from "../../../src/platform/redactor.ts";
import { aFoundPackage, configurationOf } from "../../support/app.ts";
import { createRepository, gitTestEnvironment, type TestRepository } from "../../support/git-repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const real = createExec(createRedactor());

interface Case {
  readonly repo: TestRepository;
  readonly git: Git;
  /** How many programs were started so far. */
  readonly started: () => number;
}

function aCase(t: TestContext): Case {
  let count = 0;
  const exec: Exec = { ...real, run: (command) => ((count += 1), real.run(command)) };
  return {
    repo: createRepository(join(temporaryFolder(t), "repo")),
    git: createGit({ exec, env: gitTestEnvironment }),
    started: () => count,
  };
}

/** A commit that changes one file, a second after the one before it. */
let seconds = 1_700_000_000;
function change(repo: TestRepository, path: string, message: string): string {
  seconds += 1;
  repo.write(path, `${message} ${seconds}`);
  repo.git("add", "--all");
  const env = { ...gitTestEnvironment, GIT_AUTHOR_DATE: `${seconds} +0000`, GIT_COMMITTER_DATE: `${seconds} +0000` };
  execFileSync("git", ["-C", repo.folder, "commit", "--quiet", "--allow-empty-message", "-m", message], { env });
  return repo.git("rev-parse", "HEAD");
}

test("log() gives messages, parents and files of a range, whatever the user's configuration and the names", async (t) => {
  const { repo, git } = aCase(t);
  for (const [key, value] of [
    ["diff.renames", "copies"],
    ["diff.relative", "true"],
    ["log.diffMerges", "first-parent"],
    ["log.showSignature", "true"],
    ["core.quotePath", "true"],
    ["color.ui", "always"],
    ["diff.noprefix", "true"],
  ] as const)
    repo.git("config", key, value);
  const first = change(repo, "a.txt", "feat: one");
  const second = change(repo, "földer/line\nend", "fix: two\n\nbody with \x1b[31mred\n\nBREAKING CHANGE: all");
  repo.git("mv", "a.txt", "b.txt");
  const third = change(repo, "c.txt", "");
  repo.git("checkout", "--quiet", "-b", "side", first);
  const side = change(repo, "side.txt", "side");
  repo.git("checkout", "--quiet", "main");
  repo.git("merge", "--quiet", "--no-ff", "-m", "merged", "side");
  const merge = repo.git("rev-parse", "HEAD");

  const log = await git.log(repo.folder, { to: merge, since: [first], paths: true, max: 10 });

  const byId = new Map(log.commits.map((one) => [one.commit, one]));
  assert.deepEqual([log.complete, log.from, log.commits[0]?.commit], [true, first, merge]);
  assert.deepEqual(new Set(byId.keys()), new Set([merge, third, side, second]));
  assert.deepEqual(byId.get(merge)?.parents, [third, side]);
  assert.deepEqual(byId.get(merge)?.paths, []);
  assert.deepEqual(byId.get(second)?.paths, ["földer/line\nend"]);
  assert.equal(byId.get(second)?.message, "fix: two\n\nbody with \x1b[31mred\n\nBREAKING CHANGE: all");
  assert.deepEqual([byId.get(third)?.message, byId.get(third)?.paths], ["", ["a.txt", "b.txt", "c.txt"]]);
  const short = await git.log(repo.folder, { to: merge, since: [], paths: false, max: 2 });
  assert.deepEqual([short.commits.length, short.complete, short.from, short.commits[0]?.paths], [2, false, undefined, []]);
});

test("log() leaves out what the oldest of several commits contains", async (t) => {
  const { repo, git } = aCase(t);
  const at = [0, 1, 2, 3].map((index) => change(repo, "a.txt", `c${index}`));
  const [, one = "", two = "", three = ""] = at;

  assert.equal((await git.log(repo.folder, { to: three, since: [two, one], paths: false, max: 10 })).commits.length, 2);
});

const monorepo = configurationOf(
  `slipway: 1\nproject: many\nversions: each\npackages:\n${["a", "b", "c"].map((id) => `  ${id}: { path: packages/${id}, tag: "${id}-v{version}" }\n`).join("")}version: { from: commits }\nenvironments: { pypi: { registry: pypi, credentials: { token: T } } }\nsteps: { build: { uses: build-wheel }, pypi: { uses: publish, environment: pypi } }\n`,
);
const packages = monorepo.packages.map((one) => aFoundPackage(monorepo, one.id));

test("each package of a monorepo has its own releases and commits, told with three processes", async (t) => {
  const { repo, git, started } = aCase(t);
  change(repo, "packages/a/x.py", "feat: begin");
  change(repo, "packages/b/x.py", "feat: begin");
  repo.git("tag", "a-v1.0.0");
  change(repo, "packages/a/y.py", "fix: a");
  repo.git("tag", "-a", "b-v2.0.0", "-m", "b");
  change(repo, "packages/b/y.py", "feat: b");
  change(repo, "README.md", "docs: all");
  const commit = repo.git("rev-parse", "HEAD");

  const histories = await readHistories(git, { configuration: monorepo, packages, at: { root: repo.folder, commit }, without: [] });

  const told = [...histories].map(([id, { newest, commits, distance }]) => [id, newest?.tag, commits.map((one) => one.message), distance]);
  assert.deepEqual(told, [
    ["a", "a-v1.0.0", ["fix: a"], 3],
    ["b", "b-v2.0.0", ["feat: b"], 2],
    ["c", undefined, [], 3],
  ]);
  assert.deepEqual([histories.get("a")?.complete, histories.get("c")?.complete], [true, false]);
  assert.equal(started(), 3);
});

test("tags of another branch, and those of the run itself, are no releases of this commit", async (t) => {
  const { repo, git } = aCase(t);
  change(repo, "packages/a/x.py", "feat: begin");
  repo.git("tag", "a-v1.0.0");
  repo.git("checkout", "--quiet", "-b", "later");
  change(repo, "packages/a/z.py", "feat: later");
  repo.git("tag", "a-v2.0.0");
  repo.git("checkout", "--quiet", "main");
  const commit = change(repo, "packages/a/y.py", "fix: a");
  repo.git("tag", "a-v1.0.1");
  const at = { root: repo.folder, commit };

  const own = await readHistories(git, { configuration: monorepo, packages, at, without: ["a-v1.0.1"] });
  const all = await readHistories(git, { configuration: monorepo, packages, at, without: [] });

  assert.deepEqual([own.get("a")?.newest?.tag, own.get("a")?.commits.map((one) => one.message)], ["a-v1.0.0", ["fix: a"]]);
  assert.deepEqual([all.get("a")?.newest?.tag, all.get("a")?.commits.length], ["a-v1.0.1", 0]);
});

test("commits of a branch that was merged after the release of another package are not lost", async (t) => {
  const { repo, git } = aCase(t);
  change(repo, "packages/a/x.py", "feat: begin");
  repo.git("checkout", "--quiet", "-b", "side");
  const side = change(repo, "packages/b/x.py", "feat: side");
  repo.git("tag", "b-v1.0.0");
  repo.git("checkout", "--quiet", "main");
  change(repo, "packages/b/early.py", "fix: before a, unknown to b");
  repo.git("tag", "a-v1.0.0");
  repo.git("merge", "--quiet", "--no-ff", "-m", "merged", "side");
  const commit = repo.git("rev-parse", "HEAD");

  const histories = await readHistories(git, { configuration: monorepo, packages, at: { root: repo.folder, commit }, without: [] });

  assert.notEqual(side, commit);
  assert.deepEqual(
    histories.get("b")?.commits.map((one) => one.message),
    ["fix: before a, unknown to b"],
  );
  assert.deepEqual(histories.get("a")?.commits, []);
});

test("a repository without a release tells its newest commits, and not more", async (t) => {
  const { repo, git, started } = aCase(t);
  const commit = change(repo, "packages/c/x.py", "feat: begin");

  const histories = await readHistories(git, { configuration: monorepo, packages, at: { root: repo.folder, commit }, without: [] });

  assert.deepEqual([histories.get("c")?.newest, histories.get("c")?.commits.length, histories.get("c")?.complete], [undefined, 1, true]);
  assert.equal(started(), 2);
});

test("history() hands on every commit, the newest first, by one process, with messages and paths of any form", async (t) => {
  const { repo, git, started } = aCase(t);
  repo.git("config", "core.quotePath", "true");
  repo.git("config", "log.showSignature", "true");
  const first = change(repo, "a.txt", "feat: one\n\nbody\n\nBREAKING CHANGE: all");
  const second = change(repo, "földer/line\nend", "");
  repo.git("switch", "--quiet", "--create", "side", first);
  const side = change(repo, "side.txt", "fix: two \x1b[31mred");
  repo.git("switch", "--quiet", "-");
  repo.git("merge", "--quiet", "--no-ff", "--message", "Merge side", "side");
  const merge = repo.git("rev-parse", "HEAD");
  const read = async (paths: boolean): Promise<readonly DatedCommit[]> => {
    const found: DatedCommit[] = [];
    await git.history(repo.folder, { commit: merge, paths }, (one) => found.push(one));
    return found;
  };
  const before = started();

  const told = await read(true);
  const bare = await read(false);

  assert.equal(started() - before, 2);
  assert.deepEqual(
    told.map(({ commit, parents, message, paths }) => ({ commit, parents, message, paths })),
    [
      { commit: merge, parents: [second, side], message: "Merge side", paths: [] },
      { commit: side, parents: [first], message: "fix: two \x1b[31mred", paths: ["side.txt"] },
      { commit: second, parents: [first], message: "", paths: ["földer/line\nend"] },
      { commit: first, parents: [], message: "feat: one\n\nbody\n\nBREAKING CHANGE: all", paths: ["a.txt"] },
    ],
  );
  assert.deepEqual(
    bare,
    told.map((one) => ({ ...one, paths: [] })),
  );
  assert.equal(told[1]?.epochSeconds, seconds);
  await assert.rejects(
    git.history(repo.folder, { commit: merge, paths: false }, () => {
      throw new Error("enough");
    }),
    /enough/,
  );
});
