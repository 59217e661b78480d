// What compiling for another machine needs on this one, as the steps that do it ask for it: the standard library of a Rust
// target, and zig, which links for every platform.
import { firstLineOf } from "./building.ts";
import type { ReadPorts } from "./step.ts";

/**
 * Whether the standard library of a target is installed: rustc names the folder whether or not it is there.
 * @param cwd folder of the project, which may name the toolchain that it is built with
 */
export async function hasRustTarget(target: string, cwd: string, ports: ReadPorts): Promise<boolean> {
  const folder = await firstLineOf(["rustc", "--print", "target-libdir", "--target", target], ports, cwd);
  return folder !== undefined && folder !== "" && (await ports.files.info(folder))?.kind === "folder";
}

/** zig itself, or the Python package that brings it: maturin and cargo-zigbuild take either. */
export async function hasZig(ports: ReadPorts): Promise<boolean> {
  if ((await ports.exec.find("zig", ports.env["PATH"] ?? "")) !== undefined) return true;
  if ((await ports.exec.find("python3", ports.env["PATH"] ?? "")) === undefined) return false;
  return (await firstLineOf(["python3", "-m", "ziglang", "version"], ports)) !== undefined;
}
