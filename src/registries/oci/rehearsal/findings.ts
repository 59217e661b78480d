// What a rehearsal of images could not try: repositories that are not ours are not passed through from anywhere, and whoever
// asked for one - a build that pulls its base image here, say - got nothing (DESIGN §6).
import type { RegistryState } from "./state.ts";

export interface RehearsalFinding {
  readonly id: "REHEARSAL-FOREIGN";
  readonly level: "cannot-be-tried";
  /** Name of the repository. */
  readonly package: string;
  readonly message: string;
}

export function findingsOf(state: RegistryState): readonly RehearsalFinding[] {
  return state.foreign.map((name) => ({
    id: "REHEARSAL-FOREIGN",
    level: "cannot-be-tried",
    package: name,
    message: `The rehearsal registry was asked for "${name}", which this release does not make: it serves our images alone`,
  }));
}
