// A first slipway.yaml, written from what `slipway init` found in a repository: short, and each line explained, because
// it is where most people learn the language. What it writes parses back without problems, whatever the names are.
import { Document, Scalar, type YAMLMap } from "yaml";
import type { Ecosystem } from "../domain/configuration.ts";
import { assert } from "../domain/error.ts";
import { parseTagPattern } from "../domain/version/tag.ts";
import { printable } from "./frame.ts";
import { readCommand } from "./words.ts";

/** What was found in a repository, in the order in which it is to be written. */
export interface ConfigurationSketch {
  readonly project: string;
  /** At least one. */
  readonly packages: readonly SketchedPackage[];
  /** Only looked at for several packages. */
  readonly versions?: "one" | "each";
  readonly version: { readonly from: "manifest" | "tag"; readonly untagged?: "dev" };
  /**
   * Releases are started by hand, hold every package whose manifest says a version without a tag, and make and push the tags
   * themselves; `branch` is the one that is released from. Absent: a pushed tag starts them.
   */
  readonly byHand?: { readonly branch?: string };
  /** Builder of wheels, if it is not to be found by the step itself. */
  readonly builder?: string;
  /** Steps that build, side by side where there are several. At least one. */
  readonly builds: readonly SketchedBuild[];
  /** Commands that the project is checked with. */
  readonly checks: readonly SketchedCheck[];
  /** Commands that it may be checked with: written as a comment, to be taken up by a person. */
  readonly suggestions?: readonly SketchedCheck[];
  /** Sentences for people, each a comment line of its own above the line that it is about. */
  readonly remarks?: {
    readonly version?: readonly string[];
    readonly build?: readonly string[];
    readonly environments?: readonly string[];
  };
  /** Test indexes first. At least one. */
  readonly environments: readonly SketchedEnvironment[];
  /** Absent: what is built is checked as strictly as twine can; else why not, as a sentence for people. */
  readonly lenient?: string;
  /** What is tried after installing; absent: installing is all. */
  readonly verify?: { readonly run?: string; readonly version?: string };
}

export interface SketchedBuild {
  /** Name of the step where it is one of several. */
  readonly name: string;
  readonly uses: "build-wheel" | "build-crate" | "build-npm";
  /** Commands of npm packages, as their authors type them. */
  readonly build?: string;
  readonly "build-workspace"?: string;
}

export interface SketchedPackage {
  /** Name as the manifest has it; the name in the file is made from it. */
  readonly name: string;
  /** Folder in the repository, `/` between parts, `.` for the root. */
  readonly path: string;
  readonly ecosystem?: Ecosystem;
  /** How many members of the workspace it stands for; absent: it stands for itself. */
  readonly members?: number;
  /** A valid tag pattern; absent: no tag starts a release. */
  readonly tag?: string;
  readonly changelog?: string;
  readonly importName?: string;
}

export interface SketchedCheck {
  readonly name: string;
  /** As a person types it; what needs a shell gets `shell: bash`. Not blank. */
  readonly run: string;
}

export interface SketchedEnvironment {
  readonly name: string;
  readonly registry: string;
  readonly credentials: "trusted-publishing" | "none" | { readonly token: string; readonly user?: string };
  readonly test: boolean;
}

interface Line {
  readonly key: string;
  readonly comment: string;
  /** A list of lines is written as a block, everything else on one line. */
  readonly value: unknown;
  readonly block?: readonly Line[];
}

/** Writes a commented slipway.yaml. @throws INTERNAL_ASSERTION for a sketch without packages or environments, or with a bad tag pattern */
export function renderConfiguration(sketch: ConfigurationSketch): string {
  assert(sketch.packages.length > 0 && sketch.environments.length > 0, "a sketch has a package and an environment");
  const packages = named(sketch.packages, "package");
  const document = new Document({});
  document.contents = blockOf(document, [
    ...linesOfProject(sketch, packages),
    ...linesOfRelease(sketch, packages),
  ]) as typeof document.contents;
  document.commentBefore = ` How ${comment(sketch.project)} is released. \`slipway plan\` shows what this file comes to,\n \`slipway rehearse\` runs all of it with nothing public.`;
  return escapeUnwanted(document.toString({ lineWidth: 0, flowCollectionPadding: true }));
}

type Named<Value> = Value & { readonly id: string };

function linesOfProject(sketch: ConfigurationSketch, packages: readonly Named<SketchedPackage>[]): readonly Line[] {
  const versions = sketch.versions ?? "one";
  return [
    { key: "slipway", value: 1, comment: "Version of this language." },
    { key: "project", value: projectName(sketch.project), comment: "Name of the project in plans, logs and records." },
    { key: "packages", value: undefined, comment: "What is released, under the names used below.", block: packages.map(lineOfPackage) },
    ...(packages.length > 1
      ? [
          {
            key: "versions",
            value: versions,
            comment: versions === "one" ? "All packages carry one version." : "Each package has its own version.",
          },
        ]
      : []),
    { key: "version", value: sketch.version, comment: [commentOnVersion(sketch), ...remarksOn(sketch, "version")].join("\n") },
    ...(sketch.byHand?.branch === undefined
      ? []
      : [{ key: "source", value: { branch: sketch.byHand.branch }, comment: "The branch that is released from." }]),
  ];
}

function lineOfPackage({ id, name, path, ecosystem, members, tag, changelog, importName }: Named<SketchedPackage>): Line {
  assert(tag === undefined || parseTagPattern(tag).kind === "pattern", "a sketch has valid tag patterns");
  const value = {
    path,
    ecosystem,
    members: members === undefined ? undefined : "publishable",
    tag,
    changelog: changelog === undefined ? undefined : { file: changelog },
    import: importName,
  };
  const tagged = tag === undefined ? "" : `; a release tag looks like ${comment(tag.replace("{version}", "1.2.3"))}`;
  const what = members === undefined ? `Package ${comment(name)}` : `All ${members} members of the workspace that are published`;
  return { key: id, value, comment: `${what}, in the folder ${comment(path)}${tagged}.` };
}

function commentOnVersion({ version: { from, untagged }, byHand }: ConfigurationSketch): string {
  if (from === "manifest" && byHand !== undefined) return "The manifests say the versions: what has no tag of its version yet is released.";
  const first = from === "tag" ? "The release tag says the version." : "The manifest says the version; the release tag must agree.";
  return untagged === undefined ? first : `${first} A run without a tag builds X.devN.`;
}

function linesOfRelease(sketch: ConfigurationSketch, packages: readonly Named<SketchedPackage>[]): readonly Line[] {
  const environments = named(sketch.environments, "environment");
  const places = ["Where releases go, and what opens each place.", ...remarksOn(sketch, "environments")].join("\n");
  const tagged = packages.filter((one) => one.tag !== undefined).map((one) => one.id);
  const on = tagged.length === 1 ? { tag: tagged[0] } : { tag: tagged };
  return [
    ...(tagged.length === 0 || sketch.byHand !== undefined
      ? []
      : [{ key: "on", value: on, comment: "A pushed release tag starts a release." }]),
    { key: "environments", value: undefined, comment: places, block: environments.map(lineOfEnvironment) },
    {
      key: "steps",
      value: undefined,
      comment: "What is done, in this order: each step waits for all above it.",
      block: linesOfSteps(sketch, { environments, packages }),
    },
  ];
}

function lineOfEnvironment({ id, registry, credentials, test }: Named<SketchedEnvironment>): Line {
  const place = test ? "A test index: nobody depends on what is there." : "The real index: what is published there stays.";
  return {
    key: id,
    value: { registry, credentials, test: test ? true : undefined },
    comment: `${place} ${commentOnCredentials(credentials)}`,
  };
}

function commentOnCredentials(credentials: SketchedEnvironment["credentials"]): string {
  if (credentials === "none") return "It asks for no credential.";
  if (credentials === "trusted-publishing") return "No stored token: the identity of the run opens it.";
  return `The token comes from the environment variable ${comment(credentials.token)}.`;
}

interface Places {
  readonly environments: readonly Named<SketchedEnvironment>[];
  readonly packages: readonly Named<SketchedPackage>[];
}

function linesOfSteps(sketch: ConfigurationSketch, { environments, packages }: Places): readonly Line[] {
  const hasTest = environments.some((one) => one.test);
  const install = (from: string, only?: string): object => ({
    uses: "verify-install",
    with: { from, package: only, run: commandOf(sketch.verify?.run), version: commandOf(sketch.verify?.version) },
  });
  const lines: readonly Line[] = [
    ...linesOfChecks(sketch.checks),
    lineOfBuild(sketch),
    ...linesOfLeniency(sketch),
    ...triedFromFiles(sketch, packages).map(({ key, only }) => ({
      key,
      value: install("artifacts", only),
      comment: "Installs what was built into a clean environment and tries it, before anything is public.",
    })),
    ...(sketch.byHand === undefined
      ? []
      : [{ key: "tag", value: { uses: "tag" }, comment: "Makes a tag for each package that is released; nothing is sent yet." }]),
    ...environments.flatMap((one) => [
      {
        key: one.id,
        value: { uses: "publish", environment: one.id, when: hasTest && !one.test ? "final" : undefined },
        comment: commentOnPublish(one, hasTest),
      },
      {
        key: `${one.id}-installs`,
        value: install(one.registry),
        comment: `Waits until ${comment(one.registry)} serves it, installs it from there and tries it.`,
      },
    ]),
    ...(sketch.byHand === undefined ? [] : [{ key: "push", value: { uses: "push" }, comment: "Sends all tags in one push." }]),
  ];
  const ids = uniqueNames(
    lines.map((line) => line.key),
    "step",
  );
  return lines.map((line, index) => ({ ...line, key: ids[index] ?? line.key }));
}

function lineOfBuild(sketch: ConfigurationSketch): Line {
  const [only] = sketch.builds;
  assert(only !== undefined, "a sketch has a step that builds");
  const comments = [...linesOfSuggestions(sketch), "Built once; every later step takes these very files.", ...remarksOn(sketch, "build")];
  const line = { key: "build", comment: comments.join("\n") };
  if (sketch.builds.length === 1) return { ...line, value: valueOfBuild(only, sketch) };
  const block = sketch.builds.map((one) => ({ key: one.name, value: valueOfBuild(one, sketch), comment: "" }));
  return { ...line, value: undefined, block: [{ key: "parallel", value: undefined, comment: "", block }] };
}

function valueOfBuild({ uses, build, "build-workspace": ofWorkspace }: SketchedBuild, { builder }: ConfigurationSketch): object {
  const given = { builder: uses === "build-wheel" ? builder : undefined, "build-workspace": ofWorkspace, build };
  return Object.values(given).every((value) => value === undefined) ? { uses } : { uses, with: given };
}

/** cargo takes crates from a registry alone: where there are some, all others are named. */
function triedFromFiles(
  { builds }: ConfigurationSketch,
  packages: readonly Named<SketchedPackage>[],
): readonly { readonly key: string; readonly only?: string }[] {
  if (builds.every((one) => one.uses !== "build-crate")) return [{ key: "smoke" }];
  const able = packages.filter((one) => one.ecosystem !== "crates");
  const [single] = able;
  if (able.length === 1 && single !== undefined) return [{ key: "smoke", only: single.id }];
  return able.map(({ id }) => ({ key: `smoke-${id}`.slice(0, 60), only: id }));
}

/** Where nothing is said, the check runs by itself and is strict. */
function linesOfLeniency({ lenient }: ConfigurationSketch): readonly Line[] {
  if (lenient === undefined) return [];
  const why = printable(lenient.replace(/[\r\n]+/g, " ")).slice(0, 200);
  return [
    {
      key: "check",
      value: { uses: "check-artifacts", with: { strict: false } },
      comment: `${why}\nOnce that is mended, delete this line: the check then runs by itself, and strictly.`,
    },
  ];
}

function commentOnPublish({ test, registry }: SketchedEnvironment, hasTest: boolean): string {
  if (test) return `Publishes to ${comment(registry)}.`;
  return hasTest
    ? `Publishes final versions to ${comment(registry)}; candidates end above this line.`
    : `Publishes to ${comment(registry)}; this cannot be taken back.`;
}

/** Only what the program can be given: a try that needs a shell is left out. */
function commandOf(text: string | undefined): string | undefined {
  return text !== undefined && readCommand(text).kind === "command" ? text : undefined;
}

function linesOfChecks(checks: readonly SketchedCheck[]): readonly Line[] {
  const [only] = checks;
  if (only === undefined) return [];
  if (checks.length === 1)
    return [{ key: "checks", value: valueOfCheck(only), comment: `The project's own check: ${comment(only.name)}.` }];
  const members = named(checks, "check").map((check) => ({ key: check.id, value: valueOfCheck(check), comment: "" }));
  return [
    {
      key: "checks",
      value: undefined,
      comment: "The project's own checks, side by side.",
      block: [{ key: "parallel", value: undefined, comment: "", block: members }],
    },
  ];
}

/** Checks that a person may take up, as they would stand here: the steps below would wait for them. */
function linesOfSuggestions({ suggestions = [] }: ConfigurationSketch): readonly string[] {
  if (suggestions.length === 0) return [];
  const checks = linesOfChecks(suggestions.map(({ name, run }) => ({ name: comment(name), run: comment(run) })));
  const shown = new Document({});
  shown.contents = blockOf(
    shown,
    checks.map((line) => ({ ...line, comment: "" })),
  ) as typeof shown.contents;
  const text = escapeUnwanted(shown.toString({ lineWidth: 0, flowCollectionPadding: true })).trimEnd();
  return ["Checks that this repository seems to have; take out `# ` before these lines, and releases wait for them:", ...text.split("\n")];
}

function remarksOn(sketch: ConfigurationSketch, line: keyof NonNullable<ConfigurationSketch["remarks"]>): readonly string[] {
  return (sketch.remarks?.[line] ?? []).map((remark) => printable(remark.replace(/[\r\n]+/g, " ")).slice(0, 200));
}

function valueOfCheck({ run }: SketchedCheck): object {
  const text = run.trim();
  assert(text !== "", "a check has a command");
  return readCommand(text).kind === "command" ? { run: text } : { run: text, shell: "bash" };
}

function named<Value extends { readonly name: string }>(values: readonly Value[], fallback: string): readonly Named<Value>[] {
  const ids = uniqueNames(
    values.map((value) => value.name),
    fallback,
  );
  return values.map((value, index) => ({ ...value, id: ids[index] ?? fallback }));
}

/** Names that the parser refuses as keys (yaml/data.ts). */
const notAllowed: ReadonlySet<string> = new Set(["constructor", "prototype"]);

/** Names of the language from names of the world: `Typing_Extensions` becomes `typing-extensions`, a second one gets a number. */
function uniqueNames(names: readonly string[], fallback: string): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^[^a-z]+/, "")
      .slice(0, 56)
      .replace(/-+$/, "");
    const base = plain === "" ? fallback : notAllowed.has(plain) ? `${fallback}-${plain}` : plain;
    let id = base;
    for (let number = 2; taken.has(id); number += 1) id = `${base}-${number}`;
    taken.add(id);
    return id;
  });
}

function projectName(name: string): string {
  const plain = name
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 100);
  return plain === "" ? "project" : plain;
}

function blockOf(document: Document, lines: readonly Line[]): YAMLMap {
  const map = document.createNode({}) as unknown as YAMLMap;
  for (const line of lines) {
    const key = new Scalar(line.key);
    if (line.comment !== "")
      key.commentBefore = line.comment
        .split("\n")
        .map((text) => ` ${text}`)
        .join("\n");
    const value = line.block === undefined ? document.createNode(quoteUnwanted(line.value), { flow: true }) : blockOf(document, line.block);
    map.add(document.createPair(key, value));
  }
  return map;
}

// oxlint-disable-next-line no-control-regex -- What a text file must not hold as it stands (yaml/text.ts) is escaped.
const unwanted = /[\u0001-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFD\uFFFE\uFFFF]/g;

/** Texts with characters that the parser refuses get double quotes, in which they can be escaped; members that are undefined go. */
function quoteUnwanted(value: unknown): unknown {
  if (typeof value === "string") {
    const scalar = new Scalar(value.toWellFormed().replaceAll("\u0000", ""));
    if (scalar.value.search(unwanted) !== -1 || /[{}]/.test(scalar.value)) scalar.type = "QUOTE_DOUBLE";
    return scalar;
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(quoteUnwanted);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, quoteUnwanted(member)]));
}

function escapeUnwanted(text: string): string {
  return text.toWellFormed().replace(unwanted, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A name inside a comment: one line, nothing hidden. */
function comment(text: string): string {
  return printable(text).replace(/\s+/g, " ").slice(0, 80);
}
