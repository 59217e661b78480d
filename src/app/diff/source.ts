// An archive held against the commit that it was made from: what it holds that git does not have, and what it holds
// otherwise. A file that appears between commit and upload is how releases are poisoned (reference/trust §2, xz).
import path from "node:path";
import type { Files } from "../../platform/ports.ts";
import { isGenerated, pathInGit, type DiffKind, type Members } from "./members.ts";

export interface AgainstSource {
  /** In the archive, and nowhere in the commit. */
  readonly added: readonly string[];
  /** In both, with other bytes. */
  readonly changed: readonly string[];
  /** Written by every build, or declared as generated in slipway.yaml. */
  readonly generated: readonly string[];
  /** Files of the package's folder that the archive does not have; of wheels none are told. */
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
  /** Whether slipway.yaml declares the file as generated. */
  isDeclared(member: string): boolean;
}

/** Files of git with the same name that are read for one member of an archive. */
const namesakesMax = 200;

export async function compareWithSource(members: Members, tree: SourceTree, kind: DiffKind): Promise<AgainstSource> {
  const inCommit = new Set(tree.paths);
  const byName = Map.groupBy(tree.paths, (one) => path.posix.basename(one));
  const [added, changed, generated, met]: [string[], string[], string[], Set<string>] = [[], [], [], new Set()];
  for (const [member, { sha256, sizeBytes }] of [...members].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const there = pathInGit(member, kind);
    // A package below the root may take its licence from there; a wheel leaves the folder of the sources out.
    const at = [there, ...(kind === "wheel" ? [`src/${there}`] : [])]
      .flatMap((one) => [path.posix.join(tree.packageFolder, one), one])
      .find((one) => inCommit.has(one));
    if (at !== undefined) met.add(at);
    if (at !== undefined && (await hasDigest(path.join(tree.folder, at), sha256, tree.files))) continue;
    if (isGenerated(member, kind, sizeBytes) || tree.isDeclared(member)) generated.push(member);
    else if (kind !== "sdist" && (await hasNamesake(byName.get(path.posix.basename(there)) ?? [], sha256, tree))) continue;
    else if (at === undefined) added.push(member);
    else changed.push(member);
  }
  const own = tree.packageFolder === "." ? tree.paths : tree.paths.filter((one) => one.startsWith(`${tree.packageFolder}/`));
  return { added, changed, generated, leftOut: kind === "wheel" ? [] : own.filter((one) => !met.has(one)) };
}

/** Wheels, crates and npm packages take files from elsewhere in the repository, under the name that they have there. */
async function hasNamesake(namesakes: readonly string[], sha256: string, tree: SourceTree): Promise<boolean> {
  for (const one of namesakes.slice(0, namesakesMax)) if (await hasDigest(path.join(tree.folder, one), sha256, tree.files)) return true;
  return false;
}

/** Links and what is no file are told as different: an sdist holds files. */
async function hasDigest(file: string, sha256: string, files: SourceTree["files"]): Promise<boolean> {
  return (await files.info(file))?.kind === "file" && (await files.digest(file)).sha256 === sha256;
}
