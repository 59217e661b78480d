import assert from "node:assert/strict";
import { test } from "node:test";
import { cratesNeededBy } from "./needs.ts";

test("a crate needs what its tables name, past renamings and inheritance, for every target", () => {
  const root = '[workspace.dependencies]\nshared = { path = "shared", version = "1" }\nalias = { package = "real", version = "2" }\n';
  const manifest = `[package]
name = "demo"
[dependencies]
plain = "1"
alias.workspace = true
renamed = { package = "other", version = "1" }
[build-dependencies]
shared = { workspace = true, features = ["x"] }
[target.'cfg(unix)'.dependencies]
unix-only = { version = "1" }
[dev-dependencies]
local = { path = "../local" }
checked = { path = "../checked", version = "1" }
`;

  assert.deepEqual(cratesNeededBy(manifest, { root }), ["checked", "other", "plain", "real", "shared", "unix-only"]);
  assert.deepEqual(cratesNeededBy('[package]\nname = "demo"\n', {}), []);
});

test("an older version of a neighbour, asked of the registry, is no neighbour", () => {
  const versions = new Map([
    ["futures", "0.3.31"],
    ["big", "2.4.0"],
  ]);
  const needs = (dependency: string): readonly string[] => cratesNeededBy(`[dependencies]\n${dependency}\n`, { versions });

  assert.deepEqual(needs('old = { version = "0.1.25", package = "futures", optional = true }'), []);
  assert.deepEqual(needs('big = "1"'), []);
  assert.deepEqual(needs('futures = "0.3"'), ["futures"]);
  assert.deepEqual(needs('futures = "0.3.30"'), ["futures"]);
  assert.deepEqual(needs('big = "=2.3"'), ["big"]);
  assert.deepEqual(needs('big = ">=1, <3"'), ["big"]);
  assert.deepEqual(needs('big = { version = "1", path = "../big" }'), ["big"]);
});
