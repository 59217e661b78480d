// One child process from start to end. Each leads a session of its own: it has no terminal to ask questions at, and
// all it starts can be found and killed. The promise settles in every case, also when a grandchild keeps the pipe open.
import { type ChildProcess, spawn } from "node:child_process";
import type { Command } from "./ports.ts";
import { killGroup, killTree, stopTree } from "./process-tree.ts";
import type { RunningChildren } from "./running-children.ts";

export interface ChildOptions {
  readonly killGraceMs: number;
  readonly drainMs: number;
  readonly running: RunningChildren;
}

export interface ChildSinks {
  readonly stdout: { push(bytes: Buffer): void };
  readonly stderr: { push(bytes: Buffer): void };
}

export type Ended =
  | { readonly kind: "not-started"; readonly error: unknown }
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "timed-out" }
  | { readonly kind: "aborted"; readonly reason: unknown };

/** Modes of files that children make are the same for every person: builds put them into archives. */
const childUmask = 0o022;
const timerMsMax = 2_147_483_647;
/** After SIGKILL: for the end of file of the pipe, and for a process that the kernel cannot end yet. */
const lastWordsMs = 200;

/** Rejects only with what a sink threw. */
export async function runChild(command: Command, sinks: ChildSinks, options: ChildOptions): Promise<Ended> {
  const started = start(command);
  if (started.kind === "not-started") return started;
  const { child } = started;
  options.running.add(child);
  try {
    return await untilEnd(child, command, { sinks, options });
  } finally {
    options.running.remove(child);
  }
}

function start(command: Command): { kind: "started"; child: ChildProcess } | { kind: "not-started"; error: unknown } {
  const ownUmask = process.umask(childUmask);
  try {
    const child = spawn(command.program, [...command.args], {
      cwd: command.cwd,
      env: { ...command.env },
      detached: true,
      shell: false,
      windowsHide: true,
      stdio: [command.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    return { kind: "started", child };
  } catch (error) {
    return { kind: "not-started", error };
  } finally {
    process.umask(ownUmask);
  }
}

async function untilEnd(
  child: ChildProcess,
  command: Command,
  { sinks, options }: { readonly sinks: ChildSinks; readonly options: ChildOptions },
): Promise<Ended> {
  const stop = Promise.withResolvers<Ended>();
  let stopping = false;
  const onAbort = (): void => stop.resolve({ kind: "aborted", reason: command.signal.reason });
  const timer = setTimeout(() => stop.resolve({ kind: "timed-out" }), Math.min(command.timeoutMs, timerMsMax));
  command.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const closed = ownEnd(child, options.drainMs, () => stopping);
    feed(child, command.input);
    const first = await Promise.race([closed, stop.promise, drained(child, sinks)]);
    stopping = first.kind === "timed-out" || first.kind === "aborted";
    if (stopping) await stopAll(child, closed, options.killGraceMs);
    return first;
  } catch (error) {
    await stopAll(child, Promise.resolve(), 0);
    throw error;
  } finally {
    clearTimeout(timer);
    command.signal.removeEventListener("abort", onAbort);
  }
}

/**
 * Resolves when the program has ended and all its output has been read. What it left running gets a moment to finish
 * writing to our pipe, then it goes too; while the tree is being stopped, that is left to `stopTree`.
 */
function ownEnd(child: ChildProcess, drainMs: number, stopping: () => boolean): Promise<Ended> {
  return new Promise((resolve) => {
    let drain: NodeJS.Timeout | undefined;
    const leave = (): void => {
      if (!stopping()) leaveNothing(child);
    };
    child.once("error", (error) => resolve({ kind: "not-started", error }));
    child.once("exit", () => {
      child.stdin?.destroy();
      drain = setTimeout(leave, drainMs);
    });
    child.once("close", (code, signal) => {
      clearTimeout(drain);
      if (!stopping()) killGroup(child);
      resolve(signal === null ? { kind: "exited", code: code ?? -1 } : { kind: "signalled", signal });
    });
  });
}

/** Never resolves; rejects when a sink throws. */
function drained(child: ChildProcess, sinks: ChildSinks): Promise<never> {
  return new Promise((_, reject) => {
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.on("data", (bytes: Buffer) => {
        try {
          sinks[name].push(bytes);
        } catch (error) {
          reject(error);
        }
      });
      child[name]?.on("error", () => undefined);
    }
  });
}

/**
 * A program may end without reading its input: the broken pipe is no error of ours. Node hands the input over through
 * a socket, which bash takes for a remote login and reads ~/.bashrc: a bash with input wants `--norc`.
 */
function feed(child: ChildProcess, input: string | undefined): void {
  if (input === undefined) return;
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
}

async function stopAll(child: ChildProcess, closed: Promise<unknown>, graceMs: number): Promise<void> {
  if (child.pid === undefined) return;
  await stopTree(child.pid, graceMs);
  await Promise.race([closed, pause(lastWordsMs)]);
  closeStreams(child);
}

function leaveNothing(child: ChildProcess): void {
  if (child.pid !== undefined) killTree(child.pid);
  setTimeout(() => closeStreams(child), lastWordsMs);
}

function closeStreams(child: ChildProcess): void {
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
