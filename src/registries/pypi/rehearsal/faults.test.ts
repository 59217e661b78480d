import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../../../domain/error.ts";
import { faultFor, faultKey } from "../../../loopback/faults.ts";
import { faultCalls, faultProfiles, parseFaults } from "./faults.ts";

test("parseFaults() reads names, calls, counts and lengths, with what is usual where nothing is said", () => {
  assert.deepEqual(parseFaults("lost-reply, rate-limit:index*3 ,slow-index=500ms,"), [
    { name: "lost-reply", call: "upload", count: 1, lastsMs: 0 },
    { name: "rate-limit", call: "index", count: 3, lastsMs: 1_000 },
    { name: "slow-index", call: "upload", count: 1, lastsMs: 500 },
  ]);
  assert.deepEqual(parseFaults(" "), []);
});

test("parseFaults() refuses what it does not know, and says what there is", () => {
  for (const text of [
    "nonsense",
    "lost-reply:nowhere",
    "stranger:index",
    "lost-reply*0",
    "lost-reply*1001",
    "lost-reply=1s",
    "LOST-REPLY",
  ]) {
    assert.throws(() => parseFaults(text), (error: unknown) => error instanceof SlipwayError && error.code === "USAGE" && error.message.includes(text)); // prettier-ignore
  }
});

test("every profile can be asked for at each of its calls, and is described in words", () => {
  for (const { name, calls, description } of faultProfiles) {
    for (const call of calls) assert.equal(parseFaults(`${name}:${call}`)[0]?.call, call);
    assert.match(description, /^[a-z].{20,}[^.]$/, name);
    assert.ok(calls.every((call) => faultCalls.includes(call)));
  }
  assert.equal(new Set(faultProfiles.map((profile) => profile.name)).size, faultProfiles.length);
});

test("faultFor() gives each fault as often as it says, one after the other, and then none", () => {
  const faults = parseFaults("error-500*2,error-502,error-500:index");
  const used: Record<string, number> = {};
  const struck: string[] = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const fault = faultFor(faults, "upload", { faultsUsed: used });
    struck.push(fault?.name ?? "none");
    if (fault !== undefined) used[faultKey(fault)] = (used[faultKey(fault)] ?? 0) + 1;
  }

  assert.deepEqual(struck, ["error-500", "error-500", "error-502", "none", "none"]);
  assert.equal(faultFor(faults, "index", { faultsUsed: used })?.name, "error-500");
  assert.equal(faultFor(faults, "download", { faultsUsed: used }), undefined);
});
