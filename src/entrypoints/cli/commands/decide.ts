// `slipway approve`, `reject`, `acknowledge`, `retry`, `cancel`: what people say to a run.
import { decideRun, type Saying } from "../../../app/decide-run.ts";
import { leftBehind } from "../../../app/left-behind.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { lookAtRun } from "../../../app/look-at-run.ts";
import { report } from "../../../app/report.ts";
import { printJson, type Context } from "../context.ts";
import { changeLines } from "../show-changes.ts";
import { ruleOf } from "../../../domain/run/gates.ts";
import { draftWords, publicWords, stagedWords } from "../show-report.ts";
import { safe } from "../terminal.ts";
import { sizeWords } from "../words.ts";

export interface ConsentOptions {
  readonly gate?: string;
  readonly digest?: string;
  readonly note?: string;
  readonly reason?: string;
  readonly as?: string;
}

export async function consentCommand(
  context: Context,
  kind: "approve" | "reject",
  run: string | undefined,
  options: ConsentOptions,
): Promise<number> {
  const { world, terminal } = context;
  const look = await lookAtRun(world, run);
  if (options.digest === undefined) {
    // What is consented to is named by whoever consents: shown first, decided with the second command.
    const shown = [...look.state.gates].filter(
      ([name, gate]) => gate.subject !== undefined && (options.gate === undefined || options.gate === name),
    );
    for (const [name, { subject }] of shown) {
      if (subject === undefined) continue;
      terminal.err(`Gate "${name}" of ${safe(subject.subject.title)} opens: ${subject.subject.targets.join(", ")}\n`);
      for (const artifact of subject.subject.artifacts)
        terminal.err(`  ${safe(artifact.name)}  ${sizeWords(artifact.sizeBytes)}  sha256:${artifact.digest}\n`);
      for (const line of changeLines(subject.subject, ruleOf(look.state.plan, name), terminal)) terminal.err(`${line}\n`);
      terminal.err(`  subject sha256:${subject.digest}\n`);
    }
    const digest = shown[0]?.[1].subject?.digest;
    if (digest === undefined) throw new SlipwayError("USAGE", `Cannot ${kind}: no gate asks now`, { hint: "See `slipway status`" });
    throw new SlipwayError("USAGE", `Cannot ${kind} without naming what is consented to`, { hint: `slipway ${kind} --digest ${digest}` });
  }
  const note = kind === "approve" ? options.note : (options.reason ?? options.note);
  return say(context, run, { kind, gate: options.gate, digest: options.digest, note, by: options.as });
}

export function acknowledgeCommand(
  context: Context,
  step: string,
  options: { readonly note?: string; readonly as?: string; readonly run?: string },
): Promise<number> {
  return say(context, options.run, { kind: "answer", step, note: options.note, by: options.as });
}

export function retryCommand(
  context: Context,
  step: string,
  options: { readonly reason?: string; readonly run?: string },
): Promise<number> {
  return say(context, options.run, { kind: "retry", step, reason: options.reason });
}

export interface BreakGlassOptions {
  readonly reason?: string;
  readonly as?: string;
  readonly run?: string;
  readonly close?: boolean;
}

export async function breakGlassCommand(
  context: Context,
  registry: string,
  { reason, as, run, close }: BreakGlassOptions,
): Promise<number> {
  if (close !== true) return say(context, run, { kind: "break-glass", registry, reason, by: as });
  const { world, terminal } = context;
  const { closeIncidents } = await import("../../../app/close-incident.ts");
  const { closed, untold } = await closeIncidents(world, { registry, reason, by: as });
  if (terminal.json) printJson(terminal, { schema: "slipway-closed/1", registry, closed, untold });
  else {
    terminal.out(`Closed: the fallback token of ${safe(registry)}, used for ${safe(closed.join(", "))} (not authenticated: on this machine nothing proves who you are)
`);
    for (const why of untold)
      terminal.err(`warning: ${safe(why)}
`);
  }
  return 0;
}

export function cancelCommand(
  context: Context,
  run: string | undefined,
  { reason, confirm }: { readonly reason?: string; readonly confirm?: string },
): Promise<number> {
  return say(context, run, { kind: "cancel", reason, ...(confirm === undefined ? {} : { confirm }) });
}

function tryWords(registry: string): string {
  return `One try of the step that failed at "${safe(registry)}" may use the fallback token, within an hour. Doctor is red until the way is closed.`;
}

async function say(context: Context, run: string | undefined, saying: Saying): Promise<number> {
  const { world, terminal } = context;
  const { state, driven } = await decideRun(world, run, saying);
  const now = report(state, { kind: "working" });
  const left = saying.kind === "cancel" && state.closed?.result !== "complete" ? leftBehind(state) : undefined;
  if (terminal.json) {
    const { files, others } = now;
    const rest = left === undefined ? {} : { left };
    printJson(terminal, { schema: "slipway-said/1", run: state.run, said: saying.kind, driven, files, others, ...rest });
    return 0;
  }
  // What was sent last may have been all that there was to do.
  const isComplete = state.closed?.result === "complete";
  const next = driven
    ? "The process that drives the run takes it up now."
    : state.closed === undefined
      ? "Nobody drives the run: it takes effect with the next `slipway run`."
      : isComplete
        ? "Nothing was left to do: the release is complete."
        : "The run is over.";
  const words = {
    approve: "Approved",
    reject: "Rejected",
    answer: "Acknowledged",
    retry: "Asked for another attempt",
    cancel: "Cancelled",
    "break-glass": "BREAK-GLASS",
  }[saying.kind];
  const unproven =
    saying.kind === "approve" || saying.kind === "reject" || saying.kind === "answer" || saying.kind === "break-glass"
      ? " (not authenticated: on this machine nothing proves who you are)"
      : "";
  const back = left === undefined ? undefined : `what is left can be taken back: ${safe(left.withdraw)}`;
  const glass = saying.kind === "break-glass" ? tryWords(saying.registry) : undefined;
  const lines = [glass, publicWords(now), draftWords(now), ...stagedWords(now), back, next].filter((line) => line !== undefined);
  terminal.out(`${isComplete ? "Complete" : words}: ${safe(state.plan.release.title)}${unproven}\n${lines.join("\n")}\n`);
  return 0;
}
