// `verify-install` with the real clients, uv and pip, against indexes on loopback: one under test, one that stands for
// the user's own.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Artifact } from "../../src/domain/artifact.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { createSystemClock } from "../../src/platform/clock.ts";
import { openHttp } from "../../src/platform/http.ts";
import { pypiRegistry } from "../../src/registries/pypi/client.ts";
import type { Worked } from "../../src/steps/step.ts";
import type { VerifyInstallInput } from "../../src/steps/verify-install/input.ts";
import { verifyInstallStep } from "../../src/steps/verify-install/verify-install.ts";
import { startIndex, type IndexServer } from "../support/index-server.ts";
import { aFrozen, aPackage, aPlanned, aPlannedStep } from "../support/ports.ts";
import { realPorts, testTool, type RealPorts } from "../support/real-ports.ts";
import { sdist } from "../support/sdist.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { wheel, writeBuilt, type BuiltFile } from "../support/wheel.ts";

const clients = ["uv", "pip"] as const;
type Client = (typeof clients)[number];

const demo = wheel({ name: "slip-demo", version: "1.0", requires: ["slip-dep"], scripts: ["slip-demo = slip_demo:main"] });
const goodDependency = wheel({ name: "slip-dep", version: "1.0" });
const hostileDependency = wheel({ name: "slip-dep", version: "99.0" });
const hostileDemo = wheel({ name: "slip-demo", version: "1.0.post1", requires: ["slip-dep"] });

interface World {
  readonly ports: RealPorts;
  readonly underTest: IndexServer;
  readonly usual: IndexServer;
  readonly artifacts: readonly Artifact[];
}

interface Given {
  readonly client: Client;
  /** Our files. Default: the one wheel. */
  readonly ours?: readonly BuiltFile[];
  /** What the index under test has. Default: our files. */
  readonly shown?: readonly BuiltFile[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Two indexes, each with something hostile under a name that belongs to the other. */
async function world(t: TestContext, given: Given): Promise<World> {
  const ours = given.ours ?? [demo];
  const folder = temporaryFolder(t);
  const underTest = await startIndex(t, [...files("slip-demo", given.shown ?? ours), ...files("slip-dep", [hostileDependency])]);
  const usual = await startIndex(t, [...files("slip-dep", [goodDependency]), ...files("slip-demo", [hostileDemo])]);
  const artifacts = ours.map((one): Artifact => {
    const kind = one.name.endsWith(".whl") ? "wheel" : "sdist";
    return { kind, package: "demo", name: one.name, sizeBytes: one.bytes.length, digest: sha256(one.sha256), maker: "build" };
  });
  const links = join(folder, "links");
  mkdirSync(links);
  writeBuilt(links, hostileDependency);
  const ports = await realPorts(t, {
    path: pathFor(t, given.client),
    env: {
      PIP_INDEX_URL: usual.indexUrl,
      UV_DEFAULT_INDEX: usual.indexUrl,
      // What a user may have set for other work must not let anything in.
      PIP_EXTRA_INDEX_URL: underTest.indexUrl,
      UV_INDEX: underTest.indexUrl,
      PIP_FIND_LINKS: links,
      UV_FIND_LINKS: links,
      ...given.env,
    },
    registries: [
      pypiRegistry({
        name: "testpypi",
        uploadUrl: "http://127.0.0.1:1/legacy/",
        indexUrl: underTest.indexUrl,
        world: "rehearsal",
        rules: "pypi",
        settleMs: 0,
        clock: createSystemClock(),
        http: openHttp({ userAgent: "slipway/test" }),
      }),
    ],
    artifactFiles: Object.fromEntries(ours.map((one) => [one.name, writeBuilt(join(folder, one.sha256), one)])),
  });
  return { ports, underTest, usual, artifacts };
}

function files(
  project: string,
  built: readonly BuiltFile[],
): readonly { readonly project: string; readonly name: string; readonly bytes: Buffer }[] {
  return built.map(({ name, bytes }) => ({ project, name, bytes }));
}

function pathFor(t: TestContext, client: Client): readonly string[] {
  const folder = temporaryFolder(t);
  symlinkSync(testTool("python3"), join(folder, "python3"));
  if (client === "uv") symlinkSync(testTool("uv"), join(folder, "uv"));
  return [folder, "/usr/bin", "/bin"];
}

async function verify(
  given: World,
  input: VerifyInstallInput,
  leg: Readonly<Record<string, string>> = {},
  sinceMs = Date.now(),
): Promise<Worked> {
  const packages = [aPackage({ name: "slip-demo", version: "1.0", importName: "slip_demo" })];
  const step = aPlannedStep({ timeoutMs: 120_000 });
  return verifyInstallStep.perform(aFrozen(input, { step, packages, leg, artifacts: given.artifacts, sinceMs }), given.ports);
}

interface Trial {
  readonly files: readonly string[];
  readonly installed: readonly { readonly name: string; readonly version: string; readonly from: string }[];
}

function trialOf(worked: Worked): Trial {
  assert.equal(worked.kind, "done", JSON.stringify(worked));
  const { trials } = (worked.kind === "done" ? worked.output : {}) as unknown as { readonly trials: readonly Trial[] };
  const [trial] = trials;
  assert.ok(trial !== undefined);
  return trial;
}

function failure(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : JSON.stringify(worked);
}

for (const client of clients) {
  test(`verify-install with ${client}: own package from the index under test alone, everything else from the usual one alone`, async (t) => {
    const given = await world(t, { client });

    const worked = await verify(given, {
      from: "testpypi",
      run: "python -c 'import slip_dep; assert slip_dep.__version__ == \"1.0\"'",
      version: "slip-demo",
    });

    const { installed } = trialOf(worked);
    const ours = installed.filter((one) => one.name.startsWith("slip"));
    assert.deepEqual(
      ours.map((one) => [one.name, one.version, one.from]),
      [
        ["slip-demo", "1.0", 'testpypi ("slip_demo-1.0-py3-none-any.whl")'],
        ["slip-dep", "1.0", `the default index ${given.usual.indexUrl}`],
      ],
    );
    assert.deepEqual(
      given.underTest.asked.filter((path) => path.includes("slip-dep")),
      [],
    );
    assert.deepEqual(
      given.usual.asked.filter((path) => path.includes("slip-demo")),
      [],
    );
    assert.deepEqual(readdirSync(given.ports.scratchFolder), []);
  });

  test(`verify-install with ${client}: takes the wheel that fits this machine, by its tags`, async (t) => {
    const python = await versionTag(t);
    const native = wheel({ name: "slip-demo", version: "1.0", tag: `${python}-${python}-manylinux_2_5_x86_64.manylinux1_x86_64` });
    const others = [
      "cp27-cp27m-win_amd64",
      `${python}-${python}-macosx_11_0_arm64`,
      `${python}-${python}-manylinux_2_17_aarch64`,
      "py3-none-any",
    ];
    const given = await world(t, { client, ours: [...others.map((tag) => wheel({ name: "slip-demo", version: "1.0", tag })), native] });

    for (const from of ["testpypi", "artifacts"]) {
      assert.deepEqual(trialOf(await verify(given, { from })).files, [native.name], from);
    }
  });

  test(`verify-install with ${client}: says that no wheel fits, instead of waiting for an index`, async (t) => {
    const given = await world(t, { client, ours: [wheel({ name: "slip-demo", version: "1.0", tag: "cp27-cp27m-win_amd64" })] });

    for (const from of ["testpypi", "artifacts"]) {
      assert.match(
        failure(await verify(given, { from })),
        /^STEP_FAILED: .*no wheel of the release fits this machine \(linux-x86_64\)/,
        from,
      );
    }
  });

  test(`verify-install with ${client}: commands run in an empty folder, with the repository's files by their path`, async (t) => {
    const given = await world(t, { client });
    mkdirSync(join(given.ports.workFolder, "trial"));
    writeFileSync(
      join(given.ports.workFolder, "trial", "generate.py"),
      'import os, slip_demo\nassert os.listdir() == [], os.listdir()\nassert os.environ["SLIPWAY_LEG_VARIANT"] == "cli"\nassert "venv" in slip_demo.__file__, slip_demo.__file__\nopen("made", "w").close()\n',
    );
    // The source stands beside, with other code: it must not be what is tried.
    mkdirSync(join(given.ports.workFolder, "slip_demo"));
    writeFileSync(join(given.ports.workFolder, "slip_demo", "__init__.py"), "raise SystemExit('the source was imported')\n");

    const worked = await verify(
      given,
      { from: "artifacts", version: "slip-demo", run: ["python trial/generate.py", "python -m slip_demo"] },
      { variant: "cli" },
    );

    assert.equal(worked.kind, "done", failure(worked));
    assert.deepEqual(readdirSync(given.ports.scratchFolder), []);
  });
}

test("verify-install: an sdist alone is fetched as it is, compared, and built with what the usual index has", async (t) => {
  const source = sdist({ name: "slip-demo", version: "1.0" });
  // Its backend comes from this machine's own index.
  const given = await world(t, {
    client: "uv",
    ours: [source],
    env: { PIP_INDEX_URL: process.env["PIP_INDEX_URL"] ?? "", UV_DEFAULT_INDEX: process.env["UV_DEFAULT_INDEX"] ?? "" },
  });

  const worked = await verify(given, { from: "testpypi" });

  assert.deepEqual(trialOf(worked).files, ["slip_demo-1.0.tar.gz"]);
  assert.ok(given.underTest.asked.includes("/files/slip-demo/slip_demo-1.0.tar.gz"));
});

test("verify-install: an index that lags is asked again until `within` is over", async (t) => {
  const given = await world(t, { client: "uv", shown: [] });

  const early = await verify(given, { from: "testpypi", within: "15m" }, {}, Date.now() - 60_000);
  const late = await verify(given, { from: "testpypi", within: "15m" }, {}, Date.now() - 16 * 60_000);

  assert.equal(early.kind === "later" && early.atMs > Date.now() + 20_000 && early.atMs < Date.now() + 40_000, true, JSON.stringify(early));
  assert.match(failure(late), /^TIMED_OUT: .*testpypi does not show "slip_demo-1.0-py3-none-any.whl" yet/);
});

test("verify-install: other bytes under our name end it at once", async (t) => {
  const given = await world(t, { client: "uv", shown: [wheel({ name: "slip-demo", version: "1.0", summary: "not ours" })] });

  assert.match(failure(await verify(given, { from: "testpypi" })), /^REGISTRY_CONFLICT: .*testpypi/);
});

test("verify-install: a program that says another version, fails, or cannot be imported is a finding", async (t) => {
  const given = await world(t, { client: "uv" });

  const version = await verify(given, { from: "artifacts", version: "python -c 'print(\"slip-demo 1.0.1\")'" });
  const exit = await verify(given, { from: "artifacts", run: "python -c 'raise SystemExit(3)'" });
  const absent = await verify(given, { from: "artifacts", run: "slip-nothing" });

  assert.match(failure(version), /^STEP_FAILED: .*says "1.0.1" instead of "1.0"/);
  assert.match(failure(exit), /^STEP_FAILED: .*ended with exit status 3 instead of 0/);
  assert.match(failure(absent), /^TOOL_MISSING: .*"slip-nothing"/);
});

test("verify-install: a dependency that the usual index lacks stops it, whatever the index under test has", async (t) => {
  const given = await world(t, { client: "uv", ours: [wheel({ name: "slip-demo", version: "1.0", requires: ["slip-dep>=2"] })] });

  assert.match(failure(await verify(given, { from: "testpypi" })), /^STEP_FAILED: Cannot install: /);
});

test("verify-install: preflight finds the client and its Python", async (t) => {
  for (const client of clients) {
    const { ports } = await world(t, { client });

    const findings = await verifyInstallStep.preflight(aPlanned<VerifyInstallInput>({ from: "testpypi" }), ports);
    const missing = await verifyInstallStep.preflight(
      aPlanned<VerifyInstallInput>({ from: "testpypi" }, { leg: { python: "3.6" } }),
      ports,
    );

    assert.deepEqual(
      findings.map((one) => `${one.level} ${one.id}`),
      ["fine PF-CLIENT"],
      client,
    );
    assert.equal(missing[0]?.level, "blocks", client);
  }
});

async function versionTag(t: TestContext): Promise<string> {
  const ports = await realPorts(t, { path: [dirname(testTool("python3"))] });
  const code = "import sys; print('cp%d%d' % sys.version_info[:2])";
  const end = await ports.exec.run({
    program: "python3",
    args: ["-c", code],
    cwd: ports.root,
    env: ports.env,
    timeoutMs: 30_000,
    signal: ports.signal,
  });
  assert.equal(end.kind, "exited");
  return end.kind === "exited" ? end.stdout.trim() : "";
}
