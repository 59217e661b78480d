// A crate, or all crates of a Cargo workspace that are published (The Cargo Book, "Workspaces", "The publish field").
import { findWorkspace, type CargoFile, type CargoWorkspaceFiles } from "../../domain/manifest/cargo-workspace.ts";
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import { cratesNeededBy } from "../../domain/crates/needs.ts";
import { targetsOf } from "../../domain/crates/targets.ts";
import { cannotPlan, lacksName, type Finding, type FoundPackage } from "./found.ts";
import { oneVersion, type Versioned } from "./one-version.ts";

/** @throws SlipwayError PLAN_INVALID naming what the folder lacks */
export async function findCrates(finding: Finding): Promise<FoundPackage> {
  const { one, source } = finding;
  const manifest = joinPath(one.path, "Cargo.toml");
  const found = await findWorkspace(manifest, source);
  if (found.kind === "refused") {
    const { line, column, reason } = found.refusal;
    throw cannotPlan(finding, `has a manifest that cannot be read: "${found.file}", line ${line}, column ${column}: ${reason}`);
  }
  const { workspace } = found;
  const own = workspace.files.find((file) => file.path === manifest);
  if (own === undefined) throw cannotPlan(finding, "has no Cargo.toml in the commit that is released");
  return one.members === undefined ? await aloneIn(finding, own, workspace) : await membersOf(finding, own, workspace);
}

async function aloneIn(finding: Finding, own: CargoFile, workspace: CargoWorkspaceFiles): Promise<FoundPackage> {
  const { one } = finding;
  const pack = own.manifest.package;
  if (pack === undefined)
    throw cannotPlan(finding, "is a workspace and no package", "Write `members: publishable` beside `path:`, or the path of a member");
  if (!pack.publishable)
    throw cannotPlan(finding, "has a crate with `publish = false`", "Mend its Cargo.toml, or leave the package out of slipway.yaml");
  const name = one.name ?? pack.name;
  if (name === "") throw cannotPlan(finding, lacksName);
  const versioned = versionOf(own, workspace);
  return {
    ...common(finding, name),
    manifestVersion: versioned.version === undefined ? undefined : { version: versioned.version, file: versioned.file },
    why: versioned.version === undefined ? "its Cargo.toml says none" : "",
    needs: needsOf(own, workspace),
    ...(await programOf(own, finding)),
  };
}

async function membersOf(finding: Finding, own: CargoFile, workspace: CargoWorkspaceFiles): Promise<FoundPackage> {
  const { one } = finding;
  if (own.manifest.workspace === undefined)
    throw cannotPlan(finding, "is no workspace", "Leave `members:` out, or write the path of the workspace");
  const files = workspace.files.filter((file) => file.manifest.package?.publishable === true);
  if (files.length === 0) throw cannotPlan(finding, "has no member that is published", "Mend `publish` in their Cargo.toml");
  const agreed = oneVersion(finding, files.map((file) => versionOf(file, workspace))); // prettier-ignore
  return {
    ...common(finding, one.name ?? own.manifest.package?.name ?? one.id),
    ...agreed,
    members: await Promise.all(
      files.map(async (file) => ({
        name: file.manifest.package?.name ?? "",
        folder: file.folder,
        needs: needsOf(file, workspace),
        ...(await programOf(file, finding)),
      })),
    ),
  };
}

/** Where a target lies that the manifest does not name; other programs below `src/bin` are not looked for. */
function usualPlaces(name: string): readonly string[] {
  return ["src/lib.rs", "src/main.rs", `src/bin/${name}.rs`];
}

async function programOf(file: CargoFile, { source }: Finding): Promise<Pick<FoundPackage, "program">> {
  const name = file.manifest.package?.name ?? "";
  const looked = await Promise.all(
    usualPlaces(name).map(async (place) => ((await source.read(joinPath(file.folder, place))) === undefined ? [] : [place])),
  );
  const targets = targetsOf(file.text, { name, inside: looked.flat() });
  if (targets?.programs !== true) return {};
  return { program: targets.library === undefined ? "alone" : "beside-library" };
}

function common({ one }: Finding, name: string): Omit<FoundPackage, "manifestVersion" | "why"> {
  return { configuration: one, ecosystem: "crates", name, assumed: undefined, importName: undefined, python: undefined };
}

function versionOf(file: CargoFile, workspace: CargoWorkspaceFiles): Versioned {
  const pack = file.manifest.package;
  const [root] = workspace.files;
  const name = pack?.name ?? file.path;
  if (pack?.version !== "workspace") return { name, version: pack?.version?.version, file: file.path };
  return { name, version: root?.manifest.workspace?.version?.version, file: root?.path ?? file.path };
}

/**
 * A neighbour that is needed for tests goes first where it can. Where it needs this crate itself, as people do with macros and
 * what they are for, cargo takes a version of it that is published already.
 */
function needsOf(file: CargoFile, workspace: CargoWorkspaceFiles): readonly string[] {
  const graph = graphs.get(workspace) ?? graphOf(workspace);
  graphs.set(workspace, graph);
  const name = file.manifest.package?.name ?? "";
  const { used, all } = graph.get(name) ?? { used: [], all: [] };
  return all.filter((need) => used.includes(need) || !reaches(graph, need, name));
}

interface Needs {
  readonly used: readonly string[];
  readonly all: readonly string[];
}

/** Read once for each workspace, however many of its crates are packages of the file. */
const graphs = new WeakMap<CargoWorkspaceFiles, ReadonlyMap<string, Needs>>();

function reaches(graph: ReadonlyMap<string, Needs>, from: string, to: string): boolean {
  const seen = new Set([from]);
  for (const at of seen) for (const next of graph.get(at)?.all ?? []) if (graph.has(next)) seen.add(next);
  return seen.has(to);
}

function graphOf(workspace: CargoWorkspaceFiles): ReadonlyMap<string, Needs> {
  const versions = new Map(
    workspace.files.flatMap((one) => {
      const { version } = versionOf(one, workspace);
      return version === undefined ? [] : [[one.manifest.package?.name ?? "", version] as const];
    }),
  );
  const around = { root: workspace.files[0]?.text, versions };
  return new Map(
    workspace.files.flatMap(({ text, manifest }) => {
      const used = cratesNeededBy(text, { ...around, usedOnly: true });
      return manifest.package === undefined ? [] : [[manifest.package.name, { used, all: cratesNeededBy(text, around) }] as const];
    }),
  );
}
