// What a Python project's own files say about it, read without running any of its code: name, version (or where it is
// kept), build backend, import names. Sources: PEP 621, PEP 517/518 and the documentation of each backend named below.
import { parse } from "smol-toml";
import { hasDescription, headerOf, parseCoreMetadata } from "./core-metadata.ts";

export interface PythonProject {
  /** As written; undefined where only running code would tell. */
  readonly name: string | undefined;
  readonly version: VersionSource;
  /** `build-backend`, or setuptools' legacy one where the file names none (PEP 517). */
  readonly backend: string;
  readonly buildRequires: readonly string[];
  /** Name that `import` takes, where the manifest says it. */
  readonly importName: string | undefined;
  /** Whether the manifest has a description file or text (for `init`). */
  readonly scripts: readonly string[];
  readonly requiresPython: string | undefined;
  /** What the PKG-INFO of an unpacked sdist says that it was published as; no source of a version, but a clue. */
  readonly published: {
    readonly name: string | undefined;
    readonly version: string | undefined;
    /** It had a description and said the format; undefined without a PKG-INFO. */
    readonly described: boolean | undefined;
  };
}

export type VersionSource =
  | { readonly kind: "static"; readonly version: string; readonly file: string }
  /** Kept in another file of the repository: the first of `files` that is there. */
  | {
      readonly kind: "file";
      readonly files: readonly string[];
      readonly how: "whole" | "variable" | "cargo";
      readonly pattern?: string;
      /** Name of the variable, where the manifest says it; otherwise the usual ones are looked for. */
      readonly variable?: string;
    }
  /** Derived from tags of the repository by the backend. */
  | { readonly kind: "tag"; readonly by: string }
  | { readonly kind: "unknown"; readonly why: string };

/** Texts of the files that are there, by path below the project's folder. */
export type ProjectTexts = Readonly<Partial<Record<(typeof projectFiles)[number], string>>>;

/** The files that `readPythonProject` wants to see. */
export const projectFiles = ["pyproject.toml", "setup.cfg", "setup.py", "PKG-INFO"] as const;

export type ReadProject =
  | { readonly kind: "project"; readonly project: PythonProject }
  | { readonly kind: "none" }
  | { readonly kind: "invalid"; readonly why: string };

type Table = { readonly [key: string]: unknown };

const legacyBackend = "setuptools.build_meta:__legacy__";

/** @returns `invalid` with the parser's words when pyproject.toml is no TOML */
export function readPythonProject(texts: ProjectTexts): ReadProject {
  const text = texts["pyproject.toml"];
  if (text === undefined && texts["setup.py"] === undefined && texts["setup.cfg"] === undefined) return { kind: "none" };
  let toml: Table = {};
  try {
    toml = parse(text ?? "");
  } catch (error) {
    return { kind: "invalid", why: error instanceof Error ? error.message : String(error) };
  }
  return { kind: "project", project: describe(toml, texts) };
}

function describe(toml: Table, texts: ProjectTexts): PythonProject {
  const project = table(toml, "project");
  const build = table(toml, "build-system");
  const poetry = table(table(toml, "tool"), "poetry");
  const flit = table(table(table(toml, "tool"), "flit"), "metadata");
  const setupCfg = readSetupCfg(texts["setup.cfg"] ?? "");
  const published = readPkgInfo(texts["PKG-INFO"]);
  const name =
    string(project["name"]) ??
    string(poetry["name"]) ??
    string(flit["dist-name"]) ??
    string(flit["module"]) ??
    setupCfg.get("name") ??
    literalIn(texts["setup.py"], "name") ??
    published.name;
  return {
    name,
    version: versionOf({ toml, project, poetry, setupCfg, texts, name }),
    backend: string(build["build-backend"]) ?? legacyBackend,
    buildRequires: strings(build["requires"]),
    importName: string(flit["module"]) ?? string(table(table(table(toml, "tool"), "flit"), "module")["name"]),
    scripts: [...Object.keys(table(project, "scripts")), ...Object.keys(table(poetry, "scripts"))],
    requiresPython: string(project["requires-python"]) ?? setupCfg.get("python_requires"),
    published,
  };
}

function readPkgInfo(text: string | undefined): PythonProject["published"] {
  const metadata = parseCoreMetadata(text ?? "");
  const said = (name: string): string | undefined => {
    const value = headerOf(metadata, name)?.trim();
    return value === "" || value === "UNKNOWN" ? undefined : value;
  };
  const described = hasDescription(metadata) && said("Description-Content-Type") !== undefined;
  return { name: said("Name"), version: said("Version"), described: text === undefined ? undefined : described };
}

interface Looking {
  readonly toml: Table;
  readonly project: Table;
  readonly poetry: Table;
  readonly setupCfg: ReadonlyMap<string, string>;
  readonly texts: ProjectTexts;
  readonly name: string | undefined;
}

function versionOf(looking: Looking): VersionSource {
  const written = string(looking.project["version"]);
  if (written !== undefined) return { kind: "static", version: written, file: "pyproject.toml" };
  const byTag = tagTool(looking);
  if (byTag !== undefined) return { kind: "tag", by: byTag };
  const poetry = string(looking.poetry["version"]);
  if (poetry !== undefined) return { kind: "static", version: poetry, file: "pyproject.toml" };
  return dynamicVersion(looking) ?? setupVersion(looking);
}

/** Tools that take the version from the repository's tags: by their section or by their name among the requirements. */
function tagTool({ toml, setupCfg, texts }: Looking): string | undefined {
  const tool = table(toml, "tool");
  if (string(table(table(tool, "hatch"), "version")["source"]) === "vcs") return "hatch-vcs";
  if (string(table(table(tool, "pdm"), "version")["source"]) === "scm") return "pdm-backend";
  if ("setuptools_scm" in tool) return "setuptools-scm";
  if ("setuptools-git-versioning" in tool) return "setuptools-git-versioning";
  if ("versioningit" in tool) return "versioningit";
  if ("poetry-dynamic-versioning" in tool) return "poetry-dynamic-versioning";
  const requires = strings(table(toml, "build-system")["requires"]).map((one) => one.toLowerCase().replaceAll("_", "-"));
  const required = ["setuptools-scm", "hatch-vcs", "versioningit", "setuptools-git-versioning"].find((tag) =>
    requires.some((one) => one.startsWith(tag)),
  );
  const inPbr = setupCfg.get("pbr") ?? (requires.some((one) => /^pbr\b/.test(one)) ? "pbr" : undefined);
  const versioneer = /\bversioneer\b/.test(texts["setup.py"] ?? "") || "versioneer" in tool ? "versioneer" : undefined;
  return required ?? inPbr ?? versioneer ?? (/use_scm_version/.test(texts["setup.py"] ?? "") ? "setuptools-scm" : undefined);
}

function dynamicVersion({ toml, name }: Looking): VersionSource | undefined {
  const tool = table(toml, "tool");
  const backend = string(table(toml, "build-system")["build-backend"]) ?? legacyBackend;
  const hatch = table(table(tool, "hatch"), "version");
  const hatchPath = string(hatch["path"]);
  const pattern = string(hatch["pattern"]);
  if (hatchPath !== undefined) return { kind: "file", files: [hatchPath], how: "variable", ...(pattern === undefined ? {} : { pattern }) };
  const pdmPath = string(table(table(tool, "pdm"), "version")["path"]);
  if (pdmPath !== undefined) return { kind: "file", files: [pdmPath], how: "variable" };
  const setuptools = table(table(table(tool, "setuptools"), "dynamic"), "version");
  const attribute = string(setuptools["attr"]);
  if (attribute !== undefined) return attributeSource(attribute);
  const file = string(setuptools["file"]) ?? strings(setuptools["file"])[0];
  if (file !== undefined) return { kind: "file", files: [file], how: "whole" };
  if (backend.startsWith("maturin"))
    return { kind: "file", files: [string(table(tool, "maturin")["manifest-path"]) ?? "Cargo.toml"], how: "cargo" };
  if (backend.startsWith("flit_core") || backend.startsWith("flit."))
    return { kind: "file", files: modulesNamed(flitModule(tool) ?? name), how: "variable" };
  return undefined;
}

function flitModule(tool: Table): string | undefined {
  const flit = table(tool, "flit");
  return string(table(flit, "module")["name"]) ?? string(table(flit, "metadata")["module"]);
}

function setupVersion({ setupCfg, texts, toml }: Looking): VersionSource {
  const written = setupCfg.get("version");
  if (written?.startsWith("attr:") === true) return attributeSource(written.slice(5).trim());
  if (written?.startsWith("file:") === true) return { kind: "file", files: [written.slice(5).split(",")[0]?.trim() ?? ""], how: "whole" };
  if (written !== undefined) return { kind: "static", version: written, file: "setup.cfg" };
  const literal = literalIn(texts["setup.py"], "version") ?? namedIn(texts["setup.py"]);
  if (literal !== undefined) return { kind: "static", version: literal, file: "setup.py" };
  const isDynamic = strings(table(toml, "project")["dynamic"]).includes("version");
  const computed = /\bversion\s*=/.test(texts["setup.py"] ?? "")
    ? "setup.py computes the version, and only running it would tell"
    : "no manifest names a version";
  return { kind: "unknown", why: isDynamic ? "the version is dynamic, and only the build backend knows it" : computed };
}

function attributeSource(attribute: string): VersionSource {
  const variable = attribute.split(".").at(-1) ?? "";
  const named = /^[\p{L}_][\p{L}\p{N}_]*$/u.test(variable) ? { variable } : {};
  return { kind: "file", files: filesOfAttribute(attribute), how: "variable", ...named };
}

/** `pkg.sub.__version__` may live in `pkg/sub.py` or `pkg/sub/__init__.py`, below `src/` or not. */
function filesOfAttribute(attribute: string): readonly string[] {
  const module = attribute.split(".").slice(0, -1).join("/");
  return ["", "src/"].flatMap((root) => [`${root}${module}/__init__.py`, `${root}${module}.py`]);
}

function modulesNamed(name: string | undefined): readonly string[] {
  const module = (name ?? "").replaceAll("-", "_").replaceAll(".", "/");
  return ["", "src/"].flatMap((root) => [`${root}${module}/__init__.py`, `${root}${module}.py`]);
}

/**
 * The version in the text of the file that keeps it.
 * @returns undefined when the text does not say one plainly
 */
export function versionInText(source: Extract<VersionSource, { kind: "file" }>, text: string): string | undefined {
  switch (source.how) {
    case "whole":
      return text.trim() === "" ? undefined : text.trim().split(/\s/)[0];
    case "cargo":
      return cargoVersion(text);
    case "variable": {
      const own = source.pattern === undefined ? undefined : matchNamed(source.pattern, text);
      const named = source.variable === undefined ? undefined : assigned(source.variable, text);
      return own ?? named ?? assigned("(?:__version__|VERSION|version)", text);
    }
  }
}

/** @param name an expression that the name of the variable has to fit */
function assigned(name: string, text: string): string | undefined {
  const found = new RegExp(`^${name}(?:\\s*:\\s*[\\w.[\\]]+)?\\s*=\\s*(["'])v?(?<version>[^"'\\n]+)\\1`, "mu").exec(text);
  return found?.groups?.["version"];
}

/** Hatch's `pattern` is a Python expression with a group `version`; those that JavaScript reads alike are used. */
function matchNamed(pattern: string, text: string): string | undefined {
  if (pattern.length > 500) return undefined;
  try {
    return new RegExp(pattern.replaceAll("(?P<", "(?<"), "m").exec(text.slice(0, 65_536))?.groups?.["version"];
  } catch {
    return undefined;
  }
}

function cargoVersion(text: string): string | undefined {
  try {
    const toml = parse(text) as Table;
    return string(table(toml, "package")["version"]) ?? string(table(table(toml, "workspace"), "package")["version"]);
  } catch {
    return undefined;
  }
}

/** A string literal given to `setup(…)`: `name="demo"`. Anything computed is left alone. */
function literalIn(text: string | undefined, argument: string): string | undefined {
  const call = /\bsetup\s*\(/.exec(text ?? "");
  if (call === null || text === undefined) return undefined;
  return new RegExp(`[\\s(,]${argument}\\s*=\\s*(["'])([^"'\\n]+)\\1`).exec(text.slice(call.index))?.[2];
}

/** `setup(version=NAME)` where the file itself says `NAME = "1.0"`: a string by another name. */
function namedIn(text = ""): string | undefined {
  const call = /\bsetup\s*\(/.exec(text);
  const name = call === null ? undefined : /[\s(,]version\s*=\s*([A-Za-z_]\w*)\s*[,)]/.exec(text.slice(call.index))?.[1];
  return name === undefined ? undefined : assigned(name, text);
}

/** `[metadata]` and the few keys of `[options]` of a setup.cfg; `pbr` when it has such a section. */
function readSetupCfg(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let section = "";
  for (const line of text.split(/\r?\n/)) {
    const head = /^\[([^\]]+)\]/.exec(line);
    if (head !== null) {
      section = head[1]?.trim() ?? "";
      if (section === "pbr") found.set("pbr", "pbr");
      continue;
    }
    const pair = /^([A-Za-z_-]+)\s*[=:]\s*(\S.*)$/.exec(line);
    if (pair !== null && (section === "metadata" || section === "options"))
      found.set((pair[1] ?? "").toLowerCase(), (pair[2] ?? "").trim());
  }
  return found;
}

function table(parent: Table, key: string): Table {
  const value = parent[key];
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Table) : {};
}

function string(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
}
