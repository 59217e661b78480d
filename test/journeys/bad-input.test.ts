// What people get wrong, by the real program: each a clear error with its code and exit status, and the user's own tree,
// `.git` included, byte for byte as it was.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import type { ErrorCode } from "../../src/domain/error-catalog.ts";
import { errorCatalog } from "../../src/domain/error-catalog.ts";
import { edit, makeBed, readReport, type Bed } from "../support/bed.ts";
import { prebuiltProject, prebuiltTokens } from "../support/prebuilt-project.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const source = { SLIPWAY_FROM_SOURCE: "1" };
/** Nothing listens there: what would be published goes nowhere. */
const nowhere = 'registries:\n  testpypi: { ecosystem: pypi, url: "http://127.0.0.1:9/legacy/" }\n  pypi: { ecosystem: pypi, url: "http://127.0.0.1:9/legacy/" }\n';

function bedFor(context: Pick<TestContext, "after">, prepare?: (project: string) => void): Bed {
  const bed = makeBed({ example: { files: prebuiltProject({ top: nowhere }).files }, tag: "v1.0.0", ...(prepare === undefined ? {} : { prepare }) });
  context.after(() => bed.remove());
  return bed;
}

/** Every path below a folder with its kind, mode and content. */
function snapshot(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (at: string): void => {
    for (const name of readdirSync(path.join(folder, at)).toSorted()) {
      const below = path.join(at, name);
      const full = path.join(folder, below);
      const info = lstatSync(full);
      const content = info.isFile() ? createHash("sha256").update(readFileSync(full)).digest("hex") : info.isSymbolicLink() ? readlinkSync(full) : "";
      found.set(below, `${info.mode.toString(8)} ${content}`);
      if (info.isDirectory()) walk(below);
    }
  };
  walk("");
  return found;
}

interface Expected {
  readonly code: ErrorCode;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

async function refused(bed: Bed, args: readonly string[], expected: Expected): Promise<void> {
  const before = snapshot(bed.project);

  const ended = await bed.slipway(["--json", ...args], source);

  assert.notEqual(ended.stdout, "", ended.stderr);
  const document = JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "") as { readonly code: ErrorCode; readonly message?: string; readonly sentence?: string; readonly hint: string; readonly exitCode: number };
  const told = `${document.message ?? document.sentence}\n${ended.stderr}`;
  assert.equal(document.code, expected.code, told);
  assert.equal(ended.code, errorCatalog[expected.code].exit);
  assert.match(told, expected.message);
  if (expected.hint !== undefined) assert.match(`${document.hint}\n${ended.stderr}`, expected.hint);
  assert.deepEqual(snapshot(bed.project), before, "the user's tree is as it was");
}

const tail = prebuiltProject({ top: nowhere }).files["slipway.yaml"];

/** Wrong files: what stands in slipway.yaml, and what is said about it. */
const files: readonly (readonly [string, string, Expected])[] = [
  ["broken YAML", "slipway: 1\nproject: [reed\n", { code: "CONFIG_SYNTAX", message: /--> slipway\.yaml:[23]:/ }],
  ["a tab for an indent", "slipway: 1\npackages:\n\treed: { path: . }\n", { code: "CONFIG_SYNTAX", message: /slipway\.yaml:3:/ }],
  ["a file of another kind", "\u0000\u0001PNG", { code: "CONFIG_SYNTAX", message: /slipway\.yaml:1:/ }],
  ["an empty file", "", { code: "CONFIG_SYNTAX", message: /it is empty/, hint: /slipway init/ }],
  ["a key that is there twice", `${String(tail)}project: reed\n`, { code: "CONFIG_SYNTAX", message: /Cannot use the key "project" twice/ }],
  [
    "an alias bomb",
    `${String(tail).replace("project: reed", `project: &a [${"x,".repeat(9)}x]`)}people:\n  a: &b [${"*a,".repeat(9)}*a]\n  b: &c [${"*b,".repeat(9)}*b]\n  c: [${"*c,".repeat(9)}*c]\n`,
    { code: "CONFIG_SYNTAX", message: /alias/i },
  ],
  ["nesting without end", `slipway: 1\nproject: ${"[".repeat(5_000)}${"]".repeat(5_000)}\n`, { code: "CONFIG_TOO_LARGE", message: /./ }],
  ["a file without end", `slipway: 1\n# ${"x".repeat(4 * 1024 * 1024)}\n`, { code: "CONFIG_TOO_LARGE", message: /./ }],
  ["an unknown key", `${String(tail)}stpes: {}\n`, { code: "CONFIG_INVALID", message: /stpes/, hint: /steps/ }],
  ["an unknown step", String(tail).replace("uses: publish, environment: pypi }", "uses: pubilsh, environment: pypi }"), { code: "CONFIG_INVALID", message: /pubilsh/, hint: /publish/ }],
  ["a later version of the language", String(tail).replace("slipway: 1", "slipway: 2"), { code: "CONFIG_INVALID", message: /slipway\.yaml:1:/ }],
  ["a step that this version does not have", String(tail).replace("steps:\n", "steps:\n  page: { uses: forge-release }\n"), { code: "NOT_YET", message: /forge-release/ }],
  ["a shell line that no shell reads", String(tail).replace('run: "true"', 'run: "make && make test"'), { code: "CONFIG_INVALID", message: /&&/, hint: /shell: bash/ }],
  ["a path out of the repository", String(tail).replace("path: .", "path: ../other"), { code: "CONFIG_INVALID", message: /\.\.\/other/ }],
  ["a folder without a package", String(tail).replace("path: .", "path: built"), { code: "PLAN_INVALID", message: /folder "built" has no pyproject\.toml/ }],
  ["an address with a password", String(tail).replace("http://127.0.0.1:9/legacy/", "http://me:hunter22@127.0.0.1:9/legacy/"), { code: "CONFIG_INVALID", message: /user information|credential|password/i }],
];

describe("a slipway.yaml that is wrong is refused with place and reason", { concurrency: 2 }, () => {
  for (const [what, text, expected] of files) {
    test(what, async (context) => {
      const bed = bedFor(context, (project) => writeFileSync(path.join(project, "slipway.yaml"), text));

      await refused(bed, ["run"], expected);
    });
  }

  test("a password in an address is not repeated", async (context) => {
    const bed = bedFor(context, (project) => edit(project, "slipway.yaml", (text) => text.replace("http://127.0.0.1:9/legacy/", "http://me:hunter22@127.0.0.1:9/legacy/")));

    const ended = await bed.slipway(["plan"], source);

    assert.doesNotMatch(ended.stdout + ended.stderr, /hunter22/);
  });

  test("a pipeline that would start itself", async (context) => {
    const text = `slipway: 1
project: reed
packages: { reed: { path: ., tag: "v{version}" } }
pipelines:
  release:
    on: { release-published: {} }
    version: { from: tag }
    steps: { page: { uses: forge-release } }
`;
    const bed = bedFor(context, (project) => writeFileSync(path.join(project, "slipway.yaml"), text));

    await refused(bed, ["plan"], { code: "CONFIG_INVALID", message: /start/ });
  });
});

describe("a source that is not as it should be is refused, or told", { concurrency: 2 }, () => {
  test("no repository at all", async (context) => {
    const bed = bedFor(context);
    const folder = temporaryFolder(context);
    writeFileSync(path.join(folder, "slipway.yaml"), String(tail));

    await refused(bed, ["-C", folder, "plan"], { code: "SOURCE_NOT_GIT", message: /there is no \.git in it or above it/ });
  });

  test("a repository without a commit", async (context) => {
    const bed = bedFor(context);
    const folder = temporaryFolder(context);
    execFileSync("git", ["init", "--quiet", folder], { env: bed.env });
    writeFileSync(path.join(folder, "slipway.yaml"), String(tail));

    await refused(bed, ["-C", folder, "plan"], { code: "SOURCE_NOT_GIT", message: /no commit yet/ });
    await refused(bed, ["-C", folder, "init"], { code: "SOURCE_NOT_GIT", message: /no commit yet/ });
  });

  test("no slipway.yaml", async (context) => {
    const bed = bedFor(context, (project) => rmSync(path.join(project, "slipway.yaml")));

    await refused(bed, ["plan"], { code: "CONFIG_MISSING", message: /Cannot find "slipway\.yaml"/, hint: /slipway init/ });
  });

  test("a detached commit is planned like any other", async (context) => {
    const bed = bedFor(context);
    const attached = (JSON.parse((await bed.slipway(["plan", "--json"], source)).stdout) as { digest: string }).digest;
    bed.git("checkout", "--quiet", "--detach");
    const before = snapshot(bed.project);

    const ended = await bed.slipway(["plan", "--json"], source);

    assert.equal(ended.code, 0, ended.stderr);
    assert.equal((JSON.parse(ended.stdout) as { digest: string }).digest, attached);
    assert.deepEqual(snapshot(bed.project), before);
  });

  test("a shallow clone whose version only a tag could tell", async (context) => {
    const bed = bedFor(context, (project) => {
      writeFileSync(path.join(project, "pyproject.toml"), '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\nbuild-backend = "hatchling.build"\n[project]\nname = "slipway-example-reed"\ndynamic = ["version"]\n[tool.hatch.version]\nsource = "vcs"\n');
      edit(project, "slipway.yaml", (text) => text.replace("from: manifest", "from: tag"));
    });
    bed.git("commit", "--quiet", "--allow-empty", "--message", "two");
    const shallow = path.join(bed.folder, "shallow");
    execFileSync("git", ["clone", "--quiet", "--depth", "1", "--no-tags", `file://${bed.project}`, shallow], { env: bed.env });

    await refused(bed, ["-C", shallow, "plan"], { code: "SOURCE_SHALLOW", message: /this clone is shallow/, hint: /git fetch --unshallow --tags/ });
  });

  test("a dirty tree is told, and is no part of what is planned", async (context) => {
    const bed = bedFor(context);
    const clean = JSON.parse((await bed.slipway(["plan", "--json"], source)).stdout) as { digest: string };
    edit(bed.project, "pyproject.toml", (text) => text.replace("1.0.0", "6.6.6"));
    writeFileSync(path.join(bed.project, "stray.txt"), "x");
    const before = snapshot(bed.project);

    const ended = await bed.slipway(["plan", "--json"], source);

    const document = JSON.parse(ended.stdout) as { digest: string; notices: readonly string[] };
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(document.digest, clean.digest);
    assert.match(document.notices.join("\n"), /2 uncommitted changes are not part of the release/);
    assert.deepEqual(snapshot(bed.project), before);
  });

  test("a slipway.yaml that is not committed stops a run, and not a plan", async (context) => {
    const bed = bedFor(context);
    edit(bed.project, "slipway.yaml", (text) => `${text}\n`);

    assert.equal((await bed.slipway(["plan"], source)).code, 0);
    const said = await bed.slipway(["run"], { ...source, ...prebuiltTokens });
    await refused(bed, ["run"], { code: "CREDENTIAL_MISSING", message: /TESTPYPI_TOKEN is not set \(and 2 more\)/ });

    assert.equal(said.code, errorCatalog.PREFLIGHT_BLOCKED.exit);
    assert.match(said.stdout, /^error\[PREFLIGHT_BLOCKED\]: slipway\.yaml differs from the commit that is released\n {2}public now: nothing of this release\n/);
    assert.match(said.stdout, /hint: Commit slipway\.yaml/);
  });

  test("a tag that the manifest contradicts", async (context) => {
    const bed = bedFor(context);
    bed.git("tag", "--delete", "v1.0.0");
    bed.git("tag", "v1.0.1");

    await refused(bed, ["plan"], { code: "VERSION_MISMATCH", message: /means version "1\.0\.1" but the manifest says "1\.0\.0"/, hint: /git tag v1\.0\.0/ });
  });

  test("no tag, for a run", async (context) => {
    const bed = bedFor(context);
    bed.git("tag", "--delete", "v1.0.0");

    await refused(bed, ["run"], { code: "PLAN_INVALID", message: /no release tag/, hint: /git tag -a v1\.0\.0/ });
    assert.equal((await bed.slipway(["plan"], source)).code, 0);
  });

  test("spaces and letters outside ASCII in every path", async (context) => {
    const bed = bedFor(context);
    const folder = path.join(temporaryFolder(context), "мой проект · 発行");
    execFileSync("git", ["clone", "--quiet", bed.project, folder], { env: bed.env });
    const before = snapshot(folder);

    const ended = await bed.slipway(["-C", folder, "--state", path.join(folder, "..", "zu stand"), "run", "--only", "build", "--json"], source);

    assert.equal(ended.code, 0, ended.stderr + ended.stdout);
    assert.equal(readReport(ended).standing, "complete");
    assert.deepEqual(snapshot(folder), before);
  });

  test("links and modes of the user's tree stay as they are", async (context) => {
    const bed = bedFor(context, (project) => {
      symlinkSync("pyproject.toml", path.join(project, "link"));
      writeFileSync(path.join(project, "tool.sh"), "#!/bin/sh\n");
      chmodSync(path.join(project, "tool.sh"), 0o755);
    });
    const before = snapshot(bed.project);

    assert.equal((await bed.slipway(["run", "--only", "build"], source)).code, 0);

    assert.deepEqual(snapshot(bed.project), before);
  });
});

describe("a machine that lacks something is told what", { concurrency: 2 }, () => {
  test("a program of the project", async (context) => {
    const bed = bedFor(context, (project) => edit(project, "slipway.yaml", (text) => text.replace('run: "true"', "run: no-such-linter --strict")));

    await refused(bed, ["rehearse"], { code: "PREFLIGHT_BLOCKED", message: /"no-such-linter"/, hint: /Install no-such-linter/ });
  });

  test("git", async (context) => {
    const bed = bedFor(context);
    const empty = path.join(bed.folder, "empty");
    mkdirSync(empty);
    const before = snapshot(bed.project);

    const ended = await bed.slipway(["plan", "--json"], { ...source, PATH: empty });

    const document = JSON.parse(ended.stdout) as { code: string };
    assert.equal(document.code, "TOOL_MISSING", ended.stderr);
    assert.equal(ended.code, 1);
    assert.match(ended.stderr, /git/);
    assert.deepEqual(snapshot(bed.project), before);
  });

  test("a place for state", async (context) => {
    const bed = bedFor(context);
    const file = path.join(bed.folder, "in-the-way");
    writeFileSync(file, "");

    await refused(bed, ["--state", file, "run"], { code: "STORAGE_FAILED", message: /in-the-way/ });
  });
});

describe("slipway init", { concurrency: 2 }, () => {
  test("never replaces a file without being told, shows the difference, and keeps the old one", async (context) => {
    const bed = bedFor(context);
    const old = readFileSync(path.join(bed.project, "slipway.yaml"), "utf8");

    const first = await bed.slipway(["init"], source);

    assert.equal(first.code, 2);
    assert.match(first.stderr, /^What would change:\n/);
    assert.match(first.stderr, /error\[CONFIG_EXISTS\]/);
    assert.equal(readFileSync(path.join(bed.project, "slipway.yaml"), "utf8"), old);

    const second = await bed.slipway(["init", "--yes"], source);
    edit(bed.project, "slipway.yaml", (text) => `${text}# mine\n`);
    const third = await bed.slipway(["init", "--yes", "--json"], source);

    assert.equal(second.code, 0, second.stderr);
    assert.match(second.stdout, /kept as slipway\.yaml\.old\n/);
    assert.equal(readFileSync(path.join(bed.project, "slipway.yaml.old"), "utf8"), old);
    assert.match((JSON.parse(third.stdout) as { kept: string }).kept, /slipway\.yaml\.old-2$/);
    assert.match(readFileSync(path.join(bed.project, "slipway.yaml.old-2"), "utf8"), /# mine\n$/);
    assert.match((await bed.slipway(["init"], source)).stdout, /says this already; nothing is written/);
  });

  test("a folder or a link in the place of the file is left alone", async (context) => {
    const bed = bedFor(context, (project) => {
      rmSync(path.join(project, "slipway.yaml"));
      symlinkSync("/etc/hostname", path.join(project, "slipway.yaml"));
    });

    await refused(bed, ["init", "--yes"], { code: "CONFIG_EXISTS", message: /it is a link/ });
  });

  test("a repository of something else", async (context) => {
    const bed = makeBed({ example: { files: { "Cargo.toml": '[package]\nname = "x"\n', "src/lib.rs": "" } } });
    context.after(() => bed.remove());

    await refused(bed, ["init"], { code: "NO_PACKAGE", message: /it has a Rust crate \(Cargo\.toml\)/, hint: /releases Python packages/ });
  });

  test("what it writes is planned as it stands, and the whole of it is explained", async (context) => {
    const bed = bedFor(context, (project) => rmSync(path.join(project, "slipway.yaml")));

    const written = await bed.slipway(["init"], source);
    const printed = await bed.slipway(["init", "--print"], source);
    const planned = await bed.slipway(["plan", "--json"], source);

    assert.equal(written.code, 0, written.stderr);
    assert.equal(printed.stdout, readFileSync(path.join(bed.project, "slipway.yaml"), "utf8"));
    assert.equal(planned.code, 0, planned.stderr);
    const plan = JSON.parse(planned.stdout) as { readonly steps: readonly { readonly id: string }[]; readonly line: { readonly at: readonly string[] } };
    assert.deepEqual([plan.steps.map((step) => step.id), plan.line.at], [["build", "check", "smoke", "pypi", "pypi-installs"], ["pypi"]]);
    assert.match(written.stderr, /found Package "slipway-example-reed" in "\.", built by hatchling\.build, version 1\.0\.0 in pyproject\.toml/);
  });
});

