import assert from "node:assert/strict";
import { test } from "node:test";
import { findNpmWorkspace, readNpmFile } from "./npm-workspace.ts";
import { manifestTree } from "../../../test/support/manifest-trees.ts";

const json = (name: string, more: object = {}): string => JSON.stringify({ name, version: "1.0.0", ...more });

async function names(files: Readonly<Record<string, string>>, folder = "."): Promise<readonly (string | undefined)[]> {
  const tree = manifestTree(files);
  const own = await readNpmFile(folder, tree);
  assert.ok(own?.kind === "file");
  return (await findNpmWorkspace(own.file, tree)).files.map(({ manifest }) => manifest.name);
}

const members = { "packages/a/package.json": json("a"), "packages/b/package.json": json("b"), "other/c/package.json": json("c") };

test("a pnpm workspace is found by its pnpm-workspace.yaml, from the root and from a member", async () => {
  const files = {
    ...members,
    "package.json": json("root"),
    "pnpm-workspace.yaml": 'packages:\n  - "packages/*"\n  - "!packages/b" # not this one\ncatalog:\n  react: ^19\n',
  };

  assert.deepEqual(await names(files), ["root", "a"]);
  assert.deepEqual(await names(files, "packages/a"), ["root", "a"]);
  assert.deepEqual(await names(files, "packages/b"), ["b"]);
});

test("what pnpm-workspace.yaml says counts before `workspaces`, as pnpm has it; one without packages makes no workspace", async () => {
  const root = json("root", { workspaces: ["other/*"] });

  assert.deepEqual(await names({ ...members, "package.json": root, "pnpm-workspace.yaml": "packages: [packages/a]\n" }), ["root", "a"]);
  assert.deepEqual(await names({ ...members, "package.json": root, "pnpm-workspace.yaml": "onlyBuiltDependencies: [esbuild]\n" }), [
    "root",
    "c",
  ]);
  assert.deepEqual(await names({ ...members, "package.json": json("root"), "pnpm-workspace.yaml": "onlyBuiltDependencies: []\n" }), [
    "root",
  ]);
});

test("a pnpm-workspace.yaml that cannot be read is refused with its place", async () => {
  const tree = manifestTree({ ...members, "package.json": json("root"), "pnpm-workspace.yaml": "packages: [\n" });
  const own = await readNpmFile(".", tree);
  assert.ok(own?.kind === "file");

  const { refused } = await findNpmWorkspace(own.file, tree);
  assert.deepEqual(
    refused.map((one) => [one.file, one.refusal.line]),
    [["pnpm-workspace.yaml", 2]],
  );
});
