// What `publish` does to images beside sending them: copies of what another registry holds, and files about them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { Artifact } from "../../domain/artifact.ts";
import { canonicalJson, sha256 } from "../../domain/digest.ts";
import { imageDigest } from "../../domain/oci/names.ts";
import { releaseRecordOf, type RecordedImage } from "../../domain/release-record.ts";
import type { Effect } from "../../domain/run/effect.ts";
import { firstHead } from "../../domain/run/head.ts";
import type { ImageArchive } from "../../platform/ports.ts";
import type { Attachment, CopiedImage, ManifestHeld, Registry } from "../../registries/registry.ts";
import {
  aFrozen,
  aPackage,
  aPlan,
  aRegistry,
  aUse,
  anArtifact,
  anEnvironment,
  digestOf,
  fakePorts,
  fakeRegistry,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import { recordStep } from "../record/record.ts";
import type { PublishInput } from "./input.ts";
import { publishStep } from "./publish.ts";

const picture = aPackage({ id: "image", ecosystem: "oci", name: "ada/proxy", version: "1.2.0" });
const packages = [picture];
const plan = aPlan({ packages });
const legs = ["amd64", "arm64"].map((architecture) =>
  anArtifact("image", `proxy-${architecture}.tar`, { package: "image", platform: `linux-${architecture}` }),
);
const [amd, arm] = legs;
const manifestOf = (name: string) => imageDigest(digestOf(`manifest of ${name}`));
const sent = { kind: "sent", warnings: [] } as const;
const channels: NonNullable<Registry["channels"]> = { observe: async () => ({ kind: "absent" }), move: async () => sent };
const environment = anEnvironment({
  registries: [aRegistry({ name: "staging", ecosystem: "oci" }), aRegistry({ name: "production", ecosystem: "oci" })],
});

interface Given {
  readonly artifacts: readonly Artifact[];
  readonly files?: Readonly<Record<string, string>>;
  readonly staging?: Partial<Registry>;
  readonly production?: Partial<Registry>;
}

function portsWith({ artifacts, files = {}, staging, production }: Given): FakePorts {
  const byFile = new Map(artifacts.map((one) => [`/store/${one.digest}`, one]));
  return fakePorts({
    files: memoryFiles(Object.fromEntries([...byFile].map(([file, { name }]) => [file, files[name] ?? name]))),
    registries: [
      fakeRegistry("staging", { ecosystem: "oci", channels, ...staging }),
      fakeRegistry("production", { ecosystem: "oci", channels, ...production }),
    ],
    images: {
      openImage: async (file) => {
        const name = byFile.get(file)?.name ?? "";
        const architecture = /proxy-(\w+)\.tar/.exec(name)?.[1];
        if (architecture === undefined) return { kind: "unreadable", why: "is no image" };
        const mediaType = "application/vnd.oci.image.manifest.v1+json";
        const manifest = { mediaType, digest: manifestOf(name), sizeBytes: 400, text: "{}", annotations: {} };
        const rest = { sizeBytes: 10, labels: {}, blobs: [], bytesOf: async function* () {} };
        const image: ImageArchive = { ...rest, manifest, platform: { os: "linux", architecture } };
        return { kind: "opened", image };
      },
    },
  });
}

const list = (input: PublishInput, given: Given, ports = portsWith(given)): Promise<readonly Effect[]> =>
  publishStep.effects(aFrozen(input, { plan, environment, packages, artifacts: given.artifacts }), ports);
const keys = (effects: readonly Effect[]): readonly string[] => effects.map(({ key }) => key);

test("a bill of materials of an image is attached after the image and before its names, one after the other", async () => {
  const bills = ["a", "b"].map((name) => anArtifact("sbom", `${name}.cdx.json`, { package: "image" }));
  const other = anArtifact("sbom", "python.cdx.json", { package: "python" });
  const given = { artifacts: [...legs, ...bills, other] };
  const effects = await list({ to: "production" }, given);

  const [first, second, index, one, two, name, more] = effects;
  assert.equal(more, undefined);
  assert.deepEqual(one?.after, [first?.key, second?.key, index?.key]);
  assert.deepEqual(two?.after, [first?.key, second?.key, index?.key, one?.key]);
  assert.deepEqual([name?.after.includes(one?.key ?? ""), name?.after.includes(two?.key ?? "")], [true, true]);
  assert.equal(one?.data["subject"], index?.data["registryDigest"], "the whole image is meant");
  assert.equal(one?.reach, "reversible");
  assert.deepEqual(keys(await list({ to: "production" }, given)), keys(effects), "the same files give the same effects");
});

test("what was made for one platform is about that platform's image", async () => {
  const bill = anArtifact("sbom", "arm.cdx.json", { package: "image", platform: "linux-arm64" });

  const effects = await list({ to: "production" }, { artifacts: [...legs, bill] });

  assert.equal(effects.find(({ data }) => data["form"] === "attached")?.data["subject"], manifestOf(arm?.name ?? ""));
});

test("an attachment is looked at and put by the calls that are for it, with its frozen bytes", async () => {
  const seen: (Attachment & { readonly file?: string })[] = [];
  const attachments: NonNullable<Registry["attachments"]> = {
    observe: async (one) => (seen.push(one), { kind: "absent" }),
    attach: async (one) => (seen.push(one), sent),
  };
  const bill = anArtifact("sbom", "a.cdx.json", { package: "image" });
  const given: Given = { artifacts: [...legs.slice(0, 1), bill], production: { attachments } };
  const ports = portsWith(given);
  const effect = (await list({ to: "production" }, given, ports)).find(({ data }) => data["form"] === "attached");
  assert.ok(effect !== undefined);

  assert.deepEqual(await publishStep.observe(effect, ports), { kind: "absent" });
  assert.deepEqual(await publishStep.perform(effect, { kind: "absent" }, ports), sent);

  const [looked, put] = seen;
  assert.equal(looked?.subject, manifestOf(amd?.name ?? ""));
  assert.equal(looked?.registryDigest, imageDigest(sha256(createHash("sha256").update(looked?.text ?? "").digest("hex")))); // prettier-ignore
  assert.equal(put?.file, `/store/${bill.digest}`);
  assert.deepEqual(await publishStep.survey([effect], ports), { kind: "clear" });
});

const index = imageDigest(digestOf("index"));
const parts = ["amd64", "arm64"].map((one) => ({ mediaType: "m", registryDigest: manifestOf(one), sizeBytes: 300 }));
const held: ManifestHeld = { kind: "held", text: "index", mediaType: "i", registryDigest: index, sizeBytes: 5, parts };

function recordOf(images: readonly RecordedImage[], commit = plan.source.commit): { readonly artifact: Artifact; readonly text: string } {
  const head = { ...firstHead(plan.source), commit };
  const text = canonicalJson(releaseRecordOf(plan, { planDigest: digestOf("plan"), head, artifacts: [], images }));
  return { artifact: anArtifact("record", "slipway-record.json", { package: "image" }), text };
}

function copying(
  parts_: Partial<Given> & { readonly commit?: string; readonly images?: readonly RecordedImage[]; readonly held?: ManifestHeld } = {},
) {
  const { artifact, text } = recordOf(parts_.images ?? [{ package: "image", digest: index }], parts_.commit);
  const asked: unknown[] = [];
  const images: NonNullable<Registry["images"]> = {
    origin: "https://images.example",
    manifest: async (of) => (asked.push(of), parts_.held ?? held),
    blob: async () => ({ kind: "absent" }),
  };
  const given: Given = { artifacts: [artifact], files: { [artifact.name]: text }, staging: { images }, ...parts_ };
  return { given, asked };
}

test("an image that stands elsewhere is copied by the digest that the record names: each platform, then the list, then the names", async () => {
  const { given, asked } = copying();

  const effects = await list({ from: "staging" }, given);

  const names = [...parts.map(({ registryDigest }) => `production/ada/proxy@${registryDigest}`), `production/ada/proxy@${index}`];
  assert.deepEqual(keys(effects), [...names, "production/ada/proxy:1.2.0"]);
  assert.deepEqual(effects[2]?.after, names.slice(0, 2));
  assert.equal(effects[3]?.data["registryDigest"], index);
  assert.ok(
    effects.every(({ target }) => target === "production"),
    "what is copied from is no target",
  );
  assert.deepEqual(asked, [{ package: "ada/proxy", registryDigest: index }]);
});

test("a copy is made by the call that is for it, from the repository that was named", async () => {
  const made: CopiedImage[] = [];
  const copy: Registry["copy"] = async (image) => (made.push(image), sent);
  const { given } = copying();
  const whole = { ...given, production: { copy } };
  const ports = portsWith(whole);
  const [effect] = await list({ to: "production", from: { registry: "staging", repository: "ada/candidates" } }, whole, ports);
  assert.ok(effect !== undefined);

  assert.deepEqual(await publishStep.perform(effect, { kind: "absent" }, ports), sent);
  assert.deepEqual(await publishStep.observe(effect, ports), { kind: "absent" });

  const [image] = made;
  assert.deepEqual([image?.package, image?.registryDigest], ["ada/proxy", parts[0]?.registryDigest]);
  assert.deepEqual([image?.from.package, image?.from.source.origin], ["ada/candidates", "https://images.example"]);
});

const refused: readonly (readonly [string, ReturnType<typeof copying>["given"], RegExp])[] = [
  ["without a record", copying({ artifacts: [] }).given, /ARTIFACT_SET.*no step above has the record/],
  ["with the record of another commit", copying({ commit: "d".repeat(40) }).given, /ARTIFACT_SET.*the record is of commit d{12}/],
  ["that the record does not name", copying({ images: [] }).given, /ARTIFACT_SET.*the record of the release names no image of it/],
  ["that is gone", copying({ held: { kind: "absent" } }).given, /ARTIFACT_SET.*staging does not hold it/],
  ["when nobody can be asked", copying({ held: { kind: "unknown", why: "503" } }).given, /STEP_FAILED.*from staging: 503/],
];

for (const [what, given, why] of refused)
  test(`no image is copied ${what}`, async () => {
    const error: unknown = await list({ from: "staging" }, given).catch((cause: unknown) => cause);
    assert.match(error instanceof Error ? `${(error as { readonly code?: string }).code}: ${error.message}` : "", why);
  });

test("where images are copied from has to hold images, and a plan says so", () => {
  const takes = (input: PublishInput) => publishStep.takes(aUse(input, { environment, packages }));
  const npm = anEnvironment({ registries: [aRegistry({ name: "npm", ecosystem: "npm" })] });

  assert.deepEqual(takes({}), [{ kinds: ["image", "sbom", "attestation"], packages: ["image"] }]);
  assert.deepEqual(takes({ from: "staging" }), [{ kinds: ["record", "sbom"] }]);
  assert.throws(() => takes({ from: "elsewhere" }), /"elsewhere", which `from:` names, is no registry of environment/);
  assert.throws(() => publishStep.takes(aUse({ from: "npm" }, { environment: npm })), /"npm", which `from:` names, holds no images/);
});

test("the record names the digest that several images are published under together", async () => {
  const given = { artifacts: legs };
  const ports = portsWith(given);
  const worked = await recordStep.perform(aFrozen({}, { plan, packages, artifacts: legs }), ports);
  assert.equal(worked.kind, "done");

  const record = JSON.parse(await ports.files.readText("/scratch/slipway-record.json")) as { readonly images: readonly RecordedImage[] };

  const effects = await list({ to: "production" }, given);
  assert.deepEqual(record.images, [{ package: "image", digest: effects[2]?.data["registryDigest"] }]);
});
