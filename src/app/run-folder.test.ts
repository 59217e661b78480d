import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { stepFileName } from "./run-folder.ts";

test("the name of a step without odd characters stays readable", () => {
  assert.equal(stepFileName("gates/lint"), "gates.lint");
  assert.equal(stepFileName("try[variant=cli,python=3.12]"), "try.variant-cli.python-3.12");
  assert.equal(stepFileName("build/wheels[platform=linux-x86_64]"), "build.wheels.platform-linux-x86_64");
});

test("no two steps share a folder", () => {
  const steps = ["a+b", "a b", "a/b", "a_b", "a.b", "A.b", "../../x", "..\\..\\x", "\n", "x".repeat(5_000), "x".repeat(5_001)].map(
    (value) => `tests[variant=${value}]`,
  );

  const names = steps.map((step) => stepFileName(step).toLowerCase());

  assert.equal(new Set(names).size, steps.length);
});

test("no name leaves the folder or is too long for a disk", () => {
  for (const step of ["tests[variant=../../../etc]", "tests[variant=/etc/passwd]", `tests[variant=${"é".repeat(300)}]`]) {
    const name = stepFileName(step);

    assert.equal(path.basename(name), name);
    assert.ok(Buffer.byteLength(name) < 200);
  }
});
