// Source distributions that other people published, at pinned versions with pinned digests: fetched once by pip, as it is
// configured on this machine, and unpacked by Python's own tarfile with its `data` filter.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runTool, testTool } from "./test-tools.ts";

export interface RealSdist {
  readonly name: string;
  readonly version: string;
  /** As the index says it. */
  readonly sha256: string;
  readonly file: string;
}

const folder = path.join(import.meta.dirname, "..", "..", ".cache", "journeys", "sdists");

/** Fetches those that are not there yet; pip refuses one whose digest is another. */
export async function fetchSdists(wanted: readonly RealSdist[]): Promise<void> {
  const missing = wanted.filter((one) => !existsSync(path.join(folder, one.file)));
  if (missing.length === 0) return;
  mkdirSync(folder, { recursive: true });
  const place = mkdtempSync(path.join(folder, "fetch-"));
  const requirements = path.join(place, "requirements.txt");
  writeFileSync(requirements, missing.map((one) => `${one.name}==${one.version} --hash=sha256:${one.sha256}\n`).join(""));
  // Only these come as sources: what pip needs to look into them may come as wheels.
  const args = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--no-deps",
    "--no-binary",
    missing.map((one) => one.name).join(","),
    "--require-hashes",
    "--requirement",
    requirements,
    "--dest",
    place,
  ];
  const ended = await runTool(testTool("python"), args, { timeoutMs: 300_000, env: { HOME: process.env["HOME"] ?? "" } });
  assert.equal(ended.code, 0, `pip cannot fetch ${missing.map((one) => one.file).join(", ")}:\n${ended.output}`);
  for (const one of missing) renameSync(path.join(place, one.file), path.join(folder, one.file));
  rmSync(place, { recursive: true, force: true });
}

const unpack = `
import os, sys, tarfile
archive, to = sys.argv[1:]
with tarfile.open(archive) as opened:
    opened.extractall(to + ".unpacking", filter="data")
[top] = os.listdir(to + ".unpacking")
os.rename(os.path.join(to + ".unpacking", top), to)
os.rmdir(to + ".unpacking")
`;

/** @param to a folder that is not there yet; it gets what stands in the archive's one top folder */
export async function unpackSdist(one: RealSdist, to: string): Promise<void> {
  const ended = await runTool(testTool("python"), ["-c", unpack, path.join(folder, one.file), to]);
  assert.equal(ended.code, 0, ended.output);
}
