import assert from "node:assert/strict";
import { test } from "node:test";
import { servicesOf } from "../../domain/known-services.ts";
import { home, idsOf, lines, root, type Shown } from "../../../test/support/doctor.ts";
import { credentialFileFindings, forgeLoginFindings } from "./credential-files.ts";

const python: Shown = { environments: ["pypi: { registry: pypi, credentials: trusted-publishing }"] };
const crates: Shown = { environments: ["c: { registry: crates, credentials: trusted-publishing }"], ecosystem: "crates" };
const npm: Shown = { environments: ["n: { registry: npm, credentials: trusted-publishing }"], ecosystem: "npm" };
const images: Shown = { environments: ["i: { registry: ghcr, credentials: forge }"], steps: [], ecosystem: "oci" };

const hostOf = (url: string | undefined): string => new URL(url ?? "").host;
const upload = servicesOf("pypi").find(({ name }) => name === "pypi")?.addresses.upload ?? "";
const npmHost = hostOf(servicesOf("npm")[0]?.addresses.registry);
const imageHost = hostOf(servicesOf("oci")[0]?.addresses.registry);

const secret = "s3cret-value-of-the-file";

async function find(shown: Shown, files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const found = await lines(credentialFileFindings, { ...shown, files, env });
  for (const line of found) assert.ok(!line.includes(secret), "no value is told");
  return found;
}

test("DR-PATH-05: a section of .pypirc with a password is an open way, by name and by address", async () => {
  const file = `${home}/.pypirc`;
  const named = await find(python, { [file]: `[distutils]\nindex-servers = pypi\n[pypi]\nusername = __token__\npassword = ${secret}\n` });
  const addressed = await find(python, { [file]: `[work]\nrepository = ${upload}\npassword: ${secret}\n` });

  assert.match(
    named[0] ?? "",
    /^DR-PATH-05 warns: "\/home\/ann\/\.pypirc" opens "pypi" for demo, .*\(\/home\/ann\/\.pypirc: pypi\) → Revoke/,
  );
  assert.match(addressed[0] ?? "", /\.pypirc: work \(/);
  for (const [what, text] of [
    ["no password", "[pypi]\nusername = ann\n"],
    ["another index", `[other]\nrepository = http://127.0.0.1:9/\npassword = ${secret}\n`],
    ["a comment", `[pypi]\n# password = ${secret}\n`],
  ] as const)
    assert.deepEqual(await find(python, { [file]: text }), [], what);
});

test("DR-PATH-05: netrc and Poetry open an index as well", async () => {
  const host = hostOf(upload);
  assert.deepEqual(idsOf(await find(python, { [`${home}/.netrc`]: `machine ${host} login __token__ password ${secret}\n` })), [
    "DR-PATH-05 warns",
  ]);
  assert.deepEqual(idsOf(await find(python, { "/n": `machine ${host}\n  password ${secret}\n` }, { NETRC: "/n" })), ["DR-PATH-05 warns"]);
  assert.deepEqual(idsOf(await find(python, { [`${home}/.config/pypoetry/auth.toml`]: `[pypi-token]\npypi = "${secret}"\n` })), [
    "DR-PATH-05 warns",
  ]);
  assert.deepEqual(await find(python, { [`${home}/.netrc`]: "machine other.example login a password b\n" }), []);
});

test("DR-PATH-05: the file that slipway.yaml means itself is within reach, and said", async () => {
  const files = { [`${home}/.pypirc`]: `[pypi]\npassword = ${secret}\n` };
  assert.deepEqual(idsOf(await find({ environments: ["pypi: { registry: pypi, credentials: client }"] }, files)), ["DR-PATH-05 fine"]);
});

test("DR-PATH-06: an .npmrc of the account, of the project or of a package is an open way; a variable's name in it is none", async () => {
  const line = `//${npmHost}/:_authToken=${secret}\n`;
  for (const file of [`${home}/.npmrc`, `${root}/.npmrc`, `${root}/demo/.npmrc`])
    assert.match((await find(npm, { [file]: line }))[0] ?? "", new RegExp(`^DR-PATH-06 warns: "${file}" opens "npm" for demo`));
  assert.deepEqual(idsOf(await find(npm, { "/u": `_auth=${secret}\n` }, { NPM_CONFIG_USERCONFIG: "/u" })), ["DR-PATH-06 warns"]);
  assert.deepEqual(await find(npm, { [`${root}/.npmrc`]: `//${npmHost}/:_authToken=\${NPM_TOKEN}\n` }), []);
  assert.deepEqual(await find(npm, { [`${home}/.npmrc`]: `//other.example/:_authToken=${secret}\n` }), []);
});

test("DR-PATH-07: cargo's credentials are an open way for the registry that they name", async () => {
  const file = `${home}/.cargo/credentials.toml`;
  assert.match(
    (await find(crates, { [file]: `[registry]\ntoken = "${secret}"\n` }))[0] ?? "",
    /^DR-PATH-07 warns: .*opens "crates" for demo.*cargo logout/,
  );
  assert.deepEqual(idsOf(await find(crates, { "/cargo/credentials": `[registry]\ntoken = "${secret}"\n` }, { CARGO_HOME: "/cargo" })), [
    "DR-PATH-07 warns",
  ]);
  assert.deepEqual(await find(crates, { [file]: `[registries.other]\ntoken = "${secret}"\n` }), []);
  assert.deepEqual(await find(crates, { [file]: "no toml at all =\n" }), []);
});

test("DR-PATH-08: what docker and podman keep in a file is an open way; what a helper keeps is not in it", async () => {
  const auths = JSON.stringify({ auths: { [imageHost]: { auth: secret } } });
  for (const [file, env] of [
    [`${home}/.docker/config.json`, {}],
    ["/d/config.json", { DOCKER_CONFIG: "/d" }],
    ["/run/auth.json", { REGISTRY_AUTH_FILE: "/run/auth.json" }],
    ["/run/u/containers/auth.json", { XDG_RUNTIME_DIR: "/run/u" }],
    [`${home}/.config/containers/auth.json`, {}],
  ] as const)
    assert.match((await find(images, { [file]: auths }, env))[0] ?? "", /^DR-PATH-08 warns: .*opens "ghcr" for demo\/image/, file);
  assert.deepEqual(
    await find(images, { [`${home}/.docker/config.json`]: JSON.stringify({ credsStore: "pass", auths: { [imageHost]: {} } }) }),
    [],
  );
  assert.deepEqual(
    await find(images, { [`${home}/.docker/config.json`]: JSON.stringify({ auths: { "other.example": { auth: secret } } }) }),
    [],
  );
});

test("a file that opens nothing of this project is passed over, and one that cannot be read is said", async () => {
  assert.deepEqual(await find(crates, { [`${home}/.pypirc`]: `[pypi]\npassword = ${secret}\n` }), []);
  const files = {
    info: async () => ({ kind: "file", sizeBytes: 10 }),
    readTextIfThere: async () => Promise.reject(new Error("no")),
    list: async () => [],
  } as never;
  const found = await lines(credentialFileFindings, { ...python, world: { files } });
  assert.ok(found.length > 0 && found.every((line) => line.startsWith("DR-PATH-05 cannot-be-tried: ")), found.join("\n"));
});

test("DR-PATH-09: a login of gh or glab in a file opens the forge's images; elsewhere it is within reach, and said", async () => {
  const gh = { [`${home}/.config/gh/hosts.yml`]: `forge.example:\n  user: ann\n  oauth_token: ${secret}\n` };
  const keychain = { "/gh/hosts.yml": "forge.example:\n  user: ann\n  users: { ann: {} }\n" };
  const glab = { [`${home}/.config/glab-cli/config.yml`]: `git_protocol: ssh\nhosts:\n  gitlab.example:\n    token: ${secret}\n` };

  const [open] = await lines(forgeLoginFindings, { ...images, files: gh });
  const [kept] = await lines(forgeLoginFindings, { ...images, files: keychain, env: { GH_CONFIG_DIR: "/gh" } });
  const [within] = await lines(forgeLoginFindings, { ...python, files: glab });

  assert.match(
    open ?? "",
    /^DR-PATH-09 warns: gh is logged in to forge\.example with a token in a file.*publishes demo\/image.*in the file itself/,
  );
  assert.match(kept ?? "", /^DR-PATH-09 fine: gh is logged in.*in the system's keychain/);
  assert.match(within ?? "", /^DR-PATH-09 fine: glab is logged in to gitlab\.example/);
  assert.ok(![open, kept, within].join("").includes(secret));
  assert.deepEqual(await lines(forgeLoginFindings, python), []);
});

test("DR-PATH-09: passwords that git stores in plain text warn, with the hosts alone", async () => {
  const [one] = await lines(forgeLoginFindings, {
    ...python,
    files: { [`${home}/.git-credentials`]: `https://ann:${secret}@git.example\n` },
  });
  assert.match(one ?? "", /^DR-PATH-09 warns: git keeps passwords in plain text for git\.example/);
  assert.ok(!one?.includes(secret));
});

test("DR-PATH-10: an agent that can push the tag which starts a release is said", async () => {
  const tagged: Shown = { ...python, on: "{ tag: demo }", remote: "git@forge.example:acme/demo.git" };
  const env = { SSH_AUTH_SOCK: "/run/agent" };
  assert.match((await lines(forgeLoginFindings, { ...tagged, env }))[0] ?? "", /^DR-PATH-10 fine: .*a tag starts "release"/);
  assert.deepEqual(await lines(forgeLoginFindings, tagged), []);
  assert.deepEqual(await lines(forgeLoginFindings, { ...python, remote: "git@forge.example:acme/demo.git", env }), []);
  assert.deepEqual(await lines(forgeLoginFindings, { ...tagged, remote: "https://forge.example/acme/demo.git", env }), []);
});
