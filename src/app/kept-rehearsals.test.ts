import assert from "node:assert/strict";
import { test } from "node:test";
import { removeOldRehearsals } from "./kept-rehearsals.ts";

interface Place {
  readonly names: readonly string[];
  readonly held?: readonly string[];
}

async function removed({ names, held = [] }: Place): Promise<readonly string[]> {
  const gone: string[] = [];
  const world: Parameters<typeof removeOldRehearsals>[0] = {
    files: {
      list: async () => names,
      remove: async (folder) => void gone.push(folder),
    },
    isLockHeld: (file) => held.some((name) => file === `/state/rehearsals/${name}/driver.lock`),
  };
  await removeOldRehearsals(world, "/state/rehearsals");
  return gone;
}

test("room is made for one more of five: the oldest go", async () => {
  assert.deepEqual(await removed({ names: ["a", "b", "c", "d"] }), []);
  assert.deepEqual(await removed({ names: ["a", "b", "c", "d", "e", "f"] }), ["/state/rehearsals/a", "/state/rehearsals/b"]);
});

test("a rehearsal that some process is driving stays, however many are newer", async () => {
  assert.deepEqual(await removed({ names: ["a", "b", "c", "d", "e", "f", "g"], held: ["a", "f"] }), [
    "/state/rehearsals/b",
    "/state/rehearsals/c",
  ]);
});
