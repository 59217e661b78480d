import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRecord, recordFindings } from "./record.ts";

describe("parseRecord()", () => {
  it("reads rows with and without quotes, whatever ends the lines", () => {
    const parsed = parseRecord('a.py,sha256=x,1\r\n"b,""c"".py",sha256=y,2\n"d",,\rRECORD,,\n');

    assert.deepEqual(parsed, {
      kind: "rows",
      rows: [
        { path: "a.py", digest: "sha256=x", size: "1" },
        { path: 'b,"c".py', digest: "sha256=y", size: "2" },
        { path: "d", digest: "", size: "" },
        { path: "RECORD", digest: "", size: "" },
      ],
    });
  });

  it("names the line that is not three fields", () => {
    for (const bad of ["a.py,sha256=x", "a,b,c,d", '"a,b,c', '"a"b,c,d', "plain"]) {
      assert.deepEqual(parseRecord(`x,,\n${bad}\n`), { kind: "invalid", line: 2 }, bad);
    }
  });
});

describe("recordFindings()", () => {
  const distInfo = "demo-1.0.dist-info";
  const files = new Map([
    ["a.py", { sha256: "AAA", sizeBytes: 1 }],
    [`${distInfo}/RECORD`, { sha256: "RRR", sizeBytes: 9 }],
  ]);
  const self = `${distInfo}/RECORD,,\n`;
  const idsOf = (text: string, inside = files) => recordFindings(text, { distInfo, files: inside }).map((one) => `${one.level} ${one.id}`);

  it("finds nothing when every file has its digest and size", () => {
    assert.deepEqual(idsOf(`a.py,sha256=AAA,1\n${self}`), []);
    assert.deepEqual(idsOf(`a.py,sha256=AAA=,\n${self}`), [], "padding and a missing size are forgiven");
  });

  it("refuses weak, missing and unverifiable digests", () => {
    for (const digest of ["md5=AAA", "sha1=AAA", "AAA", "", "sha512=AAA"]) {
      assert.match(idsOf(`a.py,${digest},1\n${self}`).join(), /^error RECORD-(?:ALGORITHM|DIGEST)$/, digest);
    }
  });

  it("finds a path that is listed twice, with a backslash, or not at all", () => {
    assert.deepEqual(idsOf(`a.py,sha256=AAA,1\na.py,sha256=AAA,1\n${self}`), ["error RECORD-TWICE"]);
    assert.deepEqual(idsOf(`.\\a.py,sha256=AAA,1\n${self}`), ["error RECORD-MISSING", "error RECORD-UNLISTED"]);
    assert.deepEqual(idsOf(self), ["error RECORD-UNLISTED"]);
  });

  it("warns of a RECORD that does not list itself, and of signatures beside it", () => {
    const signed = new Map([...files, [`${distInfo}/RECORD.jws`, { sha256: "J", sizeBytes: 1 }]]);

    assert.deepEqual(idsOf("a.py,sha256=AAA,1\n"), ["warning RECORD-SELF"]);
    assert.deepEqual(idsOf(`a.py,sha256=AAA,1\n${self}`, signed), ["warning RECORD-SIGNATURE"]);
  });

  it("says where RECORD is no CSV", () => {
    assert.deepEqual(idsOf("a.py\n"), ["error RECORD-SYNTAX"]);
  });
});
