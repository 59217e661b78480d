// What a fuzzing has to show, and what it tells: no crash, no hang, bounded memory, no difference without explanation.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { fuzz, type Fuzzing } from "./fuzz.ts";

/** Memory of the whole process that reads, the program and the maker of inputs among it. */
const peakBytesMax = 256 * 1024 * 1024;

export async function fuzzAndJudge(t: TestContext, fuzzing: Omit<Fuzzing, "folder">): Promise<void> {
  const folder = join(tmpdir(), "slipway-fuzz");
  mkdirSync(folder, { recursive: true });
  const end = await fuzz({ ...fuzzing, folder });
  const { inputs, same, refusedByBoth, refusedByUs, slowestCpuMs, peakBytes, failures } = end;
  const explained = Object.values(refusedByUs).reduce((sum, one) => sum + one, 0);
  t.diagnostic(
    `${fuzzing.parser}, seed ${fuzzing.seed}: ${inputs} inputs; ${same} read alike, ${refusedByBoth} refused by both, ` +
      `${explained} by us alone ${JSON.stringify(refusedByUs)}; slowest ${slowestCpuMs} ms, peak ${Math.round(peakBytes / 1024 / 1024)} MiB`,
  );

  assert.deepEqual(failures, []);
  assert.ok(peakBytes <= peakBytesMax, `needs ${peakBytes} bytes of memory`);
  assert.equal(same + refusedByBoth + explained, inputs, "every input was judged");
  assert.ok(same > inputs / 100 && refusedByBoth > inputs / 100, "valid and broken archives were among them");
  if (fuzzing.inputs !== Infinity) assert.equal(inputs, fuzzing.inputs);
}
