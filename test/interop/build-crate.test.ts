// `build-crate` with the real cargo: a workspace whose members need each other, packed in the copy of a commit.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { PlannedPackage } from "../../src/domain/plan/plan.ts";
import { firstHead, type Head } from "../../src/domain/run/head.ts";
import { buildCrateStep } from "../../src/steps/build-crate/build-crate.ts";
import type { BuildCrateInput } from "../../src/steps/build-crate/input.ts";
import type { Worked } from "../../src/steps/step.ts";
import { aFrozen, aPackage, aPlan, aPlanned, aPlannedStep } from "../support/ports.ts";
import { realPorts, type RealPorts } from "../support/real-ports.ts";
import { runTool } from "../support/test-tools.ts";

const path = (process.env["PATH"] ?? "").split(delimiter);
const step = aPlannedStep({ timeoutMs: 120_000 });
const shared = 'version.workspace = true\nedition = "2021"\nlicense = "MIT"\ndescription = "A part"\n';
const sources: Readonly<Record<string, string>> = {
  "Cargo.toml": '[workspace]\nmembers = ["core", "cli", "xtask"]\nresolver = "2"\n[workspace.package]\nversion = "0.2.0"\n',
  "core/Cargo.toml": `[package]\nname = "slip-interop-core"\n${shared}`,
  "core/src/lib.rs": "pub fn one() -> u32 { 1 }\n",
  "cli/Cargo.toml": `[package]\nname = "slip-interop-cli"\n${shared}[dependencies]\nslip-interop-core = { path = "../core", version = "0.2.0" }\n`,
  "cli/src/main.rs": 'fn main() { println!("{}", slip_interop_core::one()); }\n',
  "xtask/Cargo.toml": '[package]\nname = "xtask"\nversion = "0.0.0"\nedition = "2021"\npublish = false\n',
  "xtask/src/main.rs": "fn main() {}\n",
  "Cargo.lock":
    'version = 4\n\n[[package]]\nname = "slip-interop-cli"\nversion = "0.2.0"\ndependencies = [\n "slip-interop-core",\n]\n\n' +
    '[[package]]\nname = "slip-interop-core"\nversion = "0.2.0"\n\n[[package]]\nname = "xtask"\nversion = "0.0.0"\n',
};
const workspace: PlannedPackage = aPackage({
  id: "all",
  ecosystem: "crates",
  name: "all",
  version: "0.2.0",
  members: [
    { name: "slip-interop-core", folder: "core" },
    { name: "slip-interop-cli", folder: "cli", needs: ["slip-interop-core"] },
  ],
});

/** A copy at a commit, as a run has it; the same files always make the same commit. */
async function copyOf(t: TestContext, files = sources): Promise<{ readonly ports: RealPorts; readonly head: Head }> {
  const ports = await realPorts(t, { path });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(ports.workFolder, name)), { recursive: true });
    writeFileSync(join(ports.workFolder, name), text);
  }
  const env = {
    HOME: ports.root,
    GIT_AUTHOR_DATE: "1700000000 +0000",
    GIT_COMMITTER_DATE: "1700000000 +0000",
    GIT_AUTHOR_NAME: "A",
    GIT_AUTHOR_EMAIL: "a@example.org",
    GIT_COMMITTER_NAME: "A",
    GIT_COMMITTER_EMAIL: "a@example.org",
  };
  const git = async (...args: readonly string[]): Promise<string> => {
    const ended = await runTool("git", args, { cwd: ports.workFolder, env });
    assert.equal(ended.code, 0, ended.output);
    return ended.output.trim();
  };
  await git("init", "-q");
  await git("add", "-A");
  await git("commit", "-qm", "All");
  return { ports, head: { ...firstHead(aPlan().source), commit: await git("rev-parse", "HEAD") } };
}

async function pack({ ports, head }: Awaited<ReturnType<typeof copyOf>>, input: BuildCrateInput = {}): Promise<Worked> {
  return buildCrateStep.perform(aFrozen(input, { packages: [workspace], head, step }), ports);
}

function digests(worked: Worked): Readonly<Record<string, string>> {
  assert.equal(worked.kind, "done", JSON.stringify(worked));
  const files = worked.kind === "done" ? worked.artifacts : [];
  return Object.fromEntries(files.map((one) => [one.name, createHash("sha256").update(readFileSync(one.file)).digest("hex")]));
}

test("build-crate: members that need each other are packed and built together, twice with the bytes that cargo alone makes", async (t) => {
  const [one, other, alone] = [await copyOf(t), await copyOf(t), await copyOf(t)];

  const first = digests(await pack(one));
  const second = digests(await pack(other, { verify: false }));

  assert.deepEqual(Object.keys(first), ["slip-interop-core-0.2.0.crate", "slip-interop-cli-0.2.0.crate"]);
  assert.deepEqual(second, first);
  assert.ok(one.ports.printed.some((line) => line.includes("Verifying slip-interop-cli")));
  assert.ok(!other.ports.printed.some((line) => line.includes("Verifying")));
  const target = join(alone.ports.root, "target");
  const ended = await alone.ports.exec.run({
    program: "cargo",
    args: ["package", "--workspace", "--exclude", "xtask", "--no-verify", "--target-dir", target],
    cwd: alone.ports.workFolder,
    env: alone.ports.env,
    timeoutMs: 60_000,
    signal: t.signal,
  });
  assert.equal(ended.kind === "exited" && ended.code, 0, JSON.stringify(ended));
  for (const [name, digest] of Object.entries(first))
    assert.equal(
      createHash("sha256")
        .update(readFileSync(join(target, "package", name)))
        .digest("hex"),
      digest,
      name,
    );
  const findings = await buildCrateStep.preflight(aPlanned<BuildCrateInput>({}, { packages: [workspace] }), one.ports);
  assert.deepEqual(
    findings.map((finding) => finding.message),
    ["2 crates have what a registry wants"],
  );
});

test("build-crate: what was packed is built, and a crate that lacks a file is found", async (t) => {
  const lacking = { ...sources, "core/src/lib.rs": 'pub fn one() -> u32 { include!("../../cli/one.txt") }\n', "cli/one.txt": "1\n" };

  const worked = await pack(await copyOf(t, lacking));

  assert.match(worked.kind === "failed" ? worked.message : "", /ended with exit status 101 instead of 0; it printed last:[^]*one\.txt/);
});

test("build-crate: a file that is not committed stops it", async (t) => {
  const copy = await copyOf(t);
  writeFileSync(join(copy.ports.workFolder, "core", "src", "lib.rs"), "pub fn one() -> u32 { 2 }\n");

  const worked = await pack(copy);

  assert.match(worked.kind === "failed" ? worked.message : "", /not yet committed/);
});
