// What `slipway init` wants to know of a package.json beside its versions: its scripts, where it is published, and which of
// npm, pnpm and yarn runs it.
import { memberAt, readJson, stringOf } from "../../domain/manifest/json.ts";
import { knownServices } from "../../domain/known-services.ts";
import { joinPath, upwards } from "../../domain/manifest/manifest-tree.ts";
import type { NpmFile } from "../../domain/manifest/npm-workspace.ts";
import type { Commit } from "./found.ts";

export interface NpmFacts {
  /** It has a script `build`. */
  readonly builds: boolean;
  /** A lock file stands in its folder: before it is built, what it needs is installed. */
  readonly hasLock: boolean;
  /** Packing runs `prepack` or `prepare`, which then build what is packed. */
  readonly packsItself: boolean;
  /** `npm run build`, in the words of the project's own program. */
  readonly runBuild: string;
  /** The same for every member of a workspace that has such a script. */
  readonly runBuildOfAll: string;
  /** `publishConfig.registry`, where it is not the public one. */
  readonly registry: string | undefined;
  readonly isEditorExtension: boolean;
}

export async function readNpmFacts({ text, folder }: NpmFile, commit: Commit): Promise<NpmFacts> {
  const read = readJson(text);
  const at = (...path: readonly string[]): string | undefined =>
    read.kind === "refused" ? undefined : stringOf(memberAt(read.root, path));
  const registry = at("publishConfig", "registry");
  const program = programOf(folder, commit.paths, at("packageManager"));
  return {
    builds: at("scripts", "build") !== undefined,
    hasLock: Object.keys(locks).some((lock) => commit.paths.includes(joinPath(folder, lock))),
    packsItself: at("scripts", "prepack") !== undefined || at("scripts", "prepare") !== undefined,
    runBuild: `${program} run build`,
    runBuildOfAll: buildOfAll[program],
    registry: registry === undefined || isPublic(registry) ? undefined : registry,
    isEditorExtension: at("engines", "vscode") !== undefined,
  };
}

const locks = { "pnpm-lock.yaml": "pnpm", "yarn.lock": "yarn", "package-lock.json": "npm", "npm-shrinkwrap.json": "npm" } as const;
type Program = (typeof locks)[keyof typeof locks];

const buildOfAll: Readonly<Record<Program, string>> = {
  npm: "npm run build --workspaces --if-present",
  pnpm: "pnpm --recursive --if-present run build",
  yarn: "yarn workspaces run build",
};

/** As `build-npm` chooses it: `packageManager`, else the nearest lock file upwards. */
function programOf(folder: string, paths: readonly string[], named: string | undefined): Program {
  const said = Object.values(locks).find((program) => named?.startsWith(`${program}@`) === true);
  if (said !== undefined) return said;
  for (const at of upwards(folder)) {
    const found = Object.entries(locks).find(([lock]) => paths.includes(joinPath(at, lock)));
    if (found !== undefined) return found[1];
  }
  return "npm";
}

function isPublic(registry: string): boolean {
  const host = (address: string): string | undefined => (URL.canParse(address) ? new URL(address).host : undefined);
  return knownServices.some((one) => one.ecosystem === "npm" && host(one.addresses.registry) === host(registry));
}
