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

  assert.deepEqual(cratesNeededBy(manifest, root), ["checked", "other", "plain", "real", "shared", "unix-only"]);
  assert.deepEqual(cratesNeededBy('[package]\nname = "demo"\n', undefined), []);
});
