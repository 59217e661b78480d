// The tools that Slipway is measured against, installed by name through their ordinary clients, once. Versions are those
// of reference/performance.md §1; what cannot be installed is said in the row that wants it.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "./places.ts";

export interface Peers {
  /** Folder below `.cache/bench`. */
  readonly folder: string;
  /** What is installed there, as the client names it. */
  readonly wanted: readonly string[];
  readonly install: (folder: string, wanted: readonly string[]) => void;
}

export const pythonPeers: Peers = {
  folder: "python",
  wanted: [
    "twine==7.0.0",
    "uv==0.13.8",
    "python-semantic-release==10.7.0",
    "hatchling==1.33.0",
    "build==1.6.1",
    "doit==0.37.0",
    "dbos==3.4.0",
  ],
  install(folder, wanted) {
    if (!existsSync(join(folder, "bin", "python"))) run("python3", ["-m", "venv", folder]);
    run(join(folder, "bin", "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...wanted]);
  },
};

/** In a folder of its own, so that it is installed for its row alone. */
export const gitCliff: Peers = { ...pythonPeers, folder: "git-cliff", wanted: ["git-cliff==2.14.2"] };

/** Each in a folder of its own as well. */
export const commitizen: Peers = { ...pythonPeers, folder: "commitizen", wanted: ["commitizen==4.19.3"] };
export const bumpMyVersion: Peers = { ...pythonPeers, folder: "bump-my-version", wanted: ["bump-my-version==1.8.1"] };

export const semanticRelease = npmPeers("npm-sr", "semantic-release@24.2.9");
export const releaseIt = npmPeers("npm-ri", "release-it@20.2.1");
export const changelogs = npmPeers("npm-cl", ["changelogen@0.6.2", "conventional-changelog@7.2.1", "conventional-changelog-angular@8.3.0"]);
export const changesets = npmPeers("npm-cs", "@changesets/cli@2.31.1");
/** A native program: the package brings the one for this machine (reference/performance.md §1). */
export const pnpm = npmPeers("npm-pnpm", "pnpm@12.21.0");
export const lerna = npmPeers("npm-lerna", "lerna@9.0.7");
/** One of its dependencies asks for a tag of node-fetch that not every mirror has (reference/testbed.md §1). */
export const verdaccio = npmPeers("verdaccio", "verdaccio@6.8.0", { "node-fetch": "^2.7.0" });

export const goTask: Peers = {
  folder: "go",
  wanted: ["github.com/go-task/task/v3/cmd/task@v3.48.0"],
  install: (folder, wanted) => run("go", ["install", ...wanted], { GOBIN: folder }),
};

/** Compiled here, without link-time optimization: that spares minutes, and the figures may be a little pessimistic. */
export const cargoEdit: Peers = {
  folder: "cargo",
  wanted: ["cargo-edit@0.13.13"],
  install(folder, wanted) {
    const quick = {
      CARGO_PROFILE_RELEASE_LTO: "false",
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS: "16",
      CARGO_TARGET_DIR: join(folder, "target"),
    };
    run("cargo", ["install", "--quiet", "--locked", "--root", folder, "--bin", "cargo-set-version", ...wanted], quick);
    rmSync(join(folder, "target"), { recursive: true, force: true });
  },
};

function npmPeers(folder: string, wanted: string | readonly string[], overrides: Readonly<Record<string, string>> = {}): Peers {
  return {
    folder,
    wanted: typeof wanted === "string" ? [wanted] : wanted,
    install(at, names) {
      writeFileSync(join(at, "package.json"), `${JSON.stringify({ private: true, overrides })}\n`);
      run("npm", ["install", "--no-audit", "--no-fund", "--silent", "--prefix", at, ...names]);
    },
  };
}

/** @returns why they cannot be had, or undefined once they are installed */
export function install(peers: Peers): string | undefined {
  const folder = join(scratch, peers.folder);
  const marker = join(folder, "installed.txt");
  const wanted = peers.wanted.join("\n");
  if (existsSync(marker) && readFileSync(marker, "utf8") === wanted) return undefined;
  mkdirSync(folder, { recursive: true });
  try {
    console.error(`bench: installing ${peers.wanted.join(", ")}`);
    peers.install(folder, peers.wanted);
    writeFileSync(marker, wanted);
    return undefined;
  } catch (error) {
    return `${peers.wanted.join(", ")} CANNOT BE INSTALLED HERE: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`;
  }
}

/** Installs all. @returns what is missing, in words */
export function installAll(...all: readonly Peers[]): readonly string[] {
  return all.flatMap((peers) => install(peers) ?? []);
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  execFileSync(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "ignore", "inherit"], timeout: 600_000 });
}
