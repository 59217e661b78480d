import assert from "node:assert/strict";
import { test } from "node:test";
import { sentTarget } from "./target.ts";

test("a condition is sent in one form, whatever blanks stand in it", () => {
  assert.equal(sentTarget('cfg( any(unix,target_os="windows") )'), 'cfg(any(unix, target_os = "windows"))');
  assert.equal(sentTarget("cfg(not( windows ))"), "cfg(not(windows))");
  assert.equal(sentTarget("cfg(all())"), "cfg(all())");
  assert.equal(sentTarget("cfg(all(unix,))"), "cfg(all(unix))");
});

test("the name of a target, and what cannot be read, is left as it is", () => {
  for (const text of ["x86_64-pc-windows-msvc", "cfg(", "cfg()", "cfg(any(unix)", "cfg(unix windows)", "cfg(a = )", "cfg(!)"])
    assert.equal(sentTarget(text), text);
  const deep = `cfg(${"not(".repeat(100)}unix${")".repeat(100)})`;
  assert.equal(sentTarget(deep), deep);
});
