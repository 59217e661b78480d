// Workspaces that other people keep, put together again from what they published at pinned versions: each member as its
// authors wrote it, its own manifest and all. What a registry does not hold is the root, and it is made here: the members'
// names, and what they inherit, as the registry has it resolved in each.
import assert from "node:assert/strict";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { parse, stringify } from "smol-toml";
import { fetchCrateManifests, type RealCrate } from "./real-crates.ts";
import { runTool } from "./test-tools.ts";

type Table = Readonly<Record<string, unknown>>;

/** Lays the crates out beside each other in a folder that is not there yet. */
export async function layOutCrates(wanted: readonly RealCrate[], to: string): Promise<void> {
  await fetchCrateManifests(wanted);
  const registry = path.join(process.env["CARGO_HOME"] ?? path.join(homedir(), ".cargo"), "registry", "src");
  const inherited: Record<string, unknown> = {};
  for (const one of wanted) {
    const from = globSync(path.join(registry, "*", `${one.name}-${one.version}`, "Cargo.toml.orig"))[0];
    assert.ok(from !== undefined, `cargo fetched no ${one.name} ${one.version}`);
    const folder = path.join(to, one.name);
    cpSync(path.dirname(from), folder, { recursive: true });
    const resolved = packageOf(path.join(folder, "Cargo.toml"));
    renameSync(path.join(folder, "Cargo.toml.orig"), path.join(folder, "Cargo.toml"));
    for (const added of [".cargo-ok", ".cargo_vcs_info.json", "Cargo.lock"]) rmSync(path.join(folder, added), { force: true });
    const own = packageOf(path.join(folder, "Cargo.toml"));
    for (const [key, value] of Object.entries(own)) if (isInherited(value)) inherited[key] = resolved[key];
    // A readme of the whole project stands above, and cargo packs a copy.
    const readme = own["readme"];
    if (typeof readme === "string" && readme.startsWith("../")) cpSync(path.join(folder, path.basename(readme)), path.join(folder, readme));
  }
  const workspace = { resolver: "2", members: wanted.map((one) => one.name), package: inherited, lints: { rust: {} } };
  writeFileSync(path.join(to, "Cargo.toml"), stringify({ workspace }));
}

function packageOf(file: string): Table {
  const table: unknown = parse(readFileSync(file, "utf8"))["package"];
  return typeof table === "object" && table !== null ? (table as Table) : {};
}

function isInherited(value: unknown): boolean {
  return typeof value === "object" && value !== null && (value as Table)["workspace"] === true;
}

export interface RealNpmPackage extends RealCrate {
  /** `sha512-…` of the tarball, as the registry says it. */
  readonly integrity: string;
}

/** Lays the packages out below `workspaces/`, as npm, configured as it is on this machine, unpacks them. */
export async function layOutNpmPackages(wanted: readonly RealNpmPackage[], to: string): Promise<void> {
  const cache = path.join(import.meta.dirname, "..", "..", ".cache", "journeys");
  mkdirSync(cache, { recursive: true });
  const place = mkdtempSync(path.join(cache, "npm-"));
  const names = wanted.map((one) => `${one.name}@${one.version}`);
  const env = { HOME: process.env["HOME"] ?? "", npm_config_update_notifier: "false" };
  const packed = await runTool("npm", ["pack", "--json", "--loglevel=error", ...names], { cwd: place, env, timeoutMs: 300_000 });
  assert.equal(packed.code, 0, packed.output);
  const told = JSON.parse(packed.output.slice(packed.output.indexOf("["))) as readonly { readonly name: string; readonly filename: string; readonly integrity: string }[]; // prettier-ignore
  for (const one of wanted) {
    const file = told.find(({ name }) => name === one.name);
    assert.equal(file?.integrity, one.integrity, one.name);
    const folder = path.join(to, "workspaces", one.name.replace(/^@[^/]+\//, ""));
    mkdirSync(folder, { recursive: true });
    const untarred = await runTool("tar", ["-xzf", path.join(place, file?.filename ?? ""), "-C", folder, "--strip-components=1"]);
    assert.equal(untarred.code, 0, untarred.output);
  }
  writeFileSync(
    path.join(to, "package.json"),
    `${JSON.stringify({ name: "family", private: true, workspaces: ["workspaces/*"] }, null, 2)}\n`,
  );
  rmSync(place, { recursive: true, force: true });
}
