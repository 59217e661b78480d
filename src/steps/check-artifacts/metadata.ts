// METADATA and PKG-INFO: the rules that twine and PyPI apply, the description as PyPI renders it, and whether the file
// is a distribution of what the plan releases. The rules themselves are pure and stand in domain/pypi.
import { hasDescription, headerOf, type CoreMetadata } from "../../domain/pypi/core-metadata.ts";
import { descriptionTypeOf, metadataFaults, questionsOf } from "../../domain/pypi/core-metadata-rules.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import { isPlainDescription } from "../../domain/pypi/plain-values.ts";
import { isSameVersion } from "./same-version.ts";
import type { OpenedDistribution } from "./distribution.ts";
import { error, quoted, warning, type ArtifactFinding } from "./finding.ts";
import { descriptionsLengthMax, type Answers, type Description, type Questions } from "./judge.ts";

/** What Python has to answer for all files together. */
export function questionsAbout(all: readonly OpenedDistribution[]): Questions {
  const metadata = all.flatMap((one) => (one.metadata === undefined ? [] : [one.metadata]));
  const asked = metadata.map(questionsOf);
  const descriptions: Description[] = [];
  const seen = new Set<string>();
  let length = 0;
  for (const description of metadata.flatMap((one) => descriptionOf(one) ?? [])) {
    if (!seen.has(description.text)) length += description.text.length;
    seen.add(description.text);
    if (length <= descriptionsLengthMax) descriptions.push(description);
  }
  return {
    requirements: asked.flatMap((one) => one.requirements),
    specifiers: asked.flatMap((one) => one.specifiers),
    licenses: asked.flatMap((one) => one.licenses),
    emails: asked.flatMap((one) => one.emails),
    classifiers: asked.flatMap((one) => one.classifiers),
    descriptions,
  };
}

/** Everything about one file's metadata, once Python has answered. */
export function metadataFindings(opened: OpenedDistribution, answers: Answers, strict: boolean): readonly ArtifactFinding[] {
  const { metadata } = opened;
  if (metadata === undefined) return [];
  return [
    ...metadataFaults(metadata, answers).map((fault) => error(fault.id, fault.message)),
    ...descriptionFindings(metadata, answers, strict),
    ...identityFindings(opened, metadata),
  ];
}

/** What the renderer has to be asked about. PyPI renders any text that is not empty, `UNKNOWN` too. */
function descriptionOf(metadata: CoreMetadata): Description | undefined {
  const type = descriptionTypeOf(metadata);
  const { description = "" } = metadata;
  const isAsked = type !== undefined && description !== "" && !isPlainDescription(type, description);
  return isAsked ? { type, text: description } : undefined;
}

function descriptionFindings(metadata: CoreMetadata, answers: Answers, strict: boolean): readonly ArtifactFinding[] {
  const level = strict ? error : warning;
  const findings: ArtifactFinding[] = [];
  if (!hasDescription(metadata))
    findings.push(level("META-NO-DESCRIPTION", "There is no description: PyPI will show an empty page (twine check --strict)"));
  if (headerOf(metadata, "Description-Content-Type") === undefined) {
    findings.push(
      level(
        "META-NO-CONTENT-TYPE",
        "Description-Content-Type is missing: PyPI will take the description for reStructuredText (twine check --strict)",
      ),
    );
  }
  const description = descriptionOf(metadata);
  const rendered = description === undefined ? undefined : answers.description(description);
  if (description !== undefined && rendered?.kind === "invalid") {
    findings.push(error("META-DESCRIPTION", `PyPI cannot render the description as ${description.type}: ${oneLine(rendered.why)}`));
  }
  return findings;
}

/** docutils' report, `<string>:4: (ERROR/3) Unknown directive …`, for people. */
function oneLine(report: string): string {
  const [first = ""] = report.split("\n");
  return first.replace(/^<string>:(\d+): \((\w+)\/\d+\) /, "line $1: $2: ");
}

/** Name and version in the metadata, in the file name and in the plan are one. */
function identityFindings(opened: OpenedDistribution, metadata: CoreMetadata): readonly ArtifactFinding[] {
  const { planned } = opened.distribution;
  const name = headerOf(metadata, "Name") ?? "";
  const version = headerOf(metadata, "Version") ?? "";
  const findings: ArtifactFinding[] = [];
  const hold = (where: string, other: { readonly name: string; readonly version: string }) => {
    const says = (what: string, one: string, two: string) => `The metadata says ${what} ${quoted(one)}, and ${where} says ${quoted(two)}`;
    if (normalizeName(name) !== normalizeName(other.name)) findings.push(error("IDENTITY-NAME", says("name", name, other.name)));
    if (!isSameVersion(version, other.version)) findings.push(error("IDENTITY-VERSION", says("version", version, other.version)));
  };
  if (planned !== undefined) hold("the plan", planned);
  const inName = nameAndVersionOf(opened);
  if (inName !== undefined) hold("the file name", inName);
  return findings;
}

/** Name and version in the file name; of an sdist the name may hold dashes, so that the last one divides. */
function nameAndVersionOf(opened: OpenedDistribution): { readonly name: string; readonly version: string } | undefined {
  if (opened.wheel !== undefined) return { name: opened.wheel.distribution, version: opened.wheel.versionText };
  const [, name, version] = /^(.+)-([^-]+)\.tar\.gz$/.exec(opened.distribution.name) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}
