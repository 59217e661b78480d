// Crash points end a real process, at once and as kill -9 does.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const module = join(dirname(fileURLToPath(import.meta.url)), "../../../src/platform/crash-points.ts");
const program = `import { createCrashPoints } from ${JSON.stringify(module)};
  const points = createCrashPoints(process.env);
  process.on("exit", () => console.log("exit handler"));
  for (const name of ["a", "b", "a", "c"]) { points.reach(name); process.stdout.write(name + "\\n"); }`;

test("the process dies by SIGKILL at the second time, having logged the point, and does nothing after it", (t) => {
  const log = join(temporaryFolder(t), "reached");

  const end = spawnSync(process.execPath, ["--input-type=module-typescript", "-e", program], {
    encoding: "utf8",
    env: { SLIPWAY_CRASH_AT: "a#2", SLIPWAY_CRASH_LOG: log },
  });

  assert.deepEqual([end.signal, end.status, end.stdout], ["SIGKILL", null, "a\nb\n"]);
  assert.equal(readFileSync(log, "utf8"), "a\nb\na\n");
});
