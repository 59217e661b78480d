// `slipway plan`: prints the plan; nothing remote changes.
import { findIdentity } from "../../../domain/identity/source.ts";
import { untrustedHere } from "../../../domain/identity/untrusted.ts";
import { diffPlans, type PlanChange } from "../../../domain/plan/diff.ts";
import { planSchema, type Plan } from "../../../domain/plan/plan.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { exposuresOf } from "../../../domain/plan/exposure.ts";
import { releasePacing } from "../../../app/pacing.ts";
import { planRelease, type PlannedRun } from "../../../app/plan-release.ts";
import { alarmNotices } from "../../../app/watch/hold.ts";
import { lastPlan } from "../../../app/last-plan.ts";
import { askedFor, printJson, type Context, type ReleaseOptions } from "../context.ts";
import { showPlan } from "../show-plan.ts";
import { safe } from "../terminal.ts";

export interface PlanOptions extends ReleaseOptions {
  readonly out?: string;
  readonly against?: string;
  readonly exitCode?: boolean;
}

export async function planCommand(context: Context, version: string | undefined, options: PlanOptions): Promise<number> {
  const { world, terminal } = context;
  const planned = await planRelease(world, await askedFor(context, version, { ...options, mayAssumeTag: true }));
  const { plan, digest } = planned;
  const untrusted = untrustedHere(planned.plan, findIdentity(world.env));
  const held = await alarmNotices(world, planned.project.folder);
  const notices = [
    ...held,
    ...planned.notices,
    ...(await changesOfBuild(world, planned)),
    ...(await noticesOfLegs(world, planned)),
    ...(untrusted === undefined ? [] : [untrusted]),
  ];
  if (options.out !== undefined) await world.files.writeText(options.out, `${JSON.stringify({ ...plan, digest }, null, 2)}\n`);
  const before = options.against === undefined ? undefined : await readAgainst(context, options.against);
  const changes = before === undefined ? undefined : diffPlans(before, plan);
  const pacing = await releasePacing(world, plan);
  const ifItFails = exposuresOf(plan);
  if (terminal.json) printJson(terminal, { ...plan, digest, notices, pacing, ifItFails, ...(changes === undefined ? {} : { changes }) });
  else terminal.out(`${showPlan({ plan, digest, notices, pacing }, terminal)}${changes === undefined ? "" : showChanges(changes)}`);
  return options.exitCode === true && changes !== undefined && changes.length > 0 ? 9 : 0;
}

/** Most plans have no legs: what looks for their places is loaded only for those that do. */
async function noticesOfLegs(world: Context["world"], planned: PlannedRun): Promise<readonly string[]> {
  if (planned.plan.steps.every(({ leg }) => leg?.["platform"] === undefined)) return [];
  return (await import("../../../app/leg-places.ts")).legNotices(world, planned);
}

/** What is known before the run: as an earlier build of this commit was held against git and the last version, where somebody is asked. */
async function changesOfBuild(world: Context["world"], planned: PlannedRun): Promise<readonly string[]> {
  if (planned.plan.environments.every(({ approvals }) => approvals === undefined)) return [];
  return (await import("../../../app/diff/known-changes.ts")).knownChanges(world, planned);
}

async function readAgainst({ world }: Context, against: string): Promise<Plan> {
  if (against === "last") return lastPlan(world);
  const text = await world.files.readTextIfThere(against);
  if (text === undefined)
    throw new SlipwayError("USAGE", `Cannot compare with "${against}": there is no such file`, {
      hint: "Write one with `slipway plan --out FILE`, or say `--against last`",
    });
  try {
    const {
      schema,
      digest: _digest,
      notices: _notices,
      changes: _changes,
      pacing: _pacing,
      ifItFails: _ifItFails,
      ...plan
    } = JSON.parse(text) as Omit<Plan, "schema"> & { schema: unknown; digest?: string } & Readonly<
        Partial<Record<"notices" | "changes" | "pacing" | "ifItFails", unknown>>
      >;
    if (schema !== planSchema) throw new Error(`its schema is "${String(schema)}" and should be "${planSchema}"`);
    return { schema: planSchema, ...plan };
  } catch (error) {
    throw new SlipwayError("USAGE", `Cannot compare with "${against}": ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function showChanges(changes: readonly PlanChange[]): string {
  if (changes.length === 0) return "\nThe plan is unchanged.\n";
  const lines = changes.map(({ field, before, after }) => `  ${safe(field)}: ${safe(before ?? "nothing")} → ${safe(after ?? "nothing")}`);
  return `\nChanged:\n${lines.join("\n")}\n`;
}
