import assert from "node:assert/strict";
import { test } from "node:test";
import { aFoundPackage, aTag, configurationOf } from "../../test/support/app.ts";
import { SlipwayError } from "../domain/error.ts";
import type { FoundPackage } from "./packages/found.ts";
import type { Asked } from "./asked.ts";
import { chooseRelease, plannedSource, type Release } from "./release.ts";

const head = 'slipway: 1\nproject: demo\npackages: { demo: { path: ., tag: "v{version}" } }\n';
const tail =
  "environments: { pypi: { registry: pypi, credentials: { token: T } } }\nsteps: { build: { uses: build-wheel }, pypi: { uses: publish, environment: pypi } }\n";
const byTag = `${head}on: { tag: demo }\n${tail}`;

interface Choice {
  readonly text?: string;
  readonly tags?: readonly Parameters<typeof aTag>[];
  readonly found?: Partial<FoundPackage>;
  readonly asked?: Partial<Asked>;
  readonly shallow?: boolean;
}

function choose(choice: Choice): Release {
  const configuration = configurationOf(choice.text ?? byTag);
  const packages = configuration.packages.map((one) => aFoundPackage(configuration, one.id, choice.found));
  const asked: Asked = { pipeline: undefined, version: undefined, inputs: {}, path: undefined, mayAssumeTag: false, ...choice.asked };
  return chooseRelease(
    configuration,
    { packages, tagsHere: (choice.tags ?? []).map((tag) => aTag(...tag)), shallow: choice.shallow ?? false },
    asked,
  );
}

function refusal(choice: Choice): SlipwayError {
  try {
    const release = choose(choice);
    throw new Error(`it was taken as ${JSON.stringify(release)}`);
  } catch (error) {
    assert.ok(error instanceof SlipwayError, String(error));
    return error;
  }
}

const nothingSaid: Partial<FoundPackage> = { manifestVersion: undefined, why: "hatch-vcs derives it from the tag" };

test("a release tag at the commit starts its pipeline with the version that it means", () => {
  const release = choose({ tags: [["v1.0.0"], ["unrelated"]] });

  assert.deepEqual(
    [release.trigger, release.tag, release.tagAssumed, release.packages[0]?.version, release.release],
    ["tag", "v1.0.0", false, "1.0.0", { title: "demo 1.0.0", prerelease: false }],
  );
});

test("a candidate's tag makes a prerelease, in the form of the package's ecosystem", () => {
  const release = choose({ tags: [["v1.1.0-rc.1"]], found: { manifestVersion: { version: "1.1.0rc1", file: "pyproject.toml" } } });

  assert.deepEqual(release.release, { title: "demo 1.1.0rc1", prerelease: true });
});

test("without a tag a run stops and names the command that makes it", () => {
  const error = refusal({});

  assert.equal(error.code, "PLAN_INVALID");
  assert.match(error.hint ?? "", /git tag -a v1\.0\.0/);
});

test("a plan or rehearsal goes on from the tag of tomorrow", () => {
  const release = choose({ asked: { mayAssumeTag: true } });

  assert.deepEqual([release.tag, release.tagAssumed, release.versionAssumed], ["v1.0.0", true, undefined]);
});

test("where nothing says the version, what is likely is assumed and told", () => {
  const assumed = { version: "4.5.0", from: "PKG-INFO says" };

  const release = choose({ asked: { mayAssumeTag: true }, found: { ...nothingSaid, assumed } });

  assert.deepEqual([release.tag, release.packages[0]?.version, release.versionAssumed], ["v4.5.0", "4.5.0", assumed]);
});

test("a version that a person names comes before any that is assumed", () => {
  const release = choose({
    asked: { mayAssumeTag: true, version: "5.0" },
    found: { ...nothingSaid, assumed: { version: "4.5.0", from: "PKG-INFO says" } },
  });

  assert.deepEqual([release.tag, release.packages[0]?.version, release.versionAssumed], ["v5.0", "5.0", undefined]);
});

test("an assumed version never starts a run", () => {
  const error = refusal({ found: { ...nothingSaid, assumed: { version: "4.5.0", from: "PKG-INFO says" } } });

  assert.equal(error.code, "PLAN_INVALID");
});

const refusals: readonly (readonly [string, Choice, string, RegExp])[] = [
  [
    "a tag that the manifest contradicts",
    { tags: [["v1.0.1"]] },
    "VERSION_MISMATCH",
    /means version "1\.0\.1" but the manifest says "1\.0\.0" \(in "pyproject\.toml"\)/,
  ],
  ["a tag that says no version plainly", { tags: [["v1.0.0-1"]] }, "VERSION_INVALID", /Cannot use "v1\.0\.0-1" as a release tag/],
  ["two tags that both fit", { tags: [["v1.0.0"], ["v1.0"]] }, "PLAN_INVALID", /"v1\.0\.0", "v1\.0" all lead to this commit/],
  [
    "no version and nothing to assume",
    { asked: { mayAssumeTag: true }, found: nothingSaid },
    "PLAN_INVALID",
    /Cannot tell the version of "demo": hatch-vcs derives it from the tag/,
  ],
  [
    "no version in a shallow clone, even if something could be assumed",
    { asked: { mayAssumeTag: true }, shallow: true, found: { ...nothingSaid, assumed: { version: "1", from: "x" } } },
    "SOURCE_SHALLOW",
    /this clone is shallow/,
  ],
  ["a version that is not the manifest's", { asked: { version: "2.0", mayAssumeTag: true } }, "VERSION_MISMATCH", /./],
  [
    "a version that is none",
    { asked: { version: "new", mayAssumeTag: true }, found: nothingSaid },
    "VERSION_INVALID",
    /Cannot read "new" as a PEP 440 version/,
  ],
  ["a pipeline that is not there", { asked: { pipeline: "ship" } }, "USAGE", /there is no pipeline "ship"/],
  ["an input that is not there", { tags: [["v1.0.0"]], asked: { inputs: { all: true } } }, "USAGE", /no such input/],
];
for (const [what, choice, code, message] of refusals) {
  test(`refused: ${what}`, () => {
    const error = refusal(choice);

    assert.equal(error.code, code);
    assert.match(error.message, message);
  });
}

test("of a candidate's and a final tag at one commit, the manifest's is meant, or the one that is asked for", () => {
  const tags: Choice["tags"] = [["v1.0.0-rc.1"], ["v1.0.0"]];

  assert.equal(choose({ tags }).tag, "v1.0.0");
  assert.equal(choose({ tags, found: nothingSaid, asked: { version: "1.0.0rc1" } }).tag, "v1.0.0-rc.1");
});

const withPath = `${head}on: { tag: demo }\npeople: { maintainers: [ann, "bob@example.org"] }\nversion: { from: manifest, candidate: tried }\npaths: { hotfix: { leaves-out: [candidate], by: maintainers, reason: required } }\n${tail}`;

test("a final version wants a tried candidate, unless a declared path leaves that out", () => {
  const hotfix = { name: "hotfix", reason: "it burns", by: "ann <ann@example.org>" };

  assert.equal(choose({ text: withPath, tags: [["v1.0.0"]] }).release.candidate, "tried");
  const release = choose({ text: withPath, tags: [["v1.0.0"]], asked: { path: hotfix } });
  assert.equal(release.release.candidate, undefined);
  assert.deepEqual(release.path, { name: "hotfix", by: "ann", reason: "it burns", leavesOut: ["candidate"] });
});

const inputs = `${head}on: { dispatch: {} }\ninputs: { version: version, all: boolean, note: string }\nversion: { from: input }\n${tail}`;

test("inputs are checked and given their types", () => {
  const release = choose({ text: inputs, found: nothingSaid, asked: { version: "1.0", inputs: { all: "true", note: "x" } } });

  assert.deepEqual(release.inputs, { version: "1.0", all: true, note: "x" });
  assert.equal(release.trigger, "dispatch");
  assert.match(
    refusal({ text: inputs, found: nothingSaid, asked: { version: "1.0", inputs: { all: "perhaps" } } }).message,
    /neither true nor false/,
  );
});

const two = (versions: string): string =>
  `slipway: 1\nproject: duo\nversions: ${versions}\npackages: { a: { path: a, tag: "v{version}" }, b: { path: b } }\non: { tag: a }\nenvironments: { pypi: { registry: pypi, credentials: { token: T } } }\nsteps: { build: { uses: build-wheel }, pypi: { uses: publish, environment: pypi } }\n`;

test("packages that are released as one must say one version", () => {
  const configuration = configurationOf(two("one"));
  const packages = [
    aFoundPackage(configuration, "a"),
    aFoundPackage(configuration, "b", { manifestVersion: { version: "1.0.1", file: "b/pyproject.toml" } }),
  ];
  const asked: Asked = { pipeline: undefined, version: undefined, inputs: {}, path: undefined, mayAssumeTag: true };

  assert.throws(() => chooseRelease(configuration, { packages, tagsHere: [], shallow: false }, asked), { code: "VERSION_MISMATCH" });
});

test("of packages with versions of their own a tag releases its own package", () => {
  const configuration = configurationOf(two("each"));
  const packages = [
    aFoundPackage(configuration, "a"),
    aFoundPackage(configuration, "b", { manifestVersion: { version: "2.0", file: "b/pyproject.toml" } }),
  ];

  const release = chooseRelease(
    configuration,
    { packages, tagsHere: [aTag("v1.0.0")], shallow: false },
    { pipeline: undefined, version: undefined, inputs: {}, path: undefined, mayAssumeTag: false },
  );

  assert.deepEqual(
    release.packages.map((one) => [one.id, one.version]),
    [["a", "1.0.0"]],
  );
});

test("one tag that several packages share is one tag", () => {
  const configuration = configurationOf(
    two("one").replace("b: { path: b }", 'b: { path: b, tag: "v{version}" }').replace("tag: a }", "tag: [a, b] }"),
  );
  const packages = [aFoundPackage(configuration, "a"), aFoundPackage(configuration, "b")];

  const release = chooseRelease(
    configuration,
    { packages, tagsHere: [aTag("v1.0.0")], shallow: false },
    { pipeline: undefined, version: undefined, inputs: {}, path: undefined, mayAssumeTag: false },
  );

  assert.deepEqual([release.tag, release.packages.map((one) => one.version)], ["v1.0.0", ["1.0.0", "1.0.0"]]);
});

test("the plan's source names commit, tag and branch, and nothing of where it lies", () => {
  const configuration = configurationOf(byTag.replace("on:", "source: { branch: main }\non:"));
  const release = choose({ tags: [["v1.0.0"]] });

  assert.deepEqual(plannedSource(configuration, { commit: "c".repeat(40), epochSeconds: 5, carried: [] }, release), {
    commit: "c".repeat(40),
    epochSeconds: 5,
    moved: "stop",
    tag: "v1.0.0",
    branch: "main",
  });
  const carried = [{ path: "VERSION" }];
  assert.deepEqual(plannedSource(configuration, { commit: "c".repeat(40), epochSeconds: 5, carried }, release).carried, carried);
});

test("a package's changelog is in the plan with its tags, and absent where the file says nothing of one", () => {
  const told = choose({
    text: byTag.replace("{ path: .,", "{ path: ., changelog: { file: CHANGELOG.md, by: git-cliff },"),
    tags: [["v1.0.0"]],
  });

  assert.deepEqual(told.packages[0]?.changelog, { file: "CHANGELOG.md", required: false, by: "git-cliff", tag: "v{version}" });
  assert.equal("changelog" in (choose({ tags: [["v1.0.0"]] }).packages[0] ?? {}), false);
});

test("packages of one version share the release tags of the one that has them, for their changelogs too", () => {
  const told = choose({
    text: byTag.replace(
      'packages: { demo: { path: ., tag: "v{version}" } }',
      'versions: one\npackages: { demo: { path: ., tag: "v{version}" }, lib: { path: lib, changelog: { file: lib/CHANGES.md, required: true } } }',
    ),
    tags: [["v1.0.0"]],
  });

  assert.deepEqual(told.packages[1]?.changelog, { file: "lib/CHANGES.md", required: true, tag: "v{version}" });
});
