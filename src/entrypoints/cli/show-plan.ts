// The plan as text: what, where, which bytes, in which order, and the line below which nothing can be taken back.
import { describeRule } from "../../app/registries.ts";
import { pacingWords, type RegistryPacing } from "../../domain/pacing.ts";
import { exposuresOf, type Exposure } from "../../domain/plan/exposure.ts";
import type { Plan, PlannedEnvironment, PlannedStep } from "../../domain/plan/plan.ts";
import { safe, type Terminal } from "./terminal.ts";
import { durationWords } from "./words.ts";

export interface ShownPlan {
  readonly plan: Plan;
  readonly digest: string;
  readonly notices: readonly string[];
  /** What rate limits alone will take; none: nothing that is known. */
  readonly pacing: readonly RegistryPacing[];
}

export function showPlan({ plan, digest, notices, pacing }: ShownPlan, terminal: Pick<Terminal, "style">): string {
  const { style } = terminal;
  const from = plan.source.tag === undefined ? plan.source.commit.slice(0, 10) : `${plan.source.tag} (${plan.source.commit.slice(0, 10)})`;
  const lines = [
    `${style("bold", safe(plan.release.title))}${plan.release.prerelease ? "  prerelease" : ""}`,
    `  source  ${safe(from)}`,
    `  plan    sha256:${digest}`,
    ...(plan.path === undefined ? [] : [`  path    ${safe(plan.path.name)}, by ${safe(plan.path.by)}: ${safe(plan.path.reason)}`]),
    "",
    ...stepLines(plan, terminal),
    ...leftOutLines(plan),
    "",
    ...environmentLines(plan),
    ...exposureLines(plan),
    ...pacing.map((one) => `${style("yellow", "time")} ${safe(pacingWords(one))}`),
    ...notices.map((notice) => `${style("yellow", "note")} ${safe(notice)}`),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function stepLines(plan: Plan, terminal: Pick<Terminal, "style">): readonly string[] {
  const width = Math.min(40, Math.max(...plan.steps.map((step) => step.id.length)));
  const below = new Set([...plan.line.at, ...plan.line.below]);
  const lines: string[] = [];
  for (const step of [...plan.steps.filter((one) => !below.has(one.id)), ...plan.steps.filter((one) => below.has(one.id))]) {
    if (step.id === plan.line.at[0])
      lines.push(terminal.style("red", `  ${"─".repeat(12)} the line: nothing below can be taken back ${"─".repeat(12)}`));
    lines.push(stepLine(step, width));
  }
  if (plan.line.at.length === 0) lines.push("  (no line: everything in this plan can be taken back, or is a test index)");
  return lines;
}

function stepLine(step: PlannedStep, width: number): string {
  const marks = [
    ...(step.gate === undefined ? [] : [`gate ${step.gate}`]),
    ...(step.reach === undefined ? [] : [step.reach]),
    ...(step.optional ? ["optional"] : []),
    ...(step.retry > 0 ? [`retry ${step.retry}`] : []),
    `≤ ${durationWords(step.timeoutMs)}`,
  ];
  return `  ${safe(step.id).padEnd(width)}  ${safe(step.title)}  [${safe(marks.join(", "))}]`;
}

/** Nothing is said of a plan in which a failure leaves nothing public but the step itself. */
function exposureLines(plan: Plan): readonly string[] {
  const told = exposuresOf(plan).filter(({ leftPublic, perhaps }) => leftPublic.length + perhaps.length > 0);
  if (told.length === 0) return [];
  const width = Math.min(40, Math.max(...told.map(({ step }) => step.length)));
  return [
    "",
    "  If one fails, this stays public, as far as nobody takes it back:",
    ...told.map((one) => `  ${safe(one.step).padEnd(width)}  ${safe(exposureWords(one))}`),
    "",
  ];
}

function exposureWords({ leftPublic, perhaps, partOfIt }: Exposure): string {
  const parts = [
    ...(leftPublic.length === 0 ? [] : [leftPublic.join("; ")]),
    ...(partOfIt ? ["what was sent of it"] : []),
    ...(perhaps.length === 0 ? [] : [`perhaps ${perhaps.join("; ")}`]),
  ];
  return parts.join("; ");
}

function leftOutLines(plan: Plan): readonly string[] {
  return plan.leftOut.map(({ id, reason }) => `  ${safe(id)}  left out: ${safe(reason)}`);
}

function environmentLines(plan: Plan): readonly string[] {
  return plan.environments.map((environment) => `  ${safe(environment.name)}: ${safe(environmentWords(environment))}`);
}

function moreWords({ moreWhen }: NonNullable<PlannedEnvironment["approvals"]>): string {
  return moreWhen === undefined ? "" : `, and one more where the release holds ${moreWhen.join(", ")}`;
}

function environmentWords(environment: PlannedEnvironment): string {
  const registries = environment.registries.map((registry) => {
    const where = registry.url === undefined ? registry.name : `${registry.name} (${registry.url})`;
    return `${where}${registry.test ? ", a test index" : ""}, by ${describeRule(registry.credentials)}`;
  });
  const rule = environment.approvals;
  const gate =
    rule === undefined
      ? []
      : [`opens when ${rule.required} of ${rule.from} approved${rule.not === undefined ? "" : ", not the requester"}${moreWords(rule)}`];
  return [...registries, ...gate].join("; ") || "no registries";
}
