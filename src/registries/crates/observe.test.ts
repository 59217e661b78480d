import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { sha256 } from "../../domain/digest.ts";
import { readIndexFile } from "./index-lines.ts";
import { fileAddress } from "./look-up.ts";
import { judgeLine, surveyOf, versionsOf } from "./observe.ts";

const [ours, theirs] = [sha256("a".repeat(64)), sha256("b".repeat(64))];
const publication = { package: "demo", version: "1.0.0", name: "demo-1.0.0.crate", sha256: ours, sizeBytes: 10 };
const place = { registry: "crates", url: "https://index.example/de/mo/demo" };
const line = (more: object = {}) =>
  JSON.stringify({ name: "demo", vers: "1.0.0", deps: [], cksum: ours, features: {}, yanked: false, ...more });
const look = (...lines: readonly string[]) => {
  const read = readIndexFile(lines.join("\n"), "demo");
  assert.ok(read.kind === "lines");
  return read;
};

describe("what the index says of a version", () => {
  test("ours only with our checksum", () => {
    const seen = judgeLine(
      look(line({ vers: "0.9.0", cksum: theirs }), line({ pubtime: "2026-11-21T08:00:00Z", yanked: true })),
      publication,
      place,
    );

    assert.deepEqual(seen, {
      kind: "present",
      evidence: {
        how: "checksum read back from the index",
        url: place.url,
        sha256: ours,
        details: { uploadedAt: "2026-11-21T08:00:00Z", yanked: true },
      },
    });
  });

  test("another checksum is a conflict that names it, with other build metadata too", () => {
    for (const vers of ["1.0.0", "1.0.0+other"]) {
      const seen = judgeLine(look(line({ vers, cksum: theirs })), publication, place);

      assert.equal(
        seen.kind === "conflict" && seen.theirs,
        `"crates" holds another demo ${vers}, uploaded at a time the index does not tell, with sha256 ${theirs}`,
      );
    }
  });

  test("no line is absent, no answer is unknown", () => {
    assert.deepEqual(judgeLine(look(line({ vers: "0.9.0" })), publication, place), { kind: "absent" });
    assert.deepEqual(judgeLine({ kind: "absent" }, publication, place), { kind: "absent" });
    assert.deepEqual(judgeLine({ kind: "unknown", why: "w" }, publication, place), { kind: "unknown", why: "w" });
  });

  test("one line that cannot be read makes the file no answer", () => {
    for (const bad of ["{", "[]", line({ cksum: "short" }), line({ vers: 1 }), line({ name: "other" })])
      assert.equal(readIndexFile(`${line()}\n${bad}\n`, "demo").kind, "unreadable", bad);
    assert.equal(readIndexFile("<!DOCTYPE html>", "demo").kind, "unreadable");
    assert.equal(readIndexFile("", "demo").kind, "unreadable");
  });

  test("a survey tells the file of the version, yanked or not, and where it is", () => {
    const found = look(line({ yanked: true }), line({ vers: "1.1.0" }));
    const downloads = "https://files.example";

    assert.deepEqual(surveyOf(found, "1.0.0", { downloads }), {
      kind: "listed",
      files: [{ name: "demo-1.0.0.crate", sha256: ours, yanked: true, url: "https://files.example/demo/1.0.0/download" }],
    });
    assert.deepEqual(surveyOf(found, "2.0.0", { downloads }), { kind: "absent", package: "exists" });
    assert.deepEqual(surveyOf({ kind: "absent" }, "1.0.0", { downloads }), { kind: "absent", package: "absent" });
    assert.deepEqual(versionsOf(found), { kind: "listed", versions: ["1.0.0", "1.1.0"] });
  });

  test("addresses of files are made from the index's markers", () => {
    const at = (downloads: string) => fileAddress({ downloads }, { name: "Demo", version: "1.0.0+b", sha256: ours });

    assert.equal(
      at("https://f.example/{prefix}/{lowerprefix}/{crate}-{version}.crate"),
      "https://f.example/De/mo/de/mo/Demo-1.0.0%2Bb.crate",
    );
    assert.equal(at("https://f.example/{sha256-checksum}"), `https://f.example/${ours}`);
    assert.equal(at("https://f.example/dl/"), "https://f.example/dl/Demo/1.0.0%2Bb/download");
  });
});
