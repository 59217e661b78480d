// A bounded list of what is wrong with an archive. It exists so that a hostile archive cannot make the list of its own
// faults the attack.
import { faultsMax } from "./limits.ts";

export interface Faults {
  readonly list: readonly string[];
  add(text: string): void;
}

/** Collects at most `faultsMax` different texts; a last one says that there were more. */
export function createFaults(): Faults {
  const list: string[] = [];
  const seen = new Set<string>();
  return {
    list,
    add(text) {
      if (list.length > faultsMax || seen.has(text)) return;
      seen.add(text);
      list.push(list.length === faultsMax ? "There are more faults than are listed" : text);
    },
  };
}

/** A name as it can be shown: quoted, control characters escaped, cut to 120 characters. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 117)}...` : name);
}
