// The toolbox made with this machine's Python and its ordinary client, from the index that client is configured for.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { createExec } from "../../../src/platform/exec.ts";
import { createFiles } from "../../../src/platform/files.ts";
import type { Exec } from "../../../src/platform/ports.ts";
import { createRedactor } from "../../../src/platform/redactor.ts";
import { createToolbox, type ToolboxOptions } from "../../../src/platform/toolbox.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const exec = createExec(createRedactor());
// One small pure package without dependencies: what is tried here is the making, not the list.
const requirements = ["packaging==26.3"];

function optionsIn(t: TestContext, more: Partial<ToolboxOptions> = {}): ToolboxOptions {
  return { exec, files: createFiles(), cacheFolder: temporaryFolder(t), env: process.env, requirements, ...more };
}

function versionSeenBy(python: string): string {
  return execFileSync(python, ["-I", "-c", "import packaging; print(packaging.__version__)"], { encoding: "utf8" }).trim();
}

test("two that make the toolbox at once both get one that works; a third starts nothing", async (t) => {
  const options = optionsIn(t);
  const made = createToolbox(options);
  let runs = 0;
  const counted: Exec = { ...exec, run: (command) => ((runs += 1), exec.run(command)) };
  mkdirSync(join(options.cacheFolder, "toolbox", "x.making"), { recursive: true });
  utimesSync(join(options.cacheFolder, "toolbox", "x.making"), 1, 1);

  const pythons = await Promise.all([made.python(), made.python(), createToolbox(options).python()]);
  const third = await createToolbox({ ...options, exec: counted }).python();

  assert.equal(new Set([...pythons, third]).size, 1);
  assert.equal(versionSeenBy(third), "26.3");
  assert.equal(runs, 0);
  assert.equal(readdirSync(join(options.cacheFolder, "toolbox")).length, 1);

  // The Python below it is removed, as an upgrade of the system does: it is made again.
  const python = join(dirname(third), "python");
  unlinkSync(python);
  symlinkSync("/nonexistent/python3", python);
  assert.equal(versionSeenBy(await createToolbox(options).python()), "26.3");
});

test("an interpreter that is named is taken as it is", async (t) => {
  const options = optionsIn(t, { env: { SLIPWAY_TOOLBOX_PYTHON: "/opt/python" } });

  assert.equal(await createToolbox(options).python(), "/opt/python");
});

test("a machine without a Python that is new enough is TOOL_MISSING, and tried again when asked again", async (t) => {
  const options = optionsIn(t);
  const bin = join(options.cacheFolder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "python3"), "#!/bin/sh\necho 3.8\n", { mode: 0o755 });
  writeFileSync(join(bin, "python"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
  const toolbox = createToolbox({ ...options, env: { ...process.env, PATH: bin } });

  await assert.rejects(toolbox.python(), { code: "TOOL_MISSING", message: /version 3\.9 or newer/ });
  rmSync(join(bin, "python3"));
  writeFileSync(
    join(bin, "python3.11"),
    '#!/bin/sh\ncase "$*" in *version_info*) echo 3.11;; *) echo "no venv here" >&2; exit 1;; esac\n',
    { mode: 0o755 },
  );
  await assert.rejects(toolbox.python(), { code: "TOOL_MISSING", message: /-m venv .*no venv here/, hint: /SLIPWAY_TOOLBOX_PYTHON/ });
  assert.deepEqual(readdirSync(join(options.cacheFolder, "toolbox")), []);
});

test("a requirement that the index does not have is TOOL_MISSING with the client's words, and leaves nothing", async (t) => {
  const options = optionsIn(t, { requirements: ["packaging==0.0.0.dev999"] });

  await assert.rejects(createToolbox(options).python(), { code: "TOOL_MISSING", message: /packaging==0\.0\.0\.dev999/ });

  assert.deepEqual(readdirSync(join(options.cacheFolder, "toolbox")), []);
});

test("a set of its own is made when it is asked for, with its program beside the interpreter and nothing of the others", async (t) => {
  const { requirements: _, ...options } = optionsIn(t);
  const toolbox = createToolbox(options);

  const python = await toolbox.python("git-cliff");

  assert.match(execFileSync(join(dirname(python), "git-cliff"), ["--version"], { encoding: "utf8" }), /^git-cliff 2\.14\.2$/m);
  assert.equal(await toolbox.python("git-cliff"), python);
  assert.equal(readdirSync(join(options.cacheFolder, "toolbox")).length, 1);
  assert.throws(() => execFileSync(python, ["-I", "-c", "import packaging"], { stdio: "ignore" }));
});
