// Checks the distributions of a folder (or one file) with the step's own code, as `check-artifacts` does once they are
// frozen: structure, every digest of RECORD, metadata and descriptions by Slipway's Python.
import { readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { createExec } from "../../src/platform/exec.ts";
import { createFiles } from "../../src/platform/files.ts";
import { createRedactor } from "../../src/platform/redactor.ts";
import { createToolbox } from "../../src/platform/toolbox.ts";
import { checkDistributions } from "../../src/steps/check-artifacts/check-distributions.ts";
import type { Distribution } from "../../src/steps/check-artifacts/distribution.ts";

const [place = "", cacheFolder = ""] = process.argv.slice(2);
const files = createFiles();
const exec = createExec(createRedactor());
const paths = statSync(place).isDirectory() ? readdirSync(place).map((name) => join(place, name)) : [place];
const distributions: Distribution[] = [];
for (const file of paths) distributions.push({ kind: "wheel", name: basename(file), file, sizeBytes: statSync(file).size });
const checked = await checkDistributions(
  distributions,
  { strict: true },
  {
    archives: createArchives(),
    exec,
    env: { PATH: process.env["PATH"] ?? "", HOME: tmpdir() },
    signal: new AbortController().signal,
    scratchFolder: tmpdir(),
    toolboxPython: () => createToolbox({ exec, files, cacheFolder, env: process.env }).python(),
  },
);
const errors = checked.flatMap(({ name, findings }) =>
  findings.filter((one) => one.level === "error").map((one) => `${name}: ${one.message}`),
);
console.log(errors.length === 0 ? `${checked.length} files are fine` : errors.join("\n"));
process.exitCode = errors.length === 0 && checked.length === paths.length ? 0 : 1;
