// What `slipway doctor` says of break-glass (systems S1.11): red while an incident is open, while the tracker has yet to be told of
// one, and while a fallback token lies within reach though nobody broke the glass.
import type { FindingFact } from "../domain/run/fact.ts";
import type { Journal } from "../engine/journal/journal.ts";
import { openWay } from "./close-incident.ts";
import { unsettledIncidents, type KnownIncident } from "./incidents.ts";
import type { Project } from "./project.ts";
import type { World } from "./world.ts";

/** Stable, as all ids of `doctor` are. */
export const glassFindingId = "DR-BREAK-GLASS";

type Around = Pick<World, "secrets" | "clock">;

/** Nothing where no registry of the file has a fallback token, and no incident is unsettled. */
export async function glassFindings(world: Around, project: Project, journal: Journal): Promise<readonly FindingFact[]> {
  const unsettled = unsettledIncidents(journal);
  const incidents = await Promise.all(unsettled.map((incident) => incidentFinding(world, project, incident)));
  const taken = new Set(unsettled.filter(({ closed }) => closed === undefined).map(({ variable }) => variable));
  const ways = await Promise.all(fallbacksOf(project).map((one) => wayFinding(world, one, taken)));
  return [...incidents, ...ways.filter((finding) => finding !== undefined)];
}

async function incidentFinding(world: Around, project: Project, incident: KnownIncident): Promise<FindingFact> {
  const { registry, variable, by, atMs, reason, closed, state, isUntold } = incident;
  const when = `${new Date(atMs).toISOString().slice(0, 16)}Z`;
  const what = `${by.name} broke the glass of "${registry}" for ${state.plan.release.title} at ${when} (${reason})`;
  const untold = isUntold ? "; the tracker's issue is not told of it yet" : "";
  if (closed !== undefined)
    return { id: glassFindingId, level: "warns", message: `${what}${untold}`, hint: "Set the forge's token, then `slipway run`" };
  const way = await openWay(world, project, incident);
  const close = `\`slipway break-glass ${registry} --close --reason "…"\``;
  return {
    id: glassFindingId,
    level: "blocks",
    message: `${what}, and the way is not closed: ${way?.why ?? `nobody has said yet what became of the token in ${variable}`}${untold}`,
    hint: way === undefined ? `Say it with ${close}` : `${way.hint}; then ${close}`,
  };
}

interface Fallback {
  readonly registry: string;
  readonly variable: string;
}

function fallbacksOf({ configuration }: Project): readonly Fallback[] {
  return configuration.environments.flatMap(({ registries }) =>
    registries.flatMap(({ registry, credentials }) =>
      credentials.kind === "trusted-publishing" && credentials.fallback !== undefined
        ? [{ registry, variable: credentials.fallback.variable }]
        : [],
    ),
  );
}

async function wayFinding(world: Around, { registry, variable }: Fallback, taken: ReadonlySet<string>): Promise<FindingFact | undefined> {
  // An incident that is open says so already.
  if (taken.has(variable)) return undefined;
  if (!(await world.secrets.has(variable)))
    return { id: glassFindingId, level: "fine", message: `The fallback token of "${registry}" is not set, as long as nobody needs it` };
  return {
    id: glassFindingId,
    level: "warns",
    message: `${variable} is set, and nobody broke the glass of "${registry}": a stored token lies within reach where none is needed`,
    hint: `Unset ${variable}, and keep the token where only people of its group reach it`,
  };
}
