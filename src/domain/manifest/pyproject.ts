// Where a pyproject.toml says the version itself: `project.version` (PEP 621), `tool.poetry.version`, and the copies that
// version tools keep there. Where it says that another file has it, domain/pypi/project.ts tells which.
import type { Reading, Statement } from "./edit.ts";
import { leafAt, readToml, statementOf, type TomlPath } from "./toml.ts";

const places: readonly TomlPath[] = [
  ["project", "version"],
  ["tool", "poetry", "version"],
  ["tool", "pdm", "version"],
  // What other tools for bumping remember: left behind, they would refuse the next version.
  ["tool", "bumpversion", "current_version"],
  ["tool", "bumpver", "current_version"],
  ["tool", "commitizen", "version"],
];

export function readPyproject(text: string): Reading {
  const read = readToml(text);
  if (read.kind === "refused") return read;
  const statements: Statement[] = [];
  for (const path of places) {
    const leaf = leafAt(read.leaves, path);
    if (leaf === undefined) continue;
    const one = statementOf(text, leaf);
    if ("kind" in one) return one;
    statements.push(one);
  }
  return { kind: "read", statements };
}
