import assert from "node:assert/strict";
import { test } from "node:test";
import { countSince, coversAll, ownersOf, releasesAmong, sinceOf, type CommitLog, type LoggedCommit } from "./history.ts";
import { pep440 } from "./pep440.ts";

/** `"c<b"`: commit c with parent b; `"m<b,x"`: a merge. Newest first. */
function logOf(commits: readonly string[], from?: string): CommitLog {
  return {
    commits: commits.map((one): LoggedCommit => {
      const [commit = "", parents = ""] = one.split("<");
      return { commit, parents: parents === "" ? [] : parents.split(","), message: commit, paths: [] };
    }),
    ...(from === undefined ? {} : { from }),
    complete: true,
  };
}

function since(log: CommitLog, base: string | undefined): string {
  const commits = log.commits.filter(sinceOf(log, base)).map(({ commit }) => commit);
  assert.equal(countSince(log, base), commits.length);
  return commits.join("");
}

test("of the tags of a pattern, the newest counts by version and not by order; candidates are no final release", () => {
  const tags = ["v1.2.0", "v1.10.0", "v1.9.0", "v2.0.0-rc.1", "other-v9.0.0", "v1.10.0-1", "vendor"].map((tag) => ({ tag, commit: tag }));

  const { newest, final } = releasesAmong(tags, { text: "v{version}", prefix: "v", accepts: "all" }, pep440);

  assert.deepEqual([newest?.tag, newest?.version.normal, final?.tag], ["v2.0.0-rc.1", "2.0.0rc1", "v1.10.0"]);
  assert.deepEqual(releasesAmong([], { text: "v{version}", prefix: "v", accepts: "all" }, pep440), { newest: undefined, final: undefined });
});

test("commits since a release are those that it does not contain: in a chain, and where branches were merged", () => {
  const chain = logOf(["d<c", "c<b", "b<a"], "a");
  assert.equal(since(chain, "a"), "dcb");
  assert.equal(since(chain, "c"), "d");
  assert.equal(since(chain, "d"), "");
  assert.equal(since(chain, undefined), "dcb");

  // x was written before the release c, and merged after it.
  const merged = logOf(["e<m", "m<c,x", "c<b", "x<b", "b<a"], "a");
  assert.equal(since(merged, "c"), "emx");
  assert.equal(since(merged, "b"), "emcx");
});

test("a log covers releases only if the head contains each, and each contains what is left out", () => {
  const chain = logOf(["d<c", "c<b", "b<a"], "a");
  assert.equal(coversAll(chain, "d", ["a", "c"]), true);
  assert.equal(coversAll(chain, "d", ["a", "z"]), false, "a tag of another branch");
  assert.equal(coversAll(logOf([], "d"), "d", ["d"]), true, "the head is the release");
  assert.equal(coversAll(logOf(["d<c", "c<b", "b<"], "z"), "d", ["z"]), false, "what is left out is on another branch");

  // y is a release of a branch that left before the release a: commits between the two are missing for it.
  const beside = logOf(["m<d,y", "d<a", "y<0"], "a");
  assert.equal(coversAll(beside, "m", ["a", "d"]), true);
  assert.equal(coversAll(beside, "m", ["a", "y"]), false);
  assert.equal(coversAll(logOf(["b<a", "a<"]), "b", []), true, "nothing was released");
});

test("a file belongs to the package whose folder is nearest above it", () => {
  const owners = ownersOf([
    { id: "root", folder: "." },
    { id: "core", folder: "crates/core" },
    { id: "python", folder: "crates/core" },
    { id: "deep", folder: "./crates/core/deep/" },
  ]);

  assert.deepEqual(owners("README.md"), ["root"]);
  assert.deepEqual(owners("crates/other/src/x.py"), ["root"]);
  assert.deepEqual(owners("crates/core/src/x.py"), ["core", "python"]);
  assert.deepEqual(owners("crates/core/deep/x.py"), ["deep"]);
  assert.deepEqual(owners("crates/core-more/x.py"), ["root"]);
  assert.deepEqual(ownersOf([{ id: "core", folder: "core" }])("README.md"), []);
});

test("a long chain and hundreds of releases are told apart at once", () => {
  const commits = Array.from({ length: 20_000 }, (_, index) => `c${20_000 - index}<c${19_999 - index}`);
  const log = logOf(commits, "c0");
  const bases = Array.from({ length: 500 }, (_, index) => `c${index * 40}`);

  const started = process.cpuUsage().user;
  assert.equal(coversAll(log, "c20000", bases), true);
  const counts = bases.map((base) => countSince(log, base));

  assert.deepEqual([counts[0], counts[1], counts[499]], [20_000, 19_960, 40]);
  assert.ok(process.cpuUsage().user - started < 1_000_000, "less than a second");
});
