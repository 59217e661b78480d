// How packages of each ecosystem are installed; what no program installs from a registry, images and binaries, is not here.
import { installingCrates } from "./crates/crates.ts";
import { installable, type InstallableEcosystem } from "./input.ts";
import type { Installing } from "./installing.ts";
import { installingNpm } from "./npm/npm.ts";
import { installingPython } from "./python/python.ts";

const all: Readonly<Record<InstallableEcosystem, Installing>> = { pypi: installingPython, crates: installingCrates, npm: installingNpm };

export function installingOf(ecosystem: InstallableEcosystem): Installing {
  return all[ecosystem];
}

/** @returns undefined for an ecosystem whose registries nothing is installed from. @param ecosystem as a registry says */
export function installableOf(ecosystem: string): InstallableEcosystem | undefined {
  return installable.find((one) => one === ecosystem);
}
