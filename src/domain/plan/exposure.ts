// What a plan would leave public if a step below the line failed, and steps that stand below it without need. Both follow from the
// plan alone (DESIGN §1.5: whatever can fail is tried above the line; every failure says first what is public).
import { ancestors } from "./order.ts";
import { catalogueName, stepOf, type Plan, type PlannedStep } from "./plan.ts";

export interface Exposure {
  /** Id of an acting step that could fail. */
  readonly step: string;
  /** Titles of steps that are done by then, and that people see something of; which of it can be taken back is said. */
  readonly leftPublic: readonly string[];
  /** Titles of those beside it that may be done by then, or half. */
  readonly perhaps: readonly string[];
  /** Something of the step itself may be public. */
  readonly partOfIt: boolean;
}

/** For each acting step at and below the line, in the order of the plan. */
export function exposuresOf(plan: Plan): readonly Exposure[] {
  const below = new Set([...plan.line.at, ...plan.line.below]);
  const acting = plan.steps.filter((step) => below.has(step.id) && step.kind === "acting");
  const lasting = acting.filter(isSeen);
  return acting.map((step) => {
    const before = ancestors(plan.steps, [step.id]);
    const after = new Set(lasting.filter((one) => ancestors(plan.steps, [one.id]).has(step.id)).map(({ id }) => id));
    const others = lasting.filter(({ id }) => id !== step.id);
    return {
      step: step.id,
      leftPublic: others.filter(({ id }) => before.has(id)).map(titleOf),
      perhaps: others.filter(({ id }) => !before.has(id) && !after.has(id)).map(titleOf),
      partOfIt: isSeen(step),
    };
  });
}

/** Tags of images can be taken back, and are seen until they are. */
function isSeen(step: PlannedStep): boolean {
  return step.reach === "irreversible" || (catalogueName(step) === "publish" && step.reach === "reversible");
}

function titleOf({ title, reach }: PlannedStep): string {
  return reach === "irreversible" ? title : `${title} (can be taken back)`;
}

export interface EarlierPlace {
  /** Id of a step that can be taken back, or that only burns names at a test registry. */
  readonly step: string;
  /** Ids of the steps that cannot be taken back and that it stands behind. */
  readonly behind: readonly string[];
}

/**
 * Steps that would lose nothing by standing above the line, where their failure would leave nothing public. Only where it is
 * certain: they make nothing visible to those who depend on it, and take nothing that is made behind the line.
 */
export function couldGoEarlier(plan: Plan): readonly EarlierPlace[] {
  const below = new Set(plan.line.below);
  const behindLine = new Set([...plan.line.at, ...plan.line.below]);
  const irreversible = plan.steps.filter(({ reach }) => reach === "irreversible").map(({ id }) => id);
  return plan.steps
    .filter((step) => below.has(step.id) && isUnseen(step) && !takesFromBehind(plan, step, behindLine))
    .map((step) => {
      const before = ancestors(plan.steps, [step.id]);
      return { step: step.id, behind: irreversible.filter((id) => before.has(id)) };
    });
}

/** Where images are put before a tag leads to them, a draft of a page, a test registry. Tags of images lead people there. */
function isUnseen(step: PlannedStep): boolean {
  const uses = catalogueName(step);
  if (uses === "stage") return step.reach === "reversible";
  if (uses === "forge-release") return step.reach === "reversible";
  return uses === "publish" && step.reach === "expendable";
}

function takesFromBehind(plan: Plan, step: PlannedStep, behind: ReadonlySet<string>): boolean {
  const kinds = new Set(step.takes.flatMap((query) => query.kinds));
  const before = ancestors(plan.steps, [step.id]);
  return [...before].some((id) => behind.has(id) && stepOf(plan, id)?.makes.some(({ kind }) => kinds.has(kind)) === true);
}
