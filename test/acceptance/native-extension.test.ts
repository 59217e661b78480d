// S1, a native extension out of a monorepo, by the real program against indexes on loopback: the leg of this machine is built
// by maturin, the others come from elsewhere. A trial from a branch reaches the test index and nothing more; the tag of the
// same version reaches it too, and PyPI after somebody else said what they saw there.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import os from "node:os";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { test, type TestContext } from "node:test";
import type { ReleaseRecord } from "../../src/app/record.ts";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { edit, makeBed, pointAt, readReport, startIndex, told, type Bed } from "../support/bed.ts";
import { forgeTokens, openProjectForge, pointForgeAt, type ProjectForge } from "../support/project-forge.ts";
import { keptPythons } from "../support/real-wheels.ts";
import { sdist } from "../support/sdist.ts";
import { wheel, writeBuilt, type BuiltFile, type WheelOf } from "../support/wheel.ts";

const name = "slipway-example-heron";
const module = "slipway_example_heron";
const pythons = keptPythons(["3.12", "3.13"]);
const word = ["--by", "carol", "--reason", "from the build machines, for this commit"];

interface Place {
  readonly bed: Bed;
  readonly forge: ProjectForge;
  readonly testpypi: RehearsalPypi;
  readonly pypi: RehearsalPypi;
  readonly env: Readonly<Record<string, string>>;
}

async function open(context: TestContext, prepare: (project: string) => void = () => {}): Promise<Place> {
  assert.ok(pythons.size > 0, "pyenv keeps neither Python 3.12 nor 3.13 on this machine");
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-native-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const testpypi = await startIndex(path.join(folder, "testpypi"), { ours: [name] });
  const pypi = await startIndex(path.join(folder, "pypi"), { ours: [name] });
  const forge = await openProjectForge(folder, "example/heron");
  await forge.openIssue("recorder 1.4.0", "release");
  const bed = makeBed({
    example: "native-extension",
    prepare: (project) => {
      // The repository keeps no lock file: it would name the public registry.
      execFileSync("cargo", ["generate-lockfile", "--quiet", "--manifest-path", "recorder/Cargo.toml"], { cwd: project, stdio: "ignore" });
      pointAt(project, { testpypi: { url: testpypi.uploadUrl }, pypi: { url: pypi.uploadUrl } });
      pointForgeAt(project, forge.url);
      edit(project, "slipway.yaml", (text) =>
        text.replaceAll('python: ["3.12", "3.13"]', `python: ${JSON.stringify([...pythons.keys()])}`),
      );
      prepare(project);
    },
  });
  context.after(async () => {
    await testpypi.close();
    await pypi.close();
    await forge.close();
    bed.remove();
  });
  const programs = [...pythons.values(), bed.env["PATH"] ?? ""].join(path.delimiter);
  return { bed, forge, testpypi, pypi, env: { ...tokens, ...rust, PATH: programs } };
}

/** Where Rust is kept for the user of this machine; the bed has a home of its own. */
const rust = {
  CARGO_HOME: process.env["CARGO_HOME"] ?? path.join(os.homedir(), ".cargo"),
  RUSTUP_HOME: process.env["RUSTUP_HOME"] ?? path.join(os.homedir(), ".rustup"),
};

const tokens = { TESTPYPI_TOKEN: "pypi-test-token-of-a-heron", PYPI_TOKEN: "pypi-token-of-a-heron", ...forgeTokens };

const described = (version: string, tag?: string): WheelOf => ({
  name,
  version,
  requiresPython: ">=3.9",
  summary: "Records which functions a Python program calls.",
  headers: [["License", "MIT"]],
  description: "# Heron\n\nStands in for a build of another machine.\n",
  descriptionContentType: "text/markdown",
  ...(tag === undefined ? {} : { tag }),
});
const platformTags = {
  linux: "manylinux_2_17_x86_64",
  arm: "manylinux_2_17_aarch64",
  mac: "macosx_10_12_universal2",
  windows: "win_amd64",
};

/** Files of other machines, and of this one where it is asked for. */
function builtElsewhere(folder: string, version: string, platforms: readonly (keyof typeof platformTags)[]): readonly string[] {
  const wheels = platforms.map((one) => wheel(described(version, `cp39-abi3-${platformTags[one]}`)));
  const all: readonly BuiltFile[] = [...wheels, ...(platforms.includes("linux") ? [sdist(described(version))] : [])];
  mkdirSync(folder, { recursive: true });
  return all.map((one) => writeBuilt(folder, one));
}

const stored = (index: RehearsalPypi): readonly string[] =>
  index.received().filter((one) => one.stored > 0).map((one) => one.name).toSorted(); // prettier-ignore

test("tomorrow's tag is rehearsed with what maturin builds here, and with the wheels that other machines built", async (context) => {
  const { bed, testpypi, env } = await open(context);
  const files = builtElsewhere(path.join(bed.folder, "elsewhere"), "1.4.0", ["arm", "mac", "windows"]);

  const ended = await bed.slipway(["rehearse", "--json", "--import", ...files], env);

  const report = readReport(ended);
  assert.deepEqual([ended.code, report.standing], [3, "partial"], told(ended));
  const left = report.steps.filter(({ state }) => state === "left-out").map(({ id }) => id);
  assert.deepEqual([...new Set(left.map((id) => id.split("[")[0]))], ["elsewhere"], "only installations on other systems are left out");
  assert.deepEqual(
    report.steps.filter(({ state }) => state === "failed"),
    [],
  );
  const built = report.files.find(({ name: file }) => /^slipway_example_heron-1\.4\.0-cp39-abi3-.*linux.*_x86_64\.whl$/.test(file));
  assert.ok(built !== undefined, JSON.stringify(report.files));
  assert.equal(report.files.filter(({ registry }) => registry === "pypi").length, 5);
  assert.deepEqual(stored(testpypi), [], "nothing became public");
});

test("a trial from a branch ends at the test index; the tag of the same version reaches it too, and PyPI with a note", async (context) => {
  const { bed, forge, testpypi, pypi, env } = await open(context);
  // One commit, and no release before it.
  const version = "1.4.0.dev1";
  const every = ["linux", "arm", "mac", "windows"] as const;
  const brought = await bed.slipway(["import", ...builtElsewhere(path.join(bed.folder, "trial"), version, every), ...word]);
  assert.equal(brought.code, 0, told(brought));

  const trial = await bed.slipway(["run", "--json"], env);

  assert.equal(trial.code, 0, told(trial));
  assert.equal(stored(testpypi).length, 5);
  assert.ok(
    stored(testpypi).every((file) => file.startsWith(`${module}-${version}`)),
    stored(testpypi).join(", "),
  );
  assert.deepEqual([stored(pypi), forge.releases().length, forge.issues().map(({ closedMs }) => closedMs)], [[], 0, [undefined]]);

  bed.git("tag", "--annotate", "recorder-v1.4.0", "--message", "recorder-v1.4.0");
  const all = builtElsewhere(path.join(bed.folder, "tagged"), "1.4.0", every);
  const imported = await bed.slipway(["import", ...all, ...word]);
  assert.equal(imported.code, 0, told(imported));
  const waiting = await bed.slipway(["run", "--json", "--no-wait"], env);

  assert.deepEqual([waiting.code, readReport(waiting).code], [3, "RUN_WAITING"], told(waiting));
  assert.equal(stored(testpypi).length, 10, "the bytes that PyPI is to get are at the test index");
  assert.deepEqual(stored(pypi), []);

  await refuseApprovals(bed);
  const approved = await bed.slipway([...approval(bed), "--as", "bob", "--note", "installed it from testpypi"]);
  assert.equal(approved.code, 0, told(approved));
  const released = await bed.slipway(["run", "--json"], env);

  assert.equal(released.code, 0, told(released));
  assert.deepEqual(stored(pypi), all.map((file) => path.basename(file)).toSorted());
  assert.deepEqual(forge.releases().map(({ tag, draft, assets }) => [tag, draft, assets.length]), [["recorder-v1.4.0", false, 0]]); // prettier-ignore
  assert.match(forge.releases()[0]?.body ?? "", /CHANGELOG\.md/);
  assert.deepEqual(forge.issues().map(({ closedMs }) => closedMs !== undefined), [true]); // prettier-ignore
  const record = JSON.parse(readFileSync(readReport(released).record ?? "", "utf8")) as ReleaseRecord;
  for (const python of pythons.keys()) assert.equal(record.steps.find(({ id }) => id === `installs[python=${python}]`)?.state, "done");
  assert.equal(record.imports?.length, 4);
  const elsewhere = readReport(released).steps.filter(({ id }) => id.startsWith("elsewhere["));
  assert.deepEqual(
    elsewhere.map(({ id, state }) => [id, state]),
    ["macos", "windows"].flatMap((one) => [...pythons.keys()].map((python) => [`elsewhere[platform=${one},python=${python}]`, "left-out"])),
    "what could not be tried here is not told as done",
  );
});

test("a Python that is not on this machine is told before anything is built, in a rehearsal too", async (context) => {
  const { bed, testpypi, env } = await open(context, (project) =>
    edit(project, "slipway.yaml", (text) => text.replace(/^( {2}installs: .*) python: \[.*\] \} \}$/m, '$1 python: ["3.12", "3.99"] } }')),
  );
  bed.git("tag", "--annotate", "recorder-v1.4.0", "--message", "recorder-v1.4.0");

  for (const command of [["run"], ["rehearse"]]) {
    const ended = await bed.slipway([...command, "--json"], env);

    const report = readReport(ended);
    assert.deepEqual([ended.code, report.standing, report.code], [1, "blocked", "PREFLIGHT_BLOCKED"], told(ended));
    const found = report.findings.filter(({ id }) => id === "PF-PYTHON-MISSING");
    assert.ok(
      found.some(({ level, message }) => level === "blocks" && message.includes("with Python 3.99: uv does not find it")),
      told(ended),
    );
    assert.deepEqual(report.steps.filter(({ state }) => state !== "pending"), []); // prettier-ignore
  }
  assert.deepEqual(stored(testpypi), []);
});

let subject = "";
const approval = (_bed: Bed): readonly string[] => ["approve", "--digest", subject];

/** Nobody approves their own release, nor without saying what they saw at the test index. */
async function refuseApprovals(bed: Bed): Promise<void> {
  subject = /subject sha256:([0-9a-f]{64})/.exec((await bed.slipway(["status"])).stdout)?.[1] ?? "";
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [["--as", "bob"], /the note has to name the result at "testpypi"/],
    [["--as", "bob", "--note", "looks good"], /the note has to name the result at "testpypi"/],
    [["--as", "alice", "--note", "testpypi is fine"], /"alice" is not one of release-engineers/],
  ];
  for (const [words, message] of refused) {
    const ended = await bed.slipway([...approval(bed), ...words]);
    assert.equal(ended.code, 6, told(ended));
    assert.match(ended.stderr, message);
  }
}

for (const [file, pattern] of [
  ["recorder/Cargo.toml", /^version = "1\.4\.0"$/m],
  ["recorder/pyproject.toml", /^version = "1\.4\.0"$/m],
] as const) {
  test(`another version in ${file} alone stops before anything is built`, async (context) => {
    const { bed, testpypi, env } = await open(context, (project) =>
      edit(project, file, (text) => text.replace(pattern, 'version = "1.4.1"')),
    );
    bed.git("tag", "--annotate", "recorder-v1.4.0", "--message", "recorder-v1.4.0");

    const ended = await bed.slipway(["run", "--json"], env);

    assert.notEqual(ended.code, 0);
    assert.match(ended.stdout, /1\.4\.1/);
    assert.match(ended.stdout, file.endsWith("Cargo.toml") ? /Cargo\.toml/ : /pyproject\.toml/);
    assert.doesNotMatch(ended.stdout, /"state":"(?:done|failed)"/, "no step was begun");
    assert.deepEqual(stored(testpypi), []);
  });
}
