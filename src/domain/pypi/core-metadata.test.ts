import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { hasDescription, headerOf, headersOf, isMetadataVersionAtLeast, parseCoreMetadata, projectUrlsOf } from "./core-metadata.ts";

describe("parseCoreMetadata()", () => {
  it("reads headers in their order and the body as description", () => {
    const metadata = parseCoreMetadata("Metadata-Version: 2.4\nName: demo\nClassifier: A\nClassifier: B\n\n# Hello\n\nText\n");

    assert.deepEqual(metadata.headers, [
      ["Metadata-Version", "2.4"],
      ["Name", "demo"],
      ["Classifier", "A"],
      ["Classifier", "B"],
    ]);
    assert.equal(metadata.description, "# Hello\n\nText\n");
    assert.deepEqual(metadata.malformed, []);
  });

  it("reads a description in a header, with its continuation lines", () => {
    const metadata = parseCoreMetadata("Name: demo\nDescription: First\n        second\n        \n        third\n");

    assert.equal(metadata.description, "First\n        second\n        \n        third");
    assert.deepEqual(metadata.headers, [["Name", "demo"]]);
    assert.equal(metadata.descriptions, 1);
  });

  it("counts a description in two places", () => {
    assert.equal(parseCoreMetadata("Description: one\n\ntwo").descriptions, 2);
    assert.equal(parseCoreMetadata("Description: one\nDescription: two\n").descriptions, 2);
  });

  it("keeps a header that is continued, repeated, unknown or empty", () => {
    const metadata = parseCoreMetadata("Summary: one\n two\nX-Odd:\nname:  demo \n");

    assert.deepEqual(metadata.headers, [
      ["Summary", "one\n two"],
      ["X-Odd", ""],
      ["name", "demo "],
    ]);
  });

  it("ends lines with LF, CR LF and CR alike", () => {
    for (const end of ["\n", "\r\n", "\r"]) {
      const metadata = parseCoreMetadata(["Name: demo", "Version: 1", "", "Hello"].join(end));

      assert.deepEqual(metadata.headers, [
        ["Name", "demo"],
        ["Version", "1"],
      ]);
      assert.equal(metadata.description, "Hello");
    }
  });

  it("keeps lines that are no headers apart, with their numbers", () => {
    const metadata = parseCoreMetadata(" continued nothing\nName: demo\nno header\nVersion : 1\n");

    assert.deepEqual(metadata.malformed, [
      { line: 1, text: " continued nothing" },
      { line: 3, text: "no header" },
      { line: 4, text: "Version : 1" },
    ]);
  });

  it("has no description when nothing follows the headers", () => {
    assert.equal(parseCoreMetadata("Name: demo\n").description, undefined);
    assert.equal(parseCoreMetadata("Name: demo\n\n").description, undefined);
    assert.equal(parseCoreMetadata("").description, undefined);
  });

  it("reads any text without throwing, and loses no body", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        parseCoreMetadata(text);
        assert.equal(parseCoreMetadata(`Name: demo\n\n${text}`).description ?? "", text);
      }),
    );
  });
});

describe("the getters", () => {
  const metadata = parseCoreMetadata(
    "metadata-version: 2.4\nProject-URL: Source, https://host/a,b\nProject-URL: nothing\nRequires-Dist: a\nREQUIRES-DIST: b\n",
  );

  it("find headers in any spelling of upper and lower case", () => {
    assert.equal(headerOf(metadata, "Metadata-Version"), "2.4");
    assert.deepEqual(headersOf(metadata, "Requires-Dist"), ["a", "b"]);
    assert.equal(headerOf(metadata, "Summary"), undefined);
  });

  it("split project URLs at the first comma", () => {
    assert.deepEqual(projectUrlsOf(metadata), [
      ["Source", "https://host/a,b"],
      ["nothing", ""],
    ]);
  });

  it("order metadata versions by number", () => {
    assert.equal(isMetadataVersionAtLeast(metadata, "2.4"), true);
    assert.equal(isMetadataVersionAtLeast(metadata, "2.10"), false);
    assert.equal(isMetadataVersionAtLeast(parseCoreMetadata("Name: x\n"), "1.0"), false);
  });

  it("take UNKNOWN and white space for no description", () => {
    assert.equal(hasDescription(parseCoreMetadata("Name: x\n\nUNKNOWN\n")), false);
    assert.equal(hasDescription(parseCoreMetadata("Name: x\n\n  \n")), false);
    assert.equal(hasDescription(parseCoreMetadata("Name: x\n\nHello")), true);
  });
});
