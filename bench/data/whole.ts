// A tiny Python project with a release behind it and a few commits since, its bare remote, and what each tool reads.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { scratch } from "../places.ts";

/** Where each sample works; a copy of the template is put there before it. */
export const wholeFolder = join(scratch, "whole");
export const wholeVersion = "0.2.0";

/** Makes the template anew: the index's address, which stands in slipway.yaml, changes from run to run. @returns its folder */
export function wholeTemplate(index: { readonly uploadUrl: string; readonly indexUrl: string }): string {
  const template = join(scratch, "whole-template");
  for (const folder of [template, wholeFolder]) rmSync(folder, { recursive: true, force: true });
  const work = join(wholeFolder, "work");
  for (const [name, text] of Object.entries(files(index))) {
    mkdirSync(dirname(join(work, name)), { recursive: true });
    writeFileSync(join(work, name), text);
  }
  const git = (...args: readonly string[]): void => void execFileSync("git", args, { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Ada");
  git("config", "user.email", "ada@example.org");
  commit(git, "feat: begin");
  git("tag", "--annotate", "v0.1.0", "--message", "v0.1.0");
  for (const subject of ["feat: greet by name", "fix: greet nobody politely", "docs: say how to greet"]) {
    writeFileSync(join(work, "README.md"), `${description}\n${subject}\n`);
    commit(git, subject);
  }
  git("init", "--quiet", "--bare", "--initial-branch=main", join(wholeFolder, "origin.git"));
  git("remote", "add", "origin", `file://${join(wholeFolder, "origin.git")}`);
  git("push", "--quiet", "--set-upstream", "--follow-tags", "origin", "main");
  cpSync(wholeFolder, template, { recursive: true, preserveTimestamps: true });
  return template;
}

function commit(git: (...args: readonly string[]) => void, subject: string): void {
  git("add", "--all");
  git("commit", "--quiet", "--message", subject);
}

const description = "# Whole\n\nA small project that is released as a whole.\n";

function files(index: { readonly uploadUrl: string; readonly indexUrl: string }): Readonly<Record<string, string>> {
  return {
    "README.md": description,
    "CHANGELOG.md": "# Changes\n",
    ".gitignore": "dist/\n",
    "src/slipway_bench_whole/__init__.py": 'def greet(name: str) -> str:\n    return f"Hello, {name}"\n',
    "pyproject.toml": pyproject,
    "slipway.yaml": slipwayYaml(index),
  };
}

const pyproject = `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "slipway-bench-whole"
version = "0.1.0"
description = "Released as a whole"
readme = "README.md"
requires-python = ">=3.9"
license = "Apache-2.0"

[tool.hatch.build.targets.wheel]
packages = ["src/slipway_bench_whole"]

[tool.hatch.build.targets.sdist]
only-include = ["src", "README.md", "CHANGELOG.md"]

[tool.semantic_release]
version_toml = ["pyproject.toml:project.version"]
allow_zero_version = true
major_on_zero = false
commit_message = "release {version}"

[tool.semantic_release.remote]
ignore_token_for_push = true
`;

const slipwayYaml = (index: { readonly uploadUrl: string; readonly indexUrl: string }): string => `slipway: 1
project: whole
packages: { whole: { path: ., tag: "v{version}", import: slipway_bench_whole } }
version: { from: manifest }
on: { tag: whole }
registries: { bench: { ecosystem: pypi, url: "${index.uploadUrl}", index: "${index.indexUrl}" } }
environments: { bench: { registry: bench, credentials: { token: BENCH_TOKEN } } }
steps:
  build: { uses: build-wheel, with: { builder: uv, isolation: false } }
  publish: { uses: publish, environment: bench }
`;
