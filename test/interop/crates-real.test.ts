// What we make of crates that other people published, held against the public registry: from the manifest in the .crate follows
// the publish request, from that the line of the index, and the public index has the very same line.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { publishJson } from "../../src/domain/crates/publish-json.ts";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { lineOf } from "../../src/registries/crates/rehearsal/lines.ts";
import type { WireLine } from "../../src/registries/crates/wire.ts";
import { fetchPackagedCrates, type PackagedCrate, type RealCrate } from "../support/real-crates.ts";

const wanted: readonly RealCrate[] = [
  { name: "anyhow", version: "1.0.98" },
  { name: "bitflags", version: "2.9.1" },
  { name: "clap", version: "4.5.38" },
  { name: "either", version: "1.15.0" },
  { name: "itoa", version: "1.0.15" },
  { name: "log", version: "0.4.27" },
  { name: "rand", version: "0.9.1" },
  { name: "regex", version: "1.11.1" },
  { name: "semver", version: "1.0.26" },
  { name: "serde", version: "1.0.219" },
  { name: "smallvec", version: "1.15.0" },
  { name: "thiserror", version: "2.0.12" },
  { name: "toml", version: "0.8.22" },
];

describe("crates of other people", () => {
  let crates: readonly PackagedCrate[] = [];

  before(async () => {
    crates = await fetchPackagedCrates(wanted);
  });

  for (const [at, { name, version }] of wanted.entries())
    test(`${name} ${version} gets the line that the public index has`, () => {
      const crate = crates[at];
      assert.ok(crate !== undefined);
      const theirs = JSON.parse(crate.line) as WireLine;
      const json: JsonObject = publishJson({ manifest: crate.manifest, readme: undefined, registry: "default" });

      const ours = lineOf(json, theirs.cksum, 0);

      assert.deepEqual(comparable(ours), comparable(theirs));
    });
});

/** The public index sorts what has no order, leaves out what is null, and may have been written before a field existed. */
function comparable(line: WireLine): object {
  const deps = line.deps.map(({ registry: _registry, package: real, features, ...rest }) => ({
    ...rest,
    features: features.toSorted(),
    ...(real === undefined || real === null ? {} : { package: real }),
  }));
  return {
    name: line.name,
    vers: line.vers,
    deps: deps.map((one) => JSON.stringify(Object.entries(one).toSorted())).toSorted(),
    features: line.features,
    features2: line.features2 ?? {},
    links: line.links ?? null,
    rust_version: line.rust_version ?? null,
    v: line.features2 === undefined ? 1 : line.v,
  };
}
