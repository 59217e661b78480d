// A real Gitea on loopback for one test file, and repositories in it: each test has one of its own.
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRepository } from "./git-repository.ts";
import { giteaProgram } from "./gitea-program.ts";

export interface Gitea {
  readonly url: string;
  readonly token: string;
  /** One API call as the administrator. @throws when the answer is no success */
  api(method: string, path: string, body?: unknown): Promise<unknown>;
  /** A token of the administrator's that may do no more than its scopes say, for example `write:package`. */
  tokenFor(scopes: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

export const giteaUser = "slip";
const user = giteaUser;
const password = "a-password-of-a-test";
const startMs = 60_000;

/** @param folder for its data, empty */
export async function startGitea(folder: string): Promise<Gitea> {
  const { program, sources } = giteaProgram();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const configuration = join(folder, "app.ini");
  mkdirSync(folder, { recursive: true });
  writeFileSync(configuration, settings({ folder, sources, port }));
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder, GITEA_WORK_DIR: folder };
  const run = (...args: readonly string[]) =>
    execFileSync(program, ["-c", configuration, ...args], { env, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  run("migrate");
  run(
    "admin",
    "user",
    "create",
    "--admin",
    "--username",
    user,
    "--password",
    password,
    "--email",
    "slip@example.org",
    "--must-change-password=false",
  );
  const token =
    run("admin", "user", "generate-access-token", "--username", user, "--scopes", "all", "--raw").trim().split("\n").at(-1) ?? "";
  const server = spawn(program, ["-c", configuration, "web"], { env, stdio: "ignore" });
  const ended = once(server, "close");
  await answers(url);
  return {
    url,
    token,
    api: (method, path, body) => callApi({ url, authorization: `token ${token}`, method, path, body }),
    tokenFor: (scopes) => makeToken(url, scopes),
    stop: async () => {
      server.kill("SIGTERM");
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function settings({ folder, sources, port }: { readonly folder: string; readonly sources: string; readonly port: number }): string {
  const { username, uid } = userInfo();
  return `RUN_USER = ${username}
RUN_MODE = prod
WORK_PATH = ${folder}
${uid === 0 ? "I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true" : ""}
[server]
HTTP_ADDR = 127.0.0.1
HTTP_PORT = ${port}
ROOT_URL = http://127.0.0.1:${port}/
STATIC_ROOT_PATH = ${sources}
DISABLE_SSH = true
OFFLINE_MODE = true
[database]
DB_TYPE = sqlite3
PATH = ${join(folder, "gitea.db")}
[security]
INSTALL_LOCK = true
[repository]
ROOT = ${join(folder, "repositories")}
[log]
LEVEL = error
MODE = file
[actions]
ENABLED = true
DEFAULT_ACTIONS_URL = self
[queue]
TYPE = channel
`;
}

async function answers(url: string): Promise<void> {
  const until = Date.now() + startMs;
  for (;;) {
    const response = await fetch(`${url}/api/v1/version`).catch(() => undefined);
    if (response?.status === 200) return;
    if (Date.now() > until) throw new Error(`Gitea did not answer within ${startMs} ms`);
    await sleep(100);
  }
}

async function callApi(call: {
  readonly url: string;
  readonly authorization: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}): Promise<unknown> {
  const response = await fetch(`${call.url}/api/v1/${call.path}`, {
    method: call.method,
    headers: { authorization: call.authorization, "content-type": "application/json" },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${call.method} ${call.path}: ${response.status} ${text.slice(0, 500)}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Gitea makes tokens for those who show their password, and for no token. */
async function makeToken(url: string, scopes: readonly string[]): Promise<string> {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const body = { name: `${scopes.join("+")} ${randomUUID()}`, scopes };
  const made = await callApi({ url, authorization, method: "POST", path: `users/${user}/tokens`, body });
  const found: unknown = typeof made === "object" && made !== null ? Reflect.get(made, "sha1") : undefined;
  if (typeof found !== "string") throw new Error("the answer has no token");
  return found;
}

export interface GiteaRepository {
  /** `owner/name` */
  readonly name: string;
  readonly commit: string;
  readonly otherCommit: string;
  readonly branch: { readonly head: string; readonly base: string };
  readonly workflow: string;
  /** Runs git in the clone. */
  git(...args: readonly string[]): string;
}

const workflowText = `name: publish
run-name: Publish \${{ inputs.id }}
on:
  workflow_dispatch:
    inputs:
      id: { type: string, required: false }
jobs:
  one:
    runs-on: nowhere
    steps: [{ run: "true" }]
`;

/** A new repository with two commits, a branch that is ahead, and a workflow. @param folder for the clone */
export async function giteaRepository(gitea: Gitea, name: string, folder: string): Promise<GiteaRepository> {
  await gitea.api("POST", "user/repos", { name, default_branch: "main", private: false });
  const { git, write, commit } = createRepository(join(folder, "clone"));
  const branch = { head: "slipway/changelog", base: "main" };
  write(".gitea/workflows/publish.yml", workflowText);
  const otherCommit = commit("first");
  write("b.txt", "b");
  const newest = commit("second");
  git("checkout", "--quiet", "-b", branch.head);
  write("c.txt", "c");
  commit("ahead");
  const remote = gitea.url.replace("://", `://${user}:${gitea.token}@`);
  git("remote", "add", "origin", `${remote}/${user}/${name}.git`);
  git("push", "--quiet", "origin", "main", branch.head);
  await pushSeen(gitea, `repos/${user}/${name}`, branch.head);
  return { name: `${user}/${name}`, commit: newest, otherCommit, branch, workflow: "publish.yml", git };
}

/** Gitea takes note of a push in the background: until then a repository is empty to its API. */
export async function pushSeen(gitea: Gitea, path: string, branch: string): Promise<void> {
  const until = Date.now() + startMs;
  for (;;) {
    const found = await gitea.api("GET", `${path}/branches/${encodeURIComponent(branch)}`).catch(() => undefined);
    const repository = await gitea.api("GET", path);
    if (found !== undefined && JSON.stringify(repository).includes('"empty":false')) return;
    if (Date.now() > until) throw new Error(`Gitea did not see the push to "${path}" within ${startMs} ms`);
    await sleep(50);
  }
}
