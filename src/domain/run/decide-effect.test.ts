import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  anActingStep,
  anEffect,
  again,
  ann,
  clear,
  intended,
  listed,
  observed,
  passed,
  planOf,
  replied,
  started,
  stateOf,
  verified,
  type Told,
} from "../../../test/support/runs.ts";
import { decideEffect, observationFreshMs, putOffMax, sendsMax, type EffectMove, type Pace } from "./decide-effect.ts";
import type { Effect, Observation, Performed } from "./effect.ts";
import type { Fact } from "./fact.ts";
import type { EffectState } from "./state.ts";

const key = "pypi/demo.whl";
const absent = observed(key, { kind: "absent" });
const present = observed(key, { kind: "present", evidence: { how: "seen" } });
const unknown = observed(key, { kind: "unknown", why: "no answer" });
const pending = observed(key, { kind: "pending", againMs: 5_000, why: "staged" });
const damaged = observed(key, { kind: "damaged", how: "cut short" });
const conflict = observed(key, { kind: "conflict", theirs: "sha256:ff" });
const intent = intended(key);
const sent = replied(key, { kind: "sent", warnings: [] });
const lost = replied(key, { kind: "unknown", why: "reply lost" });
const refused = replied(key, { kind: "refused", why: "bad metadata" });
const byPerson = replied(key, { kind: "by-person", why: "approve it there" });
const settled: Fact = { kind: "effect-settled", step: "publish", effect: key };
const driven: Fact = { kind: "run-driven", by: ann, tool: "slipway 1" };
const later = (atMs: number): Fact => replied(key, { kind: "later", atMs, why: "too many requests" });

function effectAfter(told: readonly Told[], effect: Partial<Effect> = {}): EffectState {
  const plan = planOf([anActingStep()]);
  const before: readonly Told[] = [
    [0, passed],
    [0, started("publish")],
    [0, listed("publish", [anEffect(effect)])],
    [0, clear("publish")],
  ];
  const state = stateOf(plan, [...before, ...told])
    .steps.get("publish")
    ?.effects?.get(key);
  assert.ok(state !== undefined);
  return state;
}

interface Case {
  readonly name: string;
  readonly told: readonly Told[];
  readonly nowMs: number;
  readonly effect?: Partial<Effect>;
  readonly pace?: Pace;
  /** Kind of the move, with the kind of the stop after a colon. */
  readonly want: string;
  readonly untilMs?: number;
}

function nameOf(move: EffectMove): string {
  return move.kind === "stop" ? `stop:${move.stop.kind}` : move.kind;
}

const harmless = { again: "harmless" } as const;
const atHand = { again: "by-person" } as const;

const cases: readonly Case[] = [
  // Nothing sent yet.
  { name: "looks before anything else", told: [], nowMs: 0, want: "observe" },
  { name: "sends what is absent", told: [[0, absent]], nowMs: 10, want: "send" },
  { name: "mends what is damaged", told: [[0, damaged]], nowMs: 10, want: "send" },
  { name: "verifies what is there already", told: [[0, present]], nowMs: 10, want: "verify" },
  { name: "stops at other bytes", told: [[0, conflict]], nowMs: 10, want: "stop:conflict" },
  { name: "looks again before it sends on an old look", told: [[0, absent]], nowMs: observationFreshMs + 1, want: "observe" },
  { name: "waits before it looks again at what does not answer", told: [[0, unknown]], nowMs: 10, want: "wait" },
  { name: "looks again at what does not answer", told: [[0, unknown]], nowMs: 1_000, want: "observe" },
  { name: "waits as long as a pending effect asks", told: [[0, pending]], nowMs: 10, want: "wait", untilMs: 5_000 },
  { name: "looks again at a pending effect", told: [[0, pending]], nowMs: 5_000, want: "observe" },
  { name: "holds what was never sent when the run does not go on", told: [[0, absent]], nowMs: 10, pace: "finish", want: "hold" },
  {
    name: "has nothing to do once it is verified",
    told: [
      [0, present],
      [0, verified(key)],
    ],
    nowMs: 10,
    want: "done",
  },
  {
    name: "stays done whatever is seen later",
    told: [
      [0, present],
      [0, verified(key)],
      [1, absent],
    ],
    nowMs: 10,
    want: "done",
  },

  // The target does not answer for a long time.
  {
    name: "fails when the target did not answer as long as it may take",
    told: [
      [0, unknown],
      [300_000, unknown],
      [600_000, unknown],
    ],
    nowMs: 600_001,
    want: "stop:failed",
  },
  { name: "looks once more before it gives up on time that nobody used", told: [[0, unknown]], nowMs: 900_000, want: "observe" },
  {
    name: "counts anew in a new process",
    told: [
      [0, unknown],
      [600_000, unknown],
      [900_000, driven],
    ],
    nowMs: 900_001,
    want: "observe",
  },
  {
    name: "counts anew when a person asks",
    told: [
      [0, unknown],
      [600_000, unknown],
      [900_000, again("publish")],
    ],
    nowMs: 900_001,
    want: "observe",
  },
  {
    name: "gives up on a target whose answers alternate",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [200_000, unknown],
      [400_000, absent],
      [600_000, unknown],
      [600_002, unknown],
    ],
    nowMs: 600_003,
    effect: { settleMs: 900_000 },
    want: "stop:unresolved",
  },
  {
    name: "gives up on what is seen and cannot be verified",
    told: [
      [0, present],
      [1, unknown],
      [300_000, present],
      [300_001, unknown],
      [600_000, present],
      [600_001, unknown],
    ],
    nowMs: 600_002,
    want: "stop:failed",
  },

  // Sent.
  {
    name: "looks after it was sent",
    told: [
      [0, absent],
      [1, intent],
      [2, sent],
    ],
    nowMs: 3,
    want: "observe",
  },
  {
    name: "keeps looking for what was accepted",
    told: [
      [0, intent],
      [1, sent],
      [2, absent],
    ],
    nowMs: 10,
    want: "wait",
  },
  {
    name: "asks a person when what was accepted is not seen in time",
    told: [
      [0, intent],
      [1, sent],
      [2, absent],
      [600_002, absent],
    ],
    nowMs: 600_003,
    want: "stop:unresolved",
  },
  {
    name: "looks once more for what was accepted days ago",
    told: [
      [0, intent],
      [1, sent],
      [2, absent],
    ],
    nowMs: 9e8,
    want: "observe",
  },
  {
    name: "verifies what it sees after sending",
    told: [
      [0, intent],
      [1, sent],
      [2, present],
    ],
    nowMs: 3,
    want: "verify",
  },
  {
    name: "looks again before it sends again to what it sees broken",
    told: [
      [0, intent],
      [1, sent],
      [2, damaged],
    ],
    nowMs: 1_000,
    want: "observe",
  },
  {
    name: "settles that what it sees is broken",
    told: [
      [0, intent],
      [1, sent],
      [2, damaged],
      [60_002, damaged],
    ],
    nowMs: 60_003,
    want: "settle",
  },
  {
    name: "sends again to what is broken for good",
    told: [
      [0, intent],
      [1, sent],
      [2, damaged],
      [60_002, damaged],
      [60_003, settled],
    ],
    nowMs: 60_004,
    want: "send",
  },

  // The reply was lost.
  {
    name: "looks after a lost reply",
    told: [
      [0, absent],
      [1, intent],
      [2, lost],
    ],
    nowMs: 3,
    want: "observe",
  },
  {
    name: "looks after a killed process",
    told: [
      [0, absent],
      [1, intent],
    ],
    nowMs: 3,
    want: "observe",
  },
  {
    name: "does not believe an early look after a lost reply",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
    ],
    nowMs: 10,
    want: "wait",
  },
  {
    name: "looks again until the answer can be believed",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [59_000, absent],
    ],
    nowMs: 60_002,
    want: "observe",
  },
  {
    name: "does not believe time alone",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
    ],
    nowMs: 9e8,
    want: "observe",
  },
  {
    name: "believes a look after the settling time",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [60_002, absent],
    ],
    nowMs: 60_003,
    want: "settle",
  },
  {
    name: "sends again once the absence is settled",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [60_002, absent],
      [60_003, settled],
    ],
    nowMs: 60_004,
    want: "send",
  },
  {
    name: "starts to count anew after the next send",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [60_002, absent],
      [60_003, settled],
      [60_004, intent],
      [60_005, lost],
      [60_006, absent],
    ],
    nowMs: 60_100,
    want: "wait",
  },
  {
    name: "starts to count anew when it was seen in between",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [30_000, pending],
      [61_000, absent],
    ],
    nowMs: 61_001,
    want: "wait",
  },
  {
    name: "is not kept from believing by looks without an answer",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [30_000, unknown],
      [60_002, absent],
    ],
    nowMs: 60_003,
    want: "settle",
  },
  {
    name: "sends harmless effects again after one look",
    told: [
      [0, intent],
      [1, lost],
      [300, absent],
    ],
    nowMs: 1_000,
    effect: harmless,
    want: "send",
  },
  {
    name: "waits before it sends harmless effects again",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
    ],
    nowMs: 3,
    effect: harmless,
    want: "wait",
  },
  {
    name: "stops for a person where nobody can tell",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [60_002, absent],
    ],
    nowMs: 60_003,
    effect: atHand,
    want: "stop:by-person",
  },
  {
    name: "sends again once a person said so",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [60_002, absent],
      [60_003, { ...settled, by: ann }],
      [60_004, again("publish")],
      [60_005, absent],
    ],
    nowMs: 60_006,
    effect: atHand,
    want: "send",
  },
  {
    name: "still stops for a person when the same command is repeated",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [60_002, absent],
      [60_003, again("publish")],
      [60_004, absent],
    ],
    nowMs: 60_005,
    effect: atHand,
    want: "stop:by-person",
  },

  // Finishing: nothing more is sent, and nothing is concluded too early.
  {
    name: "finishing, looks for a harmless effect until it can be believed",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
    ],
    nowMs: 10,
    effect: harmless,
    pace: "finish",
    want: "wait",
  },
  {
    name: "finishing, settles a harmless effect",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [60_002, absent],
    ],
    nowMs: 60_003,
    effect: harmless,
    pace: "finish",
    want: "settle",
  },
  {
    name: "finishing, holds what is settled",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [60_002, absent],
      [60_003, settled],
    ],
    nowMs: 60_004,
    pace: "finish",
    want: "hold",
  },
  {
    name: "finishing, does not conclude where only a person can",
    told: [
      [0, intent],
      [1, lost],
      [2, absent],
      [60_002, absent],
    ],
    nowMs: 60_003,
    effect: atHand,
    pace: "finish",
    want: "stop:by-person",
  },
  {
    name: "finishing, verifies what was sent",
    told: [
      [0, intent],
      [1, sent],
      [2, present],
    ],
    nowMs: 10,
    pace: "finish",
    want: "verify",
  },
  {
    name: "finishing, looks again for what was accepted",
    told: [
      [0, intent],
      [1, sent],
      [2, absent],
    ],
    nowMs: 1_000,
    pace: "finish",
    want: "observe",
  },

  // Refused, and refused for now.
  {
    name: "waits as long as the target says",
    told: [
      [0, absent],
      [1, intent],
      [2, later(50_000)],
    ],
    nowMs: 49_999,
    want: "wait",
    untilMs: 50_000,
  },
  {
    name: "looks again when the target's time is over",
    told: [
      [0, absent],
      [1, intent],
      [2, later(50_000)],
      [3, absent],
    ],
    nowMs: 50_000,
    want: "observe",
  },
  {
    name: "sends when the target's time is over and it looked",
    told: [
      [0, intent],
      [1, later(50_000)],
      [50_000, absent],
    ],
    nowMs: 50_001,
    want: "send",
  },
  {
    name: "looks after a refusal",
    told: [
      [0, absent],
      [1, intent],
      [2, refused],
    ],
    nowMs: 3,
    want: "observe",
  },
  {
    name: "fails when it was refused and is not there",
    told: [
      [0, absent],
      [1, intent],
      [2, refused],
      [3, absent],
    ],
    nowMs: 4,
    want: "stop:failed",
  },
  {
    name: "takes what is there for what it is, though the target refused",
    told: [
      [0, intent],
      [2, refused],
      [3, present],
    ],
    nowMs: 4,
    want: "verify",
  },
  {
    name: "keeps the doubt of an earlier send through a refusal",
    told: [
      [0, intent],
      [1, lost],
      [300, absent],
      [301, intent],
      [302, refused],
      [303, absent],
    ],
    nowMs: 304,
    effect: harmless,
    want: "wait",
  },
  {
    name: "fails once the doubt of the earlier send is settled",
    told: [
      [0, intent],
      [1, lost],
      [300, absent],
      [301, intent],
      [302, refused],
      [303, absent],
      [60_303, absent],
      [60_304, settled],
    ],
    nowMs: 60_305,
    effect: harmless,
    want: "stop:failed",
  },
  {
    name: "tries again after a refusal when a person asks",
    told: [
      [0, intent],
      [1, refused],
      [2, absent],
      [3, again("publish")],
      [4, absent],
    ],
    nowMs: 5,
    want: "send",
  },
  {
    name: "stops for the person whom the target wants",
    told: [
      [0, intent],
      [1, byPerson],
      [2, absent],
    ],
    nowMs: 3,
    want: "stop:by-person",
  },
  {
    name: "stays with that person when the same command is repeated",
    told: [
      [0, intent],
      [1, byPerson],
      [2, absent],
      [3, again("publish")],
      [4, absent],
    ],
    nowMs: 5,
    effect: harmless,
    want: "stop:by-person",
  },
  {
    name: "sees what that person did",
    told: [
      [0, intent],
      [1, byPerson],
      [2, absent],
      [3, again("publish")],
      [4, present],
    ],
    nowMs: 5,
    want: "verify",
  },
  {
    name: "sends what was accepted and never seen again, once a person asked and it looked long enough",
    told: [
      [0, intent],
      [1, sent],
      [2, absent],
      [600_002, absent],
      [700_000, again("publish")],
      [700_001, absent],
    ],
    nowMs: 700_002,
    want: "settle",
  },
];

for (const { name, told, nowMs, effect, pace = "go", want, untilMs } of cases) {
  test(`decideEffect() ${name}`, () => {
    const move = decideEffect(effectAfter(told, effect), nowMs, pace);

    assert.equal(nameOf(move), want);
    if (untilMs !== undefined) assert.equal(move.kind === "wait" && move.untilMs, untilMs);
  });
}

/** Sends that were answered without taking anything in, each after a look. */
function refusals(count: number, reply: Fact): readonly Told[] {
  return Array.from({ length: count }, (_, index): readonly Told[] => {
    const atMs = index * 100_000;
    return [
      [atMs, absent],
      [atMs + 1, intent],
      [atMs + 2, reply],
    ];
  }).flat();
}

test("decideEffect() gives up after a number of sends without effect", () => {
  const unanswered: readonly Told[] = [...refusals(sendsMax, lost), [sendsMax * 100_000, absent], [sendsMax * 100_000 + 60_000, absent]];
  const settled: readonly Told[] = [...unanswered, [sendsMax * 100_000 + 60_001, { kind: "effect-settled", step: "publish", effect: key }]];

  assert.equal(nameOf(decideEffect(effectAfter(settled), sendsMax * 100_000 + 60_002, "go")), "stop:failed");
});

test("decideEffect() lets a target put an effect off more often than it may fail, and not for ever", () => {
  const putOff = (times: number) => {
    const told: readonly Told[] = [...refusals(times, later(0)), [times * 100_000, absent]];
    return nameOf(decideEffect(effectAfter(told), times * 100_000 + 1, "go"));
  };

  assert.equal(putOff(sendsMax), "send");
  assert.equal(putOff(putOffMax - 1), "send");
  assert.equal(putOff(putOffMax), "stop:failed");
});

test("decideEffect() gives up on a target that never lets in with the code of what it put off", () => {
  const shut = replied(key, { kind: "later", atMs: 0, why: "no answer", code: "LOGIN_UNANSWERED" });
  const move = decideEffect(effectAfter([...refusals(putOffMax, shut), [putOffMax * 100_000, absent]]), putOffMax * 100_000 + 1, "go");

  assert.ok(move.kind === "stop" && move.stop.kind === "failed");
  assert.equal(move.stop.code, "LOGIN_UNANSWERED");
});

test("decideEffect() settles what is in doubt before it gives up", () => {
  const atMs = sendsMax * 100_000;
  const effect = { again: "harmless", withinMs: 9e8 } as const;

  assert.equal(nameOf(decideEffect(effectAfter([...refusals(sendsMax, lost), [atMs, absent]], effect), atMs + 1, "go")), "wait");
  assert.equal(
    nameOf(decideEffect(effectAfter([...refusals(sendsMax, lost), [atMs, absent], [atMs + 60_000, absent]], effect), atMs + 60_001, "go")),
    "settle",
  );
});

test("decideEffect() does not count the sends of killed processes", () => {
  const killed = Array.from({ length: sendsMax + 3 }, (_, index): readonly Told[] => {
    const atMs = index * 100_000;
    return [
      [atMs, driven],
      [atMs + 1, absent],
      [atMs + 60_001, absent],
      [atMs + 60_002, settled],
      [atMs + 60_003, intent],
    ];
  }).flat();
  const endMs = (sendsMax + 3) * 100_000;

  const move = decideEffect(
    effectAfter([...killed, [endMs, driven], [endMs + 1, absent], [endMs + 60_001, absent], [endMs + 60_002, settled]]),
    endMs + 60_003,
    "go",
  );

  assert.equal(move.kind, "send");
});

test("decideEffect() waits longer before each harmless attempt", () => {
  const untils = [1, 2, 3].map((count) => {
    const told: readonly Told[] = [...refusals(count, lost), [(count - 1) * 100_000 + 3, absent]];
    const move = decideEffect(effectAfter(told, harmless), (count - 1) * 100_000 + 4, "go");
    return move.kind === "wait" ? move.untilMs - (count - 1) * 100_000 : 0;
  });

  assert.ok(
    untils.every((until, index) => until > (untils[index - 1] ?? 0)),
    untils.join(),
  );
});

const observationArb: fc.Arbitrary<Observation> = fc.oneof(
  fc.constant({ kind: "absent" } as const),
  fc.constant({ kind: "unknown", why: "?" } as const),
  fc.constant({ kind: "damaged", how: "?" } as const),
  fc.constant({ kind: "pending", againMs: 1_000, why: "?" } as const),
);
const replyArb: fc.Arbitrary<Performed> = fc.oneof(
  fc.constant({ kind: "sent", warnings: [] } as const),
  fc.constant({ kind: "unknown", why: "?" } as const),
  fc.constant({ kind: "refused", why: "?" } as const),
  fc.integer({ min: 0, max: 1e6 }).map((atMs) => ({ kind: "later", atMs, why: "?" }) as const),
);
const factArb: fc.Arbitrary<Fact> = fc.oneof(
  observationArb.map((observation) => observed(key, observation)),
  replyArb.map((reply) => replied(key, reply)),
  fc.constantFrom(intent, settled, driven, again("publish")),
);
const toldArb = fc.array(fc.tuple(fc.integer({ min: 0, max: 200_000 }), factArb), { maxLength: 14 }).map((steps): readonly Told[] => {
  let nowMs = 0;
  return steps.map(([afterMs, fact]) => [(nowMs += afterMs), fact]);
});

test("decideEffect() never sends an after-look effect that is open", () => {
  fc.assert(
    fc.property(toldArb, fc.integer({ min: 0, max: 1e7 }), (told, nowMs) => {
      const state = effectAfter(told);
      const move = decideEffect(state, nowMs, "go");
      assert.ok(move.kind !== "send" || !state.open);
    }),
  );
});

test("decideEffect() never sends while finishing", () => {
  fc.assert(
    fc.property(toldArb, fc.integer({ min: 0, max: 1e7 }), fc.constantFrom("harmless", "after-look", "by-person"), (told, nowMs, kind) => {
      assert.notEqual(decideEffect(effectAfter(told, { again: kind }), nowMs, "finish").kind, "send");
    }),
  );
});

test("decideEffect() comes to an end however a target answers that never shows the effect", () => {
  fc.assert(
    fc.property(
      fc.infiniteStream(observationArb),
      fc.infiniteStream(replyArb),
      fc.constantFrom("harmless", "after-look", "by-person"),
      (looks, replies, kind) => {
        const told: Told[] = [];
        let nowMs = 0;
        for (let moves = 0; moves < 2_000; moves += 1) {
          const move = decideEffect(effectAfter(told, { again: kind }), nowMs, "go");
          if (move.kind === "stop") return;
          if (move.kind === "wait") {
            assert.ok(move.untilMs > nowMs, "a wait must lie in the future");
            nowMs = move.untilMs;
          } else if (move.kind === "observe") told.push([(nowMs += 100), observed(key, looks.next().value)]);
          else if (move.kind === "settle") told.push([nowMs, settled]);
          else if (move.kind === "send") told.push([nowMs, intent], [(nowMs += 100), replied(key, replies.next().value)]);
          else assert.fail(`unexpected ${move.kind}`);
        }
        assert.fail("no end after 2,000 moves");
      },
    ),
    { numRuns: 50 },
  );
});
