// Bumps a workspace with the step's own code, as `bump` does in the copy of a run: gathers, judges, proves the new texts,
// writes them, and proves a Cargo workspace by cargo.
import { hash } from "node:crypto";
import { tmpdir } from "node:os";
import { createExec } from "../../src/platform/exec.ts";
import { createFiles } from "../../src/platform/files.ts";
import { createRedactor } from "../../src/platform/redactor.ts";
import type { Ecosystem } from "../../src/domain/configuration.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { firstHead } from "../../src/domain/run/head.ts";
import type { PlannedPackage } from "../../src/domain/plan/plan.ts";
import { performBump } from "../../src/steps/bump/perform.ts";
import type { Frozen, WorkPorts } from "../../src/steps/step.ts";
import type { BumpInput } from "../../src/steps/bump/input.ts";
import { benchPlan, work } from "./support/bench-plan.ts";
import { barePorts } from "./support/drive-bare.ts";

const [kind = "", folder = "", version = "", members = ""] = process.argv.slice(2);
const ecosystem = ({ npm: "npm", cargo: "crates", python: "pypi" } as Readonly<Record<string, Ecosystem>>)[kind] ?? "pypi";
const packageAt = (name: string, at: string): PlannedPackage => ({ id: name, ecosystem, name, folder: at, version });
// A Cargo workspace is one package of slipway.yaml (`members: publishable`); the others are named one by one.
const packages =
  kind === "cargo"
    ? [packageAt("workspace", ".")]
    : Array.from({ length: Number(members) }, (_, index) => `bench-${String(index).padStart(3, "0")}`).map((name) =>
        packageAt(name, `packages/${name}`),
      );
const step = { ...work("bump", []), uses: "bump@1", zone: "tool" as const };
const plan = benchPlan({ name: "bump", version, steps: [step] });
const ports: WorkPorts = {
  ...barePorts,
  exec: createExec(createRedactor()),
  files: createFiles(),
  env: { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? tmpdir() },
  workFolder: folder,
  scratchFolder: tmpdir(),
  userFolder: folder,
  print: () => undefined,
};
const frozen: Frozen<BumpInput> = {
  input: {},
  leg: {},
  plan,
  planDigest: sha256(hash("sha256", "bump")),
  step,
  packages,
  artifacts: [],
  head: firstHead(plan.source),
  sinceMs: Date.now(),
};
const worked = await performBump(frozen, ports);
const files = worked.kind === "done" && worked.source?.kind === "keep" ? worked.source.paths.length : 0;
console.log(worked.kind === "done" ? `${files} files` : JSON.stringify(worked));
process.exitCode = files > 0 ? 0 : 1;
