// For tests of the manifest readers: one text, one new version, and what must hold of every edit whatever the format.
import assert from "node:assert/strict";
import { editsFor, splice, type Reading } from "../../src/domain/manifest/edit.ts";

/** The text with every statement changed; all characters outside the statements are compared. Fails for a refusal. */
export function withVersion(text: string, reading: Reading, version: string): string {
  const edited = editsFor(text, reading, version);
  assert.ok(edited.kind === "edits" && reading.kind === "read", JSON.stringify(edited));
  const after = splice(text, edited.edits);
  assert.ok(after !== undefined);
  const outside = (whole: string, spans: readonly { readonly start: number; readonly end: number }[]): string =>
    spans.toReversed().reduce((rest, { start, end }) => `${rest.slice(0, start)}\0${rest.slice(end)}`, whole);
  const sorted = edited.edits.toSorted((one, other) => one.start - other.start);
  let shift = 0;
  const moved = sorted.map(({ start, end, text: fresh }) => {
    const from = start + shift;
    shift += fresh.length - (end - start);
    return { start: from, end: from + fresh.length };
  });
  assert.equal(outside(after, moved), outside(text, sorted));
  return after;
}

/** Versions that a reading states. */
export function versionsOf(reading: Reading): readonly string[] {
  assert.ok(reading.kind === "read", JSON.stringify(reading));
  return reading.statements.map((one) => one.version);
}
