// Whether an edit changed what it meant to change and nothing else, by a parser that had no part in it: smol-toml and
// `JSON.parse` read the text before and after, and the values that differ have to be the edits, one by one.
import { parse } from "smol-toml";
import type { Edit } from "./edit.ts";

export type Verified = { readonly kind: "as-meant" } | { readonly kind: "not-as-meant"; readonly why: string };

/** Deepest nesting that is compared. */
const depthMax = 200;

/** @param before the text that the edits' offsets count in */
export function verifyEdits(
  format: "toml" | "json",
  texts: { readonly before: string; readonly after: string },
  edits: readonly Edit[],
): Verified {
  let changes: readonly Change[];
  try {
    changes = differences(read(format, texts.before), read(format, texts.after), { path: "", depth: 0 });
  } catch (error) {
    return notAsMeant(`the result cannot be read: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`);
  }
  const waiting = edits.map((edit) => ({ from: texts.before.slice(edit.start, edit.end), to: edit.text }));
  for (const { path, from, to } of changes) {
    const index = waiting.findIndex((edit) => replaces(edit, from, to));
    if (index === -1) return notAsMeant(`"${path}" would change from ${show(from)} to ${show(to)}`);
    waiting.splice(index, 1);
  }
  return waiting.length === 0 ? { kind: "as-meant" } : notAsMeant(`${waiting.length} of the edits change no value`);
}

function read(format: "toml" | "json", text: string): unknown {
  const bare = text.replace(/^\ufeff/, "");
  return format === "json" ? (JSON.parse(bare) as unknown) : parse(bare, { integersAsBigInt: "asNeeded" });
}

interface Change {
  readonly path: string;
  readonly from: unknown;
  readonly to: unknown;
}

function differences(one: unknown, other: unknown, at: { readonly path: string; readonly depth: number }): readonly Change[] {
  if (at.depth > depthMax) throw new Error(`nested deeper than ${depthMax}`);
  if (!isHolder(one) || !isHolder(other) || Array.isArray(one) !== Array.isArray(other)) {
    return sameScalar(one, other) ? [] : [{ path: at.path, from: one, to: other }];
  }
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) =>
    differences(Reflect.get(one, key), Reflect.get(other, key), { path: at.path === "" ? key : `${at.path}.${key}`, depth: at.depth + 1 }),
  );
}

function isHolder(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Date);
}

function sameScalar(one: unknown, other: unknown): boolean {
  if (one instanceof Date && other instanceof Date) return one.toISOString() === other.toISOString();
  return Object.is(one, other);
}

/** A requirement holds more than the version; an edit is one place in it. */
function replaces(edit: { readonly from: string; readonly to: string }, from: unknown, to: unknown): boolean {
  if (typeof from !== "string" || typeof to !== "string") return false;
  for (let at = from.indexOf(edit.from); at !== -1; at = from.indexOf(edit.from, at + 1)) {
    if (`${from.slice(0, at)}${edit.to}${from.slice(at + edit.from.length)}` === to) return true;
  }
  return false;
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 80)) : typeof value;
}

function notAsMeant(why: string): Verified {
  return { kind: "not-as-meant", why };
}
