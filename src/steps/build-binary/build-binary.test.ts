import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { ArchiveWriting, Command } from "../../platform/ports.ts";
import { elf, machO, pe, type ElfParts } from "../../../test/support/executables.ts";
import {
  aFrozen,
  aPackage,
  aPlanned,
  aUse,
  exited,
  fakeArchives,
  fakePorts,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import type { Worked } from "../step.ts";
import { buildBinaryStep } from "./build-binary.ts";
import type { BuildBinaryInput } from "./input.ts";

const tool: PlannedPackage = aPackage({ id: "tool", ecosystem: "binary", name: "slip", version: "1.2.0" });

interface Machine {
  readonly sources?: Readonly<Record<string, string>>;
  /** What the build leaves. */
  readonly makes?: Buffer;
  readonly programs?: readonly string[];
  /** Rust targets whose standard library is there. */
  readonly rust?: readonly string[];
  readonly host?: string;
}

interface FakeMachine {
  readonly ports: FakePorts;
  readonly written: ArchiveWriting[];
}

const cargoProject = { "Cargo.toml": '[package]\nname = "slip"\n', "Cargo.lock": "" };
const goProject = { "go.mod": "module slip\n" };

function machine(of: Machine = {}): FakeMachine {
  const files = memoryFiles();
  for (const [path, text] of Object.entries(of.sources ?? goProject)) {
    files.content.set(`/work/${path}`, text);
    files.content.set(`/source/${path}`, text);
  }
  for (const target of of.rust ?? []) files.content.set(`/rust/${target}/lib/std.rlib`, "");
  const bytes = (of.makes ?? elf()).toString("latin1");
  const leave = (command: Command): void => {
    const { args } = command;
    const [out, target, bin] = ["-o", "--target", "--bin"].map((name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined));
    const ending = of.makes?.toString("latin1", 0, 2) === "MZ" ? ".exe" : "";
    if (out !== undefined) files.content.set(out, bytes);
    else if (target !== undefined)
      files.content.set(`/scratch/build-tool/${target.split(".")[0] ?? ""}/release/${bin ?? ""}${ending}`, bytes);
    else files.content.set(`/work/out/slip-1.2.0-linux-amd64`, bytes);
  };
  const answers = (command: Command): string | undefined => {
    const { program, args } = command;
    if (program === "rustc") return `/rust/${args.at(-1) ?? ""}/lib`;
    if (args[0] === "--version" || args[0] === "version") return `${program} 9.9`;
    leave(command);
    return "built";
  };
  const program = (command: Command) => exited(0, `${answers(command) ?? ""}\n`);
  const programs = Object.fromEntries((of.programs ?? ["cargo", "rustc", "go", "make"]).map((name) => [name, program]));
  const written: ArchiveWriting[] = [];
  const archives = { ...fakeArchives({}), write: async (writing: ArchiveWriting) => void written.push(writing) };
  return { ports: fakePorts({ files, programs, archives, ...(of.host === undefined ? {} : { host: of.host }) }), written };
}

async function build({ ports }: FakeMachine, platform?: string, input: BuildBinaryInput = {}, one = tool): Promise<Worked> {
  return buildBinaryStep.perform(aFrozen(input, { packages: [one], leg: platform === undefined ? {} : { platform } }), ports);
}

function builds({ ports }: FakeMachine): readonly string[] {
  const asking = (one: Command): boolean => one.program === "rustc" || /^(?:--)?version$/.test(one.args[0] ?? "");
  return ports.exec.commands.filter((one) => !asking(one)).map((one) => [one.program, ...one.args].join(" "));
}

function outcome(worked: Worked): string {
  if (worked.kind === "failed") return `${worked.code}: ${worked.message}`;
  return worked.kind === "done" ? worked.artifacts.map(({ name, platform }) => `${name} ${platform ?? ""}`).join(" ") : worked.kind;
}

const musl = "x86_64-unknown-linux-musl";
const choices: readonly (readonly [string, Machine, string | undefined, BuildBinaryInput, string, string])[] = [
  ["Go, for this machine", {}, undefined, {}, "go build -trimpath -o /scratch/build-tool/program .", "slip-linux-x86_64 "],
  [
    "Go, for another machine",
    { makes: machO("arm64") },
    "macos-arm64",
    { bin: "./cmd/slip" },
    "go build -trimpath -o /scratch/build-tool/program ./cmd/slip",
    "slip-macos-arm64 macos-arm64",
  ],
  [
    "Go, for Windows",
    { makes: pe() },
    "windows-x86_64",
    {},
    "go build -trimpath -o /scratch/build-tool/program.exe .",
    "slip-windows-x86_64.exe windows-x86_64",
  ],
  [
    "cargo, static",
    { sources: cargoProject, rust: [musl] },
    "linux-x86_64-static",
    {},
    `cargo build --release --bin slip --target ${musl} --locked --target-dir /scratch/build-tool`,
    "slip-linux-x86_64 linux-x86_64-static",
  ],
  [
    "cargo and zig, for another machine",
    { sources: cargoProject, rust: ["aarch64-apple-darwin"], makes: machO("arm64"), programs: ["cargo", "rustc", "cargo-zigbuild", "zig"] },
    "macos-arm64",
    { bin: "other" },
    "cargo zigbuild --release --bin other --target aarch64-apple-darwin --locked --target-dir /scratch/build-tool",
    "slip-macos-arm64 macos-arm64",
  ],
  [
    "cargo and zig, for an older glibc",
    { sources: cargoProject, rust: ["x86_64-unknown-linux-gnu"], programs: ["cargo", "rustc", "cargo-zigbuild", "zig"] },
    "linux-x86_64",
    { target: "x86_64-unknown-linux-gnu.2.17" },
    "cargo zigbuild --release --bin slip --target x86_64-unknown-linux-gnu.2.17 --locked --target-dir /scratch/build-tool",
    "slip-linux-x86_64 linux-x86_64",
  ],
  [
    "cargo and a linker of the project",
    { sources: cargoProject, rust: ["aarch64-unknown-linux-gnu"], makes: elf({ machine: 183 }) },
    "linux-aarch64",
    { target: "aarch64-unknown-linux-gnu" },
    "cargo build --release --bin slip --target aarch64-unknown-linux-gnu --locked --target-dir /scratch/build-tool",
    "slip-linux-aarch64 linux-aarch64",
  ],
  [
    "commands of the project",
    {},
    "linux-amd64",
    { run: "make slip", file: "out/{name}-{version}-{os}-{arch}" },
    "make slip",
    "slip-linux-amd64 linux-amd64",
  ],
];
for (const [what, of, platform, input, command, made] of choices) {
  test(`build-binary: builds with ${what}`, async () => {
    const used = machine(of);

    const worked = await build(used, platform, input);

    assert.equal(outcome(worked), made);
    assert.deepEqual(builds(used), [command]);
  });
}

test("build-binary: Go is told the platform, and never calls a C compiler", async () => {
  const used = machine({ makes: machO("arm64") });

  await build(used, "macos-arm64");

  const env = used.ports.exec.commands.at(-1)?.env;
  assert.deepEqual([env?.["GOOS"], env?.["GOARCH"], env?.["CGO_ENABLED"]], ["darwin", "arm64", "0"]);
});

const dynamic = (tags: readonly number[], more: ElfParts["headers"] = []): Buffer => elf({ headers: ["load", ...more, "dynamic"], tags });
const refused: readonly (readonly [string, Machine, string, BuildBinaryInput, RegExp])[] = [
  [
    "a binary for another processor",
    { makes: elf({ machine: 183 }) },
    "linux-x86_64",
    {},
    /^ARTIFACT_INVALID: .*is for linux on aarch64, and should/,
  ],
  [
    "a binary for another system",
    { makes: elf() },
    "macos-x86_64",
    {},
    /^ARTIFACT_INVALID: .*is for linux on x86_64, and should be for macos/,
  ],
  ["a script", { makes: Buffer.from(`#!/bin/sh\n${" ".repeat(80)}`) }, "linux-x86_64", {}, /^ARTIFACT_INVALID: .*neither ELF/],
  ["a loader in a static leg", { makes: dynamic([0], ["interpreter"]) }, "linux-x86_64-static", {}, /^ARTIFACT_INVALID: .*a loader/],
  ["libraries in a static leg", { makes: dynamic([1, 0]) }, "linux-x86_64-static", {}, /^ARTIFACT_INVALID: .*needs libraries/],
  [
    "a command that leaves nothing",
    {},
    "linux-x86_64",
    { run: "make slip", file: "nowhere" },
    /^ARTIFACT_INVALID: .*"\/work\/nowhere" is not there/,
  ],
  ["a command for another machine", {}, "macos-arm64", { run: "make slip", file: "out" }, /^NO_PLACE: /],
  [
    "cargo without the target",
    { sources: cargoProject },
    "linux-x86_64-static",
    {},
    /^TOOL_MISSING: .*lacks the Rust target "x86_64-unknown-linux-musl"$/,
  ],
  ["cargo without a linker", { sources: cargoProject, rust: ["aarch64-apple-darwin"] }, "macos-arm64", {}, /^NO_PLACE: .*lacks a linker/],
  [
    "cargo without anything",
    { sources: cargoProject },
    "macos-arm64",
    {},
    /^NO_PLACE: .*lacks the Rust target "aarch64-apple-darwin" and a linker/,
  ],
  ["two processors at once", {}, "macos-universal2", {}, /^PLAN_INVALID: .*one processor at a time/],
  ["a folder with nothing to build", { sources: { README: "" } }, "linux-x86_64", {}, /^PLAN_INVALID: .*no Cargo.toml/],
  ["a missing Go", { programs: [] }, "linux-x86_64", {}, /^TOOL_MISSING: /],
];
for (const [what, of, platform, input, message] of refused) {
  test(`build-binary: refuses ${what}`, async () => {
    assert.match(outcome(await build(machine(of), platform, input)), message);
  });
}

test("build-binary: a static binary may lie anywhere, as long as it needs no library", async () => {
  assert.equal(outcome(await build(machine({ makes: dynamic([5, 0]) }), "linux-x86_64-static")), "slip-linux-x86_64 linux-x86_64-static");
});

test("build-binary: an archive holds the program under its own name, and the files that are named", async () => {
  const used = machine({ sources: { ...goProject, LICENSE: "MIT" } });

  const worked = await build(
    used,
    "linux-x86_64",
    { archive: "tar.gz", include: ["LICENSE"] },
    { ...tool, asset: "{name}_{version}_{arch}" },
  );
  const lacking = await build(machine(), "linux-x86_64", { archive: "zip", include: ["LICENSE"] });

  assert.equal(outcome(worked), "slip_1.2.0_x86_64.tar.gz linux-x86_64");
  assert.deepEqual(used.written, [
    {
      format: "tar.gz",
      to: "/scratch/named-tool/slip_1.2.0_x86_64.tar.gz",
      epochSeconds: 1_700_000_000,
      members: [
        { path: "slip", file: "/scratch/build-tool/program", executable: true },
        { path: "LICENSE", file: "/work/LICENSE", executable: false },
      ],
    },
  ]);
  assert.match(outcome(lacking), /^PLAN_INVALID: .*"LICENSE" beside the binary/);
});

test("build-binary: preflight says how a leg is built, where it waits, and what stops it", async () => {
  const look = async (of: Machine, platform: string, input: BuildBinaryInput = {}, one = tool): Promise<string> => {
    const planned = aPlanned(input, { packages: [one], leg: { platform } });
    const [finding] = await buildBinaryStep.preflight(planned, machine(of).ports);
    return `${finding?.level ?? ""} ${finding?.id ?? ""} ${finding?.message ?? ""}`;
  };

  assert.equal(await look({}, "macos-arm64"), 'fine PF-BUILDER "tool" is built with go 9.9 for darwin/arm64');
  assert.match(await look({ sources: cargoProject }, "macos-arm64"), /^warns PF-NO-PLACE /);
  assert.match(await look({ sources: cargoProject }, "linux-x86_64-static"), /^blocks PF-TOOL-MISSING /);
  assert.match(await look({}, "macos-universal2"), /^blocks PF-OPTION /);
  assert.match(await look({}, "linux-x86_64", {}, { ...tool, name: "a b" }), /^blocks PF-OPTION .*no plain file name/);
  assert.match(await look({}, "linux-x86_64", { target: "x86_64-unknown-linux-musl", builder: "go" }), /^blocks PF-OPTION .*cargo's/);
});

test("build-binary: the plan expects one binary of each leg, and Go's leg has a place on any machine", () => {
  const use = (platform: string, input: BuildBinaryInput = {}) => aUse(input, { packages: [tool, aPackage()], leg: { platform } });

  assert.deepEqual(buildBinaryStep.makes(use("linux-x86_64-static")), [
    { kind: "binary", package: "tool", countMin: 1, countMax: 1, platform: "linux-x86_64-static", name: "slip-linux-x86_64" },
  ]);
  assert.deepEqual(buildBinaryStep.asks(use("macos-arm64", { builder: "go" })).platforms, []);
  assert.deepEqual(buildBinaryStep.asks(use("macos-arm64")).platforms, ["macos-aarch64"]);
  assert.equal(buildBinaryStep.describe(use("linux-x86_64-static", { archive: "zip" })), "build slip for linux-x86_64-static, as zip");
  for (const input of [
    { run: "make" },
    { builder: "command" },
    { builder: "go", target: "a-b" },
    { include: ["a"] },
    { file: "a" },
  ] as const)
    assert.throws(
      () => buildBinaryStep.makes(use("linux-x86_64", input as BuildBinaryInput)),
      { code: "PLAN_INVALID" },
      JSON.stringify(input),
    );
  assert.throws(() => buildBinaryStep.makes(use("linux")), { code: "PLAN_INVALID" });
});
