// A project that needs every crate of the release, in exactly the released versions. Pure.
import type { CrateToTry } from "./targets.ts";

/** @param registry name by which cargo knows the registry under test; absent: the usual one */
export function scratchManifest(crates: readonly Pick<CrateToTry, "name" | "version">[], registry: string | undefined): string {
  const where = registry === undefined ? "" : `, registry = ${JSON.stringify(registry)}`;
  const lines = crates.map(({ name, version }) => `${JSON.stringify(name)} = { version = ${JSON.stringify(`=${version}`)}${where} }`);
  // The table of a workspace: nothing above the folder is this project's root.
  return `[package]\nname = "slipway-trial"\nversion = "0.0.0"\nedition = "2021"\n\n[workspace]\n\n[dependencies]\n${lines.join("\n")}\n`;
}

/** Names each library, so that one which cannot be linked under its name is found. */
export function scratchSource(crates: readonly Pick<CrateToTry, "library">[]): string {
  return crates.flatMap(({ library }) => (library === undefined ? [] : [`extern crate ${library} as _;\n`])).join("");
}
