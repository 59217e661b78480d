// Which program builds a project, and how it is called. Looking for it asks the machine; the calls themselves are pure.
// What must hold of each: the sdist is made first and the wheel from it, so that the sdist is proven to build, wherever
// the program can do so; everything lands in one folder; nothing else is asked of the project.
import { join } from "node:path";
import { firstLineOf, type BuildCall } from "../building.ts";
import type { ReadPorts } from "../step.ts";
import type { Wanted } from "./input.ts";
import type { Way } from "./way.ts";

export interface Builder {
  readonly kind: "uv" | "build" | "hatch" | "maturin";
  /** What is run: a program, or an interpreter with `-m build`. */
  readonly program: readonly string[];
  /** As it prints itself, `uv 0.13.8`. */
  readonly version: string;
}

export type Chosen =
  | { readonly kind: "builder"; readonly builder: Builder }
  | { readonly kind: "missing"; readonly message: string; readonly hint: string };

/**
 * The builder for a project: the one that is asked for, or for `auto` maturin where it is the project's backend, then uv,
 * then the `build` package of this machine's Python, then Slipway's own copy of `build`.
 */
export async function chooseBuilder(wanted: Wanted, backend: string, ports: ReadPorts): Promise<Chosen> {
  if (wanted.builder === "uv" || wanted.builder === "hatch" || wanted.builder === "maturin") return onPath(wanted.builder, ports);
  if (wanted.builder === "build") return chooseBuild(ports);
  if (isMaturin(backend)) {
    const maturin = await onPath("maturin", ports);
    // Through its backend interface maturin cannot be told these; without them any front end will do.
    if (maturin.kind === "builder" || wanted.manylinux !== undefined || isUniversal(wanted)) return maturin;
  }
  const uv = await onPath("uv", ports);
  return uv.kind === "builder" ? uv : chooseBuild(ports);
}

export function isMaturin(backend: string): boolean {
  return backend === "maturin" || backend.startsWith("maturin.");
}

/** Why a builder cannot do what is wanted, or undefined. */
export function cannotDo(builder: Builder, wanted: Wanted): string | undefined {
  const { kind } = builder;
  if (kind !== "maturin" && wanted.manylinux !== undefined) return `${kind} takes no \`manylinux\`; maturin does`;
  if (kind !== "maturin" && isUniversal(wanted)) return `${kind} makes no universal2 wheels by itself; maturin does`;
  if ((kind === "build" || kind === "hatch") && wanted.pythons.length > 0) return `${kind} takes no \`python\`; uv and maturin do`;
  if ((kind === "maturin" || kind === "hatch") && !wanted.isolation) return `${kind} has no \`isolation\`; uv and build do`;
  return undefined;
}

/** Where one package is built, as absolute paths. */
export interface Place {
  readonly folder: string;
  /** How maturin gets to the leg's platform; the others build for this machine alone. */
  readonly way: Extract<Way, { kind: "way" }>;
  /** Empty before the first command. */
  readonly out: string;
  /** Name that the sdist has to have. */
  readonly sdistName: string;
}

/** The calls that build one package, in order. */
export function buildCalls(builder: Builder, wanted: Wanted, place: Place): readonly BuildCall[] {
  switch (builder.kind) {
    case "uv":
      return uvCalls(builder, wanted, place);
    case "build":
      return [
        inOut(
          builder,
          [...(wanted.isolation ? [] : ["--no-isolation"]), ...(wanted.sdist ? [] : ["--wheel"]), "--outdir", place.out, place.folder],
          place,
        ),
      ];
    case "hatch":
      return [
        { words: [...builder.program, "build", ...(wanted.sdist ? ["-t", "sdist"] : []), "-t", "wheel", place.out], cwd: place.folder },
      ];
    case "maturin":
      return [{ words: [...builder.program, "build", ...maturinOptions(wanted, place.way), "--out", place.out], cwd: place.folder }];
  }
}

/** The first Python gets sdist and wheel; every other one a wheel from that same sdist. */
function uvCalls(builder: Builder, wanted: Wanted, place: Place): readonly BuildCall[] {
  const isolation = wanted.isolation ? [] : ["--no-build-isolation"];
  const pythons = wanted.pythons.length === 0 ? [undefined] : wanted.pythons;
  return pythons.map((python, index) => {
    const source = wanted.sdist && index > 0 ? join(place.out, place.sdistName) : place.folder;
    const onlyWheel = !wanted.sdist || index > 0 ? ["--wheel"] : [];
    return inOut(
      builder,
      ["build", ...isolation, ...onlyWheel, ...(python === undefined ? [] : ["--python", python]), "--out-dir", place.out, source],
      place,
    );
  });
}

/** Run outside of the project, where no folder of it (`build/`, say) can be taken for a module. */
function inOut(builder: Builder, args: readonly string[], place: Place): BuildCall {
  return { words: [...builder.program, ...args], cwd: place.out };
}

function maturinOptions(wanted: Wanted, { zig, target }: Place["way"]): readonly string[] {
  return [
    "--release",
    ...(zig ? ["--zig"] : []),
    ...(target === undefined ? [] : ["--target", target]),
    ...(wanted.sdist ? ["--sdist"] : []),
    ...(wanted.manylinux === undefined ? [] : ["--compatibility", `manylinux_${wanted.manylinux.replace(".", "_")}`]),
    ...(isUniversal(wanted) ? ["--target", "universal2-apple-darwin"] : []),
    ...(wanted.pythons.length === 0 ? [] : ["--interpreter", ...wanted.pythons.map((python) => `python${python}`)]),
  ];
}

function isUniversal(wanted: Wanted): boolean {
  return wanted.platform?.endsWith("universal2") === true;
}

async function onPath(kind: "uv" | "hatch" | "maturin", ports: ReadPorts): Promise<Chosen> {
  const found = await ports.exec.find(kind, ports.env["PATH"] ?? "");
  if (found === undefined) return missing(`the program "${kind}" is not on the PATH`, `Install ${kind}, or leave \`builder:\` out`);
  const version = await ask([found, "--version"], ports);
  if (version === undefined) return missing(`"${found} --version" does not answer`, `Install ${kind} again`);
  return { kind: "builder", builder: { kind, program: [found], version } };
}

async function chooseBuild(ports: ReadPorts): Promise<Chosen> {
  for (const name of ["python3", "python"]) {
    const python = await ports.exec.find(name, ports.env["PATH"] ?? "");
    if (python === undefined) continue;
    const version = await ask([python, "-m", "build", "--version"], ports);
    if (version !== undefined) return { kind: "builder", builder: { kind: "build", program: [python, "-m", "build"], version } };
  }
  const own = await ports.toolboxPython();
  const version = await ask([own, "-m", "build", "--version"], ports);
  if (version === undefined)
    return missing("no builder is on this machine, and Slipway's own copy of `build` does not answer", "Install uv");
  return { kind: "builder", builder: { kind: "build", program: [own, "-m", "build"], version } };
}

async function ask(words: readonly string[], ports: ReadPorts): Promise<string | undefined> {
  return (await firstLineOf(words, ports))?.replace(/ \(.*\)$/, "");
}

function missing(why: string, hint: string): Chosen {
  return { kind: "missing", message: `Cannot build wheels: ${why}`, hint };
}
