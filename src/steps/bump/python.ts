// Where a Python package says its version: what its build backend reads (domain/pypi/project.ts tells which file), what
// says it again, and the entry of the project in uv.lock. No code of the project runs.
import { posix } from "node:path";
import type { Reading } from "../../domain/manifest/edit.ts";
import { readHatchPattern } from "../../domain/manifest/hatch-pattern.ts";
import { readPyproject } from "../../domain/manifest/pyproject.ts";
import { readPythonSource, readSetupCall, versionNames } from "../../domain/manifest/python-source.ts";
import { readSetupCfg } from "../../domain/manifest/setup-cfg.ts";
import { readToml } from "../../domain/manifest/toml.ts";
import { readUvLock } from "../../domain/manifest/uv-lock.ts";
import { readVersionFile } from "../../domain/manifest/version-file.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import { projectFiles, readPythonProject, type PythonProject, type VersionSource } from "../../domain/pypi/project.ts";
import { gatherCargo } from "./cargo.ts";
import type { Claim, Gathering } from "./claim.ts";
import { collect, refuse } from "./collect.ts";
import { upwards } from "../../domain/manifest/manifest-tree.ts";
import type { Tree } from "../checkout-tree.ts";
import type { Wanted } from "./wanted.ts";

export interface Around {
  readonly tree: Tree;
  readonly wanted: Wanted;
  readonly into: Gathering;
}

/** @returns whether the folder is a Python project at all */
export async function gatherPython(around: Around): Promise<boolean> {
  const { tree, wanted, into } = around;
  const { folder } = wanted.planned;
  const texts: Partial<Record<(typeof projectFiles)[number], string>> = {};
  for (const file of projectFiles) {
    const text = await tree.read(posix.join(folder, file));
    if (text !== undefined) texts[file] = text;
  }
  const read = readPythonProject(texts);
  if (read.kind === "none") return false;
  if (read.kind === "invalid") {
    const toml = readToml(texts["pyproject.toml"] ?? "");
    const place = toml.kind === "refused" ? toml : { line: 1, column: 1, reason: read.why };
    refuse(into, { file: posix.join(folder, "pyproject.toml"), line: place.line, column: place.column }, place.reason);
    return true;
  }
  await gatherProject(read.project, around);
  return true;
}

async function gatherProject(project: PythonProject, around: Around): Promise<void> {
  const { version } = project;
  const { versionFile } = around.wanted.planned;
  if (version.kind === "tag" && versionFile === undefined) {
    const message = `The version of "${around.wanted.planned.id}" comes from the tag (by ${version.by}), nothing to write`;
    around.into.notes.push({ level: "fine", message });
    return;
  }
  const before = around.into.claims.length + around.into.faults.length;
  if (version.kind === "static") await take(version.file, around, "source");
  if (version.kind === "file") await gatherFile(version, around);
  const hasSource = around.into.claims.length + around.into.faults.length > before;
  // A VERSION file is what is left where nothing that can be read without running it says more.
  if (!hasSource && versionFile === undefined) await take("VERSION", around, "source");
  if (versionFile === undefined && around.into.claims.length + around.into.faults.length === before) return noSource(version, around);
  await gatherCopies(project, around);
  await gatherUvLock(around);
}

function noSource(version: VersionSource, { wanted, into }: Around): void {
  const { id, folder } = wanted.planned;
  const why =
    version.kind === "file" ? `none of ${version.files.join(", ")} says it plainly` : version.kind === "unknown" ? version.why : "";
  into.faults.push({
    code: "PLAN_INVALID",
    message: `Cannot write the version of "${id}": no file of "${folder}" says the present one (${why})`,
    hint: "Let the manifest say the version, or leave `bump` out",
  });
}

async function gatherFile(version: Extract<VersionSource, { kind: "file" }>, around: Around): Promise<void> {
  for (const file of version.files) {
    const path = posix.join(around.wanted.planned.folder, file);
    const text = await around.tree.read(path);
    if (text === undefined) continue;
    if (version.how === "cargo") {
      await gatherCargo(path, "source", around);
      return;
    }
    if (collect(readingOf(version, text), { file: path, text, role: "source", scheme: "pep440" }, around) > 0) return;
  }
}

function readingOf(version: Extract<VersionSource, { kind: "file" }>, text: string): Reading {
  if (version.how === "whole") return readVersionFile(text);
  if (version.pattern !== undefined) return readHatchPattern(text, version.pattern);
  return readPythonSource(text, version.variable === undefined ? versionNames : [version.variable]);
}

/** Every file that says the version beside the one that decides. */
async function gatherCopies(project: PythonProject, around: Around): Promise<void> {
  const { version } = project;
  const taken = version.kind === "static" ? version.file : undefined;
  for (const file of ["pyproject.toml", "setup.cfg", "setup.py"]) if (file !== taken) await take(file, around, "copy");
  if (project.backend.startsWith("maturin") && project.version.kind === "static") {
    const path = posix.join(around.wanted.planned.folder, "Cargo.toml");
    if ((await around.tree.read(path)) !== undefined) await gatherCargo(path, "copy", around);
  }
  await take("VERSION", around, "loose");
  await takeModules(project, around);
}

/** Files of a module in which `__version__` is at home. */
const homes = ["__init__.py", "__about__.py", "_version.py", "version.py"];

/** A module is named as the manifest says, or after the package. */
async function takeModules(project: PythonProject, around: Around): Promise<void> {
  const { planned } = around.wanted;
  const named = planned.importName ?? project.importName;
  const after = planned.name.replaceAll(/[-.]/g, "_");
  const modules = named === undefined ? [after, after.toLowerCase()] : [named.split(".").join("/")];
  for (const root of ["", "src/"]) {
    if (!(await around.tree.mayHave(posix.join(planned.folder, root)))) continue;
    for (const module of new Set(modules)) {
      const isThere = await around.tree.mayHave(posix.join(planned.folder, root, module));
      if (isThere) for (const home of homes) await take(`${root}${module}/${home}`, around, "loose");
      await take(`${root}${module}.py`, around, "loose");
    }
  }
}

const readers: Readonly<Record<string, (text: string) => Reading>> = {
  "pyproject.toml": readPyproject,
  "setup.cfg": readSetupCfg,
  "setup.py": readSetupCall,
  VERSION: readVersionFile,
};

/** Places that are claimed already are not claimed again in a lesser role. */
async function take(file: string, around: Around, role: Claim["role"]): Promise<void> {
  const path = posix.join(around.wanted.planned.folder, file);
  const text = await around.tree.read(path);
  if (text === undefined) return;
  const read = readers[file] ?? ((module: string) => readPythonSource(module, ["__version__"]));
  const reading = read(text);
  // What is only loosely the version's place and cannot be edited is somebody else's affair.
  if (role === "loose" && (reading.kind === "refused" || !reading.statements.every((one) => /^v?[0-9]/.test(one.version)))) return;
  if (reading.kind === "refused") return void collect(reading, { file: path, text, role, scheme: "pep440" }, around);
  const isClaimed = (start: number): boolean =>
    around.into.claims.some(
      (one) => one.file === path && one.package === around.wanted.planned.id && Math.abs(one.statement.start - start) <= 1,
    );
  const fresh = reading.statements.filter((one) => !isClaimed(one.start));
  // The first place of a manifest is the one that its backend reads; others repeat it.
  const [first, ...rest] = fresh;
  if (first !== undefined) collect({ kind: "read", statements: [first] }, { file: path, text, role, scheme: "pep440" }, around);
  const restRole = role === "source" ? "copy" : role;
  collect({ kind: "read", statements: rest }, { file: path, text, role: restRole, scheme: "pep440" }, around);
}

async function gatherUvLock(around: Around): Promise<void> {
  for (const folder of upwards(around.wanted.planned.folder)) {
    const file = posix.join(folder, "uv.lock");
    const text = await around.tree.read(file);
    if (text === undefined) continue;
    collect(readUvLock(text, normalizeName(around.wanted.planned.name)), { file, text, role: "lock", scheme: "pep440" }, around);
    return;
  }
}
