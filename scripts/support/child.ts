// Runs one program for a script: its output is kept, it is killed with all that it started when its time is over, and
// nothing it starts outlives this process.
import { type ChildProcess, spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { root } from "./repository.ts";

export interface Ended {
  /** Exit status; 128 + 15 when it was stopped because its time was over, 127 when it could not be started. */
  readonly code: number;
  /** Standard output and standard error in the order they came, cut in the middle beyond 4 MiB. */
  readonly output: string;
  readonly seconds: number;
  readonly timedOut: boolean;
}

export interface Program {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

const keepBytes = 4 * 1024 * 1024;
const running = new Set<ChildProcess>();

/** Runs a program in the root of the repository to its end. Never rejects. */
export async function runProgram(command: Program): Promise<Ended> {
  const startedMs = Date.now();
  const env = { ...process.env, ...command.env };
  const child = spawn(command.program, command.args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  running.add(child);
  const output = new Kept();
  child.stdout.on("data", (bytes: Buffer) => output.add(bytes));
  child.stderr.on("data", (bytes: Buffer) => output.add(bytes));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    killGroup(child);
  }, command.timeoutMs);
  const code = await endOf(child, output);
  clearTimeout(timer);
  // What a finished program left running would hold the ports and files that the next one needs.
  killGroup(child);
  running.delete(child);
  return { code: timedOut ? 143 : code, output: output.text(), seconds: (Date.now() - startedMs) / 1000, timedOut };
}

function endOf(child: ChildProcess, output: Kept): Promise<number> {
  return new Promise((resolve) => {
    child.on("error", (error) => {
      output.add(Buffer.from(`${error.message}\n`));
      resolve(127);
    });
    child.on("exit", (code, signal) => {
      // A grandchild may keep the pipes open; a moment is enough for what is on its way.
      const enough = setTimeout(() => resolve(code ?? 128), 1000);
      child.on("close", () => {
        clearTimeout(enough);
        if (signal !== null) output.add(Buffer.from(`ended by ${signal}\n`));
        resolve(code ?? 128);
      });
    });
  });
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The group is gone already, which is what was wanted.
  }
}

/** First and last bytes of a stream, so that a test that prints without end cannot fill the memory. */
class Kept {
  #head: Buffer[] = [];
  #tail: Buffer[] = [];
  #headBytes = 0;
  #tailBytes = 0;
  #droppedBytes = 0;

  add(bytes: Buffer): void {
    if (this.#headBytes < keepBytes / 2) {
      this.#head.push(bytes);
      this.#headBytes += bytes.length;
      return;
    }
    this.#tail.push(bytes);
    this.#tailBytes += bytes.length;
    while (this.#tailBytes > keepBytes / 2) {
      const dropped = this.#tail.shift()?.length ?? 0;
      this.#tailBytes -= dropped;
      this.#droppedBytes += dropped;
    }
  }

  text(): string {
    const gap = this.#droppedBytes === 0 ? [] : [Buffer.from(`\n… ${this.#droppedBytes} bytes left out …\n`)];
    return Buffer.concat([...this.#head, ...gap, ...this.#tail]).toString("utf8");
  }
}

/** Ends this process by a signal as a person means it: with everything that it started. */
export function stopTogether(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      for (const child of running) killGroup(child);
      process.exit(signal === "SIGINT" ? 130 : 143);
    });
  }
}

/** How many processes run at a time: enough for the cores, and few enough that tests which watch the clock hold. */
const width = Math.min(4, Math.max(2, availableParallelism()));

/** Runs tasks side by side, in their order. */
export async function sideBySide<T>(tasks: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const results: T[] = [];
  const queue = [...tasks.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await next[1]();
  };
  await Promise.all(Array.from({ length: Math.min(width, tasks.length) }, worker));
  return results;
}
