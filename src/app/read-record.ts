// Records as files, of either form: the run's own and a release page's. Read with suspicion: they may be anybody's.
import { isSha256 } from "../domain/digest.ts";
import type { Sealing } from "../domain/attestation/record-statement.ts";
import { readSeal, type Seal } from "../domain/attestation/seal.ts";
import { SlipwayError } from "../domain/error.ts";
import { parseRecord as parseJson } from "../domain/json-record.ts";
import { readReleaseRecord, releaseRecordFacts, releaseRecordSchema } from "../domain/release-record.ts";
import { recordFacts, recordSchema, type RecordedEvidence, type ReleaseRecord } from "./record.ts";
import type { RecordedPage } from "./record-pages.ts";

/** @throws SlipwayError USAGE naming what the file is and should be */
export function parseRecord(file: string, text: string): ReleaseRecord {
  const fail = (what: string): SlipwayError =>
    new SlipwayError("USAGE", `Cannot read the record "${file}": ${what}`, { hint: "Name the record.json that `slipway run` printed" });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(error instanceof Error ? error.message : "it is no JSON");
  }
  const record = value as Partial<ReleaseRecord>;
  if (record.schema !== recordSchema) throw fail(`its schema is "${String(record.schema)}" and should be "${recordSchema}"`);
  const lists = [record.evidence, record.artifacts, record.steps];
  if (!lists.every((list) => Array.isArray(list)) || record.plan === undefined)
    throw fail("it holds no evidence, artifacts, steps or plan");
  for (const one of record.evidence as readonly RecordedEvidence[])
    if (!isSha256(one.sha256)) throw fail(`the digest of "${one.name}" is none`);
  const pages: unknown = record.pages ?? [];
  if (!Array.isArray(pages) || !pages.every((page: Partial<RecordedPage>) => Array.isArray(page.assets)))
    throw fail("one of its pages is none");
  for (const one of (record.pages ?? []).flatMap(({ assets }) => assets))
    if (!isSha256(one.sha256)) throw fail(`the digest of "${one.name}" is none`);
  return record as ReleaseRecord;
}

export interface Sealed {
  /** Undefined in records that were written before they were signed. */
  readonly seal: Seal | undefined;
  readonly sealing: Sealing;
}

/** @throws SlipwayError USAGE naming what the file is and should be */
export function sealedIn(file: string, text: string): Sealed {
  const json = parseJson(text);
  if (json?.["schema"] === releaseRecordSchema) {
    const read = readReleaseRecord(text);
    if (read.kind === "unreadable") throw new SlipwayError("USAGE", `Cannot read the record "${file}": ${read.why}`);
    return { seal: read.record.attestation, sealing: { record: read.record, facts: releaseRecordFacts(read.record) } };
  }
  const record = parseRecord(file, text);
  const seal = readSeal(record.attestation);
  if (record.attestation !== undefined && seal === undefined)
    throw new SlipwayError("USAGE", `Cannot read the record "${file}": its attestation is none`);
  try {
    return { seal, sealing: { record, facts: recordFacts(record) } };
  } catch (cause) {
    throw new SlipwayError("USAGE", `Cannot read the record "${file}": one of its members is of another form`, { cause });
  }
}
