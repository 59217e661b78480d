// What child processes are given of this machine: an explicit environment and a home of their own.
import { childEnvironment } from "../platform/child-environment.ts";
import { prepareChildHome } from "../platform/child-home.ts";
import type { Log } from "../platform/ports.ts";
import type { ChildPlace } from "./world.ts";

/** @throws SlipwayError STORAGE_FAILED */
export async function childEnvironmentAt(
  place: ChildPlace,
  env: Readonly<Record<string, string | undefined>>,
  log: Log,
): Promise<Readonly<Record<string, string>>> {
  const home = await prepareChildHome(place.home, env);
  const { env: explicit, dropped } = childEnvironment({ env, machine: home.variables, ...place });
  for (const { name, why } of [...home.dropped, ...dropped]) log.warn("Setting not handed to child processes", { name, why });
  return explicit;
}
