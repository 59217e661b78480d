// What a leg's platform means for compilers: Rust's target triples (The rustc book, "Platform Support") and Go's GOOS and
// GOARCH (`go tool dist list`). Beside domain/platform.ts, which says where a leg can run: a compiler may build for another
// machine than it runs on.
import { readPlatform, type OperatingSystem, type Processor } from "./platform.ts";

export interface PlatformTarget {
  readonly os: OperatingSystem;
  /** `universal2`: one file for both of macOS. */
  readonly processor: Processor | "universal2";
  /** Linux alone: needs nothing of the machine that it runs on. */
  readonly isStatic: boolean;
  /** The processor as the file writes it, for names: `arm64`. */
  readonly archWord: string;
}

export type ReadTarget =
  | { readonly kind: "target"; readonly target: PlatformTarget }
  /** `why` follows the platform's name. */
  | { readonly kind: "unclear"; readonly why: string };

/** @param words `linux-x86_64`, `linux-x86_64-static`, `macos-arm64` */
export function readTarget(words: string): ReadTarget {
  const read = readPlatform(words);
  const [, archWord = "", ...endings] = words.split("-");
  if (read.kind === "unknown") return unclear("names no platform that this version knows");
  const { os, processor } = read;
  if (processor === undefined) return unclear("names no processor, and an executable is for one");
  const other = endings.find((one) => one !== "static");
  if (other !== undefined || endings.length > 1)
    return unclear(`ends with "-${other ?? "static"}", and "-static" is the one ending there is`);
  const isStatic = endings.length === 1;
  if (isStatic && os !== "linux") return unclear("asks for a static executable, which Linux alone has");
  return { kind: "target", target: { os, processor, isStatic, archWord } };
}

function unclear(why: string): ReadTarget {
  return { kind: "unclear", why };
}

/** Rust's target, or undefined: no compiler makes two processors' code at once. @param host as `ReadPorts.host` */
export function rustTarget({ os, processor, isStatic }: PlatformTarget, host: string): string | undefined {
  if (processor === "universal2") return undefined;
  switch (os) {
    case "linux":
      return `${processor}-unknown-linux-${isStatic ? "musl" : "gnu"}`;
    case "macos":
      return `${processor}-apple-darwin`;
    case "windows":
      if (host.startsWith("windows")) return `${processor}-pc-windows-msvc`;
      // Elsewhere there is no linker of Microsoft's.
      return `${processor}-pc-windows-${processor === "aarch64" ? "gnullvm" : "gnu"}`;
  }
}

/** Variables that make Go build for a platform; undefined: as for Rust. */
export function goTarget({ os, processor }: PlatformTarget): { readonly GOOS: string; readonly GOARCH: string } | undefined {
  if (processor === "universal2") return undefined;
  return { GOOS: os === "macos" ? "darwin" : os, GOARCH: processor === "x86_64" ? "amd64" : "arm64" };
}
