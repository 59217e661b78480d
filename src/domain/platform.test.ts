import assert from "node:assert/strict";
import { test } from "node:test";
import { hostsFor } from "./platform.ts";

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
