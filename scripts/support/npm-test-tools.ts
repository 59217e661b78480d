// Installs the npm clients and servers that the tests run into `.cache/npm-test-tools`, exactly those of the lock file in
// test/support/npm-tools. Done once: a stamp with the digest of the lock file says that nothing has changed.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./child.ts";
import { root } from "./repository.ts";

const pins = join(root, "test", "support", "npm-tools");
const folder = join(root, ".cache", "npm-test-tools");
const stamp = join(folder, "slipway-lock.sha256");

/** Makes sure that the tools are there. @returns what was done, for people. @throws Error when npm cannot install them */
export async function ensureNpmTestTools(): Promise<string> {
  const digest = createHash("sha256").update(readFileSync(join(pins, "package-lock.json"))).digest("hex"); // prettier-ignore
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return "npm test tools: there";
  rmSync(stamp, { force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(pins, file), join(folder, file));
  const args = ["ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"];
  const { code, output, seconds } = await runProgram({ program: "npm", args, timeoutMs: 600_000 });
  if (code !== 0) throw new Error(`Cannot install the tests' npm tools: "npm ${args[0]}" ended with ${code}\n${output}`);
  writeFileSync(stamp, digest);
  return `npm test tools: installed in ${seconds.toFixed(1)} s`;
}
