// What a run came to, as text. The first line of every end that is no success says what is public now.
import { publicNow, type Report, type ReportedFile } from "../../app/report.ts";
import { showBuilds } from "./show-builds.ts";
import { showClosing } from "./show-closing.ts";
import { showIncidents } from "./show-incidents.ts";
import { safe, safeLines, type Terminal } from "./terminal.ts";
import { plural, sizeWords } from "./words.ts";

export function showReport(report: Report, terminal: Pick<Terminal, "style">): string {
  return showIncidents(report, terminal) + (report.exitCode === 0 ? showSuccess(report, terminal) : showFailure(report, terminal));
}

function showSuccess(report: Report, terminal: Pick<Terminal, "style">): string {
  const head = report.mode === "rehearsal" ? `${report.title}: rehearsed to the end, nothing is public` : report.sentence;
  // What is optional holds nothing up; that it is not there must not read as if it had been seen.
  const without = undoneSteps(report).map((step) => `  ${undoneWords(step)}\n`);
  return `${terminal.style("green", safe(head))}\n${without.join("")}${reportTable(report)}${showBuilds(report)}${showClosing(report, terminal)}`;
}

function showFailure(report: Report, terminal: Pick<Terminal, "style">): string {
  const waiting = report.code === "RUN_WAITING" || report.code === "NO_PLACE";
  const label = waiting
    ? terminal.style("yellow", report.standing === "partial" ? "partial" : "waiting")
    : terminal.style("red", `error[${report.code ?? "RUN_INCOMPLETE"}]`);
  const lines = [
    `${report.standing === "interrupted" ? terminal.style("yellow", "interrupted") : label}: ${safeLines(report.sentence, "    ")}`,
    `  ${publicWords(report)}`,
    ...[draftWords(report), ...stagedWords(report)].flatMap((words) => (words === undefined ? [] : [`  ${words}`])),
    ...things(report)
      .filter(({ outcome }) => outcome !== "not-published" && outcome !== "published" && outcome !== "already-there")
      .map(({ outcome, name, why }) => `  ${outcome}: ${safe(name)}${why === undefined ? "" : `: ${safe(why)}`}`),
    ...findingLines(report, terminal),
    ...undoneSteps(report).map((step) => (step.state === "failed" ? `  ${stepWords(step)}` : `  ${undoneWords(step)}`)),
  ];
  const isTold = report.findings.some((finding) => finding.hint === report.hint) && findingLines(report, terminal).length > 0;
  const hint = report.hint === undefined || isTold ? "" : `\n${terminal.style("cyan", "hint")}: ${safeLines(report.hint)}\n`;
  // What was rehearsed without some of its legs still tells what the release would come to.
  const closing = report.standing === "partial" ? showClosing(report, terminal) : "";
  return `${[...new Set(lines)].join("\n")}\n${showBuilds(report)}${closing}${hint}`;
}

/** What stops a run is told at once, so that nobody mends one thing to meet the next. A rehearsal has its own list at the end. */
function findingLines({ standing, mode, findings }: Report, { style }: Pick<Terminal, "style">): readonly string[] {
  if (standing !== "blocked" || mode === "rehearsal") return [];
  const told = ["blocks", "cannot-be-tried", "warns"].flatMap((level) => findings.filter((finding) => finding.level === level));
  return told.map(
    ({ level, message, hint }) =>
      `  ${level.replaceAll("-", " ")}: ${safeLines(message, "    ")}${hint === undefined ? "" : `\n    ${style("cyan", "hint")}: ${safeLines(hint, "      ")}`}`,
  );
}

/** Steps that failed, have no place here or were not tried, but those that the first line has told already. */
function undoneSteps({ steps, sentence }: Report): Report["steps"] {
  return steps.filter(
    ({ state, message, needs }) => (undoneStates.has(state) || needs !== undefined) && message !== undefined && !sentence.includes(message),
  );
}

function undoneWords(step: Report["steps"][number]): string {
  return `${step.state.replaceAll("-", " ")}: ${stepWords(step)}`;
}

function stepWords({ id, message = "" }: Report["steps"][number]): string {
  return `${safe(id)}: ${safeLines(message, "    ")}`;
}

const undoneStates: ReadonlySet<string> = new Set(["failed", "left-out", "not-tried"]);

interface Thing {
  readonly name: string;
  readonly outcome: ReportedFile["outcome"];
  readonly hidden?: true;
  readonly sendBack?: string;
  readonly why?: string;
}

/** Files and all else, as people call them. */
function things({ files, others }: Pick<Report, "files" | "others">): readonly Thing[] {
  const rest = ({ why, hidden }: Pick<Thing, "why" | "hidden">): Pick<Thing, "why" | "hidden"> => ({
    ...(why === undefined ? {} : { why }),
    ...(hidden === undefined ? {} : { hidden }),
  });
  return [
    ...files.map((file) => ({ name: `${file.name} at ${file.registry}`, outcome: file.outcome, ...rest(file) })),
    ...others.map((other) => ({
      name: other.title,
      outcome: other.outcome,
      ...rest(other),
      ...(other.sendBack === undefined ? {} : { sendBack: other.sendBack }),
    })),
  ];
}

/** `public now: nothing` or everything that others can see, and what may be on its way to them. */
export function publicWords(report: Pick<Report, "files" | "others" | "mode">): string {
  if (report.mode === "rehearsal") return "public now: nothing; this was a rehearsal";
  const all = things(report);
  const unsure = all.filter(({ outcome }) => outcome === "unknown");
  const perhaps = unsure.length === 0 ? "" : `; sent, and not known yet: ${namesOf(unsure)}`;
  const there = publicNow(all);
  if (there.length === 0) return `public now: nothing of this release${perhaps}`;
  const noun = report.others.length === 0 ? "file" : "effect";
  return `public now: ${namesOf(there)} (${there.length} of ${plural(all.length, noun)})${perhaps}`;
}

/** What nobody else can see and stays where it is all the same; undefined: nothing does. */
export function draftWords(report: Pick<Report, "files" | "others" | "mode">): string | undefined {
  const drafted = things(report).filter((thing) => outcomeWords(thing) === inDraft);
  if (report.mode === "rehearsal" || drafted.length === 0) return undefined;
  return `in a draft, for nobody else to see: ${namesOf(drafted)}`;
}

/** What waits unseen at a registry, each with what sends it back; none: nothing does. */
export function stagedWords(report: Pick<Report, "files" | "others" | "mode">): readonly string[] {
  if (report.mode === "rehearsal") return [];
  const staged = things(report).filter((thing) => outcomeWords(thing) === isStaged);
  return staged.map(({ name, sendBack }) => `${safe(name)}, for nobody else to see; it is sent back with: ${safe(sendBack ?? "")}`);
}

function namesOf(all: readonly Thing[]): string {
  const words = all.slice(0, 6).map(({ name }) => name);
  return safe(`${words.join(", ")}${all.length > 6 ? `, and ${all.length - 6} more` : ""}`);
}

/** One row for each file and each other thing. */
export function reportTable({ files, others }: Pick<Report, "files" | "others">): string {
  return fileRows(files) + others.map((other) => `  ${otherWords(other).padEnd(14)} ${safe(other.title)}\n`).join("");
}

function fileRows(files: readonly ReportedFile[]): string {
  const width = Math.max(0, ...files.map((file) => file.name.length));
  const where = Math.max(0, ...files.map((file) => file.registry.length));
  return files
    .map(
      (file) =>
        `  ${outcomeWords(file).padEnd(14)} ${safe(file.name).padEnd(width)}  ${safe(file.registry).padEnd(where)}  ${sizeWords(file.sizeBytes).padStart(7)}  sha256:${file.sha256.slice(0, 12)}…\n`,
    )
    .join("");
}

/** A branch is not published, a file is. */
function otherWords(other: Pick<Thing, "outcome" | "hidden" | "sendBack">): string {
  return outcomeWords(other).replace("published", "done");
}

function outcomeWords({ outcome, hidden, sendBack }: Pick<Thing, "outcome" | "hidden" | "sendBack">): string {
  const isThere = outcome === "published" || outcome === "already-there";
  if (hidden !== true || !isThere) return outcome.replaceAll("-", " ");
  return sendBack === undefined ? inDraft : isStaged;
}

const inDraft = "in a draft";
const isStaged = "staged";

/** What a rehearsal found that would have stopped the real run. */
export function showWouldStop(
  wouldStop: readonly { readonly message: string; readonly hint?: string }[],
  terminal: Pick<Terminal, "style">,
): string {
  if (wouldStop.length === 0) return "Nothing found that would stop the real run.\n";
  const lines = wouldStop.flatMap(({ message, hint }) => [
    `  ${safeLines(message, "    ")}`,
    ...(hint === undefined ? [] : [`    ${terminal.style("cyan", "hint")}: ${safeLines(hint, "      ")}`]),
  ]);
  return `${terminal.style("yellow", "The real run would be stopped by:")}\n${lines.join("\n")}\n`;
}
