// Independent Python indexes for tests: pypiserver and devpi, on loopback, in folders of the test's own (testbed §2.1).
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { temporaryFolder } from "./temporary-folder.ts";
import { freePort, openDoor, runTool, startServer, testTool } from "./test-tools.ts";

export interface PythonIndex {
  readonly uploadUrl: string;
  readonly indexUrl: string;
  stop(): Promise<void>;
}

export interface PypiserverOptions {
  /** Digest in the addresses of files; `no` for none. Default sha256. */
  readonly hashes?: "sha256" | "md5" | "no";
  readonly packages?: string;
  /** Reading asks for the login too. */
  readonly login?: boolean;
  /** Default `p`. */
  readonly password?: string;
}

/** pypiserver with the user `u`; reading is open to all, nothing may be replaced. */
export async function startPypiserver(t: TestContext, options: PypiserverOptions = {}): Promise<PythonIndex> {
  const folder = temporaryFolder(t);
  const packages = options.packages ?? join(folder, "packages");
  const passwords = join(folder, "htpasswd");
  mkdirSync(packages, { recursive: true });
  writeFileSync(passwords, "u:{SHA}UWtEjlWQRF6VKR6/t+LQO5EpKAc=\n".replace(/\{SHA\}.*/, `{SHA}${await sha1(options.password ?? "p")}`));
  const port = await freePort();
  const args = [
    "run",
    "-i",
    "127.0.0.1",
    "-p",
    String(port),
    "-P",
    passwords,
    "-a",
    options.login === true ? "update,list,download" : "update",
    "--disable-fallback",
    "--hash-algo",
    options.hashes ?? "sha256",
    packages,
  ];
  const { stop } = await startServer(t, { program: testTool("pypi-server"), args, port, cwd: folder });
  return { uploadUrl: `http://127.0.0.1:${port}/`, indexUrl: `http://127.0.0.1:${port}/simple/`, stop };
}

async function sha1(text: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha1").update(text).digest("base64");
}

export interface Devpi {
  /** Where it keeps everything, on this machine's disk. */
  readonly folder: string;
  /** A fresh index that keeps what it took, behind an address of its own. */
  newIndex(t: TestContext): Promise<PythonIndex>;
}

/** One devpi server for a whole file, because it takes seconds to start; each test gets an index of its own. */
export async function startDevpi(t: Pick<TestContext, "after">, password = "p"): Promise<Devpi> {
  const folder = temporaryFolder(t);
  const data = join(folder, "devpi");
  const made = await runTool(testTool("devpi-init"), ["--serverdir", data, "--no-root-pypi", "--root-passwd", ""], {
    cwd: folder,
    env: { HOME: folder },
  });
  assert.equal(made.code, 0, made.output);
  const port = await freePort();
  const args = ["--serverdir", data, "--host", "127.0.0.1", "--port", String(port)];
  await startServer(t, { program: testTool("devpi-server"), args, port, cwd: folder });
  const root = `http://127.0.0.1:${port}`;
  const login = await call(`${root}/+login`, "POST", { user: "root", password: "" });
  const token = Buffer.from(`root:${(login as { result: { password: string } }).result.password}`).toString("base64");
  await call(`${root}/u`, "PUT", { password, email: "u@localhost.invalid" }, token);
  let count = 0;
  return {
    folder: data,
    newIndex: async (of) => {
      const name = `i${(count += 1)}`;
      await call(`${root}/u/${name}`, "PUT", { type: "stage", volatile: false, bases: [] }, token);
      const door = await openDoor(of, port);
      const url = `http://127.0.0.1:${door.port}/u/${name}/`;
      return { uploadUrl: url, indexUrl: `${url}+simple/`, stop: () => door.shut() };
    },
  };
}

async function call(url: string, method: string, body: unknown, ...[token]: readonly string[]): Promise<unknown> {
  const headers: Record<string, string> = { "content-type": "application/json", accept: "application/json" };
  if (token !== undefined) headers["x-devpi-auth"] = token;
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  assert.ok(answer.ok, `devpi answered ${answer.status} to ${method} ${url}: ${await answer.clone().text()}`);
  return await answer.json();
}
