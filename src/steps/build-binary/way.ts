// How one leg of a binary is built on this machine, or why it cannot be. Go builds for every platform anywhere; cargo where
// the target's standard library is installed, and for another machine with a linker for it, which cargo-zigbuild and zig
// are; a command of the project only on the leg's own kind of machine.
import { joinPath, upwards } from "../../domain/manifest/manifest-tree.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { explainNoPlace } from "../../domain/platform.ts";
import { goTarget, rustTarget, type PlatformTarget } from "../../domain/platform-targets.ts";
import type { ErrorCode } from "../../domain/error-catalog.ts";
import { firstLineOf } from "../building.ts";
import { hasRustTarget, hasZig } from "../cross-tools.ts";
import type { Tree } from "../checkout-tree.ts";
import type { ReadPorts } from "../step.ts";
import { targetNamed, type BuildBinaryInput } from "./input.ts";

export type Way =
  | { readonly kind: "cargo"; readonly version: string; readonly zig: boolean; readonly target: string; readonly locked: boolean }
  | { readonly kind: "go"; readonly version: string; readonly target: { readonly GOOS: string; readonly GOARCH: string } }
  | { readonly kind: "command" };

export type Chosen =
  | { readonly kind: "way"; readonly way: Way; readonly target: PlatformTarget }
  | {
      readonly kind: "none";
      readonly code: Extract<ErrorCode, "NO_PLACE" | "TOOL_MISSING" | "PLAN_INVALID">;
      readonly message: string;
      readonly hint: string;
    };

export interface Choosing {
  readonly one: PlannedPackage;
  readonly input: BuildBinaryInput;
  /** The leg's; undefined: this machine's. */
  readonly platform: string | undefined;
  readonly tree: Tree;
  readonly ports: ReadPorts;
}

export async function chooseWay(choosing: Choosing): Promise<Chosen> {
  const found = await builderFor(choosing);
  if (found.kind === "none") return found;
  const { builder, target } = found;
  if (builder === "cargo") return chooseCargo(target, choosing);
  if (builder === "go") return chooseGo(target, choosing);
  return { kind: "way", way: { kind: "command" }, target };
}

type Builder = "cargo" | "go" | "command";

/** What builds a leg, as far as it can be told before any tool is asked. */
export async function builderFor(
  choosing: Choosing,
): Promise<{ readonly kind: "builder"; readonly builder: Builder; readonly target: PlatformTarget } | Extract<Chosen, { kind: "none" }>> {
  const { one, input, platform, ports } = choosing;
  const target = targetNamed(platform ?? ports.host);
  const builder = await builderOf(choosing);
  if (builder === undefined) {
    const message = `Cannot build "${one.id}": its folder "${one.folder}" has no Cargo.toml, no folder down to it has a go.mod, and no \`run\` is given`;
    return none("PLAN_INVALID", message, "Mend `path:` of the package, or write `with: { run: …, file: … }`");
  }
  if (builder !== "command" && target.processor === "universal2" && input.target === undefined) return universal(one, platform);
  const noPlace = builder === "command" ? explainNoPlace(platform, ports.host, "files") : undefined;
  return noPlace === undefined ? { kind: "builder", builder, target } : none("NO_PLACE", noPlace.message, noPlace.hint);
}

async function builderOf({ one, input, tree }: Choosing): Promise<Builder | undefined> {
  if (input.builder !== undefined && input.builder !== "auto") return input.builder;
  if (input.run !== undefined) return "command";
  if ((await tree.read(joinPath(one.folder, "Cargo.toml"))) !== undefined) return "cargo";
  return (await holds("go.mod", one.folder, tree)) ? "go" : undefined;
}

/** Whether a folder or one above it has a file. */
async function holds(name: string, folder: string, tree: Tree): Promise<boolean> {
  const texts = await Promise.all(upwards(folder).map((one) => tree.read(joinPath(one, name))));
  return texts.some((text) => text !== undefined);
}

async function chooseGo(target: PlatformTarget, { one, platform, tree, ports }: Choosing): Promise<Chosen> {
  const told = goTarget(target);
  if (told === undefined) return universal(one, platform);
  const version = await firstLineOf(["go", "version"], ports, tree.absolute(one.folder));
  if (version === undefined) return none("TOOL_MISSING", `Cannot build "${one.id}": "go version" does not answer`, "Install Go");
  return { kind: "way", way: { kind: "go", version, target: told }, target };
}

async function chooseCargo(target: PlatformTarget, choosing: Choosing): Promise<Chosen> {
  const { one, input, platform, tree, ports } = choosing;
  const triple = input.target ?? rustTarget(target, ports.host);
  // A project may name the toolchain that it is built with: it is the one that answers in its folder.
  const folder = tree.absolute(one.folder);
  if (triple === undefined) return universal(one, platform);
  const version = await firstLineOf(["cargo", "--version"], ports, folder);
  if (version === undefined) return none("TOOL_MISSING", `Cannot build "${one.id}": "cargo --version" does not answer`, "Install cargo");
  const locked = await holds("Cargo.lock", one.folder, tree);
  const isHere = isNative(target, ports.host);
  const isInstalled = await hasRustTarget(triple.split(".")[0] ?? "", folder, ports);
  // Only zig links against an older glibc, which is what a number behind the target asks for.
  const isForZig = triple.includes(".");
  if (isInstalled && !isForZig && (isHere || input.target !== undefined))
    return { kind: "way", way: { kind: "cargo", version, zig: false, target: triple, locked }, target };
  if (isInstalled && (await hasZigbuild(ports)))
    return { kind: "way", way: { kind: "cargo", version, zig: true, target: triple, locked }, target };
  return cannotLink({ isHere, isInstalled, triple }, choosing);
}

function cannotLink(
  found: { readonly isHere: boolean; readonly isInstalled: boolean; readonly triple: string },
  { one, platform, ports }: Choosing,
): Chosen {
  const target = found.triple.split(".")[0] ?? "";
  const lacks = [
    ...(found.isInstalled ? [] : [`the Rust target "${target}"`]),
    ...(found.isHere && !found.triple.includes(".") ? [] : ["a linker for it (cargo-zigbuild with zig)"]),
  ].join(" and ");
  const ways = [
    ...(found.isInstalled ? [] : [`run \`rustup target add ${target}\``]),
    ...(found.isHere && !found.triple.includes(".")
      ? []
      : ["install cargo-zigbuild and zig (or both as Python packages: cargo-zigbuild, ziglang)"]),
  ].join(" and ");
  const message = `Cannot build "${one.id}" for ${platform ?? ports.host} here: this machine lacks ${lacks}`;
  const hint = `${ways.slice(0, 1).toUpperCase()}${ways.slice(1)}`;
  if (found.isHere) return none("TOOL_MISSING", message, hint);
  const elsewhere = explainNoPlace(platform, ports.host, "files")?.hint ?? "Run the release on another machine";
  return none("NO_PLACE", message, `${elsewhere}; or, to build it here, ${ways}`);
}

/** The tools of a Mac build for both of its processors. */
function isNative({ os, processor }: PlatformTarget, host: string): boolean {
  return os === "macos" ? host.startsWith("macos") : host === `${os}-${processor}`;
}

/** cargo-zigbuild is what makes cargo link with zig. */
async function hasZigbuild(ports: ReadPorts): Promise<boolean> {
  const found = await ports.exec.find("cargo-zigbuild", ports.env["PATH"] ?? "");
  return found !== undefined && (await hasZig(ports));
}

function universal(one: PlannedPackage, platform: string | undefined): Extract<Chosen, { kind: "none" }> {
  const message = `Cannot build "${one.id}" for ${platform ?? ""}: cargo and Go build for one processor at a time`;
  return none("PLAN_INVALID", message, "Write one leg for each processor, or join both with `run:` (lipo)");
}

function none(code: Extract<Chosen, { kind: "none" }>["code"], message: string, hint: string): Extract<Chosen, { kind: "none" }> {
  return { kind: "none", code, message, hint };
}
