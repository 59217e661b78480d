// Workspaces of many packages that ask for each other: of npm, of Cargo, and Python projects beside each other, with what
// every peer reads (reference/performance.md §6). All packages have one version, and each asks for up to three before it.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { made } from "./made.ts";

export type WorkspaceKind = "npm" | "cargo" | "python";

export const before = "1.0.0";
export const after = "1.1.0";

/** A folder in git, with everything committed. */
export function workspace(kind: WorkspaceKind, members: number): Promise<string> {
  return made(`workspace-${kind}-${members}-2`, (folder) => {
    for (const [path, text] of Object.entries(filesOf(kind, members))) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    if (kind === "cargo")
      execFileSync("cargo", ["generate-lockfile", "--offline", "--quiet"], { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
    git(folder, "init", "--quiet", "--initial-branch=main");
    git(folder, "config", "user.name", "Ada");
    git(folder, "config", "user.email", "ada@example.org");
    git(folder, "add", "--all");
    git(folder, "commit", "--quiet", "--message", "one");
    git(folder, "tag", `v${before}`);
  });
}

/** Names of the members, which are their folders below `packages` as well. */
export function memberNames(members: number): readonly string[] {
  return Array.from({ length: members }, (_, index) => `bench-${String(index).padStart(3, "0")}`);
}

function git(cwd: string, ...args: readonly string[]): void {
  execFileSync("git", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}

type Texts = Readonly<Record<string, string>>;

function filesOf(kind: WorkspaceKind, members: number): Texts {
  const names = memberNames(members);
  const asked = (index: number): readonly string[] => names.slice(Math.max(0, index - 3), index);
  switch (kind) {
    case "npm":
      return { ...npmRoot(names), ...perMember(names, "package.json", (name, index) => packageJson(name, asked(index))) };
    case "cargo":
      return {
        "Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["packages/*"]\n',
        ...perMember(names, "Cargo.toml", (name, index) => cargoToml(name, asked(index))),
        ...perMember(names, "src/lib.rs", () => ""),
      };
    case "python":
      return {
        ".bumpversion.toml": bumpversion(names),
        "slipway.yaml": slipwayYaml(names),
        ...perMember(names, "pyproject.toml", pyproject),
      };
  }
}

function perMember(names: readonly string[], file: string, make: (name: string, index: number) => string): Texts {
  return Object.fromEntries(names.map((name, index) => [`packages/${name}/${file}`, make(name, index)]));
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

function npmRoot(names: readonly string[]): Texts {
  const changed = names.map((name) => `"${name}": minor`);
  return {
    "package.json": json({ name: "bench-root", version: "0.0.0", private: true, workspaces: ["packages/*"] }),
    "lerna.json": json({ version: before, packages: ["packages/*"], npmClient: "npm" }),
    ".changeset/config.json": json({
      changelog: false,
      commit: false,
      access: "public",
      baseBranch: "main",
      updateInternalDependencies: "patch",
    }),
    ".changeset/all.md": `---\n${changed.join("\n")}\n---\n\nAll of them\n`,
  };
}

function packageJson(name: string, asked: readonly string[]): string {
  const dependencies = Object.fromEntries(asked.map((one) => [one, `^${before}`]));
  return json({
    name,
    version: before,
    description: "What Slipway is measured with",
    license: "Apache-2.0",
    main: "index.js",
    dependencies,
  });
}

function cargoToml(name: string, asked: readonly string[]): string {
  const lines = asked.map((one) => `${one} = { version = "${before}", path = "../${one}" }\n`);
  return `[package]\nname = "${name}"\nversion = "${before}" # by the release\nedition = "2021"\nlicense = "Apache-2.0"\n\n[dependencies]\n${lines.join("")}`;
}

function pyproject(name: string): string {
  return `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "${name}"\nversion = "${before}" # by the release\nrequires-python = ">=3.9"\n`;
}

function bumpversion(names: readonly string[]): string {
  const files = names.map(
    (name) =>
      `\n[[tool.bumpversion.files]]\nfilename = "packages/${name}/pyproject.toml"\nsearch = 'version = "{current_version}"'\nreplace = 'version = "{new_version}"'\n`,
  );
  return `[tool.bumpversion]\ncurrent_version = "${before}"\ncommit = false\ntag = false\nallow_dirty = true\n${files.join("")}`;
}

function slipwayYaml(names: readonly string[]): string {
  const packages = names.map((name) => `  ${name}: { path: packages/${name} }\n`);
  return `slipway: 1
project: many
versions: one
packages:
${packages.join("")}inputs: { version: version }
on: { dispatch: { ref: main } }
version: { from: input }
environments: { pypi: { registry: pypi, credentials: { token: PYPI_TOKEN } } }
steps:
  version: { uses: bump }
  build: { uses: build-wheel }
  pypi: { uses: publish, environment: pypi }
`;
}
