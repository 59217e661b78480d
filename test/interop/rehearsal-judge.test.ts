// The registries of a rehearsal ask the libraries that PyPI asks, whatever steps a pipeline has (protocols §1.2).
import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { pythonHooks, type JudgePorts } from "../../src/app/rehearsal-judge.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { createExec } from "../../src/platform/exec.ts";
import { createFiles } from "../../src/platform/files.ts";
import { createRedactor } from "../../src/platform/redactor.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { toolboxPython } from "../support/toolbox-python.ts";

function hooks(t: TestContext, parts: Partial<JudgePorts> = {}) {
  const exec = createExec(createRedactor());
  let started = 0;
  const counting: JudgePorts["exec"] = {
    ...exec,
    run: (command) => {
      started += 1;
      return exec.run(command);
    },
  };
  const ports: JudgePorts = {
    archives: createArchives(),
    exec: counting,
    files: createFiles(),
    interrupted: new AbortController().signal,
    toolbox: { python: async () => toolboxPython() },
    childEnvironment: async () => ({ PATH: process.env["PATH"] ?? "" }),
    ...parts,
  };
  return { ...pythonHooks(ports, join(temporaryFolder(t), "python")), started: () => started };
}

test("a description that PyPI cannot show is refused, and each text is asked about once", async (t) => {
  const { rendersDescription, started } = hooks(t);
  const broken = "Title\n===\n\n.. no-such-directive:: x\n";
  assert.deepEqual(
    [
      await rendersDescription(broken, undefined),
      await rendersDescription(broken, undefined),
      await rendersDescription(broken, "text/plain; charset=UTF-8"),
      await rendersDescription("*fine*", "text/markdown"),
    ],
    [false, false, true, true],
  );
  assert.equal(started(), 3);
});

test("classifiers are those of PyPI's list, and none costs no process", async (t) => {
  const { classifiers, started } = hooks(t);
  assert.equal((await classifiers([]))("anything"), "known");
  assert.equal(started(), 0);
  const of = ["Topic :: Slipping", "Programming Language :: Python :: 3", "Natural Language :: Ukranian"];
  const knows = await classifiers(of);
  assert.deepEqual(of.map(knows), ["unknown", "known", { insteadOf: ["Natural Language :: Ukrainian"] }]);
});

test("without a Python for it the checks fall away", async (t) => {
  const { rendersDescription, classifiers } = hooks(t, { toolbox: { python: () => Promise.reject(new Error("none")) } });
  assert.equal(await rendersDescription(".. no-such:: x\n", undefined), true);
  assert.equal((await classifiers(["Topic :: Slipping"]))("Topic :: Slipping"), "known");
});
