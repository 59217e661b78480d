// Findings about the project on this machine: its source, and its journal.
import type { DoctorFinding } from "../../domain/doctor/finding.ts";
import type { Journal } from "../../engine/journal/journal.ts";
import { assert } from "../../domain/error.ts";
import { forgeFindingIds, forgeFindings } from "../doctor-forge.ts";
import { openRuns, unfinishedRun } from "../open-runs.ts";
import type { Around, FindingMaker } from "./around.ts";
import { told } from "./machine.ts";

export const sourceFindings: FindingMaker = async ({ project }) =>
  project.look.shallow
    ? [
        {
          id: "DR-SOURCE-01",
          level: "warns",
          message: "The clone is shallow: tags and history may be missing",
          evidence: `git's own word for "${project.look.root}"`,
          hint: "Run `git fetch --unshallow --tags`",
        },
      ]
    : [];

export const stateFindings: FindingMaker = async (around) => [stateFinding(around)];

function stateFinding({ world, project }: Around): DoctorFinding {
  const evidence = `the journal in "${project.folder}"`;
  let journal: Journal | undefined;
  try {
    ({ journal } = openRuns(world, project));
    const open = unfinishedRun(journal);
    if (open === undefined) return { id: "DR-STATE-01", level: "fine", message: `No run is unfinished in "${project.folder}"`, evidence };
    const message = `${open.plan.release.title} is not finished`;
    return { id: "DR-STATE-01", level: "warns", message, evidence, hint: "Go on with `slipway run`, or give it up with `slipway cancel`" };
  } catch (error) {
    return { id: "DR-STATE-02", level: "blocks", evidence, ...told(error) };
  } finally {
    journal?.close();
  }
}

/** What the forge was asked, by finding. */
const forgeEvidence: Readonly<Record<(typeof forgeFindingIds)[number], string>> = {
  "DR-FORGE-01": "what the forge tells of the repository without a credential",
  "DR-FORGE-02": "names of variables of this process's environment",
  "DR-FORGE-03": "the pipelines of slipway.yaml",
  "DR-FORGE-04": "what the forge tells of its rules without a credential",
};

export const forgeFindingMaker: FindingMaker = async ({ world, project }) => {
  const found = await forgeFindings(world, project);
  return found.map((one): DoctorFinding => {
    const id = forgeFindingIds.find((known) => known === one.id);
    assert(id !== undefined, `"${one.id}" is a finding about the forge`);
    return { ...one, id, evidence: forgeEvidence[id] };
  });
};
