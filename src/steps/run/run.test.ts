import assert from "node:assert/strict";
import { test } from "node:test";
import type { CommandEnd } from "../../platform/ports.ts";
import {
  aFrozen,
  aPackage,
  aPlanned,
  aUse,
  anEnvironment,
  exited,
  fakePorts,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import type { RunInput } from "./input.ts";
import { runStep } from "./run.ts";

const ok = (): CommandEnd => exited(0);

test("run: every command is given as an argument array, in the copy, with what it is told about the release", async () => {
  const ports = fakePorts({ programs: { ruff: ok, pytest: ok }, env: { LANG: "C.UTF-8" } });
  const input: RunInput = {
    commands: [
      ["ruff", "check", "."],
      ["pytest", "-k", "a b"],
    ],
  };

  const worked = await runStep.perform(
    aFrozen(input, { leg: { py: "3.12" }, environment: anEnvironment({ variables: { STAGE: "test" } }) }),
    ports,
  );

  assert.equal(worked.kind, "done");
  assert.deepEqual(
    ports.exec.commands.map((one) => [one.program, ...one.args]),
    [
      ["ruff", "check", "."],
      ["pytest", "-k", "a b"],
    ],
  );
  const [first] = ports.exec.commands;
  assert.equal(first?.cwd, "/work");
  assert.deepEqual(
    [first?.env["SLIPWAY_VERSION"], first?.env["SLIPWAY_LEG_PY"], first?.env["STAGE"], first?.env["LANG"]],
    ["1.0.0", "3.12", "test", "C.UTF-8"],
  );
});

test("run: stops at the first command that fails, and says how it ended and what it printed last", async () => {
  const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join("\n");
  const ports = fakePorts({ programs: { just: () => exited(3, lines), never: ok } });

  const worked = await runStep.perform(aFrozen<RunInput>({ commands: [["just", "test"], ["never"]] }), ports);

  assert.equal(worked.kind, "failed");
  assert.equal(ports.exec.commands.length, 1);
  if (worked.kind !== "failed") return;
  assert.equal(worked.code, "STEP_FAILED");
  assert.match(worked.message, /"just test": it ended with exit status 3 instead of 0/);
  assert.match(worked.message, /line 30$/);
  assert.doesNotMatch(worked.message, /line 10\n/);
  assert.equal(ports.printed.length, 31);
});

test("run: a time-out, a signal and a missing program each have their own word", async () => {
  const endings: readonly (readonly [CommandEnd | undefined, string, RegExp])[] = [
    [{ kind: "timed-out", stdout: "", stderr: "" }, "TIMED_OUT", /longer than its time-out; it printed nothing/],
    [{ kind: "signalled", signal: "SIGSEGV", stdout: "", stderr: "boom" }, "STEP_FAILED", /signal SIGSEGV; it printed last:\n {2}boom/],
    [undefined, "TOOL_MISSING", /there is no program "tool"/],
  ];
  for (const [end, code, message] of endings) {
    const ports = fakePorts({ programs: end === undefined ? {} : { tool: () => end } });

    const worked = await runStep.perform(aFrozen<RunInput>({ commands: [["tool"]] }), ports);

    assert.equal(worked.kind === "failed" && worked.code, code);
    assert.match(worked.kind === "failed" ? worked.message : "", message);
  }
});

test("run: the commands share the step's time-out", async () => {
  const ports: FakePorts = fakePorts({
    programs: {
      slow: () => {
        ports.clock.move(45_000);
        return exited(0);
      },
    },
  });

  await runStep.perform(aFrozen<RunInput>({ commands: [["slow"], ["slow"]] }), ports);

  assert.deepEqual(
    ports.exec.commands.map((one) => one.timeoutMs),
    [60_000, 15_000],
  );
});

const nixFlags = ["--extra-experimental-features", "nix-command flakes"];
const entrances: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[]])[] = [
  ["nix", { "flake.nix": "{}" }, ["nix", ...nixFlags, "develop", "--no-update-lock-file", "--command", "just", "it's"]],
  ["nix", { "shell.nix": "{}" }, ["nix-shell", "--run", `'just' 'it'\\''s'`]],
  ["nix", { "default.nix": "{}" }, ["nix-shell", "--run", `'just' 'it'\\''s'`]],
  ["pixi", { "pixi.toml": "", "pixi.lock": "" }, ["pixi", "run", "--locked", "just", "it's"]],
  ["pixi", { "pyproject.toml": "[tool.pixi.workspace]\n", "pixi.lock": "" }, ["pixi", "run", "--locked", "just", "it's"]],
  ["direnv exec .", {}, ["direnv", "exec", ".", "just", "it's"]],
  ["tools/enter --quiet", { "tools/enter": "" }, ["/work/tools/enter", "--quiet", "just", "it's"]],
];

for (const [entered, content, words] of entrances) {
  test(`run: "in: ${entered}" with ${Object.keys(content).join(" and ") || "no file"} enters by ${words.slice(0, 4).join(" ")}`, async () => {
    const files = memoryFiles(Object.fromEntries(Object.entries(content).flatMap(([name, text]) => [[`/work/${name}`, text], [`/source/${name}`, text]]))); // prettier-ignore
    const ports = fakePorts({ files, programs: { nix: ok, "nix-shell": ok, pixi: ok, direnv: ok, "/work/tools/enter": ok } });
    const input: RunInput = { commands: [["just", "it's"]], in: entered };

    assert.deepEqual(await runStep.preflight(aPlanned<RunInput>(input), ports), []);
    await runStep.perform(aFrozen<RunInput>(input), ports);

    assert.deepEqual(
      ports.exec.commands.map((one) => [one.program, ...one.args]),
      [words],
    );
  });
}

const closed: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  ["nix", {}, /finds no flake\.nix, shell\.nix or default\.nix/],
  ["pixi", {}, /finds no pixi\.toml, and no \[tool\.pixi\]/],
  ["pixi", { "pixi.toml": "" }, /finds no pixi\.lock/],
  ["tools/enter", {}, /names "tools\/enter", and the project has no such file/],
  ["   ", {}, /names no command/],
];

for (const [entered, content, message] of closed) {
  test(`run: "in: ${entered}" with ${Object.keys(content).join(" and ") || "no file"} is found out before the start`, async () => {
    const files = memoryFiles(Object.fromEntries(Object.entries(content).map(([name, text]) => [`/source/${name}`, text])));
    const ports = fakePorts({ files, programs: { nix: ok, pixi: ok } });

    const [finding] = await runStep.preflight(aPlanned<RunInput>({ commands: [["x"]], in: entered }), ports);

    assert.deepEqual([finding?.id, finding?.level], ["PF-ENTRANCE", "blocks"]);
    assert.match(finding?.message ?? "", message);
    const worked = await runStep.perform(
      aFrozen<RunInput>({ commands: [["x"]], in: entered }),
      fakePorts({ programs: { nix: ok, pixi: ok } }),
    );
    assert.equal(worked.kind === "failed" && worked.code, "CONFIG_INVALID");
  });
}

test("run: nix without nix-shell cannot enter a project without a flake", async () => {
  const ports = fakePorts({ files: memoryFiles({ "/source/shell.nix": "{}" }), programs: { nix: ok } });

  const [finding] = await runStep.preflight(aPlanned<RunInput>({ commands: [["x"]], in: "nix" }), ports);

  assert.equal(finding?.id, "PF-TOOL-MISSING");
  assert.match(finding?.message ?? "", /"nix-shell" is not on the PATH/);
});

test("run: a program given as a path is one of the copy", async () => {
  const ports = fakePorts({ programs: { "/work/scripts/check": ok } });

  const worked = await runStep.perform(aFrozen<RunInput>({ commands: [["./scripts/check"]] }), ports);

  assert.equal(worked.kind, "done");
});

test("run: a script goes to bash as one argument, and bash stops at its first failure", async () => {
  const ports = fakePorts({ programs: { bash: ok } });

  await runStep.perform(aFrozen<RunInput>({ script: "a | b\nc", shell: "bash" }), ports);

  assert.deepEqual(ports.exec.commands[0]?.args, ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", "a | b\nc"]);
});

test("run: produced files become artifacts of their kind and package", async () => {
  const files = memoryFiles({ "/work/out/a.txt": "a", "/work/out/deep/b.txt": "b", "/work/out/c.md": "c" });
  const ports = fakePorts({ programs: { make: ok }, files });
  const input: RunInput = { commands: [["make"]], produces: [{ kind: "file", files: "out/**/*.txt" }] };

  const worked = await runStep.perform(aFrozen(input, { leg: { platform: "linux-x86_64" } }), ports);

  assert.deepEqual(worked.kind === "done" && worked.artifacts, [
    { kind: "file", package: "demo", name: "a.txt", file: "/work/out/a.txt", platform: "linux-x86_64" },
    { kind: "file", package: "demo", name: "b.txt", file: "/work/out/deep/b.txt", platform: "linux-x86_64" },
  ]);
});

const refusedProducts: readonly (readonly [string, Record<string, string | { kind: "link" }>, string, RegExp])[] = [
  ["nothing", { "/work/a": "a" }, "out/*", /"out\/\*" names no file/],
  ["a link", { "/work/out/a": { kind: "link" } }, "out/*", /names "out\/a", which is no regular file/],
  ["a path that leaves the copy", {}, "../*", /leaves the repository/],
  ["two files of one name", { "/work/out/a/x": "1", "/work/out/b/x": "2" }, "out/*/x", /two files are named "x"/],
];
for (const [what, content, glob, message] of refusedProducts) {
  test(`run: refuses to produce ${what}`, async () => {
    const ports = fakePorts({ programs: { make: ok }, files: memoryFiles(content) });

    const worked = await runStep.perform(aFrozen<RunInput>({ commands: [["make"]], produces: [{ kind: "file", files: glob }] }), ports);

    assert.equal(worked.kind === "failed" && worked.code, "ARTIFACT_SET");
    assert.match(worked.kind === "failed" ? worked.message : "", message);
  });
}

test("run: asks for the programs that have to be on the PATH, and for none that a path or an environment may bring", () => {
  const programs = (input: RunInput): readonly string[] => runStep.asks(aUse(input)).programs;

  assert.deepEqual(programs({ commands: [["just", "test"], ["just"], ["ruff"], ["./x"], ["bin/y"]] }), ["just", "ruff"]);
  assert.deepEqual(programs({ commands: [["anything"]], in: "nix" }), ["nix"]);
  assert.deepEqual(programs({ commands: [["anything"]], in: "./enter" }), []);
  assert.deepEqual(programs({ script: "x", shell: "bash" }), ["bash"]);
});

test("run: preflight names the column of an open quote in `in`", async () => {
  const findings = await runStep.preflight(aPlanned<RunInput>({ commands: [["x"]], in: "enter 'it" }), fakePorts());

  assert.deepEqual(
    findings.map((one) => [one.id, one.level]),
    [["PF-ENTRANCE", "blocks"]],
  );
  assert.match(findings[0]?.message ?? "", /column 7/);
});

test("run: preflight refuses what this version cannot do yet", async () => {
  const ports = fakePorts({ programs: { deploy: ok } });

  const notYet = await runStep.preflight(aPlanned<RunInput>({ commands: [["deploy"]], effect: "reversible", look: ["look"] }), ports);
  const secret = await runStep.preflight(
    aPlanned<RunInput>({ commands: [["deploy"]] }, { environment: anEnvironment({ secrets: ["KEY"] }) }),
    ports,
  );

  assert.deepEqual(
    notYet.map((one) => [one.id, one.level]),
    [
      ["PF-NOT-YET", "blocks"],
      ["PF-NOT-YET", "blocks"],
    ],
  );
  assert.deepEqual(
    secret.map((one) => one.id),
    ["PF-NOT-YET"],
  );
});

test("run: preflight says that a leg of another platform has no place here", async () => {
  const findings = await runStep.preflight(aPlanned<RunInput>({ commands: [["x"]] }, { leg: { platform: "macos-arm64" } }), fakePorts());

  assert.deepEqual(
    findings.map((one) => one.id),
    ["PF-NO-PLACE"],
  );
});

test("run: the plan shows the first command and lists what is produced", () => {
  const input: RunInput = {
    commands: [
      ["just", "test"],
      ["just", "lint"],
    ],
    in: "nix",
    produces: [{ kind: "sbom", package: "b", files: "*.json" }],
  };
  const use = aUse(input, { packages: [aPackage(), aPackage({ id: "b" })] });

  assert.equal(runStep.describe(use), "run just test and 1 more in nix");
  assert.deepEqual(runStep.makes(use), [{ kind: "sbom", package: "b", countMin: 1, countMax: 1000 }]);
  assert.throws(() => runStep.makes(aUse<RunInput>({ ...input, produces: [{ kind: "sbom", files: "*" }] }, { packages: use.packages })), {
    code: "PLAN_INVALID",
  });
});

test("run: unknown members of its input are refused", () => {
  assert.equal(runStep.input.fits({ commands: [["x"]], shel: "bash" }), false);
  assert.equal(runStep.input.fits({ commands: [] }), false);
  assert.equal(runStep.input.fits({ commands: [["x"]], in: "nix", produces: [{ kind: "file", files: ["a", "b"] }] }), true);
});
