import assert from "node:assert/strict";
import { test } from "node:test";
import { kelpPlan, registries } from "../../test/support/closing.ts";
import { anEnvironment, aPlannedStep } from "../../test/support/ports.ts";
import { anActingStep, anEffect, clear, listed, passed, planOf, stateOf, started, verified, type Told } from "../../test/support/runs.ts";
import type { JsonObject } from "../domain/configuration.ts";
import type { Effect } from "../domain/run/effect.ts";
import type { Fact } from "../domain/run/fact.ts";
import { closingOf } from "./closing.ts";

const sha256 = "ab".repeat(32);
const environment = anEnvironment({ name: "all", registries: [registries.crates, registries.npm, registries.ghcr] });
const plan = planOf([aPlannedStep({ id: "build" }), anActingStep({ environment: "all" })], {
  environments: [environment],
  packages: kelpPlan.packages,
  ...(kelpPlan.forge === undefined ? {} : { forge: kelpPlan.forge }),
});

function effectAt(target: string, key: string, data: JsonObject, parts: Partial<Effect> = {}): Effect {
  return anEffect({ key, target, data, ...parts });
}

const crate = effectAt("crates", "crate", { package: "kelp-core", version: "0.2.0", name: "kelp-core-0.2.0.crate", sha256 });
const tarball = effectAt("npm", "npm", { package: "@example/kelp", version: "0.2.0", name: "k.tgz", sha256, registryDigest: "sha512-x" });
const named = { package: "example/kelp", version: "0.2.0" };
const image = effectAt("ghcr", "image", { ...named, name: "k.tar", sha256, registryDigest: "sha256:1" });
const index = effectAt("ghcr", "index", { ...named, form: "index", name: "k@sha256:2", sha256, registryDigest: "sha256:2" });
const channel = effectAt("ghcr", "channel", { ...named, form: "channel", channel: "latest" });
const asset = effectAt(
  "forge",
  "asset",
  { kind: "asset", wanted: { tag: "v0.2.0" }, name: "kelp-linux", sha256, artifact: { kind: "binary", package: "command" } },
  { shownBy: "page" },
);
const page = effectAt("forge", "page", { kind: "published", wanted: { tag: "v0.2.0" } });
const branch = effectAt("origin", "branch", { refs: ["refs/heads/main"] });

const all = [crate, tarball, image, index, channel, asset, page, branch];

function rowsAfter(done: readonly Effect[]) {
  const facts: readonly Fact[] = [
    passed,
    started("publish"),
    listed("publish", all),
    clear("publish"),
    ...done.map(({ key }) => verified(key)),
  ];
  return closingOf(
    stateOf(
      plan,
      facts.map((fact, at): Told => [at, fact]),
    ),
  );
}

test("closingOf() has everything that was seen to be there, each once, with the digest that its registry names it by", () => {
  assert.deepEqual(
    rowsAfter(all).map((row) => [row.channel, row.package, row.channels.join(), row.digests.map(({ digest }) => digest).join()]),
    [
      ["crates", "kelp-core", "", `sha256:${sha256}`],
      ["npm", "@example/kelp", "", "sha512-x"],
      ["ghcr", "example/kelp", "latest", "sha256:2"],
      ["release page", "v0.2.0", "", ""],
      ["release page", "kelp-linux", "", `sha256:${sha256}`],
    ],
  );
});

test("closingOf() has nothing that was not seen, and no file of a draft that nobody else sees", () => {
  assert.deepEqual(rowsAfter([]), []);
  assert.deepEqual(
    rowsAfter([crate, asset, branch]).map(({ channel: at }) => at),
    ["crates"],
  );
});
