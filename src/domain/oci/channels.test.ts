import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { channelPatternFault, nameChannels } from "./channels.ts";

const patterns = ["{version}", "{major}.{minor}", "{major}", "latest"];

/** Names that the version may have, and those that are held. */
function named(version: string, others: readonly string[], from = patterns): readonly [free: readonly string[], held: readonly string[]] {
  const found = nameChannels(from, version, others);
  assert.equal(found.kind, "named", JSON.stringify(found));
  if (found.kind !== "named") return [[], []];
  const free = found.channels.filter((one) => one.held === undefined).map((one) => one.name);
  return [free, found.channels.filter((one) => one.held !== undefined).map((one) => one.name)];
}

describe("nameChannels", () => {
  test("the highest final version moves them all", () => {
    assert.deepEqual(named("1.3.0", ["1.2.3", "2.0.0-rc.1", "no version"]), [["1.3.0", "1.3", "1", "latest"], []]);
  });

  test("a hotfix of an older line moves only names of that line", () => {
    assert.deepEqual(named("1.2.4", ["1.2.3", "1.3.0", "1.2.4"]), [
      ["1.2.4", "1.2"],
      ["1", "latest"],
    ]);
    assert.deepEqual(named("1.2.4", ["1.2.5"]), [["1.2.4"], ["1.2", "1", "latest"]]);
    assert.deepEqual(named("1.9.0", ["2.0.0"]), [["1.9.0", "1.9", "1"], ["latest"]]);
  });

  test("a prerelease moves only names with the whole version, even the first of all", () => {
    assert.deepEqual(named("2.0.0-rc.1", []), [["2.0.0-rc.1"], ["2.0", "2", "latest"]]);
    assert.deepEqual(named("2.0.0-rc.1", [], ["v{version}-slim", "rc"]), [["v2.0.0-rc.1-slim"], ["rc"]]);
  });

  test("what holds a channel is named", () => {
    const found = nameChannels(["latest"], "1.2.4", ["1.3.0", "1.4.0"]);
    assert.match(found.kind === "named" ? (found.channels[0]?.held ?? "") : "", /"1\.4\.0" is published already and higher than "1\.2\.4"/);
  });

  test("build metadata is written with an underscore, and a name occurs once", () => {
    assert.deepEqual(named("1.0.0+b.5", [], ["{version}", "{version}", "{major}.{minor}.{patch}"]), [["1.0.0_b.5", "1.0.0"], []]);
    assert.deepEqual(named("1.0.0", [], ["{major}.{minor}.{patch}", "{version}"]), [["1.0.0"], []]);
  });

  test("a name that only the whole version frees is free", () => {
    assert.deepEqual(named("1.0.0", ["1.0.0+x"], ["latest"]), [["latest"], []]);
  });

  test("refuses patterns that make no tag, and versions that are none", () => {
    assert.match(channelPatternFault("{name}") ?? "", /has "\{name\}", and only \{version\}, \{major\}/);
    assert.match(channelPatternFault("a/b") ?? "", /should be letters/);
    assert.equal(channelPatternFault("v{major}"), undefined);
    assert.equal(nameChannels(["+"], "1.0.0", []).kind, "invalid");
    assert.equal(nameChannels(["latest"], "1.0", []).kind, "invalid");
    assert.equal(
      nameChannels(
        Array.from({ length: 51 }, () => "latest"),
        "1.0.0",
        [],
      ).kind,
      "invalid",
    );
  });
});
