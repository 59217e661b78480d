// Use case: `slipway doctor`. What about this machine and this project would trouble a release, and every way to publish that is
// still open beside the one that slipway.yaml means. Each finding has a stable id, a severity, evidence and the fix.
import { doctorIds, type DoctorFinding } from "../domain/doctor/finding.ts";
import { SlipwayError } from "../domain/error.ts";
import { errorCatalog } from "../domain/error-catalog.ts";
import { lookAround, type FindingMaker } from "./doctor/around.ts";
import { credentialFileFindings, forgeLoginFindings } from "./doctor/credential-files.ts";
import { firstNameFindings } from "./doctor/first-names.ts";
import { glassFindings } from "./doctor/glass.ts";
import { lastPublisherFindings } from "./doctor/last-publisher.ts";
import { builderFindings, clockFinding, machineFindings, told } from "./doctor/machine.ts";
import { forgeFindingMaker, sourceFindings, stateFindings } from "./doctor/project.ts";
import { publisherFindings } from "./doctor/publishers.ts";
import { tokenPathFindings } from "./doctor/token-paths.ts";
import { runWindowFindings, tokenLifeFindings } from "./doctor/windows.ts";
import { openProject, type Project } from "./project.ts";
import type { World } from "./world.ts";

export interface Diagnosis {
  readonly schema: "slipway-diagnosis/1";
  readonly findings: readonly DoctorFinding[];
  readonly exitCode: 0 | 8;
}

/** Asked side by side; what they find stands in this order. */
const makers: readonly FindingMaker[] = [
  builderFindings,
  clockFinding,
  sourceFindings,
  stateFindings,
  glassFindings,
  tokenPathFindings,
  credentialFileFindings,
  forgeLoginFindings,
  publisherFindings,
  lastPublisherFindings,
  firstNameFindings,
  runWindowFindings,
  tokenLifeFindings,
  forgeFindingMaker,
];

/** @throws SlipwayError USAGE for an id that there is none of: a check that was never made must not look like one that found nothing */
export async function diagnose(world: World, only: string | undefined): Promise<Diagnosis> {
  const ids: readonly string[] = doctorIds;
  if (only !== undefined && !ids.includes(only))
    throw new SlipwayError("USAGE", `Cannot look for "${only}": there is no such finding`, { hint: `Findings: ${ids.join(", ")}` });
  const [machine, project] = await Promise.all([machineFindings(world), projectFindings(world)]);
  const findings = [...machine, ...project].filter((finding) => only === undefined || finding.id === only);
  return {
    schema: "slipway-diagnosis/1",
    findings,
    exitCode: findings.some(({ level }) => level === "blocks" || level === "warns") ? errorCatalog.FINDINGS.exit : 0,
  };
}

/** Where slipway.yaml cannot be read nobody knows what opens what; the packages' fault leaves the rest to be looked at. */
async function projectFindings(world: World): Promise<readonly DoctorFinding[]> {
  let project: Project;
  try {
    project = await openProject(world);
  } catch (error) {
    return [projectFault(error)];
  }
  const { around, fault } = await lookAround(world, project);
  const found = await Promise.all(makers.map((maker) => maker(around)));
  return [...(fault === undefined ? [] : [projectFault(fault)]), ...found.flat()];
}

function projectFault(error: unknown): DoctorFinding {
  return { id: "DR-PROJECT-01", level: "blocks", evidence: "slipway.yaml and the commit that is checked out", ...told(error) };
}
