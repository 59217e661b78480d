// The index and the registries that are uploaded to: built from bench/sink, started on loopback, ended with the row.
import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { scratch } from "./places.ts";

export interface Sink {
  /** Where uploads go; `delayMs` more before each answer. */
  uploadUrl(delayMs?: number): string;
  readonly indexUrl: string;
  /** Root of the npm registry; `delayMs` more before a publish is answered. */
  npmUrl(delayMs?: number): string;
  /** Root of the sparse index of crates, without `sparse+`. */
  readonly cratesIndexUrl: string;
  /** Makes it forget everything. */
  readonly reset: readonly string[];
  /** What came since the last reset. */
  stats(): Promise<{
    readonly uploads: number;
    readonly refused: number;
    readonly reads: number;
    readonly bytes: number;
    readonly maxInFlight: number;
  }>;
  close(): Promise<void>;
}

const program = join(scratch, "sink");

/** @throws Error when Go is not here: there is no other sink */
export async function startSink(): Promise<Sink> {
  execFileSync("go", ["build", "-o", program, "."], {
    cwd: join(import.meta.dirname, "sink"),
    env: { ...process.env, CGO_ENABLED: "0" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const child = spawn(program, ["127.0.0.1:0"], { stdio: ["ignore", "pipe", "inherit"] });
  const origin = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error("Cannot start the sink: it ended")));
    child.stdout.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    uploadUrl: (delayMs) => `${origin}/legacy/${delayMs === undefined ? "" : `${delayMs}/`}`,
    indexUrl: `${origin}/simple/`,
    npmUrl: (delayMs = 0) => `${origin}/npm/${delayMs}/`,
    cratesIndexUrl: `${origin}/crates/index/`,
    reset: ["curl", "--silent", "--show-error", "--fail", "--request", "POST", `${origin}/reset`],
    stats: async () => (await (await fetch(`${origin}/stats`)).json()) as Awaited<ReturnType<Sink["stats"]>>,
    close: async () => {
      child.kill();
      await ended;
    },
  };
}
