import assert from "node:assert/strict";
import { test } from "node:test";
import type { Artifact } from "../../domain/artifact.ts";
import type { Observation } from "../../domain/run/effect.ts";
import type { CommandEnd } from "../../platform/ports.ts";
import type { Registry } from "../../registries/registry.ts";
import type { Worked } from "../step.ts";
import {
  aFrozen,
  aPackage,
  aPlanned,
  aUse,
  anArtifact,
  exited,
  fakePorts,
  fakeRegistry,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import type { VerifyInstallInput } from "./input.ts";
import { verifyInstallStep } from "./verify-install.ts";

const wheel = anArtifact("wheel", "demo-1.0.0-py3-none-any.whl");
const present: Observation = { kind: "present", evidence: { how: "index" } };

interface Machine {
  /** Command that ends in another way than well, by a word in it. */
  readonly ends?: Readonly<Record<string, CommandEnd>>;
  readonly at?: Partial<Registry>;
  readonly artifacts?: readonly Artifact[];
}

/** A machine with uv, on which every command ends well unless it is said otherwise. */
function machine(of: Machine = {}): FakePorts {
  const end = (args: readonly string[]): CommandEnd | undefined => Object.entries(of.ends ?? {}).find(([word]) => args.includes(word))?.[1];
  const files = memoryFiles(Object.fromEntries((of.artifacts ?? [wheel]).map((one) => [`/store/${one.digest}`, one.name])));
  const list = exited(
    0,
    JSON.stringify([
      { name: "demo", version: "1.0" },
      { name: "dep", version: "2.0" },
    ]),
  );
  const program = ({ args }: { readonly args: readonly string[] }): CommandEnd =>
    end(args) ?? (args.includes("list") ? list : exited(0, "3.12.1\n"));
  return fakePorts({
    files,
    programs: { uv: program, python: program, tool: program },
    registries: [fakeRegistry("testpypi", { observe: async () => present, ...of.at })],
    env: { PIP_INDEX_URL: "http://user:word@127.0.0.1/usual/" },
  });
}

async function verify(
  ports: FakePorts,
  input: VerifyInstallInput,
  waitedMs = 0,
  artifacts: readonly Artifact[] = [wheel],
): Promise<Worked> {
  return verifyInstallStep.perform(aFrozen(input, { artifacts, sinceMs: ports.clock.nowMs() - waitedMs }), ports);
}

function failure(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : JSON.stringify(worked);
}

/** uv's commands that ask an index. */
function asking(ports: FakePorts): readonly string[] {
  return ports.exec.commands.map((one) => one.args.join(" ")).filter((words) => words.startsWith("pip install"));
}

test("verify-install: asks the index under test for our name alone, and the usual index for everything else", async () => {
  const ports = machine();

  const worked = await verify(ports, { from: "testpypi" });

  assert.equal(worked.kind, "done", failure(worked));
  const [own = "", rest = "", ...more] = asking(ports);
  assert.match(own, /--no-deps --only-binary :all: --require-hashes --index-url http:\/\/127.0.0.1:1\/testpypi\/simple\/ /);
  assert.match(rest, /--index-url http:\/\/user:word@127.0.0.1\/usual\/ \/scratch\/trial-1\/ours\/demo-1.0.0-py3-none-any.whl$/);
  assert.doesNotMatch(rest, /testpypi/);
  assert.deepEqual(more, []);
  assert.doesNotMatch(JSON.stringify(worked), /word@/);
});

test("verify-install: only our digests are accepted from the index under test", async () => {
  const written: string[] = [];
  const ports = machine();
  const { writeText } = ports.files;
  const spying = {
    ...ports,
    files: { ...ports.files, writeText: (file: string, text: string) => (written.push(text), writeText(file, text)) },
  };

  await verify(spying, { from: "testpypi" });

  assert.deepEqual(written, [`demo==1.0.0 --hash=sha256:${wheel.digest}\n`]);
});

test("verify-install: records what was installed, from where, and what was tried", async () => {
  const ports = machine();

  const worked = await verify(ports, { from: "artifacts", run: "tool check" });

  assert.deepEqual(worked.kind === "done" && worked.output, {
    trials: [
      {
        from: "the frozen files",
        client: "uv",
        host: "linux-x86_64",
        python: "3.12.1",
        files: [wheel.name],
        installed: [
          { name: "demo", version: "1.0", from: `the frozen files ("${wheel.name}")` },
          { name: "dep", version: "2.0", from: "the default index http://127.0.0.1/usual/" },
        ],
        commands: [{ command: "tool check", durationMs: 0 }],
      },
    ],
  });
  assert.deepEqual(await ports.files.list("/scratch"), []);
});

test("verify-install: several sources are tried one after another, each in an environment of its own", async () => {
  const ports = machine();

  const worked = await verify(ports, { from: ["artifacts", "testpypi"] });

  assert.equal(worked.kind, "done", failure(worked));
  const environments = ports.exec.commands.filter((one) => one.args[0] === "venv").map((one) => one.args.at(-1));
  assert.deepEqual(environments, ["/scratch/trial-1/venv", "/scratch/trial-2/venv"]);
});

const lags: readonly (readonly [string, Observation])[] = [
  ["does not show a file", { kind: "absent" }],
  ["says nothing", { kind: "unknown", why: "503" }],
  ["is not done with a file", { kind: "pending", againMs: 5, why: "processing" }],
];
for (const [what, observation] of lags) {
  test(`verify-install: an index that ${what} is asked again, with growing waits, until \`within\` is over`, async () => {
    const ports = machine({ at: { observe: async () => observation } });
    const nowMs = ports.clock.nowMs();

    const waits = await Promise.all(
      [0, 10_000, 100_000, 599_000].map(async (waitedMs) => {
        const worked = await verify(ports, { from: "testpypi" }, waitedMs);
        return worked.kind === "later" ? worked.atMs - nowMs : worked.kind;
      }),
    );
    const late = await verify(ports, { from: "testpypi" }, 600_000);

    assert.deepEqual(waits, [1_000, 5_000, 50_000, 1_000]);
    assert.match(failure(late), /^TIMED_OUT: .*after 600 s/);
    assert.deepEqual(ports.exec.commands, []);
  });
}

test("verify-install: other bytes at the index are a finding, and nothing is installed", async () => {
  const ports = machine({ at: { observe: async () => ({ kind: "conflict", theirs: "testpypi holds another file" }) } });

  assert.match(failure(await verify(ports, { from: "testpypi" })), /^REGISTRY_CONFLICT: .*testpypi holds another file/);
  assert.deepEqual(ports.exec.commands, []);
});

test("verify-install: a client that gets nothing from an index although our files fit is asked again", async () => {
  const ports = machine({ ends: { "--index-url": exited(1, "", "no matching distribution") } });

  const worked = await verify(ports, { from: "testpypi" });

  assert.match(worked.kind === "later" ? worked.why : failure(worked), /Cannot get demo 1.0.0 from testpypi/);
});

test("verify-install: `within` is what the file says", async () => {
  const ports = machine({ at: { observe: async () => ({ kind: "absent" }) } });

  assert.equal((await verify(ports, { from: "testpypi", within: "30s" }, 29_000)).kind, "later");
  assert.equal((await verify(ports, { from: "testpypi", within: "30s" }, 30_000)).kind, "failed");
});

test("verify-install: the version is compared as a word of its own", async () => {
  const right = await verify(machine({ ends: { "--version": exited(0, "tool 1.0.0\n") } }), {
    from: "artifacts",
    version: "tool --version",
  });
  const wrong = await verify(machine({ ends: { "--version": exited(0, "tool 1.0.0rc1\n") } }), {
    from: "artifacts",
    version: "tool --version",
  });
  const silent = await verify(machine({ ends: { "--version": exited(0) } }), { from: "artifacts", version: "tool --version" });

  assert.equal(right.kind, "done", failure(right));
  assert.match(failure(wrong), /says "1.0.0rc1" instead of "1.0.0"/);
  assert.match(failure(silent), /says no version instead of "1.0.0"/);
});

test("verify-install: a leg of another platform is refused, and one with a Python asks for it", async () => {
  const ports = machine();
  const frozen = (leg: Readonly<Record<string, string>>) => aFrozen<VerifyInstallInput>({ from: "artifacts" }, { artifacts: [wheel], leg });

  assert.match(failure(await verifyInstallStep.perform(frozen({ platform: "windows" }), ports)), /^NO_PLACE: /);
  await verifyInstallStep.perform(frozen({ python: "3.13" }), ports);
  assert.deepEqual(ports.exec.commands.find((one) => one.args[0] === "venv")?.args, [
    "venv",
    "--no-config",
    "--no-project",
    "--python",
    "3.13",
    "/scratch/trial-1/venv",
  ]);
});

test("verify-install: imports what it knows the name of, and nothing where it is told not to", async () => {
  const imports = async (input: VerifyInstallInput, importName?: string): Promise<readonly string[]> => {
    const ports = machine();
    const packages = [aPackage(importName === undefined ? {} : { importName })];
    await verifyInstallStep.perform(aFrozen(input, { artifacts: [wheel], packages }), ports);
    return ports.exec.commands.flatMap((one) => one.args).filter((word) => word.startsWith("import ") && !word.includes("platform"));
  };

  assert.deepEqual(await imports({ from: "artifacts" }), []);
  assert.deepEqual(await imports({ from: "artifacts" }, "demo_module"), ["import demo_module"]);
  assert.deepEqual(await imports({ from: "artifacts", import: false }, "demo_module"), []);
  assert.deepEqual(await imports({ from: "artifacts", import: true }), ["import demo"]);
});

test("verify-install: preflight reports client, sources and packages", async () => {
  const look = async (input: VerifyInstallInput, parts: Partial<ReturnType<typeof aPlanned>> = {}): Promise<readonly string[]> => {
    const ports = fakePorts({
      programs: { uv: ({ args }) => exited(args.includes("3.6") ? 2 : 0), cargo: () => exited(0) },
      registries: [fakeRegistry("pypi"), fakeRegistry("crates", { ecosystem: "crates" }), fakeRegistry("ghcr", { ecosystem: "oci" })],
    });
    return (await verifyInstallStep.preflight(aPlanned(input, parts as object), ports)).map((one) => `${one.level} ${one.id}`);
  };

  assert.deepEqual(await look({ from: "pypi" }), ["fine PF-CLIENT"]);
  assert.deepEqual(await look({ from: ["crates", "pypi"] }), ["blocks PF-PACKAGE", "fine PF-CLIENT", "fine PF-CLIENT"]);
  assert.deepEqual(await look({ from: "ghcr" }), ["blocks PF-NOT-YET"]);
  const both = { packages: [aPackage(), aPackage({ id: "crate", ecosystem: "crates" })] };
  assert.deepEqual(await look({ from: ["crates", "pypi"] }, both), ["fine PF-CLIENT", "fine PF-CLIENT"]);
  assert.deepEqual(await look({ from: "artifacts" }, both), ["warns PF-NOT-FROM-FILES", "fine PF-CLIENT"]);
  assert.deepEqual(await look({ from: "pypi" }, { leg: { python: "3.6" } }), ["blocks PF-PYTHON-MISSING"]);
  assert.deepEqual(await look({ from: "pypi" }, { leg: { platform: "macos" } }), ["warns PF-NO-PLACE"]);
  assert.deepEqual(await look({ from: "pypi", package: "other" }), ["blocks PF-PACKAGE", "fine PF-CLIENT"]);
  const two = { packages: [aPackage(), aPackage({ id: "b", version: "2.0" })] };
  assert.deepEqual(await look({ from: "pypi", version: "tool --version" }, two), ["blocks PF-PACKAGE", "fine PF-CLIENT"]);
  assert.deepEqual(await look({ from: "pypi", version: "tool --version", package: "b" }, two), ["fine PF-CLIENT"]);
});

test("verify-install: a machine with neither uv nor Python is told before the start", async () => {
  assert.deepEqual(
    (await verifyInstallStep.preflight(aPlanned<VerifyInstallInput>({ from: "artifacts" }), fakePorts())).map((one) => one.id),
    ["PF-TOOL-MISSING"],
  );
});

test("verify-install: the plan shows what is installed from where, and what it reads", () => {
  const use = aUse<VerifyInstallInput>({ from: ["artifacts", "pypi"] }, { leg: { python: "3.12" } });

  assert.equal(verifyInstallStep.describe(use), "install demo from the built files and pypi with Python 3.12 and try it");
  const elsewhere = aUse<VerifyInstallInput>({ from: "pypi" }, { leg: { platform: "macos", python: "3.13" } });
  assert.equal(verifyInstallStep.describe(elsewhere), "install demo from pypi with Python 3.13 on macos and try it");
  assert.deepEqual(verifyInstallStep.reads?.(use), ["pypi"]);
  assert.deepEqual(verifyInstallStep.takes(use), [{ kinds: ["wheel", "sdist"], packages: ["demo"] }]);
  const members = ["a", "b"].map((name) => ({ name, folder: name }));
  const packages = [aPackage(), aPackage({ id: "workspace", name: "sea", ecosystem: "crates", members })];
  const several = aUse<VerifyInstallInput>({ from: ["crates", "pypi"] }, { packages });
  assert.equal(verifyInstallStep.describe(several), "install demo, 2 packages of sea from crates and pypi and try it");
  assert.deepEqual(verifyInstallStep.takes(several), [{ kinds: ["wheel", "sdist", "crate"], packages: ["demo", "workspace"] }]);
  assert.deepEqual(verifyInstallStep.takes(aUse<VerifyInstallInput>({ from: "pypi" }, { packages })), verifyInstallStep.takes(use));
});

test("verify-install: refuses open quotes, other durations and unknown members", () => {
  for (const wrong of [
    { from: "pypi", run: "say 'it" },
    { from: "pypi", within: "15 minutes" },
    { from: [] },
    { from: "pypi", runs: "x" },
    {},
  ]) {
    assert.equal(verifyInstallStep.input.fits(wrong), false, JSON.stringify(wrong));
  }
});
