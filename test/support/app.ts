// Builders for use cases: a configuration from its text, a package as it would be found in a commit, a tag.
import assert from "node:assert/strict";
import type { FoundPackage } from "../../src/app/packages/found.ts";
import { vocabulary } from "../../src/app/vocabulary.ts";
import { faultsOf } from "../../src/config/faults-by-zod.ts";
import { parseConfiguration } from "../../src/config/parse.ts";
import type { Configuration } from "../../src/domain/configuration.ts";
import type { PackageHistory } from "../../src/domain/version/history.ts";
import { pep440 } from "../../src/domain/version/pep440.ts";
import { readVersion } from "../../src/domain/version/scheme.ts";
import type { GitTag } from "../../src/platform/ports.ts";

/** @param text a slipway.yaml that is valid; anything else fails the test with what is wrong with it */
export function configurationOf(text: string): Configuration {
  const parsed = parseConfiguration(text, "slipway.yaml", { ...vocabulary, faultsOf });
  assert.ok(parsed.kind === "parsed", parsed.kind === "invalid" ? JSON.stringify(parsed.problems, null, 1) : "");
  return parsed.configuration;
}

/** A package of the configuration whose manifest says 1.0.0, unless `parts` say otherwise. */
export function aFoundPackage(configuration: Configuration, id: string, parts: Partial<FoundPackage> = {}): FoundPackage {
  const own = configuration.packages.find((one) => one.id === id);
  assert.ok(own !== undefined, `the configuration has no package "${id}"`);
  return {
    configuration: own,
    ecosystem: "pypi",
    name: id,
    manifestVersion: { version: "1.0.0", file: "pyproject.toml" },
    why: "",
    assumed: undefined,
    importName: undefined,
    python: undefined,
    ...parts,
  };
}

export function aTag(name: string, parts: Partial<GitTag> = {}): GitTag {
  return { name, commit: "c".repeat(40), annotated: true, message: "", trailers: {}, tagger: "ann <ann@example.org>", ...parts };
}

/** What a history is made of in words: versions of releases, and messages of commits. */
export interface HistoryParts {
  readonly newest?: string;
  readonly final?: string;
  readonly commits?: readonly string[];
  readonly distance?: number;
}

/** The history of a package with tags `v{version}`. */
export function aHistory({ newest, final, commits = [], distance = commits.length }: HistoryParts = {}): PackageHistory {
  const release = (version: string | undefined) =>
    version === undefined ? undefined : { tag: `v${version}`, commit: "a".repeat(40), version: readVersion(pep440, version) };
  return {
    newest: release(newest ?? final),
    final: release(final),
    commits: commits.map((message, index) => ({ commit: String(index).padStart(40, "0"), parents: [], message, paths: [] })),
    distance,
    complete: true,
  };
}
