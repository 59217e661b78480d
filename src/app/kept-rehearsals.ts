// Which rehearsals stay on disk: the newest for their logs and frozen bytes, and any that some process is driving now, since
// several may be under way in one project.
import path from "node:path";
import { projectFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

/** Rehearsals that are kept for their logs, with the one that is about to begin. */
const keptMax = 5;

/** @param root folder of the rehearsals, each in one named by its id, so that names are in order of time */
export async function removeOldRehearsals(
  world: Pick<World, "isLockHeld"> & { readonly files: Pick<World["files"], "list" | "remove"> },
  root: string,
): Promise<void> {
  const names = await world.files.list(root);
  const old = names.slice(0, Math.max(0, names.length - keptMax + 1)).map((name) => path.join(root, name));
  for (const folder of old) if (!world.isLockHeld(projectFolders(folder).lock)) await world.files.remove(folder);
}
