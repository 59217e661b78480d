// The driver lock between real processes: one drives, the others are told who does, and a killed one is in nobody's way.
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { SlipwayError } from "../../src/domain/error.ts";
import { isDriverLockHeld, takeDriverLock } from "../../src/engine/lock.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const script = `
  import { takeDriverLock } from ${JSON.stringify(join(import.meta.dirname, "../../src/engine/lock.ts"))};
  const [file, who, startAtMs] = process.argv.slice(1);
  while (Date.now() < Number(startAtMs)) {}
  const taken = takeDriverLock(file, who);
  console.log(taken.kind === "taken" ? "taken" : "held by " + taken.by);
  if (taken.kind === "taken") setInterval(() => {}, 1000);
`;

interface Other {
  readonly child: ChildProcess;
  /** What it said first. */
  readonly said: string;
}

async function startOther(t: TestContext, file: string, options: { readonly who: string; readonly startAtMs?: number }): Promise<Other> {
  const args = ["--input-type=module-typescript", "-e", script, file, options.who, String(options.startAtMs ?? 0)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const [said] = (await once(createInterface(child.stdout), "line")) as [string];
  return { child, said };
}

async function kill(child: ChildProcess): Promise<void> {
  // Who was refused has ended by itself.
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
}

test("a second process is refused and told who drives", async (t) => {
  const file = join(temporaryFolder(t), "state", "driver.lock");
  const { said } = await startOther(t, file, { who: "slipway run, process 17" });

  assert.equal(said, "taken");
  assert.equal(isDriverLockHeld(file), true);
  assert.deepEqual(takeDriverLock(file, "me"), { kind: "held", by: "slipway run, process 17" });
});

test("after kill -9 the lock is free at once", async (t) => {
  const file = join(temporaryFolder(t), "driver.lock");
  const { child } = await startOther(t, file, { who: "one" });
  await kill(child);

  const beganMs = performance.now();
  assert.equal(isDriverLockHeld(file), false);
  const taken = takeDriverLock(file, "two");
  const tookMs = performance.now() - beganMs;

  assert.equal(taken.kind, "taken");
  assert.ok(tookMs < 100, `it took ${tookMs.toFixed(1)} ms`);
  if (taken.kind === "taken") taken.lock.release();
});

test("of several processes that start at the same moment exactly one drives", async (t) => {
  for (let round = 0; round < 3; round += 1) {
    const file = join(temporaryFolder(t), `driver-${round}.lock`);
    // Late enough for all of them to stand at the start on a busy machine.
    const startAtMs = Date.now() + 900;

    const others = await Promise.all([1, 2, 3, 4].map((who) => startOther(t, file, { who: `process ${who}`, startAtMs })));

    const said = others.map((other) => other.said);
    assert.equal(said.filter((one) => one === "taken").length, 1, said.join("; "));
    for (const { child } of others) await kill(child);
  }
});

test("looking whether somebody drives takes nothing and is in nobody's way", async (t) => {
  const file = join(temporaryFolder(t), "driver.lock");

  assert.equal(isDriverLockHeld(file), false);
  assert.equal(existsSync(file), false);

  const taken = takeDriverLock(file, "me");
  assert.equal(taken.kind, "taken");
  assert.equal(isDriverLockHeld(file), true);
  // The look must not have freed what this process holds: file locks belong to processes.
  const { said } = await startOther(t, file, { who: "other" });
  assert.equal(said, "held by me");
  if (taken.kind === "taken") taken.lock.release();
  assert.equal(isDriverLockHeld(file), false);
});

test("a released lock can be taken again, and releasing twice is harmless", (t) => {
  const file = join(temporaryFolder(t), "driver.lock");
  for (let round = 0; round < 3; round += 1) {
    const taken = takeDriverLock(file, "me");
    assert.equal(taken.kind, "taken");
    if (taken.kind !== "taken") continue;
    taken.lock.release();
    taken.lock.release();
  }
});

test("a lock that nothing refers to any more is still held", async (t) => {
  const file = join(temporaryFolder(t), "driver.lock");
  assert.equal(takeDriverLock(file, "me").kind, "taken");
  // Enough garbage that a lost handle would be collected.
  for (let round = 0; round < 50; round += 1) Array.from({ length: 20_000 }, (_, index) => ({ index }));
  await new Promise((resolve) => setImmediate(resolve));

  assert.equal(isDriverLockHeld(file), true);
});

test("a lock that cannot be made is STORAGE_FAILED", (t) => {
  const file = join(temporaryFolder(t), "file");
  writeFileSync(file, "");

  assert.throws(
    () => takeDriverLock(join(file, "driver.lock"), "me"),
    (error: unknown) => error instanceof SlipwayError && error.code === "STORAGE_FAILED",
  );
});
