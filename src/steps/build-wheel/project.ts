// What a Python project's manifest says about how it is built.
import { join } from "node:path";
import { projectFiles, readPythonProject } from "../../domain/pypi/project.ts";
import type { Files } from "../../platform/ports.ts";

export type Backend =
  | {
      readonly kind: "backend";
      readonly backend: string;
      /** Its version is derived from tags. */
      readonly fromTag: boolean;
      /** It has the PKG-INFO of an sdist: what a build writes is committed. */
      readonly unpacked: boolean;
    }
  | { readonly kind: "none"; readonly why: string };

/** The build backend of the project in a folder (PEP 517). @returns `none` when there is no project, or no readable one. */
export async function readBackend(folder: string, files: Files): Promise<Backend> {
  const texts: Record<string, string> = {};
  for (const file of projectFiles) {
    const text = await files.readTextIfThere(join(folder, file));
    if (text !== undefined) texts[file] = text;
  }
  const read = readPythonProject(texts);
  if (read.kind === "none") return { kind: "none", why: "its folder has no pyproject.toml, setup.cfg or setup.py" };
  if (read.kind === "invalid") return { kind: "none", why: `its pyproject.toml is no TOML: ${read.why}` };
  const { backend, version } = read.project;
  return { kind: "backend", backend, fromTag: version.kind === "tag", unpacked: texts["PKG-INFO"] !== undefined };
}
