// Cargo.lock: entries of workspace members are those without a `source`; only they have the versions that a bump writes.
// Where two packages have one name, dependants name the version too ("demo 1.2.3"), and that has to follow.
import { refuseAt, type Reading, type Statement } from "./edit.ts";
import { leafAt, statementOf } from "./toml.ts";
import { leavesOfEntry, lockEntries, lockLengthMax } from "./toml-lock.ts";

/** @param names of the packages that get a new version, with the version that each had, or has already */
export function readCargoLock(text: string, names: ReadonlyMap<string, readonly string[]>): Reading {
  if (text.length > lockLengthMax) return refuseAt(text, 0, `it is longer than ${lockLengthMax} characters`);
  const statements: Statement[] = [];
  for (const entry of lockEntries(text)) {
    const isOwn = names.has(entry.name) && !/^source = /m.test(entry.text);
    if (!isOwn && !mentions(entry.text, names)) continue;
    const read = leavesOfEntry(entry);
    if (read.kind === "refused") return refuseAt(text, entry.offset, read.reason);
    const version = isOwn ? leafAt(read.leaves, ["version"]) : undefined;
    const own = version === undefined ? undefined : statementOf(text, version, `package ${entry.name}`);
    if (own !== undefined && "kind" in own) return own;
    if (own !== undefined) statements.push(own);
    for (const leaf of read.leaves) {
      if (leaf.path[0] !== "dependencies" || typeof leaf.value !== "string") continue;
      const [name = "", had, ...more] = leaf.value.split(" ");
      if (had === undefined || more.length > 0 || names.get(name)?.includes(had) !== true) continue;
      statements.push({ name: `dependency of ${entry.name} on ${name}`, version: had, start: leaf.start + name.length + 1, end: leaf.end });
    }
  }
  return { kind: "read", statements };
}

function mentions(text: string, names: ReadonlyMap<string, readonly string[]>): boolean {
  for (const [name, versions] of names) if (versions.some((version) => text.includes(`"${name} ${version}"`))) return true;
  return false;
}
