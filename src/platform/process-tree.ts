// Finds and kills all that a program started. Signals go to the process group, and on Linux also to whatever /proc
// shows to belong to it by session or descent: shells with job control and `setsid` leave the group.
// Only a process that left the session and lost all its ancestors escapes (a daemon on purpose).
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

const pollMs = 20;
/** How long to wait for the kernel after SIGKILL: a process in a system call that cannot be interrupted stays. */
const killedWaitMs = 1_000;

/** SIGTERM to all of the tree, SIGKILL after `graceMs` to what is left; resolves when nothing is, or a second later. */
export async function stopTree(leader: number, graceMs: number): Promise<void> {
  const seen = new Set<number>();
  signalTree(leader, "SIGTERM", seen);
  if (await gone(leader, seen, graceMs)) return;
  signalTree(leader, "SIGKILL", seen);
  await gone(leader, seen, killedWaitMs);
}

/** SIGKILL to all of the tree, now. */
export function killTree(leader: number): void {
  signalTree(leader, "SIGKILL", new Set());
}

/** SIGKILL to what a program that has ended left in its group. One system call. */
export function killGroup(child: ChildProcess): void {
  if (child.pid !== undefined && process.platform !== "win32") send(-child.pid, "SIGKILL");
}

/** @param seen members found earlier: one whose parent has died meanwhile still belongs here */
function signalTree(leader: number, signal: NodeJS.Signals, seen: Set<number>): void {
  for (const pid of members(leader, seen)) seen.add(pid);
  if (process.platform !== "win32") send(-leader, signal);
  for (const pid of seen) send(pid, signal);
}

async function gone(leader: number, seen: Set<number>, waitMs: number): Promise<boolean> {
  const endMs = performance.now() + waitMs;
  for (;;) {
    if (members(leader, seen).length === 0) return true;
    if (performance.now() >= endMs) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Living processes of the tree. Zombies do not count: in a container nobody may ever collect them. */
function members(leader: number, seen: ReadonlySet<number>): readonly number[] {
  const rows = processTable();
  if (rows === undefined) return send(-leader, 0) ? [leader] : [];
  const belongs = new Set<number>([leader, ...seen]);
  // Parents have no order in the table; a chain of n generations needs n rounds at most.
  for (let before = 0; before !== belongs.size;) {
    before = belongs.size;
    for (const row of rows) {
      if (row.session === leader || row.group === leader || belongs.has(row.parent)) belongs.add(row.pid);
    }
  }
  return rows.filter((row) => belongs.has(row.pid)).map((row) => row.pid);
}

/** All living processes, or undefined where the system has no /proc (then the group has to do). */
function processTable(): readonly ProcessRow[] | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    return readdirSync("/proc").flatMap((name) => (/^[0-9]+$/.test(name) ? readRow(name) : []));
  } catch {
    return undefined;
  }
}

/** Fields of proc_pid_stat(5): the name, in parentheses, may hold anything. */
function readRow(pid: string): readonly ProcessRow[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const [state, parent, group, session] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    if (state === "Z" || state === "X") return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), session: Number(session) }];
  } catch {
    return [];
  }
}

/** False when there is no such process; one that is not ours to signal counts as none. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
