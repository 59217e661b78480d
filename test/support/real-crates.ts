// Manifests of crates that other people published, as their authors wrote them (`Cargo.toml.orig`): fetched once by cargo,
// as it is configured on this machine, at pinned versions.
import assert from "node:assert/strict";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { crateIndexPath } from "../../src/domain/crates/names.ts";
import { runTool } from "./test-tools.ts";

export interface RealCrate {
  readonly name: string;
  readonly version: string;
}

const folder = path.join(import.meta.dirname, "..", "..", ".cache", "journeys", "crates");

/** Text of each crate's manifest, in the order of `wanted`. */
export async function fetchCrateManifests(wanted: readonly RealCrate[]): Promise<readonly string[]> {
  const cargoHome = process.env["CARGO_HOME"] ?? path.join(homedir(), ".cargo");
  const find = (one: RealCrate): string | undefined =>
    globSync(path.join(cargoHome, "registry", "src", "*", `${one.name}-${one.version}`, "Cargo.toml.orig"))[0];
  if (wanted.some((one) => find(one) === undefined)) await fetch(wanted);
  return wanted.map((one) => {
    const file = find(one);
    assert.ok(file !== undefined, `cargo fetched no ${one.name} ${one.version}`);
    return readFileSync(file, "utf8");
  });
}

export interface PackagedCrate extends RealCrate {
  /** Text of `Cargo.toml` in the .crate, as cargo normalised it. */
  readonly manifest: string;
  /** The line of the public index, as cargo keeps it. */
  readonly line: string;
}

/** The crates as they were published, and what the public index made of them. */
export async function fetchPackagedCrates(wanted: readonly RealCrate[]): Promise<readonly PackagedCrate[]> {
  await fetchCrateManifests(wanted);
  const registry = path.join(process.env["CARGO_HOME"] ?? path.join(homedir(), ".cargo"), "registry");
  return wanted.map((one) => {
    const manifest = globSync(path.join(registry, "src", "*", `${one.name}-${one.version}`, "Cargo.toml"))[0];
    const kept = globSync(path.join(registry, "index", "*", ".cache", crateIndexPath(one.name)))[0];
    assert.ok(manifest !== undefined && kept !== undefined, `cargo keeps no ${one.name} ${one.version}`);
    // Versions and their lines by turns, with a NUL after each.
    const fields = readFileSync(kept, "utf8").split("\0");
    const line = fields[fields.indexOf(one.version) + 1];
    assert.ok(line?.startsWith("{") === true, `cargo keeps no line of ${one.name} ${one.version}`);
    return { ...one, manifest: readFileSync(manifest, "utf8"), line };
  });
}

async function fetch(wanted: readonly RealCrate[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  // Tests in other processes fetch other crates at the same time.
  const place = mkdtempSync(path.join(folder, "fetch-"));
  mkdirSync(path.join(place, "src"));
  writeFileSync(path.join(place, "src", "lib.rs"), "");
  const dependencies = wanted.map((one) => `${one.name} = { version = "=${one.version}", default-features = false }\n`).join("");
  const manifest = `[package]\nname = "scratch"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n[dependencies]\n${dependencies}`;
  writeFileSync(path.join(place, "Cargo.toml"), manifest);
  const env = {
    HOME: process.env["HOME"] ?? "",
    ...(process.env["CARGO_HOME"] === undefined ? {} : { CARGO_HOME: process.env["CARGO_HOME"] }),
  };
  const ended = await runTool("cargo", ["fetch", "--quiet"], { cwd: place, timeoutMs: 300_000, env });
  rmSync(place, { recursive: true, force: true });
  assert.equal(ended.code, 0, `cargo cannot fetch the crates:\n${ended.output}`);
}
