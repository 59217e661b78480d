// Errors as people read them: code, what and what should be, where, what to do next. A stack only with -vv.
import { errorCatalog } from "../../domain/error-catalog.ts";
import { SlipwayError, type Problem } from "../../domain/error.ts";
import type { Report } from "../../app/report.ts";
import { publicWords } from "./show-report.ts";
import { safe, safeLines, type Terminal } from "./terminal.ts";

export interface ErrorDocument {
  readonly schema: "slipway-error/1";
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
  readonly problems: readonly Problem[];
  readonly details: Readonly<Record<string, unknown>>;
}

export function errorDocument(error: SlipwayError): ErrorDocument {
  const { code, message, problems, details } = error;
  return { schema: "slipway-error/1", code, message, hint: hintOf(error), exitCode: error.exitCode, problems, details };
}

export function showError(error: unknown, terminal: Pick<Terminal, "style" | "verbosity">): string {
  const known = error instanceof SlipwayError ? error : unknownError(error);
  const parts = known.problems.length > 0 ? known.problems.map((problem) => showProblem(problem, terminal)) : [oneError(known, terminal)];
  const stack = terminal.verbosity >= 2 && error instanceof Error ? `\n${error.stack ?? ""}\n` : "";
  return `${parts.join("\n")}${stack}`;
}

function oneError(error: SlipwayError, { style }: Pick<Terminal, "style">): string {
  return `${style("red", `error[${error.code}]`)}: ${safeLines(error.message)}\n${publicLine(error)}\n${style("cyan", "hint")}: ${safeLines(hintOf(error))}\n`;
}

/** What is public now, where a run was under way (app/drive-run.ts). */
function publicLine({ details }: SlipwayError): string {
  if (!Array.isArray(details["files"])) return "";
  const { mode, files, others } = details as unknown as Pick<Report, "mode" | "files" | "others">;
  return `  ${publicWords({ mode, files, others })}\n`;
}

function showProblem(problem: Problem, { style }: Pick<Terminal, "style">): string {
  const at = problem.place === undefined ? "" : `\n  --> ${safe(problem.place.file)}:${problem.place.line}:${problem.place.column}`;
  const frame = problem.frame === undefined ? "" : `\n${problem.frame}`;
  const hint = problem.hint === undefined ? "" : `\n\n${style("cyan", "hint")}: ${safeLines(problem.hint)}`;
  return `${style("red", `error[${problem.code}]`)}: ${safeLines(problem.message)}${at}${frame}${hint}\n`;
}

function hintOf(error: SlipwayError): string {
  return error.hint ?? errorCatalog[error.code].next;
}

/** A fault of ours: said as such, with what is safe to do. An answer that found no room on the disk is none of ours. */
export function unknownError(error: unknown): SlipwayError {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") {
    const hint = "Make room where the answer is written to, then run the same command again";
    return new SlipwayError("STORAGE_FAILED", `Cannot write: ${message}`, { cause: error, hint });
  }
  return new SlipwayError("INTERNAL_ASSERTION", `Cannot go on: ${message}`, { cause: error });
}
