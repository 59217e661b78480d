import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { aFrozen, aUse, fakePorts } from "../../../test/support/ports.ts";
import { commitStep } from "./commit.ts";

const tree = "e".repeat(40);

test("commit: asks for a commit of what was kept, with its message filled in once", async () => {
  const head = { commit: "c".repeat(40), epochSeconds: 1, tree, tags: [] };

  const worked = await commitStep.perform(aFrozen({ message: "Release {version}\n\n$(touch x) {name}" }, { head }), fakePorts());

  assert.deepEqual(worked.kind === "done" && worked.source, { kind: "commit", message: "Release 1.0.0\n\n$(touch x) demo" });
});

test("commit: when nothing was kept it says so and is done", async () => {
  const ports = fakePorts();

  const worked = await commitStep.perform(aFrozen({ message: "x" }), ports);

  assert.deepEqual(worked.kind === "done" && worked.output, { message: "x", committed: false });
  assert.deepEqual(ports.printed, ["Nothing was kept since the last commit"]);
});

test("commit: a message with an unknown placeholder is refused, and the title shows its first line", () => {
  const refused = commitStep.input.zod(z).safeParse({ message: "Release {tag}" });

  assert.match(
    refused.success ? "" : (refused.error.issues[0]?.message ?? ""),
    /has "\{tag\}", and only \{version\}, \{name\}, \{project\}/,
  );
  assert.equal(commitStep.describe(aUse({ message: "One {version}\ntwo" })), 'commit "One 1.0.0"');
  assert.equal(commitStep.writesSource?.(aUse({ message: "x" })), true);
});
