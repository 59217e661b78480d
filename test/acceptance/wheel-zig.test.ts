// `build-wheel` for another processor of Linux by maturin with zig, for real: the extension of the example comes out as code
// for that processor, named for the glibc that was asked for, though this machine's is newer. Here, because zig is 100 MB and
// the standard library of another target is no part of a usual Rust.
import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { executableHeadBytes, readExecutable } from "../../src/domain/executable.ts";
import { buildWheelStep } from "../../src/steps/build-wheel/build-wheel.ts";
import type { BuildWheelInput } from "../../src/steps/build-wheel/input.ts";
import { repositoryRoot } from "../support/bed.ts";
import { aFrozen, aPackage, aPlanned, aPlannedStep } from "../support/ports.ts";
import { realPorts, testTool, type RealPorts } from "../support/real-ports.ts";
import { runTool } from "../support/test-tools.ts";

const kept = path.join(repositoryRoot, ".cache", "acceptance");
const zig = path.join(kept, "zig");
const rust = path.join(kept, "rustup");
const rustVersion = "1.95.0";
const target = "aarch64-unknown-linux-gnu";
const cargo = process.env["CARGO_HOME"] ?? path.join(os.homedir(), ".cargo");

async function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const ended = await runTool(program, args, { timeoutMs: 600_000, env: { HOME: os.homedir(), ...env } });
  assert.equal(ended.code, 0, `${program} ${args.join(" ")}:\n${ended.output}`);
}

/** zig from the Python index, and a Rust with the other target, each once. */
async function prepare(): Promise<void> {
  mkdirSync(kept, { recursive: true });
  if (!existsSync(path.join(zig, "bin", "python3"))) await run(testTool("python"), ["-m", "venv", zig]);
  await run(path.join(zig, "bin", "python3"), ["-m", "pip", "install", "--quiet", "ziglang==0.17.1"]);
  const install = ["toolchain", "install", rustVersion, "--profile", "minimal", "--target", target, "--no-self-update"];
  await run(path.join(cargo, "bin", "rustup"), install, { RUSTUP_HOME: rust, CARGO_HOME: cargo });
}

async function place(t: TestContext): Promise<RealPorts> {
  await prepare();
  const folders = [
    path.join(zig, "bin"),
    path.join(repositoryRoot, ".cache", "test-tools", "bin"),
    path.join(cargo, "bin"),
    "/usr/bin",
    "/bin",
  ];
  const ports = await realPorts(t, { path: folders, env: { RUSTUP_HOME: rust, CARGO_HOME: cargo, RUSTUP_TOOLCHAIN: rustVersion } });
  cpSync(path.join(repositoryRoot, "examples", "native-extension"), ports.workFolder, { recursive: true });
  // Cargo's own switch: which toolchain is run is the machine's business, and this test's.
  return { ...ports, env: { ...ports.env, RUSTUP_TOOLCHAIN: rustVersion } };
}

const packages = [aPackage({ id: "recorder", name: "slipway-example-heron", folder: "recorder", version: "1.4.0" })];
const step = aPlannedStep({ timeoutMs: 900_000 });

for (const [platform, tags, processor] of [
  ["linux-aarch64", /-cp39-abi3-manylinux.*_2_17_aarch64\.whl$/, "aarch64"],
  ["linux-x86_64", /-cp39-abi3-manylinux.*_2_17_x86_64\.whl$/, "x86_64"],
] as const) {
  test(`a wheel for ${platform} and glibc 2.17 is made on ${os.arch()} by zig`, { timeout: 1_800_000 }, async (t) => {
    const ports = await place(t);
    const input: BuildWheelInput = { builder: "maturin", sdist: "none", manylinux: "2.17" };

    const findings = await buildWheelStep.preflight(aPlanned(input, { leg: { platform }, packages }), ports);
    const worked = await buildWheelStep.perform(aFrozen(input, { leg: { platform }, packages, step }), ports);

    assert.match(findings.map(({ id, message }) => `${id} ${message}`).join("\n"), /^PF-BUILDER .* by zig$/);
    assert.ok(worked.kind === "done", ports.printed.slice(-30).join("\n"));
    const [wheel] = worked.artifacts;
    assert.match(wheel?.name ?? "", tags);
    const inside = path.join(ports.root, "inside");
    await run(testTool("python"), ["-m", "zipfile", "-e", wheel?.file ?? "", inside]);
    const module = path.join(inside, "slipway_example_heron");
    const library = readdirSync(module).find((name) => name.endsWith(".so")) ?? "";
    const read = readExecutable(readFileSync(path.join(module, library)).subarray(0, executableHeadBytes));
    assert.deepEqual(read.kind === "executable" && [read.executable.os, read.executable.processors], ["linux", [processor]]);
  });
}
