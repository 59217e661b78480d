// Builds the Go programs that the tests run into `.cache/go-test-tools`, exactly those that test/support/go-tools pins: crane,
// and a registry of images. Done once: a stamp with the digest of the pins says that nothing has changed.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "./child.ts";
import { root } from "./repository.ts";

const pins = join(root, "test", "support", "go-tools");
const folder = join(root, ".cache", "go-test-tools");
const stamp = join(folder, "slipway-pins.sha256");
const programs = ["github.com/google/go-containerregistry/cmd/crane", "./registry"];

/** Makes sure that the tools are there. @returns what was done, for people. @throws Error when Go cannot build them */
export async function ensureGoTestTools(): Promise<string> {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", join("registry", "main.go")]) hash.update(readFileSync(join(pins, file)));
  const digest = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return "Go test tools: there";
  rmSync(stamp, { force: true });
  mkdirSync(folder, { recursive: true });
  const args = ["-C", pins, "build", "-o", `${folder}/`, ...programs];
  const { code, output, seconds } = await runProgram({ program: "go", args, timeoutMs: 600_000 });
  if (code !== 0) throw new Error(`Cannot build the tests' Go tools: "go build" ended with ${code}\n${output}`);
  writeFileSync(stamp, digest);
  return `Go test tools: built in ${seconds.toFixed(1)} s`;
}
