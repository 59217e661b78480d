import assert from "node:assert/strict";
import { test } from "node:test";
import { goTarget, readTarget, rustTarget } from "./platform-targets.ts";

const host = "linux-x86_64";

const targets: readonly (readonly [string, string | undefined, string | undefined])[] = [
  ["linux-x86_64", "x86_64-unknown-linux-gnu", "linux/amd64"],
  ["linux-amd64-static", "x86_64-unknown-linux-musl", "linux/amd64"],
  ["linux-aarch64-static", "aarch64-unknown-linux-musl", "linux/arm64"],
  ["macos-arm64", "aarch64-apple-darwin", "darwin/arm64"],
  ["macos-universal2", undefined, undefined],
  ["windows-x86_64", "x86_64-pc-windows-gnu", "windows/amd64"],
  ["windows-arm64", "aarch64-pc-windows-gnullvm", "windows/arm64"],
];
for (const [words, rust, go] of targets) {
  test(`the targets of ${words} are those of rustc and go`, () => {
    const read = readTarget(words);

    assert.equal(read.kind, "target");
    if (read.kind !== "target") return;
    const told = goTarget(read.target);
    assert.equal(rustTarget(read.target, host), rust);
    assert.equal(told === undefined ? undefined : `${told.GOOS}/${told.GOARCH}`, go);
  });
}

test("on Windows the linker is Microsoft's", () => {
  const read = readTarget("windows-x86_64");

  assert.equal(read.kind === "target" && rustTarget(read.target, "windows-x86_64"), "x86_64-pc-windows-msvc");
});

test("a platform that no executable can be for is refused in words", () => {
  const why = (words: string): string => {
    const read = readTarget(words);
    return read.kind === "unclear" ? read.why : read.kind;
  };

  assert.match(why("solaris-x86_64"), /^names no platform/);
  assert.match(why("linux"), /^names no processor/);
  assert.match(why("linux-x86_64-musl"), /^ends with "-musl"/);
  assert.match(why("macos-arm64-static"), /^asks for a static executable/);
  assert.match(why("linux-x86_64-static-static"), /^ends with "-static"/);
});
