import assert from "node:assert/strict";
import { test } from "node:test";
import { explainNoPlace, hostsFor } from "./platform.ts";

const cases: readonly (readonly [string, readonly string[]])[] = [
  ["linux-x86_64", ["linux-x86_64"]],
  ["linux-x86_64-static", ["linux-x86_64"]],
  ["linux-aarch64", ["linux-aarch64"]],
  ["linux", ["linux-x86_64", "linux-aarch64"]],
  ["macos-universal2", ["macos-x86_64", "macos-aarch64"]],
  ["macos-arm64", ["macos-aarch64"]],
  ["windows-amd64", ["windows-x86_64"]],
  ["linux-universal2", []],
  ["linux-constructor", []],
  ["plan9-x86_64", []],
  ["", []],
];

for (const [words, hosts] of cases) {
  test(`hostsFor() gives ${hosts.length} machines for "${words}"`, () => {
    assert.deepEqual(hostsFor(words), hosts);
  });
}

test("explainNoPlace() says nothing where the leg can run, or names no platform", () => {
  assert.equal(explainNoPlace("linux-x86_64", "linux-x86_64"), undefined);
  assert.equal(explainNoPlace("macos-universal2", "macos-aarch64"), undefined);
  assert.equal(explainNoPlace(undefined, "linux-x86_64"), undefined);
});

test("explainNoPlace() names the machine that is missing and the ways out", () => {
  const explained = explainNoPlace("linux-aarch64", "linux-x86_64");

  assert.match(explained?.message ?? "", /needs a machine that is linux-aarch64, and this one is linux-x86_64/);
  assert.match(explained?.hint ?? "", /Run the release on a machine that is linux-aarch64/);
});

test("explainNoPlace() names the command that brings in what was made elsewhere, where the leg makes files", () => {
  const explained = explainNoPlace("macos-universal2", "linux-x86_64", "files");

  assert.match(explained?.hint ?? "", /`slipway import FILE\.\.\. --platform macos-universal2 --by NAME --reason TEXT`/);
});

test("explainNoPlace() refuses words that name no platform", () => {
  assert.match(explainNoPlace("solaris-sparc", "linux-x86_64")?.message ?? "", /names no platform/);
});
