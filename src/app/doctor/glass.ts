// Break-glass in `doctor` (systems S1.11): red while an incident is open, and while the tracker has yet to be told of one.
import type { DoctorFinding } from "../../domain/doctor/finding.ts";
import type { Journal } from "../../engine/journal/journal.ts";
import { openWay } from "../close-incident.ts";
import { unsettledIncidents, type KnownIncident } from "../incidents.ts";
import { openRuns } from "../open-runs.ts";
import type { Around, FindingMaker } from "./around.ts";

const id = "DR-BREAK-GLASS";

export const glassFindings: FindingMaker = async (around) => {
  const unsettled = incidentsOf(around);
  if (unsettled.length > 0) return Promise.all(unsettled.map((incident) => incidentFinding(around, incident)));
  const mayBe = around.places.some(({ registry: { credentials } }) => credentials.kind === "trusted-publishing" && credentials.fallback);
  if (!mayBe) return [];
  return [{ id, level: "fine", message: "No glass is broken at any registry", evidence: evidenceOf(around) }];
};

/** A journal that cannot be read is a finding of its own. */
function incidentsOf({ world, project }: Around): readonly KnownIncident[] {
  let journal: Journal | undefined;
  try {
    ({ journal } = openRuns(world, project));
    return unsettledIncidents(journal);
  } catch {
    return [];
  } finally {
    journal?.close();
  }
}

async function incidentFinding(around: Around, incident: KnownIncident): Promise<DoctorFinding> {
  const { registry, variable, by, atMs, reason, closed, state, isUntold } = incident;
  const what = `${by.name} broke the glass of "${registry}" for ${state.plan.release.title} at ${new Date(atMs).toISOString().slice(0, 16)}Z (${reason})`;
  const untold = isUntold ? "; the tracker's issue is not told of it yet" : "";
  const evidence = evidenceOf(around);
  if (closed !== undefined)
    return { id, level: "warns", message: `${what}${untold}`, evidence, hint: "Set the forge's token, then go on with `slipway run`" };
  const way = await openWay(around.world, around.project, incident);
  const close = `\`slipway break-glass ${registry} --close --reason "…"\``;
  return {
    id,
    level: "blocks",
    message: `${what}, and the way is not closed: ${way?.why ?? `nobody has said yet what became of the token in ${variable}`}${untold}`,
    evidence,
    hint: way === undefined ? `Say it with ${close}` : `${way.hint}; then ${close}`,
  };
}

function evidenceOf({ project }: Around): string {
  return `the journal in "${project.folder}", and names of variables of this process's environment`;
}
