import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command, CommandEnd } from "../../platform/ports.ts";
import type { Worked } from "../step.ts";
import {
  aFrozen,
  aPackage,
  aPlanned,
  aUse,
  exited,
  fakePorts,
  memoryFiles,
  type FakePorts,
  type Program,
} from "../../../test/support/ports.ts";
import { buildWheelStep } from "./build-wheel.ts";
import type { BuildWheelInput } from "./input.ts";

const manifest = (backend: string): string => `[build-system]\nbuild-backend = "${backend}"\n[project]\nname = "demo"\nversion = "1.0.0"\n`;

interface Machine {
  readonly backend?: string;
  /** File names that the builder leaves. */
  readonly makes?: readonly string[];
  readonly programs?: readonly string[];
  readonly end?: CommandEnd;
  readonly host?: string;
}

/** A machine on which every named program can build, and says its version. */
function machine(of: Machine = {}): FakePorts {
  const files = memoryFiles({
    "/work/pyproject.toml": manifest(of.backend ?? "hatchling.build"),
    "/source/pyproject.toml": manifest(of.backend ?? "hatchling.build"),
  });
  const program: Program = async (command) => {
    if (command.args.includes("--version")) return exited(0, `${command.program.split("/").at(-1)} 9.9 (abc)\n`);
    if (!isBuild(command)) return exited(0);
    for (const name of of.makes ?? ["demo-1.0.0-py3-none-any.whl", "demo-1.0.0.tar.gz"])
      files.content.set(`/scratch/dist-demo/${name}`, name);
    return of.end ?? exited(0, "built\n");
  };
  const programs = Object.fromEntries((of.programs ?? ["uv"]).map((name) => [name, program]));
  return fakePorts({ files, programs, ...(of.host === undefined ? {} : { host: of.host }) });
}

function isBuild({ args }: Command): boolean {
  return args.includes("build") && !args.includes("--version");
}

/** Words of the build commands, with the program's name alone. */
function builds(ports: FakePorts): readonly string[] {
  return ports.exec.commands.filter(isBuild).map((one) => [one.program.split("/").at(-1), ...one.args].join(" "));
}

async function build(ports: FakePorts, input: BuildWheelInput = {}, leg: Readonly<Record<string, string>> = {}): Promise<Worked> {
  return buildWheelStep.perform(aFrozen(input, { leg }), ports);
}

function failure(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : worked.kind;
}

test("build-wheel: collects exactly what the builder left, and says with what it was built", async () => {
  const ports = machine({ makes: ["demo-1.0.0-py3-none-any.whl", "demo-1.0.0.tar.gz", ".gitignore"] });

  const worked = await build(ports);

  assert.deepEqual(worked, {
    kind: "done",
    output: {
      builds: [{ package: "demo", builder: "uv 9.9", files: ["demo-1.0.0-py3-none-any.whl", "demo-1.0.0.tar.gz"] }],
      environment: { host: "linux-x86_64", SOURCE_DATE_EPOCH: "1700000000" },
    },
    artifacts: [
      { kind: "wheel", package: "demo", name: "demo-1.0.0-py3-none-any.whl", file: "/scratch/dist-demo/demo-1.0.0-py3-none-any.whl" },
      { kind: "sdist", package: "demo", name: "demo-1.0.0.tar.gz", file: "/scratch/dist-demo/demo-1.0.0.tar.gz" },
    ],
  });
});

test("build-wheel: a builder runs outside of the project, where no folder of it can be taken for a module", async () => {
  const ports = machine();

  await build(ports);

  assert.deepEqual(
    ports.exec.commands.filter(isBuild).map((one) => one.cwd),
    ["/scratch/dist-demo"],
  );
});

const choices: readonly (readonly [string, Machine, BuildWheelInput, string])[] = [
  ["uv where it is on the PATH", { programs: ["uv", "python3", "hatch", "maturin"] }, {}, "uv build --out-dir /scratch/dist-demo /work"],
  ["the machine's own build without uv", { programs: ["python3"] }, {}, "python3 -m build --outdir /scratch/dist-demo /work"],
  ["Slipway's own build without either", { programs: ["/toolbox/bin/python"] }, {}, "python -m build --outdir /scratch/dist-demo /work"],
  [
    "maturin where it is the backend",
    { programs: ["uv", "maturin"], backend: "maturin" },
    {},
    "maturin build --release --sdist --out /scratch/dist-demo",
  ],
  ["uv for maturin's backend without maturin", { programs: ["uv"], backend: "maturin" }, {}, "uv build --out-dir /scratch/dist-demo /work"],
  ["hatch where it is asked for", { programs: ["uv", "hatch"] }, { builder: "hatch" }, "hatch build -t sdist -t wheel /scratch/dist-demo"],
  ["the wheel alone", { makes: ["demo-1.0.0-py3-none-any.whl"] }, { sdist: false }, "uv build --wheel --out-dir /scratch/dist-demo /work"],
  ["no isolation", {}, { isolation: false }, "uv build --no-build-isolation --out-dir /scratch/dist-demo /work"],
];
for (const [what, of, input, words] of choices) {
  test(`build-wheel: builds with ${what}`, async () => {
    const ports = machine(of);

    const worked = await build(ports, input);

    assert.equal(worked.kind, "done", failure(worked));
    assert.deepEqual(builds(ports), [words]);
  });
}

test("build-wheel: maturin is told glibc, Pythons and target", async () => {
  const ports = machine({
    programs: ["maturin"],
    backend: "maturin",
    makes: ["demo-1.0.0-cp312-cp312-macosx_11_0_universal2.whl"],
    host: "macos-aarch64",
  });

  const worked = await build(ports, { python: ["3.12"], manylinux: "2_17", sdist: "none" }, { platform: "macos-universal2" });
  const elsewhere = await build(machine({ backend: "maturin" }), { sdist: "none" }, { platform: "macos-universal2" });

  assert.match(failure(elsewhere), /^NO_PLACE: /);
  assert.deepEqual(builds(ports), [
    "maturin build --release --compatibility manylinux_2_17 --target universal2-apple-darwin --interpreter python3.12 --out /scratch/dist-demo",
  ]);
  assert.equal(worked.kind === "done" && worked.artifacts[0]?.platform, "macos-universal2");
});

test("build-wheel: the PKG-INFO of an earlier sdist is left out where the backend would have two", async () => {
  const left = async (backend: string, program: string): Promise<boolean> => {
    const ports = machine({ programs: [program], backend });
    ports.files.content.set("/work/PKG-INFO", "Name: demo");
    assert.equal((await build(ports)).kind, "done");
    return ports.files.content.has("/work/PKG-INFO");
  };

  assert.equal(await left("maturin", "maturin"), false);
  assert.equal(await left("maturin", "uv"), false);
  assert.equal(await left("hatchling.build", "uv"), false);
  assert.equal(await left("setuptools.build_meta", "uv"), true);
});

test("build-wheel: tools that derive the version are told it where generated files are committed, and nowhere else", async () => {
  const told = async (files: Readonly<Record<string, string>>): Promise<string | undefined> => {
    const ports = machine();
    for (const [file, text] of Object.entries(files)) ports.files.content.set(file, text);
    assert.equal((await build(ports)).kind, "done");
    const env = ports.exec.commands.find(isBuild)?.env ?? {};
    return Object.keys(env)
      .filter((name) => name.startsWith("SETUPTOOLS_SCM"))
      .map((name) => `${name}=${env[name]}`)
      .join(" ");
  };
  const hatch =
    '[build-system]\nrequires = ["hatch-vcs"]\nbuild-backend = "hatchling.build"\n[project]\nname = "demo"\ndynamic = ["version"]\n';
  const scm = '[build-system]\nrequires = ["setuptools-scm"]\n[project]\nname = "demo"\ndynamic = ["version"]\n';

  assert.equal(
    await told({ "/work/pyproject.toml": scm, "/work/PKG-INFO": "Name: demo" }),
    "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_DEMO=1.0.0",
  );
  assert.equal(await told({ "/work/pyproject.toml": hatch, "/work/PKG-INFO": "Name: demo" }), "SETUPTOOLS_SCM_PRETEND_VERSION=1.0.0");
  assert.equal(await told({ "/work/pyproject.toml": scm }), "");
  assert.equal(await told({ "/work/PKG-INFO": "Name: demo" }), "");
});

test("build-wheel: maturin's backend is told to name wheels as an index takes them, unless the environment says otherwise", async () => {
  const told = async (env: Readonly<Record<string, string>>): Promise<string | undefined> => {
    const ports = machine({ backend: "maturin" });
    await buildWheelStep.perform(aFrozen<BuildWheelInput>({}), { ...ports, env: { ...ports.env, ...env } });
    return ports.exec.commands.find(isBuild)?.env["MATURIN_PEP517_ARGS"];
  };

  assert.equal(await told({}), "--compatibility pypi");
  assert.equal(await told({ MATURIN_PEP517_ARGS: "--compatibility off" }), "--compatibility off");
});

test("build-wheel: uv builds every other Python's wheel from the first one's sdist", async () => {
  const ports = machine({
    makes: ["demo-1.0.0-cp312-cp312-manylinux_2_17_x86_64.whl", "demo-1.0.0-cp313-cp313-manylinux_2_17_x86_64.whl", "demo-1.0.0.tar.gz"],
  });

  await build(ports, { python: ["3.12", "3.13"] });

  assert.deepEqual(builds(ports), [
    "uv build --python 3.12 --out-dir /scratch/dist-demo /work",
    "uv build --wheel --python 3.13 --out-dir /scratch/dist-demo /scratch/dist-demo/demo-1.0.0.tar.gz",
  ]);
});

const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["nothing", [], /^ARTIFACT_SET: .*made no file/],
  [
    "a wheel of another package",
    ["other-1.0.0-py3-none-any.whl"],
    /^ARTIFACT_SET: .*made "other-1.0.0-py3-none-any.whl", and the package is named "demo"/,
  ],
  ["a wheel of another version", ["demo-1.0.1-py3-none-any.whl"], /^VERSION_MISMATCH: .*with version 1.0.1, and the plan says 1.0.0/],
  ["an sdist of another version", ["demo-1.0.0.post1.tar.gz"], /^VERSION_MISMATCH: /],
  ["an sdist with a name of old", ["Demo-1.0.0.tar.gz"], /^ARTIFACT_INVALID: .*has to be "demo-1.0.0.tar.gz"/],
  ["a name that is no wheel's", ["demo-1.0.0.whl"], /^ARTIFACT_INVALID: /],
  ["something else", ["demo-1.0.0.zip"], /^ARTIFACT_SET: .*neither a wheel nor an sdist/],
];
for (const [what, makes, message] of refused) {
  test(`build-wheel: refuses a build that made ${what}`, async () => {
    assert.match(failure(await build(machine({ makes }))), message);
  });
}

test("build-wheel: a build that fails says how, with its last lines", async () => {
  assert.match(
    failure(await build(machine({ end: exited(2, "boom\n") }))),
    /^STEP_FAILED: .*ended with exit status 2 instead of 0; it printed last:\n {2}boom/,
  );
  assert.match(failure(await build(machine({ end: { kind: "timed-out", stdout: "", stderr: "" } }))), /^TIMED_OUT: /);
  assert.match(failure(await build(machine({ programs: [] }))), /^TOOL_MISSING: /);
});

test("build-wheel: preflight names the builder, or what is missing", async () => {
  const look = async (of: Machine, input: BuildWheelInput = {}, leg: Readonly<Record<string, string>> = {}): Promise<readonly string[]> =>
    (await buildWheelStep.preflight(aPlanned(input, { leg }), machine(of))).map((one) => `${one.level} ${one.id}`);

  assert.deepEqual(await look({}), ["fine PF-BUILDER"]);
  assert.deepEqual(await look({ programs: [] }, { builder: "uv" }), ["blocks PF-TOOL-MISSING"]);
  assert.deepEqual(await look({ backend: "maturin", programs: ["maturin"] }), ["blocks PF-TOOL-MISSING", "blocks PF-TOOL-MISSING"]);
  assert.deepEqual(await look({ backend: "maturin", programs: ["maturin", "cargo", "rustc"] }), ["fine PF-BUILDER"]);
  assert.deepEqual(await look({ backend: "maturin", programs: ["maturin", "cargo", "rustc"] }, { python: ["3.13"] }), [
    "blocks PF-PYTHON-MISSING",
  ]);
  assert.deepEqual(await look({}, { manylinux: "2.17" }), ["blocks PF-OPTION"]);
  assert.deepEqual(await look({}, { sdist: "none" }, { platform: "linux-aarch64" }), ["warns PF-NO-PLACE"]);
  assert.deepEqual(await look({ host: "linux-aarch64" }, { sdist: "none" }, { platform: "linux-aarch64" }), ["fine PF-BUILDER"]);
});

test("build-wheel: preflight says when a package's folder holds no project", async () => {
  const ports = fakePorts({ programs: { uv: () => exited(0, "uv 1") } });

  assert.deepEqual(
    (await buildWheelStep.preflight(aPlanned<BuildWheelInput>({}), ports)).map((one) => one.id),
    ["PF-MANIFEST"],
  );
});

test("build-wheel: the plan expects a wheel, and an sdist from one leg alone", () => {
  const platforms = (input: BuildWheelInput, platform: string) => buildWheelStep.makes(aUse(input, { leg: { platform } }));

  assert.deepEqual(buildWheelStep.makes(aUse<BuildWheelInput>({})), [
    { kind: "wheel", package: "demo", countMin: 1, countMax: 1 },
    { kind: "sdist", package: "demo", countMin: 1, countMax: 1 },
  ]);
  assert.deepEqual(
    platforms({ sdist: "linux-x86_64" }, "linux-x86_64").map((one) => one.kind),
    ["wheel", "sdist"],
  );
  assert.deepEqual(platforms({ sdist: "linux-x86_64" }, "macos-arm64"), [
    { kind: "wheel", package: "demo", countMin: 1, countMax: 1, platform: "macos-arm64" },
  ]);
  assert.throws(() => platforms({}, "linux-x86_64"), { code: "PLAN_INVALID" });
  assert.throws(() => platforms({ sdist: "everywhere" }, "linux-x86_64"), { code: "PLAN_INVALID" });
  assert.throws(() => buildWheelStep.makes(aUse<BuildWheelInput>({}, { leg: { python: "3.12" } })), { code: "PLAN_INVALID" });
});

test("build-wheel: other ecosystems are not its business", () => {
  const use = aUse<BuildWheelInput>({}, { packages: [aPackage(), aPackage({ id: "core", ecosystem: "crates" })] });

  assert.deepEqual(
    buildWheelStep.makes(use).map((one) => one.package),
    ["demo", "demo"],
  );
  assert.equal(buildWheelStep.describe(use), "build wheel and sdist of demo");
});
