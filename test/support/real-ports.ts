// Ports of a work step with this machine behind them: real programs, real files, the environment that steps really get.
// For tests under test/interop. The programs come from the repository's own test tools; a missing one fails the test.
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { createImageArchives } from "../../src/platform/archives/image-archive.ts";
import { childEnvironment } from "../../src/platform/child-environment.ts";
import { prepareChildHome } from "../../src/platform/child-home.ts";
import { createSystemClock } from "../../src/platform/clock.ts";
import { createExec } from "../../src/platform/exec.ts";
import { createFiles } from "../../src/platform/files.ts";
import { createRedactor } from "../../src/platform/redactor.ts";
import type { ReadRegistry } from "../../src/registries/registry.ts";
import type { WorkPorts } from "../../src/steps/step.ts";
import { silentLog } from "./ports.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const tools = fileURLToPath(new URL("../../.cache/test-tools/bin", import.meta.url));

/** Absolute path of a program of the test tools. Fails the running test if it is not there. */
export function testTool(program: string): string {
  const found = join(tools, program);
  const toRun =
    "node scripts/test-tools.ts, or python3 -m venv .cache/test-tools && .cache/test-tools/bin/pip install -r test/support/python-requirements.txt";
  assert.ok(existsSync(found), `There is no "${found}". In the repository, run: ${toRun}`);
  return found;
}

export interface RealPorts extends WorkPorts {
  readonly printed: readonly string[];
  /** The folder that copy, scratch and home lie in. */
  readonly root: string;
}

export interface RealPortsParts {
  /** Folders that programs are looked up in. */
  readonly path: readonly string[];
  /** Variables as the user's shell would have them, on top of this machine's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly registries?: readonly ReadRegistry[];
  /** File of a frozen artifact by its name. */
  readonly artifactFiles?: Readonly<Record<string, string>>;
}

/** Copy, scratch folder and home are new and empty, and gone when the test ends. */
export async function realPorts(t: TestContext, parts: RealPortsParts): Promise<RealPorts> {
  const root = temporaryFolder(t);
  const folders = {
    home: join(root, "home"),
    workFolder: join(root, "copy"),
    scratchFolder: join(root, "scratch"),
    temporaryFolder: join(root, "tmp"),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder);
  const given = { ...process.env, ...parts.env, PATH: parts.path.join(delimiter) };
  const machine = (await prepareChildHome(folders.home, given)).variables;
  const { env } = childEnvironment({
    env: given,
    home: folders.home,
    temporaryFolder: folders.temporaryFolder,
    epochSeconds: 1_700_000_000,
    machine,
  });
  const printed: string[] = [];
  const exec = createExec(createRedactor());
  t.after(() => exec.killAll());
  return {
    clock: createSystemClock(),
    exec,
    files: createFiles(),
    archives: createArchives(),
    images: createImageArchives(),
    log: silentLog,
    signal: t.signal,
    host: "linux-x86_64",
    sourceFolder: folders.workFolder,
    env,
    toolboxPython: async () => testTool("python"),
    registry: (name) => {
      const found = parts.registries?.find((one) => one.name === name);
      assert.ok(found !== undefined, `no registry "${name}" in this test`);
      return found;
    },
    staged: async () => undefined,
    remoteRef: async () => ({ kind: "none" }),
    forge: () => assert.fail("no forge in this test"),
    remote: () => assert.fail("no remote in this test"),
    artifactFile: (artifact) => {
      const file = parts.artifactFiles?.[artifact.name];
      assert.ok(file !== undefined, `no file for "${artifact.name}" in this test`);
      return file;
    },
    workFolder: folders.workFolder,
    scratchFolder: folders.scratchFolder,
    userFolder: folders.workFolder,
    print: (line) => void printed.push(line),
    printed,
    root,
  };
}
