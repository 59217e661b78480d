// What is wrong with data, one fault per place. faults-by-zod.ts finds them; that a file fits is known without it.
import type { Shape } from "../domain/shape.ts";
import { nearestWord } from "./nearest.ts";
import type { Path } from "./phrases.ts";

export type Fault = { readonly path: Path; readonly value: unknown } &
  /** The key at the end of `path` is none of `known`. */
  (
    | { readonly kind: "unknown-key"; readonly known: readonly string[] }
    /** The key at the end of `path` has another form than `expected`. */
    | { readonly kind: "bad-key"; readonly expected: string }
    /** The key at the end of `path` is not there. */
    | { readonly kind: "missing"; readonly expected: string }
    | {
        readonly kind: "bad-value";
        readonly expected: string;
        /** Words that could stand here. */
        readonly words: readonly string[];
        /** The value would fit if it were quoted. */
        readonly quotable: boolean;
      }
  );

/** Checks data against a shape. @returns all faults, with paths below `prefix`; none when the data fits. */
export type FaultsOf = (shape: Shape<unknown>, data: unknown, prefix: Path) => readonly Fault[];

/** Tells that something is wrong, and not what: whoever reads a file that fits needs no more. */
export const unexplained: FaultsOf = (shape, value, path) =>
  shape.fits(value) ? [] : [{ kind: "bad-value", path, value, expected: "a value that fits here", words: [], quotable: false }];

const candidatesMax = 100;

/** Without keys that are missing because they are misspelled: the foreign key beside them says it. */
export function withoutMisspelled(faults: readonly Fault[]): readonly Fault[] {
  const foreign = new Map<string, string[]>();
  for (const fault of faults.slice(0, candidatesMax)) {
    if (fault.kind !== "unknown-key") continue;
    const meant = nearestWord(String(fault.path.at(-1)), fault.known);
    const holder = JSON.stringify(fault.path.slice(0, -1));
    if (meant !== undefined) foreign.set(holder, [...(foreign.get(holder) ?? []), meant]);
  }
  return faults.filter((fault) => {
    const meant = fault.kind === "missing" ? foreign.get(JSON.stringify(fault.path.slice(0, -1))) : undefined;
    return meant?.includes(String(fault.path.at(-1))) !== true;
  });
}

export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  return value;
}
