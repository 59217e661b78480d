// An npm package, or all packages of an npm, pnpm or yarn workspace that are published (npm's documentation of package.json).
import { findNpmWorkspace, readNpmFile, type NpmFile, type ReadNpmFile } from "../../domain/manifest/npm-workspace.ts";
import { cannotPlan, lacksName, type Finding, type FoundPackage } from "./found.ts";
import { oneVersion } from "./one-version.ts";

/** @throws SlipwayError PLAN_INVALID naming what the folder lacks */
export async function findNpmPackages(finding: Finding): Promise<FoundPackage> {
  const { one, source } = finding;
  const own = readable(finding, await readNpmFile(one.path, source));
  return one.members === undefined ? alone(finding, own) : await membersOf(finding, own);
}

function readable(finding: Finding, read: ReadNpmFile | undefined): NpmFile {
  if (read === undefined) throw cannotPlan(finding, "has no package.json in the commit that is released");
  if (read.kind === "file") return read.file;
  const { line, column, reason } = read.refusal;
  throw cannotPlan(finding, `has a manifest that cannot be read: "${read.file}", line ${line}, column ${column}: ${reason}`);
}

function alone(finding: Finding, own: NpmFile): FoundPackage {
  const { one } = finding;
  const { manifest, path } = own;
  if (manifest.private)
    throw cannotPlan(finding, 'has a package with `"private": true`', "Mend its package.json, or leave the package out of slipway.yaml");
  const name = one.name ?? manifest.name;
  if (name === undefined) throw cannotPlan(finding, lacksName);
  return {
    ...common(finding, name),
    manifestVersion: manifest.version === undefined ? undefined : { version: manifest.version.version, file: path },
    why: manifest.version === undefined ? "its package.json says none" : "",
    needs: needsOf(own),
  };
}

async function membersOf(finding: Finding, own: NpmFile): Promise<FoundPackage> {
  const { one, source } = finding;
  const { files, refused } = await findNpmWorkspace(own, source);
  for (const each of refused) readable(finding, each);
  // The root of a workspace is published only where it is a package of its own.
  const published = files.filter(({ manifest }) => !manifest.private && manifest.name !== undefined && manifest.version !== undefined);
  if (published.length === 0)
    throw cannotPlan(finding, "has no workspace that is published", 'Mend `"private"` in their package.json, or leave `members:` out');
  const versions = published.map(({ manifest, path }) => ({ name: manifest.name ?? "", version: manifest.version?.version, file: path }));
  return {
    ...common(finding, one.name ?? own.manifest.name ?? one.id),
    ...oneVersion(finding, versions),
    members: published.map((file) => ({ name: file.manifest.name ?? "", folder: file.folder, needs: needsOf(file) })),
  };
}

function common({ one }: Finding, name: string): Omit<FoundPackage, "manifestVersion" | "why"> {
  return { configuration: one, ecosystem: "npm", name, assumed: undefined, importName: undefined, python: undefined };
}

/** Whoever installs a package gets these at once; what only its own workers ask for is nobody else's. */
function needsOf({ manifest }: NpmFile): readonly string[] {
  return [...new Set(manifest.requirements.filter((one) => !one.development).map((one) => one.name))].toSorted();
}
