// Other people's Python programs for tests: where they are, how to run one, and servers that stop with the test.
// A program that is missing fails the test and says what installs it.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import type { TestContext } from "node:test";

const folder = join(import.meta.dirname, "..", "..", ".cache", "test-tools", "bin");

/** Absolute path of a program of the tests' own Python environment. */
export function testTool(name: string): string {
  const program = join(folder, name);
  assert.ok(existsSync(program), `There is no "${name}" among the tests' tools. In the repository, run: npm run test-tools`);
  return program;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Beside PATH and what makes the ordinary clients reach the index they are configured for. */
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** Variables of this machine under which pip and uv reach their index; everything else stays out. */
const kept = ["PATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "PIP_CERT", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];

function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  const own = kept.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? ""] as const]));
  return { ...Object.fromEntries(own), ...more };
}

/** Runs a program to its end. @returns exit status and both streams, mixed */
export async function runTool(program: string, args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(program, args, { cwd: options.cwd, env: environment(options.env), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const timer = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 120_000);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return { code, output };
  } finally {
    clearTimeout(timer);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a server and waits until its port takes connections. */
export async function startServer(
  t: Pick<TestContext, "after">,
  command: { readonly program: string; readonly args: readonly string[]; readonly port: number; readonly cwd?: string },
): Promise<{ stop(): Promise<void> }> {
  const child = spawn(command.program, command.args, {
    cwd: command.cwd,
    env: environment({ HOME: command.cwd ?? "/nonexistent" }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output = `${output}${chunk.toString("utf8")}`.slice(-20_000)));
  const stop = (): Promise<void> => stopChild(child);
  t.after(stop);
  const untilMs = Date.now() + 60_000;
  while (!(await takesConnections(command.port))) {
    assert.equal(child.exitCode, null, `${command.program} ended:\n${output}`);
    assert.ok(Date.now() < untilMs, `${command.program} does not listen:\n${output}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { stop };
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await ended;
  clearTimeout(timer);
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** A door to a port of this machine that can be shut without stopping what is behind it. */
export async function openDoor(t: Pick<TestContext, "after">, port: number): Promise<{ readonly port: number; shut(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((from) => {
    const to = connect(port, "127.0.0.1");
    for (const socket of [from, to]) {
      open.add(socket);
      socket.once("close", () => open.delete(socket)).on("error", () => undefined);
    }
    from.pipe(to).pipe(from);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const shut = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  };
  t.after(() => (server.listening ? shut() : undefined));
  return { port: (server.address() as AddressInfo).port, shut };
}
