import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { resolveUpstream, trustedCertificates, type ResolvedUpstream } from "./upstream.ts";

const fallback = "https://fallback.invalid/simple/";

function resolve(
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
  system: "linux" | "darwin" = "linux",
): Promise<ResolvedUpstream> {
  return resolveUpstream({ env, home: "/home/a", reader: { readTextIfThere: async (file) => files[file] }, fallback, system });
}

async function chosen(
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<readonly [string, string]> {
  const { indexUrl, source } = await resolve(env, files);
  return [indexUrl, source];
}

test("without any configuration it is the default", async () => {
  assert.deepEqual(await chosen({}), [fallback, "the default"]);
});

test("variables come before files, uv's before pip's", async () => {
  const files = { "/etc/pip.conf": "[global]\nindex-url = https://file.invalid/simple" };
  assert.deepEqual(await chosen({ PIP_INDEX_URL: "https://pip.invalid/s" }, files), ["https://pip.invalid/s/", "PIP_INDEX_URL"]);
  assert.deepEqual(await chosen({ PIP_INDEX_URL: "https://pip.invalid/s", UV_INDEX_URL: "https://uv.invalid/" }), [
    "https://uv.invalid/",
    "UV_INDEX_URL",
  ]);
  assert.deepEqual(await chosen({ UV_INDEX_URL: "https://uv.invalid/", UV_DEFAULT_INDEX: "corp=https://new.invalid/simple" }), [
    "https://new.invalid/simple/",
    "UV_DEFAULT_INDEX",
  ]);
});

test("pip's files: the site's before the user's before the machine's, [install] before [global]", async () => {
  const files = {
    "/etc/xdg/pip/pip.conf": "[global]\nindex-url=https://xdg.invalid",
    "/etc/pip.conf": "[global]\nindex_url: https://machine.invalid/simple",
    "/home/a/.config/pip/pip.conf":
      "# mine\n[install]\nindex-url =\n    https://user.invalid/simple\n[global]\nindex-url = https://not.invalid/",
    "/venv/pip.conf": "[global]\ntimeout = 60\nindex-url = https://site.invalid/simple/",
  };
  assert.deepEqual(await chosen({ VIRTUAL_ENV: "/venv" }, files), ["https://site.invalid/simple/", "/venv/pip.conf"]);
  assert.deepEqual(await chosen({}, files), ["https://user.invalid/simple/", "/home/a/.config/pip/pip.conf"]);
  const machine = { "/etc/pip.conf": files["/etc/pip.conf"], "/etc/xdg/pip/pip.conf": files["/etc/xdg/pip/pip.conf"] };
  assert.deepEqual(await chosen({}, machine), ["https://machine.invalid/simple/", "/etc/pip.conf"]);
  assert.deepEqual(await chosen({ PIP_CONFIG_FILE: "/dev/null" }, machine), [fallback, "the default"]);
  assert.deepEqual(await chosen({ PIP_CONFIG_FILE: "/p" }, { ...machine, "/p": "[global]\nindex-url=https://named.invalid" }), [
    "https://named.invalid/",
    "/p",
  ]);
});

test("pip's files on a Mac", async () => {
  const files = { "/home/a/Library/Application Support/pip/pip.conf": "[global]\nindex-url=https://mac.invalid" };
  assert.equal((await resolve({}, files, "darwin")).indexUrl, "https://mac.invalid/");
  assert.equal((await resolve({}, files)).indexUrl, fallback);
});

test("uv's files: the default index, the older key, pip's section; a named file alone; none at all", async () => {
  const user = "/home/a/.config/uv/uv.toml";
  const table =
    '[[index]]\nurl = "https://extra.invalid/simple"\n[[index]]\nname = "corp"\nurl = "https://corp.invalid/simple"\ndefault = true\n';
  assert.deepEqual(await chosen({}, { [user]: table }), ["https://corp.invalid/simple/", user]);
  assert.deepEqual(await chosen({}, { "/etc/uv/uv.toml": 'index-url = "https://old.invalid"' }), [
    "https://old.invalid/",
    "/etc/uv/uv.toml",
  ]);
  assert.deepEqual(await chosen({}, { [user]: '[pip]\nindex-url = "https://pip.invalid"' }), ["https://pip.invalid/", user]);
  assert.deepEqual(await chosen({ UV_NO_CONFIG: "1" }, { [user]: table }), [fallback, "the default"]);
  assert.deepEqual(await chosen({ UV_CONFIG_FILE: "/own.toml" }, { [user]: table }), [fallback, "the default"]);
  const { notes } = await resolve({}, { [user]: table });
  assert.match(notes.join("\n"), /uv\.toml names more indexes/);
});

test("user information becomes a credential that is not shown, and leaves the address", async () => {
  const resolved = await resolve({ PIP_INDEX_URL: "https://me:p%40ss@mirror.invalid/simple" });

  assert.equal(resolved.indexUrl, "https://mirror.invalid/simple/");
  assert.deepEqual([resolved.credential?.user, resolved.credential?.reveal()], ["me", "p@ss"]);
  const { env: _env, ...shown } = resolved;
  assert.doesNotMatch(`${inspect(shown, { depth: 6 })}${JSON.stringify(shown)}`, /p@ss|p%40ss/);
});

test("what cannot be used or is left out is said", async () => {
  const resolved = await resolve(
    { PIP_INDEX_URL: "/srv/wheels", PIP_EXTRA_INDEX_URL: "https://x.invalid" },
    { "/home/a/.config/uv/uv.toml": "[broken" },
  );

  assert.equal(resolved.indexUrl, fallback);
  assert.deepEqual(resolved.notes, [
    "PIP_EXTRA_INDEX_URL names more indexes, which a rehearsal does not ask",
    "/home/a/.config/uv/uv.toml is no TOML and is left out",
    "The index in PIP_INDEX_URL is no http or https address and is left out",
  ]);
});

test("a certificate bundle of the clients is read, unless Node has it already", async () => {
  const files = { "/ca.pem": "CA", "/etc/pip.conf": "[global]\ncert = /pip-ca.pem", "/pip-ca.pem": "PIP" };
  assert.equal((await resolve({ SSL_CERT_FILE: "/ca.pem" }, { "/ca.pem": "CA" })).certificates, "CA");
  assert.equal((await resolve({}, files)).certificates, "PIP");
  assert.equal((await resolve({ SSL_CERT_FILE: "/ca.pem", NODE_EXTRA_CA_CERTS: "/ca.pem" }, { "/ca.pem": "CA" })).certificates, undefined);
  assert.equal((await resolve({}, {})).certificates, undefined);
});

test("what pip and uv are told to trust is read, unless Node has read it already", async () => {
  const files: Readonly<Record<string, string>> = { "/ca": "CA", "/etc/pip.conf": "[global]\ncert = /conf", "/conf": "CONF" };
  const trusted = (env: Readonly<Record<string, string>>): Promise<string | undefined> =>
    trustedCertificates({ env, home: "/home/a", reader: { readTextIfThere: async (file) => files[file] } });
  assert.equal(await trusted({ PIP_CERT: "/ca" }), "CA");
  assert.equal(await trusted({}), "CONF");
  assert.equal(await trusted({ PIP_CERT: "/ca", NODE_EXTRA_CA_CERTS: "/ca" }), undefined);
});
