// A built file held against what the last published version has in its place.
import path from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Ecosystem } from "../../domain/configuration.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { parseWheelFileName } from "../../domain/pypi/names.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import type { Version } from "../../domain/version/scheme.ts";
import { readVersion } from "../../domain/version/scheme.ts";
import { declaredIn, textIn, type Declared } from "./declared.ts";
import type { Archive, Archives } from "../../platform/ports.ts";
import type { ListedFile, ReadRegistry } from "../../registries/registry.ts";
import { alarmingFiles, comparablePath, compareMembers, isCompiled, membersOf, type DiffKind, type MemberChanges } from "./members.ts";
import { compareLines, compareMetadata, type LineChanges, type MetadataChanges } from "./metadata.ts";

export type AgainstPublished =
  | {
      readonly kind: "compared";
      readonly registry: string;
      readonly version: string;
      readonly name: string;
      readonly sizeBytes: number;
      readonly files: MemberChanges;
      readonly metadata: MetadataChanges;
      readonly entryPoints: LineChanges;
      /** What runs without being called by name: at install, at build, at every start. */
      readonly hooks: LineChanges;
      /** Names of what it needs and did not need before. */
      readonly newDependencies: readonly string[];
      /** Files that are new and no text. */
      readonly newBinaries: readonly string[];
      /** What deserves a look before anything is public. */
      readonly alarms: readonly string[];
    }
  /** Nothing to compare with: a first version, or a first file of its kind. */
  | { readonly kind: "first"; readonly registry: string; readonly why: string }
  /** It could not be looked at. */
  | { readonly kind: "unknown"; readonly registry: string; readonly why: string };

export interface PublishedPorts {
  readonly archives: Archives;
  readonly signal: AbortSignal;
  /** An existing folder for what is downloaded. */
  readonly folder: string;
}

export interface Built {
  readonly artifact: Artifact & { readonly kind: DiffKind };
  /** Of a workspace the member whose archive it is, by its own name and folder. */
  readonly package: PlannedPackage;
  /** Absolute path of the frozen bytes. */
  readonly file: string;
}

/** Reads the registry, and downloads one file of it. */
export async function compareWithPublished(built: Built, registry: ReadRegistry, ports: PublishedPorts): Promise<AgainstPublished> {
  const { name } = built.package;
  const versions = await registry.versions(name, ports.signal);
  if (versions.kind === "unknown") return { kind: "unknown", registry: registry.name, why: versions.why };
  const version = versions.kind === "absent" ? undefined : versionBefore(versions.versions, built.package.version, built.package.ecosystem);
  if (version === undefined) return { kind: "first", registry: registry.name, why: `${name} has no earlier version there` };
  const survey = await registry.survey(name, version.written, ports.signal);
  if (survey.kind !== "listed")
    return {
      kind: "unknown",
      registry: registry.name,
      why: survey.kind === "unknown" ? survey.why : `the files of ${version.written} are gone`,
    };
  const other = counterpart(built.artifact, survey.files);
  if (other === undefined) return { kind: "first", registry: registry.name, why: `${version.written} has no such ${built.artifact.kind}` };
  const file = path.join(ports.folder, `published-${built.artifact.digest}`);
  const got = await registry.download({ package: name, version: version.written, name: other.name }, file, ports.signal);
  if (got.kind !== "downloaded")
    return { kind: "unknown", registry: registry.name, why: got.kind === "unknown" ? got.why : `"${other.name}" is gone` };
  return compareFiles(
    built,
    { registry: registry.name, version: version.written, name: other.name, sizeBytes: got.sizeBytes, file },
    ports.archives,
  );
}

/** The newest version below ours, final ones first; where ours is the lowest, the newest of all. */
export function versionBefore(published: readonly string[], ours: string, ecosystem: Ecosystem): Version | undefined {
  const scheme = schemeOf(ecosystem);
  const own = readVersion(scheme, ours);
  const versions = published.flatMap((text) => {
    const read = scheme.parse(text);
    return read.kind === "valid" && scheme.compare(read.version, own) !== 0 ? [read.version] : [];
  });
  const sorted = versions.toSorted((a, b) => scheme.compare(b, a));
  const below = sorted.filter((version) => scheme.compare(version, own) < 0);
  return below.find((version) => own.prerelease || !version.prerelease) ?? below[0] ?? sorted[0];
}

/** The file that an installer would have taken in its place: the sdist, or the wheel of the same tags. */
export function counterpart(artifact: Pick<Artifact, "kind" | "name">, files: readonly ListedFile[]): ListedFile | undefined {
  // A version of a crate or an npm package is one file.
  if (artifact.kind === "crate" || artifact.kind === "npm-tarball") return files[0];
  if (artifact.kind === "sdist") return files.find((file) => file.name.endsWith(".tar.gz"));
  const tags = tagsOf(artifact.name);
  const wheels = files.filter((file) => file.name.endsWith(".whl"));
  const ranked = wheels.map((file) => ({ file, rank: tagsOf(file.name).filter((tag, index) => tag === tags[index]).length }));
  return ranked.toSorted((a, b) => b.rank - a.rank)[0]?.file;
}

function tagsOf(name: string): readonly string[] {
  const read = parseWheelFileName(name);
  if (read.kind === "invalid") return [];
  // The platform counts in two ways: exactly, and without the version of the system that it wants.
  const platform = read.platform.join(".");
  return [read.python.join("."), read.abi.join("."), platform, platform.replace(/[0-9_]+/g, "_")];
}

interface Theirs {
  readonly registry: string;
  readonly version: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly file: string;
}

async function compareFiles(built: Built, theirs: Theirs, archives: Archives): Promise<AgainstPublished> {
  const { kind } = built.artifact;
  const { file, ...named } = theirs;
  const before = await open(file, kind, archives);
  const after = await open(built.file, kind, archives);
  if (typeof before === "string") return { kind: "unknown", registry: theirs.registry, why: `"${theirs.name}" cannot be read: ${before}` };
  if (typeof after === "string") throw new SlipwayError("ARTIFACT_INVALID", `Cannot read "${built.artifact.name}": ${after}`);
  const [old, next] = [
    { archive: before, members: membersOf(await before.digests(), kind), kind },
    { archive: after, members: membersOf(await after.digests(), kind), kind },
  ];
  const files = compareMembers(old.members, next.members);
  const [was, is] = [await declaredIn(old), await declaredIn(next)];
  return {
    kind: "compared",
    ...named,
    files,
    metadata: await metadataOf(old, next, { was, is }),
    entryPoints: compareLines(was.entryPoints, is.entryPoints),
    hooks: compareLines(was.hooks, is.hooks),
    newDependencies: compareLines(was.dependencyNames, is.dependencyNames).added,
    newBinaries: await binariesAmong(
      after,
      kind,
      files.added.map((one) => one.path),
    ),
    alarms: alarmingFiles(files.added, kind),
  };
}

interface Side {
  readonly archive: Archive;
  readonly kind: DiffKind;
}

async function metadataOf(old: Side, next: Side, declared: { readonly was: Declared; readonly is: Declared }): Promise<MetadataChanges> {
  const isPython = next.kind === "wheel" || next.kind === "sdist";
  if (isPython) return compareMetadata(await metadataIn(old), await metadataIn(next));
  const { was, is } = declared;
  return { dependencies: compareLines(was.dependencies, is.dependencies), requiresPython: undefined, others: { added: [], removed: [] } };
}

/** New files that are looked into for what is no text. */
const lookedIntoMax = 2_000;
const sniffedBytes = 8_192;

/** By name, or by a NUL among the first bytes, as git tells a binary file. */
async function binariesAmong(archive: Archive, kind: DiffKind, added: readonly string[]): Promise<readonly string[]> {
  const byPath = new Map(archive.members.map(({ path: one }) => [comparablePath(one, kind), one]));
  const found: string[] = [];
  for (const [index, one] of added.entries()) {
    const member = byPath.get(one);
    const isKnown = isCompiled(one) || index >= lookedIntoMax;
    const head = isKnown || member === undefined ? undefined : await archive.readRange(member, { offset: 0, sizeBytes: sniffedBytes });
    if (isCompiled(one) || head?.includes(0) === true) found.push(one);
  }
  return found;
}

/** @returns why not, where it cannot be read */
export async function open(file: string, kind: DiffKind, archives: Archives): Promise<Archive | string> {
  const opened = kind === "wheel" ? await archives.openZip(file) : await archives.openTarGz(file);
  return opened.kind === "opened" ? opened.archive : opened.why;
}

async function metadataIn({ archive, kind }: Side): Promise<string> {
  return (await textIn(archive, kind === "wheel" ? /^[^/]+\.dist-info\/METADATA$/ : /^[^/]+\/PKG-INFO$/)) ?? "";
}
