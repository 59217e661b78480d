// The corpus of archives that are known to be bad, generated: every bad name in every place where a format holds names, every
// field of a zip that stands twice with two values, links, bombs, frames, and what each ecosystem adds. Each with the verdict
// that it must get (trust §7 row 13). The same lies one by one: src/platform/archives/{zip,tar}-archive.test.ts.
import { deflateRawSync, gzipSync } from "node:zlib";
import { pax, rawTar, rawTarGz, type RawTarMember } from "../raw-tar.ts";
import { extraField, rawZip, u32s, u64s, type RawFields, type RawMember } from "../raw-zip.ts";
import { badNames } from "./bad-names.ts";
import type { ParserName } from "./parsers.ts";

export interface KnownBad {
  readonly what: string;
  readonly format: Exclude<ParserName, "image">;
  readonly bytes: Buffer;
  /** What the reader says of it; `read`: it only looks bad, and is read as Python reads it. */
  readonly verdict: RegExp | "read";
}

export function knownBad(): readonly KnownBad[] {
  return [
    ...namesInZips(),
    ...namesInTars(),
    ...linksInTars(),
    ...doubledFields(),
    ...bombs(),
    ...frames(),
    ...ofEcosystems(),
    ...harmless(),
  ];
}

function zipOf(what: string, verdict: KnownBad["verdict"], ...given: Parameters<typeof rawZip>): KnownBad {
  return { what, format: "zip", bytes: rawZip(...given), verdict };
}

function tarOf(what: string, verdict: KnownBad["verdict"], ...given: Parameters<typeof rawTar>): KnownBad {
  return { what, format: "tar.gz", bytes: rawTarGz(...given), verdict };
}

function namesInZips(): readonly KnownBad[] {
  return badNames.flatMap(({ what, name, fault }) => [
    zipOf(`${what} of a file in a zip`, fault, [{ name, content: "evil" }]),
    zipOf(`${what} of a link in a zip`, fault, [{ name, content: "target", central: { mode: 0o120777 } }]),
    zipOf(`${what} in the local header of a zip alone`, /is called|local header/, [{ name: "demo/a", content: "x", local: { name } }]),
    zipOf(`${what} in a Unicode path of a zip`, /another name/, [
      {
        name: "demo/a",
        content: "x",
        central: { extra: extraField(0x7075, Buffer.concat([Buffer.from([1]), u32s(0), Buffer.from(name)])) },
      },
    ]),
  ]);
}

const fitsHeader = ({ name }: { readonly name: string }): boolean => Buffer.byteLength(name) <= 100;

function namesInTars(): readonly KnownBad[] {
  const long = badNames.flatMap(({ what, name, fault }) => [
    tarOf(`${what} in a pax header`, fault, [pax({ path: name }), { path: "demo-1.0/a", content: "x" }]),
    tarOf(`${what} in a long name of GNU`, fault, [
      { path: "././@LongLink", type: "L", content: `${name}\0`, magic: "ustar  \0" },
      { path: "a", content: "x", magic: "ustar  \0" },
    ]),
    tarOf(`${what} as the target of a hard link`, /is a link to|more than 1024/, [
      pax({ linkpath: name }),
      { path: "demo-1.0/l", type: "1" },
    ]),
  ]);
  const short = badNames
    .filter(fitsHeader)
    .flatMap(({ what, name, fault }) => [
      tarOf(`${what} of a file in a tar`, fault, [{ path: name, content: "x" }]),
      tarOf(`${what} of a link in a tar`, fault, [{ path: name, type: "2", linkTo: "demo-1.0/a" }]),
    ]);
  return [...long, ...short];
}

function linksInTars(): readonly KnownBad[] {
  const targets = ["/etc/passwd", "../../outside", "../outside", "sub/../../outside", "C:\\windows", "\\\\host\\share", ""];
  return targets.flatMap((linkTo) => [
    tarOf(`a symbolic link to "${linkTo}"`, /is a link to/, [{ path: "demo-1.0/link", type: "2", linkTo }]),
    tarOf(`a hard link to "${linkTo}"`, /is a link to/, [{ path: "demo-1.0/link", type: "1", linkTo }]),
    tarOf(`a file written through a link to "${linkTo}"`, /is a link and also holds/, [
      { path: "demo-1.0/link", type: "2", linkTo },
      { path: "demo-1.0/link/evil", content: "x" },
    ]),
    tarOf(`a link to "${linkTo}" and a file of its name`, /occurs twice/, [
      { path: "demo-1.0/link", type: "2", linkTo },
      { path: "demo-1.0/link", content: "x" },
    ]),
  ]);
}

/** Local header against central directory, both ways round. */
function doubledFields(): readonly KnownBad[] {
  const lies: readonly (readonly [string, RawFields, RegExp])[] = [
    ["name", { name: "demo/b" }, /is called/],
    ["size", { size: 7 }, /has size|stored, with/],
    ["packed size", { packed: 2 }, /packed size|stored, with|belong to no member/],
    ["CRC", { crc: 1 }, /CRC-32/],
    ["method", { method: 8 }, /compression method|method/],
    ["encryption", { flags: 0x0801 }, /flags|encrypted/],
    ["data descriptor", { flags: 0x0808 }, /data descriptor/],
    ["ZIP64 size", { size: 0xffffffff, extra: extraField(1, u64s(99)) }, /size/],
  ];
  return lies.flatMap(([field, lie, verdict]) => [
    zipOf(`another ${field} in the local header`, verdict, [{ name: "demo/a", content: "abc", local: lie }]),
    zipOf(`another ${field} in the central directory`, verdict, [{ name: "demo/a", content: "abc", central: lie }]),
  ]);
}

const zeros = (mebibytes: number): Buffer => Buffer.alloc(mebibytes * 1024 * 1024);

function bombs(): readonly KnownBad[] {
  const overlapping: readonly RawMember[] = Array.from({ length: 20 }, (_, at) => ({
    name: `demo/${at}`,
    content: "kernel of a quine",
    ...(at === 0 ? {} : { leaveOut: "local" as const, central: { offset: 0 } }),
  }));
  return [
    zipOf("a bomb by its ratio in a zip", /decompression bomb/, [{ name: "demo/a", content: zeros(80), deflate: true }]),
    zipOf("a bomb of many members on one piece of data", /Members overlap/, overlapping),
    zipOf("a bomb that claims to be small", /unpacks to more than/, [
      { name: "demo/a", packedBytes: deflateRawSync(zeros(80)), deflate: true, local: { size: 9 }, central: { size: 9 } },
    ]),
    tarOf("a bomb by its ratio in a tar", /decompression bomb/, [{ path: "demo-1.0/a", content: zeros(80) }]),
    {
      what: "a bomb behind the end of a tar",
      format: "tar.gz",
      bytes: gzipSync(Buffer.concat([rawTar([{ path: "demo-1.0/a" }]), zeros(80)])),
      verdict: /decompression bomb/,
    },
    tarOf("a file that claims eight gigabytes", /cut short/, [{ path: "demo-1.0/a", content: "x", size: 0o77777777777 }]),
  ];
}

function frames(): readonly KnownBad[] {
  const good = rawTarGz([{ path: "demo-1.0/a", content: "x" }]);
  const tar = (what: string, bytes: Buffer, verdict: RegExp): KnownBad => ({ what, format: "tar.gz", bytes, verdict });
  return [
    tar("a second gzip member that is empty", Buffer.concat([good, gzipSync("")]), /second gzip member/),
    tar(
      "a tar in two gzip members",
      Buffer.concat([gzipSync(rawTar([{ path: "demo-1.0/a" }]).subarray(0, 512)), gzipSync(Buffer.alloc(1024))]),
      /second gzip member/,
    ),
    tar("zeros behind the gzip data", Buffer.concat([good, Buffer.alloc(512)]), /after its gzip data/),
    tar("a script before the gzip data", Buffer.concat([Buffer.from("#!/bin/sh\n"), good]), /not a gzip file/),
    tarOf("a negative size in base 256", /no number/, [{ path: "demo-1.0/a", patch: { 124: Buffer.alloc(12, 0xff) } }]),
    tarOf("a negative size in pax", /no number/, [pax({ size: "-512" }), { path: "demo-1.0/a" }]),
    tarOf("a sparse file of GNU", /sparse/, [{ path: "demo-1.0/a", type: "S" }]),
    tarOf("a sparse map in pax", /sparse/, [pax({ "GNU.sparse.map": "0,512", "GNU.sparse.size": "1073741824" }), { path: "demo-1.0/a" }]),
    tarOf("a global header and nothing after it", /no member follows/, [{ path: "demo-1.0/a" }, pax({ comment: "x" }, "g")]),
    zipOf("a script before the zip", /bytes/, [{ name: "demo/a" }], { prefix: Buffer.from("#!/usr/bin/env python3\n") }),
    zipOf("a second zip behind the first", /before it/, [{ name: "demo/a" }], { after: rawZip([{ name: "demo/b" }]) }),
  ];
}

/** What a crate, an npm package, a wheel and a layer of an image add to the ways of being bad. */
function ofEcosystems(): readonly KnownBad[] {
  const twice = (path: string): readonly RawTarMember[] => [
    { path, content: "honest" },
    { path, content: "evil" },
  ];
  return [
    tarOf("a crate with two manifests", /occurs twice/, twice("demo-1.0.0/Cargo.toml")),
    tarOf("a crate that brings its own mark of being unpacked through a link", /is a link to/, [
      { path: "demo-1.0.0/.cargo-ok", type: "2", linkTo: "../../.cargo/config.toml" },
    ]),
    tarOf("an npm package with two manifests", /occurs twice/, twice("package/package.json")),
    tarOf("an npm package with a second root that strips to the same file", /leads upwards/, [
      { path: "package/package.json" },
      { path: "package/x/../package.json" },
    ]),
    tarOf("a source distribution with two PKG-INFO", /occurs twice/, twice("demo-1.0/PKG-INFO")),
    zipOf("a wheel with two METADATA", /occurs twice/, [
      { name: "demo-1.0.dist-info/METADATA", content: "1" },
      { name: "demo-1.0.dist-info/METADATA", content: "2" },
    ]),
    zipOf("a wheel with RECORD as a folder and a file", /occurs twice|also holds/, [
      { name: "demo-1.0.dist-info/RECORD", content: "1" },
      { name: "demo-1.0.dist-info/RECORD/" },
    ]),
    tarOf("a layer with a device", /device/, [{ path: "dev/sda", type: "4" }]),
    tarOf("a layer with a pipe", /pipe/, [{ path: "run/pipe", type: "6" }]),
    tarOf("a layer with a link to the host", /is a link to/, [{ path: "etc/shadow", type: "2", linkTo: "/etc/shadow" }]),
    tarOf("two spellings of one name", /are one name/, [{ path: "demo-1.0/\u00e9" }, { path: "demo-1.0/e\u0301" }]),
    zipOf("two spellings of one name in a zip", /are one name/, [{ name: "demo/\u00e9" }, { name: "demo/e\u0301" }]),
  ];
}

/** What scanners stumble over and nobody is harmed by: archives in archives are bytes, and are not opened. */
function harmless(): readonly KnownBad[] {
  let nested = rawZip([{ name: "demo/a", content: zeros(1), deflate: true }]);
  for (let depth = 0; depth < 5; depth += 1) nested = rawZip([{ name: "demo/inner.zip", content: nested, deflate: true }]);
  return [
    { what: "a zip in a zip in a zip", format: "zip", bytes: nested, verdict: "read" },
    zipOf("names that differ in case alone", "read", [{ name: "demo/A.py" }, { name: "demo/a.py" }]),
    zipOf("a name with a colon", "read", [{ name: "demo/a:b" }]),
    zipOf("a name that Windows keeps for a device", "read", [{ name: "demo/con.txt" }]),
    tarOf("a name with a colon in a tar", "read", [{ path: "demo-1.0/a:b", content: "x" }]),
    tarOf("a link within the tree", "read", [{ path: "demo-1.0/a" }, { path: "demo-1.0/l", type: "2", linkTo: "a" }]),
  ];
}
