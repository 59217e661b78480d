import assert from "node:assert/strict";
import { test } from "node:test";
import { aFoundPackage, aHistory, aTag, configurationOf, type HistoryParts } from "../../test/support/app.ts";
import { SlipwayError } from "../domain/error.ts";
import type { Asked } from "./asked.ts";
import { chooseRelease, type Release } from "./release.ts";

interface Choice {
  readonly rule?: string;
  readonly versions?: "one" | "each";
  readonly on?: string;
  readonly histories?: Readonly<Record<string, HistoryParts>>;
  readonly tags?: readonly string[];
  readonly asked?: Partial<Asked>;
}

function choose({ rule = "commits", versions = "each", on = "dispatch: {}", histories = {}, tags = [], asked = {} }: Choice): Release {
  const pattern = (id: string): string => (versions === "one" ? "v{version}" : `${id}-v{version}`);
  const packages = ["a", "b", "c"].map((id) => `${id}: { path: ${id}, tag: "${pattern(id)}" }`).join(", ");
  const configuration = configurationOf(
    `slipway: 1\nproject: many\nversions: ${versions}\npackages: { ${packages} }\nversion: { from: ${rule} }\non: { ${on} }\n${rule === "input" ? "inputs: { version: version }\n" : ""}environments: { pypi: { registry: pypi, credentials: { token: T } } }\nsteps: { bump: { uses: bump }, build: { uses: build-wheel }, pypi: { uses: publish, environment: pypi } }\n`,
  );
  const around = {
    packages: configuration.packages.map((one) => aFoundPackage(configuration, one.id)),
    tagsHere: tags.map((tag) => aTag(tag)),
    shallow: false,
    histories: new Map(Object.entries(histories).map(([id, parts]) => [id, aHistory(parts)])),
  };
  return chooseRelease(configuration, around, {
    pipeline: undefined,
    version: undefined,
    inputs: {},
    path: undefined,
    mayAssumeTag: false,
    ...asked,
  });
}

function refusal(choice: Choice): SlipwayError {
  try {
    throw new Error(`it was taken as ${JSON.stringify(choose(choice))}`);
  } catch (error) {
    assert.ok(error instanceof SlipwayError, String(error));
    return error;
  }
}

const planned = (choice: Choice): string =>
  choose(choice)
    .packages.map(({ id, version }) => `${id} ${version}`)
    .join(", ");
const changed = {
  a: { final: "1.0.0", commits: ["feat: x"] },
  b: { final: "1.0.0", commits: ["docs: x"] },
  c: { final: "1.0.0", commits: ["fix: x"] },
};

test("by commits, those packages are released that have something to release", () => {
  const release = choose({ histories: changed });

  assert.deepEqual(
    release.packages.map(({ id, version, tag }) => [id, version, tag]),
    [
      ["a", "1.1.0", "a-v1.1.0"],
      ["c", "1.0.1", "c-v1.0.1"],
    ],
  );
  assert.equal(release.release.title, "a 1.1.0, c 1.0.1");
});

test("by an input, those that changed since their last release; by the manifest, those whose version is not released yet", () => {
  const histories = { ...changed, c: { final: "1.0.0" } };
  assert.equal(planned({ rule: "input", histories, asked: { version: "minor" } }), "a 1.1.0, b 1.1.0");

  const written = { a: { final: "1.0.0" }, b: { final: "0.9.0" }, c: {} };
  assert.equal(planned({ rule: "manifest", histories: written }), "b 1.0.0, c 1.0.0", "c was never released");
});

test("--package chooses, and an unfinished run keeps what it was begun with", () => {
  assert.equal(planned({ histories: changed, asked: { packages: ["c"] } }), "c 1.0.1");
  const begun = { packages: [{ id: "a" }], tags: [] };
  assert.equal(planned({ histories: changed, asked: { begun } }), "a 1.1.0");
  assert.deepEqual(
    [refusal({ histories: changed, asked: { packages: ["d"] } }).code, refusal({ histories: changed, asked: { packages: ["b"] } }).code],
    ["USAGE", "NOTHING_TO_RELEASE"],
  );
  assert.match(refusal({ histories: changed, versions: "one", asked: { packages: ["a"] } }).message, /carry one version/);
});

test("a tag releases its own package, and no other by --package", () => {
  const byTag: Choice = { rule: "manifest", on: "tag: [a, b, c]", tags: ["b-v1.0.0"], histories: changed };

  assert.equal(planned(byTag), "b 1.0.0");
  assert.equal(refusal({ ...byTag, asked: { packages: ["a"] } }).code, "PLAN_INVALID", "no tag of a leads here");
});

test("of tags of two packages at one commit, --package says which is meant", () => {
  const byTags: Choice = { rule: "manifest", on: "tag: [a, b, c]", tags: ["a-v1.0.0", "b-v1.0.0"], histories: changed };

  assert.match(refusal(byTags).hint ?? "", /--package/);
  assert.equal(planned({ ...byTags, asked: { packages: ["b"] } }), "b 1.0.0");
});

test("without a tag yet, the plan is that of the first package whose version is not released", () => {
  const byTag: Choice = { rule: "manifest", on: "tag: [a, b, c]", asked: { mayAssumeTag: true } };

  assert.equal(planned({ ...byTag, histories: { a: { final: "1.0.0" }, b: { final: "0.9.0" }, c: {} } }), "b 1.0.0");
});

test("nothing of any package is refused with the last tags", () => {
  const idle = { a: { final: "1.0.0" }, b: { final: "1.0.0" }, c: { final: "1.0.0" } };

  const error = refusal({ histories: idle });

  assert.deepEqual(
    [error.code, error.message],
    ["NOTHING_TO_RELEASE", 'Cannot plan a release: nothing of 3 packages came since "v1.0.0", "v1.0.0", "v1.0.0"'],
  );
});
