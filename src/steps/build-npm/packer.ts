// Which program packs, and how it is called. npm, pnpm and yarn pack alike but for one thing: pnpm and yarn write the
// versions that `workspace:` ranges mean into what they pack, and npm leaves the range, which nobody can install.
import { join, posix } from "node:path";
import { memberAt, readJson, stringOf } from "../../domain/manifest/json.ts";
import { joinPath, oncePerTree, upwards } from "../../domain/manifest/manifest-tree.ts";
import { firstLineOf } from "../building.ts";
import type { Tree } from "../checkout-tree.ts";
import type { ReadPorts } from "../step.ts";
import type { BuildNpmInput } from "./input.ts";

const packerKinds = ["npm", "pnpm", "yarn"] as const;
export type PackerKind = (typeof packerKinds)[number];

/** Lock files by the program that writes them; one of them names the root of a workspace. */
const lockFiles: Readonly<Record<PackerKind, readonly string[]>> = {
  pnpm: ["pnpm-lock.yaml"],
  yarn: ["yarn.lock"],
  npm: ["package-lock.json", "npm-shrinkwrap.json"],
};

export interface Packer {
  readonly kind: PackerKind;
  /** As it prints itself. */
  readonly version: string;
  /** Folder with the lock file, or that of the package; from the root of the repository. */
  readonly root: string;
  readonly locked: boolean;
}

export type Chosen =
  | { readonly kind: "packer"; readonly packer: Packer }
  | { readonly kind: "missing"; readonly message: string; readonly hint: string };

/** Asked for once for all packages of one root: to start npm takes longer than to pack with it. */
const versions = oncePerTree<string | undefined>();

/** @param folder of the package; from the root of the tree */
export async function choosePacker(
  asked: BuildNpmInput["packer"],
  { folder, tree }: { readonly folder: string; readonly tree: Tree },
  ports: ReadPorts,
): Promise<Chosen> {
  const found = await findRoot(folder, tree);
  const kind = asked === undefined || asked === "auto" ? (found.named ?? found.locks[0] ?? "npm") : asked;
  const program = await ports.exec.find(kind, ports.env["PATH"] ?? "");
  if (program === undefined) return missing(`the program "${kind}" is not on the PATH`, `Install ${kind}, or name another \`packer:\``);
  // A project may bring its own yarn, or name the version of pnpm: it answers in its own folder.
  const version = await versions(tree, `${kind} in ${found.root}`, () =>
    firstLineOf([kind, "--version"], ports, tree.absolute(found.root)),
  );
  if (version === undefined) return missing(`"${kind} --version" does not answer`, `Install ${kind} again`);
  return { kind: "packer", packer: { kind, version, root: found.root, locked: found.locks.includes(kind) } };
}

interface Root {
  readonly root: string;
  /** By `packageManager` of the root's package.json. */
  readonly named: PackerKind | undefined;
  readonly locks: readonly PackerKind[];
}

async function findRoot(folder: string, tree: Tree): Promise<Root> {
  for (const root of upwards(folder)) {
    const locks: PackerKind[] = [];
    for (const kind of ["pnpm", "yarn", "npm"] as const) {
      const texts = await Promise.all(lockFiles[kind].map((name) => tree.read(joinPath(root, name))));
      if (texts.some((text) => text !== undefined)) locks.push(kind);
    }
    if (locks.length > 0) return { root, named: await namedIn(root, tree), locks };
  }
  return { root: joinPath(folder), named: await namedIn(folder, tree), locks: [] };
}

async function namedIn(folder: string, tree: Tree): Promise<PackerKind | undefined> {
  const read = readJson((await tree.read(joinPath(folder, "package.json"))) ?? "{}");
  const text = read.kind === "refused" ? undefined : stringOf(memberAt(read.root, ["packageManager"]));
  return packerKinds.find((kind) => text?.startsWith(`${kind}@`));
}

/** The call that installs what the lock file names, and nothing else. */
export function installCall({ kind, version }: Packer): readonly string[] {
  if (kind === "npm") return ["npm", "ci"];
  if (kind === "pnpm") return ["pnpm", "install", "--frozen-lockfile"];
  return ["yarn", "install", isOldYarn(version) ? "--frozen-lockfile" : "--immutable"];
}

/** The call that packs the package of the folder that it is run in. */
export function packCall({ kind, version }: Packer, to: { readonly out: string; readonly name: string }): readonly string[] {
  if (kind !== "yarn") return [kind, "pack", "--pack-destination", to.out];
  return ["yarn", "pack", isOldYarn(version) ? "--filename" : "--out", join(to.out, to.name)];
}

/** Whether what both are for is packed by one call: only npm packs folders that it is given, and writes what it packs in each alone. */
export function packsTogether(one: Packer, other: Packer): boolean {
  return one.kind === "npm" && other.kind === "npm" && one.locked && other.locked && one.root === other.root;
}

/** The call that packs several packages, run in the root of their workspace. @param to.folders from the root of the repository */
export function packTogetherCall({ root }: Packer, to: { readonly out: string; readonly folders: readonly string[] }): readonly string[] {
  // Without the dot npm takes `packages/one` for a repository at a forge.
  const folders = to.folders.map((folder) => `./${posix.relative(root, folder)}`);
  return ["npm", "pack", "--pack-destination", to.out, ...folders];
}

/** Whether it writes versions in the place of ranges of the workspace; yarn does so since it knows them, with version 2. */
export function rewritesRanges({ kind, version }: Packer): boolean {
  return kind === "pnpm" || (kind === "yarn" && !isOldYarn(version));
}

function isOldYarn(version: string): boolean {
  return version.startsWith("1.") || version.startsWith("0.");
}

/** On top of the step's environment: nobody is there to be asked, and nothing is told to anybody. */
export const quietly: Readonly<Record<string, string>> = {
  npm_config_update_notifier: "false",
  npm_config_fund: "false",
  npm_config_audit: "false",
  COREPACK_ENABLE_DOWNLOAD_PROMPT: "0",
  YARN_ENABLE_TELEMETRY: "0",
  NO_COLOR: "1",
  CI: "true",
};

function missing(why: string, hint: string): Chosen {
  return { kind: "missing", message: `Cannot pack npm packages: ${why}`, hint };
}
