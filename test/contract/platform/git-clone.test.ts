// The Git port against the real git and real repositories: the run's own clone and its copies.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createExec } from "../../../src/platform/exec.ts";
import { createGit } from "../../../src/platform/git.ts";
import type { Exec } from "../../../src/platform/ports.ts";
import { createRedactor } from "../../../src/platform/redactor.ts";
import { createRepository, gitTestEnvironment, type TestRepository } from "../../support/git-repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const exec = createExec(createRedactor());
const git = createGit({ exec, env: gitTestEnvironment });

interface Case {
  readonly folder: string;
  readonly repo: TestRepository;
  readonly clone: string;
  readonly copy: string;
}

function aCase(t: TestContext): Case {
  const folder = temporaryFolder(t);
  return {
    folder,
    repo: createRepository(join(folder, "user's repo")),
    clone: join(folder, "state", "clone"),
    copy: join(folder, "work", "copy"),
  };
}

function inCopy(copy: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", copy, ...args], {
    encoding: "utf8",
    env: gitTestEnvironment,
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

test("a copy has the commit's bytes, a clean status, history and all tags", async (t) => {
  const { repo, clone, copy } = aCase(t);
  repo.write(".gitattributes", "*.crlf text eol=crlf\n");
  repo.write("ünï cödé/a b.txt", "one\r\ntwo\n");
  repo.write("tool.sh", "#!/bin/sh\n");
  execFileSync("chmod", ["+x", join(repo.folder, "tool.sh")]);
  const first = repo.commit("first");
  repo.git("tag", "-a", "v1.0", "-m", "x");
  const second = repo.commit("second");
  repo.git("tag", "v2.0");
  repo.git("tag", "elsewhere", first);
  repo.write("untracked", "x");
  repo.write("tool.sh", "changed");

  await git.clone(repo.folder, clone);
  await git.copyAt(clone, { commit: second }, copy);

  assert.equal(readFileSync(join(copy, "ünï cödé/a b.txt"), "latin1"), "one\r\ntwo\n");
  assert.equal(readFileSync(join(copy, "tool.sh"), "utf8"), "#!/bin/sh\n");
  assert.equal(statSync(join(copy, "tool.sh")).mode & 0o111, 0o111);
  assert.ok(!existsSync(join(copy, "untracked")));
  assert.equal(inCopy(copy, "status", "--porcelain"), "");
  assert.equal(inCopy(copy, "describe", "--tags", "--long"), `v2.0-0-g${second.slice(0, 7)}`);
  assert.equal(inCopy(copy, "tag", "--list"), "elsewhere\nv1.0\nv2.0");
  assert.equal(inCopy(copy, "rev-parse", "HEAD", "HEAD~1"), `${second}\n${first}`);
});

test("the clone outlives the user's repository, its garbage collection and its alternates", async (t) => {
  const { folder, repo, clone, copy } = aCase(t);
  const commit = repo.commit("first");
  const borrowing = join(folder, "borrowing");
  repo.git("clone", "--quiet", "--shared", repo.folder, borrowing);

  await git.clone(borrowing, clone);
  rmSync(borrowing, { recursive: true });
  rmSync(repo.folder, { recursive: true });
  await git.copyAt(clone, { commit }, copy);

  assert.equal(inCopy(copy, "fsck", "--full", "--strict"), "");
  assert.equal(inCopy(copy, "log", "-1", "--format=%s"), "first");
});

test("the clone has a detached commit that no branch holds, and the commits of a shallow clone", async (t) => {
  const { folder, repo, clone, copy } = aCase(t);
  repo.commit("first");
  repo.git("checkout", "--quiet", "--detach");
  const loose = repo.commit("on no branch");
  const shallow = join(folder, "shallow");
  repo.git("clone", "--quiet", "--depth=1", `file://${repo.folder}`, shallow);

  await git.clone(repo.folder, clone);
  await git.copyAt(clone, { commit: loose }, copy);
  await git.clone(shallow, `${clone}-2`);
  await git.copyAt(`${clone}-2`, { commit: loose }, `${copy}-2`);

  assert.deepEqual(
    [inCopy(copy, "log", "-1", "--format=%s"), inCopy(`${copy}-2`, "log", "-1", "--format=%s")],
    ["on no branch", "on no branch"],
  );
});

test("clone() twice is harmless, and a half-made clone is made again", async (t) => {
  const { repo, clone, copy } = aCase(t);
  const commit = repo.commit("first");
  mkdirSync(`${clone}.making/objects`, { recursive: true });
  mkdirSync(clone);
  writeFileSync(join(clone, "HEAD"), "");

  await git.clone(repo.folder, clone);
  const made = statSync(clone).ino;
  repo.commit("later");
  await git.clone(repo.folder, clone);
  await git.copyAt(clone, { commit }, copy);

  assert.equal(statSync(clone).ino, made);
  assert.ok(!existsSync(`${clone}.making`));
});

test("no hook, filter or line-end setting of the user's touches clone or copy", async (t) => {
  const { folder, repo, clone, copy } = aCase(t);
  const canary = join(folder, "ran");
  const hooks = join(folder, "template", "hooks");
  mkdirSync(hooks, { recursive: true });
  for (const hook of ["post-checkout", "reference-transaction", "post-index-change"])
    writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch "${canary}"\n`, { mode: 0o755 });
  const config = join(folder, "gitconfig");
  writeFileSync(
    config,
    `[core]\n\tautocrlf = true\n\thooksPath = ${JSON.stringify(hooks)}\n[init]\n\ttemplateDir = ${JSON.stringify(join(folder, "template"))}\n`,
  );
  repo.write("a.txt", "one\ntwo\n");
  const commit = repo.commit("first");
  const users = createGit({ exec, env: { ...gitTestEnvironment, GIT_CONFIG_GLOBAL: config } });

  await users.clone(repo.folder, clone);
  await users.copyAt(clone, { commit }, copy);
  execFileSync("git", ["-C", copy, "checkout", "--quiet", "-b", "side"], { env: { ...gitTestEnvironment, GIT_CONFIG_GLOBAL: config } });

  assert.equal(readFileSync(join(copy, "a.txt"), "latin1"), "one\ntwo\n");
  assert.ok(!existsSync(canary));
});

test("a copy knows the user's remote without its password, and cannot push by accident", async (t) => {
  const { folder, repo, clone, copy } = aCase(t);
  const commit = repo.commit("first");
  const remote = join(folder, "remote.git");
  repo.git("clone", "--quiet", "--bare", repo.folder, remote);
  repo.git("remote", "add", "origin", `file://user:s3cret@${remote}`);

  await git.clone(repo.folder, clone);
  await git.copyAt(clone, { commit }, copy);

  assert.equal(inCopy(copy, "remote", "get-url", "origin"), `file://${remote}`);
  assert.equal(inCopy(copy, "ls-remote", "origin", "HEAD").split("\t")[0], commit);
  assert.throws(() => inCopy(copy, "push", "origin", "HEAD:refs/heads/accident"), /slipway-pushes-by-its-push-step/);
  for (const place of [clone, join(copy, ".git")]) assert.ok(!readFileSync(join(place, "config"), "utf8").includes("s3cret"));
});

test("a copy of a repository without remote has none", async (t) => {
  const { repo, clone, copy } = aCase(t);
  const commit = repo.commit("first");

  await git.clone(repo.folder, clone);
  await git.copyAt(clone, { commit }, copy);

  assert.equal(inCopy(copy, "remote"), "");
});

test("copyAt() takes three processes at most and refuses a folder that is not empty", async (t) => {
  const { repo, clone, copy } = aCase(t);
  repo.write("a", "a");
  const commit = repo.commit("first");
  let runs = 0;
  const counted: Exec = { ...exec, run: (command) => ((runs += 1), exec.run(command)) };
  await git.clone(repo.folder, clone);

  await createGit({ exec: counted, env: gitTestEnvironment }).copyAt(clone, { commit }, copy);

  assert.ok(runs <= 3, `${runs}`);
  await assert.rejects(git.copyAt(clone, { commit }, copy), { code: "GIT_FAILED" });
  await assert.rejects(git.copyAt(clone, { commit: "main" }, `${copy}-2`), { code: "INTERNAL_ASSERTION" });
  await assert.rejects(git.copyAt(clone, { commit: "1".repeat(40) }, `${copy}-3`), { code: "GIT_FAILED" });
});

test("what a step does in its copy does not reach the clone or another copy", async (t) => {
  const { repo, clone, copy } = aCase(t);
  repo.write("a", "a");
  const commit = repo.commit("first");
  await git.clone(repo.folder, clone);
  await git.copyAt(clone, { commit }, copy);
  writeFileSync(join(copy, "a"), "changed");
  inCopy(copy, "-c", "user.name=x", "-c", "user.email=x@y", "commit", "--quiet", "-am", "changed");
  inCopy(copy, "tag", "-f", "v9");

  await git.copyAt(clone, { commit }, `${copy}-2`);

  assert.equal(readFileSync(join(`${copy}-2`, "a"), "utf8"), "a");
  assert.equal(inCopy(`${copy}-2`, "tag"), "");
});

test("assumeTag() makes a tag that copies see, twice being harmless, and never moves one", async (t) => {
  const { repo, clone, copy } = aCase(t);
  const first = repo.commit("first");
  const second = repo.commit("second");
  await git.clone(repo.folder, clone);

  await git.assumeTag(clone, "v1.0.0", second);
  await git.assumeTag(clone, "v1.0.0", second);
  await git.copyAt(clone, { commit: second }, copy);

  assert.equal(inCopy(copy, "describe", "--tags"), "v1.0.0");
  await assert.rejects(git.assumeTag(clone, "v1.0.0", first), { code: "GIT_FAILED" });
  await assert.rejects(git.assumeTag(repo.folder, "v1.0.0", first), { code: "INTERNAL_ASSERTION" });
  assert.equal(repo.git("tag"), "");
});

test("submodules come from the user's own repositories of them, nested ones and loose ones too", async (t) => {
  const { folder, repo, clone, copy } = aCase(t);
  const inner = createRepository(join(folder, "inner"));
  inner.write("inner.txt", "inner");
  inner.commit("inner");
  const middle = createRepository(join(folder, "middle"));
  middle.git("submodule", "--quiet", "add", "--name", "deep/name", inner.folder, "libs/inner");
  middle.commit("middle");
  repo.git("submodule", "--quiet", "add", middle.folder, "vendor/mïddle");
  repo.git("submodule", "--quiet", "update", "--init", "--recursive");
  const loose = createRepository(join(repo.folder, "loose"));
  loose.write("loose.txt", "loose");
  loose.commit("loose");
  repo.git("submodule", "--quiet", "add", "../loose.git", "loose");
  const commit = repo.commit("with submodules");

  await git.clone(repo.folder, clone);
  rmSync(repo.folder, { recursive: true });
  for (const one of [inner, middle]) rmSync(one.folder, { recursive: true });
  await git.copyAt(clone, { commit }, copy);

  assert.equal(readFileSync(join(copy, "vendor/mïddle/libs/inner/inner.txt"), "utf8"), "inner");
  assert.equal(readFileSync(join(copy, "loose/loose.txt"), "utf8"), "loose");
  assert.equal(inCopy(copy, "status", "--porcelain"), "");
  assert.deepEqual(
    inCopy(copy, "submodule", "status")
      .split("\n")
      .map((line) => line.trim().split(" ")[1] ?? "")
      .toSorted((a, b) => a.localeCompare(b)),
    ["loose", "vendor/mïddle"],
  );
  assert.ok(!/^-/m.test(inCopy(copy, "submodule", "status")));
});

test("a submodule that the user never fetched is a clear error", async (t) => {
  const { folder, repo, clone, copy } = aCase(t);
  const inner = createRepository(join(folder, "inner"));
  inner.commit("inner");
  repo.git("submodule", "--quiet", "add", inner.folder, "libs/inner");
  const commit = repo.commit("with submodule");
  const fresh = join(folder, "fresh");
  repo.git("clone", "--quiet", repo.folder, fresh);

  await git.clone(fresh, clone);

  await assert.rejects(git.copyAt(clone, { commit }, copy), {
    code: "SOURCE_INCOMPLETE",
    message: /submodule "libs\/inner" at [0-9a-f]{40}/,
    hint: /submodule update --init/,
  });
});

test("a partial clone is refused with the way out", async (t) => {
  const { folder, repo, clone } = aCase(t);
  repo.write("a", "a");
  repo.commit("first");
  repo.git("config", "uploadpack.allowFilter", "true");
  const partial = join(folder, "partial");
  repo.git("clone", "--quiet", "--no-checkout", "--filter=blob:none", `file://${repo.folder}`, partial);

  await assert.rejects(git.clone(partial, clone), { code: "SOURCE_INCOMPLETE", hint: /--refetch/ });
});

test("LFS files without git-lfs are TOOL_MISSING; git-lfs is pointed at the files that the user had", async (t) => {
  const { folder, repo, clone, copy } = aCase(t);
  const oid = "a".repeat(64);
  repo.write("data/.gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n");
  repo.write("data/big.bin", `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 5\n`);
  const commit = repo.commit("with LFS");
  const stored = join(repo.folder, ".git", "lfs", "objects", "aa", "aa");
  mkdirSync(stored, { recursive: true });
  writeFileSync(join(stored, oid), "bytes");
  // Stands for git-lfs, and only notes which store it was pointed at.
  const bin = join(folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "git-lfs"), `#!/bin/sh\ngit config lfs.storage > "${join(folder, "asked")}"\nexit 1\n`, { mode: 0o755 });
  const none = join(folder, "none");
  mkdirSync(none);
  for (const tool of ["git", "sh"])
    execFileSync("ln", ["-s", execFileSync("which", [tool], { encoding: "utf8" }).trim(), join(none, tool)]);
  const without = createGit({ exec, env: { ...gitTestEnvironment, PATH: none } });
  const withIt = createGit({ exec, env: { ...gitTestEnvironment, PATH: `${bin}:${gitTestEnvironment["PATH"]}` } });

  await git.clone(repo.folder, clone);
  renameSync(repo.folder, `${repo.folder}-moved`);

  await assert.rejects(without.copyAt(clone, { commit }, copy), { code: "TOOL_MISSING", message: /git-lfs/ });
  await assert.rejects(withIt.copyAt(clone, { commit }, `${copy}-2`), { code: "GIT_FAILED" });
  assert.equal(readFileSync(join(folder, "asked"), "utf8"), `${join(clone, "lfs")}\n`);
  assert.deepEqual(readdirSync(join(clone, "lfs", "objects", "aa", "aa")), [oid]);
});
