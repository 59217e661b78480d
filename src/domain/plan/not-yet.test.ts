import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationOf } from "../../../test/support/app.ts";
import { aPackage } from "../../../test/support/ports.ts";
import { describeStep, knownRegistries } from "../../app/vocabulary.ts";
import { assemble } from "./assemble.ts";

interface Parts {
  readonly top?: string;
  readonly environment?: string;
  readonly step?: string;
  readonly version?: string;
}

/** Messages of the problems of a plan for a small project, in which one thing is written otherwise. */
function refusals(parts: Parts): readonly string[] {
  const configuration = configurationOf(`slipway: 1
project: demo
packages: { demo: { path: . } }
version: { from: manifest${parts.version ?? ""} }
on: { dispatch: {} }
people: { team: [ann] }
${parts.top ?? ""}
environments:
  there: { registry: pypi, credentials: { token: T }${parts.environment ?? ""} }
  unused: { registry: testpypi, credentials: { token: T }, place: github-actions }
steps:
  build: { uses: build-wheel }
${parts.step ?? "  publish: { uses: publish, environment: there }"}
`);
  const [pipeline] = configuration.pipelines;
  assert.ok(pipeline !== undefined);
  const assembled = assemble({
    configuration,
    pipeline,
    source: { commit: "c".repeat(40), moved: "stop", epochSeconds: 1 },
    trigger: "dispatch",
    inputs: {},
    path: undefined,
    packages: [aPackage()],
    release: { title: "demo 1.0.0", prerelease: false },
    forge: undefined,
    knownRegistries,
    describe: describeStep,
  });
  return assembled.kind === "invalid" ? assembled.problems.map(({ code, message }) => `${code} ${message}`) : [];
}

test("what is written and done is planned", () => {
  assert.deepEqual(refusals({}), []);
});

const cases: readonly (readonly [string, Parts, RegExp])[] = [
  ["where a step is to be performed", { environment: ", place: github-actions" }, /`place: github-actions` of environment "there"/],
  ["how long a gate waits", { environment: ", approvals: { from: team, within: 1h }" }, /`approvals\.within` of environment "there"/],
  ["versions of untagged commits", { version: ", untagged: dev" }, /`version\.untagged` where no `bump` step writes the version/],
  ["a folder for progress logs", { top: "logs: { folder: var/logs }" }, /`logs`/],
  [
    "an effect that a command has outside of its copy",
    { step: "  announce: { run: ./announce, effect: tells the world }" },
    /`effect` and `look` of `run`/,
  ],
];

for (const [what, parts, words] of cases) {
  test(`what this version does not do is refused and not passed over: ${what}`, () => {
    const said = refusals(parts);

    assert.equal(said.length, 1);
    assert.match(said[0] ?? "", words);
    assert.match(said[0] ?? "", /^NOT_YET /);
  });
}
