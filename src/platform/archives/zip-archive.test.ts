import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { archiveFiles, goodZip, noise } from "../../../test/support/archive-files.ts";
import { rawTar } from "../../../test/support/raw-tar.ts";
import { extraField, rawZip, u32s, u64s, type RawEnd, type RawMember } from "../../../test/support/raw-zip.ts";

const { archives, opened, written } = archiveFiles();

describe("openZip", () => {
  it("lists a well-formed wheel, reads texts and digests every member", async () => {
    const archive = await opened(rawZip(goodZip), "zip");

    assert.deepEqual(archive.faults, []);
    assert.deepEqual(archive.members[0], { path: "demo/__init__.py", kind: "file", sizeBytes: 6 });
    assert.deepEqual(await archive.readText("demo/__init__.py", 6), { kind: "text", text: "x = 1\n" });
    const digests = await archive.digests();
    const expected = createHash("sha256").update("x = 1\n").digest("base64url");
    assert.deepEqual(digests.get("demo/__init__.py"), { sha256: expected, sizeBytes: 6 });
    assert.equal(digests.size, 3);
    assert.deepEqual(archive.faults, []);
  });

  it("reads large members as a stream, stored and deflated", async () => {
    const bytes = noise(3 * 1024 * 1024 + 17);
    const archive = await opened(
      rawZip([
        { name: "a", content: bytes },
        { name: "b", content: bytes, deflate: true },
      ]),
      "zip",
    );

    const digests = await archive.digests();

    const expected = createHash("sha256").update(bytes).digest("base64url");
    assert.equal(digests.get("a")?.sha256, expected);
    assert.equal(digests.get("b")?.sha256, expected);
    assert.deepEqual(archive.faults, []);
  });

  it("says why a text cannot be had", async () => {
    const archive = await opened(rawZip([...goodZip, { name: "latin", content: Buffer.from([0xe9]) }, { name: "sub/" }]), "zip");

    assert.deepEqual(await archive.readText("demo/__init__.py", 5), { kind: "too-large" });
    assert.deepEqual(await archive.readText("nothing", 5), { kind: "absent" });
    assert.deepEqual(await archive.readText("sub", 5), { kind: "absent" });
    assert.deepEqual(await archive.readText("latin", 5), { kind: "not-utf8" });
  });

  it("reads ZIP64 records and extra fields when all places agree", async () => {
    const local = { packed: 0xffffffff, size: 0xffffffff, extra: extraField(1, u64s(3, 3)) };
    const central = { ...local, extra: extraField(1, u64s(3, 3)) };
    const archive = await opened(rawZip([{ name: "a", content: "abc", local, central }], { zip64: {} }), "zip");

    assert.deepEqual(archive.faults, []);
    assert.deepEqual(await archive.readText("a", 3), { kind: "text", text: "abc" });
  });

  it("calls a file without end record unreadable", async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from("hello"), rawZip(goodZip).subarray(0, -4), noise(200_000)]) {
      const result = await archives.openZip(written(bytes));

      assert.equal(result.kind, "unreadable");
    }
  });

  const descriptor = Buffer.concat([u32s(0x08074b50), u32s(0, 6, 6)]);
  const unicodePath = (name: string) => extraField(0x7075, Buffer.concat([Buffer.from([1]), u32s(0), Buffer.from(name)]));
  const hidden = rawZip([{ name: "hidden.py", content: "evil" }]).subarray(0, 30 + 9 + 4);
  const secondEnd = rawZip(goodZip).subarray(-22);
  const hostile: readonly (readonly [what: string, fault: RegExp, members: readonly RawMember[], end?: RawEnd])[] = [
    [
      "a data descriptor",
      /data descriptor/,
      [
        {
          name: "a",
          content: "x = 1\n",
          local: { flags: 0x0808, crc: 0, packed: 0, size: 0 },
          central: { flags: 0x0808 },
          behind: descriptor,
        },
      ],
    ],
    ["a data descriptor flag in the local header alone", /data descriptor/, [{ name: "a", local: { flags: 0x0808 } }]],
    [
      "a name twice",
      /"a" occurs twice/,
      [
        { name: "a", content: "1" },
        { name: "a", content: "2" },
      ],
    ],
    ["a name as file and as folder", /occurs twice/, [{ name: "a" }, { name: "a/" }]],
    ["a file that holds another", /"a" is a file and also holds "a\/b"/, [{ name: "a" }, { name: "a/b" }]],
    ["a name in the directory alone", /no local header/, [...goodZip, { name: "ghost", leaveOut: "local" }]],
    [
      "a name in the data alone",
      /"ghost" has a local header, and is not in the central/,
      [...goodZip, { name: "ghost", leaveOut: "central" }],
    ],
    ["a hidden local header between members", /"hidden.py" has a local header, and is not/, [{ name: "a" }, { name: "b", gap: hidden }]],
    ["bytes between members", /7 bytes at \d+ that belong to no member/, [{ name: "a" }, { name: "b", gap: Buffer.from("padding") }]],
    ["another name in the local header", /"a" is called "b" in its local header/, [{ name: "a", local: { name: "b" } }]],
    ["another size in the local header", /has size 2 in its local header and 1/, [{ name: "a", content: "1", local: { size: 2 } }]],
    [
      "another packed size in the local header",
      /has packed size 0 in its local header/,
      [{ name: "a", content: "1", local: { packed: 0 } }],
    ],
    ["another CRC in the local header", /has CRC-32/, [{ name: "a", content: "1", local: { crc: 5 } }]],
    ["another method in the local header", /has compression method 8 in its local/, [{ name: "a", content: "1", local: { method: 8 } }]],
    ["other flags in the local header", /has flags 0 in its local/, [{ name: "a", local: { flags: 0 } }]],
    ["a comment on a member", /has a comment in the central directory/, [{ name: "a", central: { comment: "hello" } }]],
    ["a comment on the archive", /comment of 5 bytes on the archive/, goodZip, { comment: "hello" }],
    ["an end record within the comment", /22 bytes before it, or between/, goodZip, { comment: secondEnd }],
    ["a control character in a name", /control character/, [{ name: "a\u0001b" }]],
    ["a NUL in a name", /control character/, [{ name: "a.py\0.txt" }]],
    ["a name that is not UTF-8", /is not UTF-8/, [{ name: Buffer.from([0x61, 0xff]) }]],
    ["a UTF-8 name without the flag", /not marked as UTF-8/, [{ name: "é", local: { flags: 0 }, central: { flags: 0 } }]],
    ["bytes before the archive", /4 bytes before it/, goodZip, { prefix: Buffer.from("#!/a") }],
    [
      "bytes before the archive that offsets count",
      /4 bytes at 0 that belong to no member/,
      goodZip,
      { prefix: Buffer.from("#!/a"), prefixCounted: true },
    ],
    ["bytes after the archive", /5 bytes after its end record/, goodZip, { after: Buffer.from("extra") }],
    ["bytes before the directory", /belong to no member/, goodZip, { beforeDirectory: Buffer.from("extra") }],
    ["bytes after the directory", /between its directory and its end record/, goodZip, { afterDirectory: Buffer.from("extra") }],
    ["two end records", /between its directory and its end record/, goodZip, { afterDirectory: secondEnd }],
    ["two archives, one behind the other", /before it/, goodZip, { prefix: rawZip([{ name: "other", content: "1" }]) }],
    ["ZIP64 extensible data", /extensible data/, goodZip, { zip64: { extensible: Buffer.from("data") } }],
    ["a ZIP64 record that disagrees", /number of members: 3 in the end record, 4/, goodZip, { zip64: { entries: 4 } }],
    ["a ZIP64 locator that points elsewhere", /locator that points elsewhere/, goodZip, { zip64: { locatorAt: 0 } }],
    [
      "two ZIP64 extra fields",
      /two ZIP64 extra fields/,
      [{ name: "a", central: { extra: Buffer.concat([extraField(1, u64s()), extraField(1, u64s())]) } }],
    ],
    [
      "two ZIP64 extra fields in the local header",
      /two ZIP64 .* in its local header/,
      [{ name: "a", local: { extra: Buffer.concat([extraField(1, u64s()), extraField(1, u64s())]) } }],
    ],
    [
      "two Unicode path extra fields",
      /two Unicode path/,
      [{ name: "a", central: { extra: Buffer.concat([unicodePath("a"), unicodePath("a")]) } }],
    ],
    ["another name in the Unicode path", /another name in its Unicode path/, [{ name: "a", central: { extra: unicodePath("b") } }]],
    ["another name in the local Unicode path", /another name in the Unicode path/, [{ name: "a", local: { extra: unicodePath("b") } }]],
    ["ZIP64 sizes that are not there", /ZIP64 extra field which is not there/, [{ name: "a", content: "1", local: { size: 0xffffffff } }]],
    [
      "ZIP64 sizes that disagree with the header",
      /says other sizes than the header/,
      [{ name: "a", content: "1", local: { extra: extraField(1, u64s(9, 9)) } }],
    ],
    ["an extra field that is cut short", /extra field that is cut short/, [{ name: "a", central: { extra: Buffer.from([9, 9, 200, 0]) } }]],
    ["another compression", /compressed with method 12/, [{ name: "a", local: { method: 12 }, central: { method: 12 } }]],
    ["a version of the format that nobody reads", /needs version 255/, [{ name: "a", central: { versionNeeded: 255 } }]],
    ["encryption", /is encrypted/, [{ name: "a", local: { flags: 0x0801 }, central: { flags: 0x0801 } }]],
    ["patch data", /is patch data/, [{ name: "a", local: { flags: 0x0820 }, central: { flags: 0x0820 } }]],
    ["a symbolic link", /"a" is a link/, [{ name: "a", content: "/etc/passwd", central: { mode: 0o120777 } }]],
    ["a device", /device, pipe or socket/, [{ name: "a", central: { mode: 0o020644 } }]],
    ["a folder by mode alone", /folder by its mode and a file by its name/, [{ name: "a", central: { mode: 0o040755 } }]],
    ["a folder with content", /folder with 1 bytes of content/, [{ name: "a/", content: "1" }]],
    [
      "a folder with the checksum of a content",
      /folder with the checksum of a content/,
      [{ name: "a/", central: { crc: 7 }, local: { crc: 7 } }],
    ],
    ["an absolute path", /absolute path/, [{ name: "/etc/passwd" }]],
    ["a drive letter", /absolute path/, [{ name: "C:/x" }]],
    ["a way upwards", /leads upwards/, [{ name: "a/../../b" }]],
    ["a backslash", /has a backslash/, [{ name: "a\\b" }]],
    ["an empty part", /empty or "." part/, [{ name: "a//b" }]],
    ["a dot part", /empty or "." part/, [{ name: "./a" }]],
    ["an empty name", /empty name/, [{ name: "" }]],
    ["a name of 2,000 bytes", /longer than 1024 bytes/, [{ name: "n".repeat(2000) }]],
    ["a name 200 folders deep", /deeper than 64 folders/, [{ name: "d/".repeat(200) + "f" }]],
    [
      "members that overlap",
      /Members overlap/,
      [
        { name: "a", content: "0123456789" },
        { name: "b", central: { offset: 35 } },
      ],
    ],
    [
      "one local header for two members",
      /Members overlap|is called/,
      [
        { name: "a", content: "1" },
        { name: "b", leaveOut: "local", central: { offset: 0 } },
      ],
    ],
    [
      "a stored member of two sizes",
      /is stored, with 1 bytes packed and 9 unpacked/,
      [{ name: "a", content: "1", local: { size: 9 }, central: { size: 9 } }],
    ],
    ["several disks", /several disks/, goodZip, { disk: 1 }],
    ["members on several disks", /several disks/, goodZip, { entriesHere: 1 }],
    ["a member on another disk", /another disk/, [{ name: "a", central: { disk: 3 } }]],
    ["a wrong count", /says that it holds 9 members, and lists 3/i, goodZip, { entries: 9 }],
    [
      "a decompression bomb by its headers",
      /decompression bomb/,
      [{ name: "a", content: "x", deflate: true, local: { size: 200_000_000 }, central: { size: 200_000_000 } }],
    ],
    [
      "more than 4 GiB",
      /Unpacks to \d+ bytes, more than/,
      [
        { name: "a", content: "x", local: { size: 0xfffffff0 }, central: { size: 0xfffffff0 } },
        { name: "b", content: "x", local: { size: 0xfffffff0 }, central: { size: 0xfffffff0 } },
      ],
    ],
  ];

  for (const [what, fault, members, end] of hostile) {
    it(`finds ${what}`, async () => {
      const archive = await opened(rawZip(members, end), "zip");

      assert.match(archive.faults.join("\n"), fault);
    });
  }

  it("finds a file that is a zip and a tar at once", async () => {
    const header = rawTar([{ path: "PK\u0003\u0004", content: "" }], { zeroBlocks: 0 });
    const archive = await opened(rawZip(goodZip, { prefix: header }), "zip");

    assert.match(archive.faults.join("\n"), /zip and a tar file at once/);
  });

  const broken: readonly (readonly [what: string, fault: RegExp, member: RawMember])[] = [
    ["a wrong CRC", /another CRC-32/, { name: "a", content: "1", local: { crc: 5 }, central: { crc: 5 } }],
    [
      "a size lie downwards",
      /unpacks to more than the 1 bytes it claims/,
      { name: "a", content: "12345", deflate: true, local: { size: 1 }, central: { size: 1 } },
    ],
    [
      "a size lie upwards",
      /unpacks to 5 bytes instead of 50/,
      { name: "a", content: "12345", deflate: true, local: { size: 50 }, central: { size: 50 } },
    ],
    [
      "bytes behind the compressed data",
      /bytes behind its compressed data/,
      { name: "a", content: "12345", deflate: true, packedBytes: Buffer.concat([deflateRawSync("12345"), Buffer.from("hidden")]) },
    ],
    [
      "compressed data that are cut short",
      /cannot be decompressed/,
      { name: "a", content: "12345", deflate: true, packedBytes: deflateRawSync("12345").subarray(0, -2) },
    ],
    [
      "compressed data that are none",
      /cannot be decompressed/,
      { name: "a", content: "12345", deflate: true, packedBytes: Buffer.from([7, 7, 7]) },
    ],
  ];
  const large = noise(2 * 1024 * 1024);
  const sizeOf = (size: number) => ({ local: { size }, central: { size } });
  const brokenLarge: readonly (readonly [what: string, fault: RegExp, member: RawMember])[] = [
    [
      "a wrong CRC of a large member",
      /another CRC-32/,
      { name: "a", content: large, deflate: true, local: { crc: 5 }, central: { crc: 5 } },
    ],
    [
      "a size lie of a large member downwards",
      /more than the 1500000 bytes/,
      { name: "a", content: large, deflate: true, ...sizeOf(1_500_000) },
    ],
    [
      "a size lie of a large member upwards",
      /unpacks to 2097152 bytes instead of 9000000/,
      { name: "a", content: large, deflate: true, ...sizeOf(9_000_000) },
    ],
    [
      "bytes behind a large member's data",
      /6 bytes behind/,
      { name: "a", content: large, deflate: true, packedBytes: Buffer.concat([deflateRawSync(large), Buffer.from("hidden")]) },
    ],
    [
      "much behind a large member's data",
      /bytes behind/,
      { name: "a", content: large, deflate: true, packedBytes: Buffer.concat([deflateRawSync(large), large]) },
    ],
    [
      "large data cut short",
      /cannot be decompressed/,
      { name: "a", content: large, deflate: true, packedBytes: deflateRawSync(large).subarray(0, -9) },
    ],
    [
      "large data that are none",
      /cannot be decompressed/,
      { name: "a", content: large, deflate: true, packedBytes: Buffer.alloc(1_200_000, 7) },
    ],
  ];
  for (const [what, fault, member] of [...broken, ...brokenLarge]) {
    it(`finds ${what} while digesting, and leaves the member out`, async () => {
      const archive = await opened(rawZip([member]), "zip");
      assert.deepEqual(archive.faults, []);

      const digests = await archive.digests();

      assert.equal(digests.size, 0);
      assert.match(archive.faults.join("\n"), fault);
    });
  }

  it("does not take a member that begins anew in the middle for one that is whole", async () => {
    const content = Buffer.from("evil = 1\n");
    const trick = Buffer.concat([deflateRawSync(""), u32s(0, 0), gzipSync(content).subarray(0, 10), deflateRawSync(content)]);
    const crc = crc32(content);
    const size = content.length;
    const archive = await opened(
      rawZip([
        ...goodZip,
        { name: "trick.py", content: "", deflate: true, packedBytes: trick, local: { crc, size }, central: { crc, size } },
      ]),
      "zip",
    );

    const digests = await archive.digests();

    assert.equal(digests.has("trick.py"), false);
    assert.equal(digests.size, 3);
    assert.match(archive.faults.join("\n"), /"trick.py" has \d+ bytes behind its compressed data/);
  });

  it("digests members alike whether they are read together or one by one", async () => {
    const contents = ["", "a", "b".repeat(5_000), Buffer.from([0x1f, 0x8b, 8, 0]), noise(900_000), noise(300_000)];
    const members = contents.map((content, index): RawMember => ({ name: `m${index}`, content, deflate: index !== 3 }));
    const archive = await opened(rawZip([...members, { name: "magic", content: Buffer.from([0x1f, 0x8b, 8, 0]), deflate: true }]), "zip");
    assert.deepEqual(await archive.readText("m1", 10), { kind: "text", text: "a" });

    const digests = await archive.digests();

    assert.deepEqual(archive.faults, []);
    for (const [index, content] of contents.entries()) {
      assert.equal(digests.get(`m${index}`)?.sha256, createHash("sha256").update(content).digest("base64url"));
    }
    assert.equal(digests.size, contents.length + 1);
  });

  it("does not unpack a bomb", async () => {
    const size = 200_000_000;
    const archive = await opened(
      rawZip([{ name: "a", content: "x", deflate: true, local: { size }, central: { size } }, ...goodZip]),
      "zip",
    );

    assert.equal((await archive.digests()).size, 0);
    assert.match(archive.faults.join("\n"), /decompression bomb/);
  });

  it("lists at most 50 faults and says that there are more", async () => {
    const members = Array.from({ length: 80 }, (_, index): RawMember => ({ name: `a${index}\\b` }));

    const archive = await opened(rawZip(members), "zip");

    assert.equal(archive.faults.length, 51);
    assert.match(archive.faults.at(-1) ?? "", /more faults/);
  });
});
