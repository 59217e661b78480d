// Runs a fuzzing worker and watches over it: a worker that says nothing for a while hangs and is ended.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createInterface } from "node:readline";
import type { ParserName } from "./parsers.ts";
import type { WorkerEnd } from "./worker.ts";

export interface Fuzzing {
  readonly parser: ParserName;
  readonly seed: number;
  readonly seconds: number;
  readonly inputs: number;
  /** For what fails; kept when something does. */
  readonly folder: string;
}

/** Silence after which a worker hangs, also on a machine that is busy with other things. */
const silenceMs = 120_000;

export async function fuzz({ parser, seed, seconds, inputs, folder }: Fuzzing): Promise<WorkerEnd> {
  const worker = fileURLToPath(new URL("worker.ts", import.meta.url));
  const words = [
    "--max-old-space-size=96",
    "--max-semi-space-size=4",
    worker,
    parser,
    String(seed),
    String(seconds),
    String(inputs),
    folder,
  ];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let silence = setTimeout(() => undefined, 0);
  let end: WorkerEnd | undefined;
  let at = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(silence);
    silence = setTimeout(() => child.kill("SIGKILL"), silenceMs);
    const told = JSON.parse(line) as { readonly at?: number; readonly end?: WorkerEnd };
    at = told.at ?? at;
    end = told.end ?? end;
  }
  clearTimeout(silence);
  await ended;
  if (end === undefined)
    throw new Error(
      `The worker for ${parser} with seed ${seed} crashed or hung after ${at} inputs (${child.signalCode ?? child.exitCode})`,
    );
  return end;
}
