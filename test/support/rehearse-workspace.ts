// A workspace of other people's from `slipway init` to the end of `slipway rehearse`, by the real program and the real clients,
// without a hand on the file that init wrote or on the project.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { readReport, told, type Bed, type JsonReport } from "./bed.ts";

export interface RehearsedWorkspace {
  /** slipway.yaml as init wrote it. */
  readonly written: string;
  /** Names of files in the order in which registries took them. */
  readonly uploaded: readonly string[];
  /** What was pushed at the end; empty where nothing was. */
  readonly tags: string;
  readonly report: JsonReport;
}

export async function rehearseWorkspace(bed: Bed): Promise<RehearsedWorkspace> {
  const file = path.join(bed.project, "slipway.yaml");
  const init = await bed.slipway(["init", "--yes"], toolchain());
  assert.equal(init.code, 0, told(init));
  const written = readFileSync(file, "utf8");

  const rehearsed = await bed.slipway(["rehearse", "--json"], toolchain());
  assert.equal(rehearsed.code, 0, told(rehearsed));
  const report = readReport(rehearsed);
  assert.equal(report.standing, "complete");
  assert.deepEqual(
    report.steps.filter((step) => step.state !== "done"),
    [],
  );
  assert.ok(
    report.steps.some((step) => step.id.endsWith("-installs")),
    "nothing was installed back",
  );
  assert.deepEqual(
    report.files.filter((one) => one.outcome !== "published"),
    [],
  );
  const uploaded = [...rehearsed.stderr.matchAll(/^\S+ +Uploaded (\S+) at /gm)].map(([, name = ""]) => name);
  assert.deepEqual(uploaded.toSorted(), report.files.map((one) => one.name).toSorted());
  assert.equal(readFileSync(file, "utf8"), written);
  assert.equal(bed.git("status", "--porcelain").trim(), "?? slipway.yaml");
  return { written, uploaded, report, tags: /^\S+ +Sent (.+) at origin$/m.exec(rehearsed.stderr)?.[1] ?? "" };
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
