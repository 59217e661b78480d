// The rehearsal index answers as PyPI does: same codes, same texts, same order (protocols §1.2 to §1.5). Asked by a
// program that is not our client.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startIndex } from "../support/pypi.ts";
import { sdist } from "../support/sdist.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { postUpload, type PostOptions } from "../support/upload-form.ts";
import { createVirtualClock } from "../support/virtual-clock.ts";
import { wheel } from "../support/wheel.ts";

const demo = { name: "Slip.Demo", version: "1.0" };
const dayMs = 24 * 60 * 60 * 1000;
const json = "application/vnd.pypi.simple.v1+json";

interface RefusalCase {
  readonly title: string;
  readonly options: PostOptions;
  readonly status?: number;
  readonly reason: RegExp;
  readonly built?: ReturnType<typeof wheel>;
}

const built = wheel(demo);
const source = sdist(demo);

const refusals: readonly RefusalCase[] = [
  { title: "no token", options: { authorization: undefined }, status: 403, reason: /^Invalid or non-existent authentication information\. See http:\/\/127\.0\.0\.1:\d+\/help\/#invalid-auth for more information\.$/ },
  { title: "a password", options: { authorization: `Basic ${Buffer.from("u:p").toString("base64")}` }, status: 403, reason: /^Invalid or non-existent authentication/ },
  { title: "a token that does not start as one", options: { authorization: `Basic ${Buffer.from("__token__:abc").toString("base64")}` }, status: 403, reason: /^Invalid or non-existent/ },
  { title: "another protocol version", options: { fields: { protocol_version: "2" } }, reason: /^Unknown protocol version\.$/ },
  { title: "no name", options: { fields: { name: undefined } }, reason: /^'' is an invalid value for Name\. Error: This field is required\. See / },
  { title: "a bad name", options: { fields: { name: "-demo" } }, reason: /^'-demo' is an invalid value for Name\. Error: Start and end with a letter or numeral/ },
  { title: "no file type", options: { fields: { filetype: undefined } }, reason: /^Invalid value for filetype\. Error: This field is required\.$/ },
  { title: "an egg", options: { fields: { filetype: "bdist_egg" } }, reason: /^Invalid value for filetype\. Error: Use a known file type\.$/ },
  { title: "a wheel without Python tag", options: { fields: { pyversion: undefined } }, reason: /^Invalid value for pyversion\. Error: Python version is required for binary distribution uploads\.$/ },
  { title: "an sdist with a Python tag", options: { fields: { pyversion: "py3" } }, built: source, reason: /^Invalid value for pyversion\. Error: Use 'source' as Python version for an sdist\.$/ },
  { title: "no digest", options: { fields: { sha256_digest: undefined } }, reason: /^Error: Include at least one message digest\.$/ },
  { title: "a digest that is none", options: { fields: { sha256_digest: "abc" } }, reason: /^Invalid value for sha256_digest\. Error: Use a valid, hex-encoded, SHA256 message digest\.$/ },
  { title: "a field sent as a file", options: { asFile: ["summary"], fields: { summary: "x" } }, reason: /^summary: Should not be a tuple\.$/ },
  { title: "an unknown metadata version", options: { fields: { metadata_version: "3.0" } }, reason: /^'3\.0' is not a valid metadata version\. See / },
  { title: "a metadata version that PyPI does not take yet", options: { fields: { metadata_version: "2.6" } }, reason: /^'2\.6' is not a valid metadata version\. See / },
  { title: "a bad version", options: { fields: { version: "one" } }, reason: /^'one' is invalid for 'version'\. See / },
  { title: "a local version", options: { fields: { version: "1.0+here" } }, reason: /^The use of local versions in '1\.0\+here' is not allowed\. See .*#local-version-identifiers for more information\.$/ },
  { title: "a summary of two lines", options: { fields: { summary: "a\nb" } }, reason: /^'summary' must be a single line\. See / },
  { title: "a long summary", options: { fields: { summary: "a".repeat(513) } }, reason: /^'summary' field must be 512 characters or less\. See / },
  { title: "a direct dependency", options: { fields: { requires_dist: ["other @ https://localhost/other.whl"] } }, reason: /^Can't have direct dependency: other @ https/ },
  { title: "two licences", options: { fields: { license: "MIT", license_expression: "MIT" } }, reason: /^License is deprecated when License-Expression is present\./ },
  { title: "a field before its time", options: { fields: { metadata_version: "2.1", license_expression: "MIT" } }, reason: /^license-expression introduced in metadata version 2\.4, not 2\.1\. See / },
  { title: "no file", options: { withoutFile: true }, reason: /^Upload payload does not have a file\.$/ },
  { title: "somebody else's package", options: { fields: { name: "other" } }, status: 403, reason: /^The user 'rehearsal' isn't allowed to upload to project 'other'\. See .*\/help\/#project-name for more information\.$/ },
  { title: "a path as file name", options: { fileName: "a/b.whl" }, reason: /^Cannot upload a file with '\/' or '\\' in the name\.$/ },
  { title: "an unknown ending", options: { fileName: "slip_demo-1.0.egg" }, reason: /^Invalid file extension: Use \.tar\.gz, \.whl or \.zip extension\. See / },
  { title: "a wheel that says it is an sdist", options: { fields: { filetype: "sdist", pyversion: "source" } }, reason: /^Invalid file extension: Extension \.whl is invalid for filetype sdist\. See / },
  { title: "an image", options: { contentType: "image/png" }, reason: /^Invalid distribution file\.$/ },
  { title: "another digest than the bytes have", options: { fields: { sha256_digest: "0".repeat(64) } }, reason: /^The digest supplied does not match a digest calculated from the uploaded file\.$/ },
  { title: "no zip under a wheel's name", options: {}, built: { ...built, bytes: Buffer.from("no zip"), sha256: "" }, reason: /^Invalid distribution file\. File is not a zipfile$/ },
  { title: "no gzip under an sdist's name", options: {}, built: { ...source, bytes: Buffer.from("no gzip"), sha256: "" }, reason: /^Invalid distribution file\. File is not a tarfile$/ },
  { title: "an sdist not named as PEP 625 says", options: { fileName: "Slip.Demo-1.0.tar.gz" }, built: source, reason: /^Filename 'Slip\.Demo-1\.0\.tar\.gz' is invalid, should be 'slip_demo-1\.0\.tar\.gz'\.$/ },
  { title: "an sdist of another package", options: { fileName: "other-1.0.tar.gz" }, built: source, reason: /^Start filename for 'Slip\.Demo' with 'slip_demo'\.$/ },
  { title: "a wheel of another package", options: { fileName: "other-1.0-py3-none-any.whl" }, reason: /^Start filename for 'Slip\.Demo' with 'slip_demo'\.$/ },
  { title: "a wheel whose name is not normalised", options: { fileName: "Slip_Demo-1.0-py3-none-any.whl" }, reason: /^Filename 'Slip_Demo-1\.0-py3-none-any\.whl' should contain the normalized project name 'slip_demo', not 'Slip_Demo'\.$/ },
  { title: "a wheel of another version", options: { fileName: "slip_demo-1.1-py3-none-any.whl" }, reason: /^Version in filename should be '1\.0' not '1\.1'\.$/ },
  { title: "a wheel with too few parts", options: { fileName: "slip_demo-1.0-any.whl" }, reason: /^Invalid wheel filename \(wrong number of parts\): 'slip_demo-1\.0-any'$/ },
  { title: "a wheel for plain Linux", options: { fileName: "slip_demo-1.0-cp312-cp312-linux_x86_64.whl" }, reason: /^Binary wheel 'slip_demo-1\.0-cp312-cp312-linux_x86_64\.whl' has an unsupported platform tag 'linux_x86_64'\.$/ },
]; // prettier-ignore

test("each wrong upload is refused with PyPI's code and words, in the reason phrase and in the body, and nothing is kept", async (t) => {
  const storeFolder = join(temporaryFolder(t), "index");
  const server = await startIndex(t, { ours: ["slip-demo"], storeFolder });

  for (const { title, options, status, reason, built: file } of refusals) {
    const answer = await postUpload(server.uploadUrl, demo, file ?? built, options);
    assert.equal(answer.status, status ?? 400, title);
    assert.match(answer.reason, reason, title);
    assert.match(answer.body, /<h1>\d{3} /, title);
  }

  assert.equal((await fetch(`${server.indexUrl}slip-demo/`)).status, 404);
  assert.deepEqual(readdirSync(join(storeFolder, "incoming")), [], "no temporary file stays");
  assert.equal(
    server.received().every((file) => file.stored === 0),
    true,
  );
});

test("an error is JSON for a client that asks for it", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });

  const answer = await postUpload(server.uploadUrl, demo, built, { accept: "application/json", fields: { protocol_version: "9" } });

  const body = JSON.parse(answer.body) as { message: string; code: string; title: string };
  assert.equal(body.code, "400 Unknown protocol version.");
  assert.equal(body.title, "Bad Request");
  assert.match(body.message, /Unknown protocol version\./);
});

test("the first failure in the server's order is the one that is told", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });
  const wrongEverywhere = {
    fields: { protocol_version: "9", filetype: "egg", version: "x", sha256_digest: "0".repeat(64) },
    fileName: "a/b",
  };

  const reasons = [
    await postUpload(server.uploadUrl, demo, built, { ...wrongEverywhere, authorization: undefined }),
    await postUpload(server.uploadUrl, demo, built, wrongEverywhere),
    await postUpload(server.uploadUrl, demo, built, { ...wrongEverywhere, fields: { ...wrongEverywhere.fields, protocol_version: "1" } }),
    await postUpload(server.uploadUrl, demo, built, { fields: { version: "x", sha256_digest: "0".repeat(64) }, fileName: "a/b" }),
    await postUpload(server.uploadUrl, demo, built, { fields: { sha256_digest: "0".repeat(64) }, fileName: "a/b" }),
    await postUpload(server.uploadUrl, demo, built, { fields: { sha256_digest: "0".repeat(64) } }),
  ].map((answer) => answer.reason.slice(0, 20));

  assert.deepEqual(reasons, [
    "Invalid or non-exist",
    "Unknown protocol ver",
    "Invalid value for fi",
    "'x' is invalid for '",
    "Cannot upload a file",
    "The digest supplied ",
  ]);
});

test("the same file again is 200 and changes nothing; the same name or content otherwise is refused by name and hash", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo", "slip-other"] });
  const other = wheel({ ...demo, summary: "Other" });
  const first = await postUpload(server.uploadUrl, demo, built);

  const again = await postUpload(server.uploadUrl, demo, built);
  const sameName = await postUpload(server.uploadUrl, demo, other, { fileName: built.name });
  const sameBytes = await postUpload(server.uploadUrl, { name: "slip-other", version: "1.0" }, built, {
    fileName: "slip_other-1.0-py3-none-any.whl",
  });

  assert.deepEqual([first.status, first.body, again.status, again.body], [200, "", 200, ""]);
  assert.match(
    sameName.reason,
    /^File already exists \('slip_demo-1\.0-py3-none-any\.whl', with blake2_256 hash '[0-9a-f]{64}'\)\. See .*#file-name-reuse for more information\.$/,
  );
  assert.match(sameBytes.reason, /^File already exists \('slip_other-1\.0-py3-none-any\.whl', /);
  const [kept] = server.received();
  assert.deepEqual(kept && [kept.stored, kept.repeated, kept.refused], [1, 1, 1]);
});

test("a deleted file's name stays burned", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });
  await postUpload(server.uploadUrl, demo, built);

  await server.owner.deleteFile(built.name);
  const answer = await postUpload(server.uploadUrl, demo, built);

  assert.match(answer.reason, /^This filename was previously used by a file that has since been deleted\. Use a different version\. See /);
});

test("a release takes files for fourteen days, and the same bytes for ever", async (t) => {
  const clock = createVirtualClock(Date.UTC(2026, 10, 1));
  const server = await startIndex(t, { ours: ["slip-demo"], clock });
  await postUpload(server.uploadUrl, demo, built);

  await clock.advance(14 * dayMs - 1000);
  const inTime = await postUpload(server.uploadUrl, demo, wheel({ ...demo, tag: "py2-none-any" }), { fields: { pyversion: "py2" } });
  await clock.advance(2000);
  const late = await postUpload(server.uploadUrl, demo, source);
  const again = await postUpload(server.uploadUrl, demo, built);

  assert.equal(inTime.status, 200);
  assert.equal(late.reason, "Uploading new files to releases older than 14 days is not allowed.");
  assert.equal(again.status, 200);
});

test("one sdist per release, where versions that are equal are one release", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });
  await postUpload(server.uploadUrl, demo, source);
  const second = { name: "Slip.Demo", version: "1.0.0" };

  const answer = await postUpload(server.uploadUrl, second, sdist(second));

  assert.equal(answer.reason, "Only one sdist may be uploaded per release.");
});

test("a file over the limit is refused after it was read to its end, and never kept", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"], fileLimitBytes: 1024 * 1024 });
  const large = wheel({ ...demo, files: { "slip_demo/data.bin": Buffer.alloc(1024 * 1024, 7) } });

  const answer = await postUpload(server.uploadUrl, demo, large);

  assert.match(answer.reason, /^File too large\. Limit for project 'Slip\.Demo' is 1 MB\. See /);
});

test("without the slash an upload is sent on by 308, and old calls are gone", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });

  const bare = await postUpload(server.uploadUrl.slice(0, -1), demo, built);
  const submit = await postUpload(server.uploadUrl, demo, built, { fields: { ":action": "submit" } });
  const inQuery = await postUpload(`${server.uploadUrl}?:action=file_upload`, demo, built, { fields: { ":action": undefined } });

  assert.equal(bare.status, 308);
  assert.equal(bare.headers.get("location"), "/legacy/");
  assert.match(bare.reason, /^An upload was attempted to \/legacy but the expected upload URL is \/legacy\/ \(with a trailing slash\)$/);
  assert.equal(submit.status, 410);
  assert.equal(inQuery.status, 200);
});

test("UNKNOWN counts as nothing, an empty value too", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });

  const answer = await postUpload(server.uploadUrl, demo, built, {
    fields: { summary: "UNKNOWN", home_page: "UNKNOWN", license: "", author_email: "UNKNOWN" },
  });

  assert.equal(answer.status, 200);
  const page = (await (await fetch(`${server.url}/pypi/slip-demo/json`)).json()) as { info: Record<string, unknown> };
  assert.deepEqual([page.info["summary"], page.info["home_page"], page.info["license"]], [null, null, null]);
});

test("the simple page has both forms, chosen by Accept, with all that installers use", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"], hooks: { readMetadata: async (_file, name) => (name.endsWith(".whl") ? built.metadata : undefined) } });
  await postUpload(server.uploadUrl, demo, built, { fields: { requires_python: ">=3.9" } });
  await postUpload(server.uploadUrl, demo, source);
  const page = `${server.indexUrl}slip-demo/`;
  const metadataDigest = createHash("sha256").update(built.metadata).digest("hex");

  const asJson = await fetch(page, { headers: { accept: json } });
  const asHtml = await fetch(page, { headers: { accept: "text/html" } });
  const uv = await fetch(page, { headers: { accept: `${json}, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01` } });
  const root = await fetch(server.indexUrl, { headers: { accept: json } });

  const value = (await asJson.json()) as { meta: unknown; versions: string[]; files: Record<string, unknown>[] };
  assert.equal(asJson.headers.get("content-type"), json);
  assert.equal(asJson.headers.get("x-pypi-last-serial"), "2");
  assert.deepEqual(value.meta, { "api-version": "1.4", "_last-serial": 2 });
  assert.deepEqual(value.versions, ["1.0"]);
  const [first, second] = value.files;
  assert.deepEqual(
    { ...first, url: "", "upload-time": "" },
    { filename: built.name, url: "", hashes: { sha256: built.sha256 }, "requires-python": ">=3.9", size: built.bytes.length, "upload-time": "", yanked: false, "data-dist-info-metadata": { sha256: metadataDigest }, "core-metadata": { sha256: metadataDigest }, provenance: null },
  );
  assert.deepEqual([second?.["filename"], second?.["core-metadata"]], [source.name, false]);
  const html = await asHtml.text();
  assert.match(asHtml.headers.get("content-type") ?? "", /^text\/html/);
  assert.match(html, new RegExp(`<a href="[^"]*${built.name}#sha256=${built.sha256}" data-requires-python="&gt;=3\\.9" data-dist-info-metadata="sha256=${metadataDigest}" data-core-metadata="sha256=${metadataDigest}">${built.name}</a>`));
  assert.equal(uv.headers.get("content-type"), json);
  assert.deepEqual(((await root.json()) as { projects: { name: string }[] }).projects.map((project) => project.name), ["Slip.Demo"]);
  const file = await fetch(String(first?.["url"]));
  assert.equal(createHash("sha256").update(Buffer.from(await file.arrayBuffer())).digest("hex"), built.sha256);
  assert.equal(await (await fetch(`${String(first?.["url"])}.metadata`)).text(), built.metadata);
  assert.equal((await fetch(`${String(second?.["url"])}.metadata`)).status, 404);
}); // prettier-ignore

test("a name that is not normalised is sent on, an unknown one is 404", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });
  await postUpload(server.uploadUrl, demo, built);
  const look = (path: string): Promise<Response> => fetch(`${server.url}${path}`, { redirect: "manual" });

  const answers = await Promise.all([look("/simple/Slip.Demo/"), look("/simple/slip-demo"), look("/simple/nobody/"), look("/pypi/Slip.Demo/json"), look("/pypi/slip-demo/9.9/json"), look("/packages/aa/bb/cc/x.whl")]);

  assert.deepEqual(
    answers.map((answer) => [answer.status, answer.headers.get("location")]),
    [[301, "/simple/slip-demo/"], [301, "/simple/slip-demo/"], [404, null], [301, "/pypi/slip-demo/json"], [404, null], [404, null]],
  );
}); // prettier-ignore

test("the older JSON pages show the latest release, one version, and no releases there", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });
  for (const version of ["1.0", "2.0rc1", "0.9"]) {
    const of = { name: "Slip.Demo", version };
    await postUpload(server.uploadUrl, of, wheel(of), { fields: { project_urls: "Source, https://localhost/x" } });
  }

  const latest = (await (await fetch(`${server.url}/pypi/slip-demo/json`)).json()) as { info: Record<string, unknown>; releases: Record<string, unknown[]> };
  const one = (await (await fetch(`${server.url}/pypi/slip-demo/2.0.0rc1/json`)).json()) as { info: Record<string, unknown>; releases?: unknown; urls: Record<string, Record<string, unknown>>[] };

  assert.equal(latest.info["version"], "1.0");
  assert.deepEqual(latest.info["project_urls"], { Source: "https://localhost/x" });
  assert.deepEqual(Object.keys(latest.releases), ["2.0rc1", "1.0", "0.9"]);
  assert.equal(one.info["version"], "2.0rc1");
  assert.equal(one.releases, undefined);
  assert.deepEqual(Object.keys(one.urls[0]?.["digests"] ?? {}), ["md5", "sha256", "blake2b_256"]);
}); // prettier-ignore

test("a yanked release stays and says so", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });
  await postUpload(server.uploadUrl, demo, built);

  await server.owner.yank("slip_demo", "1.0.0", "broken");

  const page = (await (await fetch(`${server.indexUrl}slip-demo/`, { headers: { accept: json } })).json()) as {
    files: { yanked: unknown }[];
  };
  assert.equal(page.files[0]?.yanked, "broken");
  assert.match(await (await fetch(`${server.indexUrl}slip-demo/`)).text(), /data-yanked="broken"/);
});

test("the same folder opens again with everything, counts included", async (t) => {
  const storeFolder = join(temporaryFolder(t), "index");
  const first = await startIndex(t, { ours: ["slip-demo"], storeFolder });
  await postUpload(first.uploadUrl, demo, built);
  await postUpload(first.uploadUrl, demo, built);
  writeFileSync(join(storeFolder, "incoming", "half"), "left by a kill");
  await first.close();

  const second = await startIndex(t, { ours: ["slip-demo"], storeFolder });

  assert.deepEqual(second.received(), first.received());
  assert.deepEqual(readdirSync(join(storeFolder, "incoming")), []);
  assert.equal((await postUpload(second.uploadUrl, demo, built)).status, 200);
  assert.deepEqual(
    second.received().map((file) => [file.stored, file.repeated]),
    [[1, 2]],
  );
});

test("two uploads of one file at the same moment are kept once", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });

  const answers = await Promise.all([1, 2, 3, 4].map(() => postUpload(server.uploadUrl, demo, built)));

  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200]);
  assert.deepEqual(
    server.received().map((file) => [file.stored, file.repeated]),
    [[1, 3]],
  );
});

test("it listens on the loopback address alone, and every answer says that it is a rehearsal", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });
  const quiet = await startIndex(t, { ours: ["slip-demo"], announced: false });

  const answers = await Promise.all([
    fetch(server.indexUrl),
    fetch(`${server.url}/nothing`),
    postUpload(server.uploadUrl, demo, built),
    fetch(quiet.indexUrl),
  ]);

  assert.equal(new URL(server.url).hostname, "127.0.0.1");
  assert.deepEqual(
    answers.map((answer) => answer.headers.get("x-slipway-rehearsal")),
    ["pypi", "pypi", "pypi", null],
  );
});

test("a description that does not render and an archive that is not right are refused as the hooks say", async (t) => {
  const server = await startIndex(t, {
    ours: ["slip-demo"],
    hooks: {
      rendersDescription: async (text) => !text.includes("broken"),
      classifiers: async (written) => (classifier) => (written.includes(classifier) && classifier.startsWith("Private :: ") ? "known" : "unknown"),
      checkArchive: async (_file, { licenseFiles }) =>
        licenseFiles.includes("GONE") ? { kind: "contents", message: "License-File GONE does not exist" } : licenseFiles.includes("ODD") ? { kind: "invalid", why: "ZIP archive not accepted: odd" } : { kind: "fine" },
    },
  });

  const reasons = [
    await postUpload(server.uploadUrl, demo, built, { fields: { description: "broken" } }),
    await postUpload(server.uploadUrl, demo, built, { fields: { description: "broken", description_content_type: "text/markdown" } }),
    await postUpload(server.uploadUrl, demo, built, { fields: { license_file: "ODD" }, fileName: "Slip_Demo-1.0-py3-none-any.whl" }),
    await postUpload(server.uploadUrl, demo, built, { fields: { license_file: "GONE" }, fileName: "Slip_Demo-1.0-py3-none-any.whl" }),
    await postUpload(server.uploadUrl, demo, built, { fields: { license_file: "GONE" } }),
    await postUpload(server.uploadUrl, demo, built, { fields: { classifiers: "Topic :: Slipping" } }),
  ].map((answer) => answer.reason);

  assert.match(reasons[0] ?? "", /^The description failed to render in the default format of reStructuredText\. See .*#description-content-type for more information\.$/);
  assert.match(reasons[1] ?? "", /^The description failed to render for 'text\/markdown'\. See /);
  assert.equal(reasons[2], "Invalid distribution file. ZIP archive not accepted: odd");
  assert.match(reasons[3] ?? "", /^Filename 'Slip_Demo-/);
  assert.equal(reasons[4], "License-File GONE does not exist");
  assert.match(reasons[5] ?? "", /'Topic :: Slipping' is not a valid classifier/);
}); // prettier-ignore
