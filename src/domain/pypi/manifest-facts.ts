// What else a Python project's own files say, beside name and version: what `slipway init` wants to know to write a first
// slipway.yaml. Read as data; no code of the project runs. Sections are those that the tools named below document.
import { parse } from "smol-toml";

export interface ManifestFacts {
  /** The folder is a package that is built, not only a place for the settings of tools. */
  readonly isPackage: boolean;
  /** Why it is not meant to be published, in words; undefined where nothing says so. */
  readonly unpublished: string | undefined;
  /** Folders of the workspace that this manifest is the root of, as globs; undefined: it is no workspace. */
  readonly workspace: { readonly members: readonly string[]; readonly exclude: readonly string[] } | undefined;
  /** Modules that the wheel holds, as far as the manifest names them. */
  readonly modules: readonly string[];
  /** Its wheels hold programs and nothing to import (maturin's `bindings = "bin"`, without Python beside it). */
  readonly onlyPrograms: boolean;
  /** What compiles, where something does: wheels then fit one platform only. */
  readonly native: "maturin" | "setuptools-rust" | "scikit-build-core" | "meson-python" | "extension modules" | undefined;
  /** A description will be there whose format is said; without either, strict checks refuse what is built. */
  readonly described: boolean;
  /** `[tool.cibuildwheel]` is there: the project builds wheels for several platforms elsewhere. */
  readonly manyPlatforms: boolean;
  /** Names below `[tool]`, such as `ruff` and `mypy`; `pytest` stands for `pytest.ini_options`. */
  readonly tools: readonly string[];
}

export interface FactTexts {
  readonly "pyproject.toml"?: string;
  readonly "setup.py"?: string;
  readonly "setup.cfg"?: string;
}

type Table = { readonly [key: string]: unknown };

/** Never throws: a pyproject.toml that is no TOML counts as empty, and whoever reads the project says so. */
export function readManifestFacts(texts: FactTexts): ManifestFacts {
  const toml = parsed(texts["pyproject.toml"] ?? "");
  const tool = table(toml, "tool");
  const setup = texts["setup.py"] ?? "";
  const hasProject = "project" in toml || "poetry" in tool || "metadata" in table(tool, "flit");
  const hasSetup = /\bsetup\s*\(/.test(setup) || /^\[metadata\]/m.test(texts["setup.cfg"] ?? "");
  return {
    isPackage: hasProject || hasSetup || isMaturin(toml),
    unpublished: whyUnpublished(toml),
    workspace: workspaceOf(tool),
    modules: [...new Set(modulesOf(toml, setup))],
    onlyPrograms: holdsOnlyPrograms(table(tool, "maturin")),
    native: nativeOf(toml, setup),
    described: isDescribed(toml, `${setup}\n${texts["setup.cfg"] ?? ""}`),
    manyPlatforms: "cibuildwheel" in tool,
    tools: Object.keys(tool),
  };
}

function whyUnpublished(toml: Table): string | undefined {
  const classifiers = strings(table(toml, "project")["classifiers"]);
  const tool = table(toml, "tool");
  if (classifiers.some((one) => one.startsWith("Private ::"))) return "its classifiers say Private";
  if (table(tool, "uv")["package"] === false) return "`tool.uv.package` is false";
  if (table(tool, "poetry")["package-mode"] === false) return "`tool.poetry.package-mode` is false";
  if (table(tool, "pdm")["distribution"] === false) return "`tool.pdm.distribution` is false";
  return undefined;
}

function workspaceOf(tool: Table): ManifestFacts["workspace"] {
  for (const name of ["uv", "rye"]) {
    const workspace = table(table(tool, name), "workspace");
    const members = strings(workspace["members"]);
    if (members.length > 0) return { members, exclude: strings(workspace["exclude"]) };
  }
  return undefined;
}

function nativeOf(toml: Table, setup: string): ManifestFacts["native"] {
  const build = table(toml, "build-system");
  const backend = string(build["build-backend"]) ?? "";
  const requires = strings(build["requires"]).map((one) => one.toLowerCase().replaceAll("_", "-"));
  if (isMaturin(toml)) return "maturin";
  if (requires.some((one) => one.startsWith("setuptools-rust")) || "setuptools-rust" in table(toml, "tool")) return "setuptools-rust";
  if (backend.startsWith("scikit_build_core")) return "scikit-build-core";
  if (backend === "mesonpy") return "meson-python";
  const hasExtensions =
    /\b(?:ext_modules|cffi_modules|rust_extensions)\s*=/.test(setup) || "ext-modules" in table(table(toml, "tool"), "setuptools");
  return hasExtensions ? "extension modules" : undefined;
}

function isMaturin(toml: Table): boolean {
  const backend = string(table(toml, "build-system")["build-backend"]) ?? "";
  return backend === "maturin" || backend.startsWith("maturin.");
}

/** Current backends say the format wherever they are given a file; setuptools has to be told (`long_description_content_type`). */
function isDescribed(toml: Table, setup: string): boolean {
  const project = table(toml, "project");
  const tool = table(toml, "tool");
  const flit = table(table(tool, "flit"), "metadata");
  const isNamed = "readme" in project || "readme" in table(tool, "poetry") || "description-file" in flit || isMaturin(toml);
  return isNamed || strings(project["dynamic"]).includes("readme") || /long[_-]description[_-]content[_-]type/.test(setup);
}

/** A module name beside it names a folder of the source at most. */
function holdsOnlyPrograms(maturin: Table): boolean {
  return maturin["bindings"] === "bin" && !("python-source" in maturin) && !("python-packages" in maturin);
}

/** The ways in which backends are told what to pack, each in its own words. */
function modulesOf(toml: Table, setup: string): readonly string[] {
  const tool = table(toml, "tool");
  const hatch = table(table(table(tool, "hatch"), "build"), "targets");
  const setuptools = table(tool, "setuptools");
  const flit = table(tool, "flit");
  return [
    string(table(flit, "module")["name"]),
    string(table(flit, "metadata")["module"]),
    holdsOnlyPrograms(table(tool, "maturin")) ? undefined : string(table(tool, "maturin")["module-name"])?.split(".")[0],
    ...strings(table(hatch, "wheel")["packages"]).map(moduleOfPath),
    ...array(table(tool, "poetry")["packages"]).map((one) => moduleOfPath(string(table({ one }, "one")["include"]) ?? "")),
    ...[table(table(tool, "uv"), "build-backend")["module-name"]].flat().map(string),
    ...strings(setuptools["py-modules"]),
    ...strings(setuptools["packages"]),
    ...literalsIn(setup, "py_modules"),
    ...literalsIn(setup, "packages"),
  ].flatMap((one) => (one !== undefined && isModuleName(one) ? [one.split(".")[0] ?? one] : []));
}

/** `src/demo` and `demo` are the module `demo`. */
function moduleOfPath(path: string): string {
  return path.replace(/\/$/, "").split("/").at(-1) ?? "";
}

/** `packages=["demo", "demo.sub"]` of a setup.py; anything computed is left alone. */
function literalsIn(text: string, argument: string): readonly string[] {
  const list = new RegExp(`[\\s(,]${argument}\\s*=\\s*[[(]([^\\])]*)[\\])]`).exec(text)?.[1] ?? "";
  return /^\s*(?:(["'])[\w.]+\1\s*,?\s*)*$/.test(list) ? [...list.matchAll(/["']([\w.]+)["']/g)].map((match) => match[1] ?? "") : [];
}

export function isModuleName(text: string): boolean {
  return /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u.test(text);
}

function parsed(text: string): Table {
  try {
    return parse(text);
  } catch {
    // `readPythonProject` tells this in the parser's words; here there is nothing to tell from.
    return {};
  }
}

function table(parent: Table, key: string): Table {
  const value = parent[key];
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Table) : {};
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function string(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function strings(value: unknown): readonly string[] {
  return array(value).filter((one): one is string => typeof one === "string");
}
