// Installs the Python programs that the tests run into `.cache/test-tools`, exactly those that are pinned. Done once: a
// stamp with the digest of the pins says that nothing has changed. An environment that is there already is completed.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toolboxSets } from "../src/platform/toolbox-requirements.ts";
import { ensureGoTestTools } from "./support/go-test-tools.ts";
import { ensureNpmTestTools } from "./support/npm-test-tools.ts";
import { runProgram } from "./support/child.ts";
import { root } from "./support/repository.ts";

/** The virtual environment; its programs are in `bin`. */
const folder = join(root, ".cache", "test-tools");
const python = join(folder, "bin", "python3");
const stamp = join(folder, "slipway-pins.sha256");
const requirements = join(root, "test", "support", "python-requirements.txt");

/**
 * All pins, one `name==version` each, sorted.
 * @throws Error if the tests and the toolbox ask for two versions of one package
 */
export function joinPins(tests: string, toolbox: readonly string[]): readonly string[] {
  const lines = [...tests.split("\n").filter((line) => line !== "" && !line.startsWith("#")), ...toolbox];
  const versions = new Map<string, string>();
  for (const line of lines) {
    const [name = "", version = ""] = line.split("==");
    const key = name.toLowerCase().replaceAll(/[-_.]+/g, "-");
    const known = versions.get(key);
    if (known !== undefined && known !== version)
      throw new Error(`Cannot pin "${key}": the tests' tools and the toolbox ask for ${known} and ${version}`);
    versions.set(key, version);
  }
  return [...versions].map(([name, version]) => `${name}==${version}`).toSorted();
}

/** Runs a program and stops with its output if it fails. */
async function must(program: string, ...args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram({ program, args, timeoutMs: 600_000 });
  if (code !== 0)
    throw new Error(`Cannot install the tests' tools: "${program} ${args.slice(0, 4).join(" ")}" ended with ${code}\n${output}`);
}

async function install(pins: readonly string[]): Promise<void> {
  if (!existsSync(python)) await must("python3", "-m", "venv", folder);
  rmSync(stamp, { force: true });
  const list = join(folder, "slipway-pins.txt");
  writeFileSync(list, `${pins.join("\n")}\n`);
  // The pins are complete, so that nothing is resolved: what is pinned and nothing else is installed.
  const pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"] as const;
  await must(...pip, "install", "--no-deps", "--only-binary", ":all:", "--requirement", list);
  await must(...pip, "check");
}

/** Makes sure that the tools are there. @returns what was done, for people */
export async function ensureTestTools(): Promise<string> {
  const pins = joinPins(readFileSync(requirements, "utf8"), Object.values(toolboxSets).flat());
  const digest = createHash("sha256").update(pins.join("\n")).digest("hex");
  if (existsSync(stamp) && existsSync(python) && readFileSync(stamp, "utf8") === digest) return "test tools: there";
  const startedMs = Date.now();
  await install(pins);
  writeFileSync(stamp, digest);
  return `test tools: ${pins.length} packages installed in ${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
}

if (process.argv[1] === import.meta.filename)
  console.log(`${await ensureTestTools()}\n${await ensureNpmTestTools()}\n${await ensureGoTestTools()}`);
