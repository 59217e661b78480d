import assert from "node:assert/strict";
import { test } from "node:test";
import { fileUrl, latestRelease, negotiate, simpleHtml, simplePage } from "./pages.ts";
import { addFile, deleteFile, emptyState, yankRelease, type IndexState, type StoredFile } from "./state.ts";
import { canonicalVersion, readVersion } from "./names.ts";

const context = { url: "http://127.0.0.1:1", nowMs: 1_000 };
const forms = ["text/html", "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.v1+json"];

function file(name: string, rest: Partial<StoredFile> = {}): StoredFile {
  return { name, fileType: "sdist", pythonVersion: "source", sizeBytes: 1, sha256: "a".repeat(64), blake2: `${name.length}`.repeat(64).slice(0, 64), md5: "c".repeat(32), uploadedAtMs: 0, visibleFromMs: 0, ...rest }; // prettier-ignore
}

function holding(...versions: readonly string[]): IndexState {
  return versions.reduce<IndexState>((state, version) => {
    const read = readVersion(version);
    assert.ok(read);
    const metadata = [["requires_python", '>=3 & <"4"']] as const;
    return addFile(state, { project: "demo", displayName: "Demo", version: read.normal, canonical: canonicalVersion(read), metadata, file: file(`demo-${version}.tar.gz`) }); // prettier-ignore
  }, emptyState);
}

function demo(state: IndexState) {
  const project = state.projects["demo"];
  assert.ok(project);
  return project;
}

test("negotiate() gives what the client likes best, and HTML where nothing is said or fits", () => {
  const asked: readonly (readonly [string | undefined, string | undefined])[] = [
    [undefined, forms[0]],
    ["", forms[0]],
    ["*/*", forms[0]],
    ["application/vnd.pypi.simple.v1+json", forms[2]],
    ["application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01", forms[2]],
    ["text/html, application/vnd.pypi.simple.v1+json;q=0.9", forms[0]],
    ["application/*", forms[1]],
    ["application/vnd.pypi.simple.v1+json;q=0, text/*;q=0.1", forms[0]],
    ["image/png", forms[0]],
    ["application/vnd.pypi.simple.v1+json;q=x", forms[0]],
  ];
  for (const [accept, expected] of asked) assert.equal(negotiate(accept, forms), expected, accept);
});

test("simplePage() lists versions in their order, and a file only from when it is to be seen", () => {
  const state = holding("1.10", "1.9", "1.10rc1");
  const late = addFile(state, { project: "demo", displayName: "Demo", version: "2.0", canonical: "0!2", metadata: [], file: file("demo-2.0.tar.gz", { visibleFromMs: 1_001 }) }); // prettier-ignore

  assert.deepEqual(simplePage("demo", demo(late), context).versions, ["1.9", "1.10rc1", "1.10"]);
  assert.deepEqual(simplePage("demo", demo(late), { ...context, nowMs: 1_001 }).versions, ["1.9", "1.10rc1", "1.10", "2.0"]);
});

test("simpleHtml() escapes what packages may write", () => {
  const html = simpleHtml(simplePage("demo", demo(holding("1.0")), context));

  assert.match(html, /data-requires-python="&gt;=3 &amp; &lt;&quot;4&quot;"/);
  assert.doesNotMatch(html, /<"4"/);
});

test("fileUrl() puts a file under its content", () => {
  assert.equal(
    fileUrl({ name: "a.whl", blake2: `0123${"f".repeat(60)}` }, context.url),
    `http://127.0.0.1:1/packages/01/23/${"f".repeat(60)}/a.whl`,
  );
});

test("latestRelease() prefers what is not yanked, then finals, then the highest", () => {
  assert.equal(latestRelease(demo(holding("1.0", "2.0rc1")), context)?.version, "1.0");
  assert.equal(latestRelease(demo(holding("2.0rc1")), context)?.version, "2.0rc1");
  const yanked = yankRelease(holding("1.0", "1.1"), { project: "demo", canonical: "0!1.1" }, "");
  assert.equal(latestRelease(demo(yanked), context)?.version, "1.0");
  const deleted = deleteFile(holding("1.0", "1.1"), "demo-1.1.tar.gz");
  assert.equal(latestRelease(demo(deleted), context)?.version, "1.0");
});
