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
    verdaccio: npm("verdaccio", "verdaccio"),
  };
  return {
    git: said("git", "--version").replace("git version ", ""),
    python: said("python3", "--version").replace("Python ", ""),
    ...Object.fromEntries(Object.entries(packages).flatMap(([name, folder]) => npmVersion(name, folder))),
    ...pythonVersions(),
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

function pythonVersions(): Readonly<Record<string, string>> {
  if (!existsSync(python("python"))) return {};
  const names = ["twine", "uv", "python-semantic-release", "hatchling", "doit", "dbos"];
  const program = `import importlib.metadata as m, json, sys; print(json.dumps({n: m.version(n) for n in sys.argv[1:]}))`;
  return JSON.parse(said(python("python"), "-c", program, ...names)) as Readonly<Record<string, string>>;
}
