import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCoreMetadata } from "../../domain/pypi/core-metadata.ts";
import type { OpenedDistribution } from "./distribution.ts";
import { setFindings } from "./set.ts";

function opened(
  name: string,
  lines: readonly string[],
  parts: { readonly sha256?: string; readonly id?: string } = {},
): OpenedDistribution {
  const id = parts.id ?? "demo";
  return {
    distribution: {
      kind: name.endsWith(".whl") ? "wheel" : "sdist",
      name,
      file: `/store/${name}`,
      sizeBytes: 1,
      planned: { id, name: id, version: "1.0" },
      ...(parts.sha256 === undefined ? {} : { sha256: parts.sha256 }),
    },
    folder: "demo-1.0",
    metadata: parseCoreMetadata(["Metadata-Version: 2.4", "Name: demo", "Version: 1.0", ...lines, ""].join("\n")),
    findings: [],
  };
}

const wheelA = "demo-1.0-cp312-cp312-win32.whl";
const wheelB = "demo-1.0-cp312-cp312-win_amd64.whl";
const sdist = "demo-1.0.tar.gz";
const idsOf = (all: readonly OpenedDistribution[]) => setFindings(all).map((list) => list.map((one) => `${one.level} ${one.id}`));

describe("setFindings()", () => {
  it("finds nothing when all files say the same, in whatever order and spacing", () => {
    const one = ["Requires-Dist: a>=1", "Requires-Dist: b", 'Requires-Dist: c; extra == "x"', "Requires-Python: >=3.9, <4"];
    const other = ["Requires-Dist: b", "Requires-Dist: c ; extra == 'x'", "Requires-Dist: a >=1", "Requires-Python: <4,>=3.9"];

    assert.deepEqual(idsOf([opened(wheelA, one), opened(wheelB, other), opened(sdist, one)]), [[], [], []]);
  });

  for (const field of ["Requires-Python: >=3.10", "License-Expression: MIT", "License: BSD", "Requires-Dist: x", "Provides-Extra: x"]) {
    it(`finds that one file alone says "${field}"`, () => {
      const [, [finding] = []] = setFindings([opened(wheelA, []), opened(wheelB, [field])]);

      assert.equal(finding?.id, "SET-DIFFERS");
      assert.equal(finding?.level, "error");
      assert.match(finding?.message ?? "", /in "demo-1.0-cp312-cp312-win32.whl" it is ""; an index keeps only the first file's/);
    });
  }

  it("warns of another summary or description", () => {
    const ids = idsOf([opened(wheelA, ["Summary: a", "", "Hello"]), opened(wheelB, ["Summary: b", "", "Bye"])]);

    assert.deepEqual(ids, [[], ["warning SET-DIFFERS", "warning SET-DIFFERS"]]);
  });

  it("leaves to the build what an sdist calls dynamic", () => {
    const dynamic = opened(sdist, ["Dynamic: Requires-Dist"]);

    assert.deepEqual(idsOf([dynamic, opened(wheelA, ["Requires-Dist: a"]), opened(wheelB, ["Requires-Dist: a"])]), [[], [], []]);
    assert.deepEqual(idsOf([opened(sdist, []), opened(wheelA, ["Requires-Dist: a"])]), [[], ["error SET-DIFFERS"]]);
  });

  it("finds a second sdist, a name twice and bytes under two names", () => {
    assert.deepEqual(idsOf([opened(sdist, []), opened("demo-1.0.0.tar.gz", [])])[1], ["error SET-SDISTS"]);
    assert.deepEqual(idsOf([opened(wheelA, []), opened(wheelA, [])])[1], ["error SET-NAME"]);
    assert.deepEqual(idsOf([opened(wheelA, [], { sha256: "a" }), opened(wheelB, [], { sha256: "a" })])[1], ["error SET-BYTES"]);
  });

  it("compares the files of one package only", () => {
    assert.deepEqual(idsOf([opened(wheelA, ["License: A"]), opened("other-1.0-py3-none-any.whl", ["License: B"], { id: "other" })]), [
      [],
      [],
    ]);
  });
});
