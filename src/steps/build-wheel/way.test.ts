// What this machine can make of a leg: natively, by zig for another processor of Linux, or not at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { aFrozen, aPlanned, exited, fakePorts, memoryFiles, type FakePorts, type Program } from "../../../test/support/ports.ts";
import type { Worked } from "../step.ts";
import { buildWheelStep } from "./build-wheel.ts";
import type { BuildWheelInput } from "./input.ts";

interface Machine {
  readonly programs?: readonly string[];
  /** `python3 -m ziglang` answers. */
  readonly ziglang?: boolean;
  /** The standard library of the other processor is installed. */
  readonly library?: boolean;
  readonly backend?: string;
  readonly host?: string;
}

const wheelName = "demo-1.0.0-cp39-abi3-manylinux_2_17_aarch64.whl";

function machine(of: Machine = {}): FakePorts {
  const manifest = `[build-system]\nbuild-backend = "${of.backend ?? "maturin"}"\n[project]\nname = "demo"\nversion = "1.0.0"\n`;
  const files = memoryFiles({
    "/work/pyproject.toml": manifest,
    "/source/pyproject.toml": manifest,
    ...(of.library === false ? {} : { "/rust/aarch64-unknown-linux-gnu/lib/libstd.rlib": "" }),
  });
  const answer: Program = async ({ program, args }) => {
    if (args.includes("--version")) return exited(0, `${program.split("/").at(-1)} 1.0\n`);
    if (args.includes("target-libdir")) return exited(0, `/rust/${args.at(-1)}/lib\n`);
    if (args.includes("ziglang")) return of.ziglang === true ? exited(0, "0.15.0\n") : exited(1);
    if (args.includes("build")) files.content.set(`/scratch/dist-demo/${wheelName}`, "");
    return exited(0);
  };
  const programs = of.programs ?? ["maturin", "cargo", "rustc", "zig", "python3"];
  return fakePorts({ files, programs: Object.fromEntries(programs.map((name) => [name, answer])), host: of.host ?? "linux-x86_64" });
}

const leg = { platform: "linux-aarch64" };
const build = (ports: FakePorts, input: BuildWheelInput = {}): Promise<Worked> =>
  buildWheelStep.perform(aFrozen<BuildWheelInput>({ sdist: "none", ...input }, { leg }), ports);
const look = async (of: Machine, input: BuildWheelInput = {}): Promise<readonly string[]> =>
  (await buildWheelStep.preflight(aPlanned<BuildWheelInput>({ sdist: "none", ...input }, { leg }), machine(of))).map(
    ({ level, id, message, hint }) => `${level} ${id}: ${message}; ${hint ?? ""}`,
  );

test("a leg of another processor of Linux is cross-compiled by maturin with zig, and the record says so", async () => {
  const ports = machine();

  const worked = await build(ports, { python: ["3.12"] });

  assert.equal(worked.kind, "done");
  const words = ports.exec.commands.find(({ args }) => args.includes("build"))?.args.join(" ");
  assert.equal(words, "build --release --zig --target aarch64-unknown-linux-gnu --interpreter python3.12 --out /scratch/dist-demo");
  assert.deepEqual(worked.kind === "done" && worked.artifacts.map(({ name, platform }) => [name, platform]), [
    [wheelName, "linux-aarch64"],
  ]);
  assert.match(JSON.stringify(worked), /"target":"aarch64-unknown-linux-gnu","linker":"zig"/);
});

test("preflight names the way, wants none of the other machine's Pythons, and takes zig from the Python package too", async () => {
  const way = /^fine PF-BUILDER: "demo" is built with maturin 1\.0, cross-compiled for aarch64-unknown-linux-gnu by zig/;

  assert.match((await look({}, { python: ["3.12"] })).join("\n"), way);
  assert.match((await look({ programs: ["maturin", "cargo", "rustc", "python3"], ziglang: true })).join("\n"), way);
});

const lacking: readonly (readonly [string, Machine, RegExp, RegExp])[] = [
  [
    "zig",
    { programs: ["maturin", "cargo", "rustc", "python3"] },
    /to cross-compile, it lacks zig/,
    /install zig \(or the Python package ziglang\)/,
  ],
  [
    "the Rust target",
    { library: false },
    /it lacks the Rust target "aarch64-unknown-linux-gnu"/,
    /run `rustup target add aarch64-unknown-linux-gnu`/,
  ],
  [
    "both",
    { library: false, programs: ["maturin", "cargo", "rustc"] },
    /it lacks the Rust target .* and zig/,
    /rustup target add .* and install zig/,
  ],
  ["another builder than maturin", { backend: "setuptools.build_meta" }, /needs a machine that is linux-aarch64/, /slipway import FILE/],
  ["Linux", { host: "macos-aarch64" }, /and this one is macos-aarch64/, /slipway import FILE/],
];

for (const [what, of, message, hint] of lacking) {
  test(`a machine without ${what} has no place for the leg, and says what is missing and the ways out`, async () => {
    const [finding = ""] = await look(of);
    assert.match(finding, /^warns PF-NO-PLACE: /);
    assert.match(finding, message);
    assert.match(finding, hint);
    assert.match(finding, /slipway import FILE\.\.\. --platform linux-aarch64/);
    const worked = await build(machine(of));
    assert.equal(worked.kind === "failed" && worked.code, "NO_PLACE");
  });
}

test("zig links for an older glibc than this machine's where `manylinux` asks for one, and only there", async () => {
  const words = async (input: BuildWheelInput, of: Machine = {}): Promise<string | undefined> => {
    const ports = machine({ host: "linux-aarch64", ...of });
    await build(ports, input);
    return ports.exec.commands.find(({ args }) => args.includes("build"))?.args.join(" ");
  };

  assert.equal(await words({ manylinux: "2.17" }), "build --release --zig --compatibility manylinux_2_17 --out /scratch/dist-demo");
  assert.equal(await words({}), "build --release --out /scratch/dist-demo");
  assert.equal(
    await words({ manylinux: "2.17" }, { programs: ["maturin", "cargo", "rustc"] }),
    "build --release --compatibility manylinux_2_17 --out /scratch/dist-demo",
    "without zig maturin refuses what does not run there",
  );
});
