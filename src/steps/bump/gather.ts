// Everything in a checkout that has to say the versions of the plan, and everything that stands in the way. Read only:
// preflight looks at the pinned commit with it, and the step at its own copy.
import { posix } from "node:path";
import { readVersionFile } from "../../domain/manifest/version-file.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { gatherCargo } from "./cargo.ts";
import { startGathering, type Gathered } from "./claim.ts";
import { collect } from "./collect.ts";
import { gatherDeclared } from "./declared.ts";
import type { BumpInput } from "./input.ts";
import { judge } from "./judge.ts";
import { gatherNpm } from "./npm.ts";
import { gatherPython, type Around } from "./python.ts";
import type { Tree } from "../checkout-tree.ts";
import { wantedOf } from "./wanted.ts";

/** Claims are unique by place. @returns faults for whatever disagrees; with any fault nothing may be written */
export async function gather(packages: readonly PlannedPackage[], input: BumpInput, tree: Tree): Promise<Gathered> {
  const into = startGathering();
  const all = packages.map((one) => wantedOf(one, packages));
  for (const wanted of all) await gatherPackage({ tree, wanted, into });
  for (const one of input.files ?? []) await gatherDeclared(one, { tree, all, into });
  return judge(into, tree);
}

async function gatherPackage(around: Around): Promise<void> {
  const { planned } = around.wanted;
  if (planned.versionFile !== undefined && !(await gatherVersionFile(around, planned.versionFile))) {
    noVersionFile(planned.versionFile, around);
    return;
  }
  switch (planned.ecosystem) {
    case "pypi":
      if (!(await gatherPython(around)) && !(await gatherVersionFile(around, planned.versionFile ?? "VERSION")))
        noManifest("pyproject.toml, setup.cfg or setup.py", around);
      return;
    case "crates":
      if (!(await gatherCargoFolder(around))) noManifest("Cargo.toml", around);
      return;
    case "npm":
      if (!(await gatherNpm(around))) noManifest("package.json", around);
      return;
    default:
      // An image or a binary is built from what other packages say; where it has a manifest, that says its version.
      if (!(await gatherCargoFolder(around)) && !(await gatherNpm(around)) && !(await gatherPython(around)))
        await gatherVersionFile(around, planned.versionFile ?? "VERSION");
  }
}

async function gatherCargoFolder(around: Around): Promise<boolean> {
  const path = posix.join(around.wanted.planned.folder, "Cargo.toml");
  if ((await around.tree.read(path)) === undefined) return false;
  await gatherCargo(path, "source", around);
  return true;
}

/** A folder with nothing but a VERSION file is a package too (S2.3); `version-file` of the package names another. */
async function gatherVersionFile(around: Around, name: string): Promise<boolean> {
  const file = posix.join(around.wanted.planned.folder, name);
  if (around.into.claims.some((one) => one.file === file && one.package === around.wanted.planned.id)) return true;
  const text = await around.tree.read(file);
  if (text === undefined) return false;
  const scheme = around.wanted.planned.ecosystem === "pypi" ? "pep440" : "semver";
  return collect(readVersionFile(text), { file, text, role: "source", scheme }, around) > 0;
}

function noVersionFile(file: string, { wanted, into }: Around): void {
  const { id, folder } = wanted.planned;
  into.faults.push({
    code: "PLAN_INVALID",
    message: `Cannot write the version of "${id}": "${posix.join(folder, file)}" is not there, or says no version`,
    hint: "Commit the file with the present version, or mend `version-file` of the package",
  });
}

function noManifest(files: string, { wanted, into }: Around): void {
  const { id, folder } = wanted.planned;
  into.faults.push({
    code: "PLAN_INVALID",
    message: `Cannot write the version of "${id}": "${folder}" has no ${files}`,
    hint: "Mend `path:` of the package, or leave `bump` out",
  });
}
