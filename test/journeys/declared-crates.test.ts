// A workspace for a crate registry of one's own, by the real program: its manifests name that registry's index, in what cargo
// packs as well. The rehearsal stands in the registry's place for all of it, and the release then goes to the registry itself.
import assert from "node:assert/strict";
import path from "node:path";
import { after, before, test } from "node:test";
import { createSystemClock } from "../../src/platform/clock.ts";
import { startRehearsalCrates, type RehearsalCrates } from "../../src/registries/crates/rehearsal/server.ts";
import { makeBed, readReport, told, type Bed } from "../support/bed.ts";
import { giveRust } from "../support/grid-servers.ts";

const base = "slipway-example-wrack-base";
const top = "slipway-example-wrack";
const files = [`${base}-0.1.0.crate`, `${top}-0.1.0.crate`];
const about = 'version = "0.1.0"\nedition = "2021"\ndescription = "Wrack"\nlicense = "MIT"\npublish = ["own"]\n';

let bed: Bed;
let own: RehearsalCrates;

/** @param index root of the declared registry's index */
function project(index: string): Readonly<Record<string, string>> {
  return {
    "slipway.yaml": `slipway: 1
project: wrack
packages: { wrack: { path: ., ecosystem: crates, members: publishable, tag: "v{version}" } }
on: { tag: wrack }
registries:
  own: { ecosystem: crates, url: "${index}" }
environments:
  own: { registry: own, credentials: { token: OWN_TOKEN } }
steps:
  build: { uses: build-crate }
  own: { uses: publish, environment: own }
  installs: { uses: verify-install, with: { from: own, version: ${top} } }
`,
    ".cargo/config.toml": `[registries.own]\nindex = "sparse+${index}"\n`,
    ".gitignore": "/target\n",
    "Cargo.toml": '[workspace]\nresolver = "2"\nmembers = ["base", "top"]\n',
    "base/Cargo.toml": `[package]\nname = "${base}"\n${about}`,
    "base/src/lib.rs": 'pub const VERSION: &str = "0.1.0";\n',
    "top/Cargo.toml": `[package]\nname = "${top}"\n${about}\n[dependencies]\n${base} = { path = "../base", version = "0.1.0", registry = "own" }\n`,
    "top/src/main.rs": `fn main() {\n    println!("wrack {}", ${base.replaceAll("-", "_")}::VERSION);\n}\n`,
  };
}

before(async () => {
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-own-${process.pid}`);
  own = await startRehearsalCrates({ ours: [base, top], clock: createSystemClock(), storeFolder: folder, announced: false });
  bed = makeBed({ example: { files: project(own.indexUrl) }, tag: "v0.1.0" });
  giveRust(bed);
});

after(async () => {
  await own.close();
  bed.remove();
});

test(
  "crates whose manifests name the declared registry are rehearsed in its place, and nothing reaches it",
  { timeout: 300_000 },
  async () => {
    const ended = await bed.slipway(["rehearse", "--json"]);
    assert.equal(ended.code, 0, told(ended));

    assert.deepEqual(readReport(ended).files.map(({ name, outcome }) => [name, outcome]), files.map((name) => [name, "published"])); // prettier-ignore
    assert.deepEqual(own.received(), []);
  },
);

test("released for real, they are in the declared registry once, and cargo installs from there", { timeout: 300_000 }, async () => {
  const ended = await bed.slipway(["run", "--json"], { OWN_TOKEN: "crates-token-of-our-own" });
  assert.equal(ended.code, 0, told(ended));

  assert.deepEqual(own.received().map(({ name, stored, repeated }) => [name, stored, repeated]), files.map((name) => [name, 1, 0])); // prettier-ignore
});
