// A repository with 20,000 commits and 99 release tags, the last of them 200 commits back, and the configuration of every
// tool that plans from it. Nine of ten messages are conventional commits (reference/performance.md §4, §5).
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { data } from "../places.ts";
import { made, numbers } from "./made.ts";

export interface History {
  /** The work tree; its origin is the bare repository beside it. */
  readonly work: string;
}

export const tagsCount = 99;
export const commitsCount = 20_000;
export const commitsSinceTag = 200;

const name = "history-2";

export async function history(): Promise<History> {
  const folder = await made(name, make);
  return { work: join(folder, "work") };
}

/** The same history, of which slipway.yaml makes two packages: one of the folder `src`, one of everything else. */
export async function historyOfPackages(): Promise<History> {
  const { work } = await history();
  const folder = await made("history-packages-1", (making) => {
    const copy = join(making, "work");
    git(making, "clone", "--quiet", "--no-hardlinks", work, copy);
    git(copy, "config", "user.name", "Ada");
    git(copy, "config", "user.email", "ada@example.org");
    const both = 'versions: each\npackages: { history: { path: ., tag: "v{version}" }, texts: { path: src, tag: "texts-v{version}" } }';
    writeFileSync(join(copy, "slipway.yaml"), slipwayYaml.replace(/^packages: .*$/m, both).replace(/^ {2}(?:commit|tag): .*\n/gm, ""));
  });
  return { work: join(folder, "work") };
}

async function make(folder: string): Promise<void> {
  const bare = join(folder, "origin.git");
  git(folder, "init", "--quiet", "--bare", "--initial-branch=main", bare);
  await importInto(bare, commits());
  git(folder, "-C", bare, "repack", "-a", "-d", "--quiet");
  git(folder, "clone", "--quiet", bare, join(folder, "work"));
  const work = join(folder, "work");
  git(work, "config", "user.name", "Ada");
  git(work, "config", "user.email", "ada@example.org");
  // The folder gets its name after it was made: where origin is has to hold then as well.
  git(work, "remote", "set-url", "origin", `file://${data}/${name}/origin.git`);
}

async function importInto(repository: string, stream: Iterable<string>): Promise<void> {
  const child = spawn("git", ["-C", repository, "fast-import", "--quiet"], { stdio: ["pipe", "inherit", "inherit"] });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  for (const part of stream) if (!child.stdin.write(part)) await new Promise((resolve) => child.stdin.once("drain", resolve));
  child.stdin.end();
  if ((await ended) !== 0) throw new Error("Cannot make the history: git fast-import failed");
}

const types = ["feat", "fix", "docs", "chore", "refactor", "perf", "test", "build", "ci"];
const scopes = ["", "(core)", "(cli)", "(api)", "(deps)"];
const words = ["parser", "cache", "lock", "index", "reader", "queue", "token", "wheel", "hash", "page", "form", "tag"];

function* commits(): Generator<string> {
  const next = numbers(20_261_121);
  const every = Math.floor((commitsCount - commitsSinceTag) / tagsCount);
  for (let number = 1; number <= commitsCount; number += 1) {
    const word = words[next() % words.length];
    const subject = `change the ${word} so that ${words[next() % words.length]} ${number} holds`;
    const conventional = next() % 10 > 0;
    const message = conventional ? `${types[next() % types.length]}${scopes[next() % scopes.length]}: ${subject}` : subject;
    yield commit(number, message, number === 1 ? files() : [[`src/${word}.txt`, `${number}\n`]]);
    const tag = number / every;
    if (Number.isInteger(tag) && tag <= tagsCount) yield annotated(`v0.${tag}.0`, number);
  }
}

function annotated(name: string, number: number): string {
  return `tag ${name}\nfrom :${number}\ntagger Ada <ada@example.org> ${secondsAt(number)} +0000\n${exact(name)}`;
}

function secondsAt(number: number): number {
  return 1_500_000_000 + number * 3600;
}

function commit(number: number, message: string, changed: readonly (readonly [string, string])[]): string {
  const blobs = changed.map(([path, text]) => `M 100644 inline ${path}\n${exact(text)}`).join("");
  return `commit refs/heads/main\nmark :${number}\ncommitter Ada <ada@example.org> ${secondsAt(number)} +0000\n${exact(message)}${number === 1 ? "" : `from :${number - 1}\n`}${blobs}\n`;
}

function exact(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** Everything that the tools read, from the first commit on. */
function files(): readonly (readonly [string, string])[] {
  const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
  return [
    ["package.json", json({ name: "history", version: `0.${tagsCount}.0`, private: true, repository: { url: "file://../origin.git" } })],
    [
      ".releaserc.json",
      json({
        branches: ["main"],
        tagFormat: "v${version}",
        plugins: ["@semantic-release/commit-analyzer", "@semantic-release/release-notes-generator"],
      }),
    ],
    [".release-it.json", json({ npm: { publish: false }, github: { release: false }, git: { requireUpstream: false } })],
    ["pyproject.toml", pyproject],
    ["history/__init__.py", "\n"],
    ["README.md", "# History\n"],
    ["slipway.yaml", slipwayYaml],
  ];
}

const pyproject = `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "slipway-bench-history"
version = "0.${tagsCount}.0"
readme = "README.md"
`;

const slipwayYaml = `slipway: 1
project: history
packages: { history: { path: ., tag: "v{version}", import: history, changelog: { file: CHANGELOG.md, by: git-cliff } } }
version: { from: commits }
environments: { pypi: { registry: pypi, credentials: { token: PYPI_TOKEN } } }
steps:
  version: { uses: bump }
  commit: { uses: commit, with: { message: "Release {version}" } }
  tag: { uses: tag }
  build: { uses: build-wheel }
  pypi: { uses: publish, environment: pypi }
`;

function git(cwd: string, ...args: readonly string[]): void {
  execFileSync("git", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
}
