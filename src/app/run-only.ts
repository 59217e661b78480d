// `slipway run --only gates`: the named steps and what they wait for among them, in throw-away copies of the commit, as
// the release will run them. No release: nothing is journaled, nothing is published, no tag is wanted (S5).
import { SlipwayError } from "../domain/error.ts";
import { drawLine } from "../domain/plan/order.ts";
import type { Plan } from "../domain/plan/plan.ts";
import { runAlone } from "./alone.ts";
import type { RunObserver } from "./drive-run.ts";
import { planRelease } from "./plan-release.ts";
import type { Asked } from "./asked.ts";
import { report, type Report } from "./report.ts";
import type { World } from "./world.ts";

export interface RunOnlyOptions {
  readonly asked: Asked;
  /** Names of steps or groups, separated by commas. */
  readonly only: string;
  readonly observer: RunObserver;
}

/** @throws SlipwayError USAGE */
export async function runOnly(world: World, options: RunOnlyOptions): Promise<Report> {
  const { observer } = options;
  const planned = await planRelease(world, options.asked);
  const plan = restrict(
    planned.plan,
    options.only.split(",").map((name) => name.trim()),
  );
  const { drove, state } = await runAlone(world, planned.project, {
    plan,
    place: "only",
    tagAssumed: planned.tagAssumed,
    keepsLogs: true,
    observer,
  });
  const ended = report(state, drove);
  // What was checked is no release, and must not read like one.
  return ended.exitCode === 0 ? { ...ended, sentence: `${options.only}: done; nothing was released` } : ended;
}

function restrict(plan: Plan, names: readonly string[]): Plan {
  const known = [...new Set(plan.steps.flatMap((step) => [step.id, step.id.split("/")[0] ?? step.id, step.id.replace(/\[.*$/, "")]))];
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new SlipwayError("USAGE", `Cannot run only "${unknown}": the plan has no such step or group`, {
      hint: `Steps: ${known.join(", ")}`,
    });
  const chosen = plan.steps.filter((step) =>
    names.some((name) => step.id === name || step.id.startsWith(`${name}/`) || step.id.startsWith(`${name}[`)),
  );
  const acting = chosen.find((step) => step.kind !== "work");
  if (acting !== undefined)
    throw new SlipwayError(
      "USAGE",
      `Cannot run only "${acting.id}": it ${acting.kind === "acting" ? "acts on the world" : "asks a person"}, and only a release does that`,
    );
  const ids = new Set(chosen.map((step) => step.id));
  const steps = chosen.map((step) => ({ ...step, waitsFor: step.waitsFor.filter((id) => ids.has(id)) }));
  return {
    ...plan,
    steps,
    leftOut: [],
    line: drawLine(steps),
    release: { title: plan.release.title, prerelease: plan.release.prerelease },
  };
}
