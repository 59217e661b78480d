// What a wheel would put into site-packages: mistakes that every index takes and every user suffers from (compare
// check-wheel-contents, reference/protocols §9.2). Compiled files and a wheel that installs nothing are errors; what may
// be meant is a warning.
import type { WheelFileName } from "../../domain/pypi/names.ts";
import type { ArchiveMember } from "../../platform/ports.ts";
import { error, listed, quoted, warning, type ArtifactFinding } from "./finding.ts";

/** Paths as they would stand in site-packages: the root of the wheel, and purelib and platlib of its data folder. */
export function installedPaths(members: readonly ArchiveMember[], parsed: WheelFileName): readonly string[] {
  const pair = `${parsed.distribution}-${parsed.versionText}`;
  const info = `${pair}.dist-info/`;
  const data = `${pair}.data/`;
  const paths: string[] = [];
  for (const { kind, path } of members) {
    if (kind !== "file" || path.startsWith(info)) continue;
    if (!path.startsWith(data)) paths.push(path);
    else if (/^(?:purelib|platlib)\//.test(path.slice(data.length))) paths.push(path.slice(data.length + "purelib/".length));
  }
  return paths;
}

const moduleFile = /^(.*?)(?:\/__init__)?(?:\.[A-Za-z0-9_-]+)*\.(?:py|pyi|so|pyd)$/;

/** Dotted names of all modules, and of all folders above a module (a folder may be a namespace package). */
export function moduleNames(paths: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const path of paths) {
    const module = moduleFile.exec(path)?.[1];
    if (module === undefined) continue;
    const parts = module.split("/");
    for (let count = 1; count <= parts.length; count += 1) names.add(parts.slice(0, count).join("."));
  }
  return names;
}

export interface WheelContents {
  readonly parsed: WheelFileName;
  readonly members: readonly ArchiveMember[];
  /** What `installedPaths` gives for the members, and `moduleNames` for that. */
  readonly paths: readonly string[];
  readonly modules: ReadonlySet<string>;
  readonly importName?: string;
  /** It installs something by what it requires, so that it may be empty itself. */
  readonly requires: boolean;
}

export function contentFindings(contents: WheelContents): readonly ArtifactFinding[] {
  const { paths } = contents;
  return [
    ...compiledFindings(paths),
    ...importFindings(contents),
    ...emptyFindings(paths, contents),
    ...topLevelFindings(paths),
    ...platformFindings(paths, contents.parsed),
    ...sameNameFindings(contents.members),
  ];
}

function compiledFindings(paths: readonly string[]): readonly ArtifactFinding[] {
  const caches = paths.filter((path) => /(?:^|\/)__pycache__\//.test(path));
  const sourceless = paths.filter((path) => /\.py[co]$/.test(path) && !caches.includes(path));
  const findings: ArtifactFinding[] = [];
  if (caches.length > 0)
    findings.push(error("CONTENT-PYC", `The wheel holds compiled files, which belong to one Python on one machine: ${listed(caches)}`));
  if (sourceless.length > 0)
    findings.push(
      warning(
        "CONTENT-PYC",
        `The wheel holds compiled files in the place of sources, which one Python alone can read: ${listed(sourceless)}`,
      ),
    );
  return findings;
}

function importFindings({ importName, modules }: WheelContents): readonly ArtifactFinding[] {
  if (importName === undefined || modules.has(importName)) return [];
  const found = [...modules].filter((name) => !name.includes("."));
  return [
    error(
      "CONTENT-IMPORT",
      `The wheel has nothing to import as ${quoted(importName)}; it has ${found.length === 0 ? "no module" : listed(found)}`,
    ),
  ];
}

function emptyFindings(paths: readonly string[], contents: WheelContents): readonly ArtifactFinding[] {
  const distInfo = `${contents.parsed.distribution}-${contents.parsed.versionText}.dist-info/`;
  const hasData = contents.members.some((member) => member.kind === "file" && !member.path.startsWith(distInfo));
  if (hasData || paths.length > 0) return [];
  if (contents.requires) return [warning("CONTENT-EMPTY", "The wheel installs no file of its own, only what it requires")];
  return [error("CONTENT-EMPTY", "The wheel installs nothing: no file and no requirement")];
}

const commonNames = new Set([
  "benchmark",
  "benchmarks",
  "bin",
  "build",
  "cmake",
  "config",
  "data",
  "dist",
  "doc",
  "docs",
  "example",
  "examples",
  "lib",
  "script",
  "scripts",
  "src",
  "test",
  "tests",
  "testing",
  "tools",
  "utils",
  "venv",
]);
const junk =
  /(?:^|\/)(?:\.DS_Store|Thumbs\.db|\.git|\.hg|\.svn|\.env|\.pypirc|\.coverage|\.mypy_cache|\.pytest_cache|\.ruff_cache|node_modules)(?:\/|$)|\.(?:orig|rej|bak|swp)$|~$/;

function topLevelFindings(paths: readonly string[]): readonly ArtifactFinding[] {
  const tops = [...new Set(paths.map((path) => path.split("/")[0] ?? ""))];
  const common = tops.filter((top) => commonNames.has(top.replace(/\.py$/, "").toLowerCase()));
  const loose = tops.filter((top) => paths.includes(top) && !/\.(?:py|pyi|pth|so|pyd|dll|dylib)$/.test(top));
  const junkPaths = paths.filter((path) => junk.test(path));
  const findings: ArtifactFinding[] = [];
  if (common.length > 0)
    findings.push(
      warning("CONTENT-COMMON-NAME", `The wheel puts ${listed(common)} at the top of site-packages, where other packages put theirs`),
    );
  if (paths.includes("__init__.py")) findings.push(warning("CONTENT-TOP-INIT", 'The wheel puts "__init__.py" at the top of site-packages'));
  if (loose.length > 0)
    findings.push(warning("CONTENT-LOOSE", `The wheel puts files that are no modules at the top of site-packages: ${listed(loose)}`));
  if (junkPaths.length > 0)
    findings.push(warning("CONTENT-JUNK", `The wheel holds what is never meant to be installed: ${listed(junkPaths)}`));
  return findings;
}

/** An extension module is built for one interpreter and one platform; `any` promises the opposite. */
function platformFindings(paths: readonly string[], parsed: WheelFileName): readonly ArtifactFinding[] {
  if (parsed.platform.some((platform) => platform !== "any")) return [];
  const extensions = paths.filter((path) => /\.(?:cpython-|abi3\.|pypy)[^/]*\.?so$|\.abi3\.so$|\.pyd$/.test(path));
  const libraries = paths.filter((path) => !extensions.includes(path) && /\.(?:so(?:\.[0-9.]+)?|dll|dylib)$/.test(path));
  const findings: ArtifactFinding[] = [];
  if (extensions.length > 0)
    findings.push(error("CONTENT-PLATFORM", `The wheel is for any platform, and holds extension modules of one: ${listed(extensions)}`));
  if (libraries.length > 0)
    findings.push(warning("CONTENT-PLATFORM", `The wheel is for any platform, and holds libraries: ${listed(libraries)}`));
  return findings;
}

/** Two names that differ in case alone are one file on macOS and Windows. */
function sameNameFindings(members: readonly ArchiveMember[]): readonly ArtifactFinding[] {
  const seen = new Map<string, string>();
  const clashes: string[] = [];
  for (const { path } of members) {
    const folded = path.normalize("NFC").toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined && other !== path) clashes.push(`${other} and ${path}`);
    seen.set(folded, path);
  }
  return clashes.length === 0
    ? []
    : [warning("CONTENT-CASE", `Names differ in case alone and are one file on macOS and Windows: ${listed(clashes)}`)];
}
