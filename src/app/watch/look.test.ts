import assert from "node:assert/strict";
import { test } from "node:test";
import { aRegistry, digestOf, fakeRegistry } from "../../../test/support/ports.ts";
import { configurationOf } from "../../../test/support/app.ts";
import { clearAlarm, longSilent, newWatch, nextLookMs, openAlarms, takeLook, type Seen } from "../../domain/watch.ts";
import type { ReleaseRecordFile } from "../../domain/release-record.ts";
import type { Registry } from "../../registries/registry.ts";
import { lookAtAll } from "./look.ts";
import type { KnownVersion } from "./known.ts";
import { targetsOf, type Target } from "./targets.ts";

const world = { deadline: () => new AbortController().signal, interrupted: new AbortController().signal };

const target = (parts: Partial<Target> = {}): Target => ({
  registry: aRegistry({ name: "pypi" }),
  package: "demo",
  ecosystem: "pypi",
  wantsProvenance: false,
  ...parts,
});

async function look(
  registry: Partial<Registry>,
  parts: Partial<Target> = {},
  known: readonly KnownVersion[] = [],
  records: readonly ReleaseRecordFile[] = [],
): Promise<Seen> {
  const [seen] = await lookAtAll(world, {
    targets: [target(parts)],
    registries: { open: () => fakeRegistry("pypi", registry) },
    known: () => known,
    pages: { naming: async () => records },
    isTold: () => false,
    before: () => ({ registry: "pypi", package: "demo", settled: ["1.0"] }),
  });
  assert.ok(seen !== undefined);
  return seen;
}

const versions: Partial<Registry> = {
  versions: async () => ({ kind: "listed", versions: ["1.0", "1.1"] }),
  survey: async (_name, version) => ({
    kind: "listed",
    files: [{ name: `demo-${version}.tar.gz`, url: "", attested: false, uploadedAt: "2026-11-21T08:00:00Z" }],
  }),
};

function found(seen: Seen): readonly string[] {
  return seen.kind === "answered" ? seen.found.map(({ kind, version }) => `${kind} ${version}`) : [`silent: ${seen.why}`];
}

test("a version that nobody of the project knows is foreign, and since when it is there is told", async () => {
  const seen = await look(versions);

  assert.deepEqual(found(seen), ["foreign-version 1.1"]);
  assert.match(seen.kind === "answered" ? (seen.found[0]?.what ?? "") : "", /uploaded at 2026-11-21T08:00:00Z/);
});

test("a version of a run, or of a record of any registry, is ours, however its number and name are written", async () => {
  const own: readonly KnownVersion[] = [{ registry: "pypi", package: "Demo", version: "1.1.0" }];

  assert.deepEqual(found(await look(versions, {}, own)), []);
  assert.deepEqual(found(await look(versions, {}, [{ package: "demo", version: "1.1" }])), []);
  assert.deepEqual(found(await look(versions, {}, [{ registry: "testpypi", package: "demo", version: "1.1" }])), ["foreign-version 1.1"]);
});

test("a version whose release page records these very bytes is ours, and with other bytes it is foreign", async () => {
  const recorded = (sha256: string): readonly ReleaseRecordFile[] => [
    {
      schema: "slipway-release-record/1",
      project: "demo",
      title: "demo 1.1",
      planDigest: "",
      commit: "c".repeat(40),
      packages: [{ id: "demo", name: "demo", version: "1.1" }],
      artifacts: [{ kind: "sdist", package: "demo", name: "demo-1.1.tar.gz", sha256: digestOf(sha256), sizeBytes: 1 }],
    },
  ];
  const digested: Partial<Registry> = {
    ...versions,
    survey: async () => ({ kind: "listed", files: [{ name: "demo-1.1.tar.gz", url: "", sha256: digestOf("ours") }] }),
  };

  assert.deepEqual(found(await look(digested, {}, [], recorded("ours"))), []);
  const other = await look(digested, {}, [], recorded("theirs"));
  assert.deepEqual(found(other), ["foreign-version 1.1"]);
  assert.match(other.kind === "answered" ? (other.found[0]?.what ?? "") : "", /the record on its release page names other bytes/);
});

test("ours without the provenance that the file makes us expect is an alarm, and with it is settled", async () => {
  const own = [{ package: "demo", version: "1.1" }];
  const attested: Partial<Registry> = {
    ...versions,
    survey: async () => ({ kind: "listed", files: [{ name: "demo-1.1.tar.gz", url: "", attested: true }] }),
  };

  assert.deepEqual(found(await look(versions, { wantsProvenance: true }, own)), ["no-provenance 1.1"]);
  const proven = await look(attested, { wantsProvenance: true }, own);
  assert.deepEqual(proven.kind === "answered" ? [proven.settled, proven.found] : [], [["1.1"], []]);
});

test("a registry that does not answer, or throws, is silent, and nothing is concluded from it", async () => {
  assert.deepEqual(found(await look({ versions: async () => ({ kind: "unknown", why: "no route" }) })), ["silent: no route"]);
  assert.deepEqual(found(await look({ versions: () => Promise.reject(new Error("cut")) })), ["silent: cut"]);
});

test("at a registry of images, names that are no versions are no versions", async () => {
  const seen = await look(
    { ...versions, versions: async () => ({ kind: "listed", versions: ["latest", "sha256-0a", "9.9.9"] }) },
    { ecosystem: "oci" },
  );

  assert.deepEqual(found(seen), ["foreign-version 9.9.9"]);
});

const file = (attest: string, credentials: string): string => `slipway: 1
project: demo
packages: { demo: { path: ., tag: "v{version}" } }
environments:
  pypi: { registry: pypi, credentials: ${credentials} }
steps:
  build: { uses: build-wheel }
${attest}  pypi: { uses: publish, environment: pypi }
`;

const expectations: readonly (readonly [string, string, string, boolean])[] = [
  ["trusted publishing with an attest step", "  attest: { uses: attest }\n", "trusted-publishing", true],
  ["trusted publishing without one", "", "trusted-publishing", false],
  ["an attest step for provenance alone", "  attest: { uses: attest, with: { as: [provenance] } }\n", "trusted-publishing", false],
  ["a token", "", "{ token: T }", false],
];
for (const [what, attest, credentials, wanted] of expectations) {
  test(`provenance at the index is ${wanted ? "" : "not "}expected for ${what}`, () => {
    const targets = targetsOf(configurationOf(file(attest, credentials)), [{ ecosystem: "pypi", name: "demo" }]);

    assert.deepEqual(
      targets.map((one) => [one.registry.name, one.package, one.wantsProvenance]),
      [["pypi", "demo", wanted]],
    );
  });
}

// --- what is concluded --------------------------------------------------------------------------

const name = { registry: "pypi", package: "demo" };
const minute = 60_000;
const idOf = (words: string): string => words.replaceAll("\n", "/");
const foreign = (version: string): Seen => ({
  ...name,
  kind: "answered",
  settled: [],
  found: [{ kind: "foreign-version", version, what: "unknown", page: "" }],
});

test("what is there first is known, the same alarm is raised once, and a cleared one is not raised again", () => {
  const begun = takeLook(newWatch(0), [{ ...name, kind: "answered", settled: ["1.0"], found: [] }], { nowMs: 0, idOf });
  const once = takeLook(begun, [foreign("6.6.6")], { nowMs: 5 * minute, idOf });
  const twice = takeLook(once, [foreign("6.6.6")], { nowMs: 10 * minute, idOf });
  const [alarm, ...others] = openAlarms(twice);
  assert.deepEqual([alarm?.raisedAtMs, others.length], [5 * minute, 0]);

  const cleared = clearAlarm(twice, alarm?.id ?? "", { atMs: 1, by: "ann", authenticated: false, reason: "ours" });

  assert.ok(cleared !== undefined);
  assert.deepEqual(openAlarms(takeLook(cleared, [foreign("6.6.6")], { nowMs: 15 * minute, idOf })), []);
  assert.equal(openAlarms(takeLook(cleared, [foreign("6.6.7")], { nowMs: 15 * minute, idOf })).length, 1);
  assert.equal(clearAlarm(cleared, alarm?.id ?? "", { atMs: 1, by: "ann", authenticated: false, reason: "again" }), undefined);
});

test("silence counts from the last answer, is told after thirty minutes, and ends with an answer", () => {
  const silent: Seen = { ...name, kind: "silent", why: "no route" };
  let state = takeLook(newWatch(0), [{ ...name, kind: "answered", settled: [], found: [] }], { nowMs: 0, idOf });
  state = takeLook(state, [silent], { nowMs: 5 * minute, idOf });
  assert.deepEqual([longSilent(state, 29 * minute).length, longSilent(state, 30 * minute).length], [0, 1]);

  const pauses = [1, 2, 3, 4, 5, 6].map(() => {
    const pause = nextLookMs(state, 5 * minute);
    state = takeLook(state, [silent], { nowMs: 6 * minute, idOf });
    return pause / 1000;
  });
  assert.deepEqual(pauses, [30, 60, 120, 240, 300, 300]);

  state = takeLook(state, [{ ...name, kind: "answered", settled: [], found: [] }], { nowMs: 60 * minute, idOf });
  assert.deepEqual([longSilent(state, 90 * minute).length, nextLookMs(state, 5 * minute)], [0, 5 * minute]);
});
