import assert from "node:assert/strict";
import { test } from "node:test";
import { archiveFiles } from "../../../test/support/archive-files.ts";
import { rawTarGz } from "../../../test/support/raw-tar.ts";
import { zip } from "../../../test/support/zip.ts";

const { opened } = archiveFiles();

test("a tar tells the time of each member in UTC, and its mode", async () => {
  const at = (seconds: number): string => `${seconds.toString(8).padStart(11, "0")}\0`;
  const members = [
    { path: "a", content: "x", patch: { 100: "0000755\0", 136: at(1_767_225_600) } },
    { path: "b", content: "y", patch: { 136: at(0) } },
  ];

  const stamps = (await opened(rawTarGz(members), "tar")).stamps?.();

  assert.deepEqual(
    [...(stamps ?? [])],
    [
      ["a", { time: "2026-01-01T00:00:00Z", mode: 0o755 }],
      ["b", { time: "1970-01-01T00:00:00Z", mode: 0o644 }],
    ],
  );
});

test("a zip tells the time of each member as it is written, which is of no zone", async () => {
  const bytes = zip([{ path: "a.txt", content: "x" }]);
  const central = bytes.indexOf("PK\u0001\u0002", 0, "latin1");
  bytes.writeUInt16LE((13 << 11) | (37 << 5) | 21, central + 12);
  bytes.writeUInt16LE(((2026 - 1980) << 9) | (11 << 5) | 21, central + 14);

  const stamps = (await opened(bytes, "zip")).stamps?.();

  assert.equal(stamps?.get("a.txt")?.time, "2026-11-21 13:37:42");
});
