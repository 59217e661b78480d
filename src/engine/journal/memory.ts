// A journal in memory: for tests, for the simulation, and for work that is no release (`run --only`). It keeps the
// written form, so that what cannot be written down fails here as it would on disk.
import { SlipwayError } from "../../domain/error.ts";
import type { Fact, Recorded } from "../../domain/run/fact.ts";
import { decodeAll, encode, readBack, type Row } from "./codec.ts";
import type { AskRow, Journal, RunSummary } from "./journal.ts";

export function createMemoryJournal(): Journal {
  const rows = new Map<string, Row[]>();
  const inbox = new Map<string, AskRow[]>();
  const rowsOf = (run: string): readonly Row[] => rows.get(run) ?? [];
  const readAfter = (run: string, seq: number): readonly Recorded[] => decodeAll(run, rowsOf(run).slice(seq), seq);
  const read = (run: string): readonly Recorded[] => readAfter(run, 0);
  return {
    append(run: string, facts: readonly Fact[], options) {
      const held = rowsOf(run);
      if (held.length > 0 && facts.some((fact) => fact.kind === "run-opened")) {
        throw new SlipwayError("STORAGE_FAILED", `Cannot open run ${run} twice`);
      }
      const added = facts.map((fact, index) => encode(run, held.length + 1 + index, { atMs: options.atMs, fact }));
      rows.set(run, [...held, ...added]);
      inbox.set(
        run,
        (inbox.get(run) ?? []).filter((row) => !options.answered.includes(row.id)),
      );
      return added.map(readBack);
    },
    together(act) {
      const before = [new Map(rows), new Map(inbox)] as const;
      try {
        return act();
      } catch (error) {
        restore(rows, before[0]);
        restore(inbox, before[1]);
        throw error;
      }
    },
    read,
    readAfter,
    runs: (limit) =>
      [...rows.keys()]
        .map((run) => summarise(run, read(run)))
        .toReversed()
        .slice(0, limit),
    ask(run, row) {
      const waiting = inbox.get(run) ?? [];
      if (!waiting.some((one) => one.id === row.id)) inbox.set(run, [...waiting, row]);
    },
    asks: (run) => inbox.get(run) ?? [],
    close() {},
  };
}

function restore<V>(map: Map<string, V>, before: ReadonlyMap<string, V>): void {
  map.clear();
  for (const [key, value] of before) map.set(key, value);
}

function summarise(run: string, recorded: readonly Recorded[]): RunSummary {
  const opened = recorded[0];
  const title = opened?.fact.kind === "run-opened" ? opened.fact.plan.release.title : "";
  return { run, openedAtMs: opened?.atMs ?? 0, title, closed: recorded.some(({ fact }) => fact.kind === "run-closed") };
}
