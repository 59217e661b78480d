// All files of one release together. An index shows and resolves a release by the metadata of the first file it got, so
// that files which disagree make a release that depends on the order of uploads (reference/protocols §1.1, §9.1).
import { headerOf, headersOf, isMetadataVersionAtLeast, type CoreMetadata } from "../../domain/pypi/core-metadata.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import type { OpenedDistribution } from "./distribution.ts";
import { error, quoted, warning, type ArtifactFinding } from "./finding.ts";

/** Findings by file, in the order of the files. The first file with metadata is what the others are compared with. */
export function setFindings(all: readonly OpenedDistribution[]): readonly (readonly ArtifactFinding[])[] {
  const findings = all.map((): ArtifactFinding[] => []);
  for (const group of groups(all)) {
    addSdistFindings(group, findings);
    addConsistencyFindings(group, findings);
  }
  addSameFindings(all, findings);
  return findings;
}

type Numbered = readonly (readonly [index: number, opened: OpenedDistribution])[];

function groups(all: readonly OpenedDistribution[]): readonly Numbered[] {
  const byPackage = new Map<string, (readonly [number, OpenedDistribution])[]>();
  for (const [index, opened] of all.entries()) {
    const key =
      opened.distribution.planned?.id ?? normalizeName((opened.metadata && headerOf(opened.metadata, "Name")) ?? opened.distribution.name);
    const group = byPackage.get(key) ?? [];
    group.push([index, opened]);
    byPackage.set(key, group);
  }
  return [...byPackage.values()];
}

function addSdistFindings(group: Numbered, findings: readonly ArtifactFinding[][]): void {
  const sdists = group.filter(([, opened]) => opened.distribution.kind === "sdist");
  for (const [index] of sdists.slice(1)) {
    findings[index]?.push(
      error("SET-SDISTS", `The release has ${sdists.length} sdists, and PyPI takes one: ${quoted(sdists[0]?.[1].distribution.name ?? "")}`),
    );
  }
}

/** PyPI takes a name once, and the same bytes once whatever their name. */
function addSameFindings(all: readonly OpenedDistribution[], findings: readonly ArtifactFinding[][]): void {
  const names = new Map<string, string>();
  const digests = new Map<string, string>();
  for (const [index, { distribution }] of all.entries()) {
    const { name, sha256 } = distribution;
    if (names.has(name)) findings[index]?.push(error("SET-NAME", `The release has two files called ${quoted(name)}`));
    const twin = sha256 === undefined ? undefined : digests.get(sha256);
    if (twin !== undefined && twin !== name)
      findings[index]?.push(error("SET-BYTES", `The file has the same bytes as ${quoted(twin)}; PyPI takes bytes once`));
    names.set(name, name);
    if (sha256 !== undefined) digests.set(sha256, name);
  }
}

interface Compared {
  readonly field: string;
  /** Value as one text; two files agree when these are equal. */
  read(metadata: CoreMetadata): string;
  readonly level: typeof error;
}

const compared: readonly Compared[] = [
  { field: "Name", read: (metadata) => normalizeName(headerOf(metadata, "Name") ?? ""), level: error },
  { field: "Version", read: single("Version"), level: error },
  {
    field: "Requires-Python",
    read: (metadata) => set(headersOf(metadata, "Requires-Python").flatMap((value) => value.split(","))),
    level: error,
  },
  { field: "License-Expression", read: single("License-Expression"), level: error },
  { field: "License", read: single("License"), level: error },
  { field: "Requires-Dist", read: (metadata) => set(headersOf(metadata, "Requires-Dist")), level: error },
  { field: "Provides-Extra", read: (metadata) => set(headersOf(metadata, "Provides-Extra").map(normalizeName)), level: error },
  { field: "Summary", read: single("Summary"), level: warning },
  { field: "Description", read: (metadata) => metadata.description?.trim() ?? "", level: warning },
  { field: "Description-Content-Type", read: single("Description-Content-Type"), level: warning },
];

function single(name: string): (metadata: CoreMetadata) => string {
  return (metadata) => (headerOf(metadata, name) ?? "").trim();
}

/** Values without order and without white space, which builders write differently. */
function set(values: readonly string[]): string {
  return values
    .map((value) => value.replaceAll(/\s+/g, "").replaceAll('"', "'"))
    .filter((value) => value !== "")
    .toSorted()
    .join(", ");
}

function addConsistencyFindings(group: Numbered, findings: readonly ArtifactFinding[][]): void {
  const withMetadata = group.flatMap(([index, opened]) =>
    opened.metadata === undefined ? [] : [{ index, opened, metadata: opened.metadata }],
  );
  for (const { field, read, level } of compared) {
    const stated = withMetadata.filter(({ opened, metadata }) => !isLeftOpen(opened, metadata, field));
    const [first] = stated;
    if (first === undefined) continue;
    const wanted = read(first.metadata);
    for (const { index, metadata } of stated.slice(1)) {
      const value = read(metadata);
      if (value !== wanted)
        findings[index]?.push(level("SET-DIFFERS", differs(field, { value, wanted, of: first.opened.distribution.name })));
    }
  }
}

/** An sdist may leave a field to the build (PEP 643): what it then says of it is no promise. */
function isLeftOpen(opened: OpenedDistribution, metadata: CoreMetadata, field: string): boolean {
  if (opened.distribution.kind !== "sdist") return false;
  if (!isMetadataVersionAtLeast(metadata, "2.2")) return field !== "Name" && field !== "Version";
  return headersOf(metadata, "Dynamic").some((name) => name.toLowerCase() === field.toLowerCase());
}

function differs(field: string, values: { readonly value: string; readonly wanted: string; readonly of: string }): string {
  if (field === "Description") return `Description differs from that of ${quoted(values.of)}; an index keeps only the first file's`;
  return `${field} is ${quoted(values.value)}, and in ${quoted(values.of)} it is ${quoted(values.wanted)}; an index keeps only the first file's`;
}
