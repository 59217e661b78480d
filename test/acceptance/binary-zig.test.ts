// `build-binary` for another processor of Linux by cargo-zigbuild with zig, for real: what comes out is code for that processor,
// and for an older glibc than this machine's where one is asked for. A target that is not installed is told before the
// start, with the command that installs it. Here, because zig is 100 MB and other targets are no part of a usual Rust.
import assert from "node:assert/strict";
import { mkdirSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { before, test, type TestContext } from "node:test";
import { executableHeadBytes, readExecutable } from "../../src/domain/executable.ts";
import { buildBinaryStep } from "../../src/steps/build-binary/build-binary.ts";
import type { BuildBinaryInput } from "../../src/steps/build-binary/input.ts";
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

/** zig and cargo-zigbuild from the Python index, and a Rust with the other target, each once. */
before(async () => {
  mkdirSync(kept, { recursive: true });
  if (!existsSync(path.join(zig, "bin", "python3"))) await run(testTool("python"), ["-m", "venv", zig]);
  await run(path.join(zig, "bin", "python3"), ["-m", "pip", "install", "--quiet", "ziglang==0.17.1", "cargo-zigbuild==0.24.0"]);
  const install = ["toolchain", "install", rustVersion, "--profile", "minimal", "--target", target, "--no-self-update"];
  await run(path.join(cargo, "bin", "rustup"), install, { RUSTUP_HOME: rust, CARGO_HOME: cargo });
});

const project = {
  "Cargo.toml": '[package]\nname = "slip"\nversion = "1.2.0"\nedition = "2021"\n',
  "Cargo.lock": 'version = 4\n\n[[package]]\nname = "slip"\nversion = "1.2.0"\n',
  // Something of glibc that is newer than 2.17 would be linked where it may.
  "src/main.rs": 'fn main() { println!("{:?}", std::fs::metadata("/").map(|one| one.is_dir())); }\n',
};

async function place(t: TestContext): Promise<RealPorts> {
  const folders = [path.join(zig, "bin"), path.join(cargo, "bin"), "/usr/bin", "/bin"];
  const ports = await realPorts(t, { path: folders, env: { RUSTUP_HOME: rust, CARGO_HOME: cargo, RUSTUP_TOOLCHAIN: rustVersion } });
  for (const [name, text] of Object.entries(project)) {
    mkdirSync(path.dirname(path.join(ports.workFolder, name)), { recursive: true });
    writeFileSync(path.join(ports.workFolder, name), text);
  }
  // Which toolchain is run is the machine's business, and this test's.
  return { ...ports, env: { ...ports.env, RUSTUP_TOOLCHAIN: rustVersion } };
}

const packages = [aPackage({ id: "tool", ecosystem: "binary", name: "slip", version: "1.2.0" })];
const step = aPlannedStep({ timeoutMs: 900_000 });

async function look(ports: RealPorts, platform: string, input: BuildBinaryInput = {}): Promise<string> {
  const [finding] = await buildBinaryStep.preflight(aPlanned(input, { leg: { platform }, packages }), ports);
  return [finding?.level, finding?.id, finding?.message, finding?.hint].join(" ");
}

for (const [what, input, glibcMax] of [
  ["", {}, undefined],
  [" and glibc 2.17", { target: `${target}.2.17` }, 17],
] as const satisfies readonly (readonly [string, BuildBinaryInput, number | undefined])[]) {
  test(`a binary for linux-aarch64${what} is made on ${os.arch()} by cargo-zigbuild`, { timeout: 1_800_000 }, async (t) => {
    const ports = await place(t);
    const leg = { platform: "linux-aarch64" };

    const found = await look(ports, leg.platform, input);
    const worked = await buildBinaryStep.perform(aFrozen(input, { leg, packages, step }), ports);

    assert.match(found, /^fine PF-BUILDER "tool" is built with cargo 1\.95\.0 .* for aarch64-unknown-linux-gnu\S*, linked by zig /);
    assert.ok(worked.kind === "done", ports.printed.slice(-30).join("\n"));
    const [made] = worked.artifacts;
    assert.deepEqual([made?.name, made?.platform], ["slip-linux-aarch64", "linux-aarch64"]);
    const bytes = readFileSync(made?.file ?? "");
    const read = readExecutable(bytes.subarray(0, executableHeadBytes));
    assert.deepEqual(read.kind === "executable" && [read.executable.os, read.executable.processors], ["linux", ["aarch64"]]);
    assert.match(JSON.stringify(worked.output), /"linker":"zig"/);
    const needed = [...bytes.toString("latin1").matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    assert.ok(needed.length > 0, "it is linked against glibc");
    if (glibcMax !== undefined) assert.ok(Math.max(...needed) <= glibcMax, `it needs glibc 2.${Math.max(...needed)}`);
  });
}

test("a target that is not installed is told before the start, with the command that installs it", async (t) => {
  const ports = await place(t);

  const elsewhere = await look(ports, "linux-aarch64-static");
  const here = await look(ports, "linux-x86_64-static");

  assert.match(
    elsewhere,
    /^warns PF-NO-PLACE Cannot build "tool" for linux-aarch64-static here: this machine lacks the Rust target "aarch64-unknown-linux-musl"/,
  );
  assert.match(elsewhere, /run `rustup target add aarch64-unknown-linux-musl`/);
  assert.match(
    here,
    /^blocks PF-TOOL-MISSING .*lacks the Rust target "x86_64-unknown-linux-musl" Run `rustup target add x86_64-unknown-linux-musl`$/,
  );
});

test("without cargo-zigbuild the leg waits for its own kind of machine, or for it", async (t) => {
  const ports = await place(t);
  const without = { ...ports, env: { ...ports.env, PATH: [path.join(cargo, "bin"), "/usr/bin", "/bin"].join(path.delimiter) } };

  const found = await look(without, "linux-aarch64");

  assert.match(
    found,
    /^warns PF-NO-PLACE .*: this machine lacks a linker for it \(cargo-zigbuild with zig\) Bring in what was built on a machine that is linux-aarch64: `slipway import FILE\.\.\. --platform linux-aarch64 .*install cargo-zigbuild and zig/,
  );
});
