// A project whose release needs no build: its wheel and its sdist stand in the repository, and a `run` step hands them on.
// For journeys that try what happens after a build, many times over.
import { sdist } from "./sdist.ts";
import { wheel, type BuiltFile, type WheelOf } from "./wheel.ts";

export interface PrebuiltProject {
  /** By path in the repository. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** What should be published, and nothing else. */
  readonly built: readonly BuiltFile[];
}

export interface PrebuiltOptions {
  readonly version?: string;
  /** More lines of the file, before `environments:`. */
  readonly top?: string;
  /** What stands under `steps:`. Default: hand on, then both indexes. */
  readonly steps?: string;
  /** Replaces what stands under `environments:`. */
  readonly environments?: string;
  /** Other files in the place of the true ones; they have the names that they say. */
  readonly built?: readonly BuiltFile[];
}

export const prebuiltName = "slipway-example-reed";
export const prebuiltTokens = { TESTPYPI_TOKEN: "pypi-test-token-of-a-reed", PYPI_TOKEN: "pypi-token-of-a-reed" };

/** A description that a strict check takes. */
export function describedAs(version: string): WheelOf {
  return {
    name: prebuiltName,
    version,
    requiresPython: ">=3.9",
    description: "# Reed\n\nStands still.\n",
    descriptionContentType: "text/markdown",
  };
}

/** The step that hands the files on; it needs no program but one that does nothing. */
export const handOn =
  '  build: { run: "true", produces: [{ kind: wheel, files: "built/*.whl" }, { kind: sdist, files: "built/*.tar.gz" }] }\n';

const bothIndexes = "  testpypi: { uses: publish, environment: testpypi }\n  pypi: { uses: publish, environment: pypi }\n";
const bothEnvironments =
  "  testpypi: { registry: testpypi, credentials: { token: TESTPYPI_TOKEN }, test: true }\n  pypi: { registry: pypi, credentials: { token: PYPI_TOKEN } }\n";

export function prebuiltProject(options: PrebuiltOptions = {}): PrebuiltProject {
  const version = options.version ?? "1.0.0";
  const built = options.built ?? [wheel(describedAs(version)), sdist(describedAs(version))];
  const pyproject = `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "${prebuiltName}"\nversion = "${version}"\n`;
  const file = `slipway: 1
project: reed
packages: { reed: { path: ., tag: "v{version}" } }
version: { from: manifest }
on: { tag: reed }
${options.top ?? ""}environments:
${options.environments ?? bothEnvironments}steps:
${options.steps ?? handOn + bothIndexes}`;
  return {
    files: {
      "pyproject.toml": pyproject,
      "slipway.yaml": file,
      ...Object.fromEntries(built.map((one) => [`built/${one.name}`, one.bytes])),
    },
    built,
  };
}
