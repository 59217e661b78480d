import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../domain/digest.ts";
import type { RecordedBuild } from "../../app/record.ts";
import { showBuilds } from "./show-builds.ts";

function aBuild(parts: Partial<RecordedBuild>): RecordedBuild {
  const earlier = { run: "01abc", mode: "rehearsal", sha256: sha256("b".repeat(64)) } as const;
  const of = { step: "build", kind: "wheel", package: "demo", name: "demo.whl", sha256: sha256("a".repeat(64)) } as const;
  return { ...of, earlier, same: true, differences: [], ...parts };
}

const different = (name: string): RecordedBuild => aBuild({ name, same: false, differences: ["the mode differs"], why: "It is no matter" });

test("nothing is said where nothing was built before", () => {
  assert.equal(showBuilds({}), "");
});

test("files that are the same are one line, and each that differs is told with its reason once", () => {
  const builds = [aBuild({}), aBuild({ name: "demo.tar.gz" }), different("other.crate"), different("image.tar")];

  assert.equal(
    showBuilds({ builds }),
    `2 files are the same, byte for byte, as rehearsal 01abc built from this commit
other.crate is not what rehearsal 01abc built from this commit (sha256:aaaaaaaaaaaa…, and sha256:bbbbbbbbbbbb… then):
  the mode differs
image.tar is not what rehearsal 01abc built from this commit (sha256:aaaaaaaaaaaa…, and sha256:bbbbbbbbbbbb… then):
  the mode differs
  It is no matter
`,
  );
});

test("many that differ are counted, and what comes from a file cannot steer the terminal", () => {
  const builds = Array.from({ length: 12 }, (_unused, at) => different(`f${at}\u001b[2J`));

  const shown = showBuilds({ builds });

  assert.match(shown, /and 7 more, which the record tells/);
  assert.equal(shown.includes("\u001b"), false);
});
