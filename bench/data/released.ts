// What rows 9 and 12 publish: twenty small npm packages and five crates that ask for each other, as a release has them – one
// that everything stands on, some on it, and the many on those (reference/performance.md §9, §10).
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PlannedPackage } from "../../src/domain/plan/plan.ts";
import { made } from "./made.ts";
import { tarGz } from "./tar.ts";

export const npmCount = 20;
export const crateCount = 5;
export const releasedVersion = "1.0.0";

export interface Member {
  readonly name: string;
  readonly needs: readonly string[];
}

export interface ReleasedFile {
  readonly package: string;
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** What an entry publishes: the packages of a plan, and their files as they lie in the store once they are frozen. */
export interface Released {
  readonly packages: readonly PlannedPackage[];
  readonly files: readonly ReleasedFile[];
}

/** Four waves: one, three on it, eight on two of those, eight on two of these. */
export const npmMembers: readonly Member[] = shape(npmCount, (index) => {
  if (index === 0) return [];
  if (index <= 3) return [0];
  if (index <= 11) return [1 + (index % 3), 1 + ((index + 1) % 3)];
  return [4 + (index % 8), 4 + ((index + 3) % 8)];
});

/** Four waves: one, two on it, one on both, and one on all. */
export const crateMembers: readonly Member[] = shape(crateCount, (index) => [[], [0], [0], [1, 2], [0, 3]][index] ?? []);

function shape(count: number, asked: (index: number) => readonly number[]): readonly Member[] {
  const nameOf = (index: number): string => `slipway-bench-${String(index).padStart(2, "0")}`;
  return Array.from({ length: count }, (_, index) => ({ name: nameOf(index), needs: asked(index).map(nameOf) }));
}

/** In the form of a plan. */
export function plannedOf(ecosystem: "npm" | "crates", members: readonly Member[], version: string): readonly PlannedPackage[] {
  return members.map(({ name, needs }) => ({ id: name, ecosystem, name, folder: `packages/${name}`, version, needs }));
}

/** A workspace as npm and changesets read it; pnpm wants a file of its own beside it. */
export function npmWorkspace(): Promise<string> {
  return made("released-npm-2", (folder) => {
    const root = { name: "bench-root", version: "0.0.0", private: true, workspaces: ["packages/*"] };
    const changesets = { changelog: false, commit: false, access: "public", baseBranch: "main", updateInternalDependencies: "patch" };
    write(folder, "package.json", json(root));
    write(folder, "package-lock.json", json(npmLock(root)));
    write(folder, ".changeset/config.json", json(changesets));
    for (const member of npmMembers)
      for (const [path, text] of npmFiles(member, releasedVersion)) write(folder, `packages/${member.name}/${path}`, text);
    commit(folder);
  });
}

/** As npm writes it: everything that is asked for is in the workspace. */
function npmLock(root: { readonly name: string; readonly version: string; readonly workspaces: readonly string[] }): object {
  const { name, version, workspaces } = root;
  const links = npmMembers.map((member): [string, object] => [
    `node_modules/${member.name}`,
    { resolved: `packages/${member.name}`, link: true },
  ]);
  const own = npmMembers.map((member): [string, object] => {
    const dependencies = Object.fromEntries(member.needs.map((one) => [one, `^${releasedVersion}`]));
    return [`packages/${member.name}`, { version: releasedVersion, license: "Apache-2.0", dependencies }];
  });
  const packages: Record<string, unknown> = { "": { name, version, workspaces } };
  for (const [path, entry] of [...links, ...own]) packages[path] = entry;
  return { name, version, lockfileVersion: 3, requires: true, packages };
}

/** Tarballs of all packages, and what an entry has to know of them. */
export function npmTarballs(folder: string, version: string): Released {
  const files = npmMembers.map((member) => {
    const name = `${member.name}-${version}.tgz`;
    const bytes = tarGz(npmFiles(member, version).map(([path, text]) => [`package/${path}`, Buffer.from(text)]));
    writeFileSync(join(folder, name), bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { package: member.name, name, file: join(folder, name), sizeBytes: bytes.length, sha256 };
  });
  return { packages: plannedOf("npm", npmMembers, version), files };
}

/** Every crate asks for others at the registry that Cargo knows as "bench". */
export function cargoWorkspace(): Promise<string> {
  return made("released-crates-2", (folder) => {
    write(folder, "Cargo.toml", '[workspace]\nresolver = "2"\nmembers = ["packages/*"]\n');
    write(folder, ".gitignore", "target/\n");
    for (const member of crateMembers) {
      write(folder, `packages/${member.name}/Cargo.toml`, cargoToml(member));
      write(folder, `packages/${member.name}/src/lib.rs`, "//! What Slipway is measured with.\npub fn here() -> bool {\n    true\n}\n");
    }
    execFileSync("cargo", ["generate-lockfile", "--offline", "--quiet"], {
      cwd: folder,
      env: { ...process.env, CARGO_REGISTRIES_BENCH_INDEX: "sparse+http://127.0.0.1:9/" },
      stdio: ["ignore", "inherit", "inherit"],
    });
    commit(folder);
  });
}

function npmFiles({ name, needs }: Member, version: string): readonly (readonly [path: string, text: string])[] {
  const manifest = {
    name,
    version,
    description: "What Slipway is measured with",
    license: "Apache-2.0",
    main: "index.js",
    files: ["index.js"],
    dependencies: Object.fromEntries(needs.map((one) => [one, `^${version}`])),
  };
  return [
    ["package.json", json(manifest)],
    ["README.md", `# ${name}\n\nWhat Slipway is measured with.\n`],
    ["index.js", `export const name = "${name}";\n`],
  ];
}

function cargoToml({ name, needs }: Member): string {
  const lines = needs.map((one) => `${one} = { version = "${releasedVersion}", path = "../${one}", registry = "bench" }\n`);
  return `[package]\nname = "${name}"\nversion = "${releasedVersion}"\nedition = "2021"\nlicense = "Apache-2.0"\ndescription = "What Slipway is measured with"\npublish = ["bench"]\n\n[dependencies]\n${lines.join("")}`;
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

function commit(folder: string): void {
  const git = (...args: readonly string[]): void => void execFileSync("git", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "Ada");
  git("config", "user.email", "ada@example.org");
  git("add", "--all");
  git("commit", "--quiet", "--message", "one");
}
