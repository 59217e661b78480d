import assert from "node:assert/strict";
import { test } from "node:test";
import { idsOf, lines, type Shown } from "../../../test/support/doctor.ts";
import { tokenPathFindings } from "./token-paths.ts";

const tokenless = "pypi: { registry: pypi, credentials: trusted-publishing }";
const find = (shown: Shown) => lines(tokenPathFindings, shown);
const only = async (id: string, shown: Shown) => (await find(shown)).filter((line) => line.startsWith(`${id} `));

test("DR-CRED-02: the token that slipway.yaml names is told by name, set or not, and how far it is within reach", async () => {
  const environments = ["own: { registry: own, credentials: { token: OWN } }"];

  const [missing] = await only("DR-CRED-02", { environments });
  const [set] = await only("DR-CRED-02", { environments, env: { OWN: "s3cret-value" } });
  const [handed] = await only("DR-CRED-02", { environments, env: { OWN_FD: "3" } });

  assert.match(missing ?? "", /^DR-CRED-02 warns: "own" of environment "own": OWN is not set .*→ Set OWN, OWN_FILE or OWN_FD/);
  assert.match(set ?? "", /^DR-CRED-02 fine: .*OWN is set, within reach of every program/);
  assert.doesNotMatch(handed ?? "", /within reach/);
  assert.deepEqual(await only("DR-CRED-02", { environments: [tokenless] }), []);
});

for (const [registry, ecosystem, variable] of [
  ["pypi", "pypi", "TWINE_PASSWORD"],
  ["pypi", "pypi", "UV_PUBLISH_TOKEN"],
  ["pypi", "pypi", "PYPI_TOKEN"],
  ["pypi", "pypi", "POETRY_PYPI_TOKEN_PYPI"],
  ["testpypi", "pypi", "TESTPYPI_API_TOKEN"],
  ["crates", "crates", "CARGO_REGISTRY_TOKEN"],
  ["crates", "crates", "CARGO_REGISTRIES_CRATES_TOKEN"],
  ["npm", "npm", "NODE_AUTH_TOKEN"],
  ["npm", "npm", "npm_config_//registry.example/:_authToken"],
  ["ghcr", "oci", "DOCKER_AUTH_CONFIG"],
] as const) {
  test(`DR-PATH-01: ${variable} opens ${registry} beside the way that slipway.yaml means, and is told without its value`, async () => {
    const credentials = ecosystem === "oci" ? "forge" : "trusted-publishing";
    const shown: Shown = {
      environments: [`p: { registry: ${registry}, credentials: ${credentials} }`],
      ...(ecosystem === "oci" ? { steps: [] } : {}),
      ecosystem,
    };

    const [one, ...more] = await only("DR-PATH-01", { ...shown, env: { [variable]: "s3cret-value" } });

    assert.ok(one?.startsWith(`DR-PATH-01 warns: ${variable} is set: clients publish demo`), one);
    assert.ok(one?.includes(`to "${registry}" of environment "p" with it`), one);
    assert.doesNotMatch(one ?? "", /s3cret/);
    assert.deepEqual([more, await only("DR-PATH-01", shown)], [[], []]);
  });
}

test("DR-PATH-01: a token handed over as a file is a way as well; a filler, and a token of another ecosystem, are none", async () => {
  const shown = { environments: [tokenless] };
  assert.equal((await only("DR-PATH-01", { ...shown, env: { TWINE_PASSWORD_FILE: "/run/token" } })).length, 1);
  assert.deepEqual(await only("DR-PATH-01", { ...shown, env: { CARGO_REGISTRY_TOKEN: "x", NPM_TOKEN: "x" } }), []);
  const npm: Shown = { environments: ["npm: { registry: npm, credentials: trusted-publishing }"], ecosystem: "npm" };
  assert.deepEqual(await only("DR-PATH-01", { ...npm, env: { NODE_AUTH_TOKEN: "XXXXX-XXXXX-XXXXX-XXXXX" } }), []);
});

test("DR-PATH-01: the variable that slipway.yaml names itself is told by its own finding alone", async () => {
  const environments = ["pypi: { registry: pypi, credentials: { token: PYPI_TOKEN } }"];
  assert.deepEqual(await only("DR-PATH-01", { environments, env: { PYPI_TOKEN: "x" } }), []);
});

test("DR-PATH-02: a fallback token that is set is an open way; declared alone it is fine", async () => {
  const environments = [
    "pypi: { registry: pypi, credentials: { use: trusted-publishing, fallback: { token: BREAK, by: engineers, uses: 1 } } }",
  ];

  const [set] = await only("DR-PATH-02", { environments, env: { BREAK: "x" } });
  const [unset] = await only("DR-PATH-02", { environments });

  assert.match(set ?? "", /^DR-PATH-02 warns: .*the fallback token BREAK is set, which opens demo .*→ Unset BREAK, and revoke/);
  assert.match(unset ?? "", /^DR-PATH-02 fine: .*for engineers is declared, and BREAK is not set here/);
  assert.deepEqual(await only("DR-PATH-02", { environments: [tokenless] }), []);
});

test("DR-PATH-03: the token for first versions is an open way once every package is there", async () => {
  const shown: Shown = {
    environments: ["c: { registry: crates, credentials: { use: trusted-publishing, first: { token: FIRST } } }"],
    ecosystem: "crates",
    names: ["one", "two"],
  };
  const later = (_registry: string, name: string) =>
    name === "two" ? ({ kind: "absent" } as const) : ({ kind: "listed", versions: [] } as const);

  const [set] = await only("DR-PATH-03", { ...shown, env: { FIRST: "x" } });

  assert.match(set ?? "", /^DR-PATH-03 warns: .*FIRST is set, and was for first versions.*\("?slipway\.yaml.*knows one, two\)/);
  assert.deepEqual(idsOf(await only("DR-PATH-03", shown)), ["DR-PATH-03 fine"]);
  assert.deepEqual(await only("DR-PATH-03", { ...shown, versions: later, env: { FIRST: "x" } }), []);
  assert.deepEqual(await only("DR-PATH-03", { ...shown, versions: () => ({ kind: "unknown", why: "502" }), env: { FIRST: "x" } }), []);
});

test("DR-PATH-04: a stored token at a registry that takes identities is an open way; at one's own index nobody knows", async () => {
  const environments = ["p: { registry: pypi, credentials: { token: T } }"];
  const own = ["p: { registry: own, credentials: { token: T } }"];

  const [one] = await only("DR-PATH-04", { environments });

  assert.match(
    one ?? "",
    /^DR-PATH-04 warns: "pypi" of environment "p" publishes demo with a stored token, and takes identities.*--publishers/,
  );
  const [client] = await only("DR-PATH-04", { environments: ["p: { registry: pypi, credentials: client }"] });
  assert.match(client ?? "", /^DR-PATH-04 warns: .*credentials: client/);
  assert.deepEqual(await only("DR-PATH-04", { environments: own }), []);
  assert.deepEqual(await only("DR-PATH-04", { environments, login: "none" }), []);
  assert.deepEqual(await only("DR-PATH-04", { environments: [tokenless] }), []);
});

test("DR-PATH-11: what only a registry's owners see is said, with the page and what to do, and counts for nothing", async () => {
  const [one] = await only("DR-PATH-11", { environments: [tokenless] });
  assert.match(
    one ?? "",
    /^DR-PATH-11 cannot-be-tried: Whether "pypi" takes stored tokens for demo .*the page is https:\/\/pages\.example\/demo.*→ Remove API tokens/,
  );
  assert.deepEqual(await only("DR-PATH-11", { environments: ["p: { registry: pypi, credentials: { token: T } }"] }), []);
});
