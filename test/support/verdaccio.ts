// A real verdaccio on loopback: one for a test file, seen through a door of its own and emptied for each test.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { npmTestTool } from "./npm-programs.ts";
import { freePort, openDoor, startServer } from "./test-tools.ts";

export interface Verdaccio {
  /** Root for one test, and what shuts it. What was published before is gone. */
  open(t: Pick<TestContext, "after">): Promise<{ readonly registryUrl: string; shut(): Promise<void> }>;
  readonly token: string;
}

/** @param folder for its data, empty; @param packages that tests publish */
export async function startVerdaccio(t: Pick<TestContext, "after">, folder: string, packages: readonly string[]): Promise<Verdaccio> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const configuration = join(folder, "config.yaml");
  writeFileSync(
    configuration,
    [
      `storage: ${JSON.stringify(join(folder, "storage"))}`,
      `auth: { htpasswd: { file: ${JSON.stringify(join(folder, "htpasswd"))}, max_users: 10 } }`,
      "uplinks: {}",
      "packages: { '**': { access: $all, publish: $authenticated, unpublish: $authenticated } }",
      "max_body_size: 100mb",
      "log: { type: stdout, format: pretty, level: error }",
      "web: { enable: false }",
      "",
    ].join("\n"),
  );
  const args = [npmTestTool("verdaccio/bin/verdaccio"), "--listen", `127.0.0.1:${port}`, "--config", configuration];
  await startServer(t, { program: process.execPath, args, port, cwd: folder });
  const user = { name: "slip", password: "a-password-of-a-test" };
  const made = await fetch(`${url}/-/user/org.couchdb.user:slip`, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(user),
  });
  const { token } = (await made.json()) as { readonly token: string };
  assert.equal(made.status, 201);
  return {
    token,
    open: async (t) => {
      for (const name of packages) await forget(url, name, token);
      const door = await openDoor(t, port);
      return { registryUrl: `http://127.0.0.1:${door.port}/`, shut: () => door.shut() };
    },
  };
}

async function forget(url: string, name: string, token: string): Promise<void> {
  const address = `${url}/${encodeURIComponent(name)}`;
  const headers = { authorization: `Bearer ${token}` };
  const found = await fetch(address, { headers });
  if (found.status !== 200) return;
  const { _rev: revision } = (await found.json()) as { readonly _rev: string };
  const gone = await fetch(`${address}/-rev/${revision}`, { method: "DELETE", headers });
  assert.equal(gone.status, 201, await gone.text());
}
