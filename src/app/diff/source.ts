// An sdist held against the commit that it was made from: what it holds that git does not have, and what it holds
// otherwise. A file that appears between commit and upload is how releases are poisoned.
import path from "node:path";
import type { Files } from "../../platform/ports.ts";
import { isGenerated, type Members } from "./members.ts";

export interface AgainstSource {
  /** In the sdist, and nowhere in the commit. */
  readonly added: readonly string[];
  /** In both, with other bytes. */
  readonly changed: readonly string[];
  /** Written by every build: metadata. */
  readonly generated: readonly string[];
  /** Files of the package's folder that the sdist does not have. */
  readonly leftOut: readonly string[];
}

export interface SourceTree {
  /** Absolute path of a copy of the commit. */
  readonly folder: string;
  /** Paths of all files of the commit. */
  readonly paths: readonly string[];
  /** Folder of the package in it, `.` for the root. */
  readonly packageFolder: string;
  readonly files: Pick<Files, "digest" | "info">;
}

export async function compareWithSource(members: Members, tree: SourceTree): Promise<AgainstSource> {
  const inCommit = new Set(tree.paths);
  const [added, changed, generated, met]: [string[], string[], string[], Set<string>] = [[], [], [], new Set()];
  for (const [member, { sha256 }] of [...members].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    // A package below the root may take its licence from there.
    const at = [path.posix.join(tree.packageFolder, member), member].find((one) => inCommit.has(one));
    if (at !== undefined) met.add(at);
    const isSame = at !== undefined && (await hasDigest(path.join(tree.folder, at), sha256, tree.files));
    if (isSame) continue;
    if (isGenerated(member)) generated.push(member);
    else if (at === undefined) added.push(member);
    else changed.push(member);
  }
  const own = tree.packageFolder === "." ? tree.paths : tree.paths.filter((one) => one.startsWith(`${tree.packageFolder}/`));
  return { added, changed, generated, leftOut: own.filter((one) => !met.has(one)) };
}

/** Links and what is no file are told as different: an sdist holds files. */
async function hasDigest(file: string, sha256: string, files: SourceTree["files"]): Promise<boolean> {
  return (await files.info(file))?.kind === "file" && (await files.digest(file)).sha256 === sha256;
}
