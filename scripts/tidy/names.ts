// House rules about paths: how files are named, how large they are, and that golden files stay readable.
import { statSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../support/finding.ts";
import { root, type SourceFile } from "../support/repository.ts";

export const nameReasons: Readonly<Record<string, string>> = {
  "kebab-case": "Names are kebab-case, so that they are the same on file systems that do and do not tell case apart.",
  "file-size": "A large file in git stays in every clone for ever; make it in the test, or fetch it there.",
  golden: "A golden file over 200 lines is one that nobody reads when it changes.",
};

const ours = /^(?:src|test|scripts|bench|docs|bin|tooling)\//;
const data = /\/(?:fixtures|golden)\//;
const kebab = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
const byCustom = new Set(["README.md"]);
const bytesMax = 512 * 1024;

/** Checks the names of all files of the repository. */
export function checkNames(paths: readonly string[]): readonly Finding[] {
  return paths
    .filter((path) => ours.test(path) && !data.test(path))
    .filter((path) => path.split("/").some((part) => !kebab.test(part) && !byCustom.has(part)))
    .map((path) => ({ path, line: 0, rule: "kebab-case", message: "is not kebab-case" }));
}

/** Checks sizes in bytes of all files, as they are on disk now. */
export function checkSizes(paths: readonly string[]): readonly Finding[] {
  return paths
    .filter((path) => (statSync(join(root, path), { throwIfNoEntry: false })?.size ?? 0) > bytesMax)
    .map((path) => ({ path, line: 0, rule: "file-size", message: `is larger than ${bytesMax} bytes` }));
}

export function checkGolden(file: SourceFile): readonly Finding[] {
  if (!file.path.includes("/golden/") || file.text.split("\n").length <= 201) return [];
  return [{ path: file.path, line: 0, rule: "golden", message: "has more than 200 lines" }];
}
