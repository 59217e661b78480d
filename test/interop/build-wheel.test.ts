// `build-wheel` with the real builders: uv, build, hatch and maturin, each on a small project of its own.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { buildWheelStep } from "../../src/steps/build-wheel/build-wheel.ts";
import type { BuildWheelInput } from "../../src/steps/build-wheel/input.ts";
import type { Worked } from "../../src/steps/step.ts";
import { aFrozen, aPackage, aPlanned, aPlannedStep } from "../support/ports.ts";
import { realPorts, testTool, type RealPorts } from "../support/real-ports.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const systemPath = ["/usr/local/bin", "/usr/bin", "/bin"];
const step = aPlannedStep({ timeoutMs: 300_000 });

/** A PATH with just these of the test tools before the system's own. */
function pathWith(t: TestContext, ...programs: readonly string[]): readonly string[] {
  const folder = temporaryFolder(t);
  for (const program of programs) symlinkSync(testTool(program), join(folder, program));
  return [folder, ...systemPath];
}

function write(ports: RealPorts, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(ports.workFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const project = `[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "Slip.Demo"
version = "1.0"
requires-python = ">=3.9"
`;
const hatchling: Readonly<Record<string, string>> = {
  "pyproject.toml": project,
  "slip_demo/__init__.py": "",
  // Would be taken for the module `build` by a builder that runs inside of the project.
  "build/__init__.py": "raise SystemExit('the wrong build')\n",
};
const demo = aPackage({ name: "Slip.Demo", version: "1.0" });

function names(worked: Worked): readonly string[] {
  assert.equal(worked.kind, "done", JSON.stringify(worked));
  return worked.kind === "done" ? worked.artifacts.map((one) => `${one.kind} ${one.name}`) : [];
}

async function build(ports: RealPorts, input: BuildWheelInput = {}): Promise<Worked> {
  return buildWheelStep.perform(aFrozen(input, { step, packages: [demo] }), ports);
}

test("build-wheel: uv builds sdist and wheel, twice with the same bytes", async (t) => {
  const digests: string[][] = [];
  for (const round of [1, 2]) {
    const ports = await realPorts(t, { path: pathWith(t, "uv") });
    write(ports, hatchling);

    const worked = await build(ports);

    assert.deepEqual(names(worked), ["wheel slip_demo-1.0-py3-none-any.whl", "sdist slip_demo-1.0.tar.gz"], `round ${round}`);
    assert.match(JSON.stringify(worked), /"builder":"uv 0\.13\.8"/);
    const files = worked.kind === "done" ? worked.artifacts.map((one) => one.file) : [];
    digests.push(files.map((file) => createHash("sha256").update(readFileSync(file)).digest("hex")));
  }
  assert.deepEqual(digests[0], digests[1]);
});

test("build-wheel: without uv the machine's own `build` is taken, and without that Slipway's", async (t) => {
  const withBuild = await realPorts(t, { path: [dirname(testTool("python3"))] });
  const withNothing = await realPorts(t, { path: systemPath });
  for (const ports of [withBuild, withNothing]) {
    write(ports, hatchling);

    const worked = await build(ports, { builder: ports === withBuild ? "build" : "auto" });

    assert.deepEqual(names(worked), ["wheel slip_demo-1.0-py3-none-any.whl", "sdist slip_demo-1.0.tar.gz"]);
    assert.match(JSON.stringify(worked), /"builder":"build 1\.6\.1"/);
  }
});

test("build-wheel: hatch builds when it is asked for", async (t) => {
  const ports = await realPorts(t, { path: pathWith(t, "hatch", "uv") });
  write(ports, hatchling);

  const worked = await build(ports, { builder: "hatch" });

  assert.deepEqual(names(worked), ["wheel slip_demo-1.0-py3-none-any.whl", "sdist slip_demo-1.0.tar.gz"]);
  assert.match(JSON.stringify(worked), /"builder":"Hatch, version 1\.18\.2"/);
});

test("build-wheel: uv makes one wheel alone where no sdist is wanted", async (t) => {
  const ports = await realPorts(t, { path: pathWith(t, "uv") });
  write(ports, hatchling);

  assert.deepEqual(names(await build(ports, { sdist: "none" })), ["wheel slip_demo-1.0-py3-none-any.whl"]);
});

test("build-wheel: maturin builds a native wheel that PyPI's tags allow, from its own sdist", async (t) => {
  const cargo = dirname(await cargoOf(t));
  const ports = await realPorts(t, { path: [...pathWith(t, "maturin"), cargo] });
  write(ports, {
    "pyproject.toml":
      '[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n\n[project]\nname = "slip-demo"\nversion = "1.0"\n\n[tool.maturin]\nbindings = "bin"\n',
    "Cargo.toml": '[package]\nname = "slip-demo"\nversion = "1.0.0"\nedition = "2021"\n',
    "src/main.rs": 'fn main() { println!("slip-demo 1.0"); }\n',
  });

  const worked = await build(ports);

  const [wheel = "", sdist = ""] = names(worked);
  assert.match(wheel, /^wheel slip_demo-1\.0-py3-none-manylinux_2_\d+_x86_64\.whl$/);
  assert.equal(sdist, "sdist slip_demo-1.0.tar.gz");
  const findings = await buildWheelStep.preflight(aPlanned<BuildWheelInput>({}, { packages: [demo] }), ports);
  assert.deepEqual(
    findings.map((one) => one.id),
    ["PF-BUILDER"],
  );
});

test("build-wheel: a build that fails tells its last lines, and one that names another version is refused", async (t) => {
  const broken = await realPorts(t, { path: pathWith(t, "uv") });
  write(broken, {
    ...hatchling,
    "pyproject.toml":
      '[build-system]\nrequires = []\nbuild-backend = "nowhere"\nbackend-path = ["."]\n[project]\nname = "Slip.Demo"\nversion = "1.0"\n',
  });
  const other = await realPorts(t, { path: pathWith(t, "uv") });
  write(other, { ...hatchling, "pyproject.toml": project.replace('"1.0"', '"1.1"') });

  const failed = await build(broken);
  const refused = await build(other);

  assert.equal(failed.kind === "failed" && failed.code, "STEP_FAILED");
  assert.match(failed.kind === "failed" ? failed.message : "", /ended with exit status 2 instead of 0; it printed last:\n.*nowhere/s);
  assert.equal(refused.kind === "failed" && refused.code, "VERSION_MISMATCH");
});

async function cargoOf(t: TestContext): Promise<string> {
  const ports = await realPorts(t, { path: [] });
  const found = await ports.exec.find("cargo", process.env["PATH"] ?? "");
  assert.ok(found !== undefined, "There is no cargo on the PATH. Install Rust");
  return found;
}
