import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { gzipSync } from "node:zlib";
import { archiveFiles, goodTar, goodZip } from "../../../test/support/archive-files.ts";
import { pax, rawTar, rawTarGz } from "../../../test/support/raw-tar.ts";
import { rawZip } from "../../../test/support/raw-zip.ts";

const { archives, opened, written } = archiveFiles();

describe("openTarGz", () => {
  it("lists a well-formed sdist, reads texts near and far from its top, and digests every member", async () => {
    const archive = await opened(rawTarGz(goodTar), "tar");

    assert.deepEqual(archive.faults, []);
    assert.deepEqual(
      archive.members.map((member) => member.path),
      ["demo-1.0", "demo-1.0/PKG-INFO", "demo-1.0/src/a.py"],
    );
    assert.deepEqual(await archive.readText("demo-1.0/PKG-INFO", 100), { kind: "text", text: "Name: demo\n" });
    assert.deepEqual(await archive.readText("demo-1.0/src/a.py", 100), { kind: "text", text: "x = 1\n" });
    assert.deepEqual(await archive.readText("demo-1.0/PKG-INFO", 5), { kind: "too-large" });
    assert.deepEqual(await archive.readText("demo-1.0", 5), { kind: "absent" });
    const digests = await archive.digests();
    assert.equal(digests.size, 2);
    assert.equal(digests.get("demo-1.0/src/a.py")?.sha256, createHash("sha256").update("x = 1\n").digest("base64url"));
  });

  it("reads names from pax, GNU and ustar prefix alike", async () => {
    const long = `demo-1.0/${"n".repeat(150)}`;
    const archive = await opened(
      rawTarGz([
        pax({ path: `${long}é`, comment: "hi" }),
        { path: "demo-1.0/short", content: "1" },
        { path: "././@LongLink", type: "L", content: `${long}\0`, magic: "ustar  \0" },
        { path: "demo-1.0/cut", content: "22", magic: "ustar  \0" },
        { path: "file", prefix: "demo-1.0/prefix", content: "333" },
        pax({ comment: "of all" }, "g"),
        { path: "demo-1.0/last", content: "4444" },
      ]),
      "tar",
    );

    assert.deepEqual(archive.faults, []);
    assert.deepEqual(
      archive.members.map(({ path, sizeBytes }) => [path, sizeBytes]),
      [
        [`${long}é`, 1],
        [long, 2],
        ["demo-1.0/prefix/file", 3],
        ["demo-1.0/last", 4],
      ],
    );
  });

  it("accepts links that stay inside the tree", async () => {
    const archive = await opened(
      rawTarGz([
        ...goodTar,
        { path: "demo-1.0/src/link", type: "2", linkTo: "../PKG-INFO" },
        { path: "demo-1.0/hard", type: "1", linkTo: "demo-1.0/PKG-INFO" },
      ]),
      "tar",
    );

    assert.deepEqual(archive.faults, []);
  });

  it("calls a file that is not gzip unreadable", async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from("hello, I am no archive"), rawTar(goodTar)]) {
      assert.equal((await archives.openTarGz(written(bytes))).kind, "unreadable");
    }
  });

  const top = "demo-1.0/x";
  const hostile: readonly (readonly [what: string, fault: RegExp, bytes: Buffer])[] = [
    ["a sparse member", /is sparse/, rawTarGz([{ path: top, type: "S" }])],
    ["a sparse member by pax header", /is sparse/, rawTarGz([pax({ "GNU.sparse.major": "1" }), { path: top }])],
    ["a character device", /character device/, rawTarGz([{ path: top, type: "3" }])],
    ["a block device", /block device/, rawTarGz([{ path: top, type: "4" }])],
    ["a pipe", /a pipe/, rawTarGz([{ path: top, type: "6" }])],
    ["an unknown type", /unknown type/, rawTarGz([{ path: top, type: "Q" }])],
    ["a link out of the tree", /leads out of the tree/, rawTarGz([{ path: top, type: "2", linkTo: "../other" }])],
    ["an absolute link", /not a relative path/, rawTarGz([{ path: top, type: "2", linkTo: "/etc/passwd" }])],
    ["a link that goes down and up", /down and up again/, rawTarGz([{ path: "demo-1.0/a/b", type: "2", linkTo: "c/../../../x" }])],
    ["a hard link out of the tree", /no file that came before/, rawTarGz([{ path: top, type: "1", linkTo: "../x" }])],
    [
      "a member below a link",
      /is a link and also holds/,
      rawTarGz([
        { path: top, type: "2", linkTo: "y" },
        { path: `${top}/z`, content: "1" },
      ]),
    ],
    ["a way upwards", /leads upwards/, rawTarGz([{ path: "demo-1.0/../x" }])],
    ["an absolute path", /absolute path/, rawTarGz([{ path: "/etc/passwd" }])],
    ["a name twice", /occurs twice/, rawTarGz([...goodTar, { path: "demo-1.0/PKG-INFO", content: "Name: evil\n" }])],
    [
      "a name twice by pax header",
      /occurs twice/,
      rawTarGz([...goodTar, pax({ path: "demo-1.0/PKG-INFO" }), { path: "y", content: "Name: evil\n" }]),
    ],
    ["a file named as a folder", /empty or "." part/, rawTarGz([{ path: "demo-1.0/x/", content: "1" }])],
    ["a folder with content", /folder with 3 bytes/, rawTarGz([{ path: "demo-1.0", type: "5", content: "abc" }])],
    ["a name that is not UTF-8", /not UTF-8/, rawTarGz([{ path: Buffer.from([0x61, 0xff]) }])],
    ["a global name", /global pax header with a name/, rawTarGz([pax({ path: "demo-1.0/y" }, "g"), { path: top }])],
    [
      "a pax header that cannot be read",
      /pax header that cannot be read/,
      rawTarGz([{ path: "p", type: "x", content: "999 path=y\n" }, { path: top }]),
    ],
    ["a pax keyword twice", /"path" twice/, rawTarGz([{ path: "p", type: "x", content: "9 path=a\n9 path=b\n" }, { path: top }])],
    ["a pax size that is no number", /no number/, rawTarGz([pax({ size: "-1" }), { path: top }])],
    ["another character set", /not UTF-8/, rawTarGz([pax({ hdrcharset: "BINARY" }), { path: top }])],
    ["an extended header without member", /no member follows/, rawTarGz([...goodTar, pax({ path: "y" })])],
    ["a huge extended header", /extended header of 9000000 bytes/, rawTarGz([{ path: "p", type: "x", size: 9_000_000 }])],
    ["a prefix without the ustar mark", /prefix without the ustar mark/, rawTarGz([{ path: "x", prefix: "demo-1.0", magic: "ustar  \0" }])],
    [
      "a wrong checksum",
      /wrong checksum after 1 members/,
      rawTarGz([
        { path: top, content: "1" },
        { path: "y", checksum: "000000\0 " },
      ]),
    ],
    ["a size that is no number", /size that is no number/, rawTarGz([{ path: top, patch: { 124: "0x10       \0" } }])],
    ["a mode that is no number", /mode that is no number/, rawTarGz([{ path: top, patch: { 100: "rw-r--r\0" } }])],
    ["a missing end mark", /lacks its end mark/, rawTarGz(goodTar, { zeroBlocks: 0 })],
    ["half an end mark", /lacks its end mark/, rawTarGz(goodTar, { zeroBlocks: 1 })],
    ["members after half an end mark", /half an end mark before/, rawTarGz(goodTar, { zeroBlocks: 1, after: rawTar(goodTar) })],
    ["members after the end mark", /bytes after its end mark/, rawTarGz(goodTar, { after: rawTar([{ path: top }]) })],
    ["data cut short within a member", /cut short/, gzipSync(rawTar(goodTar).subarray(0, 1100))],
    ["an empty archive", /no tar file/, gzipSync(Buffer.alloc(0))],
    ["truncated gzip data", /cut short/, rawTarGz(goodTar).subarray(0, -30)],
    ["a truncated gzip trailer", /trailer is missing/, rawTarGz(goodTar).subarray(0, -3)],
    ["bytes after the gzip data", /3 bytes after its gzip data/, Buffer.concat([rawTarGz(goodTar), Buffer.from("abc")])],
    ["a second gzip member", /second gzip member/, Buffer.concat([rawTarGz(goodTar), rawTarGz(goodTar)])],
    ["a zip behind the gzip data", /tar and a zip file at once/, Buffer.concat([rawTarGz(goodTar), rawZip(goodZip)])],
    [
      "a bomb in one member",
      /decompression bomb/,
      gzipSync(rawTar([{ path: top, content: Buffer.alloc(65 * 1024 * 1024) }]), { level: 1 }),
    ],
  ];
  for (const [what, fault, bytes] of hostile) {
    it(`finds ${what}`, async () => {
      const archive = await opened(bytes, "tar");

      assert.match(archive.faults.join("\n"), fault);
    });
  }

  it("finds a wrong CRC in the gzip trailer", async () => {
    const bytes = rawTarGz(goodTar);
    bytes[bytes.length - 6] = (bytes.at(-6) ?? 0) ^ 1;

    assert.match((await opened(bytes, "tar")).faults.join("\n"), /another CRC-32/);
  });
});
