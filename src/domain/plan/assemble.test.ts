import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage } from "../../../test/support/ports.ts";
import { sha256OfText } from "../../../test/support/runs.ts";
import type { Condition, Configuration, EnvironmentConfiguration, StepConfiguration, StepEntry } from "../configuration.ts";
import { assemble, type AssembleRequest, type Described, type DescribeStep, type StepTraits } from "./assemble.ts";
import { digestPlan, type Plan } from "./plan.ts";

// --- a small language and catalogue of its own --------------------------------------------------

function step(name: string, parts: Partial<StepConfiguration> = {}): StepConfiguration {
  return { name, uses: "run", with: {}, when: [], retry: 0, optional: false, keep: [], path: ["steps", name], ...parts };
}

const line = (name: string, parts: Partial<StepConfiguration> = {}): StepEntry => ({ kind: "step", step: step(name, parts) });
const many = (kind: "parallel" | "group", name: string, ...steps: readonly StepConfiguration[]): StepEntry => ({
  kind,
  name,
  when: [],
  steps,
});
const when = (kind: "tag" | "final"): { readonly when: readonly Condition[] } => ({ when: [{ kind, not: false }] });

const plain: StepTraits = {
  uses: "run@1",
  kind: "work",
  zone: "project",
  title: "run it",
  input: null,
  takes: [],
  makes: [],
  publishes: [],
  reads: [],
  reach: undefined,
  writesSource: false,
  usesForge: false,
  looksEverywhere: "never",
  timeoutMs: 60_000,
};

const catalogue: Readonly<Record<string, (use: Parameters<DescribeStep>[0]) => Partial<StepTraits>>> = {
  run: (use) => ({ input: use.with }),
  "build-wheel": () => ({ uses: "build-wheel@1", makes: [{ kind: "wheel", package: "demo", countMin: 1, countMax: 1 }] }),
  sbom: () => ({ uses: "sbom@1", makes: [{ kind: "sbom", package: "demo", countMin: 1, countMax: 1 }] }),
  "check-artifacts": () => ({ uses: "check-artifacts@1", takes: [{ kinds: ["wheel", "sdist"] }] }),
  publish: (use) => ({
    uses: "publish@1",
    kind: "acting",
    zone: "publish",
    takes: [{ kinds: ["wheel", "sdist"] }],
    publishes: use.environment?.registries.map((registry) => registry.name) ?? [],
    reach: use.environment?.registries.every((registry) => registry.test) === true ? "expendable" : "irreversible",
  }),
  "verify-install": (use) => ({ uses: "verify-install@1", reads: [String(use.with["from"])] }),
};

const describe: DescribeStep = (use): Described => {
  const found = catalogue[use.uses];
  if (use.uses === "attest") return { kind: "not-yet", what: "`uses: attest`" };
  if (use.with["wrong"] === true)
    return { kind: "invalid", problems: [{ path: ["with", "wrong"], message: "Cannot use it: it is wrong", hint: "Leave it out" }] };
  if (found === undefined) return { kind: "invalid", problems: [{ path: ["uses"], message: `Cannot use "${use.uses}"` }] };
  return { kind: "described", traits: { ...plain, ...found(use) } };
};

function environment(name: string, parts: Partial<EnvironmentConfiguration> = {}): EnvironmentConfiguration {
  return { name, registries: [{ registry: name, credentials: { kind: "none" }, test: false }], secrets: [], variables: {}, ...parts };
}

const approvals = { required: 1, from: "managers", standing: "refused" } as const;

function request(
  entries: readonly StepEntry[],
  parts: Partial<AssembleRequest> & { readonly file?: Partial<Configuration> } = {},
): AssembleRequest {
  const pipeline = { name: "release", on: [], inputs: [], entries };
  const { file, ...rest } = parts;
  return {
    configuration: {
      project: "demo",
      packages: [],
      versions: "one",
      version: { from: "tag" },
      source: { moved: "stop", carry: [] },
      people: [],
      paths: [],
      registries: [],
      environments: [environment("testpypi"), environment("pypi")],
      pipelines: [pipeline],
      places: (path) => ({ file: "slipway.yaml", line: 1, column: path.length + 1 }),
      ...file,
    },
    pipeline,
    source: { commit: "c".repeat(40), tag: "v1", moved: "stop", epochSeconds: 1 },
    trigger: "tag",
    inputs: {},
    path: undefined,
    packages: [aPackage()],
    release: { title: "demo 1.0", prerelease: false },
    forge: undefined,
    knownRegistries: [
      { name: "testpypi", ecosystem: "pypi", test: true },
      { name: "pypi", ecosystem: "pypi", test: false },
    ],
    describe,
    ...rest,
  };
}

function planned(entries: readonly StepEntry[], parts: Parameters<typeof request>[1] = {}): Plan {
  const assembled = assemble(request(entries, parts));
  assert.equal(assembled.kind, "assembled", JSON.stringify(assembled));
  return assembled.kind === "assembled" ? assembled.plan : assert.fail();
}

function problemsOf(entries: readonly StepEntry[], parts: Parameters<typeof request>[1] = {}): readonly string[] {
  const assembled = assemble(request(entries, parts));
  return assembled.kind === "invalid"
    ? assembled.problems.map((problem) => `${problem.code} ${problem.message}`)
    : assert.fail("the plan was assembled");
}

/** `id <- what it waits for`, in order. */
function orderOf(plan: Plan): readonly string[] {
  return plan.steps.map((one) => (one.waitsFor.length === 0 ? one.id : `${one.id} <- ${one.waitsFor.join(" ")}`));
}

const build = line("build", { uses: "build-wheel" });
const publishTo = (name: string, registry: string, parts: Partial<StepConfiguration> = {}): StepConfiguration =>
  step(name, { uses: "publish", environment: registry, ...parts });
const upload: StepEntry = { kind: "step", step: publishTo("upload", "pypi") };

// --- order --------------------------------------------------------------------------------------

test("assemble() has each line wait for the one above it", () => {
  assert.deepEqual(orderOf(planned([line("a"), line("b"), line("c")])), ["a", "b <- a", "c <- b"]);
});

test("assemble() has steps side by side wait for what stands above, and what stands below wait for all of them", () => {
  assert.deepEqual(orderOf(planned([line("a"), many("parallel", "p", step("x"), step("y")), line("z")])), [
    "a",
    "p/x <- a",
    "p/y <- a",
    "z <- p/x p/y",
  ]);
});

test("assemble() has the steps of a group wait for one another", () => {
  assert.deepEqual(orderOf(planned([line("a"), many("group", "g", step("x"), step("y")), line("z")])), [
    "a",
    "g/x <- a",
    "g/y <- g/x",
    "z <- g/y",
  ]);
});

test("assemble() fans a matrix out into legs, and what stands below waits for all", () => {
  const plan = planned([line("a", { matrix: { os: ["l", "m"], py: ["3.12"] } }), line("z")]);

  assert.deepEqual(orderOf(plan), ["a[os=l,py=3.12]", "a[os=m,py=3.12]", "z <- a[os=l,py=3.12] a[os=m,py=3.12]"]);
  assert.deepEqual(plan.steps[0]?.leg, { os: "l", py: "3.12" });
  assert.equal(plan.steps.at(-1)?.leg, undefined);
});

test("assemble() keeps what the line says of time-out, retry and being optional", () => {
  const plan = planned([line("a", { timeoutMs: 5, retry: 2, optional: true }), line("b")]);

  assert.deepEqual(
    plan.steps.map((one) => [one.timeoutMs, one.retry, one.optional]),
    [
      [5, 2, true],
      [60_000, 0, false],
    ],
  );
});

test("assemble() draws the line", () => {
  const plan = planned([build, many("parallel", "test", publishTo("try", "testpypi")), upload, line("after")]);

  assert.deepEqual(plan.line, { at: ["upload"], above: ["build", "check-artifacts", "test/try"], below: ["after"] });
});

// --- left out -----------------------------------------------------------------------------------

const untagged = { source: { commit: "c".repeat(40), moved: "stop", epochSeconds: 1 } } as const;

test("assemble() has those below a step left out wait for what it waited for", () => {
  const plan = planned([line("a"), line("b", when("tag")), line("c")], untagged);

  assert.deepEqual(orderOf(plan), ["a", "c <- a"]);
  assert.deepEqual(plan.leftOut, [{ id: "b", reason: "when: tag" }]);
});

test("assemble() hands on what one of several steps side by side waited for only if all are left out", () => {
  const some = planned([line("a"), many("parallel", "p", step("x", when("tag")), step("y")), line("z")], untagged);
  const none = planned([line("a"), many("parallel", "p", step("x", when("tag")), step("y", when("tag"))), line("z")], untagged);

  assert.deepEqual(orderOf(some), ["a", "p/y <- a", "z <- p/y"]);
  assert.deepEqual(orderOf(none), ["a", "z <- a"]);
});

test("assemble() leaves out every step of a group that is left out", () => {
  const entry: StepEntry = { kind: "group", name: "g", steps: [step("x"), step("y")], ...when("tag") };

  assert.deepEqual(planned([line("a"), entry], untagged).leftOut, [
    { id: "g/x", reason: "when: tag" },
    { id: "g/y", reason: "when: tag" },
  ]);
});

test("assemble() leaves out what a path leaves out, by name, group or id, and says by whom and why", () => {
  const path = { name: "hotfix", by: "ann", reason: "fire", leavesOut: ["b", "p", "g/x"] };
  const plan = planned([line("a"), line("b"), many("parallel", "p", step("q")), many("group", "g", step("x"), step("y"))], { path });

  assert.deepEqual(orderOf(plan), ["a", "g/y <- a"]);
  assert.deepEqual(
    plan.leftOut.map((one) => one.id),
    ["b", "p/q", "g/x"],
  );
  assert.equal(plan.leftOut[0]?.reason, 'path "hotfix", by ann: fire');
  assert.deepEqual(plan.path, path);
});

test("assemble() leaves out what takes something from a step left out, and what reads from it; nothing else", () => {
  const entries = [
    line("build", { uses: "build-wheel", ...when("tag") }),
    upload,
    line("installs", { uses: "verify-install", with: { from: "pypi" } }),
    line("other"),
  ];
  const plan = planned(entries, untagged);

  assert.deepEqual(orderOf(plan), ["other"]);
  assert.deepEqual(plan.leftOut, [
    { id: "build", reason: "when: tag" },
    { id: "upload", reason: '"build", which makes what it takes, is left out' },
    { id: "installs", reason: '"upload", which publishes to pypi, is left out' },
  ]);
});

test("assemble() keeps what takes something that another step still makes", () => {
  const plan = planned([build, line("second", { uses: "build-wheel", ...when("tag") }), upload], untagged);

  assert.ok(plan.steps.some((one) => one.id === "upload"));
});

test("assemble() leaves out, of packages with versions of their own, what is for those that are not released", () => {
  const traits: Partial<Record<string, Partial<StepTraits>>> = {
    "build-crate": { builds: "crates" },
    publish: { takes: [{ kinds: ["crate"], packages: [] }] },
  };
  const entries = [build, line("crates", { uses: "build-crate" }), line("out", { uses: "publish" })];
  const describing: DescribeStep = (use) => (traits[use.uses] === undefined ? describe(use) : { kind: "described", traits: { ...plain, ...traits[use.uses] } }); // prettier-ignore

  const plan = planned(entries, { file: { versions: "each" }, describe: describing });
  assert.deepEqual(plan.steps.map(({ id }) => id), ["build"]); // prettier-ignore
  assert.deepEqual(plan.leftOut, [
    { id: "crates", reason: "no package of the ecosystem crates is released" },
    { id: "out", reason: "no package that it is for is released" },
  ]);
  assert.deepEqual(problemsOf(entries, { describe: describing }), [
    'PLAN_INVALID Cannot plan step "out": it takes crate, and no step above makes any',
  ]);
});

test("assemble() refuses a plan of which nothing is left", () => {
  assert.deepEqual(problemsOf([line("a", when("tag"))], untagged), ["PLAN_INVALID Cannot plan: every step is left out"]);
});

// --- artifacts ----------------------------------------------------------------------------------

test("assemble() refuses a step that takes what no step makes, or reads what none publishes", () => {
  assert.deepEqual(problemsOf([upload]), ['PLAN_INVALID Cannot plan step "upload": it takes wheel or sdist, and no step above makes any']);
  assert.deepEqual(problemsOf([line("installs", { uses: "verify-install", with: { from: "pypi" } })]), [
    'PLAN_INVALID Cannot plan step "installs": it reads what this release publishes to pypi, and no step above publishes there',
  ]);
});

test("assemble() does not take a step beside another for one above it: it would publish nothing", () => {
  assert.deepEqual(problemsOf([many("parallel", "p", step("build", { uses: "build-wheel" }), publishTo("upload", "pypi"))]), [
    'PLAN_INVALID Cannot plan step "p/upload": it takes wheel or sdist, and no step above makes any',
  ]);
  assert.match(
    problemsOf([
      build,
      many("parallel", "p", publishTo("upload", "pypi"), step("try", { uses: "verify-install", with: { from: "pypi" } })),
    ])[0] ?? "",
    /"p\/try": it reads what this release publishes to pypi/,
  );
});

test("assemble() checks artifacts by itself before the first step that takes them", () => {
  assert.deepEqual(orderOf(planned([build, line("lint"), upload, line("after")])), [
    "build",
    "lint <- build",
    "check-artifacts <- lint",
    "upload <- check-artifacts",
    "after <- upload",
  ]);
});

test("assemble() checks artifacts inside a group, and once before steps side by side", () => {
  assert.deepEqual(orderOf(planned([build, many("group", "g", step("x"), publishTo("upload", "pypi"))])), [
    "build",
    "g/x <- build",
    "check-artifacts <- g/x",
    "g/upload <- check-artifacts",
  ]);
  assert.deepEqual(orderOf(planned([build, many("parallel", "p", step("x"), publishTo("one", "pypi"), publishTo("two", "testpypi"))])), [
    "build",
    "check-artifacts <- build",
    "p/x <- check-artifacts",
    "p/one <- check-artifacts",
    "p/two <- check-artifacts",
  ]);
});

test("assemble() does not check for steps side by side that are left out", () => {
  const plan = planned([build, many("parallel", "p", step("x"), publishTo("one", "pypi", when("tag")))], untagged);

  assert.deepEqual(orderOf(plan), ["build", "p/x <- build"]);
});

test("assemble() checks again what was made after the first check", () => {
  const plan = planned([build, upload, line("again", { uses: "build-wheel" }), { kind: "step", step: publishTo("second", "testpypi") }]);

  assert.deepEqual(orderOf(plan).slice(-3), ["again <- upload", "check-artifacts-2 <- again", "second <- check-artifacts-2"]);
});

test("assemble() leaves the check to the file where it has a line for it, and checks nothing that needs no check", () => {
  const written = planned([build, line("mine", { uses: "check-artifacts" }), upload]);
  const other = planned([line("bill", { uses: "sbom" }), line("x")]);

  assert.deepEqual(orderOf(written), ["build", "mine <- build", "upload <- mine"]);
  assert.deepEqual(orderOf(other), ["bill", "x <- bill"]);
});

test("assemble() does not let a step that is called check-artifacts stand for the check", () => {
  assert.match(problemsOf([build, line("check-artifacts"), upload])[0] ?? "", /"check-artifacts": a step of that name does something else/);
});

// --- environments and gates ---------------------------------------------------------------------

const gated = { file: { environments: [environment("pypi", { approvals }), environment("testpypi", { gate: "pypi" })] } };

test("assemble() gives a step the gate of its environment, shared or its own", () => {
  const plan = planned([build, { kind: "step", step: publishTo("try", "testpypi") }, upload], gated);

  assert.deepEqual(
    plan.steps.map((one) => one.gate),
    [undefined, undefined, "pypi", "pypi"],
  );
});

test("assemble() keeps the environment whose rule a gate goes by, though no step is performed in it", () => {
  const plan = planned([build, { kind: "step", step: publishTo("try", "testpypi") }], gated);
  const atStep = planned([line("start", { gate: "pypi" })], gated);

  for (const one of [plan, atStep]) assert.deepEqual(one.environments.find((found) => found.name === "pypi")?.approvals, approvals);
  assert.deepEqual(planned([line("x")], gated).environments, []);
});

test("assemble() does not let a gate at a step stand for the gate of its environment", () => {
  const file = { environments: [environment("pypi", { approvals }), environment("testpypi", { approvals })] };

  assert.match(
    problemsOf([build, { kind: "step", step: publishTo("upload", "pypi", { gate: "testpypi" }) }], { file })[0] ?? "",
    /names the gate "testpypi", and its environment "pypi" has the gate "pypi"/,
  );
  assert.equal(
    planned([build, { kind: "step", step: publishTo("upload", "pypi", { gate: "pypi" }) }], { file }).steps.at(-1)?.gate,
    "pypi",
  );
});

// --- what is refused ----------------------------------------------------------------------------

test("assemble() says what this version does not do yet, all at once and each at its place", () => {
  const file = { source: { moved: "restart", carry: [] }, logs: { folder: "var/logs" } } as const;
  const assembled = assemble(request([line("a", { uses: "attest" }), line("b")], { file }));

  assert.equal(assembled.kind, "invalid");
  if (assembled.kind !== "invalid") return;
  assert.deepEqual(
    assembled.problems.map((problem) => problem.code),
    Array.from({ length: 3 }, () => "NOT_YET"),
  );
  assert.ok(assembled.problems.every((problem) => problem.place !== undefined && problem.hint !== undefined));
});

test("assemble() hands on what a step refuses, at the place it names", () => {
  const assembled = assemble(request([line("a", { with: { wrong: true } }), line("b", { uses: "none" })]));

  assert.equal(assembled.kind, "invalid");
  if (assembled.kind !== "invalid") return;
  assert.deepEqual(assembled.problems, [
    {
      code: "PLAN_INVALID",
      message: "Cannot use it: it is wrong",
      hint: "Leave it out",
      place: { file: "slipway.yaml", line: 1, column: 5 },
    },
    { code: "PLAN_INVALID", message: 'Cannot use "none"', place: { file: "slipway.yaml", line: 1, column: 4 } },
  ]);
});

test("assemble() refuses a step that changes the source beside others, and takes it on a line of its own", () => {
  const keeps = { keep: ["x"] };
  const beside = assemble(request([many("parallel", "both", step("a", keeps), step("b"))]));
  const alone = assemble(request([line("a", keeps), line("b")]));

  assert.match(
    beside.kind === "invalid" ? (beside.problems[0]?.message ?? "") : "",
    /it changes the source, and other steps run beside it/,
  );
  assert.equal(alone.kind, "assembled");
});

// --- the digest ---------------------------------------------------------------------------------

test("assemble() gives one plan for one configuration, whatever order its members were written in", () => {
  const entries = [build, upload];
  const one = planned(entries, {
    inputs: { a: 1, b: 2 },
    file: { environments: [environment("pypi", { variables: { A: "1", B: "2" } })] },
  });
  const other = planned(entries, {
    inputs: { b: 2, a: 1 },
    file: { environments: [environment("pypi", { variables: { B: "2", A: "1" } })] },
  });

  assert.equal(digestPlan(one, sha256OfText), digestPlan(other, sha256OfText));
});

test("assemble() puts every step after all it waits for", () => {
  const plan = planned([
    build,
    many("parallel", "p", step("x"), step("y", { matrix: { os: ["l", "m"] } })),
    many("group", "g", publishTo("try", "testpypi"), step("z")),
    upload,
  ]);
  const seen = new Set<string>();
  for (const one of plan.steps) {
    assert.ok(
      one.waitsFor.every((id) => seen.has(id)),
      one.id,
    );
    seen.add(one.id);
  }
  assert.equal(seen.size, plan.steps.length);
});
