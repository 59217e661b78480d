// One suite for every Journal: what the driver, the inbox and those who look on may rely on, wherever it is kept.
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import fc from "fast-check";
import { SlipwayError } from "../../src/domain/error.ts";
import type { Fact } from "../../src/domain/run/fact.ts";
import { fold } from "../../src/domain/run/state.ts";
import type { AskRow, Journal } from "../../src/engine/journal/journal.ts";
import { aPlannedStep } from "../support/ports.ts";
import { ann, done, journalOf, planOf, started } from "../support/runs.ts";

export interface JournalKind {
  readonly name: string;
  /** A new, empty journal, closed when the test ends. */
  open(t: TestContext): Journal;
  /** Has the journal refuse to write from now on, as a full disk would. */
  break?(journal: Journal): void;
}

export const plan = planOf([aPlannedStep({ id: "build" }), aPlannedStep({ id: "check", waitsFor: ["build"] })]);
const [opened] = journalOf(plan, []);

export function openedFact(): Fact {
  assert.ok(opened !== undefined);
  return opened.fact;
}

export function isError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof SlipwayError && error.code === code;
}

const at = (atMs: number, answered: readonly string[] = []) => ({ atMs, answered });
const anAsk = (id: string, atMs = 1): AskRow => ({ id, atMs, ask: { kind: "cancel", by: ann } });

export function journalSuite(kind: JournalKind): void {
  describe(`journal in ${kind.name}`, () => {
    test("append() returns what read() gives, numbered from 1 without gaps", (t) => {
      const journal = kind.open(t);

      const first = journal.append("R1", [openedFact(), started("build")], at(10));
      const second = journal.append("R1", [done("build")], at(20));

      assert.deepEqual([...first, ...second], journal.read("R1"));
      assert.deepEqual(
        journal.read("R1").map(({ seq, atMs }) => [seq, atMs]),
        [
          [1, 10],
          [2, 10],
          [3, 20],
        ],
      );
      assert.equal(fold(journal.read("R1")).steps.get("build")?.phase, "done");
    });

    test("readAfter() gives what follows, and nothing for the newest", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact(), started("build"), done("build")], at(1));

      assert.deepEqual(
        journal.readAfter("R1", 1).map((one) => one.seq),
        [2, 3],
      );
      assert.deepEqual(journal.readAfter("R1", 3), []);
    });

    test("a run that was never opened has no facts and no asks", (t) => {
      const journal = kind.open(t);

      assert.deepEqual(journal.read("none"), []);
      assert.deepEqual(journal.asks("none"), []);
      assert.deepEqual(journal.runs(10), []);
    });

    test("runs do not mix", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact(), started("build")], at(1));
      journal.append("R2", [openedFact()], at(2));
      journal.append("R1", [done("build")], at(3));

      assert.deepEqual(
        journal.read("R1").map((one) => one.seq),
        [1, 2, 3],
      );
      assert.deepEqual(
        journal.read("R2").map((one) => one.seq),
        [1],
      );
    });

    test("append() writes all or nothing: a run cannot be opened twice, and nothing beside it is kept", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      journal.ask("R1", anAsk("A"));

      assert.throws(() => journal.append("R1", [started("build"), openedFact(), done("build")], at(2, ["A"])), isError("STORAGE_FAILED"));

      assert.deepEqual(
        journal.read("R1").map((one) => one.seq),
        [1],
      );
      assert.deepEqual(
        journal.asks("R1").map((one) => one.id),
        ["A"],
      );
    });

    test("append() writes all or nothing when a fact cannot be written down", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      const loop: Record<string, unknown> = {};
      loop["self"] = loop;
      const endless = { ...done("build"), output: loop } as unknown as Fact;

      assert.throws(() => journal.append("R1", [started("build"), endless], at(2)));

      assert.deepEqual(
        journal.read("R1").map((one) => one.seq),
        [1],
      );
    });

    test("append() goes on after a failed one with the next number", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      assert.throws(() => journal.append("R1", [openedFact()], at(2)));

      assert.deepEqual(
        journal.append("R1", [started("build")], at(3)).map((one) => one.seq),
        [2],
      );
    });

    test("append() hands back what is written down, not what it was given", (t) => {
      const journal = kind.open(t);
      const given = { kind: "step-failed", step: "build", code: "STEP_FAILED", message: "no", hint: undefined } as unknown as Fact;

      const recorded = journal.append("R1", [openedFact(), given], at(1));

      assert.deepEqual(recorded, journal.read("R1"));
      assert.equal("hint" in (recorded[1]?.fact ?? {}), false);
    });

    test("facts come back as they were, whatever their texts hold", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      let seq = 1;
      fc.assert(
        fc.property(fc.string({ unit: "binary", maxLength: 60 }), fc.jsonValue({ maxDepth: 2 }), (message, details) => {
          const [recorded] = journal.append(
            "R1",
            [{ kind: "step-failed", step: "build", code: "STEP_FAILED", message, details: JSON.parse(JSON.stringify(details)) }],
            at(2),
          );
          const [read] = journal.readAfter("R1", seq);
          seq += 1;
          assert.deepEqual(read, recorded);
          assert.equal(read?.fact.kind === "step-failed" && read.fact.message, message);
        }),
        { numRuns: 60 },
      );
    });

    test("runs() lists the newest first, with title and end", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      journal.append("R2", [openedFact()], at(2));
      journal.append("R3", [openedFact()], at(3));
      journal.append("R2", [{ kind: "run-closed", result: "complete" }], at(4));

      const title = plan.release.title;
      assert.deepEqual(journal.runs(2), [
        { run: "R3", openedAtMs: 3, title, closed: false },
        { run: "R2", openedAtMs: 2, title, closed: true },
      ]);
    });

    test("an ask stays in the inbox until it is answered, in the order of its time", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      journal.ask("R1", anAsk("B", 5));
      journal.ask("R1", anAsk("A", 6));
      journal.ask("R2", anAsk("C", 7));

      assert.deepEqual(journal.asks("R1"), [anAsk("B", 5), anAsk("A", 6)]);
      assert.deepEqual(journal.asks("R1").length, 2);
      assert.deepEqual(journal.asks("R2"), [anAsk("C", 7)]);
    });

    test("the same ask twice is one ask", (t) => {
      const journal = kind.open(t);
      journal.ask("R1", anAsk("A", 5));
      journal.ask("R1", anAsk("A", 6));

      assert.deepEqual(journal.asks("R1"), [anAsk("A", 5)]);
    });

    test("answered asks leave with the facts that follow from them", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      journal.ask("R1", anAsk("A"));
      journal.ask("R1", anAsk("B"));

      journal.append("R1", [{ kind: "cancel-asked", by: ann }], at(2, ["A"]));

      assert.deepEqual(
        journal.asks("R1").map((one) => one.id),
        ["B"],
      );
      assert.equal(journal.read("R1").length, 2);
    });

    test("an ask that leads to nothing leaves without a fact", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      journal.ask("R1", anAsk("A"));

      assert.deepEqual(journal.append("R1", [], at(2, ["A", "never there"])), []);

      assert.deepEqual(journal.asks("R1"), []);
      assert.equal(journal.read("R1").length, 1);
    });

    test("what is appended together() is numbered on, and read back, as if each were by itself", (t) => {
      const journal = kind.open(t);
      journal.ask("R1", anAsk("A"));

      const seen = journal.together(() => [
        ...journal.append("R1", [openedFact()], at(1)),
        ...journal.append("R1", [started("build")], at(2, ["A"])),
      ]);

      assert.deepEqual(seen, journal.read("R1"));
      assert.deepEqual(
        seen.map(({ seq, atMs }) => [seq, atMs]),
        [
          [1, 1],
          [2, 2],
        ],
      );
      assert.deepEqual(journal.asks("R1"), []);
    });

    test("nothing is there of what was appended together() when it throws, and the journal goes on", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      journal.ask("R1", anAsk("A"));

      assert.throws(
        () =>
          journal.together(() => {
            journal.append("R1", [started("build")], at(2, ["A"]));
            throw new RangeError("no");
          }),
        RangeError,
      );

      assert.equal(journal.read("R1").length, 1);
      assert.deepEqual(
        journal.asks("R1").map((one) => one.id),
        ["A"],
      );
      assert.deepEqual(
        journal.append("R1", [started("build")], at(3)).map((one) => one.seq),
        [2],
      );
    });

    test("together() with nothing to append gives what it was given", (t) => {
      assert.equal(
        kind.open(t).together(() => 7),
        7,
      );
    });

    test("together() has what is appended within read at once, numbered on, and all of it there after", (t) => {
      const journal = kind.open(t);
      journal.ask("R1", anAsk("A"));

      const seqs = journal.together(() => {
        const first = journal.append("R1", [openedFact(), started("build")], at(1));
        assert.equal(journal.read("R1").length, 2);
        const second = journal.append("R1", [done("build")], at(2, ["A"]));
        assert.deepEqual(journal.asks("R1"), []);
        return [...first, ...second].map((one) => one.seq);
      });

      assert.deepEqual(seqs, [1, 2, 3]);
      assert.deepEqual(
        journal.read("R1").map((one) => one.seq),
        [1, 2, 3],
      );
      assert.deepEqual(journal.asks("R1"), []);
    });

    test("together() leaves nothing behind when what is done within throws", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      journal.ask("R1", anAsk("A"));
      const boom = new Error("boom");

      const act = (): never => {
        journal.append("R1", [started("build")], at(2, ["A"]));
        journal.append("R2", [openedFact()], at(2));
        throw boom;
      };

      assert.throws(() => journal.together(act), boom);
      assert.equal(journal.read("R1").length, 1);
      assert.deepEqual(
        journal.runs(9).map((one) => one.run),
        ["R1"],
      );
      assert.deepEqual(
        journal.asks("R1").map((one) => one.id),
        ["A"],
      );
      assert.deepEqual(
        journal.append("R1", [started("build")], at(3)).map((one) => one.seq),
        [2],
      );
    });

    test("together() leaves nothing behind when an append within fails", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));

      const act = (): void => {
        journal.append("R1", [started("build")], at(2));
        journal.append("R1", [openedFact()], at(2));
      };

      assert.throws(() => journal.together(act), isError("STORAGE_FAILED"));
      assert.equal(journal.read("R1").length, 1);
    });

    test("together() within together() is one group", (t) => {
      const journal = kind.open(t);
      const boom = new Error("boom");
      const act = (): never => {
        journal.together(() => journal.append("R1", [openedFact()], at(1)));
        throw boom;
      };

      assert.throws(() => journal.together(act), boom);
      assert.deepEqual(journal.read("R1"), []);
      journal.together(() => journal.together(() => journal.append("R1", [openedFact()], at(1))));
      assert.equal(journal.read("R1").length, 1);
    });

    test("together() around nothing is nothing", (t) => {
      const journal = kind.open(t);

      assert.equal(
        journal.together(() => 7),
        7,
      );
      journal.append("R1", [openedFact()], at(1));
      assert.equal(journal.read("R1").length, 1);
    });

    const { break: breakDown } = kind;
    if (breakDown === undefined) return;
    test("what cannot be made durable together() is STORAGE_FAILED, and nothing of it is there", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      breakDown(journal);
      const large = Array.from({ length: 200 }, (): Fact => ({ ...done("build"), output: "x".repeat(10_000) }) as Fact);

      assert.throws(
        () =>
          journal.together(() => {
            journal.append("R1", [started("build")], at(2));
            journal.append("R1", large, at(2));
          }),
        isError("STORAGE_FAILED"),
      );

      assert.equal(journal.read("R1").length, 1);
    });

    test("what cannot be made durable is STORAGE_FAILED, and nothing of it is there", (t) => {
      const journal = kind.open(t);
      journal.append("R1", [openedFact()], at(1));
      journal.ask("R1", anAsk("A"));
      breakDown(journal);
      const large = Array.from({ length: 200 }, (): Fact => ({ ...done("build"), output: "x".repeat(10_000) }) as Fact);

      assert.throws(() => journal.append("R1", large, at(2, ["A"])), isError("STORAGE_FAILED"));

      assert.equal(journal.read("R1").length, 1);
      assert.deepEqual(
        journal.asks("R1").map((one) => one.id),
        ["A"],
      );
    });
  });
}
