// How the wheels of one leg come to be on this machine: natively; compiled for another processor of Linux, which maturin can
// with zig as its linker (maturin's guide, "Cross compiling"); or not at all. zig also links against an older glibc than the
// machine's, which is what `manylinux` asks for.
import { explainNoPlace } from "../../domain/platform.ts";
import { readTarget, rustTarget } from "../../domain/platform-targets.ts";
import { firstLineOf } from "../building.ts";
import type { ReadPorts } from "../step.ts";
import { isMaturin } from "./builder.ts";
import type { Wanted } from "./input.ts";

export type Way =
  /** `target`: Rust's name of the platform that is compiled for; absent: this machine's. */
  | { readonly kind: "way"; readonly zig: boolean; readonly target?: string }
  | { readonly kind: "none"; readonly message: string; readonly hint: string };

export interface Project {
  /** Undefined: it could not be read, and only a native place is found. */
  readonly backend: string | undefined;
  /** Absolute; it may name the toolchain that it is built with. */
  readonly folder: string;
}

export async function findWay(wanted: Wanted, { backend, folder }: Project, ports: ReadPorts): Promise<Way> {
  const noPlace = explainNoPlace(wanted.platform, ports.host, "files");
  const byMaturin = wanted.builder === "maturin" || (wanted.builder === "auto" && backend !== undefined && isMaturin(backend));
  if (noPlace === undefined) {
    const zig = byMaturin && wanted.manylinux !== undefined && ports.host.startsWith("linux-") && (await hasZig(ports));
    return { kind: "way", zig };
  }
  const target = byMaturin ? crossTarget(wanted, ports.host) : undefined;
  if (target === undefined) return { kind: "none", ...noPlace };
  const lacking = await lacks(target, folder, ports);
  if (lacking.length === 0) return { kind: "way", zig: true, target };
  const message = `${noPlace.message}; to cross-compile, it lacks ${lacking.map(({ what }) => what).join(" and ")}`;
  return { kind: "none", message, hint: `${noPlace.hint}; or ${lacking.map(({ way }) => way).join(" and ")}` };
}

/** Where a leg that this machine has a way for is built, to follow what builds it; empty: natively. */
export function wayWords({ zig, target }: Extract<Way, { kind: "way" }>): string {
  if (target !== undefined) return `, cross-compiled for ${target} by zig`;
  return zig ? ", linked by zig" : "";
}

/** Only from Linux to Linux: the others need what their makers do not give away with a compiler. */
function crossTarget({ platform }: Wanted, host: string): string | undefined {
  const read = platform === undefined || !host.startsWith("linux-") ? undefined : readTarget(platform);
  return read?.kind === "target" && read.target.os === "linux" ? rustTarget(read.target, host) : undefined;
}

async function lacks(
  target: string,
  folder: string,
  ports: ReadPorts,
): Promise<readonly { readonly what: string; readonly way: string }[]> {
  const [library, zig] = await Promise.all([hasLibrary(target, folder, ports), hasZig(ports)]);
  return [
    ...(library ? [] : [{ what: `the Rust target "${target}"`, way: `run \`rustup target add ${target}\`` }]),
    ...(zig ? [] : [{ what: "zig", way: "install zig (or the Python package ziglang)" }]),
  ];
}

/** Whether the standard library of a target is installed: rustc names the folder whether or not it is there. */
async function hasLibrary(target: string, cwd: string, ports: ReadPorts): Promise<boolean> {
  const folder = await firstLineOf(["rustc", "--print", "target-libdir", "--target", target], ports, cwd);
  return folder !== undefined && folder !== "" && (await ports.files.info(folder))?.kind === "folder";
}

/** maturin takes either of them. */
async function hasZig(ports: ReadPorts): Promise<boolean> {
  if ((await ports.exec.find("zig", ports.env["PATH"] ?? "")) !== undefined) return true;
  if ((await ports.exec.find("python3", ports.env["PATH"] ?? "")) === undefined) return false;
  return (await firstLineOf(["python3", "-m", "ziglang", "version"], ports)) !== undefined;
}
