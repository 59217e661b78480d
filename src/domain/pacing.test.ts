import assert from "node:assert/strict";
import { test } from "node:test";
import { aRegistry } from "../../test/support/ports.ts";
import { mayBePaced, paceRegistry, pacingWords, type NameStanding } from "./pacing.ts";
import type { PlannedRegistry } from "./plan/plan.ts";

const token = { kind: "token", variable: "TOKEN" } as const;
const crates = aRegistry({ name: "crates", ecosystem: "crates", credentials: token });
const pypi = aRegistry({ name: "pypi", ecosystem: "pypi", credentials: token });
const names = (count: number, prefix = "n") => Array.from({ length: count }, (_, index) => ({ name: `${prefix}${index}` }));
const all = (standing: NameStanding) => () => standing;
const minutes = (registry: PlannedRegistry, count: number, standing: NameStanding): number | undefined => {
  const paced = paceRegistry(registry, names(count), all(standing));
  return paced === undefined ? undefined : paced.atLeastMs / 60_000;
};

test("new crates: five at once, then one every ten minutes; new versions thirty, then one a minute", () => {
  assert.deepEqual([minutes(crates, 5, "new"), minutes(crates, 6, "new"), minutes(crates, 12, "new")], [undefined, 10, 70]);
  assert.deepEqual([minutes(crates, 30, "known"), minutes(crates, 40, "known")], [undefined, 10]);
  assert.equal(minutes(crates, 100, "published"), undefined);
});

test("new projects of PyPI: twenty an hour; files of one project, and anything at npm, have no known limit", () => {
  assert.deepEqual([minutes(pypi, 20, "new"), minutes(pypi, 21, "new"), minutes(pypi, 41, "new")], [undefined, 60, 120]);
  assert.equal(minutes(pypi, 100, "known"), undefined);
  assert.equal(minutes(aRegistry({ ecosystem: "npm", credentials: token }), 700, "new"), undefined);
});

test("a registry of one's own, and trusted publishing, are told nothing about", () => {
  const own = aRegistry({ ecosystem: "crates", url: "http://127.0.0.1:1/", credentials: token });
  const trusted = aRegistry({ ecosystem: "crates", credentials: { kind: "trusted-publishing" } as PlannedRegistry["credentials"] });

  assert.deepEqual([mayBePaced(own, 100), mayBePaced(trusted, 100), mayBePaced(crates, 100)], [false, false, true]);
});

test("what a registry does not tell makes a span, and says so", () => {
  const paced = paceRegistry(crates, [...names(12, "new"), ...names(3, "odd")], (name) => (name.startsWith("odd") ? "unknown" : "new"));
  assert.ok(paced !== undefined);

  assert.deepEqual([paced.atLeastMs, paced.atMostMs], [70 * 60_000, 100 * 60_000]);
  assert.equal(
    pacingWords(paced),
    "crates: 12 new crates and 3 of which it does not tell whether they are new, at least 70 min, and up to 100 min if they are (5 new crates at once, then one every 10 min)",
  );
});

test("the words for people name the numbers, the time and the limit", () => {
  const words = (count: number, standing: NameStanding): string => {
    const paced = paceRegistry(crates, names(count), all(standing));
    return paced === undefined ? "" : pacingWords(paced);
  };

  assert.equal(words(12, "new"), "crates: 12 new crates, at least 70 min (5 new crates at once, then one every 10 min)");
  assert.equal(words(100, "new"), "crates: 100 new crates, at least 15 h 50 min (5 new crates at once, then one every 10 min)");
  assert.equal(words(31, "known"), "crates: 31 new versions, at least 1 min (30 new versions at once, then one every 1 min)");
});

test("a crate that needs a late one goes out no earlier", () => {
  const chain = names(8).map((one, index) => ({ ...one, needs: index === 0 ? [] : [`n${index - 1}`] }));
  const last = { name: "last", needs: ["n7"] };

  const paced = paceRegistry(crates, [...chain, last], (name) => (name === "last" ? "known" : "new"));

  assert.equal(paced?.atLeastMs, 30 * 60_000);
});
