import assert from "node:assert/strict";
import { test } from "node:test";
import { aFoundPackage, aHistory, configurationOf, type HistoryParts } from "../../test/support/app.ts";
import { SlipwayError } from "../domain/error.ts";
import type { Asked } from "./asked.ts";
import type { FoundPackage } from "./packages/found.ts";
import { chooseRelease, needsHistory, type Release } from "./release.ts";

interface Choice {
  readonly rule: string;
  readonly top?: string;
  readonly bump?: boolean;
  readonly found?: Partial<FoundPackage>;
  readonly history?: HistoryParts;
  readonly asked?: Partial<Asked>;
  readonly shallow?: boolean;
}

function configurationFor({ rule, top = "", bump = true }: Choice) {
  return configurationOf(
    `slipway: 1\nproject: demo\npackages: { demo: { path: ., tag: "v{version}" } }\nversion: ${rule}\n${top}environments: { pypi: { registry: pypi, credentials: { token: T } } }\nsteps: { ${bump ? "bump: { uses: bump }, " : ""}build: { uses: build-wheel }, pypi: { uses: publish, environment: pypi } }\n`,
  );
}

const input = "inputs: { version: version }\n";

function choose(choice: Choice): Release {
  const configuration = configurationFor(choice);
  const packages = [aFoundPackage(configuration, "demo", choice.found)];
  const asked: Asked = { pipeline: undefined, version: undefined, inputs: {}, path: undefined, mayAssumeTag: false, ...choice.asked };
  const histories = choice.history === undefined ? {} : { histories: new Map([["demo", aHistory(choice.history)]]) };
  return chooseRelease(configuration, { packages, tagsHere: [], shallow: choice.shallow ?? false, ...histories }, asked);
}

function refusal(choice: Choice): SlipwayError {
  try {
    throw new Error(`it was taken as ${JSON.stringify(choose(choice))}`);
  } catch (error) {
    assert.ok(error instanceof SlipwayError, String(error));
    return error;
  }
}

const versionOf = (choice: Choice): string | undefined => choose(choice).packages[0]?.version;
const byInput = { rule: "{ from: input }", top: input };
const nothingSaid: Partial<FoundPackage> = { manifestVersion: undefined, why: "hatch-vcs derives it from the tag" };

test("a word counts from what the manifest says, and is in the plan as the version that it meant", () => {
  for (const [word, version] of [
    ["major", "2.0.0"],
    ["minor", "1.1.0"],
    ["patch", "1.0.1"],
    ["minor-rc", "1.1.0rc1"],
  ] as const) {
    const said = choose({ ...byInput, asked: { version: word } });
    const given = choose({ ...byInput, asked: { inputs: { version: word } } });

    assert.deepEqual([said.packages[0]?.version, said.inputs], [version, { version }]);
    assert.deepEqual(given, said);
  }
});

test("the resolved version, said again, gives the same release; a candidate counts on", () => {
  const first = choose({ ...byInput, asked: { version: "minor" } });

  assert.deepEqual(choose({ ...byInput, asked: { inputs: first.inputs } }), first);
  assert.equal(
    versionOf({ ...byInput, found: { manifestVersion: { version: "1.1.0rc1", file: "f" } }, asked: { version: "pre" } }),
    "1.1.0rc2",
  );
});

test("where no manifest says a version, a word counts from the newest release tag", () => {
  const choice = { ...byInput, found: nothingSaid, asked: { version: "minor" } };

  assert.equal(versionOf({ ...choice, history: { newest: "1.4.0", final: "1.4.0" } }), "1.5.0");
  assert.equal(refusal({ ...choice, history: {} }).code, "VERSION_INVALID");
  assert.equal(refusal({ ...choice, shallow: true }).code, "SOURCE_SHALLOW");
});

test("a mistaken word is answered with the nearest one, a mistaken version with how to write it", () => {
  assert.equal(refusal({ ...byInput, asked: { version: "minr" } }).hint, 'Did you mean "minor"?');
  assert.match(refusal({ ...byInput, asked: { version: "1.2.x" } }).hint ?? "", /Write a version, or one of major, minor/);
  assert.match(refusal(byInput).hint ?? "", /`slipway run minor`/);
});

test("a word where the file does not ask for a version is refused with what would take it", () => {
  const error = refusal({ rule: "{ from: manifest }", bump: false, asked: { version: "minor", mayAssumeTag: true } });

  assert.equal(error.code, "VERSION_INVALID");
  assert.match(error.message, /Cannot count "minor".*"demo" is at "1\.0\.0"/);
});

// --- commits ----------------------------------------------------------------------------------

const byCommits = { rule: "{ from: commits }" };
const released = { newest: "1.0.0", final: "1.0.0" };

test("commits since the last release say the version", () => {
  assert.equal(versionOf({ ...byCommits, history: { ...released, commits: ["feat: x", "fix: y"] } }), "1.1.0");
  assert.equal(versionOf({ ...byCommits, history: {} }), "1.0.0", "a first release is what the manifest says");
});

test("nothing to release is refused with the last tag", () => {
  const error = refusal({ ...byCommits, history: { ...released, commits: ["docs: x"] } });

  assert.deepEqual([error.code, error.exitCode], ["NOTHING_TO_RELEASE", 6]);
  assert.equal(error.message, 'Cannot plan a release of "demo": since "v1.0.0" the one commit asks for no release');
});

test("without a step that writes the version, the manifest has to say what the commits ask for", () => {
  const choice = { ...byCommits, bump: false, history: { ...released, commits: ["feat: x"] } };

  assert.match(refusal(choice).message, /Cannot release "demo" 1\.1\.0, as its commits ask: "pyproject\.toml" says "1\.0\.0"/);
  assert.equal(versionOf({ ...choice, found: { manifestVersion: { version: "1.1.0", file: "f" } } }), "1.1.0");
  assert.equal(versionOf({ ...choice, found: nothingSaid }), "1.1.0", "a version from tags is told by the tag that is made");
});

test("another version than the commits ask for is refused, and so is a clone that may lack the last tag", () => {
  const history = { ...released, commits: ["feat: x"] };

  assert.equal(refusal({ ...byCommits, history, asked: { version: "1.0.1" } }).code, "VERSION_MISMATCH");
  assert.equal(versionOf({ ...byCommits, history, asked: { version: "1.1" } }), "1.1.0");
  assert.equal(refusal({ ...byCommits, history: {}, shallow: true }).code, "SOURCE_SHALLOW");
});

// --- development ------------------------------------------------------------------------------

const untagged = { rule: "{ from: manifest, untagged: dev }", top: "on: { tag: demo, dispatch: {} }\n" };

test("a run without a release tag builds X.devN on the way to the next version, and is a prerelease", () => {
  const next = { newest: "0.9.0", final: "0.9.0", distance: 7 };
  const release = choose({ ...untagged, history: next });

  assert.deepEqual(
    [release.packages[0]?.version, release.tag, release.trigger, release.release.prerelease],
    ["1.0.0.dev7", undefined, "dispatch", true],
  );
  assert.equal(versionOf({ ...untagged, history: { newest: "1.0.0", final: "1.0.0", distance: 3 } }), "1.0.1.dev3");
  assert.equal(
    versionOf({
      ...untagged,
      found: { manifestVersion: { version: "1.1.0rc1", file: "f" } },
      history: { newest: "1.1.0rc1", final: "1.0.0", distance: 3 },
    }),
    "1.1.0rc2.dev3",
    "it sorts after the candidate that is released",
  );
});

test("a dev number is counted in a whole clone alone", () => {
  assert.equal(refusal({ ...untagged, history: { distance: 1 }, shallow: true }).code, "SOURCE_SHALLOW");
});

test("history is read where something is counted from it, and not otherwise", () => {
  const needs = (choice: Choice, asked: Partial<Asked> = {}): boolean => {
    const configuration = configurationFor(choice);
    const packages = [aFoundPackage(configuration, "demo", choice.found)];
    return needsHistory(
      configuration,
      { pipeline: undefined, version: undefined, inputs: {}, path: undefined, mayAssumeTag: true, ...asked },
      { packages },
    );
  };

  assert.deepEqual(
    [needs(byCommits), needs(untagged), needs({ ...byInput, found: nothingSaid }, { version: "minor" })],
    [true, true, true],
  );
  assert.deepEqual(
    [needs(byInput, { version: "minor" }), needs(byInput, { version: "1.2.0" }), needs({ rule: "{ from: manifest }" })],
    [false, false, false],
  );
});
