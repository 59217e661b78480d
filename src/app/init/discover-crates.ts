// The crates of a commit for `slipway init`: the members of its Cargo workspaces that the public registry would take.
import { parse } from "smol-toml";
import { SlipwayError } from "../../domain/error.ts";
import { findWorkspace, type CargoFile, type CargoWorkspaceFiles } from "../../domain/manifest/cargo-workspace.ts";
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import { foldersAmong } from "../packages/commit-source.ts";
import { outermostFolders, sayOneVersion, type Commit, type FoundIn, type LeftOut, type Released } from "./found.ts";

export interface FoundCrates extends Released {
  readonly ecosystem: "crates";
}

/**
 * @param besidePython folders of Python packages: a crate in one of them is what the package is compiled from
 * @throws SlipwayError PLAN_INVALID for a manifest that cannot be read
 */
export async function discoverCrates(commit: Commit, besidePython: ReadonlySet<string>): Promise<FoundIn<FoundCrates>> {
  const packages: FoundCrates[] = [];
  const leftOut: LeftOut[] = [];
  for (const folder of outermostFolders(commit.paths, "Cargo.toml")) {
    const workspace = await workspaceIn(folder, commit);
    const isPartOfPython = besidePython.has(".") && folder !== ".";
    const members = workspace.files.filter((file) => {
      const why = isPartOfPython ? "it lies inside a Python package" : whyNot(file, workspace, besidePython);
      if (why !== undefined && file.manifest.package !== undefined) leftOut.push({ folder: file.folder, why });
      return why === undefined;
    });
    const isWhole = members.length === workspace.files.filter((file) => file.manifest.package?.publishable === true).length;
    packages.push(...asReleased(members, workspace, isWhole));
  }
  return { packages, leftOut };
}

async function workspaceIn(folder: string, { paths, read }: Commit): Promise<CargoWorkspaceFiles> {
  const tree = { read, folders: async (at: string, pattern: string) => foldersAmong(paths, at, pattern) };
  const found = await findWorkspace(joinPath(folder, "Cargo.toml"), tree);
  if (found.kind === "workspace") return found.workspace;
  const { line, column, reason } = found.refusal;
  throw new SlipwayError("PLAN_INVALID", `Cannot read "${found.file}", line ${line}, column ${column}: ${reason}`, {
    hint: "Mend it and commit it, then run the same command again",
  });
}

/** Why a crate is not one that the public registry gets; undefined: it is. */
function whyNot(file: CargoFile, workspace: CargoWorkspaceFiles, besidePython: ReadonlySet<string>): string | undefined {
  const pack = file.manifest.package;
  if (pack === undefined) return "it is the root of a workspace and no package itself";
  if (!pack.publishable) return "its Cargo.toml says that it is not published, or says no version";
  if (besidePython.has(file.folder)) return "it is what the Python package in the same folder is compiled from";
  const said = factsOf(file, workspace);
  if (said.onlyFor !== undefined) return `it is published to "${said.onlyFor}" alone, which slipway.yaml has to declare`;
  if (besidePython.size > 0 && said.isExtension) return "it is an extension module (`crate-type`), and part of a Python package";
  if (said.missing.length > 0) return `its Cargo.toml says no ${said.missing.join(" and no ")}, without which the registry takes no crate`;
  return undefined;
}

interface CrateFacts {
  /** First registry of a list that does not name the public one. */
  readonly onlyFor: string | undefined;
  readonly isExtension: boolean;
  readonly missing: readonly string[];
}

function factsOf(file: CargoFile, workspace: CargoWorkspaceFiles): CrateFacts {
  const own = tableOf(parse(file.text));
  const shared = tableOf(tableOf(tableOf(parse(workspace.files[0]?.text ?? ""))["workspace"])["package"]);
  const settings = tableOf(own["package"]);
  const said = (key: string): unknown => (tableOf(settings[key])["workspace"] === true ? shared[key] : settings[key]);
  const publish = said("publish");
  const types = tableOf(own["lib"])["crate-type"] ?? tableOf(own["lib"])["crate_type"];
  const hasLicense = said("license") !== undefined || said("license-file") !== undefined;
  return {
    onlyFor: Array.isArray(publish) && !publish.includes("crates-io") ? String(publish[0]) : undefined,
    isExtension: Array.isArray(types) && types.length > 0 && types.every((one) => one === "cdylib"),
    missing: [...(said("description") === undefined ? ["description"] : []), ...(hasLicense ? [] : ["license"])],
  };
}

/** @param isWhole nothing that `members: publishable` means is left out */
function asReleased(members: readonly CargoFile[], workspace: CargoWorkspaceFiles, isWhole: boolean): readonly FoundCrates[] {
  const each = members.map((file) => asOne(file, workspace));
  const [first] = each;
  const root = workspace.files[0];
  if (first === undefined || root === undefined || each.length < 2 || !isWhole || !sayOneVersion(each)) return each;
  const name = root.manifest.package?.publishable === true ? root.manifest.package.name : undefined;
  return [{ ...first, folder: workspace.folder, name: name ?? longestShared(each) ?? "workspace", members: each.map((one) => one.name) }];
}

/** `tracing` of `tracing-core`, `tracing` and `tracing-log`: what a workspace without a package at its root is called. */
function longestShared(each: readonly FoundCrates[]): string | undefined {
  const names = each.map((one) => one.name);
  return names.find((name) => names.every((other) => other === name || other.startsWith(`${name}-`) || other.startsWith(`${name}_`)));
}

function asOne(file: CargoFile, workspace: CargoWorkspaceFiles): FoundCrates {
  const root = workspace.files[0];
  const own = file.manifest.package;
  const inherits = own?.version === "workspace";
  const version = inherits
    ? root?.manifest.workspace?.version?.version
    : typeof own?.version === "object"
      ? own.version.version
      : undefined;
  return {
    ecosystem: "crates",
    folder: file.folder,
    name: own?.name ?? file.folder,
    version:
      version === undefined
        ? { kind: "none", why: "its Cargo.toml says none" }
        : { kind: "found", version, file: (inherits ? root?.path : undefined) ?? file.path },
  };
}

function tableOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
