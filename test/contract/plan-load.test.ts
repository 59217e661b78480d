// What `slipway plan` loads: the time of a plan is mostly that of its modules (docs/reference/performance.md), so that their
// size is held here, where no other program on the machine can blur it. A step that brings its performing with it shows.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const dist = join(import.meta.dirname, "..", "..", "dist");
const texts = new Map(
  readdirSync(dist)
    .filter((name) => name.endsWith(".cjs"))
    .map((name) => [name, readFileSync(join(dist, name), "utf8")]),
);

/** A function of each module that is imported on the way of a plan; the bundle keeps names. */
const onTheWay = ["main", "buildProgram", "openContext", "planCommand", "parseSlipwayYaml"];
/** Every built-in step brings the schema of its `with:`; that is what this grows by. */
const bytesMax = 810_000;
const filesMax = 8;

function chunkOf(name: string): string {
  const [found] = [...texts].find(([, text]) => new RegExp(`\\bfunction ${name}\\(`).test(text)) ?? [];
  assert.ok(found !== undefined, `no chunk has a function "${name}"`);
  return found;
}

function closure(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const waiting = [...names];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    // Those that are asked for later stand in a function.
    for (const [, to = ""] of texts.get(name)?.matchAll(/(?<!=>)\brequire\(["'`]\.\/([\w.-]+)["'`]\)/g) ?? []) waiting.push(to);
  }
  return seen;
}

test(`a plan loads at most ${bytesMax} bytes of the bundle`, () => {
  const loaded = [...closure(onTheWay.map(chunkOf))].map((name) => ({ name, bytes: texts.get(name)?.length ?? 0 }));
  const sum = loaded.reduce((bytes, one) => bytes + one.bytes, 0);
  const largest = loaded.toSorted((a, b) => b.bytes - a.bytes).slice(0, 8);

  assert.ok(loaded.length > new Set(onTheWay.map(chunkOf)).size, "what chunks require of each other is not found");
  assert.ok(loaded.length <= filesMax, `${loaded.length} files: what is loaded together should be one`);
  assert.ok(sum <= bytesMax, `${sum} bytes: ${largest.map(({ name, bytes }) => `${name} ${bytes}`).join(", ")}`);
});

/** What performs, looks or reads for the steps: each is loaded when its step is begun. */
const late = `faultsOfUnion openZip openTarGz checkDistributions performBuildWheel performVerifyInstall performChangelog performBump
  performChecksums performSbom performRecord performFetchRelease performForgeRelease performPush performWithdraw
  performDispatch performClosing preflightTag preflightPush preflightForgeRelease`.split(/\s+/);

test("a plan loads no zod, no HTTP client, no archive reader and nothing that performs a step", () => {
  const text = [...closure(onTheWay.map(chunkOf))].map((name) => texts.get(name)).join("\n");
  for (const name of late) {
    assert.ok(!new RegExp(`\\bfunction ${name}\\(`).test(text), name);
    assert.notEqual(chunkOf(name), undefined);
  }
});

test("a look at a run loads nothing that reads slipway.yaml", () => {
  const loaded = closure(["main", "buildProgram", "openContext", "statusCommand"].map(chunkOf));
  assert.ok(!loaded.has(chunkOf("parseSlipwayYaml")));
});
