// `slipway status`, `watch`, `logs`: looking at runs. They work while another process drives.
import { createReadStream } from "node:fs";
import { findLogs, listRuns, lookAtRun, watchRun, type Look, type StepLogFile } from "../../../app/look-at-run.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { printJson, type Context } from "../context.ts";
import { ruleOf } from "../../../domain/run/gates.ts";
import { changeLines } from "../show-changes.ts";
import { createProgress } from "../progress.ts";
import { showIncidents } from "../show-incidents.ts";
import { reportTable, publicWords, showReport } from "../show-report.ts";
import { safe, type Terminal } from "../terminal.ts";
import { timeWords } from "../words.ts";

export interface StatusOptions {
  readonly list?: boolean;
}

export async function statusCommand({ world, terminal }: Context, run: string | undefined, options: StatusOptions): Promise<number> {
  if (options.list === true) {
    const runs = await listRuns(world, 50);
    if (terminal.json) printJson(terminal, { schema: "slipway-runs/1", runs });
    else
      for (const one of runs)
        terminal.out(`${one.run}  ${timeWords(one.openedAtMs)}  ${one.closed ? "closed" : "open  "}  ${safe(one.title)}\n`);
    return 0;
  }
  const look = await lookAtRun(world, run);
  if (terminal.json) printJson(terminal, { ...look.report, driven: look.driven, held: look.held });
  else terminal.out(showStatus(look, terminal));
  return look.driven ? 0 : look.report.exitCode;
}

function showStatus({ report, state, driven, held }: Look, terminal: Pick<Terminal, "style">): string {
  const width = Math.max(...report.steps.map((step) => step.id.length));
  const steps = report.steps.map(
    (step) =>
      `  ${markOf(step.state)} ${step.state.padEnd(8)} ${safe(step.id).padEnd(width)}${step.message === undefined ? "" : `  ${safe(step.message.split(/\r?\n/)[0] ?? "")}`}`,
  );
  const gates = [...state.gates].flatMap(([name, { subject, approvals, rejection }]) => {
    if (subject === undefined) return [];
    const given = approvals.map((approval) => `${approval.by} (not authenticated)`).join(", ");
    const said =
      rejection === undefined
        ? given === ""
          ? "no approval yet"
          : `approved by ${given}`
        : `rejected by ${rejection.by}: ${rejection.reason}`;
    const changes = changeLines(subject.subject, ruleOf(state.plan, name), terminal).map((line) => `  ${line}`);
    return [`  gate ${safe(name)}: ${safe(said)}`, ...changes, `    subject sha256:${subject.digest}`];
  });
  const head = `${terminal.style("bold", safe(report.title))}  run ${report.run}, plan sha256:${report.planDigest.slice(0, 12)}…\n`;
  const end = driven
    ? `${showIncidents(report, terminal)}${publicWords(report)}\n${reportTable(report)}A process is driving this run.\n`
    : showReport(report, terminal);
  const alarms = held.map((one) => `${terminal.style("red", "alarm")} ${safe(one)}\n`).join("");
  return `${head}${alarms}${[...steps, ...gates].join("\n")}\n\n${end}`;
}

/** A sign beside the word, so that a state is told by shape as well. */
function markOf(state: string): string {
  return { done: "✓", failed: "✗", running: "▸", waiting: "…", pending: "·" }[state] ?? "·";
}

export async function watchCommand({ world, terminal }: Context, run: string | undefined): Promise<number> {
  const progress = createProgress(terminal, () => world.clock.nowMs());
  const look = await watchRun(world, run, (recorded) => progress.onRecorded(recorded)).finally(() => progress.end());
  if (terminal.json) printJson(terminal, { ...look.report, driven: look.driven });
  else terminal.out(showReport(look.report, terminal));
  return look.report.exitCode;
}

export interface LogsOptions {
  readonly failed?: boolean;
  readonly attempt?: string;
  readonly follow?: boolean;
  readonly run?: string;
}

export async function logsCommand({ world, terminal }: Context, step: string | undefined, options: LogsOptions): Promise<number> {
  const attempt = options.attempt === undefined ? undefined : Number(options.attempt);
  if (attempt !== undefined && !(Number.isSafeInteger(attempt) && attempt > 0))
    throw new SlipwayError("USAGE", `Cannot show attempt "${options.attempt}": attempts are counted from 1`);
  const logs = await findLogs(world, { run: options.run, step, attempt, failedOnly: options.failed === true });
  if (terminal.json) {
    printJson(terminal, { schema: "slipway-logs/1", logs });
    return 0;
  }
  if (logs.length === 0) terminal.err("No step has written a log.\n");
  for (const log of logs) await printLog(log, terminal, logs.length > 1);
  const last = logs.at(-1);
  if (options.follow === true && last !== undefined) await follow(world, last, terminal);
  return 0;
}

async function printLog(log: StepLogFile, terminal: Terminal, titled: boolean): Promise<void> {
  if (titled) terminal.out(`${terminal.style("bold", `── ${safe(log.step)}, attempt ${log.attempt}`)}\n`);
  for await (const chunk of createReadStream(log.file, { encoding: "utf8" })) terminal.out(safeLines(String(chunk)));
}

/** Log text keeps its line ends and loses what could steer a terminal. */
function safeLines(text: string): string {
  return text.split("\n").map(safe).join("\n");
}

async function follow(world: Context["world"], log: StepLogFile, terminal: Terminal): Promise<void> {
  let at = (await world.files.info(log.file))?.sizeBytes ?? 0;
  while (!world.interrupted.aborted) {
    const info = await world.files.info(log.file);
    if (info === undefined) return;
    if (info.sizeBytes > at)
      for await (const chunk of createReadStream(log.file, { encoding: "utf8", start: at })) terminal.out(safeLines(String(chunk)));
    at = Math.max(at, info.sizeBytes);
    const look = await lookAtRun(world, undefined).catch(() => undefined);
    if (look?.driven !== true) return;
    await world.clock.sleep(300, world.interrupted).catch(() => {});
  }
}
