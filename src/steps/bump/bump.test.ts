import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Finding, Worked } from "../step.ts";
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
import { bumpStep } from "./bump.ts";
import type { BumpInput } from "./input.ts";

type Texts = Readonly<Record<string, string>>;

function portsWith(texts: Texts, cargo: Program | undefined = () => exited(0)): FakePorts {
  const both = Object.entries(texts).flatMap(([path, text]) => [`/work/${path}`, `/source/${path}`].map((full) => [full, text] as const));
  return fakePorts({ files: memoryFiles(Object.fromEntries(both)), programs: cargo === undefined ? {} : { cargo } });
}

interface Bumped {
  readonly worked: Worked;
  readonly ports: FakePorts;
  /** Texts that changed, by path. */
  readonly changed: Texts;
}

async function bump(
  texts: Texts,
  packages: readonly PlannedPackage[],
  rest: { readonly input?: BumpInput; readonly ports?: FakePorts } = {},
): Promise<Bumped> {
  const ports = rest.ports ?? portsWith(texts);
  const worked = await bumpStep.perform(aFrozen(rest.input ?? {}, { packages }), ports);
  const changed = Object.keys(texts).flatMap((path) => {
    const now = ports.files.content.get(`/work/${path}`);
    return typeof now === "string" && now !== texts[path] ? [[path, now] as const] : [];
  });
  return { worked, ports, changed: Object.fromEntries(changed) };
}

function failure({ worked, changed }: Bumped): string {
  assert.ok(worked.kind === "failed", JSON.stringify(worked));
  assert.deepEqual(changed, {}, "a refused bump writes nothing");
  return `${worked.code}: ${worked.message}`;
}

async function preflight(texts: Texts, packages: readonly PlannedPackage[], ports = portsWith(texts)): Promise<readonly string[]> {
  const findings: readonly Finding[] = await bumpStep.preflight(aPlanned<BumpInput>({}, { packages }), ports);
  return findings.map((one) => `${one.level} ${one.message}`);
}

const to = (version: string, parts: Partial<PlannedPackage> = {}): readonly PlannedPackage[] => [aPackage({ version, ...parts })];
const project = (version: string): string => `[project]\nname = "demo"\nversion = "${version}" # now\n`;

describe("Python", () => {
  test("the manifest, its copies and the lock file get the version, and only these are kept", async () => {
    const texts = {
      "pyproject.toml": `${project("1.0.0")}[tool.bumpversion]\ncurrent_version = "1.0.0"\n`,
      "src/demo/__init__.py": '"""__version__ = "1.0.0" """\r\n__version__ = "1.0.0"\r\n',
      "uv.lock": 'version = 1\n\n[[package]]\nname = "demo"\nversion = "1.0.0"\nsource = { editable = "." }\n',
      "README.md": "1.0.0",
    };
    const bumped = await bump(texts, to("1.1.0rc1"));

    const expected = Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, text.replaceAll("1.0.0", "1.1.0rc1")]));
    expected["src/demo/__init__.py"] = '"""__version__ = "1.0.0" """\r\n__version__ = "1.1.0rc1"\r\n';
    delete expected["README.md"];
    assert.deepEqual(bumped.changed, expected);
    const files = ["pyproject.toml", "src/demo/__init__.py", "uv.lock"];
    assert.deepEqual(bumped.worked, {
      kind: "done",
      output: { files: files.map((path) => ({ path, from: "1.0.0", to: "1.1.0rc1" })) },
      artifacts: [],
      source: { kind: "keep", paths: files },
    });
  });

  test("a copy that says the version already is left alone, and nothing is kept", async () => {
    const { worked, changed } = await bump({ "pyproject.toml": project("1.1.0"), VERSION: "v1.1\n" }, to("1.1.0"));

    assert.deepEqual(changed, {});
    assert.deepEqual(worked, { kind: "done", output: { files: [] }, artifacts: [] });
  });

  for (const [what, texts, file] of [
    [
      "hatch's path",
      {
        "pyproject.toml": '[project]\nname="demo"\ndynamic=["version"]\n[tool.hatch.version]\npath="d/a.py"\n',
        "d/a.py": 'VERSION: str = "1.0"',
      },
      "d/a.py",
    ],
    [
      "hatch's pattern",
      {
        "pyproject.toml": `[project]\nname="demo"\n[tool.hatch.version]\npath="a.py"\npattern='^R = "(?P<version>[^"]+)"'\n`,
        "a.py": 'Q = "1.0"\nR = "1.0"\n',
      },
      "a.py",
    ],
    [
      "setuptools' attr",
      {
        "pyproject.toml": '[project]\nname="demo"\n[tool.setuptools.dynamic]\nversion = {attr = "demo.about.RELEASE"}\n',
        "src/demo/about.py": 'RELEASE = "1.0"\n',
      },
      "src/demo/about.py",
    ],
    [
      "setuptools' file",
      { "pyproject.toml": '[project]\nname="demo"\n[tool.setuptools.dynamic]\nversion = {file = ["V.txt"]}\n', "V.txt": "1.0\r\n" },
      "V.txt",
    ],
    ["setup.cfg", { "setup.cfg": "[metadata]\nname = demo\nversion = 1.0\n" }, "setup.cfg"],
    [
      "setup.cfg attr",
      { "setup.cfg": "[metadata]\nname = demo\nversion = attr: demo.__version__\n", "demo/__init__.py": "__version__ = '1.0'" },
      "demo/__init__.py",
    ],
    ["setup.py", { "setup.py": 'from setuptools import setup\nsetup(name="demo", version="1.0")\n' }, "setup.py"],
    [
      "flit",
      {
        "pyproject.toml": '[build-system]\nbuild-backend="flit_core.buildapi"\n[project]\nname="demo"\ndynamic=["version"]\n',
        "demo/__init__.py": '__version__ = "1.0"\n',
      },
      "demo/__init__.py",
    ],
    [
      "pdm",
      {
        "pyproject.toml": '[project]\nname="demo"\n[tool.pdm.version]\nsource="file"\npath="demo/v.py"\n',
        "demo/v.py": '__version__ = "1.0"\n',
      },
      "demo/v.py",
    ],
    ["poetry", { "pyproject.toml": '[tool.poetry]\nname="demo"\nversion="1.0"\n' }, "pyproject.toml"],
    [
      "a VERSION file that setup.py reads",
      { "setup.py": 'setup(name="demo", version=open("VERSION").read())\n', VERSION: "1.0\n" },
      "VERSION",
    ],
    ["a VERSION file alone", { VERSION: "1.0" }, "VERSION"],
  ] as const satisfies readonly (readonly [string, Texts, string])[]) {
    test(`the version is written where it is kept: ${what}`, async () => {
      const bumped = await bump(texts, to("1.1"));

      assert.equal(bumped.worked.kind, "done", JSON.stringify(bumped.worked));
      assert.deepEqual(Object.keys(bumped.changed), [file]);
      const before = (texts as Texts)[file] ?? "";
      const at = before.lastIndexOf("1.0");
      assert.equal(bumped.changed[file], `${before.slice(0, at)}1.1${before.slice(at + 3)}`);
    });
  }

  test("a version from tags needs nothing, and preflight says so", async () => {
    const texts = { "pyproject.toml": '[project]\nname = "demo"\ndynamic = ["version"]\n[tool.setuptools_scm]\n' };

    assert.deepEqual(await preflight(texts, to("1.0")), [
      'fine The version of "demo" comes from the tag (by setuptools-scm), nothing to write',
    ]);
    assert.deepEqual((await bump(texts, to("1.0"))).worked, { kind: "done", output: { files: [] }, artifacts: [] });
  });

  test("the file that slipway.yaml names is written, beside what else says the version", async () => {
    const own = (texts: Texts) => bump(texts, to("1.1.0", { versionFile: "etc/RELEASE" }));

    const alone = await own({ "etc/RELEASE": "1.0.0\n", "setup.py": "setup(name='demo', version=compute())\n" });
    assert.deepEqual([alone.worked.kind, alone.changed], ["done", { "etc/RELEASE": "1.1.0\n" }]);
    const both = await own({ "etc/RELEASE": "1.0.0\n", "pyproject.toml": project("1.0.0"), VERSION: "1.0.0" });
    assert.equal(both.worked.kind, "done");
    assert.deepEqual(both.changed, { "etc/RELEASE": "1.1.0\n", "pyproject.toml": project("1.1.0"), VERSION: "1.1.0" });
    assert.match(failure(await own({ "etc/RELEASE": "1.0.0", "pyproject.toml": project("0.9.0") })), /^VERSION_MISMATCH: /);
    assert.match(failure(await own({ "pyproject.toml": project("1.0.0") })), /"etc\/RELEASE" is not there, or says no version/);
    const scm = '[project]\nname = "demo"\ndynamic = ["version"]\n[tool.setuptools_scm]\n';
    assert.deepEqual((await own({ "etc/RELEASE": "1.0.0", "pyproject.toml": scm })).changed, { "etc/RELEASE": "1.1.0" });
  });

  test("a version that nobody says stops before the start", async () => {
    const texts = { "setup.py": "setup(name='demo', version=compute())\n" };

    assert.deepEqual(await preflight(texts, to("1.0")), [
      'blocks Cannot write the version of "demo": no file of "." says the present one (setup.py computes the version, and only running it would tell)',
    ]);
    assert.match(failure(await bump(texts, to("1.0"))), /^PLAN_INVALID: /);
    assert.match(failure(await bump({}, to("1.0"))), /has no pyproject.toml, setup.cfg or setup.py/);
  });

  test("a manifest that is no TOML is refused at its line", async () => {
    assert.match(failure(await bump({ "pyproject.toml": "[project]\nname = \n" }, to("1.0"))), /\(pyproject\.toml:\d:\d+\)$/);
  });

  test("`__version__` of something else stays, and is told", async () => {
    const texts = { "pyproject.toml": project("1.0.0"), "demo/__init__.py": '__version__ = "0.0.0"\n' };

    assert.deepEqual(Object.keys((await bump(texts, to("1.1.0"))).changed), ["pyproject.toml"]);
    assert.deepEqual(await preflight(texts, to("1.1.0")), [
      'warns "demo/__init__.py" says __version__ "0.0.0", which is no version of this package, and stays',
      "fine The version can be written into pyproject.toml",
    ]);
  });

  test("a version that is older than the present one is written, and told before the start", async () => {
    assert.deepEqual(await preflight({ "pyproject.toml": project("1.1.0") }, to("1.0.5")), [
      'warns "pyproject.toml" says 1.1.0, and 1.0.5 is older',
      "fine The version can be written into pyproject.toml",
    ]);
  });

  test("two packages of one folder agree on what stands there already, in another spelling", async () => {
    const two = [aPackage({ id: "a", version: "1.0.0" }), aPackage({ id: "b", version: "1.0.0" })];

    assert.deepEqual((await bump({ "pyproject.toml": project("1.0") }, two)).worked, {
      kind: "done",
      output: { files: [] },
      artifacts: [],
    });
  });

  test("pyproject.toml and Cargo.toml of a maturin project get one version, each in its own spelling", async () => {
    const texts = {
      "pyproject.toml": `[build-system]\nbuild-backend = "maturin"\n${project("1.0.0rc1")}`,
      "Cargo.toml": '[package]\nname = "demo-rs"\nversion = "1.0.0-rc.1"\n',
      "Cargo.lock": '[[package]]\nname = "demo-rs"\nversion = "1.0.0-rc.1"\n',
    };
    const bumped = await bump(texts, to("1.0.0rc2"));

    assert.match(bumped.changed["pyproject.toml"] ?? "", /version = "1\.0\.0rc2"/);
    assert.match(bumped.changed["Cargo.toml"] ?? "", /version = "1\.0\.0-rc\.2"/);
    assert.match(bumped.changed["Cargo.lock"] ?? "", /version = "1\.0\.0-rc\.2"/);
    assert.match(
      failure(await bump({ ...texts, "Cargo.toml": texts["Cargo.toml"].replace("rc.1", "rc.3") }, to("1.0.0rc2"))),
      /^VERSION_MISMATCH: .*\(Cargo\.toml:3:12\)/,
    );
    assert.match(failure(await bump(texts, to("1.0.0.post1"))), /^VERSION_LOSSY: .*\(Cargo\.toml:3:12\)/);
  });

  test("a maturin project whose version is Cargo's alone", async () => {
    const texts = {
      "py/pyproject.toml": '[build-system]\nbuild-backend = "maturin"\n[project]\nname = "demo"\ndynamic = ["version"]\n',
      "py/Cargo.toml": '[package]\nname = "demo"\nversion.workspace = true\n',
      "Cargo.toml": '[workspace]\nmembers = ["py"]\n[workspace.package]\nversion = "1.0.0"\n',
    };
    const bumped = await bump(texts, to("1.1.0rc1", { folder: "py" }));

    assert.deepEqual(bumped.changed, { "Cargo.toml": texts["Cargo.toml"].replace("1.0.0", "1.1.0-rc.1") });
  });
});

describe("Cargo", () => {
  const crates = (version: string, parts: Partial<PlannedPackage> = {}) => to(version, { ecosystem: "crates", ...parts });
  const workspace = {
    "Cargo.toml": [
      '[workspace]\nmembers = ["crates/*"] # all\n',
      '[workspace.package]\nversion = "0.3.0"\n',
      '[workspace.dependencies]\nproxy-core = { path = "crates/core", version = "0.3.0" }   # with its version\nserde = "0.3.0"\n',
    ].join(""),
    "crates/core/Cargo.toml": '[package]\nname = "proxy-core"\nversion.workspace = true\n',
    "crates/sdk/Cargo.toml":
      '[package]\nname = "proxy-sdk"\nversion = { workspace = true }\n[dependencies]\nproxy-core.workspace = true\n[target.\'cfg(unix)\'.dependencies]\nproxy-own = { path = "../own", version = "=0.3.0" }\n',
    "crates/own/Cargo.toml": '[package]\nname = "proxy-own"\nversion = "0.3.0"\n',
    "crates/tool/Cargo.toml": '[package]\nname = "tool"\nversion = "0.0.0"\npublish = false\n',
    "Cargo.lock":
      'version = 4\n\n[[package]]\nname = "proxy-core"\nversion = "0.3.0"\n\n[[package]]\nname = "proxy-own"\nversion = "0.3.0"\n\n[[package]]\nname = "proxy-sdk"\nversion = "0.3.0"\ndependencies = [\n "proxy-core",\n]\n\n[[package]]\nname = "serde"\nversion = "0.3.0"\nsource = "registry+x"\n\n[[package]]\nname = "tool"\nversion = "0.0.0"\n',
  };

  test("a workspace: its version, members that state the same, requirements beside paths, its entries in the lock file", async () => {
    const { worked, changed, ports } = await bump(workspace, crates("0.4.0"));

    assert.equal(worked.kind, "done", JSON.stringify(worked));
    assert.deepEqual(changed, {
      "Cargo.toml": workspace["Cargo.toml"]
        .replace('version = "0.3.0"\n[', 'version = "0.4.0"\n[')
        .replace('core", version = "0.3.0"', 'core", version = "0.4.0"'),
      "crates/sdk/Cargo.toml": workspace["crates/sdk/Cargo.toml"].replace("=0.3.0", "=0.4.0"),
      "crates/own/Cargo.toml": workspace["crates/own/Cargo.toml"].replace("0.3.0", "0.4.0"),
      "Cargo.lock": workspace["Cargo.lock"].replaceAll(/("proxy-[a-z]+"\nversion = )"0\.3\.0"/g, '$1"0.4.0"'),
    });
    assert.deepEqual(
      ports.exec.commands.map((one) => [one.cwd, ...one.args].join(" ")),
      ["/work fetch --locked --offline"],
    );
  });

  test("one package of a workspace moves alone", async () => {
    const { changed } = await bump(workspace, crates("0.3.1", { folder: "crates/own" }));

    assert.deepEqual(Object.keys(changed).toSorted(), ["Cargo.lock", "crates/own/Cargo.toml", "crates/sdk/Cargo.toml"]);
    assert.equal(
      changed["Cargo.lock"],
      workspace["Cargo.lock"].replace('"proxy-own"\nversion = "0.3.0"', '"proxy-own"\nversion = "0.3.1"'),
    );
  });

  test("a published member, a lock file or a requirement that says another version stops everything, with its place", async () => {
    const own = { ...workspace, "crates/own/Cargo.toml": workspace["crates/own/Cargo.toml"].replace("0.3.0", "0.2.9") };
    assert.match(
      failure(await bump(own, crates("0.4.0"))),
      /^VERSION_MISMATCH: Cannot bump "crates\/own\/Cargo.toml": package.version is "0.2.9", and "0.3.0" is what Cargo.toml:4:12 says \(crates\/own\/Cargo.toml:3:12\)/,
    );
    const lock = { ...workspace, "Cargo.lock": workspace["Cargo.lock"].replace("0.3.0", "0.2.0") };
    assert.match(failure(await bump(lock, crates("0.4.0"))), /package proxy-core is "0.2.0".*\(Cargo.lock:5:12\)/);
    const asks = { ...workspace, "crates/sdk/Cargo.toml": workspace["crates/sdk/Cargo.toml"].replace("=0.3.0", ">=0.2, <0.3.1") };
    assert.match(failure(await bump(asks, crates("0.4.0"))), /">=0.2, <0.3.1" does not take 0.4.0 \(crates\/sdk\/Cargo.toml:7:43\)/);
  });

  test("two packages that share a version cannot get two", async () => {
    const two = [
      aPackage({ id: "a", ecosystem: "crates", folder: "crates/core", version: "0.4.0" }),
      aPackage({ id: "b", ecosystem: "crates", folder: "crates/sdk", version: "0.5.0" }),
    ];

    assert.match(failure(await bump(workspace, two)), /"a" should say 0.4.0 there, and "b" 0.5.0 \(Cargo.toml:4:12\)/);
  });

  test("cargo says no: the step fails with its words; without network first, then with it", async () => {
    const ports = portsWith(workspace, () => exited(101, "", "error: broken\n"));
    const { worked } = await bump(workspace, crates("0.4.0"), { ports });

    assert.ok(worked.kind === "failed" && worked.code === "STEP_FAILED" && worked.message.includes("error: broken"));
    assert.deepEqual(
      ports.exec.commands.map((one) => one.args.includes("--offline")),
      [true, false],
    );
  });

  test("without cargo: preflight blocks, and the step fails", async () => {
    const ports = (): FakePorts => fakePorts({ files: portsWith(workspace).files });

    assert.ok((await preflight(workspace, crates("0.4.0"), ports())).some((one) => one.startsWith("blocks Cannot prove")));
    const { worked } = await bump(workspace, crates("0.4.0"), { ports: ports() });
    assert.ok(worked.kind === "failed" && worked.code === "TOOL_MISSING");
  });

  test("`compile: true` compiles, and is asked for even where nothing has to be written", async () => {
    const { ports } = await bump(workspace, crates("0.3.0"), { input: { compile: true } });

    assert.deepEqual(ports.exec.commands.at(-1)?.args, ["check", "--workspace", "--locked"]);
  });

  test("an image and a binary built from the same folder change nothing twice", async () => {
    const all = [
      aPackage({ id: "workspace", ecosystem: "crates", version: "0.4.0" }),
      aPackage({ id: "image", ecosystem: "oci", version: "0.4.0" }),
      aPackage({ id: "command", ecosystem: "binary", folder: "crates/core", version: "0.4.0" }),
    ];
    assert.deepEqual((await bump(workspace, all)).changed, (await bump(workspace, crates("0.4.0"))).changed);
  });
});

describe("npm", () => {
  const npm = (version: string, parts: Partial<PlannedPackage> = {}) => to(version, { ecosystem: "npm", ...parts });
  const json = (value: unknown): string => `${JSON.stringify(value, null, "\t")}\r\n`;
  const texts = {
    "package.json": json({ name: "root", private: true, workspaces: ["packages/*"] }),
    "packages/a/package.json": json({ name: "a", version: "1.0.0" }),
    "packages/b/package.json": json({
      name: "b",
      version: "1.0.0",
      dependencies: { a: "^1.0.0", x: "^1.0.0" },
      peerDependencies: { a: ">=1" },
    }),
    "package-lock.json": json({
      name: "root",
      packages: {
        "": { name: "root" },
        "packages/a": { version: "1.0.0" },
        "packages/b": { version: "1.0.0", dependencies: { a: "^1.0.0" } },
        "node_modules/a": { version: "1.0.0" },
      },
    }),
  };

  test("a workspace's package: its version, its dependants' ranges, its entry in the lock file", async () => {
    const { changed, worked } = await bump(texts, npm("2.0.0", { folder: "packages/a" }));

    assert.equal(worked.kind, "done");
    assert.deepEqual(changed, {
      "packages/a/package.json": texts["packages/a/package.json"].replace("1.0.0", "2.0.0"),
      "packages/b/package.json": texts["packages/b/package.json"].replace('"a": "^1.0.0"', '"a": "^2.0.0"'),
      "package-lock.json": texts["package-lock.json"].replace('"version": "1.0.0"', '"version": "2.0.0"').replace("^1.0.0", "^2.0.0"),
    });
  });

  test("a lock file that says another version stops everything", async () => {
    const stale = {
      "package.json": json({ name: "a", version: "1.0.0" }),
      "package-lock.json": json({ name: "a", version: "0.9.0", packages: { "": { version: "1.0.0" } } }),
    };

    assert.match(failure(await bump(stale, npm("1.1.0"))), /^VERSION_MISMATCH: .*\(package-lock.json:3:14\)/);
  });
});

describe("declared files", () => {
  test("the version is written where the pattern says, in the spelling that is asked for", async () => {
    const texts = { "pyproject.toml": project("1.0.0rc1"), "docs/conf.txt": 'release: "v1.0.0-rc.1", old: 1.0.0-rc.1\n' };
    const input: BumpInput = { files: [{ path: "docs/conf.txt", pattern: 'release: "v{version}"', scheme: "semver" }] };
    const { changed } = await bump(texts, to("1.0.0rc2"), { input });

    assert.equal(changed["docs/conf.txt"], 'release: "v1.0.0-rc.2", old: 1.0.0-rc.1\n');
  });

  test("a file, a pattern or a package that is not there, or another version, is a fault", async () => {
    const texts = { "pyproject.toml": project("1.0.0"), "a.txt": "x = 0.9\n" };
    const fault = async (file: NonNullable<BumpInput["files"]>[number]): Promise<string> =>
      failure(await bump(texts, to("1.1.0"), { input: { files: [file] } }));

    assert.match(await fault({ path: "b.txt", pattern: "x = {version}" }), /there is no file "b.txt"/);
    assert.match(await fault({ path: "a.txt", pattern: "y = {version}" }), /"a.txt" has nothing like "y = \{version\}"/);
    assert.match(await fault({ path: "a.txt", pattern: "x = {version}", package: "z" }), /there is no package "z"/);
    assert.match(await fault({ path: "a.txt", pattern: "x = {version}" }), /^VERSION_MISMATCH: .*\(a.txt:1:5\)/);
  });

  test("the input refuses paths outside of the repository and patterns that could mean anything", () => {
    for (const file of [
      { path: "../x", pattern: "a {version}" },
      { path: "/x", pattern: "a {version}" },
      { path: "x", pattern: "{version}" },
      { path: "x", pattern: "a" },
    ]) {
      assert.equal(bumpStep.input.fits({ files: [file] }), false, JSON.stringify(file));
    }
    assert.equal(bumpStep.input.fits({ files: [{ path: "x", pattern: 'v = "{version}"' }], compile: true }), true);
  });
});

test("bump: a link is never written through", async () => {
  const files = memoryFiles({ "/work/pyproject.toml": { kind: "link" } });
  const worked = await bumpStep.perform(aFrozen<BumpInput>({}, { packages: to("1.0") }), fakePorts({ files }));

  assert.ok(worked.kind === "failed" && worked.code === "PLAN_INVALID");
});

test("bump: names the version in the plan, and needs cargo where crates are released", () => {
  assert.equal(bumpStep.describe(aUse({}, { packages: to("1.1.0") })), "write 1.1.0 into manifests and lock files");
  assert.deepEqual(bumpStep.asks(aUse({}, { packages: to("1.1.0", { ecosystem: "crates" }) })).programs, ["cargo"]);
  assert.deepEqual(bumpStep.asks(aUse({}, { packages: to("1.1.0") })).programs, []);
});
