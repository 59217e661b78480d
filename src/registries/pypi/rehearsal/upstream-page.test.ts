import assert from "node:assert/strict";
import { test } from "node:test";
import { readUpstreamPage } from "./upstream-page.ts";

const at = "https://mirror.invalid/simple/dep/";
const html = (text: string) => readUpstreamPage("dep", "text/html; charset=utf-8", { text, url: at });

test("a page in HTML becomes the JSON form: absolute addresses, digests, metadata, yanks", () => {
  const page = html(`<!-- <a href="no-1.0.tar.gz">no</a> --><body>
    <a href="../../f/dep-1.0-py3-none-any.whl#sha256=AB12" data-requires-python="&gt;=3.8" data-core-metadata="sha256=cd34">dep-1.0-py3-none-any.whl</a>
    <a href='dep-1.1.tar.gz#md5=ef' data-yanked="">x</a> <a href=dep-1.2.zip data-dist-info-metadata=true>y</a> <a href="/">up</a></body>`);

  assert.deepEqual(page, {
    meta: { "api-version": "1.0" },
    name: "dep",
    files: [
      {
        filename: "dep-1.0-py3-none-any.whl",
        url: "https://mirror.invalid/f/dep-1.0-py3-none-any.whl",
        hashes: { sha256: "ab12" },
        "requires-python": ">=3.8",
        "core-metadata": { sha256: "cd34" },
        "data-dist-info-metadata": { sha256: "cd34" },
      },
      { filename: "dep-1.1.tar.gz", url: "https://mirror.invalid/simple/dep/dep-1.1.tar.gz", hashes: { md5: "ef" }, yanked: true },
      {
        filename: "dep-1.2.zip",
        url: "https://mirror.invalid/simple/dep/dep-1.2.zip",
        hashes: {},
        "core-metadata": true,
        "data-dist-info-metadata": true,
      },
    ],
  });
});

test("a base address is honoured, and a tag that never ends takes nothing with it", () => {
  const page = html(`<base href="https://files.invalid/d/"><a href="dep-1.0.tar.gz">a</a><a href="dep-2.0.tar.gz`);

  assert.deepEqual(
    page?.files.map((file) => file.url),
    ["https://files.invalid/d/dep-1.0.tar.gz"],
  );
});

test("a page in JSON keeps all it says, with absolute addresses", () => {
  const text = JSON.stringify({
    meta: { "api-version": "1.1" },
    name: "dep",
    versions: ["1.0"],
    files: [{ filename: "a", url: "../a", hashes: {}, size: 3 }],
  });

  assert.deepEqual(readUpstreamPage("dep", "application/vnd.pypi.simple.v1+json", { text, url: at }), {
    meta: { "api-version": "1.1" },
    name: "dep",
    versions: ["1.0"],
    files: [{ filename: "a", url: "https://mirror.invalid/simple/a", hashes: {}, size: 3 }],
  });
});

test("what is no page is undefined", () => {
  for (const [type, text] of [["application/json", "{"], ["application/json", "{}"], ["text/plain", ""], ["", ""]] as const) {
    assert.equal(readUpstreamPage("dep", type, { text, url: at }), undefined);
  }
}); // prettier-ignore
