// The npm packages of a commit for `slipway init`: the one at the root, or the members of an npm, pnpm or yarn workspace that
// are not private, and how they are built before they are packed.
import { SlipwayError } from "../../domain/error.ts";
import { joinPath, type ManifestTree } from "../../domain/manifest/manifest-tree.ts";
import { findNpmWorkspace, readNpmFile, type NpmFile, type NpmWorkspaceFiles } from "../../domain/manifest/npm-workspace.ts";
import { foldersAmong } from "../packages/commit-source.ts";
import { outermostFolders, sayOneVersion, type Commit, type FoundIn, type LeftOut, type Released } from "./found.ts";
import { readNpmFacts, type NpmFacts } from "./npm-facts.ts";

export interface FoundNpm extends Released {
  readonly ecosystem: "npm";
  readonly build: NpmBuild;
}

/** What has to run before packing, which the package's own `prepack` does not do. */
export interface NpmBuild {
  /** In the folder of the package. */
  readonly own?: string;
  /** Once, in the root of the workspace. */
  readonly workspace?: string;
}

/**
 * @param others folders of packages of other ecosystems
 * @throws SlipwayError PLAN_INVALID for a manifest that cannot be read
 */
export async function discoverNpm(commit: Commit, others: ReadonlySet<string>): Promise<FoundIn<FoundNpm>> {
  const packages: FoundNpm[] = [];
  const leftOut: LeftOut[] = [];
  const tree: ManifestTree = { read: commit.read, folders: async (at, pattern) => foldersAmong(commit.paths, at, pattern) };
  for (const folder of outermostFolders(commit.paths, "package.json")) {
    const workspace = await workspaceIn(folder, tree);
    const isTool = others.size > 0 && (folder !== "." || (others.has(".") && workspace.files.length === 1));
    const looked = await Promise.all(workspace.files.map(async (file) => ({ file, facts: await readNpmFacts(file, commit) })));
    const members = looked.filter(({ file, facts }) => {
      const why = isTool ? "packages of another kind lie around it, and no package.json at the root names it" : whyNot(file, facts);
      if (why !== undefined) leftOut.push({ folder: file.folder, why });
      return why === undefined;
    });
    packages.push(...asReleased(members, workspace, looked));
  }
  return { packages, leftOut };
}

interface LookedAt {
  readonly file: NpmFile;
  readonly facts: NpmFacts;
}

async function workspaceIn(folder: string, tree: ManifestTree): Promise<NpmWorkspaceFiles> {
  const own = await readNpmFile(folder, tree);
  const found = own?.kind === "file" ? await findNpmWorkspace(own.file, tree) : { files: [], refused: own === undefined ? [] : [own] };
  const [first] = found.refused;
  if (first === undefined) return found;
  const { line, column, reason } = first.refusal;
  throw new SlipwayError("PLAN_INVALID", `Cannot read "${first.file}", line ${line}, column ${column}: ${reason}`, {
    hint: "Mend it and commit it, then run the same command again",
  });
}

/** Why a package is not one that the public registry gets; undefined: it is. */
function whyNot({ manifest }: NpmFile, facts: NpmFacts): string | undefined {
  if (manifest.private) return 'its package.json says `"private": true`';
  if (manifest.name === undefined || manifest.version === undefined) return "its package.json says no name and version together";
  if (facts.isEditorExtension) return "it is an extension of an editor (`engines.vscode`)";
  if (facts.registry !== undefined)
    return `its \`publishConfig\` names the registry "${facts.registry}", which slipway.yaml has to declare`;
  return undefined;
}

function asReleased(members: readonly LookedAt[], workspace: NpmWorkspaceFiles, looked: readonly LookedAt[]): readonly FoundNpm[] {
  const root = looked[0];
  const isWorkspace = workspace.files.length > 1;
  const shared = isWorkspace && root !== undefined ? buildOfWorkspace(root, members) : undefined;
  const each = members.map((one) => asOne(one, shared));
  const [first] = each;
  // What `members: publishable` stands for is all that is not private; with one left out by us it would be too many.
  const all = looked.filter(({ file: { manifest } }) => !manifest.private && manifest.name !== undefined && manifest.version !== undefined);
  if (first === undefined || root === undefined || each.length < 2 || each.length < all.length || !sayOneVersion(each)) return each;
  return [
    {
      ecosystem: "npm",
      folder: root.file.folder,
      name: root.file.manifest.name ?? "workspace",
      version: first.version,
      members: each.map((one) => one.name),
      build: shared === undefined ? {} : { own: shared },
    },
  ];
}

/** The root knows the order; where it has no script of its own, each member that has one is asked. */
function buildOfWorkspace(root: LookedAt, members: readonly LookedAt[]): string | undefined {
  if (!root.facts.hasLock) return undefined;
  if (root.facts.builds) return root.facts.runBuild;
  return members.some(({ facts }) => facts.builds && !facts.packsItself) ? root.facts.runBuildOfAll : undefined;
}

/** @param shared command that builds all of its workspace */
function asOne({ file, facts }: LookedAt, shared: string | undefined): FoundNpm {
  const { name, version } = file.manifest;
  const own = facts.builds && !facts.packsItself ? { own: facts.runBuild } : {};
  return {
    ecosystem: "npm",
    folder: file.folder,
    name: name ?? joinPath(file.folder),
    version:
      version === undefined
        ? { kind: "none", why: "its package.json says none" }
        : { kind: "found", version: version.version, file: file.path },
    build: shared === undefined ? own : { workspace: shared },
  };
}
