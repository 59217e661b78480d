import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { paceCrates, type PacedKind } from "./pacing.ts";

const minuteMs = 60_000;
const sends = (kind: PacedKind, count: number) => Array.from({ length: count }, (_unused, at) => ({ key: `${kind} ${at}`, kind }));
const minutes = (of: readonly { readonly atMs: number }[]) => of.map(({ atMs }) => atMs / minuteMs);

describe("pacing of crates", () => {
  test("five new crates go at once, each further one ten minutes later", () => {
    const paced = paceCrates(sends("new-crate", 8));

    assert.deepEqual(minutes(paced.sends), [0, 0, 0, 0, 0, 10, 20, 30]);
    assert.equal(paced.totalMs, 30 * minuteMs);
  });

  test("thirty versions go at once, each further one a minute later", () => {
    const paced = paceCrates(sends("new-version", 100));

    assert.equal(minutes(paced.sends)[29], 0);
    assert.equal(minutes(paced.sends)[30], 1);
    assert.equal(paced.totalMs, 70 * minuteMs);
  });

  test("new crates and new versions do not use up each other's tries", () => {
    assert.equal(paceCrates([...sends("new-crate", 5), ...sends("new-version", 30)]).totalMs, 0);
  });

  test("what depends on a crate waits for it, and tries fill up meanwhile", () => {
    const crates = sends("new-crate", 6);
    const versions = sends("new-version", 35).map((send) => ({ ...send, after: ["new-crate 5"] }));

    const paced = paceCrates([...crates, ...versions]);

    assert.deepEqual(minutes(paced.sends).slice(5, 7), [10, 10]);
    assert.equal(paced.totalMs, 15 * minuteMs, "thirty at ten minutes, and one a minute after that");
  });

  test("nothing to send takes no time", () => assert.deepEqual(paceCrates([]), { sends: [], totalMs: 0 }));
});
