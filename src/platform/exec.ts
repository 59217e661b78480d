// Runs programs: argument arrays only, an explicit environment, bounded output, redacted at the source. Built on
// node:child_process alone: execa costs 85 ms of start-up (reference/libraries.md §4), and what it adds is small here.
import { stat } from "node:fs/promises";
import { isAbsolute, resolve } from "node:path";
import { SlipwayError } from "../domain/error.ts";
import { type ChildOptions, type Ended, runChild } from "./child-process.ts";
import { createOutput, type Output } from "./exec-output.ts";
import { findProgram } from "./find-program.ts";
import type { Command, CommandEnd, CommandOutput, Exec, Redactor } from "./ports.ts";
import { createRunningChildren } from "./running-children.ts";
import { errnoOf } from "./storage-error.ts";

export interface ChildExec extends Exec {
  /** Kills everything that still runs, at once and without waiting: for the last moments of the process. */
  killAll(): void;
}

/** `killGraceMs`: between SIGTERM and SIGKILL. `drainMs`: how long output may still come once the program has ended. */
export type ExecOptions = Omit<ChildOptions, "running">;

const keepBytesDefault = 1024 * 1024;

/**
 * Children die with this process: with its normal end, and with SIGINT, SIGTERM and SIGHUP where nobody else handles them.
 */
export function createExec(redactor: Redactor, options: ExecOptions = { killGraceMs: 5_000, drainMs: 500 }): ChildExec {
  const running = createRunningChildren();
  return {
    find: findProgram,
    killAll: running.killAll,
    async run(command) {
      command.signal.throwIfAborted();
      const stdout = outputOf("stdout", command, redactor);
      const stderr = outputOf("stderr", command, redactor);
      const ended = await runChild(command, { stdout, stderr }, { ...options, running });
      return endOf(command, ended, collect(stdout, stderr));
    },
  };
}

function outputOf(stream: "stdout" | "stderr", command: Command, redactor: Redactor): Output {
  const onLine = command.onLine;
  return createOutput(redactor.stream(), {
    keepBytes: command.keepBytes ?? keepBytesDefault,
    onText: stream === "stdout" ? command.onText : undefined,
    onLine: onLine === undefined ? undefined : (line) => onLine(stream, line),
  });
}

function collect(stdout: Output, stderr: Output): CommandOutput {
  const out = stdout.end();
  const err = stderr.end();
  return { stdout: out.text, stderr: err.text, leftOutBytes: out.leftOutBytes + err.leftOutBytes };
}

async function endOf(command: Command, ended: Ended, output: CommandOutput): Promise<CommandEnd> {
  switch (ended.kind) {
    case "not-started":
      return notStarted(command, ended.error);
    case "aborted":
      throw ended.reason;
    case "timed-out":
      return { kind: "timed-out", ...output };
    case "signalled":
      return { kind: "signalled", signal: ended.signal, ...output };
    case "exited":
      return { kind: "exited", code: ended.code, ...output };
  }
}

/** The operating system says ENOENT for a missing program, a missing folder and a missing interpreter alike. */
async function notStarted(command: Command, error: unknown): Promise<CommandEnd> {
  const { program, cwd } = command;
  if (!(await isFolder(cwd))) throw refused(program, `"${cwd}" should be a folder and is not`, error);
  if (errnoOf(error) !== "ENOENT") throw refused(program, `the operating system answered ${errnoOf(error) ?? String(error)}`, error);
  const file = await locate(command);
  if (file === undefined) return { kind: "not-found", program };
  throw refused(program, `"${file}" is there, but the interpreter that its first line names is not`, error);
}

async function locate(command: Command): Promise<string | undefined> {
  const { program, cwd, env } = command;
  if (!program.includes("/") || isAbsolute(program)) return findProgram(program, env["PATH"] ?? "");
  return findProgram(resolve(cwd, program), "");
}

async function isFolder(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined);
  return info?.isDirectory() === true;
}

function refused(program: string, why: string, cause: unknown): SlipwayError {
  return new SlipwayError("PROGRAM_NOT_STARTED", `Cannot start "${program}": ${why}`, { cause, details: { program } });
}
