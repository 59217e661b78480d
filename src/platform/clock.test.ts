import assert from "node:assert/strict";
import { test } from "node:test";
import { createSystemClock } from "./clock.ts";

test("sleep() resolves at once when nothing is left to wait for", async () => {
  await createSystemClock().sleep(0, new AbortController().signal);
});

test("sleep() rejects with the reason of a signal that was aborted before", async () => {
  const reason = new Error("cancelled before");

  await assert.rejects(createSystemClock().sleep(0, AbortSignal.abort(reason)), reason);
});

test("sleep() rejects with the reason of a signal that is aborted during a wait longer than a timer can hold", async () => {
  const controller = new AbortController();
  const sleeping = createSystemClock().sleep(10 * 365 * 24 * 3600 * 1000, controller.signal);

  const reason = new Error("cancelled during");
  controller.abort(reason);

  await assert.rejects(sleeping, reason);
});
