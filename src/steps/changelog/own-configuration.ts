// Where a project configures git-cliff itself: beside the package first, then at the root, in a file of its own or in the
// manifest. Commands in it (`replace_command`) are never run: this step is Slipway's, not the project's (DESIGN §1.6).
import { posix } from "node:path";
import type { Files } from "../../platform/ports.ts";
import { readInside } from "./files.ts";

export interface OwnConfiguration {
  /** From the root of the repository. */
  readonly path: string;
  /** It names commands, which are left out. */
  readonly hasCommands: boolean;
}

const places: readonly (readonly [file: string, says: RegExp])[] = [
  ["cliff.toml", /(?:)/],
  [".cliff.toml", /(?:)/],
  [".config/cliff.toml", /(?:)/],
  ["pyproject.toml", /^\s*\[tool\.git-cliff[.\]]/m],
  ["Cargo.toml", /^\s*\[(?:workspace|package)\.metadata\.git-cliff[.\]]/m],
];

/** @param folder of the package, from the root */
export async function findOwnConfiguration(files: Files, root: string, folder: string): Promise<OwnConfiguration | undefined> {
  for (const at of new Set([folder, "."])) {
    for (const [file, says] of places) {
      const path = posix.join(at, file);
      const found = await readInside(files, root, path);
      if (found.kind === "text" && says.test(found.text)) return { path, hasCommands: /\breplace_command\b/.test(found.text) };
    }
  }
  return undefined;
}
