// uv.lock: the entry of the project itself, which is installed from its folder and not from an index. A project whose
// version is dynamic has an entry without one, and nothing to write.
import { refuseAt, type Reading, type Statement } from "./edit.ts";
import { leafAt, statementOf } from "./toml.ts";
import { leavesOfEntry, lockEntries, lockLengthMax } from "./toml-lock.ts";

/** @param name as PEP 503 normalises it */
export function readUvLock(text: string, name: string): Reading {
  if (text.length > lockLengthMax) return refuseAt(text, 0, `it is longer than ${lockLengthMax} characters`);
  const statements: Statement[] = [];
  for (const entry of lockEntries(text).filter((one) => one.name === name)) {
    const read = leavesOfEntry(entry);
    if (read.kind === "refused") return refuseAt(text, entry.offset, read.reason);
    const isOwn = ["editable", "virtual", "directory"].some((kind) => leafAt(read.leaves, ["source", kind]) !== undefined);
    const leaf = isOwn ? leafAt(read.leaves, ["version"]) : undefined;
    const one = leaf === undefined ? undefined : statementOf(text, leaf, `package ${name}`);
    if (one !== undefined && "kind" in one) return one;
    if (one !== undefined) statements.push(one);
  }
  return { kind: "read", statements };
}
