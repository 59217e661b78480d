// Names of Python packages and of their files: what an index calls a package (PEP 503), how wheels (PEP 427, PEP 425) and
// sdists (PEP 625) are named, and which platform tags PyPI takes (reference/protocols §1.4). No registry and no archive is
// looked at here. Answers hold for ASCII names, the only ones that indexes accept.
import { assert } from "../error.ts";
import { pep440, type Pep440Version } from "../version/pep440.ts";
import { quoteVersion, readVersion } from "../version/scheme.ts";

/** Longest file name that is read, in characters; file systems and indexes stop there too. */
const fileNameLengthMax = 255;

/** Most tags a compressed tag set may stand for; real wheels have fewer than 30. */
export const expandedTagsMax = 500;

export interface WheelTags {
  /** Each set as written, not yet sorted: `["py2", "py3"]`. */
  readonly python: readonly string[];
  readonly abi: readonly string[];
  readonly platform: readonly string[];
}

export interface WheelFileName extends WheelTags {
  readonly kind: "wheel";
  /** First component as written; `.dist-info` and `.data` begin with it and with `versionText`. */
  readonly distribution: string;
  /** PEP 503 name. */
  readonly name: string;
  readonly versionText: string;
  readonly version: Pep440Version;
  readonly build?: { readonly number: number; readonly suffix: string };
  /** All tags that the sets stand for, `cp312-abi3-manylinux_2_17_x86_64`, each once. */
  readonly tags: readonly string[];
}

export type ParsedWheelFileName = WheelFileName | { readonly kind: "invalid"; readonly reason: string };

export type ParsedSdistFileName =
  | { readonly kind: "sdist"; readonly version: Pep440Version }
  /** `expected`: the one name that this version's sdist may have, if a version could be read. */
  | { readonly kind: "invalid"; readonly reason: string; readonly expected?: string };

/** Whether a text is a package name: ASCII letters, digits, `.`, `-`, `_`, with a letter or digit at both ends. */
export function isPackageName(text: string): boolean {
  return /^(?:[a-z0-9]|[a-z0-9][a-z0-9._-]*[a-z0-9])$/i.test(text);
}

/** The PEP 503 form: lower case, each run of `-`, `_` and `.` one `-`. Two names are one package if these are equal. */
export function normalizeName(name: string): string {
  return name.replaceAll(/[-_.]+/g, "-").toLowerCase();
}

/** The form of a name in file names: as PEP 503, with `_`, since `-` separates the components. */
export function fileNameForm(name: string): string {
  return normalizeName(name).replaceAll("-", "_");
}

/**
 * Reads a wheel's file name as PyPI and installers do. Whether it is the name this wheel ought to have is another
 * question: compare with `wheelFileName`.
 * @returns `wheel` with all compressed tags expanded, or `invalid` with the reason.
 */
export function parseWheelFileName(fileName: string): ParsedWheelFileName {
  if (fileName.length > fileNameLengthMax) return invalid(`the name is longer than ${fileNameLengthMax} characters`);
  if (!fileName.endsWith(".whl")) return invalid('the name does not end with ".whl"');
  const components = fileName.slice(0, -".whl".length).split("-");
  if (components.length !== 5 && components.length !== 6)
    return invalid(`the name has ${components.length} components between "-", not 5 or 6`);
  const [distribution = "", versionText = ""] = components;
  if (!/^[A-Za-z0-9_.]+$/.test(distribution) || distribution.includes("__"))
    return invalid(`${quoteVersion(distribution)} is no package name as wheels write it`);
  const version = pep440.parse(versionText);
  if (version.kind === "invalid" || !/^[\x21-\x7e]+$/.test(versionText))
    return invalid(`${quoteVersion(versionText)} is no PEP 440 version`);
  const build = components.length === 6 ? parseBuild(components[2] ?? "") : "none";
  if (build === undefined)
    return invalid(`the build tag ${quoteVersion(components[2] ?? "")} is not a number, then letters, digits, "_" or "."`);
  const sets = parseTagSets(components.slice(-3));
  if (sets.kind === "invalid") return sets;
  const { python, abi, platform, tags } = sets;
  const found: WheelFileName = {
    kind: "wheel",
    distribution,
    name: normalizeName(distribution),
    versionText,
    version: version.version,
    python,
    abi,
    platform,
    tags,
  };
  return build === "none" ? found : { ...found, build };
}

/**
 * Reads an sdist's file name, which has exactly one right form for a package and a version (PEP 625; PyPI insists).
 * @param name any spelling of the package's name.
 */
export function parseSdistFileName(fileName: string, name: string): ParsedSdistFileName {
  if (fileName.length > fileNameLengthMax) return invalid(`the name is longer than ${fileNameLengthMax} characters`);
  if (!fileName.endsWith(".tar.gz")) return invalid('the name does not end with ".tar.gz"');
  const stem = fileName.slice(0, -".tar.gz".length);
  const dash = stem.lastIndexOf("-");
  const versionText = stem.slice(dash + 1);
  const read = pep440.parse(versionText);
  if (dash < 1 || read.kind === "invalid") return invalid(`${quoteVersion(versionText)} is no PEP 440 version`);
  const expected = sdistFileName(name, read.version.normal);
  if (fileName === expected) return { kind: "sdist", version: read.version };
  return { ...invalid(`the name is ${quoteVersion(fileName)} and has to be "${expected}"`), expected };
}

/**
 * The name a wheel has to have: normalized name and version, sorted tag sets (PEP 425).
 * @throws SlipwayError VERSION_INVALID
 */
export function wheelFileName(wheel: WheelTags & { readonly name: string; readonly version: string; readonly build?: string }): string {
  const { python, abi, platform, build } = wheel;
  const sets = [python, abi, platform].map((set) => [...new Set(set)].toSorted().join("."));
  const components = [
    fileNameForm(wheel.name),
    readVersion(pep440, wheel.version).normal,
    ...(build === undefined ? [] : [build]),
    ...sets,
  ];
  const fileName = `${components.join("-")}.whl`;
  const parsed = parseWheelFileName(fileName);
  assert(parsed.kind === "wheel", `"${fileName}" would be no wheel name`);
  return fileName;
}

/**
 * The name an sdist has to have (PEP 625).
 * @throws SlipwayError VERSION_INVALID
 * @example sdistFileName("Slip.Demo", "1.0.0-rc.1") // "slip_demo-1.0.0rc1.tar.gz"
 */
export function sdistFileName(name: string, version: string): string {
  return `${fileNameForm(name)}-${readVersion(pep440, version).normal}.tar.gz`;
}

// --- helpers ----------------------------------------------------------------------------------

type TagSets =
  | (WheelTags & { readonly kind: "sets"; readonly tags: readonly string[] })
  | { readonly kind: "invalid"; readonly reason: string };

function parseTagSets(components: readonly string[]): TagSets {
  const [python = [], abi = [], platform = []] = components.map((component) => component.split("."));
  const odd = [...python, ...abi, ...platform].find((tag) => !/^[A-Za-z0-9_]+$/.test(tag));
  if (odd !== undefined) return invalid(`${quoteVersion(odd)} is no tag`);
  const interpreter = python.find((tag) => /^[0-9]/.test(tag));
  if (interpreter !== undefined) return invalid(`the Python tag "${interpreter}" starts with a digit`);
  const count = python.length * abi.length * platform.length;
  if (count > expandedTagsMax) return invalid(`its tags stand for ${count} combinations, more than ${expandedTagsMax}`);
  const tags = python.flatMap((one) => abi.flatMap((two) => platform.map((three) => `${one}-${two}-${three}`)));
  return { kind: "sets", python, abi, platform, tags: [...new Set(tags)] };
}

function parseBuild(text: string): { readonly number: number; readonly suffix: string } | undefined {
  const [, digits, suffix] = /^([0-9]+)([A-Za-z0-9_.]*)$/.exec(text) ?? [];
  if (digits === undefined || suffix === undefined || !Number.isSafeInteger(Number(digits))) return undefined;
  return { number: Number(digits), suffix };
}

function invalid(reason: string): { readonly kind: "invalid"; readonly reason: string } {
  return { kind: "invalid", reason };
}

// --- platform tags ----------------------------------------------------------------------------

const plainPlatforms: readonly string[] = [
  "any",
  "win32",
  "win_amd64",
  "win_arm64",
  "win_ia64",
  "linux_armv6l",
  "linux_armv7l",
  "manylinux1_x86_64",
  "manylinux1_i686",
  "manylinux2010_x86_64",
  "manylinux2010_i686",
  ...["x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x"].map((arch) => `manylinux2014_${arch}`),
];

const linux = "x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64";
const mac = "ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2";
const platformForms: readonly RegExp[] = [
  new RegExp(`^manylinux_[0-9]+_[0-9]+_(?:${linux}|ppc64)$`),
  new RegExp(`^musllinux_[0-9]+_[0-9]+_(?:${linux})$`),
  new RegExp(`^macosx_10_[0-9]+_(?:${mac})$`),
  new RegExp(`^macosx_(?:11|12|13|14|15|26)_0_(?:${mac})$`),
  /^ios_[0-9]+_[0-9]+_(?:arm64|x86_64)_(?:iphoneos|iphonesimulator)$/,
  /^android_[0-9]+_(?:armeabi_v7a|arm64_v8a|x86|x86_64)$/,
  /^pyemscripten_[0-9]+_[0-9]+_wasm32$/,
];

/**
 * Why PyPI would refuse a wheel with this platform tag, or `undefined` if it takes it. Other indexes take more.
 * @param tag one member of the third tag set; ask for each.
 */
export function refusedPlatformTag(tag: string): string | undefined {
  if (plainPlatforms.includes(tag) || platformForms.some((form) => form.test(tag))) return undefined;
  return `PyPI does not take the platform tag ${quoteVersion(tag)}${adviceFor(tag)}`;
}

function adviceFor(tag: string): string {
  if (tag.startsWith("linux_")) return ": it takes manylinux and musllinux tags, which `auditwheel repair` or the builder gives";
  if (/^macosx_(?!10_)[0-9]+_(?!0_)/.test(tag)) return ": from macOS 11 on the second number has to be 0";
  if (/^(?:manylinux|musllinux)/.test(tag)) return ": this architecture or form is not on its list";
  return "";
}
