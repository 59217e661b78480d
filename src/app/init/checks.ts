// The project's own checks, as far as its files name them: what `slipway init` offers as lines to take up. They are
// offered and not written, since they need programs and settings that a release machine may lack.
import type { ManifestFacts } from "../../domain/pypi/manifest-facts.ts";

export interface FoundCheck {
  /** Name of the step: `lint`, `types`, `tests`. */
  readonly name: string;
  readonly run: string;
}

/** What checks are told from; texts are those of the root. */
export interface CheckClues {
  readonly tools: ManifestFacts["tools"];
  readonly paths: readonly string[];
  readonly importFolder: string;
  /** Which kinds of packages there are. */
  readonly kinds: { readonly python: boolean; readonly crates: boolean };
  readonly texts: { readonly makefile: string | undefined; readonly justfile: string | undefined; readonly setupCfg: string | undefined };
}

/** One check per name, the one that the project itself wraps first. */
export function findChecks(clues: CheckClues): readonly FoundCheck[] {
  const { tools, paths, texts, importFolder, kinds } = clues;
  const has = (...names: readonly string[]): boolean => names.some((name) => paths.includes(name));
  const hasTests = kinds.python && paths.some((path) => /^tests?\/.*\.py$|(?:^|\/)test_[^/]+\.py$/.test(path));
  const found: readonly (FoundCheck | false)[] = [
    hasTarget(texts.justfile, "test") && { name: "tests", run: "just test" },
    hasTarget(texts.makefile, "test") && { name: "tests", run: "make test" },
    has("noxfile.py") && { name: "tests", run: "nox" },
    (has("tox.ini") || tools.includes("tox") || /^\[tox/m.test(texts.setupCfg ?? "")) && { name: "tests", run: "tox" },
    kinds.crates && { name: "tests", run: "cargo test --workspace" },
    (tools.includes("pytest") ||
      has("pytest.ini", "conftest.py", "tests/conftest.py") ||
      /^\[tool:pytest\]/m.test(texts.setupCfg ?? "") ||
      hasTests) && { name: "tests", run: "pytest" },
    (tools.includes("ruff") || has("ruff.toml", ".ruff.toml")) && { name: "lint", run: "ruff check ." },
    (has(".flake8") || /^\[flake8\]/m.test(texts.setupCfg ?? "")) && { name: "lint", run: "flake8" },
    kinds.crates && { name: "lint", run: "cargo fmt --all --check" },
    has(".pre-commit-config.yaml") && { name: "lint", run: "pre-commit run --all-files" },
    (tools.includes("mypy") || has("mypy.ini", ".mypy.ini") || /^\[mypy/m.test(texts.setupCfg ?? "")) && {
      name: "types",
      run: `mypy ${importFolder}`,
    },
    (tools.includes("pyright") || has("pyrightconfig.json")) && { name: "types", run: "pyright" },
  ];
  const checks = found.filter((one) => one !== false);
  return ["lint", "types", "tests"].flatMap((name) => checks.find((check) => check.name === name) ?? []);
}

/** `test:` at the start of a line of a Makefile or justfile; recipes may take arguments. */
function hasTarget(text: string | undefined, target: string): boolean {
  return text !== undefined && new RegExp(`^@?${target}(?:\\s[^:=\\n]*)?:(?!=)`, "m").test(text);
}
