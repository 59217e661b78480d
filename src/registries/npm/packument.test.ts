import assert from "node:assert/strict";
import { test } from "node:test";
import { parsePackument } from "./packument.ts";

const base = "http://127.0.0.1:1/@slip%2fdemo";
const sha512 = `sha512-${"A".repeat(86)}==`;

function read(document: unknown) {
  const parsed = parsePackument(JSON.stringify(document), base);
  assert.equal(parsed.kind, "packument");
  return parsed.packument;
}

test("a version is listed with its digest, address, time and words of deprecation", () => {
  const { versions, tags } = read({
    name: "@slip/demo",
    "dist-tags": { latest: "1.0.0", wrong: 5 },
    versions: {
      "1.0.0": {
        deprecated: "Old",
        dist: { tarball: "/@slip/demo/-/demo-1.0.0.tgz", integrity: `sha1-AAAA ${sha512}?x`, shasum: "A".repeat(40) },
      },
    },
    time: { created: "2026-01-01T00:00:00Z", "1.0.0": "2026-01-02T00:00:00Z" },
  });

  assert.deepEqual(versions.get("1.0.0"), {
    version: "1.0.0",
    url: "http://127.0.0.1:1/@slip/demo/-/demo-1.0.0.tgz",
    sha512,
    shasum: "a".repeat(40),
    deprecated: "Old",
    publishedAt: "2026-01-02T00:00:00Z",
  });
  assert.deepEqual([...tags], [["latest", "1.0.0"]]);
});

test("digests in another form are none, and an empty deprecation is none", () => {
  const { versions } = read({
    versions: { "1.0.0": { deprecated: "", dist: { integrity: "sha512-short==", shasum: "xyz" } }, "1.1.0": {} },
  });

  assert.deepEqual([...versions.values()], [{ version: "1.0.0", url: "" }, { version: "1.1.0", url: "" }]); // prettier-ignore
});

test("a version with a time and without an entry was unpublished", () => {
  const { unpublished } = read({ versions: { "1.1.0": {} }, time: { created: "x", modified: "x", "1.0.0": "x", "1.1.0": "x" } });

  assert.deepEqual([...unpublished], ["1.0.0"]);
});

test("a package of which all is gone has no versions", () => {
  const { versions, unpublished } = read({ name: "x", time: { unpublished: { time: "x" }, "1.0.0": "x" } });

  assert.deepEqual([versions.size, [...unpublished]], [0, ["1.0.0"]]);
});

test("what is no package document is said to be what it is", () => {
  const why = (text: string) => {
    const parsed = parsePackument(text, base);
    return parsed.kind === "unreadable" ? parsed.why : "read";
  };

  assert.match(why("<html>"), /web page/);
  assert.match(why("[]"), /no JSON object/);
  assert.match(why('{"versions":[]}'), /no table/);
  assert.match(why('{"versions":{"1.0.0":"x"}}'), /entry of version "1\.0\.0"/);
});

test("a version with attestations says so, and one without does not", () => {
  const dist = { tarball: "https://r.localhost/x.tgz" };
  const attested = { ...dist, attestations: { url: "https://r.localhost/-/npm/v1/attestations/demo@1.0.0" } };
  const parsed = parsePackument(
    JSON.stringify({ versions: { "1.0.0": { dist: attested }, "1.0.1": { dist } } }),
    "https://r.localhost/demo",
  );

  assert.ok(parsed.kind === "packument");
  assert.deepEqual(
    [...parsed.packument.versions.values()].map((one) => one.attested),
    [true, undefined],
  );
});
