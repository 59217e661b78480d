import assert from "node:assert/strict";
import { test } from "node:test";
import type { Plan, PlannedPackage } from "../../domain/plan/plan.ts";
import type { Versions } from "../../registries/registry.ts";
import type { Worked } from "../step.ts";
import {
  aFrozen,
  aPackage,
  aPlan,
  aPlanned,
  aPlannedStep,
  aRegistry,
  aUse,
  anEnvironment,
  fakePorts,
  fakeRegistry,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import { checkVersionStep } from "./check-version.ts";

const project = (version: string): string => `[project]\nname = "demo"\nversion = "${version}"\n`;

function planOf(
  parts: { readonly version?: string; readonly tag?: string; readonly test?: boolean; readonly package?: Partial<PlannedPackage> } = {},
): Plan {
  const environment = anEnvironment({ registries: [aRegistry({ test: parts.test ?? false })] });
  return aPlan({
    source: { commit: "c".repeat(40), moved: "stop", epochSeconds: 1, ...(parts.tag === undefined ? {} : { tag: parts.tag }) },
    packages: [aPackage({ version: parts.version ?? "1.0.0", ...parts.package })],
    environments: [environment],
    steps: [aPlannedStep({ id: "pypi", kind: "acting", environment: "pypi" })],
  });
}

function portsWith(files: Readonly<Record<string, string>>, versions: Versions = { kind: "absent" }): FakePorts {
  const both = Object.entries(files).flatMap(([path, text]) => [`/work/${path}`, `/source/${path}`].map((full) => [full, text]));
  return fakePorts({
    files: memoryFiles(Object.fromEntries(both) as Record<string, string>),
    registries: [fakeRegistry("pypi", { versions: async () => versions })],
  });
}

async function perform(plan: Plan, ports: FakePorts, maintenance?: boolean): Promise<Worked> {
  return checkVersionStep.perform(aFrozen(maintenance === undefined ? {} : { maintenance }, { plan, sinceMs: ports.clock.nowMs() }), ports);
}

function failure(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : worked.kind;
}

test("check-version: is done when manifest, tag and plan agree and the version is free", async () => {
  const ports = portsWith({ "pyproject.toml": project("0.2.0rc1") }, { kind: "listed", versions: ["0.1", "junk", "0.2.0b3"] });

  const worked = await perform(planOf({ version: "0.2.0rc1", tag: "v0.2.0-rc.1" }), ports);

  assert.equal(worked.kind, "done");
  assert.deepEqual(ports.printed, [
    'The tag "v0.2.0-rc.1" means demo 0.2.0rc1, as planned',
    '"pyproject.toml" says 0.2.0rc1, as planned',
    "demo 0.2.0rc1 is free at pypi, and newer than 0.2.0b3",
  ]);
});

test("check-version: a manifest that says another version stops the release", async () => {
  const worked = await perform(planOf(), portsWith({ "pyproject.toml": project("1.0.1") }));

  assert.match(failure(worked), /^VERSION_MISMATCH: .*"pyproject.toml" says 1.0.1 and the plan says 1.0.0/);
});

test("check-version: pyproject.toml and Cargo.toml have to agree where maturin builds", async () => {
  const pyproject = `[build-system]\nrequires = ["maturin"]\nbuild-backend = "maturin"\n${project("1.0.0rc1")}`;
  const plan = planOf({ version: "1.0.0rc1", package: { folder: "crates/py" } });
  const cargo = (version: string) => ({
    "crates/py/pyproject.toml": pyproject,
    "crates/py/Cargo.toml": `[package]\nname = "x"\nversion = "${version}"\n`,
  });

  assert.equal((await perform(plan, portsWith(cargo("1.0.0-rc.1")))).kind, "done");
  assert.match(
    failure(await perform(plan, portsWith(cargo("1.0.0-rc.2")))),
    /"crates\/py\/Cargo.toml" says 1.0.0-rc.2 and the plan says 1.0.0rc1/,
  );
});

test("check-version: a version inherited from the Cargo workspace above is found", async () => {
  const files = {
    "crates/py/pyproject.toml": '[build-system]\nbuild-backend = "maturin"\n[project]\nname = "demo"\ndynamic = ["version"]\n',
    "crates/py/Cargo.toml": '[package]\nname = "x"\nversion.workspace = true\n',
    "Cargo.toml": '[workspace.package]\nversion = "1.0.0"\n',
  };
  const ports = portsWith(files);

  const worked = await perform(planOf({ package: { folder: "crates/py" } }), ports);

  assert.equal(worked.kind, "done");
  assert.match(ports.printed.join("\n"), /"Cargo.toml" says 1.0.0, as planned/);
});

test("check-version: a version that only the build can tell is said, not guessed", async () => {
  const scm =
    '[build-system]\nrequires = ["setuptools", "setuptools-scm"]\n[project]\nname = "demo"\ndynamic = ["version"]\n[tool.setuptools_scm]\n';
  const ports = portsWith({ "pyproject.toml": scm });

  const worked = await perform(planOf(), ports);

  assert.equal(worked.kind, "done");
  assert.match(ports.printed.join("\n"), /the built files have to carry it/);
});

test("check-version: a tag that means another version, or a lossy spelling, stops the release", async () => {
  const ports = portsWith({ "pyproject.toml": project("1.0.0") });

  for (const tag of ["v1.0.1", "v1.0.0-1", "release", "demo-2"]) {
    assert.match(failure(await perform(planOf({ tag }), ports)), /^VERSION_MISMATCH: .*does not mean what the plan releases/, tag);
  }
  for (const tag of ["v1.0.0", "1.0", "py3-demo-v1.0.0", "demo/1.0.0"]) {
    assert.equal((await perform(planOf({ tag }), ports)).kind, "done", tag);
  }
});

test("check-version: a crate's tag may spell its candidate without the dot, and no other version", async () => {
  const manifest = '[package]\nname = "demo"\nversion = "1.0.0-rc.1"\n';
  const plan = (tag: string): Plan => planOf({ tag, version: "1.0.0-rc.1", package: { ecosystem: "crates" } });

  for (const tag of ["v1.0.0-rc1", "v1.0.0-rc.1"])
    assert.equal((await perform(plan(tag), portsWith({ "Cargo.toml": manifest }))).kind, "done", tag);
  for (const tag of ["v1.0.0-rc10", "v1.0.0-rc2", "v1.0.0"])
    assert.match(failure(await perform(plan(tag), portsWith({ "Cargo.toml": manifest }))), /^VERSION_MISMATCH/, tag);
});

test("check-version: a version that is taken, or overtaken, at a production registry stops the release", async () => {
  const files = { "pyproject.toml": project("1.0.0") };

  const taken = await perform(planOf(), portsWith(files, { kind: "listed", versions: ["1.0"] }));
  const overtaken = await perform(planOf(), portsWith(files, { kind: "listed", versions: ["0.9", "1.1", "1.0.5"] }));

  assert.match(failure(taken), /^VERSION_TAKEN: .*demo 1.0.0 is at pypi already \(as 1.0\)/);
  assert.match(failure(overtaken), /^VERSION_ORDER: .*demo 1.1 is at pypi, and newer than 1.0.0/);
});

test("check-version: maintenance allows an older line, and a test registry forbids nothing", async () => {
  const files = { "pyproject.toml": project("1.0.0") };
  const newer: Versions = { kind: "listed", versions: ["2.0"] };

  assert.equal((await perform(planOf(), portsWith(files, newer), true)).kind, "done");
  assert.equal((await perform(planOf({ test: true }), portsWith(files, newer))).kind, "done");
  assert.equal((await perform(planOf({ test: true }), portsWith(files, { kind: "listed", versions: ["1.0.0"] }))).kind, "done");
  assert.equal(
    failure(await perform(planOf(), portsWith(files, { kind: "listed", versions: ["1.0.0"] }), true)).slice(0, 13),
    "VERSION_TAKEN",
  );
});

test("check-version: a registry that does not answer is asked again, then the step fails", async () => {
  const ports = portsWith({ "pyproject.toml": project("1.0.0") }, { kind: "unknown", why: "no answer" });
  const frozen = aFrozen({}, { plan: planOf(), sinceMs: ports.clock.nowMs() });

  const first = await checkVersionStep.perform(frozen, ports);
  ports.clock.move(2 * 60_000);
  const last = await checkVersionStep.perform(frozen, ports);

  assert.match(first.kind === "later" ? first.why : "", /Cannot tell which versions of demo are at pypi: no answer/);
  assert.equal(last.kind === "failed" && last.code, "STEP_FAILED");
});

test("check-version: preflight blocks what would stop the release, unless it may be the run's own", async () => {
  const files = { "pyproject.toml": project("1.0.0") };
  const levels = async (versions: Versions, begun: boolean): Promise<readonly string[]> => {
    const findings = await checkVersionStep.preflight(aPlanned({}, { plan: planOf(), begun }), portsWith(files, versions));
    return findings.map((one) => `${one.level} ${one.id}`);
  };

  assert.deepEqual(await levels({ kind: "absent" }, false), ["fine PF-VERSION", "fine PF-VERSION"]);
  assert.deepEqual(await levels({ kind: "listed", versions: ["1.0.0"] }, false), ["fine PF-VERSION", "blocks PF-VERSION-TAKEN"]);
  assert.deepEqual(await levels({ kind: "listed", versions: ["1.0.0"] }, true), ["fine PF-VERSION", "warns PF-VERSION-TAKEN"]);
  assert.deepEqual(await levels({ kind: "unknown", why: "x" }, false), ["fine PF-VERSION", "cannot-be-tried PF-VERSION"]);
});

test("check-version: preflight leaves manifests to the step where one above writes the version; registries are looked at", async () => {
  const ports = portsWith({ "pyproject.toml": project("0.9.0") }, { kind: "listed", versions: ["1.0.0"] });
  const bump = aPlannedStep({ id: "bump", uses: "bump@1" });
  const step = aPlannedStep({ id: "check", uses: "check-version@1", waitsFor: ["bump"] });
  const plan: Plan = { ...planOf(), steps: [...planOf().steps, bump, step] };

  const below = await checkVersionStep.preflight(aPlanned({}, { plan, step }), ports);
  const beside = await checkVersionStep.preflight(aPlanned({}, { plan, step: { ...step, waitsFor: [] } }), ports);

  assert.deepEqual(
    [below, beside].map((findings) => findings.map((one) => `${one.level} ${one.id}`)),
    [
      ["fine PF-VERSION", "blocks PF-VERSION-TAKEN"],
      ["blocks PF-VERSION-MISMATCH", "blocks PF-VERSION-TAKEN"],
    ],
  );
  assert.match(failure(await perform(plan, ports)), /"pyproject\.toml" says 0\.9\.0/, "the step looks at its copy, which has to say it");
});

test("check-version: a file that slipway.yaml names says the version, together with a manifest that says one too", async () => {
  const plan = planOf({ package: { versionFile: "RELEASE" } });
  const looks = async (files: Readonly<Record<string, string>>): Promise<string> => failure(await perform(plan, portsWith(files)));

  assert.equal(await looks({ RELEASE: "1.0.0\n", "setup.py": "setup(version=compute())" }), "done");
  assert.equal(await looks({ RELEASE: "1.0\n", "pyproject.toml": project("1.0.0") }), "done");
  assert.match(await looks({ RELEASE: "1.0.1\n" }), /"RELEASE" says 1\.0\.1 and the plan says 1\.0\.0/);
  assert.match(await looks({ RELEASE: "1.0.0", "pyproject.toml": project("0.9") }), /"pyproject\.toml" says 0\.9/);
  assert.match(await looks({ "pyproject.toml": project("1.0.0") }), /"RELEASE" is not there/);
});

test("check-version: names the version in the plan", () => {
  assert.equal(checkVersionStep.describe(aUse({})), "check that everything says 1.0.0");
});
