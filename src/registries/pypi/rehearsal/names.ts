// Names as PyPI's own server reads them, with its words. Written apart from what the client knows, so that one misreading
// cannot pass its own test. Sources: protocols §1.4; packaging 26.3 `utils`; warehouse `forklift/legacy.py`.
import { pep440, type Pep440Version } from "../../../domain/version/pep440.ts";

/** Quotes a text as Python's `repr` would, which is how the server puts values into its messages. */
export function repr(text: string): string {
  const escaped = text.replace(/[\\\p{Cc}]/gu, (one) =>
    one === "\\" ? "\\\\" : (named[one] ?? `\\x${one.charCodeAt(0).toString(16).padStart(2, "0")}`),
  );
  if (!escaped.includes("'")) return `'${escaped}'`;
  return escaped.includes('"') ? `'${escaped.replaceAll("'", "\\'")}'` : `"${escaped}"`;
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** `Slip.Demo` is `slip-demo`. */
export function canonicalName(name: string): string {
  return name
    .split(/[-_.]+/)
    .join("-")
    .toLowerCase();
}

export function isProjectName(name: string): boolean {
  return /^[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$/i.test(name);
}

export function readVersion(text: string): Pep440Version | undefined {
  const parsed = pep440.parse(text);
  return parsed.kind === "valid" ? parsed.version : undefined;
}

/** One key for all versions that the server takes for one release: trailing zeros of the release part do not count. */
export function canonicalVersion(version: Pep440Version): string {
  const release = [...version.release];
  while (release.length > 1 && release.at(-1) === 0) release.pop();
  return `${version.epoch}!${release.join(".")}${version.normal.slice(version.base.length)}`;
}

export type WheelName =
  | {
      readonly kind: "wheel";
      readonly name: string;
      readonly written: string;
      readonly version: Pep440Version;
      readonly versionText: string;
      readonly platforms: readonly string[];
    }
  | { readonly kind: "invalid"; readonly message: string };

/** @param fileName ends with `.whl` */
export function readWheelName(fileName: string): WheelName {
  const stem = fileName.slice(0, -".whl".length);
  const parts = stem.split("-");
  if (parts.length !== 5 && parts.length !== 6)
    return { kind: "invalid", message: `Invalid wheel filename (wrong number of parts): ${repr(stem)}` };
  const [written = "", versionText = ""] = parts;
  if (written.includes("__") || !/^[\w.]+$/u.test(written)) return { kind: "invalid", message: `Invalid project name: ${repr(stem)}` };
  const version = readVersion(versionText);
  if (version === undefined) return { kind: "invalid", message: `Invalid wheel filename (invalid version): ${repr(stem)}` };
  const build = parts.length === 6 ? parts[2] : undefined;
  if (build !== undefined && !/^\d/.test(build)) return { kind: "invalid", message: `Invalid build number: ${build} in ${repr(stem)}` };
  const platforms = (parts.at(-1) ?? "").split(".");
  if (parts.slice(-3).some((set) => set.split(".").includes(""))) {
    return { kind: "invalid", message: `Invalid wheel filename (invalid tag component): ${repr(stem)}` };
  }
  return { kind: "wheel", name: canonicalName(written), written, version, versionText, platforms };
}

export interface SdistName {
  readonly name: string;
}

/** @param fileName ends with `.tar.gz` or `.zip`; undefined where the server says that the name is invalid */
export function readSdistName(fileName: string): SdistName | undefined {
  const stem = fileName.slice(0, fileName.endsWith(".zip") ? -".zip".length : -".tar.gz".length);
  const dash = stem.lastIndexOf("-");
  if (dash <= 0 || readVersion(stem.slice(dash + 1)) === undefined) return undefined;
  return { name: canonicalName(stem.slice(0, dash)) };
}

const manylinux2014 = ["x86_64", "i686", "aarch64", "armv7l", "ppc64", "ppc64le", "s390x"].map((arch) => `manylinux2014_${arch}`);
const manylinuxOld = ["manylinux1_x86_64", "manylinux1_i686", "manylinux2010_x86_64", "manylinux2010_i686"];
const fixedPlatforms = new Set([
  "any",
  "win32",
  "win_arm64",
  "win_amd64",
  "win_ia64",
  "linux_armv6l",
  "linux_armv7l",
  ...manylinuxOld,
  ...manylinux2014,
]);
const linuxArches = ["x86_64", "i686", "aarch64", "armv7l", "ppc64le", "s390x", "riscv64"];
const macArches = ["ppc", "ppc64", "i386", "x86_64", "arm64", "intel", "fat", "fat3", "fat64", "universal", "universal2"];
const macMajors = ["11", "12", "13", "14", "15", "26"];

/** The allow-list for platform tags of wheels. */
export function takesPlatform(tag: string): boolean {
  if (fixedPlatforms.has(tag)) return true;
  const [, family, first = "", second = "", arch = ""] = /^([a-z]+)_(\d+)_(?:(\d+)_)?(.*)$/.exec(tag) ?? [];
  switch (family) {
    case "macosx":
      return macArches.includes(arch) && (first === "10" ? second !== "" : macMajors.includes(first) && second === "0");
    case "manylinux":
      return second !== "" && [...linuxArches, "ppc64"].includes(arch);
    case "musllinux":
      return second !== "" && linuxArches.includes(arch);
    case "ios":
      return second !== "" && /^(?:arm64|x86_64)_(?:iphoneos|iphonesimulator)$/.test(arch);
    case "android":
      return ["armeabi_v7a", "arm64_v8a", "x86", "x86_64"].includes(arch);
    case "pyemscripten":
      return second !== "" && arch === "wasm32";
    default:
      return false;
  }
}
