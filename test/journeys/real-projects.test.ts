// Packages that nobody here wrote, one for each common build backend, as their authors published them: unpacked into a
// fresh repository without tags, then `slipway init` and `slipway rehearse`, to the end, without a hand on the file.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { before, describe, test, type TestContext } from "node:test";
import { makeBed, readReport, told } from "../support/bed.ts";
import { fetchSdists, unpackSdist, type RealSdist } from "../support/real-sdists.ts";

interface Project extends RealSdist {
  readonly backend: string;
  readonly wheel: RegExp;
  /** Where the release's version comes from. */
  readonly from: "manifest" | "tag";
}

const pure = (form: string, version: string): RegExp =>
  new RegExp(`^${form}-${version.replaceAll(".", "\\.")}-(?:py2\\.)?py3-none-any\\.whl$`);
const sdistOf = (form: string, version: string, sha256: string) => ({
  version,
  sha256,
  file: `${form}-${version}.tar.gz`,
  wheel: pure(form, version),
});

const projects: readonly Project[] = [
  {
    name: "fastcrc",
    backend: "maturin",
    from: "manifest",
    ...sdistOf("fastcrc", "0.3.2", "22362bb54e1bafc4f3e35544e40162481b2822c48ede1f5c2784820afad2c561"),
    wheel: /^fastcrc-0\.3\.2-cp3\d+-(?:cp3\d+|abi3)-[a-z0-9_.]+\.whl$/,
  },
  {
    name: "six",
    backend: "setuptools with setup.py alone",
    from: "tag",
    ...sdistOf("six", "1.17.0", "ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81"),
  },
  {
    name: "colorama",
    backend: "hatchling",
    from: "manifest",
    ...sdistOf("colorama", "0.4.6", "08695f5cb7ed6e0531a20572697297273c47b8cae5a63ffc6d6ed5c201be6e44"),
  },
  {
    name: "idna",
    backend: "flit",
    from: "tag",
    ...sdistOf("idna", "3.10", "12f65c9b470abda6dc35cf8e63cc574b1c52b11df2c86030af0ac09b01b13ea9"),
  },
  {
    name: "tomlkit",
    backend: "poetry-core",
    from: "manifest",
    ...sdistOf("tomlkit", "0.13.2", "fff5fe59a87295b278abd31bec92c15d9bc4a06885ab12bcea52c71119392e79"),
  },
  {
    name: "dep-logic",
    backend: "pdm",
    from: "manifest",
    ...sdistOf("dep_logic", "0.4.10", "d2fe0626ae5700c5d3788f7105015a291bd1f4e4ae83287e7094e2feb503f859"),
  },
  {
    name: "pluggy",
    backend: "setuptools with setuptools-scm",
    from: "tag",
    ...sdistOf("pluggy", "1.5.0", "2cffa88e94fdc978c4c574f15f9e59b7f4201d439195c3715ca9e2486f1d0cf1"),
  },
  {
    name: "platformdirs",
    backend: "hatchling with hatch-vcs",
    from: "tag",
    ...sdistOf("platformdirs", "4.3.6", "357fb2acbc885b0419afd3ce3ed34564c13c9b95c89360cd9563f73aa5e2b907"),
  },
];

// Two at a time, for two cores; the one that compiles is first.
describe("a package that nobody here wrote is rehearsed to the end with the file that init wrote", { concurrency: 2 }, () => {
  before(() => fetchSdists(projects));
  for (const project of projects)
    test(`${project.name}, built by ${project.backend}`, { timeout: 8 * 60_000 }, (context) => rehearse(context, project));
});

async function rehearse(context: TestContext, project: Project): Promise<void> {
  const unpacked = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-real-${process.pid}-${project.name}`);
  await unpackSdist(project, unpacked);
  const bed = makeBed({ example: { folder: unpacked } });
  context.after(() => bed.remove());
  const file = path.join(bed.project, "slipway.yaml");

  const init = await bed.slipway(["init", "--yes"], toolchain());
  assert.equal(init.code, 0, told(init));
  const written = readFileSync(file, "utf8");
  assert.match(written, new RegExp(`version: \\{ from: ${project.from} \\}`));

  const rehearsed = await bed.slipway(["rehearse", "--json"], toolchain());
  assert.equal(rehearsed.code, 0, told(rehearsed));
  const report = readReport(rehearsed);
  assert.equal(report.standing, "complete");
  assert.deepEqual(
    report.files.map((one) => `${one.registry} ${one.outcome}`),
    ["pypi published", "pypi published"],
  );
  assert.match(report.files[0]?.name ?? "", project.wheel);
  assert.equal(report.files[1]?.name, project.file);
  assert.deepEqual(
    report.steps.filter((step) => step.state !== "done"),
    [],
  );
  assert.ok(
    report.steps.some((step) => step.id.includes("installs")),
    "nothing was installed back",
  );
  assert.equal(readFileSync(file, "utf8"), written);
  assert.equal(bed.git("status", "--porcelain").trim(), "?? slipway.yaml");

  const again = await bed.slipway(["init", "--yes"]);
  assert.equal(again.code, 0, told(again));
  assert.match(again.stdout, /nothing is written/);
}

/** rustup and cargo stay where they are on this machine; the bed has a home of its own. */
function toolchain(): Record<string, string> {
  const home = process.env["HOME"] ?? "";
  const folders = {
    RUSTUP_HOME: process.env["RUSTUP_HOME"] ?? path.join(home, ".rustup"),
    CARGO_HOME: process.env["CARGO_HOME"] ?? path.join(home, ".cargo"),
  };
  return Object.fromEntries(Object.entries(folders).filter(([, folder]) => existsSync(folder)));
}
