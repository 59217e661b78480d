import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { vocabulary } from "../../test/support/vocabulary.ts";
import type { Configuration, StepConfiguration } from "../domain/configuration.ts";
import type { Problem } from "../domain/error.ts";
import { parseConfiguration } from "./parse.ts";

const folder = path.join(import.meta.dirname, "../../test/support/language");
const languageFile = (name: string): string => readFileSync(path.join(folder, `${name}.yaml`), "utf8");

function parsed(text: string): Configuration {
  const result = parseConfiguration(text, "slipway.yaml", vocabulary);
  assert.equal(result.kind, "parsed", result.kind === "invalid" ? JSON.stringify(result.problems, null, 1) : "");
  assert(result.kind === "parsed");
  return result.configuration;
}

function problems(text: string): readonly Problem[] {
  const result = parseConfiguration(text, "slipway.yaml", vocabulary);
  assert(result.kind === "invalid", "expected problems");
  return result.problems;
}

function step(configuration: Configuration, id: string): StepConfiguration {
  const [group, name] = id.split("/");
  const entries = configuration.pipelines.flatMap((pipeline) => pipeline.entries);
  const entry = entries.find((one) => (one.kind === "step" ? one.step.name : one.name) === group);
  const found = entry?.kind === "step" ? entry.step : entry?.steps.find((one) => one.name === name);
  assert(found !== undefined, `no step ${id}`);
  return found;
}

const minimal = (rest: string): string => `slipway: 1\nproject: demo\npackages: { demo: { path: ., tag: "v{version}" } }\n${rest}`;

test("the five configurations of the language parse without problems", () => {
  const names = readdirSync(folder).toSorted();

  assert.deepEqual(names, ["native-extension.yaml", "release-room.yaml", "rust-workspace.yaml", "tag-driven.yaml", "two-pipelines.yaml"]);
  for (const name of names) parsed(readFileSync(path.join(folder, name), "utf8"));
});

test("S1: a matrix, a fallback credential, an approval with a note and conditions keep their shape", () => {
  const configuration = parsed(languageFile("native-extension"));

  const production = configuration.environments.find((one) => one.name === "pypi-production");
  assert.deepEqual(production?.registries, [
    {
      registry: "pypi",
      credentials: {
        kind: "trusted-publishing",
        fallback: { variable: "PYPI_FALLBACK", by: "release-engineers", uses: 1, tell: "tracker" },
      },
      test: false,
    },
  ]);
  assert.deepEqual(production?.approvals, {
    required: 1,
    from: "release-engineers",
    standing: "refused",
    not: "requester",
    note: { names: "testpypi" },
  });
  assert.deepEqual(configuration.version, { from: "manifest", untagged: "dev" });
  assert.deepEqual(configuration.pipelines[0]?.on, [
    { kind: "tag", packages: ["recorder"] },
    { kind: "dispatch", ref: "any" },
  ]);
  assert.deepEqual(step(configuration, "checks/local").when, [{ not: false, kind: "input", name: "smoke-build" }]);
  assert.deepEqual(step(configuration, "checks/local").with, { commands: [["just", "smoke-build"]] });
  assert.deepEqual(step(configuration, "checks/verify").with, { commands: [["just", "test"]], in: "nix" });
  assert.deepEqual(step(configuration, "installs").matrix, { platform: ["linux", "macos", "windows"], python: ["3.12", "3.13"] });
  assert.equal(step(configuration, "done").optional, true);
});

test("S2: a declared registry, shared gates, a placement, a schedule and groups keep their shape", () => {
  const configuration = parsed(languageFile("release-room"));

  assert.deepEqual(configuration.registries, [{ name: "packages", ecosystem: "pypi", forge: "packages" }]);
  const byName = new Map(configuration.environments.map((one) => [one.name, one]));
  assert.deepEqual(byName.get("main")?.forge, { kind: "deploy-key", variable: "RELEASE_KEY" });
  assert.deepEqual(byName.get("production")?.place, { in: "github-actions", start: "tag", handOver: "room" });
  assert.deepEqual(byName.get("test")?.place, { in: "github-actions" });
  assert.equal(byName.get("test")?.trialOf, "production");
  assert.equal(byName.get("packages")?.gate, "production");
  assert.deepEqual(configuration.pipelines[0]?.on[1], {
    kind: "schedule",
    name: "weekly",
    cron: "0 4 * * 1",
    zone: "Europe/Berlin",
    inputs: { version: "minor", all: true },
  });
  assert.deepEqual(configuration.source, { branch: "main", moved: "restart", carry: ["fixtures/**", "VERSION"] });
  assert.deepEqual(step(configuration, "prepare/fixtures").keep, ["fixtures/**"]);
  assert.equal(step(configuration, "upload/start").gate, "production");
  assert.deepEqual(step(configuration, "tests/elsewhere").when, [{ not: true, kind: "input", name: "all" }]);
});

test("S3: several packages, two pipelines and a first token keep their shape", () => {
  const configuration = parsed(languageFile("rust-workspace"));

  assert.deepEqual(
    configuration.packages.map((one) => [one.id, one.ecosystem]),
    [
      ["workspace", "crates"],
      ["python", "pypi"],
      ["command", "binary"],
      ["image", "oci"],
    ],
  );
  assert.deepEqual(configuration.environments[0]?.registries[0]?.credentials, {
    kind: "trusted-publishing",
    first: { variable: "CRATES_TOKEN" },
  });
  assert.deepEqual(
    configuration.pipelines.map((one) => [one.name, one.version?.from]),
    [
      ["prepare", "input"],
      ["release", "tag"],
    ],
  );
  assert.deepEqual(step(configuration, "tests/lint").with, { commands: [["cargo", "clippy", "--workspace", "--", "-D", "warnings"]] });
  assert.equal(configuration.pipelines[1]?.entries[1]?.kind, "parallel");
});

test("S4: several registries in one environment and a prerelease condition keep their shape", () => {
  const configuration = parsed(languageFile("two-pipelines"));

  assert.deepEqual(
    configuration.environments[0]?.registries.map((use) => [use.registry, use.test]),
    [
      ["testpypi", true],
      ["pypi", false],
    ],
  );
  assert.deepEqual(configuration.pipelines[0]?.version, { from: "input", prerelease: { not: false, kind: "input", name: "prerelease" } });
  assert.deepEqual(configuration.pipelines[1]?.on, [{ kind: "dispatch", ref: "any" }, { kind: "release-published" }]);
});

test("S5: paths, candidates and an environment without gate keep their shape", () => {
  const configuration = parsed(languageFile("tag-driven"));

  assert.deepEqual(configuration.paths, [
    { name: "hotfix", leavesOut: ["testpypi", "try", "candidate"], by: "maintainers", reason: "required" },
  ]);
  assert.deepEqual(configuration.people, [{ name: "maintainers", kind: "names", names: ["alice", "bob"] }]);
  assert.equal(configuration.version.candidate, "tried");
  assert.deepEqual(step(configuration, "pypi").path, ["steps", "pypi"]);
  assert.deepEqual(configuration.places(["steps", "pypi", "environment"]), { file: "slipway.yaml", line: 18, column: 39 });
});

test("what the file leaves out is filled in", () => {
  const configuration = parsed(minimal("steps: { test: { run: just test } }"));

  assert.deepEqual(configuration.pipelines[0]?.on, [{ kind: "dispatch", ref: "any" }]);
  assert.deepEqual(configuration.version, { from: "manifest" });
  assert.deepEqual(configuration.source, { moved: "stop", carry: [] });
  assert.deepEqual(configuration.environments, [{ name: "forge", registries: [], secrets: [], variables: {} }]);
  assert.deepEqual(step(configuration, "test"), {
    name: "test",
    uses: "run",
    with: { commands: [["just", "test"]] },
    when: [],
    retry: 0,
    optional: false,
    keep: [],
    path: ["steps", "test"],
  });
});

test("testpypi is a test index without saying so; a declared registry only where it says so", () => {
  const configuration = parsed(
    minimal(`registries: { local: { ecosystem: pypi, url: "http://127.0.0.1:8080/", index: "http://[::1]:8080/simple/" } }
environments:
  trial: { registry: testpypi, credentials: none }
  local: { registry: local, credentials: { token: LOCAL_TOKEN, user: bob } }
  stage: { registry: local, credentials: none, test: true }
steps: { up: { uses: publish, environment: local } }`),
  );

  assert.deepEqual(
    configuration.environments.map((one) => one.registries.map((use) => use.test)),
    [[true], [false], [true], []],
  );
  assert.deepEqual(configuration.environments[1]?.registries[0]?.credentials, { kind: "token", variable: "LOCAL_TOKEN", user: "bob" });
  assert.deepEqual(configuration.registries[0], {
    name: "local",
    ecosystem: "pypi",
    url: "http://127.0.0.1:8080/",
    index: "http://[::1]:8080/simple/",
  });
});

test("a known name with another address is a test index only where the file says so", () => {
  const configuration = parsed(
    minimal(`registries: { testpypi: { ecosystem: pypi, url: "https://packages.example/upload/" } }
environments: { a: { registry: testpypi, credentials: none }, b: { registry: testpypi, credentials: none, test: true } }
steps: { up: { uses: publish, environment: a } }`),
  );

  assert.deepEqual(
    configuration.environments.flatMap((one) => one.registries.map((use) => use.test)),
    [false, true],
  );
});

test("the neighbours of run become the input of the step run", () => {
  const configuration = parsed(
    minimal(`steps:
  several: { run: [just a, "say 'two words'"], in: "direnv exec .", timeout: 2h, retry: 2 }
  script: { run: "make -j && echo $DONE", shell: bash }
  acts: { run: just tell, effect: Tells the mirror, look: "just told --quiet" }
  makes: { run: just dist, produces: { kind: wheel, files: "dist/*.whl" } }`),
  );

  assert.deepEqual(step(configuration, "several").with, {
    commands: [
      ["just", "a"],
      ["say", "two words"],
    ],
    in: "direnv exec .",
  });
  assert.equal(step(configuration, "several").timeoutMs, 7_200_000);
  assert.deepEqual(step(configuration, "script").with, { script: "make -j && echo $DONE", shell: "bash" });
  assert.deepEqual(step(configuration, "acts").with, {
    commands: [["just", "tell"]],
    effect: { title: "Tells the mirror", reach: "irreversible" },
    look: ["just", "told", "--quiet"],
  });
  assert.deepEqual(step(configuration, "makes").with, {
    commands: [["just", "dist"]],
    produces: [{ kind: "wheel", package: "demo", files: "dist/*.whl" }],
  });
});

test("a problem has its place, the source line and a caret under the fault", () => {
  const [problem] = problems(minimal('steps: { up: { uses: publsh, note: "ü" } }'));

  assert.deepEqual(problem, {
    code: "CONFIG_INVALID",
    message: 'Cannot find the step "publsh" that "steps.up.uses" names',
    hint: 'Did you mean "publish"?',
    place: { file: "slipway.yaml", line: 4, column: 22 },
    frame: '4 | steps: { up: { uses: publsh, note: "ü" } }\n  |                      ^^^^^^',
  });
});

test("no frame and no message shows a credential, its own or a neighbour's", () => {
  const told = JSON.stringify([
    problems(minimal("environments: { a: { registry: pypi, credentials: { token: hunter2!, usr: bob } } }\nsteps: { a: { run: a } }")),
    problems(
      minimal("environments: { a: { registry: pypi, credentials: { token: ghp_0123456789abcdef0123 }, x: 1 } }\nsteps: { a: { run: a } }"),
    ),
    problems(minimal('registries: { a: { ecosystem: pypi, url: "https://bob:hunter2@host.example/", x: 1 } }\nsteps: { a: { run: a } }')),
    problems(minimal('x: "https://bob:hunter2@host.example/"\nsteps: { a: { run: a } }')),
    problems(minimal("x: pypi-AgEIcHlwaS5vcmcCJGIxMjM0\n  y: z\nsteps: { a: { run: a } }")),
  ]);

  assert.doesNotMatch(told, /hunter2|ghp_0|AgEI/);
  assert.match(told, /\*{8}/);
});

test("all problems come at once, in the order of the file, and at most fifty", () => {
  const many = Array.from({ length: 300 }, (_, index) => `  s${index}: { uses: nothing-${index} }`).join("\n");

  const told = problems(minimal(`steps:\n${many}\n`));

  assert.equal(told.length, 50);
  assert.deepEqual(
    told.map((problem) => problem.place?.line),
    Array.from({ length: 50 }, (_, index) => index + 5),
  );
});

test("a byte order mark and Windows line ends change nothing, nor do places", () => {
  const text = languageFile("tag-driven");

  const plain = parsed(text);
  const windows = parsed(`\uFEFF${text.replaceAll("\n", "\r\n")}`);

  assert.equal(JSON.stringify(windows), JSON.stringify(plain));
  assert.deepEqual(windows.places(["steps", "try", "matrix"]), plain.places(["steps", "try", "matrix"]));
});

for (const [name, text, message] of [
  ["NUL", "slipway: 1\u0000", "Cannot read the file as text: found a NUL character (U+0000)"],
  [
    "a lone carriage return",
    "slipway: 1\rproject: x",
    "Cannot read the file as text: found a carriage return without a line feed (U+000D)",
  ],
  ["an escape character", "slipway: \u001B[2J1", "Cannot read the file as text: found a control character (U+001B)"],
  ["a mark that reorders text", "slipway: 1 # \u202E", "Cannot read the file as text: found an invisible mark that reorders text (U+202E)"],
  ["what was no UTF-8", "slipway: \uFFFD1", "Cannot read the file as text: found bytes that are not UTF-8 (U+FFFD)"],
  ["half a character", "slipway: \uD83D1", "Cannot read the file as text: found bytes that are not UTF-8 (U+D83D)"],
  ["a byte order mark inside", "slipway: \uFEFF1", "Cannot read the file as text: found a control character (U+FEFF)"],
] as const) {
  test(`a file with ${name} is refused with its place`, () => {
    const told = problems(text);

    assert.equal(told[0]?.message, message);
    assert.equal(told[0]?.place?.line, 1);
    assert.doesNotMatch(told[0]?.frame ?? "", /[\u0000\u001B\u202E]/);
  });
}

test("columns count characters, as editors do", () => {
  const told = problems(minimal('steps: { "😀": { run: x }, b: { uses: nope } }'));

  assert.deepEqual(
    told.map((problem) => problem.place?.column),
    [10, 38],
  );
});

test("a long line is shown around the fault", () => {
  const [problem] = problems(minimal(`steps: { a: { run: ${"x".repeat(300)} }, b: { uses: nope, timeout: ${"1".repeat(300)} } }`));
  const [line = "", carets = ""] = (problem?.frame ?? "").split("\n");

  assert(line.length < 125);
  assert.equal(line.slice(carets.indexOf("^"), carets.lastIndexOf("^") + 1), "nope");
});
