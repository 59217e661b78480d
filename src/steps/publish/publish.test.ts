import assert from "node:assert/strict";
import { test } from "node:test";
import type { Artifact } from "../../domain/artifact.ts";
import type { PlannedEnvironment, PlannedRegistry } from "../../domain/plan/plan.ts";
import type { Effect, Observation } from "../../domain/run/effect.ts";
import type { Owners, Registry, Survey, Upload } from "../../registries/registry.ts";
import {
  aFrozen,
  aPackage,
  aPlanned,
  aRegistry,
  aUse,
  anArtifact,
  anEnvironment,
  digestOf,
  fakeArchives,
  fakePorts,
  fakeRegistry,
  type FakePorts,
} from "../../../test/support/ports.ts";
import type { PublishInput } from "./input.ts";
import { publishStep } from "./publish.ts";

const wheel = anArtifact("wheel", "demo-1.0.0-py3-none-any.whl");
const sdist = anArtifact("sdist", "demo-1.0.0.tar.gz");
const metadata = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0.0\n\nHello\n";

interface Given {
  readonly input?: PublishInput;
  readonly artifacts?: readonly Artifact[];
  readonly registries?: readonly PlannedRegistry[];
  readonly at?: Partial<Registry>;
}

function world(given: Given = {}): { readonly ports: FakePorts; readonly environment: PlannedEnvironment } {
  const registries = given.registries ?? [aRegistry()];
  const archives = fakeArchives({
    [`/store/${wheel.digest}`]: { "demo-1.0.0.dist-info/METADATA": metadata },
    [`/store/${sdist.digest}`]: { "demo-1.0.0/PKG-INFO": metadata },
  });
  return {
    ports: fakePorts({ archives, registries: registries.map((one) => fakeRegistry(one.name, given.at)) }),
    environment: anEnvironment({ registries }),
  };
}

async function effectsOf(given: Given = {}): Promise<{ readonly effects: readonly Effect[]; readonly ports: FakePorts }> {
  const { ports, environment } = world(given);
  const frozen = aFrozen(given.input ?? {}, { environment, artifacts: given.artifacts ?? [sdist, wheel] });
  return { effects: await publishStep.effects(frozen, ports), ports };
}

async function first(given: Given = {}): Promise<{ readonly effect: Effect; readonly ports: FakePorts }> {
  const { effects, ports } = await effectsOf(given);
  const [effect] = effects;
  assert.ok(effect !== undefined);
  return { effect, ports };
}

const orders = (effects: readonly Effect[]): readonly string[] => effects.map((one) => `${one.key} after ${one.after.length}`);

test("publish: expands into one effect per file, with what is needed to look at it after a crash", async () => {
  const { effect } = await first();

  assert.deepEqual(effect, {
    key: "pypi/demo-1.0.0-py3-none-any.whl",
    target: "pypi",
    title: "demo-1.0.0-py3-none-any.whl at pypi",
    after: [],
    reach: "irreversible",
    again: "harmless",
    settleMs: 1000,
    withinMs: 900_000,
    data: {
      registry: "pypi",
      ecosystem: "pypi",
      kind: "wheel",
      packageId: "demo",
      package: "demo",
      version: "1.0.0",
      name: wheel.name,
      sha256: wheel.digest,
      sizeBytes: wheel.sizeBytes,
      maker: "build",
    },
  });
});

test("publish: one file goes first and alone, a wheel that serves everybody, and the sdist goes last", async () => {
  const linux = anArtifact("wheel", "demo-1.0.0-cp312-cp312-manylinux_2_17_x86_64.whl", { sizeBytes: 10 });
  const mac = anArtifact("wheel", "demo-1.0.0-cp312-cp312-macosx_11_0_arm64.whl", { sizeBytes: 5 });

  const native = await effectsOf({ artifacts: [sdist, linux, mac] });
  const mixed = await effectsOf({ artifacts: [linux, sdist, wheel] });
  const alone = await effectsOf({ artifacts: [sdist] });

  assert.deepEqual(orders(native.effects), [`pypi/${mac.name} after 0`, `pypi/${linux.name} after 1`, `pypi/${sdist.name} after 2`]);
  assert.deepEqual(orders(mixed.effects), [`pypi/${wheel.name} after 0`, `pypi/${linux.name} after 1`, `pypi/${sdist.name} after 2`]);
  assert.deepEqual(orders(alone.effects), [`pypi/${sdist.name} after 0`]);
});

test("publish: wheels of one package do not wait for the sdist of another", async () => {
  const other = anArtifact("wheel", "other-1.0.0-py3-none-any.whl", { package: "other", sizeBytes: 99 });
  const { ports, environment } = world();
  const packages = [aPackage(), aPackage({ id: "other", name: "other" })];

  const effects = await publishStep.effects(aFrozen({}, { environment, packages, artifacts: [wheel, sdist, other] }), ports);

  assert.deepEqual(
    effects.map((one) => [one.key, one.after]),
    [
      [`pypi/${wheel.name}`, []],
      [`pypi/${other.name}`, [`pypi/${wheel.name}`]],
      [`pypi/${sdist.name}`, [`pypi/${wheel.name}`]],
    ],
  );
});

test("publish: each registry has its own effects, and a test index is expendable", async () => {
  const { effects } = await effectsOf({ registries: [aRegistry({ name: "testpypi", test: true }), aRegistry()], artifacts: [wheel] });

  assert.deepEqual(
    effects.map((one) => [one.key, one.reach, one.after.length]),
    [
      [`testpypi/${wheel.name}`, "expendable", 0],
      [`pypi/${wheel.name}`, "irreversible", 0],
    ],
  );
});

test("publish: `to` narrows the registries of the environment", async () => {
  const registries = [aRegistry({ name: "testpypi", test: true }), aRegistry()];
  const use = (to: string | string[]) => aUse<PublishInput>({ to }, { environment: anEnvironment({ registries }) });

  assert.deepEqual(publishStep.publishes?.(use("testpypi")), ["testpypi"]);
  assert.equal(publishStep.reach(use("testpypi")), "expendable");
  assert.equal(publishStep.reach(use(["testpypi", "pypi"])), "irreversible");
  assert.equal(publishStep.describe(use("pypi")), "publish demo 1.0.0 to pypi");
  assert.throws(() => publishStep.reach(use("nowhere")), { code: "PLAN_INVALID" });
  assert.throws(() => publishStep.reach(aUse<PublishInput>({})), { code: "PLAN_INVALID" });
});

test("publish: refuses before the first byte what a registry says it would refuse, all of it at once", async () => {
  const at: Partial<Registry> = { refusals: (upload) => [`"${upload.name}" is too large`] };

  await assert.rejects(effectsOf({ at }), (error: Error & { code?: string }) => {
    assert.equal(error.code, "ARTIFACT_INVALID");
    assert.match(error.message, /whl" is too large; pypi: "demo-1.0.0.tar.gz" is too large/);
    return true;
  });
  await assert.rejects(effectsOf({ artifacts: [] }), { code: "ARTIFACT_SET" });
});

test("publish: survey takes every file under the version that is not ours for a stranger's", async () => {
  const survey: Survey = {
    kind: "listed",
    files: [
      { name: wheel.name, sha256: digestOf("other bytes"), url: "x" },
      { name: "demo-1.0.0-cp39-cp39-win32.whl", sha256: digestOf("evil"), uploadedAt: "2026-01-01T00:00:00Z", url: "y" },
    ],
  };
  const { effects, ports } = await effectsOf({ at: { survey: async () => survey } });

  assert.deepEqual(await publishStep.survey(effects, ports), {
    kind: "strangers",
    strangers: [{ target: "pypi", name: "demo-1.0.0-cp39-cp39-win32.whl", sha256: digestOf("evil"), uploadedAt: "2026-01-01T00:00:00Z" }],
  });
});

test("publish: survey asks once per version and registry, and does not guess", async () => {
  const asked: string[] = [];
  const at: Partial<Registry> = {
    survey: async (name, version) => {
      asked.push(`${name} ${version}`);
      return { kind: "unknown", why: "503" };
    },
  };
  const { effects, ports } = await effectsOf({ at });

  assert.deepEqual(await publishStep.survey(effects, ports), { kind: "unknown", why: "pypi does not say what it has of demo: 503" });
  assert.deepEqual(asked, ["demo 1.0.0"]);
  assert.deepEqual(await publishStep.survey(effects, world().ports), { kind: "clear" });
});

test("publish: sends the frozen bytes with the metadata of that very file", async () => {
  const uploads: Upload[] = [];
  const at: Partial<Registry> = {
    publish: async (upload) => {
      uploads.push(upload);
      return { kind: "sent", warnings: ["slow"] };
    },
  };
  const { effects, ports } = await effectsOf({ at });

  for (const effect of effects)
    assert.deepEqual(await publishStep.perform(effect, { kind: "absent" }, ports), { kind: "sent", warnings: ["slow"] });

  assert.deepEqual(uploads[0], {
    package: "demo",
    version: "1.0.0",
    name: wheel.name,
    sha256: wheel.digest,
    sizeBytes: wheel.sizeBytes,
    file: `/store/${wheel.digest}`,
    metadata: {
      headers: [
        ["Metadata-Version", "2.4"],
        ["Name", "demo"],
        ["Version", "1.0.0"],
      ],
      description: "Hello\n",
    },
  });
  assert.equal(uploads[1]?.name, sdist.name);
});

test("publish: sends nothing over a conflict, or without metadata", async () => {
  const { effect, ports } = await first({ at: { publish: async () => assert.fail("something was sent") } });
  const unreadable = fakePorts({ registries: [fakeRegistry("pypi")] });

  assert.deepEqual(await publishStep.perform(effect, { kind: "conflict", theirs: "somebody's" }, ports), {
    kind: "refused",
    why: "somebody's",
  });
  const refused = await publishStep.perform(effect, { kind: "absent" }, unreadable);
  assert.match(refused.kind === "refused" ? refused.why : "", /metadata of "demo-1.0.0-py3-none-any.whl" cannot be read: it is no archive/);
});

test("publish: observes the very bytes, and verifies from the index alone", async () => {
  const evidence = { how: "sha256 from the index", sha256: wheel.digest };
  const cases: readonly (readonly [Observation, string])[] = [
    [{ kind: "present", evidence }, "verified"],
    [{ kind: "conflict", theirs: "x" }, "differs"],
    [{ kind: "damaged", how: "x" }, "differs"],
    [{ kind: "absent" }, "unknown"],
    [{ kind: "pending", againMs: 1, why: "x" }, "unknown"],
    [{ kind: "unknown", why: "x" }, "unknown"],
  ];
  for (const [observation, verdict] of cases) {
    const { effect, ports } = await first({
      at: { observe: async (publication) => (publication.sha256 === wheel.digest ? observation : assert.fail("other bytes")) },
    });

    assert.deepEqual(await publishStep.observe(effect, ports), observation);
    assert.equal((await publishStep.verify(effect, ports)).kind, verdict);
  }
});

test("publish: an effect that this step did not write is not acted on", async () => {
  const { effect, ports } = await first();

  await assert.rejects(async () => publishStep.observe({ ...effect, data: { registry: "pypi" } }, ports), { code: "INTERNAL_ASSERTION" });
});

test("publish: preflight reports what stands at the registry, and what nobody can know", async () => {
  const look = async (at: Partial<Registry>, registries?: readonly PlannedRegistry[]): Promise<readonly string[]> => {
    const { ports, environment } = world({ at, ...(registries === undefined ? {} : { registries }) });
    return (await publishStep.preflight(aPlanned<PublishInput>({}, { environment }), ports)).map((one) => `${one.level} ${one.id}`);
  };
  const listed: Survey = { kind: "listed", files: [{ name: "x", url: "y" }] };

  assert.deepEqual(await look({}), ["fine PF-REGISTRY", "cannot-be-tried PF-NAME"]);
  assert.deepEqual(await look({ survey: async () => ({ kind: "absent", package: "exists" }) }), ["fine PF-REGISTRY"]);
  assert.deepEqual(await look({ survey: async () => listed }), ["blocks PF-STRANGERS"]);
  assert.deepEqual(await look({ survey: async () => listed }, [aRegistry({ test: true })]), ["warns PF-REGISTRY"]);
  assert.deepEqual(await look({ survey: async () => ({ kind: "unknown", why: "x" }) }), ["cannot-be-tried PF-REGISTRY"]);
  assert.deepEqual(await look({ refusals: () => ["no"] }), ["blocks PF-REFUSED", "fine PF-REGISTRY", "cannot-be-tried PF-NAME"]);
});

interface Standing {
  readonly begun?: boolean;
  /** Whether the index has the name as we write it. */
  readonly index?: "exists" | "absent";
}

test("publish: preflight tells whose a name is, and refuses one that somebody has under another spelling", async () => {
  const look = async (owners: Owners, { begun = false, index = "exists" }: Standing = {}): Promise<readonly string[]> => {
    const at: Partial<Registry> = { survey: async () => ({ kind: "absent", package: index }), owners: async () => owners };
    const { ports, environment } = world({ at });
    const findings = await publishStep.preflight(aPlanned<PublishInput>({}, { environment, begun }), ports);
    return findings.map(({ level, id, message }) => `${level} ${id}: ${message}`).slice(1);
  };

  assert.deepEqual(await look({ kind: "listed", spelled: "demo", owners: ["ada", "github:slip:publishers"] }), [
    'cannot-be-tried PF-OWNERS: Whether the credential may publish "demo": pypi has it, of ada, github:slip:publishers',
  ]);
  // Its index has each spelling in a place of its own, so that ours is in none.
  assert.deepEqual(await look({ kind: "listed", spelled: "Demo", owners: ["eve"] }, { index: "absent" }), [
    'blocks PF-OWNERS: pypi would refuse the name "demo": it has "Demo", of eve',
  ]);
  assert.deepEqual(await look({ kind: "absent" }), []);
  assert.deepEqual(await look({ kind: "unknown", why: "x" }), []);
  assert.deepEqual(await look({ kind: "listed", spelled: "demo", owners: ["ada"] }, { begun: true }), [], "what has begun has been let in");
});

test("publish: preflight says since when somebody else's files are under our version", async () => {
  const files = [
    { name: "a.whl", url: "u", uploadedAt: "2026-03-02T00:00:00Z" },
    { name: "b.whl", url: "u", uploadedAt: "2026-03-01T00:00:00Z" },
    { name: "c.whl", url: "u" },
  ];
  const { ports, environment } = world({ at: { survey: async () => ({ kind: "listed", files }) } });

  const [finding] = await publishStep.preflight(aPlanned<PublishInput>({}, { environment }), ports);

  assert.match(finding?.message ?? "", /has 3 files of .* already, the first uploaded 2026-03-01T00:00:00Z: a\.whl, b\.whl, c\.whl$/);
});
