// Servers that a row publishes to: started for it on loopback, ended with it.
import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { node, npm } from "./places.ts";
import { entry } from "./product.ts";

export interface Server {
  readonly url: string;
  /** What lets writers in, and which of the two worlds it is in where that is not the real one, as an entry is told. */
  readonly access: readonly string[];
  close(): Promise<void>;
}

/** Longest that a server may take until it answers, in milliseconds. */
const withinMs = 30_000;

/** The rehearsal registry of npm, in a process of its own. @param folder is emptied */
export async function startRehearsal(folder: string): Promise<Server> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const started = start([entry("ready"), "npm", folder]);
  const url = await new Promise<string>((resolve, reject) => {
    started.child.once("exit", () => reject(new Error("Cannot start the rehearsal registry: it ended")));
    started.child.stdout.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
  });
  return { url, access: ["npm_rehearsal", "rehearsal"], close: started.close };
}

/** @param folder is emptied. @throws Error when it does not answer in time */
export async function startVerdaccio(folder: string): Promise<Server> {
  rmSync(folder, { recursive: true, force: true });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const { close } = start([...verdaccioArgs(folder, port)]);
  await answered(`${url}-/ping`);
  const user = { name: "bench", password: "a-password-of-the-bench" };
  const headers = { "content-type": "application/json" };
  const made = await fetch(`${url}-/user/org.couchdb.user:bench`, { method: "PUT", headers, body: JSON.stringify(user) });
  const { token } = (await made.json()) as { readonly token: string };
  return { url, access: [token], close };
}

/** Arguments for Node that start Verdaccio, with everything it keeps in `folder`. */
export function verdaccioArgs(folder: string, port: number): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "config.yaml");
  const lines = [
    `storage: ${join(folder, "storage")}`,
    `auth: { htpasswd: { file: ${join(folder, "htpasswd")} } }`,
    'packages: { "**": { access: $all, publish: $all } }',
    "log: { type: stdout, format: pretty, level: error }",
  ];
  writeFileSync(file, `${lines.join("\n")}\n`);
  return [npm("verdaccio", "verdaccio", "bin", "verdaccio"), "--config", file, "--listen", `127.0.0.1:${port}`];
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function start(args: readonly string[]) {
  const child = spawn(node, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const close = async (): Promise<void> => {
    child.kill();
    await ended;
  };
  return { child, close };
}

async function answered(url: string): Promise<void> {
  const untilMs = Date.now() + withinMs;
  for (;;) {
    const answer = await fetch(url).catch((cause: unknown) => cause);
    if (answer instanceof Response) return;
    if (Date.now() > untilMs) throw new Error(`Cannot measure: "${url}" does not answer`, { cause: answer });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
