// Real ports for checking distributions in tests: archives, programs and the toolbox's Python, with files on disk.
import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { createExec } from "../../src/platform/exec.ts";
import { createRedactor } from "../../src/platform/redactor.ts";
import { checkDistributions } from "../../src/steps/check-artifacts/check-distributions.ts";
import type { CheckedDistribution, CheckPorts, Distribution } from "../../src/steps/check-artifacts/distribution.ts";
import { toolboxPython } from "./toolbox-python.ts";
import { writeBuilt, type BuiltFile } from "./wheel.ts";

/** Ports of `checkDistributions` on this machine. */
export function checkPorts(): CheckPorts {
  return {
    archives: createArchives(),
    exec: createExec(createRedactor()),
    env: { PATH: process.env["PATH"] ?? "" },
    signal: new AbortController().signal,
    scratchFolder: tmpdir(),
    toolboxPython: () => Promise.resolve(toolboxPython()),
  };
}

/** A file on disk as a distribution to be checked. */
export function distributionOf(file: string, parts: Partial<Distribution> = {}): Distribution {
  const name = basename(file);
  return { kind: name.endsWith(".whl") ? "wheel" : "sdist", name, file, sizeBytes: statSync(file).size, ...parts };
}

/** Writes built files, each into a folder of its own, since several may have one name. */
export function writeAll(folder: string, built: readonly Pick<BuiltFile, "name" | "bytes">[]): readonly string[] {
  return built.map((one, index) => writeBuilt(join(folder, String(index)), one));
}

/** Checks files on disk, strictly, in one go. */
export function checkFiles(files: readonly Distribution[]): Promise<readonly CheckedDistribution[]> {
  return checkDistributions(files, { strict: true }, checkPorts());
}
