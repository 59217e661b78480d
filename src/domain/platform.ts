// Platforms as `matrix: platform` writes them (`linux-x86_64`, `macos-universal2`, `windows-amd64`, `linux`), and which
// machine can do the work of one. It exists because every step that has legs asks the same question, and because a leg
// without a place to run must be told before the start (DESIGN §2).

export const operatingSystems = ["linux", "macos", "windows"] as const;
export type OperatingSystem = (typeof operatingSystems)[number];
export type Processor = "x86_64" | "aarch64";

export type ReadPlatform =
  | {
      readonly kind: "platform";
      readonly os: OperatingSystem;
      /** Absent: any. `universal2` stands for both of macOS. */
      readonly processor?: Processor | "universal2";
    }
  | { readonly kind: "unknown" };

const processors: Readonly<Record<string, Processor | "universal2">> = {
  x86_64: "x86_64",
  amd64: "x86_64",
  x64: "x86_64",
  aarch64: "aarch64",
  arm64: "aarch64",
  universal2: "universal2",
};

/** Reads a platform's words; an ending such as `-static` says how something is built, not where, and is passed over. */
export function readPlatform(words: string): ReadPlatform {
  const [system, processor] = words.split("-");
  const os = operatingSystems.find((one) => one === system);
  if (os === undefined) return { kind: "unknown" };
  if (processor === undefined) return { kind: "platform", os };
  const known = Object.hasOwn(processors, processor) ? processors[processor] : undefined;
  if (known === undefined || (known === "universal2" && os !== "macos")) return { kind: "unknown" };
  return { kind: "platform", os, processor: known };
}

/**
 * Machines that can do the work of a platform natively, in the same words as `ReadPorts.host`.
 * @returns empty for words that name no platform.
 */
export function hostsFor(words: string): readonly string[] {
  const read = readPlatform(words);
  if (read.kind === "unknown") return [];
  const { os, processor } = read;
  const any = processor === undefined || processor === "universal2";
  return (any ? ["x86_64", "aarch64"] : [processor]).map((one) => `${os}-${one}`);
}

/**
 * Why a leg cannot be done on a machine, with the ways out; undefined if it can, or if the leg names no platform.
 * @param host as `ReadPorts.host`
 * @param makes whether the leg makes files that can be brought in from another machine
 */
export function explainNoPlace(
  words: string | undefined,
  host: string,
  makes: "files" | "nothing" = "nothing",
): { readonly message: string; readonly hint: string } | undefined {
  if (words === undefined) return undefined;
  const hosts = hostsFor(words);
  if (hosts.includes(host)) return undefined;
  if (hosts.length === 0) {
    const hint = `Write ${operatingSystems.join(", ")}, with "-x86_64", "-aarch64" or (macOS) "-universal2" behind it`;
    return { message: `Cannot find a place for the leg "${words}": it names no platform that this version knows`, hint };
  }
  return {
    message: `Cannot find a place for the leg "${words}": it needs a machine that is ${hosts.join(" or ")}, and this one is ${host}`,
    hint: waysOut(words, hosts, makes),
  };
}

/** A place is a machine of that kind, or for what leaves files one that has made them already. */
function waysOut(words: string, hosts: readonly string[], makes: "files" | "nothing"): string {
  const later = "(workers and the compiled build come with later versions)";
  if (makes === "nothing") return `Run the release on a machine that is ${hosts[0]}, or take "${words}" out of the matrix ${later}`;
  return `Bring in what was built on a machine that is ${hosts[0]}: \`slipway import FILE... --platform ${words} --by NAME --reason TEXT\`, or run the release there ${later}`;
}

/** Some machine can do the work of a platform: the leg waits for it, and does not keep the others from being done. */
export function mayBeElsewhere(words: string | undefined): boolean {
  return words !== undefined && hostsFor(words).length > 0;
}
