// Other people's programs for images: crane and a registry, built by scripts/support/go-test-tools.ts; skopeo, buildah and
// distribution's registry, which the acceptance tier takes from the machine. A missing one fails the test.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort, runTool, startServer, type Ended } from "./test-tools.ts";

const folder = join(import.meta.dirname, "..", "..", ".cache", "go-test-tools");

/** Absolute path of a program of the tests' own Go tools. */
function goTool(name: "crane" | "registry"): string {
  const program = join(folder, name);
  assert.ok(existsSync(program), `There is no "${name}" among the tests' tools. In the repository, run: npm run test-tools`);
  return program;
}

export interface Crane {
  /** Runs crane to its end and fails the test if it fails. @returns what it said, without the line end */
  run(...args: readonly string[]): Promise<string>;
  /** The same without the failing. */
  try(...args: readonly string[]): Promise<Ended>;
}

/** crane with a home of its own, where its credentials are kept. */
export function crane(home: string): Crane {
  mkdirSync(home, { recursive: true });
  const program = goTool("crane");
  const attempt = (...args: readonly string[]) => runTool(program, args, { env: { HOME: home, DOCKER_CONFIG: home } });
  return {
    try: attempt,
    run: async (...args) => {
      const ended = await attempt(...args);
      assert.equal(ended.code, 0, `crane ${args.join(" ")}\n${ended.output}`);
      return ended.output.trim();
    },
  };
}

/** Writes a user and password where crane and skopeo look for them. */
export function writeLogin(home: string, registryUrl: string, login: { readonly user: string; readonly password: string }): string {
  mkdirSync(home, { recursive: true });
  const file = join(home, "config.json");
  const auth = Buffer.from(`${login.user}:${login.password}`).toString("base64");
  writeFileSync(file, JSON.stringify({ auths: { [new URL(registryUrl).host]: { auth } } }));
  return file;
}

/** go-containerregistry's own registry: in memory, with referrers, open to everybody. */
export async function startGoRegistry(t: Pick<TestContext, "after">): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const server = await startServer(t, { program: goTool("registry"), args: [`127.0.0.1:${port}`], port });
  return { url: `http://127.0.0.1:${port}`, stop: () => server.stop() };
}

/** A program of this machine. */
export function systemProgram(name: string, remedy: string): string {
  try {
    return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
  } catch {
    return assert.fail(`There is no "${name}" on this machine: ${remedy}`);
  }
}
