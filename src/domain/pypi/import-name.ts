// Which name `import` takes for a package, where its files say so without running any of its code. Wrong is worse than
// unknown: what is installed is tried with it, and a release would stop at a name that never existed.
import { isModuleName } from "./manifest-facts.ts";
import { fileNameForm } from "./names.ts";

export interface ImportClues {
  /** Name of the package, as its manifest writes it. */
  readonly name: string;
  /** Modules that the manifest names. */
  readonly declared: readonly string[];
  /** Paths of all files below the package's folder, `/` between parts. */
  readonly paths: readonly string[];
  /** Text of a `top_level.txt` that an unpacked sdist brings, if it is there. */
  readonly topLevel: string | undefined;
}

/** @returns the name, or undefined where several would do or none is plain */
export function importNameOf({ name, declared, paths, topLevel }: ImportClues): string | undefined {
  const own = fileNameForm(name);
  const all = modulesIn(paths);
  const modules = all.filter((module) => !besides.has(module.toLowerCase()));
  // A name that people would guess is right as soon as a module of that name is there.
  const guessed = all.find((module) => module.toLowerCase() === own);
  if (guessed !== undefined) return guessed;
  const nested = nestedModule(name, paths);
  if (nested !== undefined) return nested;
  const listed = (topLevel ?? "").split(/\s+/).filter((one) => isModuleName(one) && !one.startsWith("_"));
  for (const candidates of [declared, listed, modules]) {
    const said = [...new Set(candidates)].filter((one) => !one.startsWith("_"));
    if (said.length === 1) return said[0];
  }
  return undefined;
}

/** Folders and files that are no part of a wheel, though they lie beside the package. */
const besides: ReadonlySet<string> = new Set(
  "test tests testing doc docs example examples sample samples demo demos bench benchmark benchmarks scripts script tools tool utils ci build dist tasks noxfile conftest setup fabfile versioneer ez_setup".split(
    " ",
  ),
);

/** Top-level modules in the two layouts that people use: below `src/`, or beside the manifest. */
function modulesIn(paths: readonly string[]): readonly string[] {
  const inSource = paths.flatMap((path) => moduleAt(path, /^src\/([^/]+?)(?:\/__init__\.pyi?|\.pyi?)$/));
  const beside = paths.flatMap((path) => moduleAt(path, /^([^/]+?)(?:\/__init__\.pyi?|\.pyi?)$/));
  return [...new Set(inSource.length > 0 ? inSource : beside)];
}

function moduleAt(path: string, form: RegExp): readonly string[] {
  const module = form.exec(path)?.[1];
  return module === undefined || !isModuleName(module) ? [] : [module];
}

/** A namespace package: `zope.interface` in `src/zope/interface/__init__.py`. */
function nestedModule(name: string, paths: readonly string[]): string | undefined {
  const parts = fileNameForm(name).split("_");
  if (parts.length < 2) return undefined;
  const wanted = new Set(["", "src/"].flatMap((root) => [`${root}${parts.join("/")}/__init__.py`, `${root}${parts.join("/")}.py`]));
  const found = paths.find((path) => wanted.has(path.toLowerCase()));
  return found
    ?.replace(/^src\//, "")
    .replace(/(?:\/__init__)?\.py$/, "")
    .replaceAll("/", ".");
}
