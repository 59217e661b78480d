// A project whose plan is a hundred times `/bin/true`, half in a chain and half free, and the same for other task runners.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { made } from "./made.ts";

/** Steps of each half. */
const half = 50;
const numbers = Array.from({ length: half }, (_, index) => index);

/** Folder with slipway.yaml in git, Taskfile.yml, dodo.py and Makefile. */
export function chain(): Promise<string> {
  return made("chain-1", (folder) => {
    const texts = {
      "slipway.yaml": slipwayYaml(`${chained}${free}`),
      "pyproject.toml": pyproject,
      "Taskfile.yml": taskfile(),
      "dodo.py": dodo,
      Makefile: makefile(),
    };
    write(folder, texts);
  });
}

/** The smallest plan there is: one step. */
export function single(): Promise<string> {
  return made("single-1", (folder) =>
    write(folder, { "slipway.yaml": slipwayYaml("  only: { run: /bin/true }\n"), "pyproject.toml": pyproject }),
  );
}

function write(folder: string, texts: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);
  const git = (...args: readonly string[]): void =>
    void execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message", "one");
}

const slipwayYaml = (steps: string): string => `slipway: 1
project: chain
packages: { chain: { path: ., import: chain } }
version: { from: manifest }
on: { dispatch: { ref: main } }
steps:
${steps}`;

const chained = numbers.map((index) => `  chained-${index}: { run: /bin/true }\n`).join("");
const free = `  free: { parallel: { ${numbers.map((index) => `free-${index}: { run: /bin/true }`).join(", ")} } }\n`;

const pyproject = `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "slipway-bench-chain"
version = "1.0.0"
`;

function taskfile(): string {
  const last = `  all: { deps: [chained-${half - 1}, ${numbers.map((index) => `free-${index}`).join(", ")}] }\n`;
  const chainedTasks = numbers.map(
    (index) => `  chained-${index}: { ${index === 0 ? "" : `deps: [chained-${index - 1}], `}cmds: [/bin/true] }\n`,
  );
  return `version: "3"\ntasks:\n${last}${chainedTasks.join("")}${numbers.map((index) => `  free-${index}: { cmds: [/bin/true] }\n`).join("")}`;
}

const dodo = `def task_chained():
    for index in range(${half}):
        before = [f"chained:{index - 1}"] if index else []
        yield {"name": str(index), "actions": [["/bin/true"]], "task_dep": before}


def task_free():
    for index in range(${half}):
        yield {"name": str(index), "actions": [["/bin/true"]]}
`;

function makefile(): string {
  const chainedRules = numbers.map((index) => `chained-${index}:${index === 0 ? "" : ` chained-${index - 1}`}\n\t@/bin/true\n`);
  const freeRules = numbers.map((index) => `free-${index}:\n\t@/bin/true\n`);
  return `all: chained-${half - 1} ${numbers.map((index) => `free-${index}`).join(" ")}\n${chainedRules.join("")}${freeRules.join("")}`;
}
