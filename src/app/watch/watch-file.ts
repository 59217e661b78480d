// Where a project keeps what its watch over the registries knows: one document beside the journal, written whole or not at all,
// under a lock of its own. Alarms are no facts of a run: they outlive runs, and hold the next one too.
import path from "node:path";
import { SlipwayError } from "../../domain/error.ts";
import { openAlarms, watchSchema, type Alarm, type WatchState } from "../../domain/watch.ts";
import type { World } from "../world.ts";

function fileOf(projectFolder: string): string {
  return path.join(projectFolder, "watch", "watch.json");
}

/** @returns undefined: nobody has watched yet. @throws SlipwayError JOURNAL_DAMAGED: what holds must not be forgotten */
export async function readWatch(world: Pick<World, "files">, projectFolder: string): Promise<WatchState | undefined> {
  const file = fileOf(projectFolder);
  const text = await world.files.readTextIfThere(file);
  if (text === undefined) return undefined;
  const state = parse(text);
  if (state !== undefined) return state;
  throw new SlipwayError("JOURNAL_DAMAGED", `Cannot read what the watch over the registries knows: "${file}" is no document of it`, {
    hint: "Keep the file, look at the registries yourself, then move it away: the watch begins anew",
  });
}

function parse(text: string): WatchState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const state = value as Partial<WatchState> | null;
  const isWhole = typeof state === "object" && state?.schema === watchSchema && Array.isArray(state.targets) && Array.isArray(state.alarms);
  return isWhole ? (state as WatchState) : undefined;
}

/** Alarms that nobody has cleared: they hold publishing. */
export async function alarmsOf(world: Pick<World, "files">, projectFolder: string): Promise<readonly Alarm[]> {
  return openAlarms(await readWatch(world, projectFolder));
}

const lockTries = 100;
const lockPauseMs = 100;

/** Reads, changes and writes it while nobody else does. @throws SlipwayError RUN_LOCKED after ten seconds, JOURNAL_DAMAGED */
export async function changeWatch(
  world: Pick<World, "files" | "takeLock" | "clock" | "interrupted">,
  projectFolder: string,
  change: (state: WatchState | undefined) => WatchState,
): Promise<WatchState> {
  const file = fileOf(projectFolder);
  for (let tries = 0; ; tries += 1) {
    const taken = world.takeLock(path.join(path.dirname(file), "watch.lock"), `process ${process.pid}`);
    if (taken.kind === "taken") {
      try {
        const state = change(await readWatch(world, projectFolder));
        await world.files.writeText(file, `${JSON.stringify(state, null, 1)}\n`);
        return state;
      } finally {
        taken.lock.release();
      }
    }
    if (tries >= lockTries)
      throw new SlipwayError("RUN_LOCKED", `Cannot write what the watch over the registries knows: ${taken.by} has it`);
    await world.clock.sleep(lockPauseMs, world.interrupted);
  }
}
