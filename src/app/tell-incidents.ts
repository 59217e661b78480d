// Writes incidents to the issue that tracks the release (systems S1.11, `tell: tracker`): a comment with a mark of its own, looked
// for before and after. What cannot be told now is not lost: it stays in the journal, and the next run tells it.
import { incidentMark } from "../domain/marks.ts";
import { planForge } from "./forges.ts";
import { SlipwayError } from "../domain/error.ts";
import { environmentOf, stepOf, type PlannedForge } from "../domain/plan/plan.ts";
import { incidentsOf } from "../domain/run/break-glass.ts";
import type { Fact } from "../domain/run/fact.ts";
import { fold, type RunState } from "../domain/run/state.ts";
import type { Forge, WriteAccess } from "../forges/forge.ts";
import type { Journal } from "../engine/journal/journal.ts";
import { unsettledIncidents, type KnownIncident } from "./incidents.ts";
import type { Project } from "./project.ts";
import type { World } from "./world.ts";

/** Once a run rests, whatever it came to: its own incidents, and those that nobody could be told of before. @returns its state */
export async function tellAfterRun(
  world: World,
  project: Project,
  { journal, state }: { readonly journal: Journal; readonly state: RunState },
): Promise<RunState> {
  const mayHaveSome = project.configuration.environments.some(({ registries }) =>
    registries.some(({ credentials }) => credentials.kind === "trusted-publishing" && credentials.fallback?.tell !== undefined),
  );
  if (!mayHaveSome && incidentsOf(state).length === 0) return state;
  for (const why of await tellIncidents(world, project, journal)) world.log.warn("Tracker not told of break-glass", { why });
  return fold(journal.read(state.run));
}

type Told = { readonly kind: "told"; readonly url: string } | { readonly kind: "not-told"; readonly why: string };

/** How long a forge is waited for; the release is done, or has failed, by then. */
const patienceMs = 30_000;

/**
 * Tells of all that were not told yet; the caller holds the driver's lock.
 * @returns for those that could not be told, why; empty where all were
 */
export async function tellIncidents(world: World, project: Project, journal: Journal): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const incident of unsettledIncidents(journal).filter(({ isUntold }) => isUntold)) {
    const told = await tell(world, project, incident).catch(notTold);
    if (told.kind === "not-told") {
      failures.push(`the issue of ${incident.state.plan.release.title} is not told of the fallback token yet: ${told.why}`);
      continue;
    }
    const fact: Fact = { kind: "incident-told", step: incident.step, incident: incident.number, url: told.url };
    journal.append(incident.state.run, [fact], { atMs: world.clock.nowMs(), answered: [] });
  }
  return failures;
}

function notTold(error: unknown): Told {
  if (error instanceof SlipwayError) return { kind: "not-told", why: error.message };
  throw error;
}

async function tell(world: World, project: Project, incident: KnownIncident): Promise<Told> {
  const { plan, run } = incident.state;
  const planned = plan.forge ?? (await planForge(project.configuration, project.look));
  const { tracker } = plan;
  if (planned === undefined || tracker === undefined) return { kind: "not-told", why: "the plan knows no forge, or no tracker" };
  const { forge, access } = await openAt(world, planned, incident);
  const listed = await forge.issues.find({ label: tracker.label, title: tracker.title, state: "all" }, access);
  if (listed.kind === "unknown") return { kind: "not-told", why: listed.why };
  const issue = listed.issues.find(({ state }) => state === "open") ?? listed.issues[0];
  if (issue === undefined)
    return { kind: "not-told", why: `there is no issue "${tracker.title}" with the label "${tracker.label}" at ${forge.repository}` };
  const mark = incidentMark(plan.project, run, `${incident.step}/${incident.number}`);
  const look = () => forge.issues.observeComment(issue.number, mark, access);
  const before = await look();
  if (before.kind === "present") return { kind: "told", url: before.evidence.url ?? issue.url };
  if (before.kind !== "absent") return { kind: "not-told", why: "why" in before ? before.why : before.kind };
  const sent = await forge.issues.comment(issue.number, { text: textOf(incident), mark }, access);
  const after = await look();
  if (after.kind === "present") return { kind: "told", url: after.evidence.url ?? issue.url };
  return { kind: "not-told", why: "why" in sent ? sent.why : `the comment on ${issue.url} is not to be seen yet` };
}

async function openAt(
  world: World,
  planned: PlannedForge,
  { state: { plan }, step }: KnownIncident,
): Promise<{ readonly forge: Forge; readonly access: WriteAccess }> {
  const forges = await world.realForges();
  const own = stepOf(plan, step);
  const rule = (own === undefined ? undefined : environmentOf(plan, own)?.forge) ?? planned.credential;
  const [forge, credential] = await Promise.all([forges.open(planned), forges.credential(planned, rule)]);
  return { forge, access: { credential, signal: AbortSignal.any([world.interrupted, world.deadline(patienceMs)]) } };
}

function textOf({ state, step, registry, variable, by, reason, atMs }: KnownIncident): string {
  const who = `${by.name}${by.authenticated ? "" : " (not authenticated)"}`;
  return [
    `**Break-glass**: \`${registry}\` let no identity in, and one more try of step \`${step}\` was allowed with the fallback token.`,
    "",
    `- release: ${state.plan.release.title}, run ${state.run}`,
    `- by: ${who}, at ${new Date(atMs).toISOString()}`,
    `- reason: ${reason}`,
    `- token: in \`${variable}\`; revoke it, unset it, and say so with \`slipway break-glass ${registry} --close --reason "…"\``,
  ].join("\n");
}
