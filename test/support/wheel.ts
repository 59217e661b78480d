// Small wheels for tests: valid unless a lie is asked for. The same description gives the same bytes.
// Rules: the wheel file format (PEP 427, PUG binary-distribution-format) and core metadata 2.4.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bytesOf, zip, type MemberTrick, type ZipMember, type ZipTricks } from "./zip.ts";

export interface WheelOf {
  /** As a manifest writes it, `Slip.Demo`. */
  readonly name: string;
  readonly version: string;
  /** Tags as in the file name. Default `py3-none-any`. */
  readonly tag?: string;
  readonly build?: string;
  /** Import name. Default: the normalised name with `_`. */
  readonly module?: string;
  readonly requires?: readonly string[];
  readonly requiresPython?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly descriptionContentType?: string;
  readonly metadataVersion?: string;
  /** More header lines of METADATA, in order. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Console scripts, `tool = module:main`. */
  readonly scripts?: readonly string[];
  /** More members, by path in the wheel; they are in RECORD unless a lie leaves them out. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly lies?: WheelLies;
}

/** How a wheel may say something else than it is. */
export interface WheelLies {
  /** Name or version written in METADATA instead of the true one. */
  readonly metadataName?: string;
  readonly metadataVersion?: string;
  /** `Tag:` lines of WHEEL instead of the expansion of the file name. */
  readonly wheelTags?: readonly string[];
  /** Members of `.dist-info` to leave out: `METADATA`, `WHEEL`, `RECORD`. */
  readonly without?: readonly string[];
  /** Paths for which RECORD has a wrong digest, a wrong size, or no line. */
  readonly recordWrongDigest?: readonly string[];
  readonly recordWrongSize?: readonly string[];
  readonly recordWithout?: readonly string[];
  /** Paths in RECORD that the wheel does not hold. */
  readonly recordExtra?: readonly string[];
  /** Folder `.dist-info` under another name and version, `other-1.0`. */
  readonly distInfo?: string;
  /** Zip tricks of one member, by path; `extraMembers` are appended after RECORD, unlisted. */
  readonly members?: Readonly<Record<string, MemberTrick>>;
  readonly extraMembers?: readonly ZipMember[];
  readonly zip?: ZipTricks;
}

export interface BuiltFile {
  /** File name at a registry. */
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  /** Text of METADATA or PKG-INFO as it is in the file. */
  readonly metadata: string;
}

/** Builds a wheel in memory. */
export function wheel(of: WheelOf): BuiltFile {
  const lies = of.lies ?? {};
  const pair = `${wheelName(of.name)}-${of.version}`;
  const distInfo = `${lies.distInfo ?? pair}.dist-info`;
  const metadata = coreMetadata(of);
  const without = new Set((lies.without ?? []).map((one) => `${distInfo}/${one}`));
  const members: ZipMember[] = Object.entries({
    ...moduleFiles(of),
    [`${distInfo}/METADATA`]: metadata,
    [`${distInfo}/WHEEL`]: wheelFile(of),
    ...(of.scripts === undefined ? {} : { [`${distInfo}/entry_points.txt`]: `[console_scripts]\n${of.scripts.join("\n")}\n` }),
  })
    .filter(([path]) => !without.has(path))
    .map(([path, content]) => member(path, content, lies));
  const record = `${distInfo}/RECORD`;
  if (!without.has(record)) members.push(member(record, recordOf(members, record, lies), lies));
  const bytes = zip([...members, ...(lies.extraMembers ?? [])], lies.zip);
  const name = `${pair}${of.build === undefined ? "" : `-${of.build}`}-${tagOf(of)}.whl`;
  return { name, bytes, sha256: createHash("sha256").update(bytes).digest("hex"), metadata };
}

/** Writes a built file into a folder and returns its absolute path. */
export function writeBuilt(folder: string, built: Pick<BuiltFile, "name" | "bytes">): string {
  const file = join(folder, built.name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, built.bytes);
  return file;
}

/** Core metadata of a description: headers, then the description as body. */
export function coreMetadata(of: WheelOf): string {
  const headers: (readonly [string, string])[] = [
    ["Metadata-Version", of.metadataVersion ?? "2.4"],
    ["Name", of.lies?.metadataName ?? of.name],
    ["Version", of.lies?.metadataVersion ?? of.version],
    ["Summary", of.summary ?? `Fixture ${of.name}`],
    ...(of.requiresPython === undefined ? [] : [["Requires-Python", of.requiresPython] as const]),
    ...(of.requires ?? []).map((one) => ["Requires-Dist", one] as const),
    ...(of.descriptionContentType === undefined ? [] : [["Description-Content-Type", of.descriptionContentType] as const]),
    ...(of.headers ?? []),
  ];
  const lines = headers.map(([name, value]) => `${name}: ${value}\n`).join("");
  return of.description === undefined ? lines : `${lines}\n${of.description}`;
}

/** Normalised name in the form of wheel and sdist file names. */
export function wheelName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "_");
}

function moduleFiles(of: WheelOf): Record<string, string | Uint8Array> {
  const module = of.module ?? wheelName(of.name);
  const code = `__version__ = "${of.version}"\n\n\ndef main():\n    print(__version__)\n`;
  return { [`${module}/__init__.py`]: code, [`${module}/__main__.py`]: `from . import main\n\nmain()\n`, ...of.files };
}

function tagOf(of: WheelOf): string {
  return of.tag ?? "py3-none-any";
}

function wheelFile(of: WheelOf): string {
  const [pythons = "", abis = "", platforms = ""] = tagOf(of).split("-");
  const expanded = pythons
    .split(".")
    .flatMap((python) => abis.split(".").flatMap((abi) => platforms.split(".").map((platform) => `${python}-${abi}-${platform}`)));
  const pure = platforms === "any";
  const build = of.build === undefined ? "" : `Build: ${of.build}\n`;
  const tags = (of.lies?.wheelTags ?? expanded).map((tag) => `Tag: ${tag}\n`).join("");
  return `Wheel-Version: 1.0\nGenerator: slipway-fixture 1\nRoot-Is-Purelib: ${pure}\n${tags}${build}`;
}

function member(path: string, content: string | Uint8Array, lies: WheelLies): ZipMember {
  const trick = lies.members?.[path];
  return trick === undefined ? { path, content } : { path, content, trick };
}

function recordOf(members: readonly ZipMember[], record: string, lies: WheelLies): string {
  const lines = members
    .filter((one) => !(lies.recordWithout ?? []).includes(one.path))
    .map((one) => recordLine(one.path, bytesOf(one.content), lies));
  const extra = (lies.recordExtra ?? []).map((path) => recordLine(path, Buffer.from("not there"), {}));
  return [...lines, ...extra, `${record},,\n`].join("");
}

function recordLine(path: string, content: Buffer, lies: WheelLies): string {
  const hashed = (lies.recordWrongDigest ?? []).includes(path) ? Buffer.concat([content, Buffer.from("!")]) : content;
  const size = content.length + ((lies.recordWrongSize ?? []).includes(path) ? 1 : 0);
  return `${path},sha256=${createHash("sha256").update(hashed).digest("base64url")},${size}\n`;
}
