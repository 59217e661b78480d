import assert from "node:assert/strict";
import { test } from "node:test";
import { aFrozen, aPackage, aPlanned, aUse, fakePorts } from "../../../test/support/ports.ts";
import { tagStep } from "./tag.ts";

const packages = [aPackage({ version: "1.2.0", tag: "v1.2.0" })];

test("tag: asks for an annotated tag of the head's commit, with its message filled in", async () => {
  const worked = await tagStep.perform(aFrozen({ message: "{name} {version} of {project}" }, { packages }), fakePorts());

  assert.deepEqual(worked.kind === "done" && worked.source, {
    kind: "tags",
    tags: [{ name: "v1.2.0", message: "demo 1.2.0 of demo" }],
    replaces: false,
  });
});

test("tag: what was kept and not committed is no part of a tag, and a package without a pattern has none", async () => {
  const head = { commit: "c".repeat(40), epochSeconds: 1, tree: "e".repeat(40), tags: [] };

  const uncommitted = await tagStep.perform(aFrozen({}, { packages, head }), fakePorts());
  const none = await tagStep.perform(aFrozen({}), fakePorts());

  assert.match(uncommitted.kind === "failed" ? uncommitted.message : "", /kept and not committed/);
  assert.match(none.kind === "failed" ? none.message : "", /no package has a `tag:` pattern/);
});

test("tag: preflight looks whether the name is free at the remote", async () => {
  const levels = async (there: Readonly<Record<string, string>>, begun = false): Promise<readonly string[]> => {
    const refs = async () => ({ kind: "known", objects: new Map(Object.entries(there)) }) as const;
    return (await tagStep.preflight(aPlanned({}, { packages, begun }), fakePorts({ remote: { refs } }))).map(({ level }) => level);
  };

  assert.deepEqual(await levels({}), ["fine"]);
  assert.deepEqual(await levels({ "refs/tags/v1.2.0": "d".repeat(40) }), ["blocks"]);
  assert.deepEqual(await levels({ "refs/tags/v1.2.0": "d".repeat(40) }, true), ["warns"]);
  assert.deepEqual(
    (await tagStep.preflight(aPlanned({}, { packages }), fakePorts())).map(({ level }) => level),
    ["cannot-be-tried"],
  );
});

test("tag: packages of one version share a tag", () => {
  assert.equal(tagStep.describe(aUse({}, { packages: [...packages, aPackage({ id: "b", tag: "v1.2.0" })] })), "tag v1.2.0");
});

test("tag: each package has its own tag, with its own name and version in the message, and one without a pattern has none", async () => {
  const several = [
    ...packages,
    aPackage({ id: "plain", name: "plain" }),
    aPackage({ id: "b", name: "bee", version: "3.0.0", tag: "b-3.0.0" }),
  ];

  const worked = await tagStep.perform(aFrozen({}, { packages: several }), fakePorts());

  assert.equal(tagStep.describe(aUse({}, { packages: several })), "tag v1.2.0 and b-3.0.0");
  assert.deepEqual(worked.kind === "done" && [worked.output, worked.source], [
    { tags: ["v1.2.0", "b-3.0.0"], commit: "c".repeat(40) },
    {
      kind: "tags",
      tags: [
        { name: "v1.2.0", message: "demo 1.2.0" },
        { name: "b-3.0.0", message: "bee 3.0.0" },
      ],
      replaces: false,
    },
  ]);
});

test("tag: preflight looks at every name", async () => {
  const refs = async () => ({ kind: "known", objects: new Map([["refs/tags/b-1", "d".repeat(40)]]) }) as const;
  const planned = aPlanned({}, { packages: [...packages, aPackage({ id: "b", tag: "b-1" })] });

  const found = await tagStep.preflight(planned, fakePorts({ remote: { refs } }));

  assert.deepEqual(
    found.map(({ level, message }) => `${level}: ${message.slice(0, 12)}`),
    ['fine: Tag "v1.2.0"', 'blocks: Tag "b-1" is'],
  );
});
