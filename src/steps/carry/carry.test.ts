import assert from "node:assert/strict";
import { test } from "node:test";
import { aFrozen, aPlan, digestOf, fakePorts, memoryFiles, type FakePorts } from "../../../test/support/ports.ts";
import { carryStep } from "./carry.ts";

const carried = [{ path: "VERSION", sha256: digestOf("1.1.0\n") }, { path: "fixtures/old.json" }];
const plan = aPlan({ source: { commit: "c".repeat(40), moved: "stop", epochSeconds: 1, carried } });

function portsWith(user: Readonly<Record<string, string>>): FakePorts {
  return fakePorts({ files: memoryFiles({ "/work/VERSION": "1.0.0\n", "/work/fixtures/old.json": "{}", ...user }) });
}

test("carry: takes changed files over and removed ones away, and keeps both", async () => {
  const ports = portsWith({ "/user/VERSION": "1.1.0\n" });

  const worked = await carryStep.perform(aFrozen({}, { plan }), ports);

  assert.deepEqual(worked.kind === "done" && worked.source, { kind: "keep", paths: ["VERSION", "fixtures/old.json"] });
  assert.equal(await ports.files.readText("/work/VERSION"), "1.1.0\n");
  assert.equal(await ports.files.info("/work/fixtures/old.json"), undefined);
});

test("carry: a file that is another one by now stops the run, and says how", async () => {
  const other = await carryStep.perform(aFrozen({}, { plan }), portsWith({ "/user/VERSION": "9.9.9\n" }));
  const gone = await carryStep.perform(aFrozen({}, { plan }), portsWith({}));
  const again = await carryStep.perform(aFrozen({}, { plan }), portsWith({ "/user/VERSION": "1.1.0\n", "/user/fixtures/old.json": "{}" }));

  assert.match(other.kind === "failed" ? other.message : "", /"VERSION": it changed since the plan was made \(its sha256 is/);
  assert.match(gone.kind === "failed" ? gone.message : "", /it is gone/);
  assert.match(again.kind === "failed" ? again.message : "", /"fixtures\/old.json".*it is there again/);
});
