// The file WHEEL and the folders of a wheel: whether the wheel is what its file name says (PyPA "Binary distribution
// format"; reference/protocols §1.4, §9.1).
import { parseCoreMetadata } from "../../domain/pypi/core-metadata.ts";
import { fileNameForm, refusedPlatformTag, type WheelFileName } from "../../domain/pypi/names.ts";
import type { ArchiveMember } from "../../platform/ports.ts";
import { error, listed, quoted, warning, type ArtifactFinding } from "./finding.ts";

/** What the file name alone tells: whether PyPI takes it and whether it is the name this wheel should have. */
export function wheelNameFindings(fileName: string, parsed: WheelFileName): readonly ArtifactFinding[] {
  const findings: ArtifactFinding[] = [];
  for (const platform of new Set(parsed.platform)) {
    const refused = refusedPlatformTag(platform);
    if (refused !== undefined) findings.push(error("WHEEL-PLATFORM", refused));
  }
  const { name, version, versionText, distribution } = parsed;
  const normal = fileNameForm(name);
  if (distribution !== normal)
    findings.push(
      error(
        "WHEEL-NAME",
        `The file name should begin with the normalized name ${quoted(normal)}, not with ${quoted(distribution)} (PEP 427; PyPI)`,
      ),
    );
  if (versionText !== version.normal)
    findings.push(
      warning(
        "WHEEL-NAME",
        `The file name has the version ${quoted(versionText)}, and should have its normal form ${quoted(version.normal)} (PEP 427)`,
      ),
    );
  return findings;
}

/** The build tag as the file name writes it, which may begin with zeros. */
function buildTagOf(fileName: string): string | undefined {
  const components = fileName.split("-");
  return components.length === 6 ? components[2] : undefined;
}

/** Holds WHEEL against the file name: format version, tags, build, and where the files are to go. */
export function wheelFileFindings(text: string, fileName: string, parsed: WheelFileName): readonly ArtifactFinding[] {
  const { headers } = parseCoreMetadata(text);
  const values = (name: string) => headers.filter(([written]) => written.toLowerCase() === name).map(([, value]) => value.trim());
  const findings: ArtifactFinding[] = [];
  findings.push(...formatFindings(values("wheel-version")));
  if (values("generator").length === 0) findings.push(warning("WHEEL-GENERATOR", "WHEEL does not say which program made it (Generator)"));
  findings.push(
    ...tagFindings(values("tag"), parsed),
    ...buildFindings(values("build"), buildTagOf(fileName)),
    ...purelibFindings(values("root-is-purelib"), parsed),
  );
  return findings;
}

function formatFindings(versions: readonly string[]): readonly ArtifactFinding[] {
  const [version = ""] = versions;
  if (versions.length !== 1 || !/^[0-9]+\.[0-9]+$/.test(version))
    return [error("WHEEL-VERSION", `WHEEL should have one Wheel-Version, and has ${versions.length === 0 ? "none" : listed(versions)}`)];
  if (!version.startsWith("1."))
    return [error("WHEEL-VERSION", `Wheel-Version is ${quoted(version)}; installers refuse everything but 1.x`)];
  return version === "1.0"
    ? []
    : [warning("WHEEL-VERSION", `Wheel-Version is ${quoted(version)}; installers know 1.0 and warn about a later one`)];
}

function tagFindings(tags: readonly string[], parsed: WheelFileName): readonly ArtifactFinding[] {
  const written = new Set(tags.flatMap(expandTag));
  const named = new Set(parsed.tags);
  const missing = parsed.tags.filter((tag) => !written.has(tag));
  const extra = [...written].filter((tag) => !named.has(tag));
  const findings: ArtifactFinding[] = [];
  if (missing.length > 0) findings.push(error("WHEEL-TAGS", `WHEEL lacks tags that the file name has: ${listed(missing)}`));
  if (extra.length > 0) findings.push(error("WHEEL-TAGS", `WHEEL has tags that the file name lacks: ${listed(extra)}`));
  if (findings.length === 0 && tags.some((tag) => tag.includes(".")))
    findings.push(warning("WHEEL-TAGS", "WHEEL has compressed tags; each combination should have a line of its own"));
  return findings;
}

function expandTag(tag: string): readonly string[] {
  const sets = tag.split("-").map((set) => set.split("."));
  const [pythons = [], abis = [], platforms = []] = sets;
  if (sets.length !== 3 || pythons.length * abis.length * platforms.length > 500) return [tag];
  return pythons.flatMap((python) => abis.flatMap((abi) => platforms.map((platform) => `${python}-${abi}-${platform}`)));
}

function buildFindings(builds: readonly string[], named: string | undefined): readonly ArtifactFinding[] {
  const [written] = builds;
  if (builds.length > 1) return [error("WHEEL-BUILD", `WHEEL has more than one Build: ${listed(builds)}`)];
  if (named !== undefined && written === undefined)
    return [warning("WHEEL-BUILD", `WHEEL has no Build, and the file name has ${quoted(named)}`)];
  return written === named
    ? []
    : [
        error(
          "WHEEL-BUILD",
          `WHEEL has the build ${quoted(written ?? "")}, and the file name has ${named === undefined ? "none" : quoted(named)}`,
        ),
      ];
}

function purelibFindings(values: readonly string[], parsed: WheelFileName): readonly ArtifactFinding[] {
  const [value = ""] = values;
  const pure = value.toLowerCase() === "true";
  if (values.length !== 1 || (!pure && value.toLowerCase() !== "false")) {
    return [
      error(
        "WHEEL-PURELIB",
        `WHEEL should say Root-Is-Purelib: true or false, and says ${values.length === 0 ? "nothing" : listed(values)}`,
      ),
    ];
  }
  const anywhere = parsed.platform.every((platform) => platform === "any");
  if (pure && !anywhere)
    return [warning("WHEEL-PURELIB", `WHEEL says Root-Is-Purelib: true, and the wheel is for ${listed(parsed.platform)} only`)];
  if (!pure && anywhere) return [warning("WHEEL-PURELIB", "WHEEL says Root-Is-Purelib: false, and the wheel is for any platform")];
  return [];
}

const dataFolders: readonly string[] = ["purelib", "platlib", "headers", "scripts", "data"];

/** Whether the special folders of the wheel are its own, and hold what installers know. */
export function folderFindings(members: readonly ArchiveMember[], parsed: WheelFileName): readonly ArtifactFinding[] {
  const pair = `${parsed.distribution}-${parsed.versionText}`;
  const tops = new Set(members.map((member) => member.path.split("/")[0] ?? ""));
  const others = [...tops].filter((top) => /\.(?:dist-info|data)$/.test(top) && top !== `${pair}.dist-info` && top !== `${pair}.data`);
  const findings: ArtifactFinding[] = [];
  if (others.length > 0)
    findings.push(
      error(
        "WHEEL-FOLDERS",
        `The wheel holds ${listed(others)}; installers know only ${quoted(`${pair}.dist-info`)} and ${quoted(`${pair}.data`)}`,
      ),
    );
  const data = members.filter((member) => member.kind === "file" && member.path.startsWith(`${pair}.data/`));
  const unknown = data.filter((member) => !dataFolders.includes(member.path.split("/")[1] ?? "") || member.path.split("/").length < 3);
  if (unknown.length > 0)
    findings.push(error("WHEEL-DATA", `Installers do not know where to put ${listed(unknown.map((member) => member.path))}`));
  const nested = data.filter((member) => member.path.startsWith(`${pair}.data/scripts/`) && member.path.split("/").length > 3);
  if (nested.length > 0)
    findings.push(error("WHEEL-DATA", `The scripts folder may hold files only, and holds ${listed(nested.map((member) => member.path))}`));
  return findings;
}
