// Where a Cargo package or workspace says its version: the package, or `[workspace.package]` that it inherits from; the
// members that carry the same version; what members ask for of each other; and their entries in Cargo.lock (S3.1).
import { posix } from "node:path";
import { readCargoLock } from "../../domain/manifest/cargo-lock.ts";
import { findWorkspace, type CargoFile, type CargoWorkspaceFiles } from "../../domain/manifest/cargo-workspace.ts";
import { placeOf, type Statement } from "../../domain/manifest/edit.ts";
import { adaptRequirement } from "../../domain/manifest/requirement.ts";
import { faultAt, type Claim } from "./claim.ts";
import { collect, refuse } from "./collect.ts";
import type { Around } from "./python.ts";

/** @param role of the package's own version: `source`, or `copy` where pyproject.toml decides */
export async function gatherCargo(path: string, role: "source" | "copy", around: Around): Promise<void> {
  const found = await findWorkspace(path, around.tree);
  if (found.kind === "refused")
    return refuse(around.into, { file: found.file, line: found.refusal.line, column: found.refusal.column }, found.refusal.reason);
  const { workspace } = found;
  const own = workspace.files.find((one) => one.path === posix.normalize(path));
  if (own === undefined) return;
  const moved = movedBy(own, workspace, around);
  if (moved === undefined) return;
  for (const [index, one] of moved.statements.entries()) {
    const found = { file: one.file.path, text: one.file.text, role: index === 0 ? role : "copy", scheme: "semver" } as const;
    collect({ kind: "read", statements: [one.statement] }, found, around);
  }
  gatherRequirements(moved, workspace, around);
  await gatherLock(moved, workspace, around);
  if (!around.into.cargoRoots.includes(workspace.folder)) around.into.cargoRoots.push(workspace.folder);
}

interface Moved {
  /** The first is the one that decides. */
  readonly statements: readonly { readonly file: CargoFile; readonly statement: Statement }[];
  /** Names of all packages that get the new version. */
  readonly names: ReadonlySet<string>;
  readonly from: string;
}

/** What moves with a package: whatever inherits the same version, and members of its workspace that state the same. */
function movedBy(own: CargoFile, workspace: CargoWorkspaceFiles, around: Around): Moved | undefined {
  const [root] = workspace.files;
  const shared = root?.manifest.workspace?.version;
  const statements: { file: CargoFile; statement: Statement }[] = [];
  const { package: pack, workspace: isRoot } = own.manifest;
  if (pack?.version === undefined || pack.version === "workspace") {
    if (root !== undefined && shared !== undefined && (pack?.version === "workspace" || pack === undefined))
      statements.push({ file: root, statement: shared });
  } else statements.push({ file: own, statement: pack.version });
  if (statements.length === 0 && pack === undefined) statements.push(...firstPublishable(workspace));
  const from = statements[0]?.statement.version;
  if (from === undefined) return noVersion(own, around);
  if (isRoot !== undefined) {
    if (root !== undefined && shared !== undefined && shared.version === from) addOnce(statements, { file: root, statement: shared });
    for (const member of workspace.files) addMember(member, { own, from, statements, around });
  }
  const movesShared = statements.some((one) => one.statement === shared);
  const stated = new Set(statements.map((one) => one.file.path));
  const moving = workspace.files.filter(({ path, manifest }) =>
    manifest.package?.version === "workspace" ? movesShared : stated.has(path) && manifest.package?.version !== undefined,
  );
  return { statements, from, names: new Set(moving.map((one) => one.manifest.package?.name ?? "")) };
}

/** A workspace without a version of its own has that of its members. */
function firstPublishable(workspace: CargoWorkspaceFiles): readonly { readonly file: CargoFile; readonly statement: Statement }[] {
  for (const file of workspace.files) {
    const pack = file.manifest.package;
    if (pack?.publishable === true && pack.version !== undefined && pack.version !== "workspace")
      return [{ file, statement: pack.version }];
  }
  return [];
}

interface Adding {
  readonly own: CargoFile;
  readonly from: string;
  readonly statements: { file: CargoFile; statement: Statement }[];
  readonly around: Around;
}

/** A member with a version of its own moves along if it is the same; a virtual root speaks for all that are published. */
function addMember(member: CargoFile, { own, from, statements, around }: Adding): void {
  const pack = member.manifest.package;
  if (member.path === own.path || pack?.version === undefined || pack.version === "workspace") return;
  if (around.wanted.others.some((folder) => posix.normalize(folder) === member.folder)) return;
  const to = around.wanted.in("semver");
  const isSame = pack.version.version === from || (to.kind === "said" && pack.version.version === to.text);
  if (isSame || (own.manifest.package === undefined && pack.publishable)) addOnce(statements, { file: member, statement: pack.version });
  else
    around.into.notes.push({ level: "fine", message: `"${member.path}" has a version of its own, ${pack.version.version}, which stays` });
}

function addOnce(statements: { file: CargoFile; statement: Statement }[], one: { file: CargoFile; statement: Statement }): void {
  if (!statements.some((other) => other.file.path === one.file.path && other.statement.start === one.statement.start)) statements.push(one);
}

function noVersion(own: CargoFile, { wanted, into }: Around): undefined {
  into.faults.push(
    faultAt(
      { file: own.path, line: 1, column: 1 },
      {
        code: "PLAN_INVALID",
        message: `Cannot write the version of "${wanted.planned.id}": "${own.path}" and the workspace around it say none`,
        hint: "Write `version` under [package] or [workspace.package]",
      },
    ),
  );
  return undefined;
}

function gatherRequirements(moved: Moved, workspace: CargoWorkspaceFiles, around: Around): void {
  const to = around.wanted.in("semver");
  if (to.kind === "refused") return;
  for (const file of workspace.files) {
    for (const { name, requirement } of file.manifest.local) {
      if (requirement === undefined || !moved.names.has(name)) continue;
      const adapted = adaptRequirement({ requirement: requirement.version, from: moved.from, to: to.text, dialect: "cargo" });
      if (adapted.kind === "write") {
        const claim = requirementClaim(file.path, requirement, adapted);
        around.into.claims.push({ ...claim, package: around.wanted.planned.id });
      } else if (adapted.kind === "refused") {
        const place = { file: file.path, ...placeOf(file.text, requirement.start) };
        around.into.faults.push(
          faultAt(place, {
            code: "VERSION_MISMATCH",
            message: `Cannot bump what "${requirement.name}" asks for: ${adapted.reason}`,
            hint: "Mend the requirement, and plan again",
          }),
        );
      }
    }
  }
}

/** The part of a requirement that is a version. */
export function requirementClaim(
  file: string,
  statement: Statement,
  adapted: { readonly start: number; readonly end: number; readonly text: string },
): Omit<Claim, "package"> {
  const [start, end] = [statement.start + adapted.start, statement.start + adapted.end];
  const version = statement.version.slice(adapted.start, adapted.end);
  return { file, statement: { name: statement.name, version, start, end }, scheme: "semver", role: "requirement", to: adapted.text };
}

async function gatherLock(moved: Moved, workspace: CargoWorkspaceFiles, around: Around): Promise<void> {
  const file = posix.join(workspace.folder, "Cargo.lock");
  const text = await around.tree.read(file);
  const to = around.wanted.in("semver");
  if (text === undefined || to.kind === "refused") return;
  const names = new Map([...moved.names].map((name) => [name, [moved.from, to.text]] as const));
  collect(readCargoLock(text, names), { file, text, role: "lock", scheme: "semver" }, around);
}
