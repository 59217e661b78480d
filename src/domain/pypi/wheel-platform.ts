// Whether a wheel is for the platform of a leg, judged by the platform tags of its name alone (PEP 425, PEP 600, PEP 656;
// PyPA "Platform compatibility tags"). A wheel is never tagged anew to look like another platform (DESIGN §2), so a leg that
// was built elsewhere is held against the words of the file before a byte of it is taken.
import { readPlatform, type OperatingSystem, type Processor, type ReadPlatform } from "../platform.ts";

type TagPlatform =
  | { readonly kind: "any" }
  | { readonly kind: "known"; readonly os: OperatingSystem; readonly processors: readonly Processor[] }
  | { readonly kind: "other" };

/**
 * Why a wheel is not for a platform, to follow its name; undefined: it is. A wheel for any platform fits each.
 * @param tags platform tags of its name, expanded
 * @param words platform of the leg, `macos-universal2`
 */
export function differsFromPlatform(tags: readonly string[], words: string): string | undefined {
  const wanted = readPlatform(words);
  if (wanted.kind === "unknown") return `cannot be held against "${words}", which names no platform that this version knows`;
  const read = tags.map(readTag);
  if (read.every((tag) => tag.kind === "any")) return undefined;
  const isForeign = read.some((tag) => tag.kind !== "known" || tag.os !== wanted.os);
  const processors = read.flatMap((tag) => (tag.kind === "known" ? tag.processors : []));
  if (!isForeign && processorsOf(wanted, processors).every((one) => processors.includes(one))) return undefined;
  return `is for ${tags.join(" and ")}, and should be for ${words}`;
}

/** Processors that the wheel has to serve: both of them for `universal2`, and any one where the words name none. */
function processorsOf({ processor }: Extract<ReadPlatform, { kind: "platform" }>, there: readonly Processor[]): readonly Processor[] {
  if (processor === "universal2") return ["x86_64", "aarch64"];
  if (processor !== undefined) return [processor];
  return there.length > 0 ? [] : ["x86_64"];
}

function readTag(tag: string): TagPlatform {
  if (tag === "any") return { kind: "any" };
  const [, system = "", processor = ""] = /^(manylinux|musllinux|linux|macosx|win)(?:_?[0-9]+)*_(.+)$/.exec(tag) ?? [];
  const os = system === "macosx" ? "macos" : system === "win" ? "windows" : "linux";
  const processors = processorsByWord.get(processor);
  return system === "" || processors === undefined ? { kind: "other" } : { kind: "known", os, processors };
}

const processorsByWord: ReadonlyMap<string, readonly Processor[]> = new Map<string, readonly Processor[]>([
  ["x86_64", ["x86_64"]],
  ["amd64", ["x86_64"]],
  ["aarch64", ["aarch64"]],
  ["arm64", ["aarch64"]],
  ["universal2", ["x86_64", "aarch64"]],
]);

/**
 * Why a wheel is not for a version of Python; undefined: it is.
 * @param wheel tags of its name
 * @param python `3.12`, or `3.13t` for the build without a global lock
 */
export function differsFromPython(
  wheel: { readonly python: readonly string[]; readonly abi: readonly string[] },
  python: string,
): string | undefined {
  const [, major = "", minor = "", free = ""] = /^([0-9]+)\.([0-9]+)(t?)$/.exec(python) ?? [];
  const fits = wheel.python.some((tag) => {
    const [, kind, tagMajor, tagMinor = ""] = /^(cp|py)([0-9])([0-9]*)$/.exec(tag) ?? [];
    if (tagMajor !== major) return false;
    if (kind === "py") return wheel.abi.includes("none") && (tagMinor === "" || Number(tagMinor) <= Number(minor));
    if (wheel.abi.includes("abi3") && free === "") return Number(tagMinor) <= Number(minor);
    return tagMinor === minor && wheel.abi.some((abi) => abi === "none" || abi === `cp${major}${minor}${free}`);
  });
  return fits ? undefined : `is for ${wheel.python.join(" and ")} (${wheel.abi.join(", ")}), and should be for Python ${python}`;
}
