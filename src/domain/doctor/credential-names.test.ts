import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cargoRegistries,
  dockerHosts,
  forgeHosts,
  gitCredentialHosts,
  hostOf,
  netrcHosts,
  npmrcHosts,
  poetryNames,
  pypircSections,
} from "./credential-names.ts";

const secret = "s3cret";

test("what a file opens is told by name, and its secrets are in nothing that is given back", async () => {
  const told = [
    pypircSections(`[pypi]\nusername=a\npassword=${secret}\n[work]\nrepository: http://127.0.0.1/\nPassword : ${secret}\n`),
    npmrcHosts(`registry=http://x/\n//a.example/npm/:_authToken=${secret}\n//b.example/:_password="${secret}"\n_auth = ${secret}\n`),
    await cargoRegistries(`[registry]\ntoken = "${secret}"\n[registries.own]\nsecret-key = "${secret}"\n[registries.open]\nindex = "x"\n`),
    dockerHosts(JSON.stringify({ auths: { "https://a.example/v1/": { auth: secret }, b: { identitytoken: secret }, c: {} } })),
    await forgeHosts(`a.example:\n  users:\n    ann: { oauth_token: ${secret} }\nb.example: { user: ann }\nversion: 1\n`),
    gitCredentialHosts(`https://ann:${secret}@a.example\nhttps://ann:${secret}@a.example/x\nnothing\n`),
    netrcHosts(`machine a.example login x password ${secret}\ndefault login y\n\tmachine b.example\n`),
    await poetryNames(`[pypi-token]\npypi = "${secret}"\n[http-basic.own]\nusername = "a"\n`),
  ];

  assert.deepEqual(told, [
    [{ name: "pypi" }, { name: "work", url: "http://127.0.0.1/" }],
    ["a.example/npm", "b.example", ""],
    ["crates", "own"],
    ["a.example", "b"],
    [
      { host: "a.example", inFile: true },
      { host: "b.example", inFile: false },
    ],
    ["a.example"],
    ["a.example", "b.example"],
    ["pypi", "own"],
  ]);
  assert.doesNotMatch(JSON.stringify(told), /s3cret/);
});

test("a comment, an empty value and the name of a variable open nothing", () => {
  assert.deepEqual(pypircSections(`[pypi]\n; password = ${secret}\npassword =\n`), []);
  assert.deepEqual(npmrcHosts(`# //a.example/:_authToken=${secret}\n//a.example/:_authToken=\${TOKEN}\n//b.example/:_authToken=\n`), []);
});

test("what is of another form tells nothing, and throws nothing", async () => {
  for (const text of ["", "[", "{", "\u0000", "[[[[", "a: [", "x".repeat(100_000), '{"auths": []}', "- a\n- b", "&a [*a]"]) {
    const told = [
      pypircSections(text),
      npmrcHosts(text),
      await cargoRegistries(text),
      dockerHosts(text),
      await forgeHosts(text),
      netrcHosts(text),
      await poetryNames(text),
    ];
    assert.deepEqual(told.flat(), [], JSON.stringify(text.slice(0, 20)));
  }
});

test("hostOf() reads addresses and what clients write in their place", () => {
  assert.deepEqual(["https://a.example/v1/", "a.example", "sparse+https://i.example/", "127.0.0.1:5000"].map(hostOf), [
    "a.example",
    "a.example",
    "i.example",
    "127.0.0.1:5000",
  ]);
});
