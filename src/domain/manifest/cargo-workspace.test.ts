import assert from "node:assert/strict";
import { test } from "node:test";
import { findWorkspace } from "./cargo-workspace.ts";
import type { ManifestTree } from "./manifest-tree.ts";

function treeOf(files: Readonly<Record<string, string>>): ManifestTree {
  return { read: async (path) => files[path], folders: async (_folder, pattern) => [pattern] };
}

async function published(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const found = await findWorkspace("Cargo.toml", treeOf(files));
  assert.ok(found.kind === "workspace", JSON.stringify(found));
  return found.workspace.files.flatMap(({ manifest }) => (manifest.package?.publishable === true ? [manifest.package.name] : []));
}

const member = (name: string, more = ""): string => `[package]\nname = "${name}"\nversion = "1.0.0"\n${more}`;

test("`publish` is inherited from the workspace where a member says so, and only there", async () => {
  const files = {
    "a/Cargo.toml": member("a", "publish.workspace = true\n"),
    "b/Cargo.toml": member("b", "publish = { workspace = true }\n"),
    "c/Cargo.toml": member("c"),
  };
  const root = (publish: string): string => `[workspace]\nmembers = ["a", "b", "c"]\n[workspace.package]\n${publish}\n`;

  assert.deepEqual(await published({ ...files, "Cargo.toml": root("publish = false") }), ["c"]);
  assert.deepEqual(await published({ ...files, "Cargo.toml": root("publish = []") }), ["c"]);
  assert.deepEqual(await published({ ...files, "Cargo.toml": root("publish = true") }), ["a", "b", "c"]);
  assert.deepEqual(await published({ ...files, "Cargo.toml": root('publish = ["crates-io"]') }), ["a", "b", "c"]);
});

test("a member without a version is published only where it says so, as cargo has it since 1.75", async () => {
  assert.deepEqual(
    await published({
      "Cargo.toml": '[workspace]\nmembers = ["a", "b"]\n[workspace.package]\nversion = "1.0.0"\n',
      "a/Cargo.toml": '[package]\nname = "a"\n',
      "b/Cargo.toml": '[package]\nname = "b"\nversion.workspace = true\n',
    }),
    ["b"],
  );
});
