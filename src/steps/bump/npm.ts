// Where an npm package says its version: package.json, the lock file of the folder or of the workspace around it, and the
// ranges by which its neighbours ask for it.
import { posix } from "node:path";
import { placeOf } from "../../domain/manifest/edit.ts";
import { readPackageLock, type NpmRequirement } from "../../domain/manifest/npm.ts";
import { findNpmWorkspace, readNpmFile, type NpmFile, type ReadNpmFile } from "../../domain/manifest/npm-workspace.ts";
import { oncePerTree } from "../../domain/manifest/manifest-tree.ts";
import { adaptRequirement } from "../../domain/manifest/requirement.ts";
import { requirementClaim } from "./cargo.ts";
import { faultAt } from "./claim.ts";
import { collect, refuse } from "./collect.ts";
import type { Around } from "./python.ts";

/** @returns whether the folder has a package.json at all */
export async function gatherNpm(around: Around): Promise<boolean> {
  const found = await readNpmFile(around.wanted.planned.folder, around.tree);
  if (found?.kind === "refused") refuseFile(found, around);
  if (found?.kind !== "file") return around.into.faults.length > 0;
  const own = found.file;
  const { version, name } = own.manifest;
  if (version === undefined) {
    const place = { file: own.path, line: 1, column: 1 };
    around.into.faults.push(
      faultAt(place, {
        code: "PLAN_INVALID",
        message: `Cannot write the version of "${around.wanted.planned.id}": "${own.path}" says none`,
        hint: 'Write "version" there',
      }),
    );
    return true;
  }
  collect({ kind: "read", statements: [version] }, { file: own.path, text: own.text, role: "source", scheme: "semver" }, around);
  const files = await neighbours(own, around);
  const root = files[0] ?? own;
  const to = around.wanted.in("semver");
  if (to.kind === "refused") return true;
  const moved = { name: name ?? around.wanted.planned.name, from: version.version, to: to.text };
  gatherRequirements(askingIn(files), moved, around);
  await gatherLock(own, root, { moved, around });
  await noteOtherLocks(root, around);
  return true;
}

/** Its workspace, with what cannot be read of it told. */
async function neighbours(own: NpmFile, around: Around): Promise<readonly NpmFile[]> {
  const { files, refused } = await findNpmWorkspace(own, around.tree);
  for (const one of refused) refuseFile(one, around);
  return files;
}

function refuseFile({ file, refusal }: Extract<ReadNpmFile, { kind: "refused" }>, around: Around): void {
  refuse(around.into, { file, line: refusal.line, column: refusal.column }, refusal.reason);
}

interface Moved {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** What asks for packages, by the name of what is asked for: each package looks at its own part alone. */
type Asking = ReadonlyMap<string, readonly Asked[]>;

interface Asked {
  readonly file: string;
  readonly text: string;
  readonly requirement: NpmRequirement;
}

const byWorkspace = new WeakMap<readonly NpmFile[], Asking>();

function askingIn(files: readonly NpmFile[]): Asking {
  const known = byWorkspace.get(files);
  if (known !== undefined) return known;
  const asked = files.flatMap(({ path, text, manifest }) =>
    manifest.requirements.map((requirement) => ({ file: path, text, requirement })),
  );
  const asking = byName(asked);
  byWorkspace.set(files, asking);
  return asking;
}

function byName(asked: readonly Asked[]): Asking {
  return Map.groupBy(asked, ({ requirement }) => requirement.name);
}

function gatherRequirements(asking: Asking, moved: Moved, around: Around): void {
  for (const { file, text, requirement } of asking.get(moved.name) ?? []) {
    const { statement } = requirement;
    const adapted = adaptRequirement({ requirement: statement.version, from: moved.from, to: moved.to, dialect: "npm" });
    if (adapted.kind === "write")
      around.into.claims.push({ ...requirementClaim(file, statement, adapted), package: around.wanted.planned.id });
    if (adapted.kind !== "refused") continue;
    const message = `Cannot bump what "${statement.name}" asks for of "${moved.name}": ${adapted.reason}`;
    const fault = { code: "VERSION_MISMATCH", message, hint: "Mend the range, and plan again" } as const;
    around.into.faults.push(faultAt({ file, ...placeOf(text, statement.start) }, fault));
  }
}

interface Lock {
  readonly read: ReturnType<typeof readPackageLock>;
  readonly asking: Asking;
}

const locks = oncePerTree<Lock>();

async function gatherLock(own: NpmFile, root: NpmFile, rest: { readonly moved: Moved; readonly around: Around }): Promise<void> {
  const { moved, around } = rest;
  for (const lockName of ["npm-shrinkwrap.json", "package-lock.json"]) {
    const file = posix.join(root.folder, lockName);
    const text = await around.tree.read(file);
    if (text === undefined) continue;
    const { read, asking } = await locks(around.tree, file, async () => readLock(file, text));
    if (read.kind === "refused") {
      refuse(around.into, { file, line: read.line, column: read.column }, read.reason);
      continue;
    }
    const folder = posix.relative(root.folder, own.folder);
    const statements = read.lock.versions.filter((one) => one.folder === folder).map((one) => one.statement);
    collect({ kind: "read", statements }, { file, text, role: "lock", scheme: "semver" }, around);
    gatherRequirements(asking, moved, around);
  }
}

function readLock(file: string, text: string): Lock {
  const read = readPackageLock(text);
  const requirements = read.kind === "refused" ? [] : read.lock.requirements;
  return { read, asking: byName(requirements.map((requirement) => ({ file, text, requirement }))) };
}

async function noteOtherLocks(root: NpmFile, around: Around): Promise<void> {
  for (const file of ["pnpm-lock.yaml", "yarn.lock", "bun.lock"]) {
    if ((await around.tree.read(posix.join(root.folder, file))) === undefined) continue;
    const hasRanges = around.into.claims.some((one) => one.role === "requirement" && one.package === around.wanted.planned.id);
    if (hasRanges)
      around.into.notes.push({
        level: "warns",
        message: `"${file}" is not refreshed by \`bump\`, and ranges beside it change: refresh it in a step of its own`,
      });
  }
}
