// The Git port against the real git: what a run makes in its own clone – trees, commits, tags – and what it pushes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { createExec } from "../../../src/platform/exec.ts";
import { createGit } from "../../../src/platform/git.ts";
import { createRedactor } from "../../../src/platform/redactor.ts";
import { createRepository, gitTestEnvironment, type TestRepository } from "../../support/git-repository.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const exec = createExec(createRedactor());
const git = createGit({ exec, env: gitTestEnvironment });
const person = "Bo Tëst <bo@example.org>";
const epochSeconds = 1_800_000_000;
const all = (): boolean => true;

interface Case {
  readonly folder: string;
  readonly repo: TestRepository;
  readonly base: string;
  readonly clone: string;
  readonly copy: string;
  readonly remote: string;
}

/** A repository with a remote, its run's clone and a copy. */
async function aCase(t: TestContext): Promise<Case> {
  const folder = temporaryFolder(t);
  const repo = createRepository(join(folder, "user's repo"));
  repo.write("VERSION", "1.0.0\n");
  repo.write(".gitignore", "*.log\n");
  repo.write("crlf.txt", "one\r\ntwo\r\n");
  repo.write("sub/gone.txt", "x\n");
  const base = repo.commit("first");
  const remote = join(folder, "remote.git");
  execFileSync("git", ["clone", "--quiet", "--bare", repo.folder, remote], { env: gitTestEnvironment });
  repo.git("remote", "add", "origin", remote);
  const clone = join(folder, "clone");
  const copy = join(folder, "copy");
  await git.clone(repo.folder, clone);
  await git.copyAt(clone, { commit: base }, copy);
  return { folder, repo, base, clone, copy, remote };
}

function inBare(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-C", folder, ...args], {
    env: gitTestEnvironment,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/** All that git knows of a repository, and all of its files. */
function everythingOf(repo: TestRepository): string {
  const objects = execFileSync("find", [".git", "-type", "f", "-not", "-name", "index"], { cwd: repo.folder, encoding: "utf8" });
  return [repo.git("for-each-ref"), repo.git("status", "--porcelain"), objects.split("\n").toSorted().join("\n")].join("\n");
}

async function aCommit(one: Case, version = "1.1.0"): Promise<string> {
  writeFileSync(join(one.copy, "VERSION"), `${version}\n`);
  const own = await git.treeOf(one.clone, one.base);
  const tree = await git.keep(one.clone, { tree: own, copy: one.copy, selects: all });
  return git.commit(one.clone, {
    parent: one.base,
    tree,
    message: `Release ${version}`,
    person,
    epochSeconds,
    repository: one.repo.folder,
  });
}

test("keep() takes over what was selected: changed, new and removed files, and no ignored one", async (t) => {
  const one = await aCase(t);
  writeFileSync(join(one.copy, "VERSION"), "1.1.0\n");
  writeFileSync(join(one.copy, "a new\nname.txt"), "new\r\n");
  writeFileSync(join(one.copy, "other.txt"), "not selected");
  writeFileSync(join(one.copy, "noise.log"), "ignored");
  writeFileSync(join(one.copy, "tool.sh"), "#!/bin/sh\n");
  chmodSync(join(one.copy, "tool.sh"), 0o755);
  rmSync(join(one.copy, "sub"), { recursive: true });
  const own = await git.treeOf(one.clone, one.base);

  const tree = await git.keep(one.clone, { tree: own, copy: one.copy, selects: (path) => path !== "other.txt" });

  const changed = inBare(one.clone, "diff-tree", "-r", "-z", "--name-status", own, tree)
    .split("\0")
    .filter((part) => part !== "");
  assert.deepEqual(changed, ["M", "VERSION", "A", "a new\nname.txt", "D", "sub/gone.txt", "A", "tool.sh"]);
  assert.equal(inBare(one.clone, "ls-tree", tree, "tool.sh").slice(0, 6), "100755");
  assert.equal(await git.keep(one.clone, { tree: own, copy: one.copy, selects: () => false }), own);
});

test("keep() goes by the clone's settings, not by those that a step wrote into its copy", async (t) => {
  const one = await aCase(t);
  const proof = join(one.folder, "executed");
  execFileSync("git", ["-C", one.copy, "config", "filter.evil.clean", `touch '${proof}' && cat`]);
  execFileSync("git", ["-C", one.copy, "config", "core.fsmonitor", `touch '${proof}'`]);
  writeFileSync(join(one.copy, ".gitattributes"), "* filter=evil\n");
  writeFileSync(join(one.copy, "VERSION"), "1.1.0\n");

  await git.keep(one.clone, { tree: await git.treeOf(one.clone, one.base), copy: one.copy, selects: all });

  assert.equal(existsSync(proof), false);
});

test("keep() takes a link as a link, and nothing from where it leads", async (t) => {
  const one = await aCase(t);
  mkdirSync(join(one.folder, "outside"));
  writeFileSync(join(one.folder, "outside", "secret"), "canary");
  rmSync(join(one.copy, "sub"), { recursive: true });
  symlinkSync(join(one.folder, "outside"), join(one.copy, "sub"));

  const tree = await git.keep(one.clone, { tree: await git.treeOf(one.clone, one.base), copy: one.copy, selects: all });

  assert.equal(inBare(one.clone, "ls-tree", "-r", tree).includes("secret"), false);
  assert.equal(inBare(one.clone, "ls-tree", tree, "sub").slice(0, 6), "120000");
});

test("commit() made twice has one id, with the run's person and time, and the next copy starts from it", async (t) => {
  const one = await aCase(t);

  const first = await aCommit(one);
  const second = await aCommit(one);

  assert.equal(first, second);
  assert.equal(
    inBare(one.clone, "show", "--no-patch", "--format=%an <%ae> %at %cn %ct %s", first),
    `${person} ${epochSeconds} Bo Tëst ${epochSeconds} Release 1.1.0`,
  );
  const copy = join(one.folder, "next");
  await git.copyAt(one.clone, { commit: first }, copy);
  assert.equal(readFileSync(join(copy, "VERSION"), "utf8"), "1.1.0\n");
});

test("a copy of a tree that is not committed yet has its files, and HEAD at the commit", async (t) => {
  const one = await aCase(t);
  writeFileSync(join(one.copy, "VERSION"), "1.1.0\n");
  const tree = await git.keep(one.clone, { tree: await git.treeOf(one.clone, one.base), copy: one.copy, selects: all });
  const copy = join(one.folder, "next");

  await git.copyAt(one.clone, { commit: one.base, tree }, copy);

  assert.equal(readFileSync(join(copy, "VERSION"), "utf8"), "1.1.0\n");
  assert.equal(inBare(copy, "rev-parse", "HEAD"), one.base);
  assert.equal(inBare(copy, "status", "--porcelain"), "M  VERSION");
});

test("commit() without a person says how to mend it, and a hostile message is a message", async (t) => {
  const one = await aCase(t);
  const tree = await git.treeOf(one.clone, one.base);
  const message = "-m $(touch pwned) `id`\n\n--amend\n# not a comment";

  const commit = await git.commit(one.clone, { parent: one.base, tree, message, person, epochSeconds, repository: one.repo.folder });

  assert.equal(inBare(one.clone, "show", "--no-patch", "--format=%B", commit), message);
  await assert.rejects(git.commit(one.clone, { parent: one.base, tree, message, person: "", epochSeconds, repository: one.repo.folder }), {
    code: "IDENTITY_MISSING",
  });
});

test("makeTag() is done twice alike, and refuses a tag of the name that leads elsewhere", async (t) => {
  const one = await aCase(t);
  const commit = await aCommit(one);
  const making = { name: "v1.1.0", commit, message: "demo 1.1.0", person, epochSeconds, repository: one.repo.folder, replaces: false };

  const object = await git.makeTag(one.clone, making);

  assert.equal(await git.makeTag(one.clone, making), object);
  assert.equal(inBare(one.clone, "cat-file", "-t", object), "tag");
  await assert.rejects(git.makeTag(one.clone, { ...making, commit: one.base }), { code: "TAG_EXISTS", message: /v1\.1\.0/ });
});

test("commits and tags are signed where the user signs", async (t) => {
  const one = await aCase(t);
  const key = join(one.folder, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  for (const [name, value] of [
    ["gpg.format", "ssh"],
    ["user.signingkey", key],
    ["commit.gpgsign", "true"],
    ["tag.gpgsign", "true"],
  ] as const)
    one.repo.git("config", name, value);

  const commit = await aCommit(one);
  const tag = await git.makeTag(one.clone, {
    name: "v1.1.0",
    commit,
    message: "x",
    person,
    epochSeconds,
    repository: one.repo.folder,
    replaces: false,
  });

  assert.match(inBare(one.clone, "cat-file", "commit", commit), /gpgsig -----BEGIN SSH SIGNATURE-----/);
  assert.match(inBare(one.clone, "cat-file", "tag", tag), /-----BEGIN SSH SIGNATURE-----/);
});

test("push() sends branch and tag at once, and the user's repository stays as it was", async (t) => {
  const one = await aCase(t);
  const commit = await aCommit(one);
  const tag = await git.makeTag(one.clone, {
    name: "v1.1.0",
    commit,
    message: "x",
    person,
    epochSeconds,
    repository: one.repo.folder,
    replaces: false,
  });
  const before = everythingOf(one.repo);
  const refs = [
    { ref: "refs/heads/main", to: commit, from: one.base },
    { ref: "refs/tags/v1.1.0", to: tag },
  ];

  const pushed = await git.push({ repository: one.repo.folder, clone: one.clone, remote: "origin", refs });

  assert.deepEqual(pushed, { kind: "sent" });
  assert.equal(everythingOf(one.repo), before);
  assert.deepEqual(await git.remoteRefs(one.repo.folder, "origin", ["refs/heads/main", "refs/tags/v1.1.0", "refs/tags/none"]), {
    kind: "known",
    objects: new Map([
      ["refs/heads/main", commit],
      ["refs/tags/v1.1.0", tag],
    ]),
  });
});

test("push() takes all or nothing: a branch that others moved keeps the tag out as well", async (t) => {
  const one = await aCase(t);
  const commit = await aCommit(one);
  const tag = await git.makeTag(one.clone, {
    name: "v1.1.0",
    commit,
    message: "x",
    person,
    epochSeconds,
    repository: one.repo.folder,
    replaces: false,
  });
  const theirs = one.repo.commit("theirs");
  one.repo.git("push", "--quiet", "origin", "main");
  const refs = [
    { ref: "refs/heads/main", to: commit, from: one.base },
    { ref: "refs/tags/v1.1.0", to: tag },
  ];

  const pushed = await git.push({ repository: one.repo.folder, clone: one.clone, remote: "origin", refs });

  assert.equal(pushed.kind, "refused");
  assert.equal(pushed.kind === "refused" && pushed.atRemote, undefined);
  assert.equal(inBare(one.remote, "rev-parse", "main"), theirs);
  assert.equal(inBare(one.remote, "tag", "--list"), "");
});

test("push() says what a rule of the remote says, and tells silence from refusal", async (t) => {
  const one = await aCase(t);
  const commit = await aCommit(one);
  const refs = [{ ref: "refs/heads/main", to: commit, from: one.base }];
  const hook = join(one.remote, "hooks", "pre-receive");
  mkdirSync(join(one.remote, "hooks"), { recursive: true });
  writeFileSync(hook, "#!/bin/sh\nprintf 'error:\\nerror: main is protected\\nerror:\\n' >&2\nexit 1\n");
  chmodSync(hook, 0o755);

  const refused = await git.push({ repository: one.repo.folder, clone: one.clone, remote: "origin", refs });
  const nowhere = await git.push({ repository: one.repo.folder, clone: one.clone, remote: join(one.folder, "nowhere.git"), refs });

  const why = "refs/heads/main [remote rejected] (pre-receive hook declined); main is protected";
  assert.equal(refused.kind === "refused" ? refused.why : refused.kind, why);
  assert.equal(refused.kind === "refused" && refused.atRemote, true);
  assert.equal(nowhere.kind, "unknown");
});

test("push() never runs the user's hooks, and never puts an address on a command line", async (t) => {
  const one = await aCase(t);
  const commit = await aCommit(one);
  const proof = join(one.folder, "hooked");
  writeFileSync(join(one.repo.folder, ".git", "hooks", "pre-push"), `#!/bin/sh\ntouch '${proof}'\n`);
  chmodSync(join(one.repo.folder, ".git", "hooks", "pre-push"), 0o755);
  const seen: string[] = [];
  const watching = createGit({
    exec: { find: exec.find, run: (command) => (seen.push(command.args.join(" ")), exec.run(command)) },
    env: gitTestEnvironment,
  });

  await watching.push({
    repository: one.repo.folder,
    clone: one.clone,
    remote: "origin",
    refs: [{ ref: "refs/heads/main", to: commit, from: one.base }],
  });

  assert.equal(existsSync(proof), false);
  assert.equal(
    seen.some((args) => args.includes("remote.git")),
    false,
  );
});

test("fetchBranch() brings others' commits into the clone, whether or not the user has them already", async (t) => {
  for (const fetched of [false, true]) {
    const one = await aCase(t);
    const other = createRepository(join(one.folder, "other"));
    other.git("pull", "--quiet", one.remote, "main");
    other.write("theirs.txt", "theirs\n");
    const theirs = other.commit("theirs");
    other.git("push", "--quiet", one.remote, "main");
    if (fetched) one.repo.git("fetch", "--quiet", "origin");
    const before = everythingOf(one.repo);

    const tip = await git.fetchBranch({ repository: one.repo.folder, clone: one.clone, remote: "origin", branch: "main", known: one.base });

    assert.deepEqual(tip, { kind: "at", commit: theirs });
    assert.equal(inBare(one.clone, "show", `${theirs}:theirs.txt`), "theirs");
    assert.equal(everythingOf(one.repo), before);
    assert.equal(await git.contains(one.clone, theirs, one.base), true);
    rmSync(one.folder, { recursive: true });
    mkdirSync(one.folder);
  }
});

test("fetchBranch() brings all of a commit whose files the user has already, as a squash at a forge makes it", async (t) => {
  const one = await aCase(t);
  one.repo.git("checkout", "--quiet", "-b", "feature");
  one.repo.write("theirs.txt", "theirs\n");
  one.repo.commit("theirs");
  const squash = createRepository(join(one.folder, "other"));
  squash.git("pull", "--quiet", one.remote, "main");
  squash.write("theirs.txt", "theirs\n");
  const squashed = squash.commit("squashed");
  squash.git("push", "--quiet", one.remote, "main");

  await git.fetchBranch({ repository: one.repo.folder, clone: one.clone, remote: "origin", branch: "main", known: one.base });

  assert.equal(inBare(one.clone, "show", `${squashed}:theirs.txt`), "theirs");
});

test("findSameTree() finds the first state of a branch with a commit's files, and none on side branches or before", async (t) => {
  const one = await aCase(t);
  const ours = await aCommit(one);
  const tree = await git.treeOf(one.clone, ours);
  const made = (parents: readonly string[], of: string, message: string): string =>
    inBare(
      one.clone,
      "-c",
      "user.name=a",
      "-c",
      "user.email=a@example.org",
      "commit-tree",
      of,
      ...parents.flatMap((id) => ["-p", id]),
      "-m",
      message,
    );
  const base = await git.treeOf(one.clone, one.base);
  const squash = made([one.base], tree, "squash");
  const after = made([made([squash], base, "back")], tree, "again");
  const side = made([made([one.base], base, "other"), squash], base, "merge of nothing");
  const at = (tip: string): ReturnType<typeof git.findSameTree> => git.findSameTree(one.clone, { tip, base: one.base, commit: ours });

  assert.equal((await at(after))?.commit, squash);
  assert.ok(((await at(after))?.epochSeconds ?? 0) > 1_000_000_000);
  assert.equal(await at(side), undefined);
  assert.equal(await at(one.base), undefined);
});

test("replay() makes the run's commits again on top of others', alike each time, and can be found by its mark", async (t) => {
  const one = await aCase(t);
  const commit = await aCommit(one);
  one.repo.write("theirs.txt", "theirs\n");
  const theirs = one.repo.commit("theirs");
  one.repo.git("push", "--quiet", "origin", "main");
  await git.fetchBranch({ repository: one.repo.folder, clone: one.clone, remote: "origin", branch: "main", known: one.base });
  const making = { base: one.base, head: commit, onto: theirs, mark: `Slipway-Commit: ${commit}` };

  const [once, twice] = [await git.replay(one.clone, making), await git.replay(one.clone, making)];

  assert.deepEqual(once, twice);
  assert.ok(once.kind === "replayed");
  assert.equal(inBare(one.clone, "show", `${once.commit}:VERSION`), "1.1.0");
  assert.equal(inBare(one.clone, "show", `${once.commit}:theirs.txt`), "theirs");
  assert.equal(await git.findMarked(one.clone, { tip: once.commit, base: one.base, mark: making.mark }), once.commit);
  assert.equal(await git.findMarked(one.clone, { tip: theirs, base: one.base, mark: making.mark }), undefined);
});

test("replay() names the files that both sides changed", async (t) => {
  const one = await aCase(t);
  const commit = await aCommit(one);
  one.repo.write("VERSION", "2.0.0\n");
  const theirs = one.repo.commit("theirs");
  await git.fetchBranch({ repository: one.repo.folder, clone: one.clone, remote: one.repo.folder, branch: "main", known: one.base });

  const replayed = await git.replay(one.clone, { base: one.base, head: commit, onto: theirs, mark: "x: y" });

  assert.deepEqual(replayed, { kind: "conflict", paths: ["VERSION"] });
  assert.ok(statSync(one.clone).isDirectory());
});

test("adopt() takes over commits, kept trees and tags of another run's clone", async (t) => {
  const one = await aCase(t);
  const commit = await aCommit(one);
  writeFileSync(join(one.copy, "later.txt"), "kept, not committed\n");
  const tree = await git.keep(one.clone, { tree: await git.treeOf(one.clone, commit), copy: one.copy, selects: all });
  const object = await git.makeTag(one.clone, {
    name: "v1.1.0",
    commit,
    message: "x",
    person,
    epochSeconds,
    repository: one.repo.folder,
    replaces: false,
  });
  const next = join(one.folder, "next-clone");
  await git.clone(one.repo.folder, next);
  const before = await git.has(next, tree);

  await git.adopt(next, { clone: one.clone, tags: [{ name: "v1.1.0", object, commit }] });

  assert.deepEqual([before, await git.has(next, tree), await git.has(next, commit)], [false, true, true]);
  const copy = join(one.folder, "next-copy");
  await git.copyAt(next, { commit, tree }, copy);
  assert.equal(readFileSync(join(copy, "later.txt"), "utf8"), "kept, not committed\n");
  assert.equal(inBare(copy, "rev-parse", "v1.1.0^{commit}"), commit);
});
