// A source distribution: its exact name, the one folder, PKG-INFO and pyproject.toml (PEP 625, PyPA "Source distribution
// format"; reference/protocols §1.4, §9.1). PyPI looks at name, folder, PKG-INFO and licence files; the rest is what
// makes it buildable as what it says.
import { headerOf, headersOf, isMetadataVersionAtLeast, type CoreMetadata } from "../../domain/pypi/core-metadata.ts";
import { normalizeName, parseSdistFileName } from "../../domain/pypi/names.ts";
import { isSameVersion } from "./same-version.ts";
import type { Archive } from "../../platform/ports.ts";
import type { OpenedDistribution } from "./distribution.ts";
import { error, listed, quoted, warning, type ArtifactFinding } from "./finding.ts";
import { archiveFindings, isUnlisted } from "./open-distribution.ts";

const pyprojectBytesMax = 1024 * 1024;

/** Everything about an sdist that needs no other file and no Python. */
export async function sdistFindings(opened: OpenedDistribution): Promise<readonly ArtifactFinding[]> {
  const { archive } = opened;
  const findings = [...nameFindings(opened)];
  if (archive === undefined) return findings;
  findings.push(...archiveFindings(archive));
  if (isUnlisted(archive)) return findings;
  if (opened.metadata !== undefined) findings.push(...metadataFindings(opened.metadata, { archive, folder: opened.folder }));
  findings.push(...(await buildFindings(opened, archive)));
  const compiled = archive.members
    .map((member) => member.path)
    .filter((path) => path.endsWith(".pyc") || path.split("/").includes("__pycache__"));
  if (compiled.length > 0) findings.push(warning("CONTENT-PYC", `The sdist holds compiled files: ${listed(compiled)}`));
  return findings;
}

function nameFindings(opened: OpenedDistribution): readonly ArtifactFinding[] {
  const { distribution, metadata } = opened;
  const name = distribution.planned?.name ?? (metadata === undefined ? undefined : headerOf(metadata, "Name"));
  if (name === undefined) return [];
  const parsed = parseSdistFileName(distribution.name, name);
  return parsed.kind === "sdist"
    ? []
    : [error("SDIST-NAME", `PyPI refuses the file name ${quoted(distribution.name)}: ${parsed.reason} (PEP 625)`)];
}

function metadataFindings(
  metadata: CoreMetadata,
  inside: { readonly archive: Archive; readonly folder: string },
): readonly ArtifactFinding[] {
  const findings: ArtifactFinding[] = [];
  if (!isMetadataVersionAtLeast(metadata, "2.2")) {
    findings.push(
      warning(
        "SDIST-METADATA",
        `PKG-INFO has Metadata-Version ${quoted(headerOf(metadata, "Metadata-Version") ?? "")}; from 2.2 on installers can rely on it without building (PEP 643)`,
      ),
    );
  }
  if (!isMetadataVersionAtLeast(metadata, "2.4")) return findings;
  const paths = new Set(inside.archive.members.map((member) => member.path));
  for (const path of headersOf(metadata, "License-File")) {
    if (!paths.has(`${inside.folder}/${path}`))
      findings.push(error("LICENSE-FILE", `License-File ${quoted(path)} is not in the sdist (PEP 639; PyPI)`));
  }
  return findings;
}

async function buildFindings(opened: OpenedDistribution, archive: Archive): Promise<readonly ArtifactFinding[]> {
  const read = await archive.readText(`${opened.folder}/pyproject.toml`, pyprojectBytesMax);
  if (read.kind === "absent") {
    const legacy = archive.members.some((member) => member.path === `${opened.folder}/setup.py`);
    return legacy
      ? [warning("SDIST-PYPROJECT", "The sdist has no pyproject.toml, only setup.py: it can be built in setuptools' old way alone")]
      : [error("SDIST-PYPROJECT", "The sdist has neither pyproject.toml nor setup.py: nobody can build it")];
  }
  if (read.kind !== "text") return [error("SDIST-PYPROJECT", `The sdist's pyproject.toml is ${read.kind}`)];
  return opened.metadata === undefined ? [] : pyprojectFindings(read.text, opened.metadata);
}

/** Static name and version of pyproject.toml must be those of PKG-INFO: a build from the sdist would give the former. */
async function pyprojectFindings(text: string, metadata: CoreMetadata): Promise<readonly ArtifactFinding[]> {
  const project = await readProjectTable(text);
  if (typeof project === "string") return [error("SDIST-PYPROJECT", `The sdist's pyproject.toml is no TOML: ${project}`)];
  const name = headerOf(metadata, "Name") ?? "";
  const version = headerOf(metadata, "Version") ?? "";
  const findings: ArtifactFinding[] = [];
  if (project.name !== undefined && normalizeName(project.name) !== normalizeName(name)) {
    findings.push(
      error("SDIST-PYPROJECT", `The sdist's pyproject.toml says the name ${quoted(project.name)}, and PKG-INFO says ${quoted(name)}`),
    );
  }
  if (project.version !== undefined && !isSameVersion(project.version, version)) {
    findings.push(
      error(
        "SDIST-PYPROJECT",
        `The sdist's pyproject.toml says the version ${quoted(project.version)}, and PKG-INFO says ${quoted(version)}`,
      ),
    );
  }
  return findings;
}

async function readProjectTable(text: string): Promise<{ readonly name?: string; readonly version?: string } | string> {
  const { parse } = await import("smol-toml");
  try {
    const { project } = parse(text);
    if (typeof project !== "object" || Array.isArray(project) || project instanceof Date) return {};
    const { name, version } = project;
    return { ...(typeof name === "string" ? { name } : {}), ...(typeof version === "string" ? { version } : {}) };
  } catch (fault) {
    return fault instanceof Error ? (fault.message.split("\n")[0] ?? "") : String(fault);
  }
}
