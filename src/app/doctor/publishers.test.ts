import assert from "node:assert/strict";
import { test } from "node:test";
import { knownForges } from "../../domain/known-services.ts";
import { aroundOf, idsOf, lines, type Shown } from "../../../test/support/doctor.ts";
import { publishersOf, trustedRepository } from "../publishers.ts";
import { publisherFindings } from "./publishers.ts";

const workflow = (environment: string) =>
  `on: push\npermissions: {}\njobs:\n  publish: { permissions: { id-token: write }, environment: ${environment} }\n`;
const tokenless: Shown = {
  environments: ["pypi: { registry: pypi, credentials: trusted-publishing }"],
  workflows: { "release.yml": workflow("pypi") },
};
const find = (shown: Shown) => lines(publisherFindings, shown);
const only = async (id: string, shown: Shown) => (await find(shown)).filter((line) => line.startsWith(`${id} `));
const gitlabForge = { ...tokenless, forge: "", remote: "git@gitlab.example:group/part/demo.git" };

test("DR-PUB-01: what the registry is to be told is said with the page; nobody can see what it was told", async () => {
  const found = await find(tokenless);
  assert.deepEqual(idsOf(found), ["DR-PUB-01 cannot-be-tried"]);
  assert.match(
    found[0] ?? "",
    /"pypi" trusts repository "acme\/demo", workflow "release\.yml", environment "pypi" for demo.*https:\/\/pages\.example\/demo\/publishing.*--publishers/,
  );
});

test("no finding about publishers where nothing is opened without a token, or nothing is published", async () => {
  assert.deepEqual(await find({ environments: ["pypi: { registry: pypi, credentials: { token: T } }"] }), []);
  assert.deepEqual(await find({ ...tokenless, steps: [] }), []);
});

test("DR-PUB-02: without a repository, and at a forge whose identities nobody takes, nobody can be trusted", async () => {
  const [unknown] = await only("DR-PUB-02", { ...tokenless, forge: "" });
  const [gitea] = await only("DR-PUB-02", {
    ...tokenless,
    forge: 'forge: { kind: gitea, url: "http://127.0.0.1:1", repository: acme/demo }',
  });
  assert.match(
    unknown ?? "",
    /^DR-PUB-02 blocks: "pypi" of environment "pypi": nobody can be trusted\. Neither slipway\.yaml nor the remote says/,
  );
  assert.match(gitea ?? "", /^DR-PUB-02 blocks: .*takes identities of a gitea server/);
  assert.deepEqual(await only("DR-PUB-02", tokenless), []);
});

test("DR-PUB-03: a registry that takes tokens only is told", async () => {
  assert.match((await only("DR-PUB-03", { ...tokenless, login: "none" }))[0] ?? "", /^DR-PUB-03 blocks: .*takes tokens only/);
  assert.deepEqual(await only("DR-PUB-03", tokenless), []);
});

test("DR-PUB-04: the work tree's own files are read, one that cannot be read is told, and one that is missing", async () => {
  assert.match(
    (await only("DR-PUB-04", { ...tokenless, workflows: { "ship.yml": workflow("pypi") } }))[0] ?? "",
    /no such file .*"publish" of ship\.yml/,
  );
  const broken = await only("DR-PUB-04", { ...tokenless, workflows: { ...tokenless.workflows, "test.yml": "a: [" } });
  assert.match(broken[0] ?? "", /^DR-PUB-04 warns: Workflow "test\.yml" cannot be read/);
  assert.deepEqual(await only("DR-PUB-04", { ...tokenless, workflows: { ...tokenless.workflows, "notes.txt": "a: [" } }), []);
});

test("every registry is judged by its own environment", async () => {
  const environments = [
    "testpypi: { registry: testpypi, credentials: trusted-publishing }",
    "production: { registry: pypi, credentials: trusted-publishing }",
  ];
  const found = await only("DR-PUB-07", { environments, workflows: { "release.yml": workflow("testpypi") } });
  assert.equal(found.length, 1);
  assert.match(found[0] ?? "", /environment "production", which "pypi" is to trust \(job "publish" is in "testpypi"\)/);
});

test("DR-PUB-09: a repository under `forge:` that is not the remote's is told", async () => {
  const host = knownForges[0]?.host ?? "";
  const [one] = await only("DR-PUB-09", { ...tokenless, remote: `git@${host}:acme/renamed.git` });
  assert.match(one ?? "", /^DR-PUB-09 warns: slipway\.yaml names the repository "acme\/demo", and "origin" is "acme\/renamed"/);
  for (const remote of [`https://${host}/Acme/Demo.git`, "/srv/git/demo.git"])
    assert.deepEqual(await only("DR-PUB-09", { ...tokenless, remote }), []);
});

test("publishersOf() tells the exact values for every package at every registry, and the page for one that is not there yet", async () => {
  const around = await aroundOf({
    environments: [
      "testpypi: { registry: testpypi, credentials: trusted-publishing }",
      "production: { registry: pypi, credentials: { token: T } }",
      "own: { registry: own, credentials: { token: T } }",
    ],
    names: ["one", "two"],
    login: { pendingSettings: "https://pages.example/account" },
  });

  const { publishers, notes } = publishersOf(around, await trustedRepository(around));

  assert.deepEqual(
    publishers.map((one) => [one.registry, one.package, one.use]),
    [
      ["testpypi", "one", "trusted-publishing"],
      ["testpypi", "two", "trusted-publishing"],
      ["pypi", "one", "possible"],
      ["pypi", "two", "possible"],
    ],
  );
  assert.deepEqual(publishers[3]?.fields, [
    { name: "project", value: "two" },
    { name: "owner", value: "acme" },
    { name: "repository", value: "demo" },
    { name: "workflow", value: "release.yml" },
    { name: "environment", value: "production" },
  ]);
  assert.deepEqual(
    [publishers[3]?.page, publishers[3]?.pendingPage],
    ["https://pages.example/two/publishing", "https://pages.example/account"],
  );
  assert.deepEqual(notes, []);
});

test("publishersOf() of a remote at GitLab says what GitLab is asked for, and what is not known", async () => {
  const around = await aroundOf({ ...gitlabForge, committed: { ".gitlab-ci.yml": "a: 1" } });
  const [one] = publishersOf(around, await trustedRepository(around)).publishers;
  assert.deepEqual(
    one?.fields.map(({ name, value }) => `${name}=${value}`),
    ["project=demo", "namespace=group/part", "repository=demo", "pipeline file=.gitlab-ci.yml", "environment=pypi"],
  );
  assert.match(one?.unknown.join(" ") ?? "", /CI\/CD configuration file.*GitLab's own.*cannot be renewed/);
  assert.deepEqual(idsOf(await find(gitlabForge)), ["DR-PUB-01 cannot-be-tried"]);
});

test("publishersOf() says why there is nothing to enter", async () => {
  const none = await aroundOf({ ...tokenless, login: "none" });
  const nowhere = await aroundOf({ ...tokenless, forge: "" });
  const idle = await aroundOf({ ...tokenless, steps: [] });
  for (const [around, why] of [
    [none, /No registry of slipway\.yaml takes identities/],
    [nowhere, /forge: \{ kind: github/],
    [idle, /No step publishes in environment "pypi"/],
  ] as const) {
    const told = publishersOf(around, await trustedRepository(around));
    assert.deepEqual(told.publishers, []);
    assert.match(told.notes.join(" "), why);
  }
});
