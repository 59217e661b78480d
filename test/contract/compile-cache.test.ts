// What the built program keeps of its own compilation: in a folder of the user's own, or not at all.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

const program = join(import.meta.dirname, "..", "..", "bin", "slipway.js");

describe("the compile cache", () => {
  let home = "";

  before(() => (home = mkdtempSync(join(tmpdir(), "slipway-compiled-"))));
  after(() => rmSync(home, { recursive: true, force: true }));

  /** A command that loads a good part of the program and ends: completions are made from all commands. */
  function complete(env: Readonly<Record<string, string>>): void {
    const { status, stdout, stderr } = spawnSync(process.execPath, [program, "completion", "bash"], { encoding: "utf8", env });
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, /slipway/);
  }

  it("is kept in the user's cache folder, which nobody else may write to, and is used again", () => {
    const cache = join(home, "one");
    const compiled = join(cache, "slipway", "compiled");

    complete({ HOME: home, XDG_CACHE_HOME: cache });

    assert.equal(statSync(compiled).mode & 0o777, 0o700);
    const entries = (): readonly string[] => readdirSync(compiled, { recursive: true, encoding: "utf8" }).toSorted();
    const first = entries();
    assert.ok(first.length > 1, "nothing was kept");
    complete({ HOME: home, XDG_CACHE_HOME: cache });
    assert.deepEqual(entries(), first);
  });

  it("is not used where others may write", () => {
    const compiled = join(home, "two", "slipway", "compiled");
    mkdirSync(compiled, { recursive: true });
    chmodSync(compiled, 0o777);

    complete({ HOME: home, XDG_CACHE_HOME: join(home, "two") });

    assert.deepEqual(readdirSync(compiled), []);
  });

  it("is done without where there is no home, and when it is switched off", () => {
    complete({});
    complete({ HOME: home, XDG_CACHE_HOME: join(home, "three"), NODE_DISABLE_COMPILE_CACHE: "1" });
    const compiled = join(home, "three", "slipway", "compiled");
    assert.deepEqual(existsSync(compiled) ? readdirSync(compiled) : [], []);
  });
});
