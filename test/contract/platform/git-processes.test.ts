// What the Git port saves: one process for all files that are asked for together, and copies made like the first one.
// The answers have to be those of one process for each.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createExec } from "../../../src/platform/exec.ts";
import { createGit } from "../../../src/platform/git.ts";
import type { Exec } from "../../../src/platform/ports.ts";
import { createRedactor } from "../../../src/platform/redactor.ts";
import { createRepository, gitTestEnvironment } from "../../support/git-repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const commands: ReadonlySet<string> = new Set([
  "cat-file",
  "checkout",
  "clone",
  "config",
  "for-each-ref",
  "remote",
  "update-ref",
  "rev-parse",
]);
const real = createExec(createRedactor());

function aCase(t: TestContext) {
  const started: string[] = [];
  const exec: Exec = {
    find: (program, path) => real.find(program, path),
    run: (command) => {
      started.push(command.args.find((word) => commands.has(word)) ?? "");
      return real.run(command);
    },
  };
  const folder = temporaryFolder(t);
  return { folder, started, git: createGit({ exec, env: gitTestEnvironment }), repo: createRepository(join(folder, "repo")) };
}

test("show() answers all that is asked for together with one process", async (t) => {
  const { started, git, repo } = aCase(t);
  repo.write("a.txt", "one\n");
  repo.write("b/ü.txt", "two, without an end");
  repo.write("empty", "");
  const commit = repo.commit("one");
  const paths = ["a.txt", "missing.txt", "b/ü.txt", "../a.txt", "empty", "a.txt"];

  const texts = await Promise.all(paths.map((path) => git.show(repo.folder, commit, path)));

  assert.deepEqual(texts, ["one\n", undefined, "two, without an end", undefined, "", "one\n"]);
  assert.deepEqual(started, ["cat-file"]);
});

test("show() finds the other files beside a folder and one that is no text", async (t) => {
  const { git, repo } = aCase(t);
  repo.write("a.txt", "one\n");
  writeFileSync(join(repo.folder, "binary"), Buffer.from([0xff, 0x0a, 0xfe, 0x0a, 0x80]));
  repo.write("folder/z.txt", "last\n");
  const commit = repo.commit("one");

  const [first, , folder, last] = await Promise.all(
    ["a.txt", "binary", "folder", "folder/z.txt"].map((path) => git.show(repo.folder, commit, path)),
  );

  assert.deepEqual([first, folder, last], ["one\n", undefined, "last\n"]);
});

test("show() of several commits and folders does not mix them", async (t) => {
  const { git, repo, folder } = aCase(t);
  const other = createRepository(join(folder, "other"));
  repo.write("a.txt", "one\n");
  const one = repo.commit("one");
  repo.write("a.txt", "two\n");
  const two = repo.commit("two");
  other.write("a.txt", "other\n");
  const three = other.commit("three");

  const texts = await Promise.all([
    git.show(repo.folder, one, "a.txt"),
    git.show(other.folder, three, "a.txt"),
    git.show(repo.folder, two, "a.txt"),
  ]);

  assert.deepEqual(texts, ["one\n", "other\n", "two\n"]);
});

test("copyAt() makes later copies of a clone like the first, with one process each", async (t) => {
  const { started, git, repo, folder } = aCase(t);
  repo.write("a.txt", "one\n");
  const one = repo.commit("one");
  repo.git("tag", "v1");
  repo.write("a.txt", "two\n");
  const two = repo.commit("two");
  const clone = join(folder, "clone");
  await git.clone(repo.folder, clone);
  await git.copyAt(clone, { commit: two }, join(folder, "first"));
  started.length = 0;

  await Promise.all([
    git.copyAt(clone, { commit: one }, join(folder, "second")),
    git.copyAt(clone, { commit: two }, join(folder, "third")),
  ]);

  assert.deepEqual(started, ["checkout", "checkout"]);
  const seen = (copy: string) =>
    ["status --porcelain", "for-each-ref", "config --local --list", "fsck --strict"].map((words) => inCopy(join(folder, copy), words));
  assert.deepEqual(seen("third"), seen("first"));
  assert.deepEqual(seen("second").slice(0, 3), seen("first").slice(0, 3));
  assert.equal(inCopy(join(folder, "second"), "show HEAD:a.txt"), "one");
  assert.equal(inCopy(join(folder, "third"), "describe --tags"), inCopy(join(folder, "first"), "describe --tags"));
});

test("copyAt() knows a tag that was assumed after the first copy", async (t) => {
  const { git, repo, folder } = aCase(t);
  repo.write("a.txt", "one\n");
  const commit = repo.commit("one");
  const clone = join(folder, "clone");
  await git.clone(repo.folder, clone);
  await git.copyAt(clone, { commit }, join(folder, "first"));

  await git.assumeTag(clone, "v9", commit);
  await git.copyAt(clone, { commit }, join(folder, "second"));

  assert.equal(inCopy(join(folder, "second"), "describe --tags --exact-match"), "v9");
});

function inCopy(copy: string, words: string): string {
  return execFileSync("git", ["-C", copy, ...words.split(" ")], {
    encoding: "utf8",
    env: gitTestEnvironment,
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}
