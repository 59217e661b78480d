// What a release does beside its plan: the step that packs, in place, and then the publish step by the engine.
//   pack npm|crates WORKSPACE URL FOLDER
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/domain/digest.ts";
import { firstHead } from "../../src/domain/run/head.ts";
import { buildCrateStep } from "../../src/steps/build-crate/build-crate.ts";
import { buildNpmStep } from "../../src/steps/build-npm/build-npm.ts";
import type { MadeArtifact, Worked, WorkPorts } from "../../src/steps/step.ts";
import { crateMembers, npmMembers, plannedOf, releasedVersion, type Released, type ReleasedFile } from "../data/released.ts";
import { benchPlan, work } from "./support/bench-plan.ts";
import { clock } from "./support/clock.ts";
import { barePorts } from "./support/drive-bare.ts";
import { publishByEngine } from "./support/publishing.ts";

const [which, workspace = "", url = "", folder = ""] = process.argv.slice(2);
const ecosystem = which === "crates" ? "crates" : "npm";
const packages = plannedOf(ecosystem, ecosystem === "npm" ? npmMembers : crateMembers, releasedVersion);

async function pack(): Promise<Worked> {
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: workspace, encoding: "utf8" }).trim();
  const step = { ...work("build", []), uses: `build-${ecosystem === "npm" ? "npm" : "crate"}@1` };
  const plan = benchPlan({ name: "bench", version: releasedVersion, packages, steps: [step], commit });
  const scratchFolder = join(folder, "scratch");
  mkdirSync(scratchFolder, { recursive: true });
  const env = Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const ports: WorkPorts = {
    ...barePorts,
    env,
    workFolder: workspace,
    userFolder: workspace,
    sourceFolder: workspace,
    scratchFolder,
    print: () => undefined,
  };
  const head = firstHead(plan.source);
  const frozen = {
    plan,
    step,
    input: {},
    leg: {},
    packages,
    artifacts: [],
    planDigest: sha256("0".repeat(64)),
    head,
    sinceMs: clock.nowMs(),
  };
  return ecosystem === "npm" ? await buildNpmStep.perform(frozen, ports) : await buildCrateStep.perform(frozen, ports);
}

function frozenOf({ package: one, name, file }: MadeArtifact): ReleasedFile {
  const bytes = readFileSync(file);
  return { package: one, name, file, sizeBytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const worked = await pack();
if (worked.kind !== "done") throw new Error(`Cannot measure: packing ended with ${JSON.stringify(worked)}`);
const released: Released = { packages, files: worked.artifacts.map(frozenOf) };
const complete = await publishByEngine({ ecosystem, url, released }, folder);
console.log(complete ? `${released.files.length} files are published` : "not everything was published");
process.exitCode = complete ? 0 : 1;
