// The examples as they stand, which publish without a stored token: other journeys log in with tokens to try something else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { makeBed, readReport, told } from "../support/bed.ts";

test("the example of tags alone is rehearsed to the end as it stands: opened without a token, with attestations", async (t) => {
  const bed = makeBed({ example: "tag-driven", asJob: true });
  t.after(() => bed.remove());

  const ended = await bed.slipway(["rehearse", "--json"]);

  const report = readReport(ended);
  assert.equal(ended.code, 0, told(ended));
  assert.deepEqual([...new Set(report.files.map(({ outcome }) => outcome))], ["published"]);
  assert.equal(report.steps.find(({ id }) => id === "attest")?.state, "done");
});

for (const [example, registries] of [
  ["native-extension", ["testpypi", "pypi"]],
  ["rust-workspace", ["crates", "pypi"]],
] as const) {
  test(`the plan of ${example} opens ${registries.join(" and ")} without a stored token`, async (t) => {
    const bed = makeBed({ example, asJob: true, tag: example === "native-extension" ? "recorder-v1.4.0" : "v0.2.0" });
    t.after(() => bed.remove());

    const ended = await bed.slipway(["plan", "--json", ...(example === "rust-workspace" ? ["--pipeline", "release"] : [])]);

    assert.equal(ended.code, 0, told(ended));
    const { environments } = JSON.parse(ended.stdout) as {
      readonly environments: readonly {
        readonly registries: readonly { readonly name: string; readonly credentials: { readonly kind: string } }[];
      }[];
    };
    const opened = environments.flatMap((one) => one.registries).filter(({ credentials }) => credentials.kind === "trusted-publishing");
    assert.deepEqual(
      opened.map(({ name }) => name),
      registries,
    );
  });
}
