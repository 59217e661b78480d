import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareFiles, type HeldAt, type HeldFile } from "./verify-compare.ts";

const [one, two] = ["a".repeat(64), "b".repeat(64)];

function held(registry: string, name: string, parts: Partial<HeldFile> = {}): HeldFile {
  return { registry, name, said: one, is: one, yanked: false, ...parts };
}

function at(registry: string, files: readonly HeldFile[], parts: Partial<HeldAt> = {}): HeldAt {
  return { registry, test: false, state: files.length === 0 ? "absent" : "listed", files, ...parts };
}

function found(places: readonly HeldAt[], record?: ReadonlyMap<string, string>): readonly string[] {
  const { files, findings } = compareFiles(places, record);
  return [
    ...files.map(({ registry, name, verdict }) => `${registry} ${name} ${verdict}`),
    ...findings.map(({ id, level }) => `${id} ${level}`),
  ];
}

describe("registries held against each other, and against the record", () => {
  test("the same bytes everywhere are identical, and nothing is found", () => {
    const places = [at("trial", [held("trial", "x.whl")]), at("index", [held("index", "x.whl")])];

    assert.deepEqual(found(places), ["trial x.whl identical", "index x.whl identical"]);
    assert.deepEqual(found(places, new Map([["x.whl", one]])), ["trial x.whl identical", "index x.whl identical"]);
  });

  test("other bytes at one place are found, whether the index tells of them or not", () => {
    const told = held("index", "x.whl", { said: two, is: two });
    const silent = held("index", "x.whl", { said: undefined, is: two });
    const lying = held("index", "x.whl", { is: two });
    for (const file of [told, silent, lying]) {
      const places = [at("trial", [held("trial", "x.whl")]), at("index", [file])];
      assert.deepEqual(found(places), ["trial x.whl identical", "index x.whl different", "VR-DIFFERENT blocks"]);
    }
  });

  test("where all agree and the record does not, all differ", () => {
    const places = [at("trial", [held("trial", "x.whl")]), at("index", [held("index", "x.whl")])];

    assert.deepEqual(found(places, new Map([["x.whl", two]])), [
      "trial x.whl different",
      "index x.whl different",
      "VR-DIFFERENT blocks",
      "VR-DIFFERENT blocks",
    ]);
  });

  test("a file that one place lacks is missing there; without a record the other place says that there is one", () => {
    const places = [at("trial", [held("trial", "x.whl"), held("trial", "y.gz")]), at("index", [held("index", "x.whl")])];

    assert.deepEqual(found(places), [
      "trial x.whl identical",
      "trial y.gz identical",
      "index x.whl identical",
      "index y.gz missing",
      "VR-MISSING blocks",
    ]);
  });

  test("a version that a test index lacks as a whole was cleaned away, and one that the index lacks is missing", () => {
    const record = new Map([["x.whl", one]]);

    assert.deepEqual(found([at("trial", [], { test: true })], record), ["trial x.whl missing", "VR-MISSING warns"]);
    assert.deepEqual(found([at("index", [])], record), ["index x.whl missing", "VR-MISSING blocks"]);
  });

  test("a file that the record does not know is a stranger; without a record nobody can say so", () => {
    const places = [at("index", [held("index", "x.whl"), held("index", "z.whl")])];

    assert.deepEqual(found(places, new Map([["x.whl", one]])), ["index x.whl identical", "index z.whl stranger", "VR-STRANGER blocks"]);
    assert.deepEqual(found(places), ["index x.whl identical", "index z.whl identical"]);
  });

  test("a yanked file is found beside its right bytes", () => {
    assert.deepEqual(found([at("index", [held("index", "x.whl", { yanked: "broken" })])]), ["index x.whl identical", "VR-YANKED blocks"]);
  });

  test("a place that cannot be looked at lacks nothing, and a file that cannot be had is unknown", () => {
    const silent = at("trial", [], { state: "unknown" });
    const file = held("index", "x.whl", { is: undefined, why: "it did not answer" });

    assert.deepEqual(found([silent, at("index", [file])]), ["index x.whl unknown", "VR-UNKNOWN cannot-be-tried"]);
  });

  test("a file that is listed and not handed out is gone, and an image with another layer is different", () => {
    const gone = held("index", "x.whl", { is: undefined, gone: true, why: "the registry does not have it" });
    const layer = held("images", "sha256:a", { is: undefined, other: true, why: "another layer" });

    assert.deepEqual(found([at("index", [gone])]), ["index x.whl missing", "VR-MISSING blocks"]);
    assert.deepEqual(found([at("images", [layer])]), ["images sha256:a different", "VR-DIFFERENT blocks"]);
  });
});
