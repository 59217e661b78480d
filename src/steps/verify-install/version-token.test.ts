import assert from "node:assert/strict";
import { test } from "node:test";
import { saysVersion, versionWords } from "./version-token.ts";

const said: readonly (readonly [string, string])[] = [
  ["tool 0.2.0rc1", "0.2.0rc1"],
  ["tool, version v1.0\n", "1.0"],
  ["Hatch (1.0.)", "1.0"],
  ['{"version":"1.0"}', "1.0"],
  ["tool/1.0 (linux)", "1.0"],
  ["1!2.0.post1+local", "1!2.0.post1+local"],
];
const notSaid: readonly (readonly [string, string])[] = [
  ["tool 1.0.1", "1.0"],
  ["tool 11.0", "1.0"],
  ["tool 1.0rc1", "1.0"],
  ["tool 1.0-dev", "1.0"],
  ["tool-1.0", "1.0"],
  ["Python 3.12.1", "1.0"],
  ["", "1.0"],
];

for (const [output, version] of said) {
  test(`saysVersion() sees ${version} in ${JSON.stringify(output)}`, () => {
    assert.equal(saysVersion(output, version), true);
  });
}

for (const [output, version] of notSaid) {
  test(`saysVersion() does not see ${version} in ${JSON.stringify(output)}`, () => {
    assert.equal(saysVersion(output, version), false);
  });
}

test("versionWords() lists what looks like a version, for a message", () => {
  assert.deepEqual(versionWords("demo 1.2 on Python 3.12.1 (v9)"), ["1.2", "3.12.1", "9"]);
});
