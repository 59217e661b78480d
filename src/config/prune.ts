// Takes out of the data what a schema refused, so that the rules can judge the rest and one reading tells all problems.
import type { Fault } from "./faults.ts";
import type { Path } from "./phrases.ts";

/** Stands in for what every file must have, so that a file without it is still judged. */
const needed: Readonly<Record<string, unknown>> = { slipway: 1, project: "project", packages: {} };

/** The data without the places that have faults: the smallest member of a map around each. */
export function prune(data: unknown, faults: readonly Fault[]): unknown {
  const copy = structuredClone(data);
  const root: unknown = typeof copy === "object" && copy !== null && !Array.isArray(copy) ? copy : {};
  for (const fault of faults) remove(root, fault.kind === "missing" && fault.path.length > 1 ? fault.path.slice(0, -1) : fault.path);
  for (const [key, value] of Object.entries(needed)) {
    if (!Object.hasOwn(root as object, key)) (root as Record<string, unknown>)[key] = value;
  }
  return root;
}

/** Removes the member at a path; inside a list, the member of a map that holds the list. */
function remove(root: unknown, path: Path): void {
  let holder: Record<string, unknown> | undefined;
  let name = "";
  let value = root;
  for (const part of path) {
    if (typeof value !== "object" || value === null) break;
    if (!Array.isArray(value)) {
      holder = value as Record<string, unknown>;
      name = String(part);
    }
    value = (value as Readonly<Record<string | number, unknown>>)[part];
  }
  if (holder !== undefined) delete holder[name];
}
