// `build-binary` with the real Go and cargo: what they build is run, read, and compared.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { executableHeadBytes, readExecutable } from "../../src/domain/executable.ts";
import { buildBinaryStep } from "../../src/steps/build-binary/build-binary.ts";
import type { BuildBinaryInput } from "../../src/steps/build-binary/input.ts";
import type { Worked } from "../../src/steps/step.ts";
import { aFrozen, aPackage, aPlannedStep } from "../support/ports.ts";
import { realPorts, type RealPorts } from "../support/real-ports.ts";
import { runTool } from "../support/test-tools.ts";

const path = (process.env["PATH"] ?? "").split(delimiter);
const step = aPlannedStep({ timeoutMs: 120_000 });
const tool = aPackage({ id: "tool", ecosystem: "binary", name: "slip", version: "1.2.0" });

const goProject = {
  "go.mod": "module example.org/slip\n\ngo 1.21\n",
  // No package is imported: Go compiles those that are, once for each platform.
  "main.go": 'package main\n\nfunc main() { println("slip from Go") }\n',
  LICENSE: "Nobody owns this.\n",
};
const cargoProject = {
  "Cargo.toml": '[package]\nname = "slip"\nversion = "1.2.0"\nedition = "2021"\n',
  "Cargo.lock": 'version = 4\n\n[[package]]\nname = "slip"\nversion = "1.2.0"\n',
  "src/main.rs": 'fn main() { println!("slip from cargo"); }\n',
};

async function portsWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<RealPorts> {
  const ports = await realPorts(t, { path });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(ports.workFolder, name)), { recursive: true });
    writeFileSync(join(ports.workFolder, name), text);
  }
  return ports;
}

async function build(ports: RealPorts, platform: string, input: BuildBinaryInput = {}): Promise<Worked> {
  return buildBinaryStep.perform(aFrozen(input, { packages: [tool], leg: { platform }, step }), ports);
}

function madeFile(worked: Worked, name: string): string {
  assert.equal(worked.kind, "done", JSON.stringify(worked));
  const [made] = worked.kind === "done" ? worked.artifacts : [];
  assert.equal(made?.name, name);
  return made?.file ?? "";
}

function digest(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** The modules that the other legs compiled are taken from one cache, so that a test does not compile Go's own library often. */
const goCache = join(import.meta.dirname, "..", "..", ".cache", "journeys", "go-build");

function withCache(ports: RealPorts): RealPorts {
  return { ...ports, env: { ...ports.env, GOCACHE: goCache } };
}

test("build-binary: Go builds a static leg that runs, with the same bytes in an archive twice", async (t) => {
  const digests: string[] = [];
  for (const _round of [1, 2]) {
    const ports = withCache(await portsWith(t, goProject));

    const program = madeFile(await build(ports, "linux-x86_64-static"), "slip-linux-x86_64");
    assert.deepEqual(await runTool(program, []), { code: 0, output: "slip from Go\n" });
    assert.equal(statSync(program).mode & 0o111, 0o111);
    const before = digest(program);
    const archived = await build(ports, "linux-x86_64-static", { archive: "tar.gz", include: ["LICENSE"] });
    const packed = madeFile(archived, "slip-linux-x86_64.tar.gz");
    const listed = await runTool("tar", ["-tvzf", packed]);
    assert.match(listed.output, /^-rw-r--r-- 0\/0 +18 2023-11-14 22:13 LICENSE\n-rwxr-xr-x 0\/0 +\d+ 2023-11-14 22:13 slip\n$/);
    digests.push(`${before} ${digest(packed)}`);
  }
  assert.equal(digests[0], digests[1]);
});

test("build-binary: Go builds for a Mac and for Windows here, and what is for another platform than the leg is refused", async (t) => {
  const ports = withCache(await portsWith(t, { ...goProject, "build.sh": "#!/bin/sh\nexec go build -o slip .\n" }));

  const mac = madeFile(await build(ports, "macos-arm64"), "slip-macos-arm64");
  const head = readExecutable(readFileSync(mac).subarray(0, executableHeadBytes));
  const windows = madeFile(await build(ports, "windows-x86_64", { archive: "zip" }), "slip-windows-x86_64.zip");
  const other = { ...ports, env: { ...ports.env, GOARCH: "arm64", CGO_ENABLED: "0" } };
  const wrong = await build(other, "linux-x86_64", { run: "sh build.sh", file: "slip" });

  assert.deepEqual(head, { kind: "executable", executable: { os: "macos", processors: ["aarch64"], hasInterpreter: false } });
  const opened = await ports.archives.openZip(windows);
  const program =
    opened.kind === "opened" ? await opened.archive.readRange("slip.exe", { offset: 0, sizeBytes: executableHeadBytes }) : undefined;
  assert.deepEqual(readExecutable(program ?? new Uint8Array()), {
    kind: "executable",
    executable: { os: "windows", processors: ["x86_64"], hasInterpreter: false },
  });
  assert.deepEqual(opened.kind === "opened" && opened.archive.members.map((member) => member.path), ["slip.exe"]);
  assert.match(wrong.kind === "failed" ? wrong.message : "", /is for linux on aarch64, and should be for linux on x86_64$/);
});

test("build-binary: cargo builds for this machine, with the same bytes twice from one folder, and that is no static binary", async (t) => {
  const ports = await portsWith(t, cargoProject);

  const first = madeFile(await build(ports, "linux-x86_64"), "slip-linux-x86_64");
  const before = digest(first);
  const again = madeFile(await build(ports, "linux-x86_64"), "slip-linux-x86_64");
  const notStatic = await build(ports, "linux-x86_64-static", { target: "x86_64-unknown-linux-gnu" });

  assert.equal(digest(again), before);
  assert.deepEqual(await runTool(again, []), { code: 0, output: "slip from cargo\n" });
  assert.match(notStatic.kind === "failed" ? notStatic.message : "", /is not static: a loader of the machine has to start it$/);
});

test("build-binary: cargo builds a static leg where the target is installed, and names what is missing elsewhere", async (t) => {
  const ports = await portsWith(t, cargoProject);
  const library = (
    await runTool("rustc", ["--print", "target-libdir", "--target", "x86_64-unknown-linux-musl"], { env: rustEnv() })
  ).output.trim();

  const worked = await build(ports, "linux-x86_64-static");
  const mac = await build(ports, "macos-arm64");

  if (existsSync(library)) {
    const program = madeFile(worked, "slip-linux-x86_64");
    assert.deepEqual(await runTool(program, []), { code: 0, output: "slip from cargo\n" });
  } else {
    assert.equal(worked.kind === "failed" && worked.hint, "Run `rustup target add x86_64-unknown-linux-musl`");
  }
  assert.match(
    mac.kind === "failed" ? `${mac.code} ${mac.message}` : "",
    /^NO_PLACE .*for macos-arm64 here: this machine lacks .*a linker/,
  );
});

/** Where rustup keeps its tool chains. */
function rustEnv(): Readonly<Record<string, string>> {
  return { HOME: process.env["HOME"] ?? "" };
}
