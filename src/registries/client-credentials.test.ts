import assert from "node:assert/strict";
import { test } from "node:test";
import { aRegistry } from "../../test/support/ports.ts";
import type { PlannedRegistry } from "../domain/plan/plan.ts";
import { openClientCredential } from "./client-credentials.ts";

const uploads = "http://127.0.0.1:9/legacy/";
const mine = { name: "mine", credentials: { kind: "client" } } as const;

async function opened(
  parts: Partial<PlannedRegistry>,
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = { HOME: "/home/ada" },
): Promise<readonly [user: string, secret: string, file: string]> {
  const reader = { readTextIfThere: async (file: string) => files[file] };
  const { credential, file } = await openClientCredential(aRegistry({ ...mine, ...parts }), { env, reader });
  return [credential.user, credential.reveal(), file];
}

const missing = { code: "CREDENTIAL_MISSING" };

test("a .pypirc opens the index whose upload address a section has, with its user", async () => {
  const file = "/home/ada/.pypirc";
  const text = `[distutils]\nindex-servers =\n  mine\n\n[other]\nrepository: http://127.0.0.1:9/other/\npassword = pypi-other\n[work]\nrepository = ${uploads.slice(0, -1)}\nusername = ada\npassword = pypi-%s:mine\n`;

  assert.deepEqual(await opened({ url: uploads }, { [file]: text }), ["ada", "pypi-%s:mine", file]);
  await assert.rejects(opened({ url: "http://127.0.0.1:9/third/" }, { [file]: text }), missing);
});

test("a section without an address opens the known index of its name, and no other", async () => {
  const files = { "/home/ada/.pypirc": "[pypi]\npassword = pypi-ada\n[mine]\npassword = pypi-mine\n" };

  assert.deepEqual(await opened({ name: "pypi" }, files), ["__token__", "pypi-ada", "/home/ada/.pypirc"]);
  await assert.rejects(opened({ url: uploads }, files), missing);
});

test("a section that gives a known name another address does not open the known index", async () => {
  await assert.rejects(
    opened({ name: "pypi" }, { "/home/ada/.pypirc": `[pypi]\nrepository = ${uploads}\npassword = pypi-ada\n` }),
    missing,
  );
});

test("an .npmrc opens the registry that the line is for, with variables as npm reads them", async () => {
  const npm = { ecosystem: "npm", url: "http://127.0.0.1:9/npm" } as const;
  const text = "//127.0.0.1:9/npm/:_authToken=${NPM_MINE}\n//127.0.0.1:8/:_authToken=npm_other\n";
  const env = { HOME: "/home/ada", NPM_MINE: "npm_mine" };

  assert.deepEqual(await opened(npm, { "/home/ada/.npmrc": text }, env), ["", "npm_mine", "/home/ada/.npmrc"]);
  const elsewhere = { ...env, NPM_CONFIG_USERCONFIG: "/etc/ada.npmrc" };
  assert.deepEqual(await opened(npm, { "/etc/ada.npmrc": text }, elsewhere), ["", "npm_mine", "/etc/ada.npmrc"]);
  await assert.rejects(opened({ ...npm, url: "http://127.0.0.1:7/" }, { "/home/ada/.npmrc": text }, env), missing);
});

test("cargo's credentials open the registry of their name, and the public one only by its own table", async () => {
  const crates = { ecosystem: "crates", index: "sparse+http://127.0.0.1:9/" } as const;
  const file = "/home/ada/.cargo/credentials.toml";
  const text = '[registry]\ntoken = "public"\n[registries.mine]\ntoken = "Bearer mine"\n';

  assert.deepEqual(await opened(crates, { [file]: text }), ["", "Bearer mine", file]);
  assert.deepEqual(await opened({ name: "crates", ecosystem: "crates" }, { [file]: text }), ["", "public", file]);
  const at = "/opt/cargo/credentials";
  assert.deepEqual(await opened(crates, { [at]: text }, { CARGO_HOME: "/opt/cargo" }), ["", "Bearer mine", at]);
  await assert.rejects(opened({ ...crates, name: "crates" }, { [file]: text }), missing);
});

test("a file that cannot be read as what it is holds nothing, and nothing of it is quoted", async () => {
  const broken = opened(
    { ecosystem: "crates", index: "sparse+http://127.0.0.1:9/" },
    { "/home/ada/.cargo/credentials.toml": 'token = "secret' },
  );

  await assert.rejects(broken, (error: Error) => error.message.includes("hold nothing") && !error.message.includes("secret"));
  await assert.rejects(opened({ url: uploads }, {}), missing);
});

test("images take no client's file", async () => {
  await assert.rejects(opened({ ecosystem: "oci" }, {}), { code: "NOT_YET" });
});
