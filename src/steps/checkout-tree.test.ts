import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryFiles, type MemoryFiles } from "../../test/support/ports.ts";
import { treeOf, type Tree } from "./checkout-tree.ts";

/** A tree that tells what it asked for. */
function watched(texts: Parameters<typeof memoryFiles>[0]): { readonly tree: Tree; readonly asked: string[]; readonly files: MemoryFiles } {
  const files = memoryFiles(texts);
  const asked: string[] = [];
  const watch =
    <T>(word: string, ask: (path: string) => Promise<T>) =>
    (path: string): Promise<T> => {
      asked.push(`${word} ${path}`);
      return ask(path);
    };
  const tree = treeOf("/work", {
    ...files,
    info: watch("info", files.info),
    list: watch("list", files.list),
    readText: watch("read", files.readText),
  });
  return { tree, asked, files };
}

test("a file is read once, and is looked for only in a folder that has it", async () => {
  const { tree, asked } = watched({ "/work/a/one": "1", "/work/b": "2" });

  for (const path of ["a/one", "./a/one", "a/two", "a/src/three", "b/four", "c/five", "b", "../six"]) await tree.read(path);

  assert.deepEqual(asked, [
    "list /work",
    "info /work/a",
    "list /work/a",
    "info /work/a/one",
    "read /work/a/one",
    "info /work/b",
    "read /work/b",
  ]);
  assert.deepEqual(
    [await tree.read("a/one"), await tree.read("a/two"), await tree.read("b/four"), await tree.read("b")],
    ["1", undefined, undefined, "2"],
  );
});

test("behind a link to a folder a file is looked for, and a link itself is none", async () => {
  const { tree } = watched({ "/work/linked": { kind: "link" }, "/work/linked/file": "behind", "/work/link": { kind: "link" } });

  assert.equal(await tree.read("linked/file"), "behind");
  assert.equal(await tree.read("linked/none"), undefined);
  assert.equal(await tree.read("link"), undefined);
});
