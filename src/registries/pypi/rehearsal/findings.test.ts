import assert from "node:assert/strict";
import { test } from "node:test";
import type { WirePage } from "../wire.ts";
import { findingsOf, findingsOfPage } from "./findings.ts";
import type { PassThrough } from "./pass-through.ts";
import { countReceived, emptyState } from "./state.ts";

const upload = { name: "demo-1.0.tar.gz", project: "demo", version: "1.0", sha256: "a".repeat(64), sizeBytes: 1 };
const page = (sha256: string): WirePage => ({
  meta: { "api-version": "1.0" },
  name: "demo",
  files: [{ filename: "demo-1.0.tar.gz", url: "x", hashes: { sha256 } }],
});
const upstream = (answer: Awaited<ReturnType<PassThrough["page"]>>): PassThrough => ({
  needsLogin: false,
  page: async () => answer,
  file: () => Promise.reject(new Error("not asked")),
  close: async () => undefined,
});

test("other bytes outside under a name that we published would stop the real run; the same bytes would not", () => {
  const state = countReceived(emptyState, upload, "stored");

  assert.deepEqual(findingsOfPage(state, "demo", page("b".repeat(64))).map((one) => one.id), ["REHEARSAL-HIDDEN", "REHEARSAL-TAKEN"]); // prettier-ignore
  assert.deepEqual(findingsOfPage(state, "demo", page("a".repeat(64))).map((one) => one.id), ["REHEARSAL-HIDDEN"]); // prettier-ignore
  assert.deepEqual(findingsOfPage(countReceived(emptyState, upload, "refused"), "demo", page("b".repeat(64))).map((one) => one.id), ["REHEARSAL-HIDDEN"]); // prettier-ignore
  assert.deepEqual(findingsOfPage(state, "demo", { ...page(""), files: [] }), []);
});

test("an index behind that cannot be asked is a finding that could not be tried, not silence", async () => {
  const signal = new AbortController().signal;
  const levels = async (answer: Parameters<typeof upstream>[0]) => (await findingsOf(emptyState, ["demo"], { upstream: upstream(answer), signal })).map((one) => [one.id, one.level]); // prettier-ignore

  assert.deepEqual(await levels({ kind: "failed", why: "it is off" }), [["REHEARSAL-UPSTREAM", "cannot-be-tried"]]);
  assert.deepEqual(await levels({ kind: "absent" }), []);
  assert.deepEqual(await findingsOf(emptyState, ["demo"], { upstream: undefined, signal }), []);
});
