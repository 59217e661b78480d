import assert from "node:assert/strict";
import { test } from "node:test";
import type { Effect } from "../../domain/run/effect.ts";
import type { Head } from "../../domain/run/head.ts";
import type { PushedRef } from "../../platform/ports.ts";
import { aFrozen, aPlan, aPlanned, fakePorts, type FakePorts } from "../../../test/support/ports.ts";
import type { Remote } from "../step.ts";
import type { PushInput } from "./input.ts";
import { pushStep } from "./push.ts";

const base = "b".repeat(40);
const ours = "c".repeat(40);
const theirs = "d".repeat(40);
const object = "e".repeat(40);
const plan = aPlan({ source: { commit: base, branch: "main", moved: "stop", epochSeconds: 1 } });
const head: Head = { commit: ours, epochSeconds: 2, tags: [{ name: "v1.0.0", object, commit: ours }] };

/** A remote that is told from what its branch contains, oldest first, and its tags. */
function remoteWith(branch: readonly string[], tags: Readonly<Record<string, string>> = {}, parts: Partial<Remote> = {}): Partial<Remote> {
  const line = [base, ours];
  return {
    refs: async () => ({ kind: "known", objects: new Map(Object.entries(tags).map(([name, at]) => [`refs/tags/${name}`, at])) }),
    fetch: async () => (branch.length === 0 ? { kind: "none" } : { kind: "at", commit: branch.at(-1) ?? "" }),
    contains: async (commit, ancestor) => {
      const known = branch.includes(commit) ? branch : line;
      const [at, before] = [known.indexOf(commit), known.indexOf(ancestor)];
      return at >= 0 && before >= 0 && before <= at;
    },
    ...parts,
  };
}

async function anEffect(input: PushInput = {}, of: Head = head): Promise<Effect> {
  const [effect] = await pushStep.effects(aFrozen(input, { plan, head: of }), fakePorts());
  assert.ok(effect !== undefined);
  return effect;
}

test("push: commits and tags are one effect, since the remote takes all of them or none", async () => {
  const effect = await anEffect();

  assert.equal(effect.title, "main and v1.0.0 at origin");
  assert.deepEqual(effect.data, {
    remote: "origin",
    branch: "main",
    commit: ours,
    base,
    mayMove: false,
    tags: [{ name: "v1.0.0", object }],
  });
});

test("push: all tags go out with the branch, and of many the first are named", async () => {
  const tags = ["a-1", "b-2", "c-3", "d-4", "e-5", "f-6"].map((name, index) => ({ name, object: String(index).repeat(40), commit: ours }));
  const three = await anEffect({}, { ...head, tags: tags.slice(0, 2) });
  const many = await anEffect({}, { ...head, tags });
  const sent: PushedRef[] = [];
  const remote = remoteWith([base], { "b-2": "1".repeat(40) }, { push: async (refs) => (sent.push(...refs), { kind: "sent" }) });

  await pushStep.perform(many, { kind: "absent" }, fakePorts({ remote }));

  assert.deepEqual([three.key, three.title], ["origin/main+a-1+b-2", "main, a-1 and b-2 at origin"]);
  assert.deepEqual([many.key, many.title], ["origin/main+a-1+b-2+c-3+d-4+2-more", "main, a-1, b-2, c-3, d-4 and 2 more at origin"]);
  assert.deepEqual(
    sent.map(({ ref }) => ref),
    ["refs/heads/main", "refs/tags/a-1", "refs/tags/c-3", "refs/tags/d-4", "refs/tags/e-5", "refs/tags/f-6"],
  );
});

test("push: without commits it sends tags alone, and without either nothing", async () => {
  const tagged = await pushStep.effects(aFrozen({}, { plan, head: { ...head, commit: base } }), fakePorts());
  const nothing = await pushStep.effects(aFrozen({}, { plan, head: { commit: base, epochSeconds: 1, tags: [] } }), fakePorts());

  assert.deepEqual(
    tagged.map(({ title }) => title),
    ["v1.0.0 at origin"],
  );
  assert.deepEqual(nothing, []);
});

test("push: commits without a branch, and files that were kept and not committed, are refused", async () => {
  const noBranch = aPlan({ source: { commit: base, moved: "stop", epochSeconds: 1 } });

  await assert.rejects(pushStep.effects(aFrozen({}, { plan: noBranch, head }), fakePorts()), {
    code: "PLAN_INVALID",
    message: /no branch is named/,
  });
  await assert.rejects(pushStep.effects(aFrozen({}, { plan, head: { ...head, tree: "f".repeat(40) } }), fakePorts()), {
    code: "PLAN_INVALID",
  });
});

const looks: readonly (readonly [string, Partial<Remote>, string])[] = [
  ["is absent while branch and tag are where the run found them", remoteWith([base]), "absent"],
  ["is absent while one of its refs is missing", remoteWith([base, ours]), "absent"],
  ["is present once the branch contains the commit and the tag leads there", remoteWith([base, ours], { "v1.0.0": object }), "present"],
  ["is present when others went on from it", remoteWith([base, ours, theirs], { "v1.0.0": object }), "present"],
  ["is a conflict when somebody else moved the branch", remoteWith([base, theirs]), "conflict"],
  ["is a conflict when the tag leads elsewhere", remoteWith([base], { "v1.0.0": theirs }), "conflict"],
  ["is a conflict when the branch is gone", remoteWith([]), "conflict"],
  ["is unknown when the remote does not answer", {}, "unknown"],
];
for (const [what, remote, kind] of looks) {
  test(`push: it ${what}`, async () => {
    const seen = await pushStep.observe(await anEffect(), fakePorts({ remote }));

    assert.equal(seen.kind, kind);
  });
}

async function performed(
  remote: Partial<Remote>,
  input: PushInput = {},
): Promise<{ readonly kind: string; readonly refs: readonly PushedRef[] }> {
  const sent: PushedRef[] = [];
  const ports: FakePorts = fakePorts({
    remote: { push: async (refs) => (sent.push(...refs), { kind: "sent" }), ...remote },
  });
  const { kind } = await pushStep.perform(await anEffect(input), { kind: "absent" }, ports);
  return { kind, refs: sent };
}

test("push: sends what is missing, each ref from where it was seen", async () => {
  assert.deepEqual(await performed(remoteWith([base])), {
    kind: "sent",
    refs: [
      { ref: "refs/heads/main", to: ours, from: base },
      { ref: "refs/tags/v1.0.0", to: object },
    ],
  });
  assert.deepEqual(await performed(remoteWith([base, ours])), { kind: "sent", refs: [{ ref: "refs/tags/v1.0.0", to: object }] });
  assert.deepEqual(await performed(remoteWith([base, ours], { "v1.0.0": object })), { kind: "sent", refs: [] });
});

test("push: what the remote cannot say is asked for later, with nothing in doubt", async () => {
  assert.deepEqual(await performed({}), { kind: "later", refs: [] });
});

test("push: a branch that moved is refused, unless the commits may be made again on top of it", async () => {
  const again = "a".repeat(40);
  const moved = remoteWith([base, theirs], {}, { replay: async () => ({ kind: "replayed", commit: again }) });

  assert.equal((await performed(moved)).kind, "refused");
  assert.deepEqual((await performed(moved, { onto: "main" })).refs[0], { ref: "refs/heads/main", to: again, from: theirs });
  assert.equal((await performed(remoteWith([base, theirs]), { onto: "main" })).kind, "refused");
});

test("push: commits that were made again are found by their mark, with the commit that they were", async () => {
  const marks: string[] = [];
  const remote = remoteWith([base, theirs], { "v1.0.0": object }, { findMarked: async (_tip, mark) => (marks.push(mark), theirs) });

  const seen = await pushStep.verify(await anEffect({ onto: "main" }), fakePorts({ remote }));

  assert.deepEqual(marks, [`Slipway-Commit: ${ours}`]);
  assert.equal(seen.kind === "verified" && seen.evidence.details?.["commit"], theirs);
});

test("push: preflight blocks a branch that is not where the release starts from", async () => {
  const levels = async (at: string | undefined, input: PushInput = {}): Promise<readonly string[]> => {
    const remoteRef = async () => (at === undefined ? ({ kind: "none" } as const) : ({ kind: "at", commit: at } as const));
    return (await pushStep.preflight(aPlanned(input, { plan }), fakePorts({ remoteRef }))).map(({ level }) => level);
  };

  assert.deepEqual(await levels(base), ["fine"]);
  assert.deepEqual(await levels(theirs), ["blocks"]);
  assert.deepEqual(await levels(theirs, { onto: "main" }), ["warns"]);
  assert.deepEqual(await levels(undefined), ["blocks"]);
});
