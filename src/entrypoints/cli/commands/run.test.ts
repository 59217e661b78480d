import assert from "node:assert/strict";
import { test } from "node:test";
import type { Context } from "../context.ts";
import { runCommand } from "./run.ts";

test("--trial is refused with a clear word, and never taken for a real run", async () => {
  await assert.rejects(runCommand({} as Context, undefined, { wait: true, trial: true }), { code: "NOT_YET", message: /--trial/ });
});
