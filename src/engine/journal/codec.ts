// How a fact is written down: one line of JSON and a checksum over everything that gives it its meaning, so that a
// damaged record is found before anything is concluded from it.
import { crc32 } from "node:zlib";
import { SlipwayError } from "../../domain/error.ts";
import type { Fact, Recorded } from "../../domain/run/fact.ts";

export interface Row {
  readonly seq: number;
  readonly atMs: number;
  readonly body: string;
  readonly checksum: number;
}

export function encode(run: string, seq: number, entry: { readonly atMs: number; readonly fact: Fact }): Row {
  const body = JSON.stringify(entry.fact);
  return { seq, atMs: entry.atMs, body, checksum: checksumOf(run, { seq, atMs: entry.atMs, body }) };
}

/** @throws SlipwayError JOURNAL_DAMAGED */
export function decode(run: string, row: Row): Recorded {
  if (checksumOf(run, row) !== row.checksum) {
    throw new SlipwayError("JOURNAL_DAMAGED", `Cannot read record ${row.seq} of run ${run}: its checksum does not match`, {
      hint: "Nothing was sent. Keep the state folder as it is and look at the registries with `slipway verify`",
      details: { run, seq: row.seq },
    });
  }
  return { seq: row.seq, atMs: row.atMs, fact: JSON.parse(row.body) as Fact };
}

function checksumOf(run: string, row: Omit<Row, "checksum">): number {
  return crc32(`${run}\n${row.seq}\n${row.atMs}\n${row.body}`);
}
