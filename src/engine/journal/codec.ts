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
  if (checksumOf(run, row) !== row.checksum) throw damaged(run, row.seq, "its checksum does not match");
  return readBack(row);
}

/** A record from its written form, for who has written it this moment. */
export function readBack(row: Row): Recorded {
  return { seq: row.seq, atMs: row.atMs, fact: JSON.parse(row.body) as Fact };
}

/**
 * Decodes the rows of a run that follow `afterSeq`; one that is missing is damage, as one that was changed is.
 * @throws SlipwayError JOURNAL_DAMAGED
 */
export function decodeAll(run: string, rows: readonly Row[], afterSeq: number): readonly Recorded[] {
  return rows.map((row, index) => {
    if (row.seq !== afterSeq + 1 + index) throw damaged(run, afterSeq + 1 + index, "it is not there");
    return decode(run, row);
  });
}

function damaged(run: string, seq: number, why: string): SlipwayError {
  return new SlipwayError("JOURNAL_DAMAGED", `Cannot read record ${seq} of run ${run}: ${why}`, {
    hint: "Nothing was sent. Keep the state folder as it is and look at the registries with `slipway verify`",
    details: { run, seq },
  });
}

function checksumOf(run: string, row: Omit<Row, "checksum">): number {
  return crc32(`${run}\n${row.seq}\n${row.atMs}\n${row.body}`);
}
