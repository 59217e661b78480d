import assert from "node:assert/strict";
import { test } from "node:test";
import { aPlannedStep } from "../../../test/support/ports.ts";
import {
  again,
  anActingStep,
  anEffect,
  ann,
  clear,
  decided,
  done,
  failed,
  intended,
  keysOf,
  listed,
  observed,
  passed,
  planOf,
  replied,
  sha256OfText,
  started,
  stateOf,
  verified,
  type Told,
} from "../../../test/support/runs.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { decide } from "./decide.ts";
import type { Effect } from "./effect.ts";
import type { Fact } from "./fact.ts";

const work = (id: string, parts: Partial<PlannedStep> = {}): PlannedStep => aPlannedStep({ id, ...parts });
const cancel: Fact = { kind: "cancel-asked", by: ann };
const moved: Fact = { kind: "source-moved", what: "refs/tags/v1", from: "a", to: "b" };
const driven: Fact = { kind: "run-driven", by: ann, tool: "slipway 1" };
const blocked: Fact = { kind: "preflight-reported", passed: false, findings: [] };
const later = (step: string, atMs: number): Fact => ({ kind: "step-later", step, atMs, why: "not there yet" });
const unknown = (key: string): Fact => replied(key, { kind: "unknown", why: "lost" });
const absent = (key: string): Fact => observed(key, { kind: "absent" });
const present = (key: string): Fact => observed(key, { kind: "present", evidence: { how: "seen" } });
const conflict = (key: string): Fact => observed(key, { kind: "conflict", theirs: "ff" });
const strangers = (step: string): Fact => ({
  kind: "targets-surveyed",
  step,
  surveyed: { kind: "strangers", strangers: [{ target: "pypi", name: "x.whl" }] },
});
const noLook = (step: string): Fact => ({ kind: "targets-surveyed", step, surveyed: { kind: "unknown", why: "no route" } });

function next(steps: readonly PlannedStep[], told: readonly Told[], nowMs = 1_000, underWay: readonly string[] = []): readonly string[] {
  return keysOf(decided(stateOf(planOf(steps), told), nowMs, underWay).moves);
}

function standing(steps: readonly PlannedStep[], told: readonly Told[], nowMs = 1_000): string {
  return decided(stateOf(planOf(steps), told), nowMs).standing.kind;
}

/** An acting step that has listed these effects and surveyed its target. */
function acting(effects: readonly Effect[], told: readonly Told[]): readonly Told[] {
  return [[0, passed], [0, started("publish")], [0, listed("publish", effects)], [0, clear("publish")], ...told];
}

const publish = anActingStep();
const [a, b] = [anEffect({ key: "a" }), anEffect({ key: "b" })];

// --- beginning ----------------------------------------------------------------------------------

test("decide() looks around before anything else", () => {
  assert.deepEqual(next([work("a")], []), ["preflight"]);
  assert.deepEqual(next([work("a")], [], 0, ["preflight"]), []);
  assert.deepEqual(
    next(
      [work("a")],
      [
        [0, passed],
        [1, driven],
      ],
    ),
    ["preflight"],
  );
});

test("decide() begins nothing while preflight blocks", () => {
  assert.deepEqual(next([work("a"), publish], [[0, blocked]]), []);
  assert.equal(standing([work("a")], [[0, blocked]]), "blocked");
});

test("decide() begins what waits for nothing, as many side by side as allowed", () => {
  const steps = [work("a"), work("b"), work("c"), work("d", { waitsFor: ["a"] })];

  assert.deepEqual(next(steps, [[0, passed]]), ["work:a", "work:b"]);
  assert.deepEqual(
    next(
      steps,
      [
        [0, passed],
        [0, started("a")],
      ],
      1,
      ["work:a"],
    ),
    ["work:b"],
  );
  assert.deepEqual(
    next(steps, [
      [0, passed],
      [0, started("a")],
      [1, done("a")],
    ]),
    ["work:b", "work:c"],
  );
});

test("decide() begins a step when all it waits for is over", () => {
  const steps = [work("a"), work("b"), work("c", { waitsFor: ["a", "b"] })];

  assert.deepEqual(
    next(
      steps,
      [
        [0, passed],
        [0, done("a")],
        [0, started("b")],
      ],
      1,
      ["work:b"],
    ),
    [],
  );
  assert.deepEqual(
    next(steps, [
      [0, passed],
      [0, done("a")],
      [0, done("b")],
    ]),
    ["work:c"],
  );
});

test("decide() begins again what no process works on", () => {
  assert.deepEqual(
    next(
      [work("a")],
      [
        [0, passed],
        [0, started("a")],
      ],
    ),
    ["lose:a"],
  );
  assert.deepEqual(
    next(
      [work("a")],
      [
        [0, passed],
        [0, started("a")],
        [1, { kind: "step-lost", step: "a" }],
      ],
    ),
    ["work:a"],
  );
});

test("decide() closes the run when every step is over", () => {
  assert.deepEqual(
    next(
      [work("a")],
      [
        [0, passed],
        [0, done("a")],
      ],
    ),
    ["close"],
  );
  assert.deepEqual(
    next(
      [work("a")],
      [
        [0, passed],
        [0, done("a")],
        [1, { kind: "run-closed", result: "complete" }],
      ],
    ),
    [],
  );
  assert.equal(
    standing(
      [work("a")],
      [
        [0, done("a")],
        [1, { kind: "run-closed", result: "complete" }],
      ],
    ),
    "closed",
  );
});

// --- failing ------------------------------------------------------------------------------------

test("decide() tries again by itself as often as the plan says, later each time", () => {
  const steps = [work("a", { retry: 1 })];
  const once: readonly Told[] = [
    [0, passed],
    [0, started("a")],
    [100, failed("a")],
  ];
  const plan = planOf(steps);

  assert.deepEqual(next(steps, once, 110), []);
  assert.ok((decided(stateOf(plan, once), 110).wakeAtMs ?? 0) > 300);
  assert.deepEqual(next(steps, once, 5_000), ["work:a"]);
  assert.deepEqual(next(steps, [...once, [5_000, started("a")], [5_001, failed("a")]], 99_999), []);
  assert.equal(standing(steps, [...once, [5_000, started("a")], [5_001, failed("a")]]), "failed");
});

test("decide() lets siblings of a failed step end, and begins nothing that follows it", () => {
  const steps = [work("a"), work("b"), work("c", { waitsFor: ["a"] }), work("d", { waitsFor: ["b"] })];

  assert.deepEqual(
    next(steps, [
      [0, passed],
      [0, started("a")],
      [0, failed("a")],
      [0, done("b")],
    ]),
    ["work:d"],
  );
});

test("decide() goes on without an optional step that failed for good", () => {
  const steps = [work("a", { optional: true }), work("b", { waitsFor: ["a"] })];

  assert.deepEqual(
    next(steps, [
      [0, passed],
      [0, started("a")],
      [0, failed("a")],
    ]),
    ["work:b"],
  );
  assert.deepEqual(
    next(steps, [
      [0, passed],
      [0, started("a")],
      [0, failed("a")],
      [1, done("b")],
    ]),
    ["close"],
  );
});

test("decide() tries later what is not possible yet, and fails it when its time is over", () => {
  const steps = [work("a", { timeoutMs: 60_000 })];
  const told: readonly Told[] = [
    [0, passed],
    [0, started("a")],
    [10, later("a", 20_000)],
  ];
  const decision = decided(stateOf(planOf(steps), told), 10);

  assert.deepEqual(decision.moves, []);
  assert.equal(decision.wakeAtMs, 20_000);
  assert.deepEqual(next(steps, told, 20_000), ["work:a"]);
  assert.deepEqual(next(steps, [...told, [20_000, started("a")], [20_001, later("a", 999_000)]], 60_000), ["fail:a"]);
  assert.equal(decided(stateOf(planOf(steps), [...told, [20_000, started("a")], [20_001, later("a", 999_000)]]), 20_002).wakeAtMs, 60_000);
});

test("decide() begins no later attempt when what let the first one begin has changed", () => {
  const steps = [work("first", { optional: true }), work("a", { waitsFor: ["first"], retry: 3 })];
  const told: readonly Told[] = [
    [0, passed],
    [0, started("first")],
    [0, failed("first")],
    [1, started("a")],
  ];

  assert.deepEqual(next(steps, [...told, [2, later("a", 3)], [4, again("first")]], 10), ["work:first"]);
  assert.deepEqual(next(steps, [...told, [2, failed("a")], [4, again("first")]], 10_000), ["work:first"]);
});

// --- the line -----------------------------------------------------------------------------------

test("decide() crosses the line only when everything that does not follow it is over, on all branches", () => {
  const steps = [work("build"), work("slow"), anActingStep({ waitsFor: ["build"] })];

  assert.deepEqual(
    next(
      steps,
      [
        [0, passed],
        [0, done("build")],
        [0, started("slow")],
      ],
      1,
      ["work:slow"],
    ),
    [],
  );
  assert.deepEqual(
    next(steps, [
      [0, passed],
      [0, done("build")],
      [0, done("slow")],
    ]),
    ["list:publish"],
  );
});

test("decide() holds back sends when the line closes again", () => {
  const steps = [work("notes", { optional: true }), publish];
  const told = acting([a], [[1, absent("a")]]);

  assert.deepEqual(next(steps, [[0, started("notes")], [0, failed("notes")], ...told]), ["send:publish:a"]);
  assert.deepEqual(
    next(steps, [[0, started("notes")], [0, failed("notes")], ...told, [2, again("notes")], [3, started("notes")]], 10, ["work:notes"]),
    [],
  );
});

// --- acting -------------------------------------------------------------------------------------

test("decide() takes an acting step through list, survey, look, send, look, verify and end", () => {
  const told: Told[] = [[0, passed]];
  const expected: readonly (readonly [string, Fact])[] = [
    ["list:publish", started("publish")],
    ["list:publish", listed("publish", [a])],
    ["survey:publish", clear("publish")],
    ["observe:publish:a", absent("a")],
    ["send:publish:a", intended("a")],
    ["observe:publish:a", replied("a", { kind: "sent", warnings: [] })],
    ["observe:publish:a", present("a")],
    ["verify:publish:a", verified("a")],
    ["end:publish", done("publish")],
  ];

  for (const [index, [move, fact]] of expected.entries()) {
    assert.deepEqual(next([publish], told, index), [move]);
    told.push([index, fact]);
  }
  assert.deepEqual(next([publish], told), ["close"]);
});

test("decide() touches no effect twice at a time, and no target too often", () => {
  const effects = ["a", "b", "c"].map((key) => anEffect({ key }));
  const told = acting(effects, []);

  assert.deepEqual(next([publish], told), ["observe:publish:a", "observe:publish:b"]);
  assert.deepEqual(next([publish], told, 1, ["observe:publish:a"]), ["observe:publish:b"]);
  assert.deepEqual(next([publish], told, 1, ["observe:publish:a", "verify:publish:b"]), []);
  assert.deepEqual(
    next([publish], acting([...effects.slice(0, 2), anEffect({ key: "c", target: "testpypi" })], []), 1, [
      "observe:publish:a",
      "verify:publish:b",
    ]),
    ["observe:publish:c"],
  );
});

test("decide() counts what is under way at a target, whichever step it belongs to", () => {
  const steps = [anActingStep({ id: "first", reach: "reversible" }), anActingStep({ id: "second", reach: "reversible" })];
  const told: readonly Told[] = [
    [0, passed],
    ...["first", "second"].flatMap((id): readonly Told[] => [
      [0, started(id)],
      [0, listed(id, [anEffect({ key: `${id}-1` }), anEffect({ key: `${id}-2` })])],
      [0, clear(id)],
    ]),
  ];

  assert.deepEqual(next(steps, told, 1, ["observe:second:second-1", "observe:second:second-2"]), []);
});

test("decide() has an effect wait for those it follows", () => {
  const chained = [a, anEffect({ key: "b", after: ["a"] })];

  assert.deepEqual(next([publish], acting(chained, [])), ["observe:publish:a"]);
  assert.deepEqual(
    next(
      [publish],
      acting(chained, [
        [1, present("a")],
        [1, verified("a")],
      ]),
    ),
    ["observe:publish:b"],
  );
});

test("decide() looks at a target that does not answer a number of times, then fails", () => {
  const before: readonly Told[] = [
    [0, passed],
    [0, started("publish")],
    [0, listed("publish", [a])],
  ];

  assert.deepEqual(next([publish], [...before, [0, noLook("publish")]], 10), []);
  assert.deepEqual(next([publish], [...before, [0, noLook("publish")]], 9_000), ["survey:publish"]);
  assert.deepEqual(next([publish], [...before, ...Array.from({ length: 10 }, (): Told => [0, noLook("publish")])], 9_000), [
    "fail:publish",
  ]);
});

test("decide() surveys again in a new process, as days may lie between", () => {
  assert.deepEqual(
    next(
      [publish],
      acting(
        [a],
        [
          [1, absent("a")],
          [9e8, driven],
          [9e8, passed],
        ],
      ),
      9e8,
    ),
    ["survey:publish"],
  );
});

test("decide() ends an acting step that has nothing to do", () => {
  assert.deepEqual(next([publish], acting([], [])), ["end:publish"]);
});

test("decide() sends no sibling of an effect that cannot get through, follows what was sent, then fails the step", () => {
  const refused = replied("a", { kind: "refused", why: "bad metadata" });
  const told = acting(
    [a, b],
    [
      [1, absent("a")],
      [1, absent("b")],
      [2, intended("a")],
      [3, refused],
      [4, absent("a")],
    ],
  );

  assert.deepEqual(next([publish], told, 5), ["fail:publish"]);
  assert.deepEqual(next([publish], [...told, [4, intended("b")], [5, unknown("b")]], 6), ["observe:publish:b"]);
});

test("decide() fails an acting step whose time is over, once what was sent is followed to its end", () => {
  const slow = anActingStep({ timeoutMs: 60_000 });

  assert.deepEqual(next([slow], acting([a], [[1, absent("a")]]), 60_000), ["fail:publish"]);
  assert.deepEqual(
    next(
      [slow],
      acting(
        [a],
        [
          [1, intended("a")],
          [2, unknown("a")],
        ],
      ),
      60_000,
    ),
    ["observe:publish:a"],
  );
});

test("decide() counts the time of an acting step from when the target lets it go on", () => {
  const slow = anActingStep({ timeoutMs: 60_000 });
  const putOff: Told = [2, replied("a", { kind: "later", atMs: 9e8, why: "429" })];
  const told = [[1, intended("a")], putOff, [3, absent("a")]] as const;
  const at = (nowMs: number, more: readonly Told[] = []) => decided(stateOf(planOf([slow]), acting([a], [...told, ...more])), nowMs);

  assert.equal(at(4).wakeAtMs, 9e8);
  assert.deepEqual(keysOf(at(9e8).moves), ["observe:publish:a"]);
  assert.deepEqual(keysOf(at(9e8 + 2, [[9e8 + 1, absent("a")]]).moves), ["send:publish:a"]);
  assert.deepEqual(keysOf(at(9e8 + 60_000, [[9e8 + 1, absent("a")]]).moves), ["fail:publish"]);
  const resumed: readonly Told[] = [[5, driven], [5, passed], [5, clear("publish")]]; // prettier-ignore
  assert.equal(at(6, [...resumed, [6, absent("a")]]).wakeAtMs, 9e8);
  assert.deepEqual(keysOf(at(9e8 + 1, [...resumed, [9e8, absent("a")]]).moves), ["send:publish:a"]);
});

test("decide() holds back what shares a limit with what was put off, and then lets one after another go", () => {
  const step = anActingStep();
  const three = ["a", "b", "c"].map((key) => anEffect({ key, target: "crates", lane: "new-crate" }));
  const other = anEffect({ key: "d", target: "crates", lane: "new-version" });
  const looked = (atMs: number, ...keys: readonly string[]): readonly Told[] => keys.map((key) => [atMs, absent(key)] as const);
  const full: readonly Told[] = [
    ...looked(1, "a", "b", "c", "d"),
    [2, intended("a")],
    [3, replied("a", { kind: "later", atMs: 600_000, why: "429" })],
  ];
  const at = (nowMs: number, more: readonly Told[] = []) => {
    const { moves, wakeAtMs } = decided(stateOf(planOf([step]), acting([...three, other], [...full, ...more])), nowMs);
    return { moves: keysOf(moves), wakeAtMs };
  };

  assert.deepEqual(at(4), { moves: ["send:publish:d"], wakeAtMs: 600_000 });
  assert.deepEqual(
    at(600_000).moves.filter((key) => !key.endsWith(":d")),
    ["observe:publish:a"],
  );
  const turn: readonly Told[] = [...looked(600_000, "a"), [600_001, intended("a")], [600_002, { kind: "effect-replied", step: "publish", effect: "a", reply: { kind: "sent", warnings: [] } }], [600_003, present("a")], [600_004, verified("a")]]; // prettier-ignore
  assert.deepEqual(
    at(600_005, turn).moves.filter((key) => !key.endsWith(":d")),
    ["observe:publish:b", "observe:publish:c"],
  );
});

test("decide() counts the time of an acting step anew in a new process", () => {
  const slow = anActingStep({ timeoutMs: 60_000 });

  assert.deepEqual(
    next(
      [slow],
      acting(
        [a],
        [
          [1, absent("a")],
          [9e8, driven],
          [9e8, passed],
          [9e8, clear("publish")],
          [9e8, absent("a")],
        ],
      ),
      9e8 + 1,
    ),
    ["send:publish:a"],
  );
});

// --- stopping -----------------------------------------------------------------------------------

const twoActing = [anActingStep({ id: "publish", reach: "reversible" }), anActingStep({ id: "second", reach: "reversible" })];
const secondReady: readonly Told[] = [
  [0, started("second")],
  [0, listed("second", [anEffect({ key: "z" })])],
  [0, clear("second")],
  [1, observed("z", { kind: "absent" }, "second")],
];

test("decide() stops everything at other bytes under our name, and says where", () => {
  const told: readonly Told[] = [...acting([a], [[1, conflict("a")]]), ...secondReady];

  assert.deepEqual(next(twoActing, told), ["fail:publish"]);
  assert.deepEqual(next(twoActing, [...told, [2, failed("publish", "REGISTRY_CONFLICT")]]), []);
  assert.deepEqual(decided(stateOf(planOf(twoActing), told), 5).standing, { kind: "conflict", step: "publish" });
});

test("decide() stops everything at a stranger's file under our version", () => {
  const told: readonly Told[] = [
    [0, passed],
    [0, started("publish")],
    [0, listed("publish", [a])],
    [0, strangers("publish")],
    ...secondReady,
  ];

  assert.deepEqual(next(twoActing, told), ["fail:publish"]);
  assert.equal(standing(twoActing, told), "conflict");
});

test("decide() sends nothing anywhere until a conflict has been looked at again", () => {
  const before: readonly Told[] = [
    ...acting([a], [[1, conflict("a")]]),
    ...secondReady,
    [2, failed("publish", "REGISTRY_CONFLICT")],
    [3, driven],
    [3, again("publish")],
  ];
  const cleared: readonly Told[] = [
    ...before,
    [4, absent("a")],
    [5, passed],
    [5, clear("publish")],
    [5, clear("second")],
    [5, observed("z", { kind: "absent" }, "second")],
  ];

  assert.deepEqual(next(twoActing, before), ["observe:publish:a"]);
  assert.deepEqual(next(twoActing, [...before, [4, conflict("a")]]), ["fail:publish"]);
  assert.deepEqual(next(twoActing, cleared), ["send:publish:a", "send:second:z"]);
});

test("decide() looks for strangers again before it believes that they are gone", () => {
  const before: readonly Told[] = [
    [0, passed],
    [0, started("publish")],
    [0, listed("publish", [a])],
    [0, strangers("publish")],
    [1, failed("publish", "REGISTRY_CONFLICT")],
    [2, driven],
    [2, again("publish")],
  ];

  assert.deepEqual(next([publish], before), ["survey:publish"]);
  assert.deepEqual(next([publish], [...before, [3, clear("publish")]]), ["preflight"]);
});

test("decide() follows what was sent when somebody cancels, then closes", () => {
  const told = acting(
    [a, b],
    [
      [1, absent("a")],
      [2, intended("a")],
      [3, unknown("a")],
      [4, cancel],
    ],
  );

  assert.deepEqual(next([publish], told), ["observe:publish:a"]);
  assert.deepEqual(next([publish], [...told, [5, absent("a")], [60_005, absent("a")]], 60_006), ["settle:publish:a"]);
  assert.deepEqual(next([publish], [...told, [5, absent("a")], [6, { kind: "effect-settled", step: "publish", effect: "a" }]], 7), [
    "close",
  ]);
});

test("decide() verifies what turns out to be there after a cancel", () => {
  const told = acting(
    [a],
    [
      [2, intended("a")],
      [3, unknown("a")],
      [4, cancel],
      [5, present("a")],
    ],
  );

  assert.deepEqual(next([publish], told), ["verify:publish:a"]);
  assert.deepEqual(next([publish], [...told, [6, verified("a")]]), ["end:publish"]);
});

test("decide() closes a cancelled run only when nothing is in doubt", () => {
  const atHand = anEffect({ key: "a", again: "by-person" });
  const told = acting(
    [atHand],
    [
      [1, intended("a")],
      [2, unknown("a")],
      [3, cancel],
      [4, absent("a")],
      [60_004, absent("a")],
    ],
  );

  assert.deepEqual(next([publish], told, 60_005), ["fail:publish"]);
  assert.deepEqual(next([publish], [...told, [60_005, failed("publish", "DECISION_NEEDED")]], 60_006), []);
  assert.equal(standing([publish], [...told, [60_005, failed("publish", "DECISION_NEEDED")]], 60_006), "unresolved");
});

test("decide() begins nothing and ends nothing early when somebody cancels during work", () => {
  const steps = [work("a"), work("b", { waitsFor: ["a"] })];

  assert.deepEqual(
    next(
      steps,
      [
        [0, passed],
        [0, started("a")],
        [1, cancel],
      ],
      2,
      ["work:a"],
    ),
    [],
  );
  assert.deepEqual(
    next(steps, [
      [0, passed],
      [0, started("a")],
      [1, cancel],
      [2, done("a")],
    ]),
    ["close"],
  );
});

test("decide() completes a run that was cancelled when nothing was left to do", () => {
  const decision = decided(
    stateOf(planOf([work("a")]), [
      [0, passed],
      [0, done("a")],
      [1, cancel],
    ]),
    2,
  );

  assert.deepEqual(decision.moves, [{ key: "close", kind: "close", result: "complete" }]);
});

test("decide() stops at a moved source above the line and ignores it below", () => {
  const steps = [work("a"), anActingStep({ waitsFor: ["a"] })];

  assert.deepEqual(
    next(steps, [
      [0, passed],
      [1, moved],
    ]),
    [],
  );
  assert.equal(
    standing(steps, [
      [0, passed],
      [1, moved],
    ]),
    "moved",
  );
  assert.deepEqual(
    next(
      [publish],
      acting(
        [a, b],
        [
          [1, intended("a")],
          [2, moved],
          [3, absent("b")],
        ],
      ),
    ).includes("send:publish:b"),
    true,
  );
});

test("decide() touches nothing in a new process before it has looked around", () => {
  assert.deepEqual(
    next(
      [publish],
      acting(
        [a],
        [
          [1, intended("a")],
          [2, driven],
        ],
      ),
    ),
    ["preflight"],
  );
});

test("decide() still follows what was sent when preflight blocks", () => {
  assert.deepEqual(
    next(
      [publish],
      acting(
        [a],
        [
          [1, intended("a")],
          [2, driven],
          [3, blocked],
        ],
      ),
    ),
    ["observe:publish:a"],
  );
});

test("decide() names a step in doubt before one that failed, and that before people", () => {
  const steps = [anActingStep({ id: "publish", reach: "reversible" }), work("other"), aPlannedStep({ id: "ask", kind: "gate" })];
  const asked: Fact = { kind: "question-asked", step: "ask", text: "?", binding: sha256OfText("?"), paths: [] };
  const inDoubt = acting(
    [a],
    [
      [1, intended("a")],
      [2, failed("publish", "RUN_INCOMPLETE")],
    ],
  );

  assert.equal(
    standing(steps, [
      [0, passed],
      [0, asked],
    ]),
    "waiting",
  );
  assert.equal(
    standing(steps, [
      [0, passed],
      [0, asked],
      [1, failed("other")],
    ]),
    "failed",
  );
  assert.equal(standing(steps, [...inDoubt, [2, asked], [3, failed("other")]]), "unresolved");
});

test("decide() names what an optional step left in doubt when the run cannot end otherwise", () => {
  const optional = anActingStep({ reach: "reversible", optional: true });
  const told = acting(
    [a],
    [
      [1, intended("a")],
      [2, failed("publish", "RUN_INCOMPLETE")],
      [3, cancel],
    ],
  );

  assert.deepEqual(next([optional, work("b")], told), []);
  assert.equal(standing([optional, work("b")], told), "unresolved");
});

// --- questions ----------------------------------------------------------------------------------

test("decide() asks once, and goes on when it was answered", () => {
  const steps = [aPlannedStep({ id: "ask", kind: "gate" })];
  const asked: Fact = { kind: "question-asked", step: "ask", text: "?", binding: sha256OfText("?"), paths: [] };
  const answered: Fact = { kind: "question-answered", step: "ask", binding: sha256OfText("?"), by: ann };

  assert.deepEqual(next(steps, [[0, passed]]), ["ask:ask"]);
  assert.deepEqual(
    next(steps, [
      [0, passed],
      [1, asked],
    ]),
    [],
  );
  assert.deepEqual(
    decided(
      stateOf(planOf(steps), [
        [0, passed],
        [1, asked],
      ]),
      2,
    ).standing,
    { kind: "waiting", gates: [], questions: ["ask"] },
  );
  assert.deepEqual(
    next(steps, [
      [0, passed],
      [1, asked],
      [2, answered],
    ]),
    ["end:ask"],
  );
  assert.deepEqual(
    keysOf(
      decided(
        stateOf(
          planOf(steps),
          [
            [0, passed],
            [1, asked],
          ],
          "rehearsal",
        ),
        2,
      ).moves,
    ),
    ["end:ask"],
  );
});

// --- size ---------------------------------------------------------------------------------------

test("decide() stays quick through a run that is a thousand steps wide", () => {
  const wide = Array.from({ length: 1_000 }, (_, index) => work(`leg-${index}`, { waitsFor: ["first"] }));
  const plan = planOf([work("first"), ...wide, anActingStep({ waitsFor: wide.map((step) => step.id) })]);
  const told: Told[] = [[0, passed], [0, done("first")], ...wide.slice(0, 500).map((step): Told => [0, done(step.id)])];
  const state = stateOf(plan, told);
  const beganMs = performance.now();
  for (let round = 0; round < 200; round += 1) decide(state, { nowMs: round, underWay: new Set(), limits: { work: 4, perTarget: 10 } });
  const eachMs = (performance.now() - beganMs) / 200;

  assert.ok(eachMs < 10, `one decision took ${eachMs.toFixed(2)} ms`);
});

test("decide() stays quick with a thousand effects and a thousand gated steps", () => {
  const effects = Array.from({ length: 1_000 }, (_, index) => anEffect({ key: `file-${index}` }));
  const state = stateOf(
    planOf([publish]),
    acting(
      effects,
      effects.map((effect): Told => [1, absent(effect.key)]),
    ),
  );
  const underWay = new Set(effects.slice(0, 10).map((effect) => `send:publish:${effect.key}`));
  const beganMs = performance.now();
  for (let round = 0; round < 100; round += 1) decide(state, { nowMs: 2, underWay, limits: { work: 4, perTarget: 10 } });
  const eachMs = (performance.now() - beganMs) / 100;

  assert.ok(eachMs < 20, `one decision took ${eachMs.toFixed(2)} ms`);
});
