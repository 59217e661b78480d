// Uncommitted files that `source.carry` names, by digest: part of the plan, so that approving it is approving them too.
// Whatever else differs from the commit is no part of the release.
import path from "node:path";
import type { Configuration } from "../domain/configuration.ts";
import { sha256 } from "../domain/digest.ts";
import { SlipwayError } from "../domain/error.ts";
import type { CarriedFile } from "../domain/plan/plan.ts";
import { globMatcher } from "./globs.ts";
import type { World } from "./world.ts";

const filesMax = 10_000;

/** @throws SlipwayError SOURCE_CONFLICT for a file in the middle of a merge, CONFIG_INVALID for too many, or for no regular file */
export async function findCarried(world: World, root: string, { source }: Configuration): Promise<readonly CarriedFile[]> {
  if (source.carry.length === 0) return [];
  const matches = source.carry.map(globMatcher);
  const changes = (await world.git.changes(root)).filter((one) => matches.some((match) => match(one.path)));
  const conflict = changes.find(({ unmerged }) => unmerged);
  if (conflict !== undefined) {
    throw new SlipwayError("SOURCE_CONFLICT", `Cannot carry "${conflict.path}": it is in the middle of a merge`, {
      hint: `Resolve it and \`git add ${conflict.path}\`, then run the same command again`,
    });
  }
  if (changes.length > filesMax)
    throw new SlipwayError("CONFIG_INVALID", `Cannot carry ${changes.length} files: at most ${filesMax} are`, {
      hint: "Name fewer under `source.carry`",
    });
  const sorted = changes.map((one) => one.path).toSorted((one, other) => (one < other ? -1 : 1));
  return Promise.all(sorted.map((name) => read(world, root, name)));
}

async function read(world: World, root: string, name: string): Promise<CarriedFile> {
  const file = path.join(root, ...name.split("/"));
  const kind = (await world.files.info(file))?.kind;
  if (kind === undefined) return { path: name };
  if (kind === "file") return { path: name, sha256: sha256((await world.files.digest(file)).sha256) };
  throw new SlipwayError("CONFIG_INVALID", `Cannot carry "${name}": it is a ${kind}, and only files are carried`, {
    hint: "Leave it out of `source.carry`",
  });
}
