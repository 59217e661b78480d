// `run --mend`: a successor on the same commit under a changed plan. Steps with equal fingerprints keep their outcome
// and their bytes, so that what is public already is never built again; approvals are asked again.
import { selects } from "../domain/artifact.ts";
import { canonicalJson } from "../domain/digest.ts";
import { SlipwayError } from "../domain/error.ts";
import { ancestors } from "../domain/plan/order.ts";
import { catalogueName, environmentOf, fingerprintStep, stepOf, type Plan, type PlannedStep } from "../domain/plan/plan.ts";
import { releaseTagsOf } from "../domain/release-tags.ts";
import type { Fact } from "../domain/run/fact.ts";
import { fold, type RunState, type StepState } from "../domain/run/state.ts";
import type { Journal } from "../engine/journal/journal.ts";
import { openRun } from "./drive-run.ts";
import type { PlannedRun } from "./plan-release.ts";
import type { World } from "./world.ts";

/**
 * Opens the successor and closes the old run.
 * @returns the successor's id
 * @throws SlipwayError PLAN_STALE when the source is another one, POLICY_REFUSED when public bytes would be built again
 */
export function mendRun(world: World, journal: Journal, mending: { readonly open: RunState; readonly planned: PlannedRun }): string {
  const { open, planned } = mending;
  if (open.plan.source.commit !== planned.plan.source.commit) {
    throw new SlipwayError(
      "PLAN_STALE",
      `Cannot mend ${open.plan.release.title}: it was begun at ${open.plan.source.commit.slice(0, 10)}, and this is ${planned.plan.source.commit.slice(0, 10)}`,
      {
        hint: "A changed source is another release: give this one up with `slipway cancel`, or check out the old commit",
      },
    );
  }
  refuseOtherRelease(open.plan, planned.plan);
  refuseOtherRules(open.plan, planned.plan);
  refuseOtherFallback(open.plan, planned.plan);
  const run = openRun(
    { world, journal },
    { plan: planned.plan, mode: open.mode, by: open.requester, inherited: inherit(world, open, planned.plan) },
  );
  journal.append(open.run, [{ kind: "run-closed", result: "superseded" }], { atMs: world.clock.nowMs(), answered: [] });
  return run;
}

/** A release is its packages with their versions: another tag on the same commit makes bytes of another name. */
function refuseOtherRelease(before: Plan, after: Plan): void {
  const versionsOf = (plan: Plan): string => plan.packages.map((one) => `${one.name} ${one.version}`).join(", ");
  if (versionsOf(before) === versionsOf(after)) return;
  throw new SlipwayError(
    "PLAN_STALE",
    `Cannot mend ${before.release.title}: it releases ${versionsOf(before)}, and the new plan releases ${versionsOf(after)}`,
    {
      hint: "Another version is another release: give this one up with `slipway cancel`, then run the same command again",
    },
  );
}

/** Who must consent, and to what, is decided by the file that the release was begun under: a mend is no way around a gate. */
function refuseOtherRules(before: Plan, after: Plan): void {
  const gated = before.environments.filter((environment) => environment.gate !== undefined);
  if (gated.length === 0) return;
  const rulesOf = (plan: Plan): string =>
    canonicalJson(
      plan.environments.map(({ name, gate, approvals, registries }) => ({
        name,
        gate,
        approvals,
        registries: registries.map((one) => ({ name: one.name, url: one.url })),
      })),
    );
  if (rulesOf(before) === rulesOf(after)) return;
  throw new SlipwayError(
    "POLICY_REFUSED",
    `Cannot mend ${before.release.title}: its environments, their gates or their registries changed, and ${gated.map(({ name }) => `"${name}"`).join(", ")} wants consent under the old rule`,
    { hint: "Put them back, or give the run up with `slipway cancel` and release a commit that has the new ones" },
  );
}

/** Who may let a stored token in is decided before the release is in trouble: a mend makes no way where there was none (S1.11). */
function refuseOtherFallback(before: Plan, after: Plan): void {
  const known = new Set(fallbacksOf(before));
  if (fallbacksOf(after).every((one) => known.has(one))) return;
  throw new SlipwayError("POLICY_REFUSED", `Cannot mend ${before.release.title}: its fallback tokens changed`, {
    hint: "Put them back, or give the run up with `slipway cancel` and release a commit that has the new ones",
  });
}

function fallbacksOf({ environments }: Plan): readonly string[] {
  return environments.flatMap(({ name, registries }) =>
    registries.flatMap(({ name: registry, credentials }) =>
      credentials.kind === "trusted-publishing" && credentials.fallback !== undefined
        ? [canonicalJson({ name, registry, fallback: credentials.fallback })]
        : [],
    ),
  );
}

/** How many runs are looked through for one that was mended. */
const runsMax = 1_000;

/** Whether a run of this release gave its place to a successor. */
export function wasMended(journal: Journal, plan: Plan): boolean {
  return journal.runs(runsMax).some(({ run, title, closed }) => {
    if (!closed || title !== plan.release.title) return false;
    const state = fold(journal.read(run));
    return state.closed?.result === "superseded" && state.plan.source.commit === plan.source.commit;
  });
}

/**
 * Facts of steps that are the same work under both plans. A step that takes artifacts is kept only with those that made
 * them, and any step only with those above it that changed the source or take something back from the world; whatever else
 * was put above it does not matter.
 * @throws SlipwayError POLICY_REFUSED when something would be built again of which a byte is public
 */
export function inherit(world: World, open: RunState, plan: Plan): readonly Fact[] {
  const kept = new Set<string>();
  const facts: Fact[] = [];
  for (const step of plan.steps) {
    if (![...makersOf(plan, step), ...writersAbove(plan, step), ...withdrawersAbove(plan, step)].every((id) => kept.has(id))) continue;
    if (!isSameWork(world, { open, plan }, step) || !isSameSource(open.plan, plan, step)) continue;
    const inherited = factsOf(open, step);
    if (inherited === undefined) continue;
    facts.push(...inherited);
    if (open.steps.get(step.id)?.phase === "done") kept.add(step.id);
  }
  refuseRebuild(open, plan, kept);
  return facts;
}

/** Steps above a step that change the source it starts from, in the order of the plan. */
function writersAbove(plan: Plan, step: PlannedStep): readonly string[] {
  const above = ancestors(plan.steps, [step.id]);
  return plan.steps.filter(({ id, writesSource }) => writesSource === true && above.has(id)).map(({ id }) => id);
}

/**
 * What a step sent is gone once a step above it took it back, so that it is sent again. Work below is done again too: an
 * outcome that is there from the start would let what waits for it run before the withdrawal.
 */
function withdrawersAbove(plan: Plan, step: PlannedStep): readonly string[] {
  const above = ancestors(plan.steps, [step.id]);
  return plan.steps.filter((one) => catalogueName(one) === "withdraw" && above.has(one.id)).map(({ id }) => id);
}

/** The same steps change the source before it. */
function isSameSource(before: Plan, after: Plan, step: PlannedStep): boolean {
  const old = stepOf(before, step.id);
  return old !== undefined && canonicalJson(writersAbove(before, old)) === canonicalJson(writersAbove(after, step));
}

/** Steps above a step that make what it takes. */
function makersOf(plan: Plan, step: PlannedStep): readonly string[] {
  return [...ancestors(plan.steps, [step.id])].filter(
    (id) => stepOf(plan, id)?.makes.some((made) => step.takes.some((query) => selects(query, made))) === true,
  );
}

/** Other bytes under a public name would be refused there, or worse, taken elsewhere. */
function refuseRebuild(open: RunState, plan: Plan, kept: ReadonlySet<string>): void {
  for (const step of open.plan.steps) {
    // It is taken back first, by a step that refuses where it cannot be.
    const again = stepOf(plan, step.id);
    if (again !== undefined && withdrawersAbove(plan, again).some((id) => !kept.has(id))) continue;
    const sent = [...(open.steps.get(step.id)?.effects?.values() ?? [])].find((effect) => effect.evidence !== undefined || effect.open);
    const made = sent === undefined ? [] : [...makersOf(open.plan, step), ...writersAbove(open.plan, step)];
    const lost = made.find((id) => !kept.has(id));
    if (sent === undefined || lost === undefined) continue;
    const state = sent.evidence === undefined ? "may be public" : "is public";
    throw new SlipwayError(
      "POLICY_REFUSED",
      `Cannot mend ${open.plan.release.title}: step "${lost}" changed, and "${sent.effect.key}", which it made, ${state} already`,
      {
        hint: `Take the change to "${lost}" back, or give the run up with \`slipway cancel\` and release the next version`,
      },
    );
  }
}

/** The same work at the same place: what a registry holds says nothing about another one of its name. */
function isSameWork(world: World, plans: { readonly open: RunState; readonly plan: Plan }, step: PlannedStep): boolean {
  const before = stepOf(plans.open.plan, step.id);
  if (before === undefined || fingerprintStep(before, world.sha256OfText) !== fingerprintStep(step, world.sha256OfText)) return false;
  // Which tags it makes is written at the packages, not at the step.
  if (catalogueName(step) === "tag" && tagWords(plans.open.plan) !== tagWords(plans.plan)) return false;
  return canonicalJson(placesOf(plans.open.plan, before)) === canonicalJson(placesOf(plans.plan, step));
}

function tagWords({ packages }: Plan): string {
  return canonicalJson(releaseTagsOf(packages));
}

function placesOf(plan: Plan, step: PlannedStep): unknown {
  return environmentOf(plan, step)?.registries.map(({ name, ecosystem, test, url, index }) => ({ name, ecosystem, test, url, index }));
}

function factsOf(open: RunState, step: PlannedStep): readonly Fact[] | undefined {
  const state = open.steps.get(step.id);
  if (state === undefined || step.kind === "gate") return undefined;
  if (step.kind === "work" && state.phase !== "done") return state.imported === undefined ? undefined : importOf(step.id, state.imported);
  if (step.kind === "acting" && state.effects === undefined) return undefined;
  const effects = [...(state.effects?.values() ?? [])];
  const started: Fact = { kind: "step-started", step: step.id, attempt: 1 };
  const listed: readonly Fact[] =
    effects.length === 0 ? [] : [{ kind: "effects-listed", step: step.id, effects: effects.map((one) => one.effect) }];
  const known = effects.flatMap(({ effect, evidence, sends, open: isOpen }): readonly Fact[] => {
    // An intent whose outcome is not known stays one: the successor looks before it sends.
    const intended: readonly Fact[] =
      sends > 0 && (isOpen || evidence !== undefined) ? [{ kind: "effect-intended", step: step.id, effect: effect.key }] : [];
    const verified: readonly Fact[] =
      evidence === undefined ? [] : [{ kind: "effect-verified", step: step.id, effect: effect.key, evidence }];
    return [...intended, ...verified];
  });
  const done: readonly Fact[] =
    state.phase === "done"
      ? [
          {
            kind: "step-done",
            step: step.id,
            output: state.output,
            artifacts: state.artifacts,
            ...headOf(state),
            ...comparedOf(state),
            ...changesOf(state),
          },
        ]
      : [];
  const imported = state.imported === undefined ? [] : importOf(step.id, state.imported);
  return [...imported, started, ...listed, ...known, ...done];
}

/** Files of another machine are taken over with the word of whoever brought them in. */
function importOf(step: string, imported: NonNullable<StepState["imported"]>): readonly Fact[] {
  return [{ kind: "artifacts-imported", step, ...imported }];
}

function comparedOf({ compared }: StepState): Pick<Extract<Fact, { kind: "step-done" }>, "compared"> {
  return compared.length === 0 ? {} : { compared };
}

function changesOf({ changes }: StepState): Pick<Extract<Fact, { kind: "step-done" }>, "changes"> {
  return changes.length === 0 ? {} : { changes };
}

function headOf({ head }: StepState): Pick<Extract<Fact, { kind: "step-done" }>, "head"> {
  return head === undefined ? {} : { head };
}
