// Use case: `slipway doctor`. What about this machine and this project would trouble a release: tools, versions, room,
// state, credentials within reach. Each finding has a stable id, a severity and the fix.
import path from "node:path";
import { SlipwayError } from "../domain/error.ts";
import { errorCatalog } from "../domain/error-catalog.ts";
import { findIdentity } from "../domain/identity/source.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import type { Journal } from "../engine/journal/journal.ts";
import { forgeFindingIds, forgeFindings } from "./doctor-forge.ts";
import { glassFindingId, glassFindings } from "./doctor-glass.ts";
import { openRuns, unfinishedRun } from "./open-runs.ts";
import { openProject, type Project } from "./project.ts";
import { describeRule } from "./registries.ts";
import type { World } from "./world.ts";

export interface Diagnosis {
  readonly schema: "slipway-diagnosis/1";
  readonly findings: readonly FindingFact[];
  readonly exitCode: 0 | 8;
}

/** Ids are stable: scripts ask for one with `--only`, also while there is nothing to find. */
const ids: readonly string[] = [
  "DR-PROJECT-01",
  "DR-TOOL-01",
  "DR-TOOL-02",
  "DR-TOOL-03",
  "DR-TOOLBOX-01",
  "DR-DISK-01",
  "DR-SOURCE-01",
  "DR-CRED-01",
  "DR-CRED-02",
  "DR-STATE-01",
  "DR-STATE-02",
  "DR-REACH-01",
  glassFindingId,
  ...forgeFindingIds,
];

/** @throws SlipwayError USAGE for an id that there is none of: a check that was never made must not look like one that found nothing */
export async function diagnose(world: World, only: string | undefined): Promise<Diagnosis> {
  if (only !== undefined && !ids.includes(only))
    throw new SlipwayError("USAGE", `Cannot look for "${only}": there is no such finding`, { hint: `Findings: ${ids.join(", ")}` });
  const project = await openProject(world).catch((error: unknown) => error);
  const perProject = project instanceof Error ? [projectFault(project)] : await projectFindings(world, project as Project);
  const all = [
    ...(await toolFindings(world)),
    ...(await toolboxFinding(world)),
    ...(await spaceFinding(world)),
    ...perProject,
    ...(await credentialFiles(world)),
  ];
  const findings = only === undefined ? all : all.filter((finding) => finding.id === only);
  return {
    schema: "slipway-diagnosis/1",
    findings,
    exitCode: findings.some((finding) => finding.level === "blocks" || finding.level === "warns") ? errorCatalog.FINDINGS.exit : 0,
  };
}

function projectFault(error: Error): FindingFact {
  return { id: "DR-PROJECT-01", level: "blocks", ...told(error) };
}

function told(error: unknown): Pick<FindingFact, "message" | "hint"> {
  const hint = error instanceof SlipwayError && error.hint !== undefined ? { hint: error.hint } : {};
  return { message: error instanceof Error ? error.message : String(error), ...hint };
}

async function toolFindings(world: World): Promise<readonly FindingFact[]> {
  const tools: readonly (readonly [string, string, FindingFact["level"], string])[] = [
    ["git", "DR-TOOL-01", "blocks", "Install git 2.30 or newer"],
    ["python3", "DR-TOOL-02", "blocks", "Install Python 3.9 or newer"],
    ["uv", "DR-TOOL-03", "fine", "Install uv for quicker builds and installs; without it `python -m build` and pip are used"],
  ];
  return Promise.all(
    tools.map(async ([program, id, level, hint]): Promise<FindingFact> => {
      const at = await world.exec.find(program, world.env["PATH"] ?? "");
      return at === undefined
        ? { id, level, message: `"${program}" is not on the PATH`, hint }
        : { id, level: "fine", message: `"${program}" is ${at}` };
    }),
  );
}

async function toolboxFinding(world: World): Promise<readonly FindingFact[]> {
  try {
    return [{ id: "DR-TOOLBOX-01", level: "fine", message: `Slipway's Python helpers are ${await world.toolbox.python()}` }];
  } catch (error) {
    return [{ id: "DR-TOOLBOX-01", level: "blocks", ...told(error) }];
  }
}

async function spaceFinding(world: World): Promise<readonly FindingFact[]> {
  try {
    await world.files.makeFolder(world.stateRoot);
  } catch (error) {
    return [{ id: "DR-DISK-01", level: "blocks", ...told(error) }];
  }
  const free = await world.files.freeBytes(world.stateRoot);
  const mebibytes = Math.floor(free / 1024 / 1024);
  if (free >= 1024 * 1024 * 1024)
    return [{ id: "DR-DISK-01", level: "fine", message: `${mebibytes} MiB are free in "${world.stateRoot}"` }];
  return [
    {
      id: "DR-DISK-01",
      level: "warns",
      message: `Only ${mebibytes} MiB are free in "${world.stateRoot}"`,
      hint: "Make room, or move the state with --state",
    },
  ];
}

async function projectFindings(world: World, project: Project): Promise<readonly FindingFact[]> {
  const { look, configuration } = project;
  const shallow: readonly FindingFact[] = look.shallow
    ? [
        {
          id: "DR-SOURCE-01",
          level: "warns",
          message: "The clone is shallow: tags and history may be missing",
          hint: "Run `git fetch --unshallow --tags`",
        },
      ]
    : [];
  const tokens = configuration.environments.flatMap((environment) => environment.registries.map((registry) => ({ environment, registry })));
  const credentials = await Promise.all(
    tokens.map(async ({ environment, registry }): Promise<FindingFact> => {
      const rule = registry.credentials;
      const where = `"${registry.registry}" of environment "${environment.name}"`;
      if (rule.kind === "trusted-publishing")
        return { id: "DR-CRED-01", level: "fine", message: `${where} is opened by trusted publishing, ${whoVouches(world)}` };
      if (rule.kind !== "token") return { id: "DR-CRED-01", level: "fine", message: `${where} is opened with ${describeRule(rule)}` };
      const has = await world.secrets.has(rule.variable);
      return has
        ? { id: "DR-CRED-02", level: "fine", message: `${where}: ${rule.variable} is set${reachOf(world, rule.variable)}` }
        : {
            id: "DR-CRED-02",
            level: "warns",
            message: `${where}: ${rule.variable} is not set`,
            hint: `Set ${rule.variable}, ${rule.variable}_FILE or ${rule.variable}_FD before \`slipway run\``,
          };
    }),
  );
  return [...shallow, ...credentials, ...(await forgeFindings(world, project)), ...(await stateFindings(world, project))];
}

function whoVouches({ env }: Pick<World, "env">): string {
  const found = findIdentity(env);
  return found.kind === "none" ? `which is for the job that the registry trusts: ${found.why}` : "and something here vouches for the run";
}

async function stateFindings(world: World, project: Project): Promise<readonly FindingFact[]> {
  let journal: Journal | undefined;
  try {
    ({ journal } = openRuns(world, project));
    const open = unfinishedRun(journal);
    const glass = await glassFindings(world, project, journal);
    return open === undefined
      ? [...glass, { id: "DR-STATE-01", level: "fine", message: `No run is unfinished in "${project.folder}"` }]
      : [
          ...glass,
          {
            id: "DR-STATE-01",
            level: "warns",
            message: `${open.plan.release.title} is not finished`,
            hint: "Go on with `slipway run`, or give it up with `slipway cancel`",
          },
        ];
  } catch (error) {
    return [{ id: "DR-STATE-02", level: "blocks", ...told(error) }];
  } finally {
    journal?.close();
  }
}

/** On one account, only what was handed over by a descriptor is out of reach of project code: it is read before that runs. */
function reachOf(world: World, variable: string): string {
  return (world.env[`${variable}_FD`] ?? "") === "" ? ", within reach of every program of this account, project code too" : "";
}

/** Where clients keep what opens a registry, below the home folder. */
const credentialPlaces: readonly string[] = [
  ".pypirc",
  ".netrc",
  ".config/pypoetry/auth.toml",
  ".cargo/credentials.toml",
  ".cargo/credentials",
  ".npmrc",
];

/** Credential files that any program of this account can read: on one account, zones of trust hold against accident only. */
async function credentialFiles(world: World): Promise<readonly FindingFact[]> {
  const home = world.env["HOME"];
  if (home === undefined) return [];
  const found = await Promise.all(
    credentialPlaces.map(async (name): Promise<FindingFact | undefined> => {
      const file = path.join(home, name);
      if ((await world.files.info(file)) === undefined) return undefined;
      return {
        id: "DR-REACH-01",
        level: "warns",
        message: `"${file}" may hold a publish credential, and every program of this account can read it`,
        hint: "Use a credential of the release alone, and remove the file",
      };
    }),
  );
  return found.filter((finding) => finding !== undefined);
}
