import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSimplePage, type SimplePage } from "./simple-index.ts";

const at = "https://localhost/simple/demo/";
const digest = "0123456789abcdef".repeat(4);

function page(type: string, text: string, url = at): SimplePage {
  const parsed = parseSimplePage(type, text, url);
  assert.equal(parsed.kind, "page", parsed.kind === "unreadable" ? parsed.why : "");
  return parsed.kind === "page" ? parsed.page : { files: [] };
}

const html = (text: string, url = at) => page("text/html; charset=utf-8", text, url).files;
const json = (value: unknown) => page("application/vnd.pypi.simple.v1+json", JSON.stringify(value));

test("HTML: addresses are resolved, digests taken from the fragment, entities decoded, yanks kept with their reason", () => {
  const files = html(`<!DOCTYPE html><html><body>
    <a href="../../packages/demo-1.0.tar.gz#sha256=${digest.toUpperCase()}" data-requires-python="&gt;=3.8">demo-1.0.tar.gz</a><br/>
    <A HREF='https://files.localhost/demo-1.0-py3-none-any.whl#md5=00' data-yanked="Broken &amp; bad">demo-1.0-py3-none-any.whl</A>
    <a href="/x/demo-1.1.zip" data-yanked>demo-1.1.zip</a>
    <a data-note="a > b" href=demo-1.2.tar.gz>demo-1.2.tar.gz</a>
  </body></html>`);

  assert.deepEqual(files, [
    { name: "demo-1.0.tar.gz", url: "https://localhost/packages/demo-1.0.tar.gz", sha256: digest },
    { name: "demo-1.0-py3-none-any.whl", url: "https://files.localhost/demo-1.0-py3-none-any.whl", yanked: "Broken & bad" },
    { name: "demo-1.1.zip", url: "https://localhost/x/demo-1.1.zip", yanked: true },
    { name: "demo-1.2.tar.gz", url: "https://localhost/simple/demo/demo-1.2.tar.gz" },
  ]);
});

test("HTML: what is no file is no file, and what is commented out is not there", () => {
  const files = html(
    `<a href="/">Home</a> <a name="x">anchor</a> <!-- <a href="demo-9.tar.gz">demo-9.tar.gz</a> --> <a href="demo-1.0%2Bx.tar.gz"><b>1.0</b></a>`,
  );

  assert.deepEqual(files, [{ name: "demo-1.0+x.tar.gz", url: "https://localhost/simple/demo/demo-1.0%2Bx.tar.gz" }]);
});

test("HTML: a base address is honoured", () => {
  const [file] = html(`<base href="https://mirror.localhost/p/"><a href="demo-1.0.tar.gz">demo-1.0.tar.gz</a>`);

  assert.equal(file?.url, "https://mirror.localhost/p/demo-1.0.tar.gz");
});

test("HTML: an empty list is an empty list, a page for people is not", () => {
  assert.deepEqual(html("<html><body></body></html>"), []);
  assert.equal(parseSimplePage("text/html", "<form><input type=password></form>", at).kind, "unreadable");
});

test("HTML: a page that was cut in a tag is unreadable, because more may have been listed", () => {
  for (const cut of ["<a href='demo-1.0.tar.gz", "<a href=x>demo-1.0.tar.gz</a><a hr", "<!-- <a>"]) {
    assert.equal(parseSimplePage("text/html", cut, at).kind, "unreadable", cut);
  }
});

test("HTML: a status of the project is read", () => {
  assert.equal(page("text/html", `<meta name="pypi:project-status" content="quarantined">`).status, "quarantined");
});

test("JSON: files, versions and status are read; what is missing stays out", () => {
  const read = json({
    meta: { "api-version": "1.4" },
    versions: ["1.0"],
    "project-status": { status: "active" },
    files: [
      {
        filename: "demo-1.0.tar.gz",
        url: "../../f/demo-1.0.tar.gz",
        hashes: { sha256: digest },
        size: 5,
        "upload-time": "2026-11-21T00:00:00Z",
        yanked: "",
      },
      { filename: "demo-1.0-py3-none-any.whl", url: "https://f.localhost/x", hashes: { md5: "00" }, yanked: false, size: -1 },
    ],
  });

  assert.deepEqual(read, {
    files: [
      {
        name: "demo-1.0.tar.gz",
        url: "https://localhost/f/demo-1.0.tar.gz",
        sha256: digest,
        sizeBytes: 5,
        uploadedAt: "2026-11-21T00:00:00Z",
        yanked: true,
      },
      { name: "demo-1.0-py3-none-any.whl", url: "https://f.localhost/x", yanked: false },
    ],
    versions: ["1.0"],
    status: "active",
  });
});

test("JSON: an address of provenance is told, null is none, and an index that says nothing tells nothing", () => {
  const file = (more: object) => ({ filename: "demo-1.0.tar.gz", url: "https://f.localhost/x", hashes: {}, ...more });
  const files = [file({ provenance: "https://f.localhost/p" }), file({ provenance: null }), file({})];
  const read = json({ meta: { "api-version": "1.3" }, files });

  assert.deepEqual(
    read?.files.map(({ attested }) => attested),
    [true, false, undefined],
  );
});

test("JSON: a page that cannot be trusted to be whole is unreadable, not empty", () => {
  for (const text of [
    "",
    "[]",
    "{}",
    '{"files":{}}',
    '{"files":[{}]}',
    '{"files":[{"filename":"a"}]}',
    '{"meta":{"api-version":"2.0"},"files":[]}',
  ]) {
    assert.equal(parseSimplePage("application/vnd.pypi.simple.v1+json", text, at).kind, "unreadable", text);
  }
  assert.equal(parseSimplePage("text/plain", "", at).kind, "unreadable");
});
