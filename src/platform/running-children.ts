// Remembers which children run, so that none outlives this process: they lead sessions of their own, and a Ctrl-C at
// the terminal does not reach them. Listeners stand only while a child runs.
import type { ChildProcess } from "node:child_process";
import { killTree } from "./process-tree.ts";

export interface RunningChildren {
  add(child: ChildProcess): void;
  remove(child: ChildProcess): void;
  killAll(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** All listeners made here, to tell them from those of the program. */
const ours = new WeakSet<object>();

export function createRunningChildren(): RunningChildren {
  const children = new Set<ChildProcess>();
  const killAll = (): void => {
    for (const child of children) if (child.pid !== undefined) killTree(child.pid);
  };

  /** A program that handles the signal itself aborts its children in good order; otherwise the process ends here. */
  const onSignal = (signal: NodeJS.Signals): void => {
    if (process.listeners(signal).some((one) => !ours.has(one))) return;
    killAll();
    unlisten();
    process.kill(process.pid, signal);
  };
  ours.add(onSignal);

  const listen = (): void => {
    process.on("exit", killAll);
    for (const signal of signals) process.on(signal, onSignal);
  };
  const unlisten = (): void => {
    process.off("exit", killAll);
    for (const signal of signals) process.off(signal, onSignal);
  };

  return {
    killAll,
    add(child) {
      if (children.size === 0) listen();
      children.add(child);
    },
    remove(child) {
      children.delete(child);
      if (children.size === 0) unlisten();
    },
  };
}
