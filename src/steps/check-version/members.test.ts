import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage } from "../../../test/support/ports.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { lookAtMembers } from "./members.ts";

const treeOf = (files: Readonly<Record<string, string>>) => ({
  read: async (path: string) => files[path],
  folders: async () => Object.keys(files).map((file) => file.slice(0, file.lastIndexOf("/"))),
});
const kinds = async (one: Partial<PlannedPackage>, files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
  (await lookAtMembers(aPackage({ version: "1.0.0", folder: ".", ...one }), treeOf(files))).map(
    ({ kind, message }) => `${kind} ${message}`,
  );

test("every member of a workspace has to say the planned version, where it says it itself or the workspace does", async () => {
  const files = {
    "Cargo.toml": '[workspace]\nmembers = ["*"]\n[workspace.package]\nversion = "1.0.0"\n',
    "a/Cargo.toml": '[package]\nname = "a"\nversion.workspace = true\n',
    "b/Cargo.toml": '[package]\nname = "b"\nversion = "0.9.0"\n',
  };
  const members = ["a", "b"].map((name) => ({ name, folder: name }));

  assert.deepEqual(await kinds({ ecosystem: "crates", members }, files), [
    'agrees "Cargo.toml" says 1.0.0',
    'wrong "b/Cargo.toml" says 0.9.0, and the plan says 1.0.0',
  ]);
});

test("an npm package says its version in its package.json; an image says none", async () => {
  assert.deepEqual(await kinds({ ecosystem: "npm" }, { "package.json": '{"name": "a", "version": "1.0.0"}' }), ['agrees "package.json" says 1.0.0']); // prettier-ignore
  assert.deepEqual(await kinds({ ecosystem: "npm" }, { "package.json": '{"name": "a"}' }), ['wrong "package.json" says no version, and the plan says 1.0.0']); // prettier-ignore
  assert.deepEqual(await kinds({ ecosystem: "npm" }, {}), [
    `wrong Cannot find the manifest of "${aPackage().id}": "." has no package.json`,
  ]);
  assert.deepEqual(await kinds({ ecosystem: "oci" }, {}), []);
});
