// Whether the workflow files of a repository are what a registry is to be told to trust: a wrong file, a called file or another
// environment is refused only when the release is under way, and is seen here before (protocols §2.2, §4.5, §5.3; trust §10). Pure.
import type { Ecosystem } from "../configuration.ts";
import type { DoctorFinding } from "../doctor/finding.ts";
import type { Publisher } from "./publisher.ts";
import type { Workflow, WorkflowJob } from "./workflow.ts";

/** What one registry is to trust for the packages of one environment. */
export interface Trust {
  readonly registry: string;
  readonly ecosystem: Ecosystem;
  readonly publisher: Pick<Publisher, "workflow" | "environment">;
}

/** @param workflows every one of the repository that can be read @returns none: the files are what the registry is to trust */
export function workflowFaults(trust: Trust, workflows: readonly Workflow[]): readonly DoctorFinding[] {
  const { publisher } = trust;
  const own = workflows.find(({ file }) => file === publisher.workflow);
  const others = workflows.filter((one) => one !== own);
  if (own === undefined) return [noFile(trust, others)];
  const minting = own.jobs.filter(({ mints }) => mints);
  if (minting.length === 0) return [noPermission(trust, others)];
  return [...trapFaults(trust, own, others), ...environmentFaults(trust, minting), ...triggerFaults(trust, own)];
}

function noFile({ registry, publisher }: Trust, others: readonly Workflow[]): DoctorFinding {
  const { workflow } = publisher;
  const elsewhere = mintingIn(others);
  return {
    id: "DR-PUB-04",
    level: "warns",
    message: `"${registry}" is to trust the workflow "${workflow}", and the repository has no such file`,
    evidence: elsewhere === "" ? "no file in .github/workflows may ask for an identity" : `jobs that may ask for one: ${elsewhere}`,
    hint:
      elsewhere === ""
        ? `Write .github/workflows/${workflow}, with a job that has \`permissions: { id-token: write }\``
        : `Call the file "${workflow}", or the pipeline as the file: registries compare its name`,
  };
}

function noPermission({ registry, publisher }: Trust, others: readonly Workflow[]): DoctorFinding {
  const elsewhere = mintingIn(others);
  const found = elsewhere === "" ? "" : `; jobs that may are in other files, which "${registry}" is not to trust: ${elsewhere}`;
  return {
    id: "DR-PUB-05",
    level: "warns",
    message: `No job of workflow "${publisher.workflow}" may ask for an identity, and "${registry}" is opened with one`,
    evidence: `.github/workflows/${publisher.workflow} has no job with \`id-token: write\`${found}`,
    hint: "Write `permissions: { id-token: write }` for the job that publishes",
  };
}

function mintingIn(workflows: readonly Workflow[]): string {
  return workflows.flatMap(({ file, jobs }) => jobs.filter(({ mints }) => mints).map(({ name }) => `"${name}" of ${file}`)).join(", ");
}

/** The index looks at the called file, an attestation and the other registries at the caller: no one entry satisfies both. */
function trapFaults(trust: Trust, own: Workflow, others: readonly Workflow[]): readonly DoctorFinding[] {
  const calling = own.jobs.find(({ mints, calls }) => mints && calls !== undefined);
  const caller = others.flatMap(({ file, jobs }) => jobs.filter((job) => isCallOf(job, own.file)).map(({ name }) => ({ file, name })))[0];
  if (calling?.calls !== undefined) return [trap(trust, `job "${calling.name}" of ${own.file} calls "${calling.calls}"`, "warns")];
  if (caller !== undefined) return [trap(trust, `job "${caller.name}" of ${caller.file} calls "${own.file}"`, "warns")];
  if (!own.triggers.includes("workflow_call")) return [];
  const isOnlyCalled = own.triggers.length === 1;
  return [trap(trust, `${own.file} is started by \`workflow_call\`${isOnlyCalled ? " alone" : " too"}`, "warns")];
}

function isCallOf({ calls }: WorkflowJob, file: string): boolean {
  return calls?.split("@", 1)[0]?.endsWith(`/.github/workflows/${file}`) === true || calls === `.github/workflows/${file}`;
}

function trap({ registry, ecosystem }: Trust, evidence: string, level: DoctorFinding["level"]): DoctorFinding {
  const words =
    ecosystem === "pypi"
      ? `"${registry}" looks at the workflow that is called (job_workflow_ref), and the attestation names the one that calls (workflow_ref)`
      : `"${registry}" looks at the workflow that calls (workflow_ref), never at the one that is called`;
  return {
    id: "DR-PUB-06",
    level,
    message: `Reusable-workflow trap: ${words}`,
    evidence,
    hint: "Put the job that publishes into the workflow that is started, and let no other call it",
  };
}

function environmentFaults({ registry, publisher }: Trust, minting: readonly WorkflowJob[]): readonly DoctorFinding[] {
  const { environment, workflow } = publisher;
  if (environment === undefined) return [];
  const jobs = minting.filter(({ calls }) => calls === undefined);
  const named = jobs.flatMap((job) => (job.environment === undefined ? [] : [{ job: job.name, environment: job.environment }]));
  // What an expression will be, only the run knows; GitHub compares names without regard to case, and so do registries.
  const fits = (name: string): boolean => name.includes("${{") || name.toLowerCase() === environment.toLowerCase();
  if (jobs.length === 0 || named.some((one) => fits(one.environment))) return [];
  const evidence =
    named.length === 0
      ? `jobs that may ask for an identity: ${jobs.map(({ name }) => `"${name}"`).join(", ")}; none names an environment`
      : named.map((one) => `job "${one.job}" is in "${one.environment}"`).join(", ");
  return [
    {
      id: "DR-PUB-07",
      level: "warns",
      message: `No job of workflow "${workflow}" that may ask for an identity is in environment "${environment}", which "${registry}" is to trust`,
      evidence,
      hint: `Write \`environment: ${environment}\` for the job that publishes`,
    },
  ];
}

/** PyPI refuses the first of them, crates both; npm says of neither, and its jobs run code of outsiders all the same. */
const outsiders: Readonly<Record<string, readonly Ecosystem[]>> = {
  pull_request_target: ["pypi", "crates"],
  workflow_run: ["crates"],
};

function triggerFaults({ registry, ecosystem }: Trust, { file, triggers }: Workflow): readonly DoctorFinding[] {
  return triggers.flatMap((trigger): readonly DoctorFinding[] => {
    const refusing = outsiders[trigger];
    if (refusing === undefined) return [];
    const isRefused = refusing.includes(ecosystem);
    const why = isRefused ? `"${registry}" takes no identity of it` : "its jobs can be made to work on what outsiders wrote";
    return [
      {
        id: "DR-PUB-08",
        level: isRefused ? "blocks" : "warns",
        message: `Workflow "${file}" is started by \`${trigger}\`: ${why}`,
        evidence: `\`on:\` of .github/workflows/${file} names ${triggers.join(", ")}`,
        hint: "Start it by a tag, a dispatch or a published release",
      },
    ];
  });
}
