// The step `checksums` read by the real `sha256sum -c`, with names of every kind.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checksumsStep } from "../../src/steps/checksums/checksums.ts";
import type { ChecksumsInput } from "../../src/steps/checksums/input.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { aFrozen, anArtifact } from "../support/ports.ts";
import { realPorts } from "../support/real-ports.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const names = ["demo-1.0.0.tar.gz", " space", "-c", "*star", "back\\slash", "line\nend", "return\rhere", "$(touch x)", "ünï", "#x", "a  b"];

for (const algorithm of ["sha256", "sha384", "sha512"] as const) {
  test(`checksums: ${algorithm}sum -c accepts the file, and finds a byte that changed`, async (t) => {
    const folder = temporaryFolder(t);
    const files: Record<string, string> = {};
    const artifacts = names.map((name) => {
      const file = join(folder, name);
      writeFileSync(file, `bytes of ${name}\u0000\r\n`);
      files[name] = file;
      const digest = sha256(createHash("sha256").update(`bytes of ${name}\u0000\r\n`).digest("hex"));
      return anArtifact("binary", name, { digest });
    });
    const ports = await realPorts(t, { path: [], artifactFiles: files });

    const worked = await checksumsStep.perform(aFrozen<ChecksumsInput>({ of: ["binary"], algorithm }, { artifacts }), ports);

    const made = worked.kind === "done" ? (worked.artifacts[0]?.file ?? "") : "";
    const said = execFileSync(`${algorithm}sum`, ["--check", "--strict", made], {
      cwd: folder,
      encoding: "utf8",
      env: { LC_ALL: "C", PATH: process.env["PATH"] },
    });
    assert.equal(said.match(/: OK$/gm)?.length, names.length);
    writeFileSync(join(folder, "-c"), "other bytes");
    const again = spawnSync(`${algorithm}sum`, ["--check", "--strict", "--quiet", made], { cwd: folder, encoding: "utf8" });
    assert.equal(again.status, 1);
    assert.match(again.stdout, /^-c: FAILED/m);
  });
}
