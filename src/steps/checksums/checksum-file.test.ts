import assert from "node:assert/strict";
import { test } from "node:test";
import { writeChecksums } from "./checksum-file.ts";

test("checksums: one line per file, sorted by name, whatever the order", () => {
  const [one, other] = [
    { name: "b.whl", hex: "bb" },
    { name: "a.whl", hex: "aa" },
  ];

  assert.equal(writeChecksums([one, other]), "aa  a.whl\nbb  b.whl\n");
  assert.equal(writeChecksums([other, one]), writeChecksums([one, other]));
});

test("checksums: names with a backslash or a line end are escaped as coreutils does", () => {
  assert.equal(writeChecksums([{ name: "a\\b\nc\rd", hex: "00" }]), "\\00  a\\\\b\\nc\\rd\n");
  assert.equal(writeChecksums([{ name: " leading and *star", hex: "00" }]), "00   leading and *star\n");
});
