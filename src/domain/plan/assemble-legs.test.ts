import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationOf } from "../../../test/support/app.ts";
import { aPackage } from "../../../test/support/ports.ts";
import { describeStep, knownRegistries } from "../../app/vocabulary.ts";
import { assemble, type Assembled } from "./assemble.ts";

function planWith(matrix: string): Assembled {
  const configuration = configurationOf(`slipway: 1
project: demo
packages: { demo: { path: . } }
steps:
  tests: { run: pytest, matrix: ${matrix} }
`);
  const [pipeline] = configuration.pipelines;
  assert.ok(pipeline !== undefined);
  return assemble({
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
}

test("a leg is named by its values", () => {
  const assembled = planWith('{ python: ["3.12", "3.13"], variant: [a, b] }');

  assert.deepEqual(assembled.kind === "assembled" && assembled.plan.steps.map((step) => step.id), [
    "tests[python=3.12,variant=a]",
    "tests[python=3.12,variant=b]",
    "tests[python=3.13,variant=a]",
    "tests[python=3.13,variant=b]",
  ]);
});

test("two legs that would have one name are refused", () => {
  const assembled = planWith('{ a: ["x", "x,b=y"], b: ["y,b=z", "z"] }');

  assert.deepEqual(assembled.kind === "invalid" && assembled.problems.map((problem) => [problem.code, problem.message]), [
    ["PLAN_INVALID", 'Cannot plan step "tests[a=x,b=y,b=z]": another leg has the same name; write values without "," and "="'],
  ]);
});

function planBinaries(files: string): Assembled {
  const configuration = configurationOf(`slipway: 1
project: demo
versions: one
packages:
${files}
`);
  const [pipeline] = configuration.pipelines;
  assert.ok(pipeline !== undefined);
  return assemble({
    configuration,
    pipeline,
    source: { commit: "c".repeat(40), moved: "stop", epochSeconds: 1 },
    trigger: "dispatch",
    inputs: {},
    path: undefined,
    packages: configuration.packages.map(({ id, name = id, asset }) =>
      aPackage({ id, ecosystem: "binary", name, ...(asset === undefined ? {} : { asset }) }),
    ),
    release: { title: "demo 1.0.0", prerelease: false },
    forge: undefined,
    knownRegistries,
    describe: describeStep,
  });
}

const namesOf = (assembled: Assembled): readonly (string | undefined)[] =>
  assembled.kind === "assembled" ? assembled.plan.steps.flatMap(({ makes }) => makes.map(({ name }) => name)) : [JSON.stringify(assembled)];

test("binaries are named {name}-{os}-{arch} in the words of the file, and the plan says so", () => {
  const assembled = planBinaries(`  proxy: { path: ., ecosystem: binary }
steps:
  build: { uses: build-binary, matrix: { platform: [linux-x86_64-static, macos-arm64, windows-amd64] } }`);

  assert.deepEqual(namesOf(assembled), ["proxy-linux-x86_64", "proxy-macos-arm64", "proxy-windows-amd64.exe"]);
});

const twoFiles: readonly (readonly [string, string, string, string])[] = [
  [
    "a leg and its static twin",
    `  proxy: { path: ., ecosystem: binary }
steps:
  build: { uses: build-binary, matrix: { platform: [linux-x86_64, linux-x86_64-static] } }`,
    'Cannot plan step "build[platform=linux-x86_64-static]": it would make "proxy-linux-x86_64", and so does "build[platform=linux-x86_64]"; tell them apart by `asset:` of the package, for example "{name}-{platform}", or leave one of them out',
    "slipway.yaml:7",
  ],
  [
    "two steps",
    `  proxy: { path: ., ecosystem: binary }
steps:
  one: { uses: build-binary, matrix: { platform: [macos-arm64] } }
  two: { uses: build-binary, matrix: { platform: [macos-arm64] } }`,
    'Cannot plan step "two[platform=macos-arm64]": it would make "proxy-macos-arm64", and so does "one[platform=macos-arm64]"',
    "slipway.yaml:8",
  ],
  [
    "two packages of one step",
    `  proxy: { path: ., ecosystem: binary, asset: "tool-{arch}" }
  other: { path: other, ecosystem: binary, asset: "tool-{arch}" }
steps:
  build: { uses: build-binary, matrix: { platform: [macos-arm64] } }`,
    'Cannot plan step "build[platform=macos-arm64]": it would make two files named "tool-arm64"',
    "slipway.yaml:8",
  ],
];

for (const [what, file, message, place] of twoFiles) {
  test(`${what} that would make files of one name are refused with their place`, () => {
    const assembled = planBinaries(file);

    assert.equal(assembled.kind, "invalid");
    const [problem, ...others] = assembled.kind === "invalid" ? assembled.problems : [];
    assert.deepEqual([problem?.code, others], ["PLAN_INVALID", []]);
    assert.ok(problem?.message.startsWith(message), problem?.message);
    assert.equal(`${problem?.place?.file}:${problem?.place?.line}`, place);
  });
}

test("a leg and its static twin are told apart by {platform}", () => {
  const assembled = planBinaries(`  proxy: { path: ., ecosystem: binary, asset: "{name}-{platform}" }
steps:
  build: { uses: build-binary, matrix: { platform: [linux-x86_64, linux-x86_64-static] } }`);

  assert.deepEqual(namesOf(assembled), ["proxy-linux-x86_64", "proxy-linux-x86_64-static"]);
});
