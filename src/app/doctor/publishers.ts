// Findings about trusted publishers: what the registries are to be told, and whether the repository's own workflow files are that. A
// publisher that does not match is refused only in the middle of a release; here it is seen before (systems S2.12, S5.8).
import path from "node:path";
import type { DoctorFinding } from "../../domain/doctor/finding.ts";
import { readWorkflow, workflowBytesMax, type ReadWorkflow } from "../../domain/identity/workflow.ts";
import { workflowFaults } from "../../domain/identity/workflow-faults.ts";
import { forgeOfRemote } from "../../forges/catalog.ts";
import { trustedRepository, type TrustedRepository } from "../publishers.ts";
import { isTokenless, someOf, whereOf, type Around, type FindingMaker, type Place } from "./around.ts";

export const publisherFindings: FindingMaker = async (around) => {
  const places = around.places.filter((place) => isTokenless(place) && place.pipelines.length > 0 && place.names.length > 0);
  if (places.length === 0) return [];
  const refusing = places.filter(({ opened }) => opened !== undefined && opened.login === undefined);
  const taking = places.filter(({ opened }) => opened?.login !== undefined);
  const repository = await trustedRepository(around);
  if ("why" in repository) return [...refusing.map(notTaken), ...(taking.length === 0 ? [] : [noRepository(repository.why, taking)])];
  const workflows = repository.provider === "github" ? await readWorkflows(around) : [];
  return [
    ...refusing.map(notTaken),
    ...taking.map((place) => valuesFinding(place, repository)),
    ...(await otherRemote(around, repository)),
    ...workflows.flatMap(unreadable),
    ...(repository.provider === "github" ? taking.flatMap((place) => faultsOf(place, workflows)) : []),
  ];
};

function notTaken(place: Place): DoctorFinding {
  const { name } = place.registry;
  return {
    id: "DR-PUB-03",
    level: "blocks",
    message: `${whereOf(place)} is to be opened without a token, and this registry takes tokens only`,
    evidence: "slipway.yaml: `credentials: trusted-publishing`",
    hint: `Write \`credentials: { token: NAME }\` for "${name}"`,
  };
}

function noRepository(why: string, places: readonly Place[]): DoctorFinding {
  return {
    id: "DR-PUB-02",
    level: "blocks",
    message: `${places.map(whereOf).join(" and ")}: nobody can be trusted. ${why}`,
    evidence: '`forge:` of slipway.yaml, and the remote "origin"',
    hint: "Name the repository under `forge:`, or give a token by policy: `credentials: { token: NAME }`",
  };
}

/** No registry shows what it was told, so that the values are said, and a person compares. */
function valuesFinding(
  { registry, opened, names, environment, pipelines }: Place,
  { provider, repository }: TrustedRepository,
): DoctorFinding {
  const workflows = provider === "github" ? pipelines.map((pipeline) => `"${pipeline}.yml"`).join(" and ") : '".gitlab-ci.yml"';
  return {
    id: "DR-PUB-01",
    level: "cannot-be-tried",
    message: `Whether "${registry.name}" trusts repository "${repository}", workflow ${workflows}, environment "${environment}" for ${someOf(names)}: no registry shows what it was told`,
    evidence: `the page is ${opened?.login?.settings(names[0] ?? "") ?? ""}`,
    hint: "Compare the values: `slipway doctor --publishers`",
  };
}

/** The identity names the repository that the job runs in, which is the remote's, whatever slipway.yaml says. */
async function otherRemote({ project, forge }: Around, { repository }: TrustedRepository): Promise<readonly DoctorFinding[]> {
  const { remote } = project.look;
  const told = remote === undefined ? undefined : forgeOfRemote(remote);
  if (told?.kind !== forge?.kind || told === undefined || told.repository.toLowerCase() === repository.toLowerCase()) return [];
  return [
    {
      id: "DR-PUB-09",
      level: "warns",
      message: `slipway.yaml names the repository "${repository}", and "origin" is "${told.repository}": a job's identity names where it runs`,
      evidence: `\`forge:\` of slipway.yaml, and the remote "origin"`,
      hint: `Write \`forge: { repository: ${told.repository} }\`, or run the workflow in "${repository}"`,
    },
  ];
}

// --- the repository's workflow files --------------------------------------------------------------

const workflowFolder = ".github/workflows";
const workflowsMax = 200;

/** As they stand in the work tree: what is not committed yet is going to be. */
async function readWorkflows({ world, project }: Around): Promise<readonly ReadWorkflow[]> {
  const folder = path.join(project.look.root, workflowFolder);
  const names = (await world.files.list(folder)).filter((name) => /\.ya?ml$/.test(name)).slice(0, workflowsMax);
  return Promise.all(names.map(async (name) => readOne(world, folder, name)));
}

async function readOne(world: Around["world"], folder: string, name: string): Promise<ReadWorkflow> {
  const file = path.join(folder, name);
  const info = await world.files.info(file);
  if (info?.kind !== "file") return { kind: "unreadable", file: name, why: `it is a ${info?.kind ?? "gone file"}` };
  if (info.sizeBytes > workflowBytesMax) return { kind: "unreadable", file: name, why: "it is larger than any workflow" };
  return readWorkflow(name, await world.files.readText(file));
}

function unreadable(one: ReadWorkflow): readonly DoctorFinding[] {
  if (one.kind === "read") return [];
  const message = `Workflow "${one.file}" cannot be read: ${one.why}`;
  return [
    {
      id: "DR-PUB-04",
      level: "warns",
      message,
      evidence: `${workflowFolder}/${one.file}`,
      hint: "Mend it; the forge cannot read it either",
    },
  ];
}

function faultsOf({ registry, environment, pipelines }: Place, read: readonly ReadWorkflow[]): readonly DoctorFinding[] {
  const workflows = read.flatMap((one) => (one.kind === "read" ? [one.workflow] : []));
  return pipelines.flatMap((pipeline) =>
    workflowFaults(
      { registry: registry.name, ecosystem: registry.ecosystem, publisher: { workflow: `${pipeline}.yml`, environment } },
      workflows,
    ),
  );
}
