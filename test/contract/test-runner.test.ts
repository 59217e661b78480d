// The test runner with real processes: a test that ends the process, hangs, or cannot be loaded must not pass.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { suiteTasks } from "../../scripts/testing/run.ts";
import type { Suite } from "../../scripts/testing/suites.ts";

const head = `import { it } from "node:test"; import assert from "node:assert/strict";\n`;
const suite: Suite = { name: "sample", holds: () => true, together: false, timeoutMs: 30_000 };

describe("the test runner", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-runner-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function run(text: string, timeoutMs: number = suite.timeoutMs) {
    const file = join(folder, "sample.test.ts");
    writeFileSync(file, head + text);
    const [task] = suiteTasks({ ...suite, timeoutMs }, [file], () => undefined);
    assert.ok(task !== undefined);
    return task();
  }

  it("counts tests that pass, and keeps what they print", async () => {
    const end = await run(`it("a", () => { console.log("printed"); }); it("b", async (t) => { await t.test("c", () => {}); });`);

    assert.deepEqual([end.passed, end.failures, end.skipped], [3, [], []]);
    assert.match(end.output, /printed/);
  });

  it("names a failed test with its reason", async () => {
    const end = await run(`it("a", () => {}); it("b", () => assert.equal(1, 2));`);

    assert.equal(end.passed, 1);
    assert.match(end.failures[0]?.name ?? "", /sample\.test\.ts: b$/);
    assert.match(end.failures[0]?.why ?? "", /1 !== 2/);
  });

  it("names what was skipped", async () => {
    const end = await run(`it["skip"]("a", () => {}); it("b", () => {});`);

    assert.equal(end.skipped.length, 1);
  });

  it("fails a file whose test ends the process with status 0", async () => {
    const end = await run(`it("a", () => {}); it("b", () => process.exit(0)); it("c", () => assert.fail());`);

    assert.match(end.failures[0]?.name ?? "", /cut short/);
  });

  it("fails a file that cannot be loaded", async () => {
    const end = await run(`import "./missing.ts"; it("a", () => {});`);

    assert.match(end.failures[0]?.why ?? "", /Cannot find module/);
  });

  it("fails a file without a test", async () => {
    assert.match((await run("export const a = it;")).failures[0]?.why ?? "", /holds no test/);
  });

  it("stops a file that hangs, with all that it started", async () => {
    const beats = join(folder, "beats");
    const loop = `while :; do echo beat >> ${JSON.stringify(beats)}; sleep 0.05; done`;
    const text = `import { spawn } from "node:child_process";
      it("a", () => { spawn("sh", ["-c", ${JSON.stringify(loop)}], { stdio: "ignore" }); setInterval(() => {}, 1000); });`;

    const end = await run(text, 1500);

    assert.match(end.failures[0]?.why ?? "", /stopped after 1.5 s/);
    const beatBytes = statSync(beats).size;
    await new Promise((done) => setTimeout(done, 300));
    assert.equal(statSync(beats).size, beatBytes, "what the test started still runs");
  });
});
