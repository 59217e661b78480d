import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { paceCrates, type PacedKind } from "../../../domain/crates/pacing.ts";
import { takeTry } from "./limits.ts";
import { emptyState, type RegistryState } from "./state.ts";

const minuteMs = 60_000;
const startMs = Date.parse("2026-11-21T08:00:00Z");

/** Sends as soon as the registry lets us, told by nothing but its refusals. */
function sendAll(kind: PacedKind, count: number): readonly number[] {
  let state: RegistryState = emptyState;
  let nowMs = startMs;
  return Array.from({ length: count }, () => {
    for (;;) {
      const tried = takeTry(state, kind, nowMs);
      state = tried.state;
      if (tried.later === undefined) return nowMs - startMs;
      nowMs = Date.parse(tried.later.headers["retry-after"] ?? "");
    }
  });
}

describe("rate limits of the rehearsal crate registry", () => {
  for (const [kind, count] of [["new-crate", 9], ["new-version", 45], ["yank", 130]] as const)
    test(`who sends ${kind} as soon as the registry lets it needs as long as the plan says`, () => {
      const paced = paceCrates(Array.from({ length: count }, (_unused, at) => ({ key: `${at}`, kind })));

      assert.deepEqual(sendAll(kind, count), paced.sends.map(({ atMs }) => atMs));
    }); // prettier-ignore

  test("a refusal names the time in the header and in words, and takes no try", () => {
    const full = Array.from({ length: 5 }).reduce<RegistryState>((state) => takeTry(state, "new-crate", startMs).state, emptyState);

    const { state, later } = takeTry(full, "new-crate", startMs + minuteMs);

    assert.equal(state, full);
    assert.equal(later?.status, 429);
    assert.equal(later?.headers["retry-after"], "Sat, 21 Nov 2026 08:10:00 GMT");
    assert.match(String(later?.body), /try again after Sat, 21 Nov 2026 08:10:00 GMT/);
  });

  test("a long pause fills the bucket, and never more than full", () => {
    const used = takeTry(emptyState, "new-crate", startMs).state;
    const later = takeTry(used, "new-crate", startMs + 10_000 * minuteMs).state;

    assert.equal(later.buckets["new-crate"]?.tries, 4);
  });
});
