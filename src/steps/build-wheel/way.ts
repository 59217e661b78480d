// How the wheels of one leg come to be on this machine: natively; compiled for another processor of Linux, which maturin can
// with zig as its linker (maturin's guide, "Cross compiling"); or not at all. zig also links against an older glibc than the
// machine's, which is what `manylinux` asks for.
import { explainNoPlace } from "../../domain/platform.ts";
import { readTarget, rustTarget } from "../../domain/platform-targets.ts";
import { hasRustTarget, hasZig } from "../cross-tools.ts";
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
  const target = targetFor(wanted, backend, ports.host);
  if (noPlace === undefined) {
    const zig = byMaturin(wanted, backend) && wanted.manylinux !== undefined && ports.host.startsWith("linux-") && (await hasZig(ports));
    return { kind: "way", zig };
  }
  if (target === undefined) return { kind: "none", ...noPlace };
  const lacking = await lacks(target, folder, ports);
  if (lacking.length === 0) return { kind: "way", zig: true, target };
  const message = `${noPlace.message}; to cross-compile, it lacks ${lacking.map(({ what }) => what).join(" and ")}`;
  return { kind: "none", message, hint: `${noPlace.hint}; or ${lacking.map(({ way }) => way).join(" and ")}` };
}

/** Why no tool makes the wheels of a leg on such a machine; undefined: one may. @param backend as of `Project` */
export function neverHere(wanted: Wanted, backend: string | undefined, host: string): ReturnType<typeof explainNoPlace> {
  return targetFor(wanted, backend, host) === undefined ? explainNoPlace(wanted.platform, host, "files") : undefined;
}

function byMaturin({ builder }: Wanted, backend: string | undefined): boolean {
  return builder === "maturin" || (builder === "auto" && backend !== undefined && isMaturin(backend));
}

/** What can be compiled for from another machine. */
function targetFor(wanted: Wanted, backend: string | undefined, host: string): string | undefined {
  return byMaturin(wanted, backend) ? crossTarget(wanted, host) : undefined;
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
  const [library, zig] = await Promise.all([hasRustTarget(target, folder, ports), hasZig(ports)]);
  return [
    ...(library ? [] : [{ what: `the Rust target "${target}"`, way: `run \`rustup target add ${target}\`` }]),
    ...(zig ? [] : [{ what: "zig", way: "install zig (or the Python package ziglang)" }]),
  ];
}
