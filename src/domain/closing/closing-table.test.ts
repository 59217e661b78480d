import assert from "node:assert/strict";
import { test } from "node:test";
import { matchGolden } from "../../../test/support/golden.ts";
import { kelpArtifacts, kelpPlan, kelpThings, registries, withoutHosts } from "../../../test/support/closing.ts";
import { aPackage, aPlan, aPlannedStep, anEnvironment } from "../../../test/support/ports.ts";
import type { PlannedRegistry } from "../plan/plan.ts";
import { closingTable, type ClosingRow } from "./closing-table.ts";
import { closingMarkdown } from "./markdown.ts";
import { plannedThings } from "./planned-things.ts";

function rowFor(registry: PlannedRegistry, name: string): ClosingRow {
  const [row] = closingTable({ packages: [] }, [{ kind: "package", registry, name, version: "1.0.0" }]);
  assert.ok(row !== undefined);
  return row;
}

test("closingTable() has one row for each name at each channel, then the install script, then the page with its files", () => {
  const rows = closingTable(kelpPlan, kelpThings);

  assert.deepEqual(
    rows.map(({ channel, package: name, digests }) => [channel, name, digests.length]),
    [
      ["crates", "kelp-core", 1],
      ["crates", "kelp", 1],
      ["pypi", "agent-kelp", 2],
      ["npm", "@example/kelp", 1],
      ["ghcr", "example/kelp", 1],
      ["install script", "install.sh", 1],
      ["release page", "v0.2.0", 0],
      ["release page", "kelp-linux-x86_64", 1],
    ],
  );
});

test("closingTable() names what a package is imported as only where that is another name", () => {
  const packages = [aPackage({ name: "demo", importName: "demo" }), aPackage({ name: "agent-demo", importName: "agent_demo" })];
  const things = packages.map(({ name, version }) => ({ kind: "package", registry: registries.pypi, name, version }) as const);

  assert.deepEqual(
    closingTable({ packages }, things).map(({ importName }) => importName),
    [undefined, "agent_demo"],
  );
});

test("closingTable() installs a crate with a program, and adds any other", () => {
  const [core, kelp] = closingTable(kelpPlan, kelpThings);

  assert.deepEqual(core?.install, ["cargo add kelp-core@0.2.0"]);
  assert.deepEqual([kelp?.install, kelp?.or], [["cargo install kelp --version 0.2.0"], ["cargo add kelp@0.2.0"]]);
});

test("closingTable() pulls an image by the name of its version, and by the digest of the list that joins its platforms", () => {
  const row = closingTable(kelpPlan, kelpThings).find(({ channel }) => channel === "ghcr");

  assert.match(row?.install[0] ?? "", /^docker pull \S+\/example\/kelp:0\.2\.0$/);
  assert.match(row?.or[0] ?? "", /^docker pull \S+\/example\/kelp@sha256:9{64}$/);
  assert.deepEqual(row?.channels, ["latest", "0.2.0"]);
});

test("closingTable() leads to an image by what its registry speaks, and by https where nothing else is declared", () => {
  const link = (url: string | undefined): string | undefined => {
    const { url: _, ...usual } = registries.ghcr;
    return rowFor({ ...usual, ...(url === undefined ? {} : { name: "own", url }) }, "slip/kelp").link;
  };

  assert.equal(link("http://registry.example:5000/"), "http://registry.example:5000/slip/kelp:1.0.0");
  assert.equal(link("https://registry.example"), "https://registry.example/slip/kelp:1.0.0");
  assert.equal(link("registry.example"), "https://registry.example/slip/kelp:1.0.0");
  assert.match(link(undefined) ?? "", /^https:\/\//);
});

const commands: readonly (readonly [string, PlannedRegistry, string, readonly string[]])[] = [
  ["the usual Python index", registries.pypi, "demo", ["pip install demo==1.0.0"]],
  ["a Python index of one's own", registries.ownPypi, "demo", ["pip install --index-url https://devpi.example/team/simple/ demo==1.0.0"]],
  ["the usual npm registry", registries.npm, "demo", ["npm install demo@1.0.0"]],
  ["an npm registry of one's own", registries.ownNpm, "demo", ["npm install --registry https://npm.example/ demo@1.0.0"]],
  ["a scope there", registries.ownNpm, "@our/demo", ["npm install --@our:registry=https://npm.example/ @our/demo@1.0.0"]],
  [
    "an npm registry for trials",
    registries.testNpm,
    "demo",
    ["npm pack --registry https://trial.example/ demo@1.0.0", "npm install ./demo-1.0.0.tgz"],
  ],
  [
    "a crate registry of one's own",
    registries.ownCrates,
    "demo",
    ["CARGO_REGISTRIES_OUR_CRATES_INDEX=sparse+https://crates.example/index/ cargo add demo@1.0.0 --registry our-crates"],
  ],
];
for (const [what, registry, name, install] of commands) {
  test(`closingTable() says how to install from ${what}`, () => {
    assert.deepEqual(rowFor(registry, name).install, install);
  });
}

test("closingTable() has the page of a package where the registry has pages, and what the index shows elsewhere", () => {
  assert.match(withoutHosts(rowFor(registries.pypi, "Agent_Demo").link ?? ""), /^<pypi pages>\/project\/agent-demo\/1\.0\.0\/$/);
  assert.equal(rowFor(registries.ownPypi, "Agent_Demo").link, "https://devpi.example/team/simple/agent-demo/");
  const written = { ...registries.ownPypi, index: "https://devpi.example/team/+simple" };
  assert.equal(rowFor(written, "demo").link, "https://devpi.example/team/+simple/demo/");
  assert.equal(rowFor(registries.ownNpm, "@our/demo").link, "https://npm.example/@our%2fdemo");
  assert.equal(rowFor(registries.ownCrates, "demo").link, undefined);
});

test("closingMarkdown() is commands by channel that can be copied, with links and digests", () => {
  matchGolden("closing/notes.md", withoutHosts(`${closingMarkdown(closingTable(kelpPlan, kelpThings))}\n`));
});

test("closingMarkdown() tells what is only at a test registry as a trial, and leaves it out where the release is", () => {
  const things = [registries.testpypi, registries.pypi].map(
    (registry) => ({ kind: "package", registry, name: "demo", version: "1.0.0" }) as const,
  );
  const [trial, both] = [things.slice(0, 1), things].map((some) => withoutHosts(closingMarkdown(closingTable({ packages: [] }, some))));

  assert.match(
    trial ?? "",
    /^Try it; only the package itself comes from the test index:\n\n```sh\npip download --no-deps --dest try-demo --index-url <testpypi index>\/ demo==1\.0\.0\npip install --find-links try-demo demo==1\.0\.0\n```/,
  );
  assert.match(both ?? "", /^Install:\n\n```sh\npip install demo==1\.0\.0\n```\n\nor `uv pip install demo==1\.0\.0` {2}\n\[demo 1\.0\.0\]/);
  assert.equal(closingMarkdown([]), "");
});

test("plannedThings() are all names at the registries that the plan publishes to, with the digests that are known", () => {
  const environments = [
    anEnvironment({ name: "all", registries: [registries.crates, registries.pypi, registries.npm, registries.ghcr] }),
    anEnvironment({ name: "other", registries: [registries.ownPypi] }),
  ];
  const steps = [aPlannedStep({ id: "publish", kind: "acting", environment: "all" })];

  const things = plannedThings(aPlan({ environments, steps }), kelpPlan.packages, kelpArtifacts);

  assert.deepEqual(
    things.map((one) => (one.kind === "package" ? [one.registry.name, one.name, one.file?.name] : one.kind)),
    [
      ["crates", "kelp-core", "kelp-core-0.2.0.crate"],
      ["crates", "kelp", undefined],
      ["pypi", "agent-kelp", "agent_kelp-0.2.0-py3-none-any.whl"],
      ["npm", "@example/kelp", "example-kelp-0.2.0.tgz"],
      ["ghcr", "example/kelp", undefined],
    ],
  );
  // A pipeline that publishes nothing itself is followed by one that does.
  const later = plannedThings(aPlan({ environments, steps: [] }), kelpPlan.packages, []);
  assert.deepEqual(
    [...new Set(later.map((one) => (one.kind === "package" ? one.registry.name : "")))],
    ["crates", "pypi", "npm", "ghcr", "devpi"],
  );
});
