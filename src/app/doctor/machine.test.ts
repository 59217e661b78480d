import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../../domain/error.ts";
import { aroundOf, idsOf, lineOf, lines, type Shown } from "../../../test/support/doctor.ts";
import { memoryFiles } from "../../../test/support/ports.ts";
import type { ServerTime, World } from "../world.ts";
import { builderFindings, clockFinding, machineFindings } from "./machine.ts";

const shown: Shown = { environments: ["pypi: { registry: pypi, credentials: trusted-publishing }"] };

async function machine(world: Partial<World> = {}): Promise<readonly string[]> {
  return (await machineFindings((await aroundOf({ ...shown, world })).world)).map(lineOf);
}
const without = (missing: string): Partial<World> => ({
  exec: {
    run: async () => assert.fail("nothing is run"),
    find: async (program: string) => (program === missing ? undefined : `/bin/${program}`),
  },
});

test("DR-TOOL, DR-TOOLBOX, DR-DISK: a machine that has everything is fine", async () => {
  assert.deepEqual(idsOf(await machine()), [
    "DR-TOOL-01 fine",
    "DR-TOOL-02 fine",
    "DR-TOOL-03 fine",
    "DR-TOOLBOX-01 fine",
    "DR-DISK-01 fine",
  ]);
});

for (const [program, expected] of [
  ["git", "DR-TOOL-01 blocks"],
  ["python3", "DR-TOOL-02 blocks"],
  ["uv", "DR-TOOL-03 fine"],
] as const)
  test(`${expected}: "${program}" is not on the PATH`, async () => {
    const found = await machine(without(program));
    assert.ok(
      found.some((line) => line.startsWith(`${expected}: "${program}" is not on the PATH`)),
      found.join("\n"),
    );
  });

test("DR-TOOL-04: what the project's packages are built with is looked for, and nothing else", async () => {
  const crates: Shown = { environments: ["c: { registry: crates, credentials: trusted-publishing }"], ecosystem: "crates" };
  assert.deepEqual(idsOf(await lines(builderFindings, crates)), ["DR-TOOL-04 fine"]);
  assert.match(
    (await lines(builderFindings, { ...crates, world: without("cargo") }))[0] ?? "",
    /^DR-TOOL-04 warns: "cargo" is not on the PATH/,
  );
  assert.deepEqual(await lines(builderFindings, shown), []);
});

test("DR-TOOLBOX-01: helpers that cannot be had block, with the reason and the fix", async () => {
  const python = async () => {
    throw new SlipwayError("TOOL_MISSING", "Cannot make the toolbox", { hint: "Install Python" });
  };
  assert.ok(
    (await machine({ toolbox: { python } })).some((line) =>
      /^DR-TOOLBOX-01 blocks: Cannot make the toolbox .*→ Install Python$/.test(line),
    ),
  );
});

test("DR-DISK-01: little room warns, and a place that cannot be made blocks", async () => {
  const files = memoryFiles();
  const full = await machine({ files: { ...files, freeBytes: async () => 1024 * 1024 * 1024 - 1 } });
  const refused = await machine({
    files: { ...files, makeFolder: () => Promise.reject(new SlipwayError("STORAGE_FAILED", "Cannot make it", { hint: "Move it" })) },
  });
  assert.ok(full.some((line) => line.startsWith('DR-DISK-01 warns: Only 1023 MiB are free in "/state"')));
  assert.ok(refused.some((line) => line.startsWith("DR-DISK-01 blocks: Cannot make it")));
});

const told = (offsetMs: number): Partial<World> => ({
  serverTime: async (): Promise<ServerTime> => ({
    host: "index.example",
    thereMs: 1_000_000_000_000,
    hereMs: 1_000_000_000_000 + offsetMs,
  }),
});

test("DR-CLOCK-01: a clock within thirty seconds of a registry's is fine, beyond it is told with both times", async () => {
  for (const [offsetMs, expected] of [
    [0, /^DR-CLOCK-01 fine: .*within 1 s of index\.example/],
    [-30_000, /^DR-CLOCK-01 fine: .*within 30 s/],
    [30_001, /^DR-CLOCK-01 warns: This machine's clock is 30 s ahead of index\.example.*2001-09-09T01:46:40\.000Z.*→ Set the clock/],
    [-90_000, /^DR-CLOCK-01 warns: .*90 s behind/],
  ] as const)
    assert.match((await lines(clockFinding, { ...shown, world: told(offsetMs) }))[0] ?? "", expected);
});

test("DR-CLOCK-01: where no registry tells the time it cannot be tried, and without registries nobody is asked", async () => {
  assert.deepEqual(idsOf(await lines(clockFinding, shown)), ["DR-CLOCK-01 cannot-be-tried"]);
  const { world, signal } = await aroundOf(shown);
  assert.deepEqual(await clockFinding({ world, signal, places: [] }), []);
});
