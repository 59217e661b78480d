import assert from "node:assert/strict";
import { test } from "node:test";
import { retreatFrom } from "./retreat.ts";

test("`latest` goes back to the highest lower final version, and never forwards", () => {
  assert.deepEqual(retreatFrom("latest", "2.0.0", ["1.4.0", "2.1.0", "1.9.0-rc.1", "1.2.0"]), { kind: "back", to: "1.4.0" });
});

test("`latest` goes back to a prerelease where no final version remains, and stays where nothing does", () => {
  assert.deepEqual(retreatFrom("latest", "1.0.0", ["1.0.0-rc.2", "1.0.0-rc.1"]), { kind: "back", to: "1.0.0-rc.2" });
  assert.deepEqual(retreatFrom("latest", "1.0.0", ["1.1.0"]), { kind: "stays" });
  assert.deepEqual(retreatFrom("latest", "1.0.0", []), { kind: "stays" });
});

test("the tag of an older line goes back within its line, or goes", () => {
  assert.deepEqual(retreatFrom("release-1.x", "1.2.4", ["1.2.3", "0.9.0", "2.0.0"]), { kind: "back", to: "1.2.3" });
  assert.deepEqual(retreatFrom("release-1.x", "1.0.0", ["0.9.0", "2.0.0"]), { kind: "gone" });
});

test("the tag of a prerelease goes back to one of the same kind, or goes", () => {
  assert.deepEqual(retreatFrom("rc", "2.0.0-rc.2", ["2.0.0-rc.1", "2.0.0-beta.9", "1.0.0"]), { kind: "back", to: "2.0.0-rc.1" });
  assert.deepEqual(retreatFrom("rc", "2.0.0-rc.1", ["2.0.0-beta.9", "1.0.0"]), { kind: "gone" });
});

test("versions that cannot be compared lead nowhere", () => {
  assert.deepEqual(retreatFrom("next", "new", ["1.0.0"]), { kind: "gone" });
  assert.deepEqual(retreatFrom("latest", "1.0.0", ["old"]), { kind: "stays" });
});
