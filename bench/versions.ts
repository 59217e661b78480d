// Versions of the peers as they are installed, not as they were asked for.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { said } from "./machine.ts";
import { gitCliffProgram, npm, python, scratch } from "./places.ts";

let known: Readonly<Record<string, string>> | undefined;

export function versions(): Readonly<Record<string, string>> {
  known ??= look();
  return known;
}

function look(): Readonly<Record<string, string>> {
  const packages = {
    "semantic-release": npm("npm-sr", "semantic-release"),
    "release-it": npm("npm-ri", "release-it"),
    changelogen: npm("npm-cl", "changelogen"),
    "conventional-changelog": npm("npm-cl", "conventional-changelog"),
    "@changesets/cli": npm("npm-cs", "@changesets", "cli"),
    lerna: npm("npm-lerna", "lerna"),
    pnpm: npm("npm-pnpm", "pnpm"),
    verdaccio: npm("verdaccio", "verdaccio"),
  };
  return {
    git: said("git", "--version").replace("git version ", ""),
    python: said("python3", "--version").replace("Python ", ""),
    npm: said("npm", "--version"),
    cargo: said("cargo", "--version").replace(/^cargo (\S+).*$/, "$1"),
    ...Object.fromEntries(Object.entries(packages).flatMap(([name, folder]) => npmVersion(name, folder))),
    ...pythonVersions(python("python"), ["twine", "uv", "python-semantic-release", "hatchling", "doit", "dbos"]),
    ...pythonVersions(join(scratch, "commitizen", "bin", "python"), ["commitizen"]),
    ...pythonVersions(join(scratch, "bump-my-version", "bin", "python"), ["bump-my-version"]),
    ...(existsSync(gitCliffProgram) ? { "git-cliff": said(gitCliffProgram, "--version").replace("git-cliff ", "") } : {}),
    ...(existsSync(join(scratch, "go", "task")) ? { "go-task": said(join(scratch, "go", "task"), "--version").replace(/^v/, "") } : {}),
  };
}

function npmVersion(name: string, folder: string): readonly (readonly [string, string])[] {
  const file = join(folder, "package.json");
  if (!existsSync(file)) return [];
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version: string };
  return [[name, version]];
}

function pythonVersions(program: string, names: readonly string[]): Readonly<Record<string, string>> {
  if (!existsSync(program)) return {};
  const script = `import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))`;
  return JSON.parse(said(program, "-c", script, ...names)) as Readonly<Record<string, string>>;
}
