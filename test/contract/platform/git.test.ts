// The Git port against the real git and real repositories: reads.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createExec } from "../../../src/platform/exec.ts";
import { createGit } from "../../../src/platform/git.ts";
import type { Exec, Git } from "../../../src/platform/ports.ts";
import { createRedactor } from "../../../src/platform/redactor.ts";
import { commitSeconds, createRepository, gitTestEnvironment, type TestRepository } from "../../support/git-repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const exec = createExec(createRedactor());

function gitWith(env: Readonly<Record<string, string>> = {}, by: Exec = exec): Git {
  return createGit({ exec: by, env: { ...gitTestEnvironment, ...env } });
}

const git = gitWith();

function repository(t: TestContext, name = "prøject one"): TestRepository {
  return createRepository(join(temporaryFolder(t), name));
}

/** Counts the programs that a use of git starts. */
function counting(): { readonly exec: Exec; readonly count: () => number } {
  let runs = 0;
  return { count: () => runs, exec: { ...exec, run: (command) => ((runs += 1), exec.run(command)) } };
}

test("look() finds root, commit, time, branch, tags, remote and person from a folder below the root", async (t) => {
  const repo = repository(t);
  repo.write("src/a.py", "a");
  const first = repo.commit("first");
  repo.git("tag", "old");
  const commit = repo.commit("second");
  repo.git("tag", "light");
  repo.git("tag", "-a", "v1.0.0", "-m", "One\n\nSlipway-Path: hotfix\nReason: it is\n  urgent");
  repo.git("remote", "add", "origin", "https://user:pa%40ss@forge.example/team/tool.git");

  const seen = await git.look(join(repo.folder, "src"));

  assert.notEqual(first, commit);
  assert.deepEqual(seen, {
    root: repo.folder,
    commit,
    epochSeconds: commitSeconds,
    branch: "main",
    tagsHere: [
      { name: "light", commit, annotated: false, message: "", trailers: {} },
      {
        name: "v1.0.0",
        commit,
        annotated: true,
        message: "One\n\nSlipway-Path: hotfix\nReason: it is\n  urgent",
        trailers: { "Slipway-Path": "hotfix", Reason: "it is urgent" },
        tagger: "Ada Tëst <ada@example.org>",
      },
    ],
    dirty: [],
    shallow: false,
    remote: "https://forge.example/team/tool.git",
    person: "Ada Tëst <ada@example.org>",
  });
});

test("look() starts three processes, and four for a detached commit without a tag", async (t) => {
  const repo = repository(t);
  repo.commit("first");
  repo.commit("second");
  repo.git("config", "user.name", "Ada");
  repo.git("config", "user.email", "ada@example.org");
  const onBranch = counting();
  const detached = counting();

  await gitWith({}, onBranch.exec).look(repo.folder);
  repo.git("checkout", "--quiet", "--detach", "HEAD~1");
  const seen = await gitWith({}, detached.exec).look(repo.folder);

  assert.deepEqual([onBranch.count(), detached.count()], [3, 4]);
  assert.equal(seen.branch, undefined);
  assert.equal(seen.epochSeconds, commitSeconds);
});

test("look() names changed, staged, deleted and untracked paths as they are, ignored ones not", async (t) => {
  const repo = repository(t);
  const odd = 'ünï cödé\n\t"q".py';
  for (const path of ["changed", "staged", "deleted", odd, "renamed from"]) repo.write(path, path);
  repo.write(".gitignore", "ignored\n");
  repo.commit("first");
  repo.write("changed", "x");
  repo.write("staged", "x");
  repo.git("add", "staged");
  repo.git("rm", "--quiet", "deleted");
  repo.git("mv", "renamed from", "renamed to");
  repo.write(odd, "x");
  repo.write("ignored", "x");
  repo.write("new folder/a", "x");
  repo.write("-n", "x");

  const { dirty } = await git.look(repo.folder);

  assert.deepEqual(dirty.toSorted(), ["-n", "changed", "deleted", "new folder/", "renamed from", "renamed to", "staged", odd].toSorted());
});

test("look() changes nothing: not even the index is refreshed, and no hook or monitor runs", async (t) => {
  const repo = repository(t);
  repo.write("a", "a");
  repo.commit("first");
  const canary = join(repo.folder, "..", "ran");
  const script = join(repo.folder, ".git", "canary");
  writeFileSync(script, `#!/bin/sh\ntouch "${canary}"\n`, { mode: 0o755 });
  repo.git("config", "core.fsmonitor", script);
  repo.git("config", "core.pager", script);
  repo.git("config", "core.hooksPath", join(repo.folder, ".git"));
  writeFileSync(join(repo.folder, "a"), "a");
  const before = readFileSync(join(repo.folder, ".git", "index"));

  await git.look(repo.folder);

  assert.deepEqual(readFileSync(join(repo.folder, ".git", "index")), before);
  assert.throws(() => statSync(canary), { code: "ENOENT" });
});

test("look() reads linked work trees, shallow clones and a repository that a hook is running in", async (t) => {
  const repo = repository(t);
  repo.commit("first");
  const commit = repo.commit("second");
  const linked = join(repo.folder, "..", "linked");
  repo.git("worktree", "add", "--quiet", "-b", "side", linked);
  const shallow = join(repo.folder, "..", "shallow");
  repo.git("clone", "--quiet", "--depth=1", `file://${repo.folder}`, shallow);
  const inHook = gitWith({ GIT_DIR: "/nowhere", GIT_WORK_TREE: "/nowhere", GIT_INDEX_FILE: "/nowhere" });

  const seen = [await inHook.look(linked), await inHook.look(shallow), await inHook.look(repo.folder)];

  assert.deepEqual(
    seen.map(({ root, branch, shallow: isShallow, commit: id }) => [root.split("/").at(-1), branch, isShallow, id]),
    [
      ["linked", "side", false, commit],
      ["shallow", "main", true, commit],
      ["prøject one", "main", false, commit],
    ],
  );
});

test("look() reads a submodule, whose work tree is set by its configuration", async (t) => {
  const inner = repository(t, "inner");
  inner.commit("first");
  const repo = repository(t);
  repo.git("submodule", "--quiet", "add", inner.folder, "libs/inner");
  repo.commit("with submodule");

  const seen = await git.look(join(repo.folder, "libs", "inner"));

  assert.equal(seen.root, join(repo.folder, "libs", "inner"));
  repo.write("libs/inner/new", "x");
  assert.deepEqual((await git.look(repo.folder)).dirty, ["libs/inner"]);
});

test("look() refuses a folder without repository, one without commit, and one of another user, in git's words", async (t) => {
  const folder = temporaryFolder(t);
  const repo = repository(t);

  await assert.rejects(git.look(folder), { code: "SOURCE_NOT_GIT", message: /there is no \.git/ });
  await assert.rejects(git.look(join(folder, "none")), { code: "SOURCE_NOT_GIT" });
  await assert.rejects(git.look(repo.folder), { code: "SOURCE_NOT_GIT", message: /no commit yet/ });
  writeFileSync(join(repo.folder, ".git", "config"), "[core\n");
  await assert.rejects(git.look(repo.folder), { code: "SOURCE_NOT_GIT", message: /git says "fatal: bad config/ });
});

test("look() applies insteadOf, prefers origin, and keeps the user of an ssh address", async (t) => {
  const repo = repository(t);
  repo.commit("first");
  repo.git("remote", "add", "backup", "ssh://me:secret@backup.example:2222/x.git");
  const only = await git.look(repo.folder);
  repo.git("remote", "add", "origin", "gh:team/tool");
  repo.git("config", "url.https://x-access-token:t0ken@forge.example/.insteadOf", "gh:");

  const both = await git.look(repo.folder);

  assert.equal(only.remote, "ssh://me@backup.example:2222/x.git");
  assert.equal(both.remote, "https://forge.example/team/tool");
});

test("look() tells no person when git knows none", async (t) => {
  const repo = repository(t);
  repo.commit("first");
  repo.git("config", "user.useConfigOnly", "true");
  const {
    GIT_COMMITTER_NAME: _name,
    GIT_COMMITTER_EMAIL: _email,
    GIT_AUTHOR_NAME: _a,
    GIT_AUTHOR_EMAIL: _b,
    ...nobody
  } = gitTestEnvironment;

  const seen = await createGit({ exec, env: nobody }).look(repo.folder);

  assert.equal(seen.commit, repo.git("rev-parse", "HEAD"));
  assert.equal(seen.person, "");
});

test("resolve() follows branches, tags, abbreviations and ancestors, and nothing that is not one", async (t) => {
  const repo = repository(t);
  const first = repo.commit("first");
  const second = repo.commit("second");
  repo.git("tag", "-a", "v1", "-m", "x");
  repo.git("tag", "-a", "nested", "v1", "-m", "x");

  for (const ref of ["main", "v1", "nested", "refs/tags/v1", second.slice(0, 10), second, "HEAD", "@"])
    assert.equal(await git.resolve(repo.folder, ref), second, ref);
  for (const ref of ["HEAD~1", "v1^", "v1~1"]) assert.equal(await git.resolve(repo.folder, ref), first, ref);
  for (const ref of ["none", "", "--all", "-x", ":/second", "HEAD:a", "main..v1", "@{-1}", "main@{0}", "a b", "v1^{tree}"]) {
    assert.equal(await git.resolve(repo.folder, ref), undefined, ref);
  }
});

test("tags() and tag() give the commit that each leads to, also through tags of tags, and leave out trees", async (t) => {
  const repo = repository(t);
  repo.write("a", "a");
  const commit = repo.commit("first");
  repo.git("tag", "v1");
  repo.git("tag", "-a", "v2", "-m", "two");
  repo.git("tag", "-a", "v3", "v2", "-m", "three");
  repo.git("tag", "v-tree", "HEAD^{tree}");
  repo.git("tag", "release/v1");

  assert.deepEqual(
    await git.tags(repo.folder, "v*"),
    ["v1", "v2", "v3"].map((name) => ({ name, commit })),
  );
  assert.deepEqual(await git.tags(repo.folder, "release/*"), [{ name: "release/v1", commit }]);
  assert.deepEqual(await git.tags(repo.folder, "none*"), []);
  assert.equal((await git.tag(repo.folder, "v2"))?.message, "two");
  assert.equal((await git.tag(repo.folder, "v3"))?.commit, commit);
  for (const name of ["v", "v*", "v-tree", "none", "release", "--all", ""]) assert.equal(await git.tag(repo.folder, name), undefined, name);
});

test("trailers are those that git itself finds", async (t) => {
  const repo = repository(t);
  repo.commit("first");
  const messages = [
    "Subject\n\nKey: value\nOther-Key:no space\n continued\n  twice",
    "Subject\n\nBody\n\nA: 1\nA: 2\nB: x: y",
    "Subject\n\nSee: this is a paragraph\nand text",
    "Key: value",
    "Subject\n\nbody only",
  ];

  for (const [i, message] of messages.entries()) {
    repo.git("tag", "-a", `t${i}`, "-m", message);
    const ours = Object.entries((await git.tag(repo.folder, `t${i}`))?.trailers ?? {}).flatMap(([key, value]) =>
      value.split("\n").map((one) => `${key}: ${one}`),
    );
    const theirs = execFileSync("git", ["interpret-trailers", "--parse"], {
      input: `${message}\n`,
      encoding: "utf8",
      env: gitTestEnvironment,
    });
    assert.deepEqual(
      ours.toSorted(),
      theirs
        .split("\n")
        .filter((line) => line !== "")
        .toSorted(),
      message,
    );
  }
});

test("the message of a signed tag comes without its signature, its trailers with it", async (t) => {
  const repo = repository(t);
  repo.commit("first");
  const key = join(repo.folder, "..", "key");
  execFileSync("sh", ["-c", 'ssh-keygen -q -t ed25519 -N "" -f "$0"', key]);
  repo.git("-c", "gpg.format=ssh", "-c", `user.signingkey=${key}`, "tag", "-s", "v1", "-m", "Signed\n\nBy: Ada");

  const tag = await git.tag(repo.folder, "v1");

  assert.equal(tag?.message, "Signed\n\nBy: Ada");
  assert.deepEqual(tag?.trailers, { By: "Ada" });
});

test("files() and show() read a commit, not the work tree, whatever the paths are called", async (t) => {
  const repo = repository(t);
  const odd = 'dïr/new\nline "x".txt';
  repo.write(odd, "odd\n");
  repo.write("a.txt", "line 1\r\nlïne 2");
  repo.write("empty", "");
  symlinkSync("a.txt", join(repo.folder, "link"));
  const commit = repo.commit("first");
  repo.write("a.txt", "changed");

  assert.deepEqual((await git.files(repo.folder, commit)).toSorted(), ["a.txt", "empty", "link", odd].toSorted());
  assert.equal(await git.show(repo.folder, commit, "a.txt"), "line 1\r\nlïne 2");
  assert.equal(await git.show(repo.folder, commit, odd), "odd\n");
  assert.equal(await git.show(repo.folder, commit, "empty"), "");
  for (const path of ["none", "dïr", "", "./a.txt", "../a.txt", "a.txt\nempty", "a.txt/"])
    assert.equal(await git.show(repo.folder, commit, path), undefined, path);
  await assert.rejects(git.files(repo.folder, "--all"), { code: "INTERNAL_ASSERTION" });
});

test("contains() tells ancestors from others, and does not guess about commits that are not here", async (t) => {
  const repo = repository(t);
  const first = repo.commit("first");
  const second = repo.commit("second");

  assert.deepEqual([await git.contains(repo.folder, second, first), await git.contains(repo.folder, first, second)], [true, false]);
  await assert.rejects(git.contains(repo.folder, second, "1".repeat(40)), { code: "GIT_FAILED" });
});

test("remoteRef() tells at, none and unknown", async (t) => {
  const repo = repository(t);
  const commit = repo.commit("first");
  const other = repository(t, "other");
  other.git("remote", "add", "origin", repo.folder);
  other.git("remote", "add", "gone", "https://user:s3cret@127.0.0.1:1/x.git");
  repo.git("branch", "refs/heads/main-2");

  assert.deepEqual(await git.remoteRef(other.folder, "origin", "refs/heads/main"), { kind: "at", commit });
  assert.deepEqual(await git.remoteRef(other.folder, repo.folder, "refs/heads/main"), { kind: "at", commit });
  repo.git("tag", "--annotate", "v1", "--message", "v1");
  assert.deepEqual(
    await git.remoteRef(other.folder, "origin", "refs/tags/v1"),
    { kind: "at", commit },
    "an annotated tag leads to its commit",
  );
  assert.deepEqual(await git.remoteRef(other.folder, "origin", "refs/heads/none"), { kind: "none" });
  for (const [remote, ref] of [
    ["gone", "refs/heads/main"],
    ["nobody", "refs/heads/main"],
    ["origin", "main"],
    ["--upload-pack=x", "refs/heads/main"],
    ["ext::sh -c date", "refs/heads/main"],
  ] as const) {
    const seen = await git.remoteRef(other.folder, remote, ref);
    assert.equal(seen.kind, "unknown", remote);
    assert.ok(seen.kind === "unknown" && !seen.why.includes("s3cret"), JSON.stringify(seen));
  }
});

test("a git that is missing, or too old for an option, is TOOL_MISSING", async (t) => {
  const repo = repository(t);
  repo.commit("first");
  const bin = join(repo.folder, "..", "bin");
  mkdirSync(bin);
  const old = join(bin, "git");
  writeFileSync(
    old,
    '#!/bin/sh\nfor a in "$@"; do [ "$a" = --version ] && echo "git version 2.17.1" && exit 0; done\necho "usage: git" >&2; exit 129\n',
  );
  chmodSync(old, 0o755);

  await assert.rejects(gitWith({ PATH: "/nonexistent" }).look(repo.folder), { code: "TOOL_MISSING", message: /not on the PATH/ });
  await assert.rejects(gitWith({ PATH: bin }).look(repo.folder), {
    code: "TOOL_MISSING",
    message: /2\.25 or newer is needed, and this is "2\.17\.1"/,
  });
});
