import assert from "node:assert/strict";
import { test } from "node:test";
import { workflowFaults, type Trust } from "./workflow-faults.ts";
import { readWorkflow, type Workflow } from "./workflow.ts";

function workflow(file: string, text: string): Workflow {
  const read = readWorkflow(file, text);
  assert.ok(read.kind === "read", read.kind === "unreadable" ? read.why : "");
  return read.workflow;
}

const job = (more = "environment: production"): string => `  publish: { permissions: { id-token: write }, ${more} }`;
const good = `on: { push: { tags: ["v*"] } }\npermissions: {}\njobs:\n${job()}\n`;

function find(files: Readonly<Record<string, string>>, parts: Partial<Trust> = {}): readonly string[] {
  const trust: Trust = { registry: "pypi", ecosystem: "pypi", publisher: { workflow: "release.yml", environment: "production" }, ...parts };
  const workflows = Object.entries(files).map(([file, text]) => workflow(file, text));
  return workflowFaults(trust, workflows).map(({ id, level, message, evidence, hint }) => {
    assert.ok(evidence !== "" && hint !== undefined, `${id} says what was seen, and what mends it`);
    return `${id} ${level}: ${message} (${evidence})`;
  });
}

test("a workflow with the pipeline's name, an identity and the environment has no fault", () => {
  assert.deepEqual(find({ "release.yml": good, "test.yml": "on: push\njobs: { test: { runs-on: x } }\n" }), []);
});

test("DR-PUB-04: a file of another name, and the jobs there that may ask, are told", () => {
  const [other] = find({ "ship.yml": good });
  const [none] = find({ "test.yml": "on: push\njobs: { test: {} }\n" });
  assert.match(
    other ?? "",
    /^DR-PUB-04 warns: "pypi" is to trust the workflow "release\.yml", and .* no such file \(jobs that may ask for one: "publish" of ship\.yml\)/,
  );
  assert.match(none ?? "", /^DR-PUB-04 warns: .*\(no file in \.github\/workflows may ask for an identity\)/);
  assert.equal(find({ "release.yaml": good }).length, 1, "registries compare the ending too");
});

test("DR-PUB-05: a workflow without the permission is told, with the file that has it", () => {
  const [one] = find({ "release.yml": "on: push\njobs: { publish: { environment: production } }\n", "ship.yml": good });
  assert.match(one ?? "", /^DR-PUB-05 warns: No job of workflow "release\.yml" may ask .*"publish" of ship\.yml/);
});

for (const [what, text, mints] of [
  ["of the whole file", "permissions: { id-token: write }\njobs: { a: {} }", true],
  ["of everything", "permissions: write-all\njobs: { a: {} }", true],
  ["of the job", "permissions: {}\njobs: { a: { permissions: { id-token: write } } }", true],
  ["of the file, which the job gives up", "permissions: { id-token: write }\njobs: { a: { permissions: { contents: read } } }", false],
  ["of reading alone", "permissions: read-all\njobs: { a: {} }", false],
  ["of nobody", "jobs: { a: {} }", false],
] as const)
  test(`a permission ${what} is read as GitHub reads it`, () => {
    assert.equal(workflow("a.yml", text).jobs[0]?.mints, mints);
  });

test("DR-PUB-06: the trap is told where the job calls another file", () => {
  const calling = `on: push\njobs:\n${job("uses: ./.github/workflows/publish.yml")}\n`;
  const [one] = find({ "release.yml": calling });
  assert.match(
    one ?? "",
    /^DR-PUB-06 warns: Reusable-workflow trap: "pypi" looks at the workflow that is called \(job_workflow_ref\), and the attestation names the one that calls .*calls "\.\/\.github\/workflows\/publish\.yml"/,
  );
  assert.match(
    find({ "release.yml": calling }, { registry: "crates", ecosystem: "crates" })[0] ?? "",
    /"crates" looks at the workflow that calls \(workflow_ref\)/,
  );
});

test("DR-PUB-06: the trap is told where another file calls it, here or from elsewhere, and where nothing but a call starts it", () => {
  const calls = (path: string) => `on: push\njobs: { ship: { uses: ${path} } }\n`;
  for (const path of ["./.github/workflows/release.yml", "acme/demo/.github/workflows/release.yml@main"])
    assert.match(
      find({ "release.yml": good, "ship.yml": calls(path) })[0] ?? "",
      /^DR-PUB-06 warns: .*job "ship" of ship\.yml calls "release\.yml"/,
    );
  assert.match(
    find({ "release.yml": good.replace('{ push: { tags: ["v*"] } }', "workflow_call") })[0] ?? "",
    /DR-PUB-06 warns: .*by `workflow_call` alone/,
  );
  assert.deepEqual(find({ "release.yml": good, "ship.yml": calls("./.github/workflows/pre-release.yml") }), []);
});

test("DR-PUB-07: another environment is told, and none; case is no difference, and an expression is not judged", () => {
  const at = (environment: string) => find({ "release.yml": `on: push\njobs:\n${job(environment)}\n` });
  assert.match(
    at("environment: prodution")[0] ?? "",
    /^DR-PUB-07 warns: .*"production", which "pypi" is to trust \(job "publish" is in "prodution"\)/,
  );
  assert.match(at("environment: { name: staging, url: x }")[0] ?? "", /is in "staging"/);
  assert.match(at("runs-on: x")[0] ?? "", /none names an environment/);
  assert.deepEqual([...at("environment: Production"), ...at('environment: "${{ inputs.where }}"')], []);
  assert.deepEqual(find({ "release.yml": `on: push\njobs:\n${job("runs-on: x")}\n` }, { publisher: { workflow: "release.yml" } }), []);
});

for (const [trigger, ecosystem, level] of [
  ["pull_request_target", "pypi", "blocks"],
  ["workflow_run", "pypi", "warns"],
  ["pull_request_target", "crates", "blocks"],
  ["workflow_run", "crates", "blocks"],
  ["workflow_run", "npm", "warns"],
] as const)
  test(`DR-PUB-08: \`${trigger}\` of a workflow that ${ecosystem} is to trust ${level}`, () => {
    for (const on of [trigger, `[push, ${trigger}]`, `{ ${trigger}: {} }`]) {
      const found = find({ "release.yml": `on: ${on}\njobs:\n${job()}\n` }, { registry: ecosystem, ecosystem });
      assert.deepEqual(
        found.map((line) => line.slice(0, line.indexOf(":"))),
        [`DR-PUB-08 ${level}`],
        on,
      );
    }
  });

test("a file that is no workflow is told as unreadable, and never thrown at", () => {
  for (const text of ["a: [", "- a", "on: &a [*a]", `a: &a [1]\nb: [${"*a,".repeat(200)}]`]) {
    const read = readWorkflow("a.yml", text);
    assert.ok(read.kind === "unreadable" || read.workflow.jobs.length === 0, text);
  }
  assert.equal(readWorkflow("a.yml", "a: [").kind, "unreadable");
});
