// What can be known about publishing before anything starts, without using a credential: whether the version stands at a
// registry already, whether the registry would refuse its name, and what nobody can know beforehand. Credentials are looked
// for by the application, which alone knows where they come from.
import type { PlannedPackage, PlannedRegistry } from "../../domain/plan/plan.ts";
import { sdistFileName } from "../../domain/pypi/names.ts";
import { sha256 } from "../../domain/digest.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { registriesOf, type PublishInput } from "./input.ts";

export async function preflightPublish(planned: Planned<PublishInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const registry of registriesOf(planned)) {
    if (registry.ecosystem !== "pypi") {
      findings.push(notYet(registry));
      continue;
    }
    for (const one of planned.packages.filter((candidate) => candidate.ecosystem === "pypi")) {
      findings.push(...refusalFindings(registry, one, ports), ...(await standing(registry, one, { planned, ports })));
    }
  }
  return findings;
}

function notYet(registry: PlannedRegistry): Finding {
  return {
    id: "PF-NOT-YET",
    level: "blocks",
    message: `Cannot publish to ${registry.name}: this version publishes to registries of the ecosystem "pypi", not "${registry.ecosystem}"`,
    hint: "Leave it out of slipway.yaml for now",
  };
}

/** The forms that a registry can judge without a file: name and version. Sizes are judged when the files are frozen. */
function refusalFindings(registry: PlannedRegistry, one: PlannedPackage, ports: ReadPorts): readonly Finding[] {
  const name = sdistFileName(one.name, one.version);
  const form = { package: one.name, version: one.version, name, sha256: sha256("0".repeat(64)), sizeBytes: 0 };
  return ports
    .registry(registry.name)
    .refusals(form)
    .map((why) => ({
      id: "PF-REFUSED",
      level: "blocks",
      message: `${registry.name} would refuse ${one.name} ${one.version}: ${why}`,
      hint: "Choose another name or version",
    }));
}

interface Asking {
  readonly planned: Planned<PublishInput>;
  readonly ports: ReadPorts;
}

async function standing(registry: PlannedRegistry, one: PlannedPackage, asking: Asking): Promise<readonly Finding[]> {
  const { planned, ports } = asking;
  const at = ports.registry(registry.name);
  const survey = await at.survey(one.name, one.version, ports.signal);
  const what = `${one.name} ${one.version}`;
  switch (survey.kind) {
    case "unknown":
      return [
        { id: "PF-REGISTRY", level: "cannot-be-tried", message: `Cannot tell whether ${what} is at ${registry.name}: ${survey.why}` },
      ];
    case "absent":
      return [
        { id: "PF-REGISTRY", level: "fine", message: `${registry.name} has nothing of ${what}` },
        ...(survey.package === "exists" ? [] : [nameUnknown(registry, one)]),
      ];
    case "listed":
      return [
        {
          id: "PF-REGISTRY",
          level: "warns",
          message: `${registry.name} has ${survey.files.length} files of ${what} already: ${survey.files
            .map((file) => file.name)
            .slice(0, 10)
            .join(", ")}`,
          ...(planned.begun
            ? {}
            : { hint: `Look at ${at.locate({ package: one.name, version: one.version })}: files with other bytes would stop the run` }),
        },
      ];
  }
}

/** A name that no project has may still be prohibited, too similar to another, or held back: only the upload tells. */
function nameUnknown(registry: PlannedRegistry, one: PlannedPackage): Finding {
  return {
    id: "PF-NAME",
    level: "cannot-be-tried",
    message: `Cannot tell whether the name "${one.name}" can be had at ${registry.name}: nobody has it, and only the first upload shows whether it is allowed`,
  };
}
