// `in:` of the steps that build, with real compilers that are on the PATH inside of an environment alone. Programs of this test
// stand in for nix and pixi, which cannot be had here: they read their words as the real ones do, greet whoever enters on
// standard output as shell hooks do, and set the time of their own packages as nixpkgs does.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { z } from "zod";
import { stepNamed } from "../../src/app/vocabulary.ts";
import { executableHeadBytes, readExecutable } from "../../src/domain/executable.ts";
import { buildBinaryStep } from "../../src/steps/build-binary/build-binary.ts";
import { buildCrateStep } from "../../src/steps/build-crate/build-crate.ts";
import { buildImageStep } from "../../src/steps/build-image/build-image.ts";
import { buildNpmStep } from "../../src/steps/build-npm/build-npm.ts";
import { buildWheelStep } from "../../src/steps/build-wheel/build-wheel.ts";
import type { PlannedPackage } from "../../src/domain/plan/plan.ts";
import type { Worked, WorkStep } from "../../src/steps/step.ts";
import { aFrozen, aPackage, aPlanned, aPlannedStep, aUse } from "../support/ports.ts";
import { makeImage } from "../support/oci.ts";
import { realPorts, testTool, type RealPorts } from "../support/real-ports.ts";

const greeting = "echo 'Welcome to the shell of this project 9.9'; echo 'on stderr as well' >&2";
const inside = (tools: string): string => `export PATH="${tools}:$PATH" SOURCE_DATE_EPOCH=315532800 ENTERED="$PWD"`;

/** `nix … develop … --command PROGRAM ARGS`, `nix-shell --run TEXT`, `pixi run --locked PROGRAM ARGS`, `./enter PROGRAM ARGS`. */
const entrances = {
  nix: (tools: string) => `while [ "$1" != --command ]; do shift; done\nshift\n${greeting}\n${inside(tools)}\nexec "$@"`,
  "nix-shell": (tools: string) => `[ "$1" = --run ] && [ $# = 2 ] || exit 64\n${greeting}\n${inside(tools)}\nexec bash -c "$2"`,
  pixi: (tools: string) => `[ "$1 $2" = "run --locked" ] || exit 64\nshift 2\n${greeting}\n${inside(tools)}\nexec "$@"`,
  enter: (tools: string) => `${greeting}\n${inside(tools)}\nexec "$@"`,
};

interface Place {
  /** Of the project, beside what the entrance needs. */
  readonly files: Readonly<Record<string, string>>;
  /** Absolute paths of programs that are there inside alone. */
  readonly tools: readonly string[];
}

function put(file: string, text: string, mode = 0o644): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

async function place(t: TestContext, { files, tools }: Place): Promise<RealPorts> {
  const ports = await realPorts(t, { path: ["/usr/bin", "/bin"] });
  const [outer, inner] = [path.join(ports.root, "programs"), path.join(ports.root, "inside")];
  mkdirSync(inner);
  for (const tool of tools) symlinkSync(tool, path.join(inner, path.basename(tool)));
  for (const name of ["nix", "nix-shell", "pixi"] as const) put(path.join(outer, name), `#!/bin/sh\n${entrances[name](inner)}\n`, 0o755);
  put(path.join(ports.workFolder, "tools", "enter"), `#!/bin/sh\n${entrances.enter(inner)}\n`, 0o755);
  for (const [name, text] of Object.entries({ "flake.nix": "{}", "pixi.toml": "", "pixi.lock": "", ...files }))
    put(path.join(ports.workFolder, name), text);
  // Only the entrances lie on the PATH outside.
  return { ...ports, env: { ...ports.env, PATH: `${outer}:/usr/bin:/bin`, GOCACHE: goCache } };
}

const goCache = path.join(import.meta.dirname, "..", "..", ".cache", "journeys", "go-build");
const step = aPlannedStep({ timeoutMs: 120_000 });
const where = (program: string): string => execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
/** Where rustup put the programs themselves: its own stand-ins ask the home, which is another one here. */
const rust = (program: string): string => execFileSync(where("rustup"), ["which", program], { encoding: "utf8" }).trim();

const goProject = {
  "cmd/go.mod": "module example.org/slip\n\ngo 1.21\n",
  "cmd/main.go": 'package main\n\nfunc main() { println("slip") }\n',
};
const binary = aPackage({ id: "tool", ecosystem: "binary", name: "slip", folder: "cmd" });

async function works<In>(
  made: WorkStep<In>,
  input: In,
  { ports, packages }: { readonly ports: RealPorts; readonly packages: readonly PlannedPackage[] },
) {
  const leg = made.name === "build-binary" ? { platform: "macos-arm64" } : {};
  const findings = await made.preflight(aPlanned(input, { packages, leg }), ports);
  const worked: Worked = await made.perform(aFrozen(input, { packages, leg, step }), ports);
  return { findings: findings.map(({ id, level }) => `${level} ${id}`), worked };
}

function filesOf(worked: Worked, ports: RealPorts): readonly string[] {
  assert.ok(worked.kind === "done", `${JSON.stringify(worked)}\n${ports.printed.join("\n")}`);
  return worked.artifacts.map(({ name }) => name);
}

for (const [into, files] of [
  ["nix", {}],
  ["pixi", {}],
  ["tools/enter", {}],
  ["sh tools/enter", {}],
] as const) {
  test(`build-binary in: ${into}: Go of the environment builds, below the root where it is entered`, async (t) => {
    const ports = await place(t, { files: { ...goProject, ...files }, tools: [where("go")] });

    const { findings, worked } = await works(buildBinaryStep, { in: into }, { ports, packages: [binary] });

    assert.deepEqual(findings, ["cannot-be-tried PF-INSIDE"]);
    assert.deepEqual(filesOf(worked, ports), ["slip-macos-arm64"]);
    const read = readExecutable(readFileSync((worked.kind === "done" && worked.artifacts[0]?.file) || "").subarray(0, executableHeadBytes));
    assert.deepEqual(read.kind === "executable" && [read.executable.os, read.executable.processors], ["macos", ["aarch64"]]);
    const told = JSON.stringify(worked.kind === "done" && worked.output);
    assert.match(told, /"builder":"go version go[0-9.]+ /, "what the environment greets with is no answer of Go");
    assert.ok(told.includes(`"in":"${into}"`), told);
  });
}

test("in: nix without a flake enters by nix-shell, which gets one text: every word arrives as it was written", async (t) => {
  const script = 'printf \'%s|\' "$@" > out; printf %s "$SOURCE_DATE_EPOCH $ENTERED" > told; cp /bin/true slip';
  const ports = await place(t, { files: { "shell.nix": "", "make.sh": script }, tools: [] });
  await ports.files.remove(path.join(ports.workFolder, "flake.nix"));
  const words = ["it's", "$HOME", "a b", "`id`", ";", "*", "A=b", "ü"];
  const run = `sh make.sh ${words.map((word) => JSON.stringify(word).replace("`id`", "`id`")).join(" ")}`;
  const leg = { platform: "linux-x86_64" };
  const packages = [{ ...binary, folder: "." }];

  const worked = await buildBinaryStep.perform(aFrozen({ in: "nix", run, file: "slip" }, { packages, leg, step }), ports);

  assert.deepEqual(filesOf(worked, ports), ["slip-linux-x86_64"]);
  assert.equal(readFileSync(path.join(ports.workFolder, "out"), "utf8"), `${words.join("|")}|`);
  assert.equal(
    readFileSync(path.join(ports.workFolder, "told"), "utf8"),
    `1700000000 ${ports.workFolder}`,
    "the release's own time, and entered at the root",
  );
});

test("build-crate in: pixi: cargo of the environment packs", async (t) => {
  const files = {
    "Cargo.toml": '[package]\nname = "slip"\nversion = "1.0.0"\nedition = "2021"\ndescription = "x"\nlicense = "MIT"\n',
    "src/lib.rs": "",
  };
  const ports = await place(t, { files, tools: [rust("cargo"), rust("rustc")] });
  const packages = [aPackage({ id: "slip", ecosystem: "crates", name: "slip" })];

  const { findings, worked } = await works(buildCrateStep, { in: "pixi", verify: false }, { ports, packages });

  assert.deepEqual(findings, ["cannot-be-tried PF-INSIDE", "fine PF-CRATES"]);
  assert.deepEqual(filesOf(worked, ports), ["slip-1.0.0.crate"]);
});

test("build-npm in: a command: npm of the environment packs", async (t) => {
  const ports = await place(t, {
    files: { "package.json": '{ "name": "slip", "version": "1.0.0", "files": [] }' },
    tools: [process.execPath, where("npm")],
  });
  const packages = [aPackage({ id: "slip", ecosystem: "npm", name: "slip" })];

  const { worked } = await works(buildNpmStep, { in: "tools/enter" }, { ports, packages });

  assert.deepEqual(filesOf(worked, ports), ["slip-1.0.0.tgz"]);
});

test("build-wheel in: nix: uv of the environment builds", async (t) => {
  const pyproject =
    '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "slip"\nversion = "1.0.0"\n';
  const ports = await place(t, { files: { "pyproject.toml": pyproject, "slip.py": "" }, tools: [testTool("uv"), testTool("python3")] });
  const packages = [aPackage({ id: "slip", name: "slip" })];

  const { findings, worked } = await works(buildWheelStep, { in: "nix", builder: "uv" }, { ports, packages });

  assert.deepEqual(findings, ["cannot-be-tried PF-INSIDE"]);
  assert.deepEqual([...filesOf(worked, ports)].toSorted(), ["slip-1.0.0-py3-none-any.whl", "slip-1.0.0.tar.gz"]);
});

test("build-image in: pixi: a command of the environment leaves the image", async (t) => {
  const ports = await place(t, { files: {}, tools: [] });
  writeFileSync(path.join(ports.workFolder, "made.tar"), makeImage({ version: "1.0.0" }).tar);
  put(path.join(ports.root, "inside", "bake"), '#!/bin/sh\ncp made.tar "$SLIPWAY_IMAGE"\n', 0o755);
  const packages = [aPackage({ id: "image", ecosystem: "oci", name: "owner/slip" })];

  const { findings, worked } = await works(buildImageStep, { in: "pixi", run: "bake" }, { ports, packages });

  assert.deepEqual(findings, ["cannot-be-tried PF-INSIDE"]);
  assert.deepEqual(filesOf(worked, ports), ["slip-linux-x86_64.oci.tar"]);
});

const inputs: readonly (readonly [string, Readonly<Record<string, unknown>>, PlannedPackage])[] = [
  ["build-wheel", {}, aPackage({ name: "slip" })],
  ["build-crate", {}, aPackage({ id: "slip", ecosystem: "crates", name: "slip" })],
  ["build-npm", {}, aPackage({ id: "slip", ecosystem: "npm", name: "slip" })],
  ["build-binary", { builder: "go" }, { ...binary, folder: "." }],
  ["build-image", { run: "bake" }, aPackage({ id: "image", ecosystem: "oci", name: "owner/slip" })],
];

for (const [name, options, one] of inputs) {
  test(`${name}: the way in is asked for on the PATH, and has to stand in the project`, async (t) => {
    const files = {
      "pyproject.toml": '[project]\nname = "slip"\nversion = "1.0.0"\n',
      "Cargo.toml": '[package]\nname = "slip"\nversion = "1.0.0"\ndescription = "x"\nlicense = "MIT"\n',
      "package.json": '{ "name": "slip" }',
    };
    const ports = await place(t, { files, tools: [] });
    await ports.files.remove(path.join(ports.workFolder, "flake.nix"));
    const made = stepNamed(name);
    assert.ok(made?.kind === "work");
    const use = (into: string) => ({ ...options, in: into });
    const about = { packages: [one], leg: {} };

    assert.deepEqual(made.asks(aUse(use("nix"), about)).programs, ["nix"]);
    assert.deepEqual(made.asks(aUse(use("direnv exec ."), about)).programs, ["direnv"]);
    const refused = await made.preflight(aPlanned(use("nix"), about), ports);
    assert.ok(
      refused.some(({ id, level, message }) => `${level} ${id}` === "blocks PF-ENTRANCE" && message.includes("flake.nix")),
      JSON.stringify(refused),
    );
    const worked = await made.perform(aFrozen(use("nix"), { ...about, step }), ports);
    assert.equal(worked.kind === "failed" && worked.code, "CONFIG_INVALID");
    assert.match(made.input.zod(z).safeParse({ ...options, in: "direnv 'exec" }).error?.message ?? "", /nix, pixi, or a command/);
  });
}

test("a tool that is not inside, and an environment that cannot be entered, are told as that", async (t) => {
  const ports = await place(t, { files: goProject, tools: [] });
  const of = { packages: [binary], leg: { platform: "macos-arm64" }, step };

  const noTool = await buildBinaryStep.perform(aFrozen({ in: "pixi" }, of), ports);
  const noEntrance = await buildBinaryStep.perform(aFrozen({ in: "direnv exec ." }, of), ports);
  put(path.join(ports.root, "programs", "pixi"), "#!/bin/sh\necho 'the lock does not fit' >&2\nexit 3\n", 0o755);
  const refused = await buildBinaryStep.perform(aFrozen({ in: "pixi" }, of), ports);

  const told = [noTool, noEntrance, refused].map((one) => (one.kind === "failed" ? `${one.code} ${one.message}` : one.kind));
  assert.match(told[0] ?? "", /^TOOL_MISSING Cannot build "tool": "go version" does not answer$/);
  assert.match(told[1] ?? "", /^TOOL_MISSING Cannot enter "in: direnv exec \.": there is no program "direnv"$/);
  assert.match(
    told[2] ?? "",
    /^STEP_FAILED Cannot enter "in: pixi": "pixi run --locked true" ended with exit status 3 instead of 0; it printed last:\n  the lock does not fit$/,
  );
});
