// The platform that an image is for, as its config and the index of several platforms write it, and the order in which an
// index lists platforms. Source: OCI image-spec v1.1 `config.md`, `image-index.md` (GOOS and GOARCH words).
import { textOf, type JsonRecord } from "../json-record.ts";

export interface ImagePlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}

/** @returns undefined where the system or the processor is not told */
export function readImagePlatform(record: JsonRecord): ImagePlatform | undefined {
  const os = textOf(record["os"]) ?? "";
  const architecture = textOf(record["architecture"]) ?? "";
  if (os === "" || architecture === "") return undefined;
  const variant = textOf(record["variant"]) ?? "";
  const osVersion = textOf(record["os.version"]) ?? "";
  return { os, architecture, ...(variant === "" ? {} : { variant }), ...(osVersion === "" ? {} : { osVersion }) };
}

/** `linux/arm64/v8`, as people and tools write it. */
export function platformText(platform: ImagePlatform): string {
  const { os, architecture, variant } = platform;
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** Order of an index: by system, processor, variant and version, each by code unit, so that one set gives one text. */
export function comparePlatforms(one: ImagePlatform, other: ImagePlatform): number {
  for (const key of ["os", "architecture", "variant", "osVersion"] as const) {
    const [a, b] = [one[key] ?? "", other[key] ?? ""];
    if (a !== b) return a < b ? -1 : 1;
  }
  return 0;
}

const systems: Readonly<Record<string, string>> = { linux: "linux", macos: "darwin", windows: "windows" };
const processors: Readonly<Record<string, string>> = { x86_64: "amd64", amd64: "amd64", x64: "amd64", aarch64: "arm64", arm64: "arm64" };

/**
 * Whether an image is what a leg (`linux-aarch64`) was to make; endings such as `-static` do not matter here.
 * @returns false also for words that name no platform of an image
 */
export function fitsLeg(platform: ImagePlatform, leg: string): boolean {
  const [system = "", processor = ""] = leg.split("-");
  return systems[system] === platform.os && processors[processor] === platform.architecture;
}
