// What can be known about a trial before anything starts: a place for the leg, something to install from every source, and
// the clients that install it.
import { explainNoPlace, mayBeElsewhere } from "../../domain/platform.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { installableOf, installingOf } from "./ecosystems.ts";
import { artifactsSource, installable, packagesOf, sourcesOf, type InstallableEcosystem, type VerifyInstallInput } from "./input.ts";
import { blocks } from "./installing.ts";

export async function preflightVerifyInstall(planned: Planned<VerifyInstallInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const noPlace = explainNoPlace(planned.leg["platform"], ports.host);
  if (noPlace !== undefined)
    return [{ id: "PF-NO-PLACE", level: mayBeElsewhere(planned.leg["platform"]) ? "warns" : "blocks", ...noPlace }];
  const sources = sourcesOf(planned.input).map((name) => lookAtSource(name, planned, ports));
  const wanted = installable.filter((one) => sources.some(({ ecosystems }) => ecosystems.includes(one)));
  const clients = await Promise.all(wanted.map((one) => installingOf(one).preflight(planned, ports)));
  return [...sources.flatMap(({ findings }) => findings), ...versionFindings(planned, wanted), ...clients.flat()];
}

interface Looked {
  /** What is tried from there. */
  readonly ecosystems: readonly InstallableEcosystem[];
  readonly findings: readonly Finding[];
}

function lookAtSource(name: string, planned: Planned<VerifyInstallInput>, ports: ReadPorts): Looked {
  if (name === artifactsSource) return lookAtFiles(planned);
  const registry = ports.registry(name);
  const ecosystem = installableOf(registry.ecosystem);
  if (ecosystem === undefined) {
    const message = `Cannot install from ${name}: it is a registry of the ecosystem "${registry.ecosystem}", from which no client installs`;
    return { ecosystems: [], findings: [blocks("PF-NOT-YET", message, "Leave it out of `from:`")] };
  }
  const findings = packagesOf(planned, ecosystem).length === 0 ? [noPackage(planned, installingOf(ecosystem).noun)] : [];
  return { ecosystems: [ecosystem], findings };
}

function lookAtFiles(planned: Planned<VerifyInstallInput>): Looked {
  const there = installable.filter((one) => packagesOf(planned, one).length > 0);
  const able = there.filter((one) => installingOf(one).notFromFiles === undefined);
  const unable = there.flatMap((one) => installingOf(one).notFromFiles ?? []);
  if (there.length === 0) return { ecosystems: ["pypi"], findings: [noPackage(planned, "package that can be installed")] };
  const hint = "Try them from a registry: put its name in the place of `artifacts`, below the step that publishes";
  const level = able.length === 0 ? "blocks" : "warns";
  return {
    ecosystems: able,
    findings: unable.map((why) => ({ id: "PF-NOT-FROM-FILES", level, message: `Cannot install from artifacts: ${why}`, hint })),
  };
}

function noPackage(planned: Planned<VerifyInstallInput>, noun: string): Finding {
  const named = planned.input.package === undefined ? "" : ` "${planned.input.package}"`;
  return blocks(
    "PF-PACKAGE",
    `Cannot try an installation: the release has no ${noun}${named}`,
    `Name one of ${planned.packages.map((one) => one.id).join(", ")}`,
  );
}

function versionFindings(planned: Planned<VerifyInstallInput>, ecosystems: readonly InstallableEcosystem[]): readonly Finding[] {
  const versions = new Set(ecosystems.flatMap((one) => packagesOf(planned, one)).map((one) => one.version));
  if (planned.input.version === undefined || versions.size <= 1) return [];
  const message = `Cannot compare a version: the packages have several (${[...versions].join(", ")})`;
  return [blocks("PF-PACKAGE", message, "Name one of them with `package:`")];
}
