// From what was found in a repository to the sketch of its first slipway.yaml, and what a person should know about it.
import path from "node:path";
import type { ConfigurationSketch } from "../../config/render.ts";
import { findChecks, type FoundCheck } from "./checks.ts";
import type { Discovered, Discovery } from "./discover.ts";
import { chooseTags, type ChosenTags } from "./tags.ts";

/** Everything that the sketch is made from. */
export interface Findings {
  readonly discovery: Discovery;
  readonly paths: readonly string[];
  /** All tags of the repository. */
  readonly tags: readonly string[];
  /** Name of the repository, for a project of several packages. */
  readonly repository: string;
  readonly texts: { readonly makefile: string | undefined; readonly justfile: string | undefined; readonly setupCfg: string | undefined };
}

export interface Sketched {
  readonly sketch: ConfigurationSketch;
  /** For people; nothing of it is in the file. */
  readonly notes: readonly string[];
}

export function sketchConfiguration(findings: Findings): Sketched {
  const { discovery, paths, tags, repository } = findings;
  const { packages } = discovery;
  const chosen = chooseTags(packages, tags);
  const [first] = packages;
  const tagged = packages.some((one) => one.version.kind === "none");
  const sketch: ConfigurationSketch = {
    project: packages.length === 1 && first !== undefined ? first.name : repository,
    packages: packages.map((one) => sketchPackage(one, chosen, paths)),
    ...(packages.length > 1 ? { versions: chosen.versions } : {}),
    version: { from: tagged ? "tag" : "manifest" },
    checks: [],
    suggestions: suggestedChecks(findings),
    ...lenience(packages),
    environments: [{ name: "pypi", registry: "pypi", credentials: { token: "PYPI_TOKEN" }, test: false }],
    remarks: {
      version: packages.flatMap((one) => (one.version.kind === "none" ? [`${one.name}: ${one.version.why}.`] : [])),
      build: packages.flatMap(remarkOnBuild),
      environments: ["Trusted publishing, which needs no stored token, comes with a later version of Slipway."],
    },
  };
  return {
    sketch,
    notes: [
      ...packages.flatMap((one) => notesOn(one, chosen)),
      ...discovery.leftOut.map(({ folder, why }) => `"${folder}" is left out: ${why}`),
    ],
  };
}

function sketchPackage(one: Discovered, chosen: ChosenTags, paths: readonly string[]): ConfigurationSketch["packages"][number] {
  const tag = chosen.patterns.get(one.folder)?.text;
  const changelog = changelogOf(one.folder, paths);
  return {
    name: one.name,
    path: one.folder,
    ...(tag === undefined ? {} : { tag }),
    ...(changelog === undefined ? {} : { changelog }),
    ...(one.importName === undefined ? {} : { importName: one.importName }),
  };
}

/** The usual names, in the order in which people mean them. */
const changelogs = /^(?:CHANGELOG|CHANGES|HISTORY|NEWS|RELEASES?|RELEASE[-_]NOTES|WHATSNEW)(?:\.(?:md|rst|txt|adoc))?$/i;

function changelogOf(folder: string, paths: readonly string[]): string | undefined {
  const here = paths.filter((one) => path.posix.dirname(one) === folder && changelogs.test(path.posix.basename(one)));
  const rank = (file: string): number =>
    ["changelog", "changes", "history", "news"].findIndex((name) => path.posix.basename(file).toLowerCase().startsWith(name));
  return here.toSorted((a, b) => ((rank(a) + 9) % 9) - ((rank(b) + 9) % 9) || (a < b ? -1 : 1))[0];
}

function suggestedChecks({ discovery, paths, texts }: Findings): readonly FoundCheck[] {
  const [first] = discovery.packages;
  const tools = [...new Set(discovery.packages.flatMap((one) => one.facts.tools))];
  const importFolder = paths.some((one) => one.startsWith("src/")) ? "src" : (first?.importName?.split(".")[0] ?? ".");
  return findChecks({ tools, paths, texts, importFolder });
}

/** A package that says no format for its description is refused by a strict check, and taken by the registry. */
function lenience(packages: readonly Discovered[]): { readonly lenient?: string } {
  const bare = packages.filter((one) => !(one.project.published.described ?? one.facts.described));
  if (bare.length === 0) return {};
  return {
    lenient: `${bare.map((one) => one.name).join(", ")} has no description with a format (a readme in pyproject.toml, or setup's long_description_content_type), which a strict check refuses.`,
  };
}

function remarkOnBuild({ name, facts }: Discovered): readonly string[] {
  if (facts.native === undefined) return [];
  const elsewhere = facts.manyPlatforms ? " The wheels that cibuildwheel makes elsewhere are not part of this." : "";
  return [
    `${name} is compiled (${facts.native}): the wheel fits the machine that builds it.${elsewhere}`,
    ...(facts.native === "maturin"
      ? []
      : ["A Linux wheel is not made fit for others (manylinux) by this version of Slipway, and an index takes no other."]),
    "For more platforms, each with a machine of its own, add to this line:",
    "  with: { sdist: linux-x86_64 }, matrix: { platform: [linux-x86_64, macos-arm64] }",
  ];
}

function notesOn(one: Discovered, chosen: ChosenTags): readonly string[] {
  const { folder, name, project, version } = one;
  const tag = chosen.patterns.get(folder);
  const { published } = project;
  return [
    `Package "${name}" in "${folder}", built by ${project.backend.split(":")[0]}${version.kind === "found" ? `, version ${version.version} in ${version.file}` : ""}`,
    ...(tag === undefined ? [] : [`Release tags of "${name}" look like "${tag.text}": ${tag.why}`]),
    ...(version.kind === "found" ? [] : [`The release tag of "${name}" says its version: ${version.why}`]),
    ...(version.kind === "none" && published.version !== undefined
      ? [`PKG-INFO says ${published.version}: a rehearsal assumes it while there is no tag, unless you name another`]
      : []),
    ...(one.importName === undefined
      ? [`The import name of "${name}" is not plain from its files: add \`import:\` to its line if it differs from the package's name`]
      : []),
  ];
}
