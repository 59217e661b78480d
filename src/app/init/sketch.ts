// From what was found in a repository to the sketch of its first slipway.yaml, and what a person should know about it.
import path from "node:path";
import type { ConfigurationSketch } from "../../config/render.ts";
import { findChecks, type FoundCheck } from "./checks.ts";
import type { FoundPython } from "./discover-python.ts";
import type { Discovered, Discovery } from "./discover.ts";
import { tellLeftOut } from "./left-out.ts";
import { chooseTags, type ChosenTags } from "./tags.ts";

/** Everything that the sketch is made from. */
export interface Findings {
  readonly discovery: Discovery;
  readonly paths: readonly string[];
  /** All tags of the repository. */
  readonly tags: readonly string[];
  /** The branch that is checked out. */
  readonly branch?: string | undefined;
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
  const { discovery, paths, tags, repository, branch } = findings;
  const { packages } = discovery;
  const python = packages.filter((one) => one.ecosystem === "pypi");
  const chosen = chooseTags(packages, tags);
  const [first] = packages;
  const tagged = packages.some((one) => one.version.kind === "none");
  const sketch: ConfigurationSketch = {
    project: packages.length === 1 && first !== undefined ? first.name : repository,
    packages: packages.map((one) => sketchPackage(one, chosen, paths)),
    ...(packages.length > 1 ? { versions: chosen.versions } : {}),
    version: { from: tagged ? "tag" : "manifest" },
    ...(chosen.versions === "each" && !tagged ? { byHand: branch === undefined ? {} : { branch } } : {}),
    checks: [],
    suggestions: suggestedChecks(findings),
    ...lenience(python),
    builds: ecosystemsOf(packages).map((ecosystem) => sketchBuild(ecosystem, packages)),
    environments: ecosystemsOf(packages).map(sketchEnvironment),
    remarks: {
      version: packages.flatMap((one) => (one.version.kind === "none" ? [`${one.name}: ${one.version.why}.`] : [])),
      build: python.flatMap(remarkOnBuild),
      environments: ["Trusted publishing, which needs no stored token, comes with a later version of Slipway."],
    },
  };
  return {
    sketch,
    notes: [...packages.flatMap((one) => notesOn(one, chosen)), ...tellLeftOut(discovery.leftOut)],
  };
}

function sketchPackage(one: Discovered, chosen: ChosenTags, paths: readonly string[]): ConfigurationSketch["packages"][number] {
  const tag = chosen.patterns.get(one)?.text;
  const changelog = changelogOf(one.folder, paths);
  return {
    name: one.name,
    path: one.folder,
    // A Python package is found by its folder alone; others may lie beside one.
    ...(one.ecosystem === "pypi" ? {} : { ecosystem: one.ecosystem }),
    ...(one.members === undefined ? {} : { members: one.members.length }),
    ...(tag === undefined ? {} : { tag }),
    ...(changelog === undefined ? {} : { changelog }),
    ...(one.ecosystem !== "pypi" || one.importName === undefined ? {} : { importName: one.importName }),
  };
}

type Sketchable = Discovered["ecosystem"];

/** Each once, in the order of the packages. */
function ecosystemsOf(packages: readonly Discovered[]): readonly Sketchable[] {
  return [...new Set(packages.map((one) => one.ecosystem))];
}

const tokens = { pypi: "PYPI_TOKEN", crates: "CRATES_TOKEN", npm: "NPM_TOKEN" } as const;

function sketchEnvironment(ecosystem: Sketchable): ConfigurationSketch["environments"][number] {
  return { name: ecosystem, registry: ecosystem, credentials: { token: tokens[ecosystem] }, test: false };
}

function sketchBuild(ecosystem: Sketchable, packages: readonly Discovered[]): ConfigurationSketch["builds"][number] {
  if (ecosystem === "pypi") return { name: "wheels", uses: "build-wheel" };
  if (ecosystem === "crates") return { name: "crates", uses: "build-crate" };
  const builds = packages.flatMap((one) => (one.ecosystem === "npm" ? [one.build] : []));
  const own = builds.find((build) => build.own !== undefined)?.own;
  const workspace = builds.find((build) => build.workspace !== undefined)?.workspace;
  return {
    name: "npm",
    uses: "build-npm",
    ...(own === undefined ? {} : { build: own }),
    ...(workspace === undefined ? {} : { "build-workspace": workspace }),
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
  const python = discovery.packages.filter((one) => one.ecosystem === "pypi");
  const [first] = python;
  const tools = [...new Set(python.flatMap((one) => one.facts.tools))];
  const importFolder = paths.some((one) => one.startsWith("src/")) ? "src" : (first?.importName?.split(".")[0] ?? ".");
  const hasCrates = discovery.packages.some((one) => one.ecosystem === "crates");
  return findChecks({ tools, paths, texts, importFolder, kinds: { python: first !== undefined, crates: hasCrates } });
}

/** A package that says no format for its description is refused by a strict check, and taken by the registry. */
function lenience(packages: readonly FoundPython[]): { readonly lenient?: string } {
  const bare = packages.filter((one) => !(one.project.published.described ?? one.facts.described));
  if (bare.length === 0) return {};
  return {
    lenient: `${bare.map((one) => one.name).join(", ")} has no description with a format (a readme in pyproject.toml, or setup's long_description_content_type), which a strict check refuses.`,
  };
}

function remarkOnBuild({ name, facts }: FoundPython): readonly string[] {
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
  const { name, version } = one;
  const tag = chosen.patterns.get(one);
  return [
    introduce(one),
    ...(tag === undefined ? [] : [`Release tags of "${name}" look like "${tag.text}": ${tag.why}`]),
    ...(version.kind === "found" ? [] : [`The release tag of "${name}" says its version: ${version.why}`]),
    ...(one.ecosystem === "pypi" ? notesOnPython(one) : []),
  ];
}

function introduce(one: Discovered): string {
  const { folder, name, version, members } = one;
  const said = version.kind === "found" ? `, version ${version.version} in ${version.file}` : "";
  if (one.ecosystem === "pypi") return `Package "${name}" in "${folder}", built by ${one.project.backend.split(":")[0]}${said}`;
  const noun = one.ecosystem === "crates" ? "Crate" : "npm package";
  if (members === undefined) return `${noun} "${name}" in "${folder}"${said}`;
  return `Workspace in "${folder}" with ${members.length} ${one.ecosystem === "crates" ? "crates" : "npm packages"} that are published (${members.join(", ")})${said}`;
}

function notesOnPython({ name, project: { published }, facts, version, importName }: FoundPython): readonly string[] {
  return [
    ...(version.kind === "none" && published.version !== undefined
      ? [`PKG-INFO says ${published.version}: a rehearsal assumes it while there is no tag, unless you name another`]
      : []),
    ...(importName === undefined && !facts.onlyPrograms
      ? [`The import name of "${name}" is not plain from its files: add \`import:\` to its line if it differs from the package's name`]
      : []),
  ];
}
