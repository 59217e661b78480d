// What `slipway init` saw and did not write down, in a line for each reason: a workspace may hold a hundred private members.
import type { LeftOut } from "./found.ts";

/** Folders that one line names. */
const namedMax = 4;

export function tellLeftOut(leftOut: readonly LeftOut[]): readonly string[] {
  const byReason = Map.groupBy(leftOut, ({ why }) => why);
  return [...byReason].map(([why, all]) => {
    const named = all.slice(0, namedMax).map(({ folder }) => `"${folder}"`);
    const more = all.length > namedMax ? ` and ${all.length - namedMax} more` : "";
    return `${named.join(", ")}${more} ${all.length === 1 ? "is" : "are"} left out: ${why}`;
  });
}
