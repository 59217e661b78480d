// What the archive reader finds nothing wrong with, Python's zipfile and tarfile must read in the same way: the same
// names, sizes and bytes. Valid archives are broken byte by byte; the seed is printed and can be given again.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { pax, rawTar } from "../support/raw-tar.ts";
import { extraField, rawZip, u64s } from "../support/raw-zip.ts";
import { seeded, type Seeded } from "../support/seeded.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const seed = Number(process.env["SLIPWAY_SEED"] ?? 20261121);
const archives = createArchives();

/** Reads each file as an installer would; `null` for one it cannot read to its end. */
const program = `
import base64, hashlib, json, sys, tarfile, zipfile

def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()

def read_zip(path):
    with zipfile.ZipFile(path) as archive:
        return [[info.filename.rstrip("/"), info.file_size, digest(archive.read(info))] for info in archive.infolist() if not info.is_dir()]

def read_tar(path):
    with tarfile.open(path, "r:gz") as archive:
        return [[member.name, member.size, digest(archive.extractfile(member).read())] for member in archive.getmembers() if member.isreg()]

def read(path):
    try:
        return read_zip(path) if path.endswith(".zip") else read_tar(path)
    except Exception:
        return None

json.dump([read(path) for path in json.load(sys.stdin)], sys.stdout)
`;

type Members = readonly (readonly [name: string, sizeBytes: number, sha256: string])[];

function readByPython(files: readonly string[]): readonly (Members | null)[] {
  const output = execFileSync("python3", ["-I", "-c", program], {
    input: JSON.stringify(files),
    maxBuffer: 64 * 1024 * 1024,
    timeout: 120_000,
  });
  return JSON.parse(output.toString("utf8")) as readonly (Members | null)[];
}

/** What we read, or undefined when we found something wrong. */
async function readByUs(file: string): Promise<Members | undefined> {
  const opened = file.endsWith(".zip") ? await archives.openZip(file) : await archives.openTarGz(file);
  if (opened.kind === "unreadable") return undefined;
  const digests = await opened.archive.digests();
  if (opened.archive.faults.length > 0) return undefined;
  return opened.archive.members
    .filter((member) => member.kind === "file")
    .map(({ path, sizeBytes }) => [path, sizeBytes, digests.get(path)?.sha256 ?? "missing"] as const);
}

interface Compared {
  readonly faultless: number;
  readonly unreadByPython: number;
}

async function compare(t: TestContext, name: (index: number) => string, made: readonly Buffer[]): Promise<Compared> {
  const folder = temporaryFolder(t);
  const files = made.map((bytes, index) => {
    const file = join(folder, name(index));
    writeFileSync(file, bytes);
    return file;
  });
  const theirs = readByPython(files);
  let faultless = 0;
  for (const [index, file] of files.entries()) {
    const ours = await readByUs(file);
    if (ours === undefined) continue;
    faultless += 1;
    assert.deepEqual(ours, theirs[index], `seed ${seed}, file ${index}: we find nothing wrong, and Python reads something else`);
  }
  return { faultless, unreadByPython: theirs.filter((one) => one === null).length };
}

/** One to three bytes set, flipped, inserted, removed or repeated. */
function broken(bytes: Buffer, chance: Seeded): Buffer {
  let result = Buffer.from(bytes);
  for (let left = 1 + chance.below(3); left > 0; left -= 1) {
    const at = chance.below(result.length);
    const change = chance.below(6);
    if (change < 2) result[at] = chance.below(256);
    else if (change === 2) result[at] = (result[at] ?? 0) ^ (1 << chance.below(8));
    else if (change === 3) result = Buffer.concat([result.subarray(0, at), Buffer.from([chance.below(256)]), result.subarray(at)]);
    else if (change === 4) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1 + chance.below(8))]);
    else result = Buffer.concat([result.subarray(0, at), result.subarray(Math.max(0, at - chance.below(60)))]);
  }
  return result;
}

const large = Buffer.alloc(3_000, "slipway ");
const zips = [
  rawZip([
    { name: "demo/__init__.py", content: "x = 1\n", deflate: true },
    { name: "demo/data.txt", content: large, deflate: true },
    { name: "demo/sub/" },
    { name: "demo/sub/é.txt", content: "hello" },
  ]),
  rawZip(
    [
      { name: "a", content: "abc", local: { packed: 0xffffffff, size: 0xffffffff, extra: extraField(1, u64s(3, 3)) } },
      { name: "b", content: "defg", central: { extra: extraField(0x5455, Buffer.from([1, 0, 0, 0, 0])) } },
    ],
    { zip64: {} },
  ),
];
const tars = [
  rawTar([
    { path: "demo-1.0/", type: "5" },
    { path: "demo-1.0/PKG-INFO", content: "Name: demo\n" },
    { path: "demo-1.0/data.txt", content: large },
    pax({ path: "demo-1.0/long é", mtime: "1.5" }),
    { path: "demo-1.0/short", content: "hello" },
  ]),
  rawTar([
    { path: "././@LongLink", type: "L", content: `demo-1.0/${"n".repeat(120)}\0`, magic: "ustar  \0" },
    { path: "cut", content: "1", magic: "ustar  \0" },
    { path: "file", prefix: "demo-1.0", content: "22" },
    pax({ comment: "global" }, "g"),
    { path: "demo-1.0/link", type: "2", linkTo: "file" },
    { path: "demo-1.0/last", content: "333" },
  ]),
];

describe(`the archive reader against Python (SLIPWAY_SEED=${seed})`, () => {
  it("reads valid zips and tars as Python does", async (t) => {
    const asZip = await compare(t, (index) => `${index}.zip`, zips);
    const asTar = await compare(
      t,
      (index) => `${index}.tar.gz`,
      tars.map((tar) => gzipSync(tar)),
    );

    assert.equal(asZip.faultless, zips.length);
    assert.equal(asTar.faultless, tars.length);
  });

  it("never finds a broken zip faultless that Python reads in another way", async (t) => {
    const chance = seeded(seed);
    const made = Array.from({ length: 1_500 }, (_, index) => broken(zips[index % zips.length] ?? Buffer.alloc(0), chance));

    const { faultless, unreadByPython } = await compare(t, (index) => `${index}.zip`, made);

    t.diagnostic(`${made.length} broken zips: ${faultless} faultless to us, ${unreadByPython} unreadable to Python`);
    assert.ok(faultless > 0, "some bytes do not matter, so that some broken files must be fine");
    assert.ok(unreadByPython > 0, "Python must refuse some");
  });

  it("never finds a broken tar faultless that Python reads in another way", async (t) => {
    const chance = seeded(seed + 1);
    const made = Array.from({ length: 1_000 }, (_, index) =>
      gzipSync(broken(tars[index % tars.length] ?? Buffer.alloc(0), chance), { level: 1 }),
    );

    const { faultless, unreadByPython } = await compare(t, (index) => `${index}.tar.gz`, made);

    t.diagnostic(`${made.length} broken tars: ${faultless} faultless to us, ${unreadByPython} unreadable to Python`);
    assert.ok(faultless > 0, "some bytes do not matter, so that some broken files must be fine");
    assert.ok(unreadByPython > 0, "Python must refuse some");
  });

  it("never finds a broken gzip file faultless that Python reads in another way", async (t) => {
    const chance = seeded(seed + 2);
    const packed = tars.map((tar) => gzipSync(tar));
    const made = Array.from({ length: 500 }, (_, index) => broken(packed[index % packed.length] ?? Buffer.alloc(0), chance));

    const { unreadByPython } = await compare(t, (index) => `${index}.tar.gz`, made);

    assert.ok(unreadByPython > 0, "Python must refuse some");
  });
});
