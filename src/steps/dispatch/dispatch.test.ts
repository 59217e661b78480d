import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Effect } from "../../domain/run/effect.ts";
import { aFrozen, aPackage, aPlan, aPlanned, aUse, fakePorts, memoryFiles } from "../../../test/support/ports.ts";
import { fakeForge } from "../../../test/support/fake-forge.ts";
import { dispatchStep } from "./dispatch.ts";

const packages = [aPackage({ tag: "v1.0.0" })];
const frozen = aFrozen({ pipeline: "publish" }, { packages, plan: aPlan({ packages }) });

test("dispatch: starts the workflow once, with the tag and a mark by which the run is found again", async () => {
  const forge = fakeForge();
  const ports = fakePorts({ forge });
  const [effect] = await dispatchStep.effects(frozen, ports);
  assert.ok(effect !== undefined);

  const before = await dispatchStep.observe(effect, ports);
  await dispatchStep.perform(effect, before, ports);
  const after = await dispatchStep.verify(effect, ports);

  assert.deepEqual([before.kind, after.kind], ["absent", "verified"]);
  assert.deepEqual(forge.held.calls, ["dispatch publish.yml at refs/tags/v1.0.0"]);
  assert.deepEqual(forge.held.runs[0]?.inputs, { tag: "v1.0.0", slipway: "start/demo/v1.0.0/publish" });
});

test("dispatch: a run that somebody else started is none of ours, and silence is unknown", async () => {
  const forge = fakeForge();
  forge.held.runs.push({ id: 1, title: "by hand", state: "done", commit: "", url: "", createdAt: "", inputs: {} });
  const [effect] = (await dispatchStep.effects(frozen, fakePorts({ forge }))) as readonly [Effect];

  assert.equal((await dispatchStep.observe(effect, fakePorts({ forge }))).kind, "absent");
  assert.equal((await dispatchStep.verify(effect, fakePorts({ forge: fakeForge({ silent: true }) }))).kind, "unknown");
});

test("dispatch: a run for the tag as it stood before it was withdrawn is none of this release", async () => {
  const forge = fakeForge();
  const ports = fakePorts({ forge });
  const [effect] = (await dispatchStep.effects(frozen, ports)) as readonly [Effect];
  await dispatchStep.perform(effect, { kind: "absent" }, ports);
  const [run] = forge.held.runs;
  assert.ok(run !== undefined);
  assert.equal((await dispatchStep.observe(effect, ports)).kind, "present");

  forge.held.runs.splice(0, 1, { ...run, commit: "d".repeat(40) });

  assert.equal((await dispatchStep.observe(effect, ports)).kind, "absent");
});

test("dispatch: a release that is made again on the same commit starts its pipeline again, and a run that goes on does not", async () => {
  const forge = fakeForge();
  const ports = fakePorts({ forge });
  const madeWith = async (object: string): Promise<Effect> => {
    const tags = [{ name: "v1.0.0", object, commit: frozen.head.commit }];
    const [effect] = await dispatchStep.effects({ ...frozen, head: { ...frozen.head, tags } }, ports);
    assert.ok(effect !== undefined);
    return effect;
  };
  const first = await madeWith("a".repeat(40));
  await dispatchStep.perform(first, { kind: "absent" }, ports);

  const again = await madeWith("b".repeat(40));
  const before = await dispatchStep.observe(again, ports);
  await dispatchStep.perform(again, before, ports);

  assert.deepEqual([before.kind, (await dispatchStep.verify(again, ports)).kind], ["absent", "verified"]);
  assert.equal((await dispatchStep.observe(await madeWith("a".repeat(40)), ports)).kind, "present");
  assert.deepEqual(
    forge.held.runs.map(({ inputs }) => inputs["slipway"]),
    ["start/aaaaaaaaaaaaaaaa/demo/v1.0.0/publish", "start/bbbbbbbbbbbbbbbb/demo/v1.0.0/publish"],
  );
});

const whole = `run-name: "Publish \${{ inputs.tag }} (\${{ inputs.slipway }})"
on: { workflow_dispatch: { inputs: { tag: { type: string }, slipway: { type: string } } } }
`;

async function preflightOf(files: Readonly<Record<string, string>>, kind: "github" | "gitea" = "github"): Promise<readonly string[]> {
  const inSource = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/source/${name}`, text]));
  const plan = aPlan({ packages, forge: { kind, repository: "slip/demo" } });
  const found = await dispatchStep.preflight(aPlanned({ pipeline: "publish" }, { plan }), fakePorts({ files: memoryFiles(inSource) }));
  return found.map(({ level, message, hint = "" }) => `${level}: ${message}: ${hint}`);
}

test("dispatch: preflight reads the workflow, and says that only the forge knows what the token may", async () => {
  const found = await preflightOf({ ".github/workflows/publish.yml": whole });

  assert.equal(found.length, 1);
  assert.match(found[0] ?? "", /^cannot-be-tried: Whether the token may start publish\.yml/);
});

test("dispatch: a workflow that is not in the source, or is none, stops the run before it begins", async () => {
  const gone = await preflightOf({});
  const other = await preflightOf({ ".gitea/workflows/publish.yml": whole });
  const none = await preflightOf({ ".github/workflows/publish.yml": "a: [" });
  const list = await preflightOf({ ".github/workflows/publish.yml": "- a" });
  const bomb = await preflightOf({
    ".github/workflows/publish.yml": `a: &a [x]\nb: &b [${"*a,".repeat(99)}*a]\nc: [${"*b,".repeat(99)}*b]\n`,
  });

  assert.match(gone[1] ?? "", /^blocks: Workflow "publish\.yml", .* is not in the source.*: Write \.github\/workflows\/publish\.yml/);
  assert.match(other[1] ?? "", /is not in the source/);
  assert.equal((await preflightOf({ ".gitea/workflows/publish.yml": whole }, "gitea")).length, 1);
  for (const found of [none, list, bomb])
    assert.match(found[1] ?? "", /^blocks: Workflow "\.github\/workflows\/publish\.yml" cannot be read/);
});

const dispatched = "on: { workflow_dispatch: { inputs: { tag: {}, slipway: {} } } }";
const cases: readonly (readonly [string, string, RegExp])[] = [
  [
    "does not start by hand",
    'run-name: "${{ inputs.slipway }}"\non: [push]',
    /has no `workflow_dispatch`.*Write under `on:`: `workflow_dispatch: \{ inputs/,
  ],
  ["takes no inputs", 'run-name: "${{ inputs.slipway }}"\non: workflow_dispatch', /does not declare the inputs "tag" and "slipway"/],
  [
    "does not take the mark",
    'run-name: "${{ inputs.slipway }}"\non: { workflow_dispatch: { inputs: { tag: {} } } }',
    /does not declare the input "slipway".*slipway: \{ type: string \}/,
  ],
  [
    "has no run-name",
    dispatched,
    /its `run-name` is not there.*Write at its top: `run-name: "Publish \$\{\{ inputs\.tag \}\} \(\$\{\{ inputs\.slipway \}\}\)"`/,
  ],
  ["names its runs by the tag alone", `run-name: "\${{ inputs.tag }}"\n${dispatched}`, /`run-name` is "\$\{\{ inputs\.tag \}\}"/],
  [
    "only writes of the mark",
    `run-name: "inputs.slipway \${{ inputs.slipway-id }}"\n${dispatched}`,
    /a started run would not be found again/,
  ],
];
for (const [what, text, words] of cases)
  test(`dispatch: a workflow that ${what} stops the run, with the line to paste`, async () => {
    const found = await preflightOf({ ".github/workflows/publish.yml": text });

    assert.equal(found.length, 2, found.join("\n"));
    assert.match(found[1] ?? "", /^blocks/);
    assert.match(found[1] ?? "", words);
  });

test("dispatch: the mark may be named in any of the forms that a forge reads", async () => {
  for (const expression of ["inputs.slipway", "github.event.inputs.slipway", "inputs['slipway']", "format('{0}', inputs.slipway)"])
    assert.equal((await preflightOf({ ".github/workflows/publish.yml": `run-name: x \${{ ${expression} }}\n${dispatched}` })).length, 1);
});

test("dispatch: the example's own workflow passes", async () => {
  const file = new URL("../../../examples/two-pipelines/.github/workflows/publish.yml", import.meta.url);

  assert.equal((await preflightOf({ ".github/workflows/publish.yml": readFileSync(file, "utf8") })).length, 1);
});

test("dispatch: says which workflow it starts, and wants a tag", async () => {
  assert.equal(
    dispatchStep.describe(aUse({ pipeline: "publish", workflow: "ship.yaml" })),
    "start the pipeline publish (ship.yaml) at the forge",
  );
  await assert.rejects(dispatchStep.effects(aFrozen({ pipeline: "publish" }), fakePorts({ forge: fakeForge() })), { code: "PLAN_INVALID" });
});

test("dispatch: packages with tags of their own are not started together yet; those of one version are", () => {
  const use = aUse({ pipeline: "publish" }, { packages: [...packages, aPackage({ id: "b", tag: "b-2.0.0" })] });

  assert.match(dispatchStep.notYet?.(use, "each") ?? "", /several tags/);
  assert.equal(dispatchStep.notYet?.(use, "one"), undefined);
});
