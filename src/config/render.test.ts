import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { vocabulary } from "../../test/support/vocabulary.ts";
import type { Configuration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import { parseConfiguration } from "./parse.ts";
import { type ConfigurationSketch, renderConfiguration } from "./render.ts";

const small: ConfigurationSketch = {
  project: "demo",
  packages: [{ name: "demo", path: ".", tag: "v{version}", changelog: "CHANGELOG.md" }],
  version: { from: "manifest" },
  builds: [{ name: "wheels", uses: "build-wheel" }],
  checks: [],
  environments: [{ name: "pypi", registry: "pypi", credentials: "trusted-publishing", test: false }],
};

const large: ConfigurationSketch = {
  project: "Typing Tools!",
  packages: [
    { name: "Typing_Tools", path: "packages/tools", tag: "tools-v{version}", importName: "typing_tools", ecosystem: "pypi" },
    { name: "typing.tools", path: "packages/more" },
  ],
  versions: "each",
  version: { from: "manifest", untagged: "dev" },
  builder: "hatch",
  builds: [{ name: "wheels", uses: "build-wheel" }],
  checks: [
    { name: "Lint", run: "ruff check ." },
    { name: "lint", run: "mypy src && echo $DONE" },
    { name: "1 test", run: "pytest -k 'not slow'" },
  ],
  environments: [
    { name: "testpypi", registry: "testpypi", credentials: { token: "TEST_TOKEN" }, test: true },
    { name: "pypi", registry: "pypi", credentials: { token: "TOKEN", user: "bob" }, test: false },
  ],
  verify: { run: "python -m typing_tools --help", version: "typing-tools --version" },
};

const mixed: ConfigurationSketch = {
  ...small,
  packages: [
    { name: "demo", path: ".", tag: "v{version}" },
    { name: "demo", path: ".", ecosystem: "crates", members: 5, tag: "demo-v{version}" },
    { name: "@demo/a", path: "js", ecosystem: "npm", tag: "@demo/a@{version}" },
  ],
  versions: "each",
  builds: [
    { name: "wheels", uses: "build-wheel" },
    { name: "crates", uses: "build-crate" },
    { name: "npm", uses: "build-npm", build: "npm run build" },
  ],
  environments: ["pypi", "crates", "npm"].map((name) => ({ name, registry: name, credentials: { token: "TOKEN" }, test: false })),
};

function parsed(text: string): Configuration {
  const result = parseConfiguration(text, "slipway.yaml", vocabulary);
  assert(result.kind === "parsed", `${text}\n${result.kind === "invalid" ? JSON.stringify(result.problems, null, 1) : ""}`);
  return result.configuration;
}

const withoutComments = (text: string): readonly string[] => text.split("\n").filter((line) => !/^\s*(?:#|$)/.test(line));

test("a small package needs twelve lines", () => {
  assert.deepEqual(withoutComments(renderConfiguration(small)), [
    "slipway: 1",
    "project: demo",
    "packages:",
    '  demo: { path: ., tag: "v{version}", changelog: { file: CHANGELOG.md } }',
    "version: { from: manifest }",
    "on: { tag: demo }",
    "environments:",
    "  pypi: { registry: pypi, credentials: trusted-publishing }",
    "steps:",
    "  build: { uses: build-wheel }",
    "  smoke: { uses: verify-install, with: { from: artifacts } }",
    "  pypi: { uses: publish, environment: pypi }",
    "  pypi-installs: { uses: verify-install, with: { from: pypi } }",
  ]);
});

test("names of the world become names of the language, once each", () => {
  assert.deepEqual(withoutComments(renderConfiguration(large)), [
    "slipway: 1",
    "project: Typing-Tools-",
    "packages:",
    '  typing-tools: { path: packages/tools, ecosystem: pypi, tag: "tools-v{version}", import: typing_tools }',
    "  typing-tools-2: { path: packages/more }",
    "versions: each",
    "version: { from: manifest, untagged: dev }",
    "on: { tag: typing-tools }",
    "environments:",
    "  testpypi: { registry: testpypi, credentials: { token: TEST_TOKEN }, test: true }",
    "  pypi: { registry: pypi, credentials: { token: TOKEN, user: bob } }",
    "steps:",
    "  checks:",
    "    parallel:",
    "      lint: { run: ruff check . }",
    "      lint-2: { run: mypy src && echo $DONE, shell: bash }",
    "      test: { run: pytest -k 'not slow' }",
    "  build: { uses: build-wheel, with: { builder: hatch } }",
    "  smoke: { uses: verify-install, with: { from: artifacts, run: python -m typing_tools --help, version: typing-tools --version } }",
    "  testpypi: { uses: publish, environment: testpypi }",
    "  testpypi-installs: { uses: verify-install, with: { from: testpypi, run: python -m typing_tools --help, version: typing-tools --version } }",
    "  pypi: { uses: publish, environment: pypi, when: final }",
    "  pypi-installs: { uses: verify-install, with: { from: pypi, run: python -m typing_tools --help, version: typing-tools --version } }",
  ]);
  parsed(renderConfiguration(large));
});

test("packages of several kinds are built side by side; crates are tried from their registry alone", () => {
  const text = renderConfiguration(mixed);
  assert.deepEqual(withoutComments(text), [
    "slipway: 1",
    "project: demo",
    "packages:",
    '  demo: { path: ., tag: "v{version}" }',
    '  demo-2: { path: ., ecosystem: crates, members: publishable, tag: "demo-v{version}" }',
    '  demo-a: { path: js, ecosystem: npm, tag: "@demo/a@{version}" }',
    "versions: each",
    "version: { from: manifest }",
    "on: { tag: [ demo, demo-2, demo-a ] }",
    "environments:",
    "  pypi: { registry: pypi, credentials: { token: TOKEN } }",
    "  crates: { registry: crates, credentials: { token: TOKEN } }",
    "  npm: { registry: npm, credentials: { token: TOKEN } }",
    "steps:",
    "  build:",
    "    parallel:",
    "      wheels: { uses: build-wheel }",
    "      crates: { uses: build-crate }",
    "      npm: { uses: build-npm, with: { build: npm run build } }",
    "  smoke-demo: { uses: verify-install, with: { from: artifacts, package: demo } }",
    "  smoke-demo-a: { uses: verify-install, with: { from: artifacts, package: demo-a } }",
    "  pypi: { uses: publish, environment: pypi }",
    "  pypi-installs: { uses: verify-install, with: { from: pypi } }",
    "  crates: { uses: publish, environment: crates }",
    "  crates-installs: { uses: verify-install, with: { from: crates } }",
    "  npm: { uses: publish, environment: npm }",
    "  npm-installs: { uses: verify-install, with: { from: npm } }",
  ]);
  parsed(text);
  assert.match(text, /All 5 members of the workspace that are published, in the folder \./);
});

test("crates alone are not tried from their files", () => {
  const lines = withoutComments(
    renderConfiguration({
      ...small,
      packages: [{ name: "demo", path: ".", ecosystem: "crates" }],
      builds: [{ name: "crates", uses: "build-crate" }],
      environments: mixed.environments.slice(1, 2),
    }),
  );

  assert.deepEqual(lines.slice(lines.indexOf("steps:") + 1), [
    "  build: { uses: build-crate }",
    "  crates: { uses: publish, environment: crates }",
    "  crates-installs: { uses: verify-install, with: { from: crates } }",
  ]);
});

test("a package with a name that no key may have gets another one", () => {
  const text = renderConfiguration({
    ...small,
    packages: [
      { name: "constructor", path: ".", tag: "v{version}" },
      { name: "Prototype", path: "x" },
    ],
  });

  assert.deepEqual(
    parsed(text).packages.map((one) => one.id),
    ["package-constructor", "package-prototype"],
  );
});

test("every line but the members of a group is explained by the comment above it", () => {
  const lines = renderConfiguration(large).split("\n");
  const bare = lines.filter((line, index) => /^\s*[a-z]/.test(line) && !/^\s*#/.test(lines[index - 1] ?? ""));

  assert.deepEqual(
    bare.map((line) => line.trim().split(":")[0]),
    ["parallel", "lint", "lint-2", "test"],
  );
});

test("a check that needs a shell gets one, and runs what it says", () => {
  const [entry] =
    parsed(renderConfiguration({ ...small, checks: [{ name: "all", run: "make lint && make test" }] })).pipelines[0]?.entries ?? [];

  assert(entry?.kind === "step");
  assert.deepEqual(entry.step.with, { script: "make lint && make test", shell: "bash" });
});

test("suggestions and remarks stay comments, above the line they are about", () => {
  const lines = renderConfiguration({
    ...small,
    suggestions: [
      { name: "lint", run: "ruff check ." },
      { name: "tests", run: "pytest" },
    ],
    remarks: { version: ["setuptools-scm derives it."], build: ["Compiled.\nsteps: {}"], environments: ["Later more."] },
  }).split("\n");

  const above = (key: string): string => lines[lines.findIndex((line) => line.trim().startsWith(`${key}:`)) - 1]?.trim() ?? "";
  assert.equal(above("version"), "# setuptools-scm derives it.");
  assert.equal(above("build"), "# Compiled. steps: {}");
  assert.equal(above("environments"), "# Later more.");
  const at = lines.findIndex((line) => line.includes("# checks:"));
  assert.deepEqual(lines.slice(at, at + 4), [
    "  # checks:",
    "  #   parallel:",
    "  #     lint: { run: ruff check . }",
    "  #     tests: { run: pytest }",
  ]);
});

test("a suggestion that is taken up is the configuration it looks like", () => {
  const text = renderConfiguration({
    ...small,
    suggestions: [
      { name: "lint", run: "ruff check ." },
      { name: "tests", run: "pytest" },
    ],
  });

  const taken = text.replace(/^ {2}# (?=checks:| +\S)/gm, "  ");

  const [entry] = parsed(taken).pipelines[0]?.entries ?? [];
  assert.equal(entry?.kind, "parallel");
});

for (const [name, sketch] of [
  ["without packages", { ...small, packages: [] }],
  ["without environments", { ...small, environments: [] }],
  ["with a tag pattern that says no version", { ...small, packages: [{ name: "demo", path: ".", tag: "v1" }] }],
  ["with a blank check", { ...small, checks: [{ name: "x", run: " " }] }],
] as const) {
  test(`a sketch ${name} is an error of the caller`, () => {
    assert.throws(
      () => renderConfiguration(sketch),
      (error) => error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION",
    );
  });
}

const anyText = fc.string({ unit: "binary", minLength: 1, maxLength: 40 });
const strange = fc.oneof(
  anyText,
  fc.constantFrom(
    "yes",
    "1.10",
    "null",
    "~",
    "a: b",
    "# x",
    "*x",
    "&x",
    "!x",
    "- x",
    "{x}",
    "'",
    '"',
    "\u202E",
    "\uFEFFx",
    "__proto__",
    "x\ny",
  ),
);
const pathPart = strange
  .map((text) => text.replace(/[\\/\p{Cc}]/gu, "-").replace(/^(?:~|\.+$|[A-Za-z]:)/, "x"))
  .filter((text) => text !== "" && text.isWellFormed());
const repositoryPath = fc.oneof(
  fc.constant("."),
  fc.array(pathPart, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
);
const command = strange.filter((text) => text.replaceAll("\u0000", "").trim() !== "");
const maybe = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(values, { nil: undefined });
const defined = (value: object): object => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));

const sketches = fc
  .record({
    project: strange,
    packages: fc.array(
      fc
        .record({
          name: strange,
          path: repositoryPath,
          tag: maybe(fc.constantFrom("v{version}", "{version}", "tool-v{version}", "release/{version}")),
          changelog: maybe(repositoryPath.filter((text) => text !== ".")),
          importName: maybe(fc.constantFrom("demo", "demo.core", "démo")),
        })
        .map(defined),
      { minLength: 1, maxLength: 3 },
    ),
    version: fc.constantFrom({ from: "manifest" }, { from: "manifest", untagged: "dev" }),
    builds: fc.constantFrom(small.builds, mixed.builds),
    builder: maybe(fc.constantFrom("uv", "build", "maturin", "hatch")),
    checks: fc.array(fc.record({ name: strange, run: command }), { maxLength: 4 }),
    suggestions: maybe(fc.array(fc.record({ name: strange, run: command }), { maxLength: 4 })),
    environments: fc.constantFrom(small.environments, large.environments),
    lenient: maybe(strange),
    verify: maybe(fc.record({ run: strange, version: strange })),
  })
  .map((sketch) => defined(sketch) as unknown as ConfigurationSketch);

test("suggested checks are comments that become steps when the marks are taken out", () => {
  const suggestions = [
    { name: "lint", run: "ruff check ." },
    { name: "Tests", run: "make test | tee log" },
  ];
  const text = renderConfiguration({ ...small, suggestions });

  assert.equal(parsed(text).pipelines[0]?.entries[0]?.kind, "step");
  const [entry] = parsed(text.replace(/^( {2})# (?= *(?:checks:|parallel:|[a-z]+: \{ run:))/gm, "$1")).pipelines[0]?.entries ?? [];
  assert(entry?.kind === "parallel");
  assert.deepEqual(
    entry.steps.map((step) => [step.name, step.with]),
    [
      ["lint", { commands: [["ruff", "check", "."]] }],
      ["tests", { script: "make test | tee log", shell: "bash" }],
    ],
  );
});

test("whatever was found in a repository, what is written parses back without problems", () => {
  fc.assert(
    fc.property(sketches, (sketch) => {
      const configuration = parsed(renderConfiguration(sketch));

      assert.deepEqual(
        configuration.packages.map((one) => one.path),
        sketch.packages.map((one) => one.path),
      );
      assert.deepEqual(
        configuration.packages.map((one) => one.changelog?.file),
        sketch.packages.map((one) => one.changelog),
      );
    }),
    { numRuns: 50 },
  );
});

test("a lenient check is a line of its own, and says why", () => {
  const text = renderConfiguration({ ...small, lenient: "demo has no description." });

  assert.match(text, /# demo has no description\.\n.*\n {2}check: \{ uses: check-artifacts, with: \{ strict: false \} \}\n/);
  assert.doesNotMatch(renderConfiguration(small), /check-artifacts/);
});
