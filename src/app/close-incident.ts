// Use case: `slipway break-glass REGISTRY --close`. A named person says that the way which a fallback token opened is shut again:
// believed only when the token is no longer there to be used (systems S1.11).
import { SlipwayError } from "../domain/error.ts";
import type { Fact, Person } from "../domain/run/fact.ts";
import { membersOf } from "./drive-run.ts";
import { unsettledIncidents, type KnownIncident } from "./incidents.ts";
import { openRuns, takeDriver } from "./open-runs.ts";
import { openProject, type Project } from "./project.ts";
import { tellIncidents } from "./tell-incidents.ts";
import type { World } from "./world.ts";

export interface Closing {
  readonly registry: string;
  readonly reason: string | undefined;
  readonly by: string | undefined;
}

export interface Closed {
  /** Titles of the releases whose incidents are closed now. */
  readonly closed: readonly string[];
  /** What the tracker could not be told; empty: it knows all. */
  readonly untold: readonly string[];
}

/** @throws SlipwayError USAGE without a reason, POLICY_REFUSED while the way is open or for nobody of the group, RUN_LOCKED */
export async function closeIncidents(world: World, closing: Closing): Promise<Closed> {
  const { registry, reason = "" } = closing;
  const project = await openProject(world);
  const runs = openRuns(world, project);
  try {
    const lock = takeDriver(world, runs.folders);
    try {
      const open = unsettledIncidents(runs.journal).filter((one) => one.registry === registry && one.closed === undefined);
      if (open.length === 0)
        throw new SlipwayError("USAGE", `Cannot close: no glass was broken at "${registry}"`, { hint: "See `slipway doctor`" });
      if (reason.trim() === "")
        throw new SlipwayError("USAGE", "Cannot close without a reason", { hint: "Say with --reason what became of the token" });
      const by = personOf(world, project, { closing, open });
      for (const one of open) await refuseOpen(world, project, one);
      for (const { state, step, number } of open) {
        const fact: Fact = { kind: "incident-closed", step, incident: number, by, reason };
        runs.journal.append(state.run, [fact], { atMs: world.clock.nowMs(), answered: [] });
      }
      const untold = await tellIncidents(world, project, runs.journal);
      return { closed: open.map(({ state }) => state.plan.release.title), untold };
    } finally {
      lock.release();
    }
  } finally {
    runs.journal.close();
  }
}

function personOf(
  world: World,
  { configuration, look }: Project,
  { closing, open }: { readonly closing: Closing; readonly open: readonly KnownIncident[] },
): Person {
  const by: Person = closing.by === undefined ? world.person(look.person) : { name: closing.by, authenticated: false };
  for (const one of open) {
    const group = one.group;
    const members = group === undefined ? undefined : membersOf(configuration, group);
    if (members?.includes(by.name) === true) continue;
    const who = members === undefined ? `nobody can tell who belongs to "${group}"` : `"${by.name}" is not one of ${group}`;
    throw new SlipwayError("POLICY_REFUSED", `Cannot close: ${who}`, { hint: `Ask one of ${members?.join(", ") ?? group}` });
  }
  return by;
}

/** A permission that still holds, or a token that is still set, is a way that is open. */
async function refuseOpen(world: World, project: Project, incident: KnownIncident): Promise<void> {
  const way = await openWay(world, project, incident);
  if (way === undefined) return;
  throw new SlipwayError("POLICY_REFUSED", `Cannot close: ${way.why}`, { hint: way.hint });
}

/** What is still open of the way of an incident; undefined: nothing. */
export async function openWay(
  world: Pick<World, "secrets" | "clock">,
  { configuration }: Pick<Project, "configuration">,
  { registry, variable, spent, untilMs, state }: KnownIncident,
): Promise<{ readonly why: string; readonly hint: string } | undefined> {
  if (!spent && state.closed === undefined && world.clock.nowMs() < untilMs)
    return {
      why: `the try that was allowed at "${registry}" is not over`,
      hint: "End it with `slipway run`, or give the run up with `slipway cancel`",
    };
  const isNamed = configuration.environments.some(({ registries }) =>
    registries.some(({ credentials }) => credentials.kind === "trusted-publishing" && credentials.fallback?.variable === variable),
  );
  if (!isNamed || !(await world.secrets.has(variable))) return undefined;
  const hint = `Revoke the token, and unset ${variable}, ${variable}_FILE and ${variable}_FD; or take \`fallback\` out of slipway.yaml`;
  return { why: `${variable} is still set, and opens "${registry}"`, hint };
}
