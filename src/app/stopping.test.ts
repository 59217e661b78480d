import assert from "node:assert/strict";
import { test } from "node:test";
import { stops } from "./stopping.ts";

const blocks = (id: string) => ({ id, level: "blocks", message: "no" }) as const;

test("what this machine lacks stops a rehearsal as well; what only the real registries want does not", () => {
  for (const id of ["PF-TOOL-MISSING", "PF-TOOLBOX", "PF-PYTHON-MISSING", "PF-ENTRANCE", "PF-SPACE"])
    assert.deepEqual([stops("run", blocks(id)), stops("rehearsal", blocks(id))], [true, true], id);
  for (const id of ["PF-CREDENTIAL-MISSING", "PF-STRANGERS", "PF-CHANGELOG"])
    assert.deepEqual([stops("run", blocks(id)), stops("rehearsal", blocks(id))], [true, false], id);
});

test("nothing but a finding that blocks stops anything", () => {
  for (const level of ["fine", "warns", "cannot-be-tried"] as const)
    assert.equal(stops("run", { ...blocks("PF-TOOL-MISSING"), level }), false, level);
});
