import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { pep440 } from "../version/pep440.ts";
import type { DatedCommit } from "../version/history.ts";
import { tellByRelease, type ReleaseSection } from "./by-release.ts";
import type { CommitTag } from "./since.ts";

const pattern = { text: "v{version}", prefix: "v", accepts: "all" } as const;

interface Made {
  readonly id: string;
  readonly parents?: readonly string[];
  readonly message?: string;
  readonly paths?: readonly string[];
}

/** A history in the order in which git tells it, each commit an hour older than the one before. */
function history(made: readonly Made[]): readonly DatedCommit[] {
  return made.map(({ id, parents, message, paths }, index) => ({
    commit: id,
    parents: parents ?? (made[index + 1] === undefined ? [] : [made[index + 1]?.id ?? ""]),
    message: message ?? `feat: ${id}`,
    paths: paths ?? [],
    epochSeconds: 1_000_000 - index * 3600,
  }));
}

const tagsOf = (tags: Readonly<Record<string, string>>): readonly CommitTag[] =>
  Object.entries(tags).map(([name, commit]) => ({ name, commit }));

interface Told {
  readonly sections: readonly ReleaseSection[];
  /** Before which commit each section was told, or `end`. */
  readonly at: readonly string[];
}

function tell(commits: readonly DatedCommit[], tags: readonly CommitTag[], counts = (_one: DatedCommit) => true): Told {
  const sections: ReleaseSection[] = [];
  const at: string[] = [];
  let now = "end";
  const teller = tellByRelease({
    tags,
    pattern,
    scheme: pep440,
    counts,
    onSection(section) {
      sections.push(section);
      at.push(now);
    },
  });
  for (const one of commits) {
    now = one.commit;
    teller.add(one);
  }
  now = "end";
  teller.end();
  return { sections, at };
}

/** `1.0.0: a b`, oldest first. */
const brief = ({ sections }: Told): readonly string[] =>
  sections.map(
    ({ release, text }) =>
      `${release?.version ?? "-"}:${[...text.matchAll(/^- (?!No changes)(\S+)/gm)].map(([, id]) => ` ${id}`).join("")}`,
  );

describe("a line of commits", () => {
  const line = history(["e", "d", "c", "b", "a"].map((id) => ({ id })));

  test("is cut at its tags, newest first, and each section is told as soon as the next begins", () => {
    const told = tell(line, tagsOf({ "v1.0.0": "b", "v1.1.0": "d", "other-9": "c", "v2.0.0": "elsewhere" }));

    assert.deepEqual(brief(told), ["-: e", "1.1.0: c d", "1.0.0: a b"]);
    assert.deepEqual(told.at, ["d", "b", "end"]);
    assert.deepEqual(told.sections[1]?.release, { tag: "v1.1.0", version: "1.1.0", commit: "d", epochSeconds: 1_000_000 - 3600 });
    assert.deepEqual(
      told.sections.map(({ count }) => count),
      [1, 2, 2],
    );
  });

  test("without a release is not released; with one at its head nothing waits", () => {
    assert.deepEqual(brief(tell(line, [])), ["-: a b c d e"]);
    assert.deepEqual(brief(tell(line, tagsOf({ "v1.0.0": "e" }))), ["1.0.0: a b c d e"]);
    assert.deepEqual(brief(tell([], [])), []);
  });

  test("tells candidates under the final version that contains them, and by themselves until there is one", () => {
    const candidates = { "v1.0.0rc1": "b", "v1.0.0-rc.2": "c" };

    assert.deepEqual(brief(tell(line, tagsOf({ ...candidates, "v1.0.0": "d" }))), ["-: e", "1.0.0: a b c d"]);
    assert.deepEqual(brief(tell(line, tagsOf({ ...candidates, "v0.9.0": "a" }))), ["-: d e", "1.0.0rc2: c", "1.0.0rc1: b", "0.9.0: a"]);
  });

  test("with two releases on one commit gives the changes to the lower one", () => {
    const told = tell(line, tagsOf({ "v1.0.0": "d", "v1.0.1": "d", "v1.0.0rc1": "d" }));

    assert.deepEqual(brief(told), ["-: e", "1.0.1:", "1.0.0: a b c d"]);
    assert.equal(told.sections[1]?.text, "- No changes.");
  });

  test("counts the commits of one package alone", () => {
    const mixed = history([
      { id: "c", paths: ["x"] },
      { id: "b", paths: ["y"] },
      { id: "a", paths: ["x"] },
    ]);

    assert.deepEqual(brief(tell(mixed, tagsOf({ "v1.0.0": "b" }), ({ paths }) => paths.includes("x"))), ["-: c", "1.0.0: a"]);
  });
});

describe("lines that were merged", () => {
  test("a hotfix of an older line has a section of its own, between those of its neighbours in time", () => {
    // 1.1.0 was made of main before the hotfix of 1.0.0 was, and the hotfix was merged back.
    const merged = history([
      { id: "m", parents: ["n", "h"], message: "Merge the hotfix" },
      { id: "n", parents: ["b"] },
      { id: "h", parents: ["a"], message: "fix: h" },
      { id: "b", parents: ["a"] },
      { id: "a", parents: [] },
    ]);

    const told = tell(merged, tagsOf({ "v1.0.0": "a", "v1.1.0": "b", "v1.0.1": "h" }));

    assert.deepEqual(brief(told), ["-: n", "1.0.1: h", "1.1.0: b", "1.0.0: a"]);
  });

  test("what a branch brought is told by the release that contains it, though its commits are older than the one before", () => {
    const late = history([
      { id: "m", parents: ["r", "x"], message: "Merge x" },
      { id: "r", parents: ["q"] },
      { id: "x", parents: ["a"] },
      { id: "q", parents: ["a"] },
      { id: "a", parents: [] },
    ]);

    assert.deepEqual(brief(tell(late, tagsOf({ "v2.0.0": "m", "v1.0.0": "r" }))), ["2.0.0: x", "1.0.0: a q r"]);
  });

  test("a final release tells what a candidate beside it has as well", () => {
    const beside = history([
      { id: "m", parents: ["f", "c"], message: "Merge c" },
      { id: "f", parents: ["a"] },
      { id: "c", parents: ["a"] },
      { id: "a", parents: [] },
    ]);

    assert.deepEqual(brief(tell(beside, tagsOf({ "v1.0.0": "f", "v2.0.0rc1": "c" }))), ["-: Merge", "1.0.0: a f", "2.0.0rc1: c"]);
  });

  test("each commit of any history is told once, by the oldest release that contains it", () => {
    const shape = fc.array(fc.record({ parents: fc.array(fc.nat(3), { maxLength: 3 }), tagged: fc.boolean() }), {
      minLength: 1,
      maxLength: 14,
    });
    fc.assert(
      fc.property(shape, (rows) => {
        const { commits, tags } = grow(rows);
        const told = tell(commits, tags);

        for (const { release, text } of told.sections) {
          const version = release?.version;
          for (const [, id] of text.matchAll(/^- (c\d+)$/gm)) assert.equal(oldestWith(commits, tags, id ?? ""), version, id);
        }
        assert.equal(
          told.sections.reduce((sum, { count }) => sum + count, 0),
          commits.length,
        );
      }),
    );
  });
});

/** A history whose first commit contains all others. */
function grow(rows: readonly { readonly parents: readonly number[]; readonly tagged: boolean }[]): {
  readonly commits: readonly DatedCommit[];
  readonly tags: readonly CommitTag[];
} {
  const last = rows.length - 1;
  const made = rows.map(({ parents }, index): Made => {
    const next = index < last ? [index + 1] : [];
    const all = new Set([...next, ...parents.map((step) => index + 2 + step)].filter((at) => at <= last));
    return { id: `c${index}`, parents: [...all].map((at) => `c${at}`), message: `feat: c${index}` };
  });
  // Drop the first parent here and there, so that lines run side by side; someone still leads to each commit.
  const reached = (id: string, except: number): boolean =>
    made.some((one, index) => index !== except && one.parents?.includes(id) === true);
  const thinned = made.map((one, index): Made => {
    const [first, ...rest] = one.parents ?? [];
    return rest.length > 0 && first !== undefined && index % 2 === 0 && reached(first, index) ? { ...one, parents: rest } : one;
  });
  const tags = rows.flatMap(({ tagged }, index) => (tagged ? [{ name: `v1.${rows.length - index}.0`, commit: `c${index}` }] : []));
  return { commits: history(thinned), tags };
}

function oldestWith(commits: readonly DatedCommit[], tags: readonly CommitTag[], id: string): string | undefined {
  const byId = new Map(commits.map((one) => [one.commit, one]));
  const contains = (from: string): boolean => from === id || (byId.get(from)?.parents.some(contains) ?? false);
  const places = tags
    .filter(({ commit }) => contains(commit))
    .map(({ name, commit }) => ({ name, at: commits.findIndex((one) => one.commit === commit) }));
  const [oldest] = places.toSorted((a, b) => b.at - a.at);
  return oldest?.name.slice(1);
}
