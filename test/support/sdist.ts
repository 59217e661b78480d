// Small source distributions for tests: a ustar archive in gzip, one top folder with PKG-INFO and pyproject.toml
// (PUG source-distribution-format), valid unless a lie is asked for.
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { bytesOf } from "./zip.ts";
import { coreMetadata, wheelName, type BuiltFile, type WheelOf } from "./wheel.ts";

export interface SdistOf extends Omit<WheelOf, "tag" | "build" | "scripts" | "lies"> {
  readonly lies?: SdistLies;
}

export interface SdistLies {
  readonly metadataName?: string;
  readonly metadataVersion?: string;
  /** Top folder instead of `name-version`. */
  readonly top?: string;
  readonly withoutPkgInfo?: boolean;
  /** Members as they stand, after all others. */
  readonly extraMembers?: readonly TarMember[];
  /** Bytes after the gzip stream. */
  readonly trailing?: Uint8Array;
}

export interface TarMember {
  readonly path: string;
  readonly content?: string | Uint8Array;
  /** ustar type flag: `0` file, `5` folder, `2` link, `1` hard link, `3` device, `S` sparse. Default `0`. */
  readonly type?: string;
  readonly linkTo?: string;
}

/** Builds an sdist in memory. */
export function sdist(of: SdistOf): BuiltFile {
  const lies = of.lies ?? {};
  const pair = `${wheelName(of.name)}-${of.version}`;
  const top = lies.top ?? pair;
  const module = of.module ?? wheelName(of.name);
  const metadata = coreMetadata(of as WheelOf);
  const members: TarMember[] = [
    { path: `${top}/pyproject.toml`, content: pyproject(of, module) },
    { path: `${top}/${module}/__init__.py`, content: `__version__ = "${of.version}"\n` },
    ...Object.entries(of.files ?? {}).map(([path, content]) => ({ path: `${top}/${path}`, content })),
    ...(lies.withoutPkgInfo === true ? [] : [{ path: `${top}/PKG-INFO`, content: metadata }]),
    ...(lies.extraMembers ?? []),
  ];
  const packed = gzipSync(tar(members));
  const bytes = Buffer.concat([packed, Buffer.from(lies.trailing ?? [])]);
  return { name: `${pair}.tar.gz`, bytes, sha256: createHash("sha256").update(bytes).digest("hex"), metadata };
}

/** Writes a ustar archive: paths up to 100 bytes, owner 0, time 0. */
export function tar(members: readonly TarMember[]): Buffer {
  return Buffer.concat([...members.map(entry), Buffer.alloc(1024)]);
}

function entry(member: TarMember): Buffer {
  const content = bytesOf(member.content ?? "");
  const header = Buffer.alloc(512);
  header.write(member.path, 0, 100);
  header.write(member.type === "5" ? "0000755\0" : "0000644\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  header.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write(member.type ?? "0", 156);
  header.write(member.linkTo ?? "", 157, 100);
  header.write("ustar\x0000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

function pyproject(of: SdistOf, module: string): string {
  return `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "${of.name}"\nversion = "${of.version}"\n\n[tool.hatch.build.targets.wheel]\npackages = ["${module}"]\n`;
}
