import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLog } from "./git-log.ts";
import { parseStatus } from "./git-look.ts";
import { parseSettings } from "./git-settings.ts";
import { isRefName } from "./git-tags.ts";
import { parseTrailers } from "./git-trailers.ts";
import { rewrittenUrl, shownUrl, withoutUserInformation } from "./git-url.ts";

test("parseStatus() reads changed, unmerged and untracked paths with spaces, and no header as a path", () => {
  const id = "a".repeat(40);
  const text = [
    `# branch.oid ${id}`,
    "# branch.head feature/x",
    "# stash 2",
    `1 .M N... 100644 100644 100644 ${id} ${id} a b.txt`,
    `u UU N... 100644 100644 100644 100644 ${id} ${id} ${id} both changed`,
    "? new file\nwith line",
    "! ignored",
    "",
  ].join("\0");

  assert.deepEqual(parseStatus(text), { commit: id, branch: "feature/x", dirty: ["a b.txt", "both changed", "new file\nwith line"] });
  assert.deepEqual(parseStatus("# branch.oid (initial)\0# branch.head main\0").commit, undefined);
});

test("parseSettings() takes origin, else the only remote, else none", () => {
  const remotes = (text: string): string | undefined => parseSettings(text).remote;

  assert.equal(
    remotes("remote.up.url=https://a.example/x\nremote.origin.url=https://b.example/x\nremote.origin.url=https://c.example/x"),
    "https://b.example/x",
  );
  assert.equal(remotes("remote.up.stream.url=https://a.example/x"), "https://a.example/x");
  assert.equal(remotes("remote.a.url=https://a.example/x\nremote.b.url=https://b.example/x"), undefined);
  assert.equal(remotes("remote.origin.fetch=+refs/heads/*:refs/remotes/origin/*"), undefined);
});

test("parseSettings() knows partial clones and set work trees", () => {
  assert.deepEqual(
    [parseSettings("remote.origin.promisor=true").partial, parseSettings("remote.origin.promisor=false").partial],
    [true, false],
  );
  assert.deepEqual([parseSettings("core.worktree=../x").ownWorkTree, parseSettings("core.bare=false").ownWorkTree], [true, false]);
});

test("shownUrl() takes out what is secret and leaves what is needed", () => {
  const shown = (url: string): string => shownUrl(url);

  assert.equal(shown("https://user:pass@host/x"), "https://host/x");
  assert.equal(shown("https://token@host:8443/x@y"), "https://host:8443/x@y");
  assert.equal(shown("ssh://git:pass@host:22/x"), "ssh://git@host:22/x");
  assert.equal(shown("git+ssh://git@host/x"), "git+ssh://git@host/x");
  assert.equal(shown("git@host:x/y.git"), "git@host:x/y.git");
  assert.equal(shown("/srv/a@b"), "/srv/a@b");
});

test("withoutUserInformation() cleans every URL of a text", () => {
  assert.equal(
    withoutUserInformation("fatal: unable to access 'https://u:p@a/x/': and http://t@b/ but ada@example.org"),
    "fatal: unable to access 'https://a/x/': and http://b/ but ada@example.org",
  );
});

test("rewrittenUrl() lets the longest beginning win", () => {
  const rules = [
    { base: "https://a/", insteadOf: "x:" },
    { base: "https://b/", insteadOf: "x:team/" },
  ];

  assert.deepEqual(
    ["x:team/t", "x:other", "y:z"].map((url) => rewrittenUrl(url, rules)),
    ["https://b/t", "https://a/other", "y:z"],
  );
});

test("isRefName() refuses what git refuses, and what git would read as something else", () => {
  for (const name of ["v1.0.0", "release/v1", "ünï", "a-b", "a@b", "v1+local"]) assert.ok(isRefName(name), name);
  for (const name of [
    "",
    "-v",
    "@",
    "a..b",
    "a b",
    "a~1",
    "a^",
    "a:b",
    "a?",
    "a*",
    "a[",
    "a\\b",
    "a//b",
    "/a",
    "a/",
    "a.",
    ".a",
    "a/.b",
    "a.lock",
    "a/b.lock/c",
    "a@{b",
    "a\nb",
    "a\0",
  ]) {
    assert.ok(!isRefName(name), name);
  }
});

test("parseTrailers() takes no text for trailers, and no key for a member of objects", () => {
  assert.deepEqual(parseTrailers("Subject: x"), {});
  assert.deepEqual(parseTrailers("Subject\n\nKey: v\ntext"), {});
  assert.deepEqual(Object.entries(parseTrailers("S\n\n__proto__: x\n")), []);
  assert.deepEqual(Object.entries(parseTrailers("S\n\nconstructor: x\n")), [["constructor", "x"]]);
});

test("parseLog() reads messages of any text, files of any name, and commits without either", () => {
  const one = "a".repeat(40);
  const two = "b".repeat(40);
  const text = `\0${one}\0${two} ${two}\0feat: x\n\n- y\n\0\0\nü y\0a/z\nq\0\0${two}\0\0\0\0\0${one}\0${two}\0last\n\0\0`;

  assert.deepEqual(parseLog(text), [
    { commit: one, parents: [two, two], message: "feat: x\n\n- y", paths: ["ü y", "a/z\nq"] },
    { commit: two, parents: [], message: "", paths: [] },
    { commit: one, parents: [two], message: "last", paths: [] },
  ]);
  assert.deepEqual(parseLog(""), []);
});
