// A process in a network of its own, in which there is nothing but itself: real programs that only talk to public hosts talk to
// the test there, and nothing can leave. It ends when its standard input does, and takes all that it started with it.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface Apart {
  /** What it said first. */
  readonly first: unknown;
  /** @param request as JSON, answered by one line of JSON; one at a time */
  ask(request: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

export interface ApartOptions {
  /** TypeScript file that reads lines of JSON and writes lines of JSON. */
  readonly script: string;
  readonly args: readonly string[];
  /** Folder for what the process is told by files. */
  readonly folder: string;
  /** Host names that are this process there. */
  readonly names: readonly string[];
}

const enter = 'ip link set lo up && mount --bind "$1" /etc/hosts && shift && exec "$@"';

/** @throws when the name spaces cannot be had (as root or in one of the user's own), or the process ends before it says anything */
export async function startApart({ script, args, folder, names }: ApartOptions): Promise<Apart> {
  const hosts = join(folder, "hosts");
  writeFileSync(hosts, `127.0.0.1 localhost ${names.join(" ")}\n`);
  const asRoot = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const spaces = [...asRoot, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin` };
  const child = spawn("unshare", [...spaces, "sh", "-c", enter, "sh", hosts, process.execPath, script, ...args], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const line = await lines.next();
    assert.ok(
      line.done !== true,
      `The process apart ended. It needs unshare and ip (apt-get install util-linux iproute2), and name spaces, as root or as a user (docker: --privileged)`,
    );
    return JSON.parse(line.value) as unknown;
  };
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(timer);
  };
  const first = await read();
  const ask = async (request: unknown): Promise<unknown> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    return read();
  };
  return { first, ask, stop };
}

/** The other side: answers each line until there are no more, then ends with everything that it started. */
export async function answerLines(first: unknown, answer: (request: unknown) => Promise<unknown>): Promise<never> {
  process.stdout.write(`${JSON.stringify(first)}\n`);
  for await (const line of createInterface({ input: process.stdin }))
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as unknown))}\n`);
  process.exit(0);
}
