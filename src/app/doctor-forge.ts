// What `slipway doctor` says of the forge: whether it answers, whether a credential for it is there, which pipeline is
// started by something that starts nothing, and whether the branch takes a push. Nothing is asked with a credential: what
// anybody may read is enough, and the rest is said to be out of sight (S4.2).
import type { Configuration, ForgeCredential, PipelineConfiguration, StepConfiguration } from "../domain/configuration.ts";
import { assert, SlipwayError, unreachable } from "../domain/error.ts";
import type { PlannedForge } from "../domain/plan/plan.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import { stepsOf } from "../config/rules/rule.ts";
import { pipelineStarts, type Start } from "../config/rules/starts.ts";
import type { ReadAccess, ReadForge, RepositoryFacts } from "../forges/forge.ts";
import { planForge, type Forges } from "./forges.ts";
import type { Project } from "./project.ts";
import { stepNamed } from "./vocabulary.ts";
import type { World } from "./world.ts";

/** Stable, as all ids of `doctor` are. */
export const forgeFindingIds = ["DR-FORGE-01", "DR-FORGE-02", "DR-FORGE-03", "DR-FORGE-04"] as const;

type Around = Pick<World, "realForges" | "env" | "interrupted" | "deadline">;

/** How long a forge is waited for; a person sits before it. */
const patienceMs = 20_000;

/** Nothing where no pipeline of the file works at a forge. */
export async function forgeFindings(
  world: Around,
  { configuration, look }: Pick<Project, "configuration" | "look">,
): Promise<readonly FindingFact[]> {
  const using = forgeSteps(configuration);
  const starts = pipelineStarts(configuration);
  if (using.length === 0 && starts.length === 0) return [];
  const planned = await planForge(configuration, look);
  if (planned === undefined) return [noForge(using[0]?.step)];
  const forges = await world.realForges();
  const credentials = await credentialFindings(world, { forges, planned, using });
  const started = startsByPipeline(starts).map((ways) => startFinding(ways, { world, planned, configuration }));
  return [...(await reachFindings(world, { forges, planned, configuration })), ...credentials, ...started];
}

interface Using {
  readonly step: StepConfiguration;
  /** What opens the forge for it. */
  readonly rule: ForgeCredential | undefined;
}

function forgeSteps(configuration: Configuration): readonly Using[] {
  return configuration.pipelines.flatMap(stepsOf).flatMap((step) => {
    const built = stepNamed(step.uses);
    if (built?.usesForge === undefined || !built.input.fits(step.with)) return [];
    return built.usesForge({ input: step.with, leg: {}, packages: [] }) ? [{ step, rule: ruleOf(configuration, step) }] : [];
  });
}

function ruleOf({ environments }: Configuration, { environment }: StepConfiguration): ForgeCredential | undefined {
  const named = (name: string | undefined): ForgeCredential | undefined => environments.find((one) => one.name === name)?.forge;
  return named(environment) ?? named("forge");
}

function noForge(step: StepConfiguration | undefined): FindingFact {
  const who = step === undefined ? "A pipeline is started at a forge" : `Step "${step.name}" works at a forge`;
  return {
    id: "DR-FORGE-01",
    level: "blocks",
    message: `${who}, and neither slipway.yaml nor the remote "origin" says at which`,
    hint: 'Write it in slipway.yaml: `forge: { kind: gitea, url: "https://git.example.org", repository: owner/name }`',
  };
}

// --- does it answer, and does the branch take a push --------------------------------------------

interface Opening {
  readonly forges: Forges;
  readonly planned: PlannedForge;
  readonly configuration: Configuration;
}

async function reachFindings(world: Around, { forges, planned, configuration }: Opening): Promise<readonly FindingFact[]> {
  const access: ReadAccess = { signal: AbortSignal.any([world.interrupted, world.deadline(patienceMs)]) };
  let forge: ReadForge;
  try {
    forge = await forges.open(planned);
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return [{ id: "DR-FORGE-01", level: "blocks", message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }];
  }
  const facts = await forge.settings.facts(access);
  switch (facts.kind) {
    case "found":
      return [...answers(forge, facts.found), ...(await protectionFindings(configuration, { forge, facts: facts.found, access }))];
    case "absent":
      return [
        {
          id: "DR-FORGE-01",
          level: "cannot-be-tried",
          message: `"${forge.name}" answers, and shows no repository ${forge.repository} to somebody without a credential: it is private, or has another name`,
        },
      ];
    case "unknown":
      return [
        {
          id: "DR-FORGE-01",
          level: facts.lasting === true ? "blocks" : "warns",
          message: `"${forge.name}" does not say whether ${forge.repository} is there: ${facts.why}`,
          hint: "Look at the address under `forge:` in slipway.yaml, then at the network",
        },
      ];
    default:
      return unreachable(facts, "look");
  }
}

function answers({ name, repository }: ReadForge, { fullName, defaultBranch, archived }: RepositoryFacts): readonly FindingFact[] {
  const id = "DR-FORGE-01";
  if (archived)
    return [
      {
        id,
        level: "blocks",
        message: `${repository} at "${name}" is archived: nobody can write there`,
        hint: "Unarchive it, or name another under `forge:`",
      },
    ];
  if (fullName.toLowerCase() !== repository.toLowerCase())
    return [
      {
        id,
        level: "warns",
        message: `${repository} at "${name}" is called ${fullName} now, and nothing is written by an old name`,
        hint: `Write it in slipway.yaml: \`repository: ${fullName}\``,
      },
    ];
  return [{ id, level: "fine", message: `"${name}" answers: ${fullName}, default branch ${defaultBranch}` }];
}

async function protectionFindings(
  configuration: Configuration,
  { forge, facts, access }: { readonly forge: ReadForge; readonly facts: RepositoryFacts; readonly access: ReadAccess },
): Promise<readonly FindingFact[]> {
  const pushing = configuration.pipelines.map(pushOf).find((step) => step !== undefined);
  if (pushing === undefined) return [];
  const branch = configuration.source.branch ?? facts.defaultBranch;
  const id = "DR-FORGE-04";
  const read = await forge.settings.protections(branch, access);
  if (read.kind !== "found") {
    const why = read.kind === "unknown" ? read.why : `it shows no branch "${branch}"`;
    return [{ id, level: "cannot-be-tried", message: `Whether "${branch}" and the tags of ${facts.fullName} are protected: ${why}` }];
  }
  const { branch: rules, tags } = read.found;
  const tagged = tagFinding(facts.fullName, tags);
  if (rules.length === 0) return [{ id, level: "fine", message: `Branch "${branch}" of ${facts.fullName} is not protected` }, ...tagged];
  const message = `Branch "${branch}" of ${facts.fullName} is protected (${rules.join(", ")})`;
  if (pushing.with["or"] === "pull-request")
    return [{ id, level: "fine", message: `${message}: where it takes no push, step "${pushing.name}" opens a pull request` }, ...tagged];
  return [
    {
      id,
      level: "warns",
      message: `${message}, and step "${pushing.name}" only pushes: whether it may, only a push would tell`,
      hint: `Write \`${pushing.name}: { uses: push, with: { or: pull-request } }\``,
    },
    ...tagged,
  ];
}

function tagFinding(repository: string, tags: readonly string[] | undefined): readonly FindingFact[] {
  const id = "DR-FORGE-04";
  if (tags === undefined)
    return [
      { id, level: "cannot-be-tried", message: `Whether tags of ${repository} are protected: the forge shows it to its owners alone` },
    ];
  if (tags.length === 0) return [{ id, level: "fine", message: `No rule holds for tags of ${repository}` }];
  return [
    {
      id,
      level: "cannot-be-tried",
      message: `Whether a tag may be pushed to ${repository}: rules hold for tags (${tags.join(", ")}), and only a push would tell`,
    },
  ];
}

/** The step that brings the run's own commits to a branch. */
function pushOf(pipeline: PipelineConfiguration): StepConfiguration | undefined {
  const steps = stepsOf(pipeline);
  return steps.some(({ uses }) => uses === "commit") ? steps.find(({ uses }) => uses === "push") : undefined;
}

// --- credentials --------------------------------------------------------------------------------

async function credentialFindings(
  { env }: Around,
  { forges, planned, using }: { readonly forges: Forges; readonly planned: PlannedForge; readonly using: readonly Using[] },
): Promise<readonly FindingFact[]> {
  const rules = [...new Map(using.map((one) => [JSON.stringify(one.rule ?? null), one])).values()];
  return Promise.all(
    rules.map(async ({ step, rule }): Promise<FindingFact> => {
      const { there, variables } = await forges.has(planned, rule);
      const where = `${planned.repository} at the forge, for step "${step.name}"`;
      if (there) {
        const reach = (env[`${variables}_FD`] ?? "") === "" ? ", within reach of every program of this account, project code too" : "";
        return { id: "DR-FORGE-02", level: "fine", message: `${where}: ${variables} is set${reach}` };
      }
      return {
        id: "DR-FORGE-02",
        level: "warns",
        message: `${where}: ${variables} is not set`,
        hint: `Set ${variables}, or name another variable: \`environments: { forge: { forge: { token: NAME } } }\``,
      };
    }),
  );
}

// --- what starts a pipeline ---------------------------------------------------------------------

/** All ways to start each pipeline that another one starts. */
function startsByPipeline(starts: readonly Start[]): readonly (readonly Start[])[] {
  return [...Map.groupBy(starts, ({ to }) => to).values()];
}

type Starting = Pick<Opening, "planned" | "configuration"> & { readonly world: Pick<Around, "env"> };

/** A dispatch is asked for and comes; an event that a job's own token makes starts nothing, and nobody is told. */
function startFinding(ways: readonly Start[], { world, planned, configuration }: Starting): FindingFact {
  const id = "DR-FORGE-03";
  const way = ways.find(({ kind }) => kind === "dispatch") ?? ways[0];
  assert(way !== undefined, "a pipeline that is started is started by something");
  const rule = ruleOf(configuration, way.step);
  const how = `Step "${way.step.name}" of pipeline "${way.from}" starts "${way.to}" ${words[way.kind]}`;
  if (way.kind !== "tag" && rule?.kind === "token")
    return { id, level: "fine", message: `${how} with the token in ${rule.variable}: an app's or a person's starts it` };
  const isJob = world.env["GITHUB_ACTIONS"] === "true";
  if (way.kind === "dispatch") return dispatchFinding(how, { isJob, kind: planned.kind });
  return eventFinding(how, { way, isJob });
}

/** A tag goes out with whatever git pushes with, which nobody here knows; a page with the forge's credential. */
function eventFinding(how: string, { way, isJob }: { readonly way: Start; readonly isJob: boolean }): FindingFact {
  const id = "DR-FORGE-03";
  if (!isJob) return { id, level: "fine", message: `${how}: what a person does starts it; what a job does with its own token would not` };
  const dispatch = `Start it yourself: \`start: { uses: dispatch, with: { pipeline: ${way.to} } }\``;
  if (way.kind === "tag")
    return {
      id,
      level: "warns",
      message: `${how}: pushed with the job's own token that starts nothing`,
      hint: `${dispatch}, or let git push with a deploy key or an app's token`,
    };
  return {
    id,
    level: "blocks",
    message: `${how}, and in this job that starts nothing: events that a job's own token makes start no pipeline`,
    hint: `${dispatch}, or give an app's token: \`environments: { forge: { forge: { token: NAME } } }\``,
  };
}

const words: Readonly<Record<Start["kind"], string>> = {
  dispatch: "by a dispatch",
  tag: "by the tag that it pushes",
  "release-published": "by the page that it publishes",
};

/** GitHub lets a job's own token dispatch, if the job says so; other forges differ by version. */
function dispatchFinding(how: string, { isJob, kind }: { readonly isJob: boolean; readonly kind: PlannedForge["kind"] }): FindingFact {
  const id = "DR-FORGE-03";
  if (!isJob) return { id, level: "fine", message: `${how}: that asks the forge, and waits for no event` };
  if (kind === "github")
    return { id, level: "fine", message: `${how}: a job's own token may, where the job has \`permissions: { actions: write }\`` };
  return {
    id,
    level: "cannot-be-tried",
    message: `${how}: whether a job's own token may depends on the server's version`,
    hint: "Give an app's or a person's token: `environments: { forge: { forge: { token: NAME } } }`",
  };
}
