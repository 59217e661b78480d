// The scan of the example rust-workspace in a whole release, by the real program and a recorded scanner: what it finds, what it
// cannot compare, and an exception whose last day is past stop the release while nothing is public. A real scanner over a real
// image is in test/acceptance/scan-image-osv; what is built stands in the repository (test/support/grid-rust.ts).
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { readReport, told, type Ended } from "../support/bed.ts";
import { openRust, rustTokens, type RustOptions, type RustPlace } from "../support/grid-rust.ts";

interface Released {
  readonly place: RustPlace;
  readonly ended: Ended;
  /** What stands at registries and at the forge. */
  readonly outside: readonly string[];
}

async function release(context: TestContext, options: Pick<RustOptions, "scanner" | "exceptions">): Promise<Released> {
  const place = await openRust({ tag: "v0.2.0", ...options });
  context.after(() => place.close());
  const ended = await place.bed.slipway(["run", "--pipeline", "release", "--json"], rustTokens);
  const outside = (await place.held()).filter((one) => !one.startsWith("refs/"));
  return { place, ended, outside };
}

const exception = (until: string): string => `- { id: CVE-2026-0001, reason: not reachable, until: ${until}, package: demo }\n`;

const stopping: readonly (readonly [string, Pick<RustOptions, "scanner" | "exceptions">, RegExp])[] = [
  ["a vulnerability", { scanner: "vulnerability" }, /TEST-2026-0001 in demo 1\.0\.0: critical, mended in 1\.1\.0/],
  [
    "a vulnerability whose exception has ended",
    { scanner: "vulnerability", exceptions: exception("2026-01-31") },
    /its exception ended on 2026-01-31 \(not reachable\)/,
  ],
  ["a scanner without data", { scanner: "no data" }, /osv-scanner ended with exit status 127/],
];

for (const [what, options, message] of stopping) {
  test(`${what} stops the release before anything is public`, async (context) => {
    const { ended, outside } = await release(context, options);

    assert.equal(ended.code, 1, told(ended));
    const { steps } = readReport(ended);
    assert.match(steps.find(({ id }) => id === "scan")?.message ?? "", message);
    assert.deepEqual(
      steps.filter(({ id, state }) => ["draft", "staged", "publish/crates", "publish/pypi", "names"].includes(id) && state !== "pending"),
      [],
    );
    assert.deepEqual(outside, []);
  });
}

test("with an exception that has not ended the same vulnerability lets the release through", async (context) => {
  const { ended, outside } = await release(context, { scanner: "vulnerability", exceptions: exception("2999-12-31") });

  assert.equal(ended.code, 0, told(ended));
  assert.ok(outside.includes("ghcr/tag example/kelp:latest ×1"), outside.join("\n"));
});
