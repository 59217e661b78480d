import assert from "node:assert/strict";
import { test } from "node:test";
import type { Effect } from "../domain/run/effect.ts";
import { aPackage, digestOf } from "../../test/support/ports.ts";
import {
  anActingStep,
  anEffect,
  intended,
  listed,
  passed,
  planOf,
  started,
  stateOf,
  verified,
  type Told,
} from "../../test/support/runs.ts";
import { leftBehind } from "./left-behind.ts";

const tag = "v1.0.0";
const wanted = { tag, mark: "release/demo/v1.0.0" };
const push = anEffect({ key: "origin/main+v1.0.0", target: "origin", reach: "reversible", data: { tags: [{ name: tag, object: "x" }] } });
const draft = anEffect({ key: `draft/${tag}`, target: "forge", reach: "reversible", data: { kind: "draft", wanted } });
const asset = anEffect({
  key: `asset/${tag}/a.whl`,
  target: "forge",
  reach: "reversible",
  data: { kind: "asset", wanted, name: "a.whl", sha256: digestOf("a") },
});
const page = anEffect({ key: `published/${tag}`, target: "forge", data: { kind: "published", wanted } });
const upload = anEffect({ data: { name: "demo.whl", sha256: digestOf("w") } });

const plan = planOf(
  [
    anActingStep({ id: "push", uses: "push@1", zone: "forge" }),
    anActingStep({ id: "page", uses: "forge-release@1", zone: "forge" }),
    anActingStep({ id: "publish", uses: "publish@1" }),
  ],
  { packages: [aPackage({ tag })] },
);
const stepOf = new Map<Effect, string>([
  [push, "push"],
  [draft, "page"],
  [asset, "page"],
  [page, "page"],
  [upload, "publish"],
]);

function left(seen: readonly Effect[], open: readonly Effect[] = []) {
  const steps = [...new Set(stepOf.values())];
  const told: Told[] = [[1, passed]];
  for (const step of steps) {
    const effects = [...stepOf].filter(([, of]) => of === step).map(([effect]) => effect);
    told.push([2, started(step)], [3, listed(step, effects)]);
  }
  for (const effect of seen) told.push([4, verified(effect.key, stepOf.get(effect))]);
  for (const effect of open) told.push([5, intended(effect.key, stepOf.get(effect))]);
  return leftBehind(stateOf(plan, told));
}

test("what is given up before anything is sent leaves nothing", () => {
  assert.equal(left([]), undefined);
});

test("a pushed tag is left, and the command takes it back", () => {
  assert.deepEqual(left([push]), { tags: [tag], pages: [], drafts: [], withdraw: "slipway withdraw v1.0.0 --confirm 1.0.0" });
});

test("a draft is left behind with its tag, and the command takes the page as well", () => {
  const expected = { tags: [tag], pages: [], drafts: [tag], withdraw: "slipway withdraw v1.0.0 --page --confirm 1.0.0" };

  assert.deepEqual(left([push, draft, asset]), expected);
  assert.deepEqual(left([push], [draft]), expected, "one that was sent may be there");
});

test("a page that is published, or perhaps is, is no draft", () => {
  assert.deepEqual(left([draft, asset, page])?.pages, [tag]);
  assert.deepEqual(left([draft, asset], [page]), {
    tags: [],
    pages: [tag],
    drafts: [],
    withdraw: "slipway withdraw v1.0.0 --page --confirm 1.0.0",
  });
});

test("a rehearsal leaves nothing, since it was never there", () => {
  const told: readonly Told[] = [
    [1, passed],
    [2, started("push")],
    [3, listed("push", [push])],
    [4, verified(push.key, "push")],
  ];

  assert.equal(leftBehind(stateOf(plan, told, "rehearsal")), undefined);
});

test("once a file is where it has to stay, or perhaps is, nothing is offered that would be refused", () => {
  assert.equal(left([push, draft, asset, page, upload]), undefined);
  assert.equal(left([push, draft], [upload]), undefined);
});
