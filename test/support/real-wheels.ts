// The published files of a native package that nobody here built, for many platforms, at a pinned version with pinned
// digests: fetched once by pip, as it is configured on this machine.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { runTool, testTool } from "./test-tools.ts";

export interface RealWheels {
  readonly name: string;
  readonly version: string;
  /** File names with their digests, as the index says them. */
  readonly files: Readonly<Record<string, string>>;
}

const folder = path.join(import.meta.dirname, "..", "..", ".cache", "journeys", "wheels");

/** A small package with compiled modules: wheels of four platforms for two Pythons, and the sdist. */
export const charsetNormalizer: RealWheels = {
  name: "charset-normalizer",
  version: "3.4.4",
  files: {
    "charset_normalizer-3.4.4-cp312-cp312-macosx_10_13_universal2.whl": "0a98e6759f854bd25a58a73fa88833fba3b7c491169f86ce1180c948ab3fd394",
    "charset_normalizer-3.4.4-cp312-cp312-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl":
      "b5b290ccc2a263e8d185130284f8501e3e36c5e02750fc6b6bdeb2e9e96f1e25",
    "charset_normalizer-3.4.4-cp312-cp312-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl":
      "11d694519d7f29d6cd09f6ac70028dba10f92f6cdd059096db198c283794ac86",
    "charset_normalizer-3.4.4-cp312-cp312-win_amd64.whl": "a79cfe37875f822425b89a82333404539ae63dbdddf97f84dcbc3d339aae9525",
    "charset_normalizer-3.4.4-cp313-cp313-macosx_10_13_universal2.whl": "e1f185f86a6f3403aa2420e815904c67b2f9ebc443f045edd0de921108345794",
    "charset_normalizer-3.4.4-cp313-cp313-manylinux2014_aarch64.manylinux_2_17_aarch64.manylinux_2_28_aarch64.whl":
      "6b39f987ae8ccdf0d2642338faf2abb1862340facc796048b604ef14919e55ed",
    "charset_normalizer-3.4.4-cp313-cp313-manylinux2014_x86_64.manylinux_2_17_x86_64.manylinux_2_28_x86_64.whl":
      "a8a8b89589086a25749f471e6a900d3f662d1d3b6e2e59dcecf787b1cc3a1894",
    "charset_normalizer-3.4.4-cp313-cp313-win_amd64.whl": "b435cba5f4f750aa6c0a0d92c541fb79f69a387c91e61f1795227e4ed9cece14",
    "charset_normalizer-3.4.4.tar.gz": "94537985111c35f28720e43603b8e7b43a6ecfb2ce1d3058bbe955b73404e21a",
  },
};

/** Absolute paths of all files; what is not there yet is fetched, and pip refuses another digest. */
export async function fetchWheels(wanted: RealWheels): Promise<readonly string[]> {
  const names = Object.keys(wanted.files);
  if (names.some((name) => !existsSync(path.join(folder, name)))) await fetchAll(wanted);
  return names.map((name) => path.join(folder, name));
}

async function fetchAll(wanted: RealWheels): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const place = mkdtempSync(path.join(folder, "fetch-"));
  const requirements = path.join(place, "requirements.txt");
  const hashes = Object.values(wanted.files).map((sha256) => `--hash=sha256:${sha256}`);
  writeFileSync(requirements, `${wanted.name}==${wanted.version} ${hashes.join(" ")}\n`);
  for (const name of Object.keys(wanted.files)) await download(choicesFor(name), { requirements, place });
  rmSync(requirements);
  for (const name of Object.keys(wanted.files)) renameSync(path.join(place, name), path.join(folder, name));
  rmSync(place, { recursive: true, force: true });
}

/** What makes pip choose just this file. */
function choicesFor(name: string): readonly string[] {
  if (name.endsWith(".tar.gz")) return ["--no-binary", name.slice(0, name.lastIndexOf("-")).replaceAll("_", "-")];
  const [, , python = "", , platforms = ""] = name.slice(0, -".whl".length).split("-");
  const platform = platforms.split(".")[0] ?? "";
  return ["--only-binary", ":all:", "--implementation", "cp", "--python-version", python.replace("cp3", "3."), "--platform", platform];
}

async function download(choices: readonly string[], around: { readonly requirements: string; readonly place: string }): Promise<void> {
  const args = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--no-deps",
    ...choices,
    "--require-hashes",
    "-r",
    around.requirements,
    "-d",
    around.place,
  ];
  const ended = await runTool(testTool("python"), args, { timeoutMs: 300_000, env: { HOME: process.env["HOME"] ?? "" } });
  assert.equal(ended.code, 0, `pip cannot fetch with ${choices.join(" ")}:\n${ended.output}`);
}

/** Folders with programs of the Pythons that pyenv keeps on this machine and does not put on the PATH: `3.12` → folder. */
export function keptPythons(wanted: readonly string[]): ReadonlyMap<string, string> {
  const versions = path.join(process.env["PYENV_ROOT"] ?? path.join(os.homedir(), ".pyenv"), "versions");
  const kept = existsSync(versions) ? readdirSync(versions) : [];
  return new Map(
    wanted.flatMap((version) => {
      const found = kept.find((name) => name === version || name.startsWith(`${version}.`));
      return found === undefined ? [] : [[version, path.join(versions, found, "bin")] as const];
    }),
  );
}
