import assert from "node:assert/strict";
import { test } from "node:test";
import type { Attested, ShownPublisher } from "../../registries/registry.ts";
import { idsOf, lines, type Shown } from "../../../test/support/doctor.ts";
import { lastPublisherFindings } from "./last-publisher.ts";

const as: ShownPublisher = { provider: "github", repository: "Acme/Demo", workflow: "release.yml", environment: "PyPI" };

function shownAs(publishers: readonly ShownPublisher[] | Attested["kind"], asked: string[] = []): Shown {
  const attested: Attested =
    publishers === "none" ? { kind: "none" } : publishers === "unknown" ? { kind: "unknown", why: "502" } : served(publishers);
  return {
    environments: ["pypi: { registry: pypi, credentials: trusted-publishing }"],
    versions: () => ({ kind: "listed", versions: ["0.9.0", "0.10.0", "2004d-final!", "0.2.0"] }),
    registry: {
      survey: async (_name, version) => ({ kind: "listed", files: [{ name: `demo-${version}.whl`, url: "http://127.0.0.1:1/" }] }),
      attestations: async ({ name }) => {
        asked.push(name);
        return attested;
      },
    },
  };
}

function served(publishers: readonly ShownPublisher[] | string): Attested {
  return { kind: "served", bundles: [], publishers: typeof publishers === "string" ? [] : publishers };
}

test("DR-PUB-10: the job that the index let in for the newest version is the one that slipway.yaml means", async () => {
  const asked: string[] = [];
  const found = await lines(lastPublisherFindings, shownAs([as], asked));
  assert.deepEqual([idsOf(found), asked], [["DR-PUB-10 fine"], ["demo-0.10.0.whl"]]);
  const { environment: _, ...anywhere } = as;
  assert.deepEqual(idsOf(await lines(lastPublisherFindings, shownAs([anywhere]))), ["DR-PUB-10 fine"]);
});

for (const [field, parts] of [
  ['repository \\("acme/demo"\\)', { repository: "acme/old" }],
  ['workflow \\("release\\.yml"\\)', { workflow: "publish.yml" }],
  ['environment \\("pypi"\\)', { environment: "production" }],
  ["forge", { provider: "gitlab" }],
] as const)
  test(`DR-PUB-10: another ${field.split(" ", 1)[0]} is told`, async () => {
    const [one] = await lines(lastPublisherFindings, shownAs([{ ...as, ...parts }]));
    assert.match(
      one ?? "",
      new RegExp(`^DR-PUB-10 warns: "pypi" let in .* for demo 0\\.10\\.0, and slipway\\.yaml means another ${field} \\(`),
    );
  });

test("DR-PUB-10: what an index does not show is no fault", async () => {
  for (const what of ["none", "unknown", []] as const) assert.deepEqual(await lines(lastPublisherFindings, shownAs(what)), []);
  assert.deepEqual(await lines(lastPublisherFindings, { ...shownAs([as]), versions: () => ({ kind: "absent" }) }), []);
  assert.deepEqual(
    await lines(lastPublisherFindings, { ...shownAs([as]), environments: ["p: { registry: pypi, credentials: { token: T } }"] }),
    [],
  );
});
