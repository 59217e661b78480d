// Writes what was gathered: per file the edits, made in memory, read again by another parser, and only then put on disk.
// The texts of all files are made before the first is written, so that a fault leaves the copy as it was.
import { editsFor, splice, type Edit } from "../../domain/manifest/edit.ts";
import { verifyEdits } from "../../domain/manifest/verify.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Claim } from "./claim.ts";
import type { Tree } from "../checkout-tree.ts";

export interface Rewritten {
  readonly path: string;
  readonly text: string;
  /** What the first place of the file said, and says now. */
  readonly from: string;
  readonly to: string;
}

/** @throws SlipwayError STEP_FAILED for an edit that another parser reads differently, which is a fault of Slipway */
export async function rewrite(claims: readonly Claim[], tree: Tree): Promise<readonly Rewritten[]> {
  const rewritten: Rewritten[] = [];
  const byFile = Map.groupBy(claims, (one) => one.file);
  for (const file of [...byFile.keys()].toSorted()) {
    const one = rewriteOne(file, (await tree.read(file)) ?? "", byFile.get(file) ?? []);
    if (one !== undefined) rewritten.push(one);
  }
  return rewritten;
}

function rewriteOne(path: string, before: string, claims: readonly Claim[]): Rewritten | undefined {
  const edits: Edit[] = [];
  for (const { statement, to } of claims) {
    const made = editsFor(before, { kind: "read", statements: [statement] }, to);
    if (made.kind === "refused") throw wrongEdit(path, made.reason);
    edits.push(...made.edits);
  }
  const [first] = edits.toSorted((one, other) => one.start - other.start);
  if (first === undefined) return undefined;
  const text = splice(before, edits);
  if (text === undefined) throw wrongEdit(path, "two edits overlap");
  const format = /\.(?:toml|lock)$/.test(path) ? "toml" : path.endsWith(".json") ? "json" : undefined;
  const verified = format === undefined ? undefined : verifyEdits(format, { before, after: text }, edits);
  if (verified?.kind === "not-as-meant") throw wrongEdit(path, verified.why);
  return { path, text, from: before.slice(first.start, first.end), to: first.text };
}

function wrongEdit(path: string, why: string): SlipwayError {
  return new SlipwayError("STEP_FAILED", `Cannot write the version into "${path}": ${why}`, {
    hint: "Write it by hand and leave the file out, and report this",
  });
}
