import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { Artifact } from "../../domain/artifact.ts";
import type { Ecosystem } from "../../domain/configuration.ts";
import { imageDigest } from "../../domain/oci/names.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Effect } from "../../domain/run/effect.ts";
import type { ImageArchive } from "../../platform/ports.ts";
import type { Channel, ImageIndex, Registry, Upload } from "../../registries/registry.ts";
import {
  aFrozen,
  aPackage,
  aRegistry,
  anArtifact,
  anEnvironment,
  digestOf,
  fakeArchives,
  fakePorts,
  fakeRegistry,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import { stageStep } from "../stage/stage.ts";
import type { PublishInput } from "./input.ts";
import { publishStep } from "./publish.ts";

interface Given {
  readonly ecosystem: Ecosystem;
  readonly packages: readonly PlannedPackage[];
  readonly artifacts: readonly Artifact[];
  readonly members?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly at?: Partial<Registry>;
  readonly input?: PublishInput;
  readonly images?: Readonly<Record<string, ImageArchive>>;
}

function worldOf({ ecosystem, packages, artifacts, members = {}, at = {}, input = {}, images = {} }: Given) {
  const registry = aRegistry({ name: "there", ecosystem });
  const byFile = Object.fromEntries(artifacts.map((one) => [`/store/${one.digest}`, one.name]));
  const ports = fakePorts({
    archives: fakeArchives(Object.fromEntries(Object.entries(byFile).map(([file, name]) => [file, members[name] ?? {}]))),
    files: memoryFiles(byFile),
    registries: [fakeRegistry("there", { ecosystem, ...at })],
    images: {
      openImage: async (file) => {
        const image = images[byFile[file] ?? ""];
        return image === undefined ? { kind: "unreadable", why: "is no image" } : { kind: "opened", image };
      },
    },
  });
  const environment = anEnvironment({ registries: [registry] });
  return { ports, frozen: aFrozen(input, { environment, packages, artifacts }), environment };
}

async function listed(given: Given): Promise<{ readonly effects: readonly Effect[]; readonly ports: FakePorts }> {
  const { ports, frozen } = worldOf(given);
  return { effects: await publishStep.effects(frozen, ports), ports };
}

const crates = aPackage({
  id: "workspace",
  ecosystem: "crates",
  name: "kelp",
  members: [
    { name: "kelp-core", folder: "core" },
    { name: "kelp-guard", folder: "guard" },
    { name: "kelp", folder: "kelp", needs: ["kelp-core"] },
  ],
});
const crate = (name: string): Artifact => anArtifact("crate", `${name}-1.0.0.crate`, { package: "workspace" });

test("crates go in the order of need, the first alone, and are not tried again without a look", async () => {
  const artifacts = [crate("kelp"), crate("kelp-guard"), crate("kelp-core")];
  const { effects } = await listed({ ecosystem: "crates", packages: [crates], artifacts });

  assert.deepEqual(effects.map(({ key, after, again, reach }) => [key, after, again, reach]), [
    ["there/kelp-core-1.0.0.crate", [], "after-look", "irreversible"],
    ["there/kelp-guard-1.0.0.crate", ["there/kelp-core-1.0.0.crate"], "after-look", "irreversible"],
    ["there/kelp-1.0.0.crate", ["there/kelp-core-1.0.0.crate"], "after-look", "irreversible"],
  ]); // prettier-ignore
});

test("a crate is sent with what its own manifest says", async () => {
  const uploads: Upload[] = [];
  const publish: Registry["publish"] = async (upload) => {
    uploads.push(upload);
    return { kind: "sent", warnings: [] };
  };
  const manifest = '[package]\nname = "kelp-core"\nversion = "1.0.0"\nlicense = "MIT"\nreadme = "README.md"\n[dependencies]\nitoa = "1"\n';
  const members = { "kelp-core-1.0.0.crate": { "kelp-core-1.0.0/Cargo.toml": manifest, "kelp-core-1.0.0/README.md": "# Core" } };
  const { effects, ports } = await listed({
    ecosystem: "crates",
    packages: [crates],
    artifacts: [crate("kelp-core")],
    members,
    at: { publish },
  });
  const [effect] = effects;
  assert.ok(effect !== undefined);

  assert.deepEqual(await publishStep.perform(effect, { kind: "absent" }, ports), { kind: "sent", warnings: [] });
  assert.deepEqual([uploads[0]?.package, uploads[0]?.metadata["vers"], uploads[0]?.metadata["readme"]], ["kelp-core", "1.0.0", "# Core"]);
  assert.deepEqual(
    (uploads[0]?.metadata["deps"] as readonly { readonly name: string }[] | undefined)?.map(({ name }) => name),
    ["itoa"],
  );
});

const npm = aPackage({
  id: "reef",
  ecosystem: "npm",
  name: "reef",
  version: "2.0.0",
  members: [
    { name: "@s/a", folder: "a", needs: ["@s/b"] },
    { name: "@s/b", folder: "b", needs: ["@s/a"] },
  ],
});
const tarball = (name: string): Artifact => anArtifact("npm-tarball", name, { package: "reef" });

test("npm packages that need each other go one after the other; each names its SHA-512", async () => {
  const { effects } = await listed({ ecosystem: "npm", packages: [npm], artifacts: [tarball("s-b-2.0.0.tgz"), tarball("s-a-2.0.0.tgz")] });

  assert.deepEqual(effects.map(({ key, after }) => [key, after]), [
    ["there/s-a-2.0.0.tgz", []],
    ["there/s-b-2.0.0.tgz", ["there/s-a-2.0.0.tgz"]],
  ]); // prettier-ignore
  assert.equal(effects[0]?.data["registryDigest"], `sha512-${createHash("sha512").update("s-a-2.0.0.tgz").digest("base64")}`);
});

test("an npm package is sent under the tag that it may have, and not while nobody knows what is there", async () => {
  const send = async (at: Partial<Registry>, publishConfig = {}): Promise<readonly unknown[]> => {
    const uploads: Upload[] = [];
    const publish: Registry["publish"] = async (upload) => {
      uploads.push(upload);
      return { kind: "sent", warnings: [] };
    };
    const manifest = JSON.stringify({ name: "@s/a", version: "2.0.0", publishConfig });
    const members = { "s-a-2.0.0.tgz": { "package/package.json": manifest, "package/README.md": "# A" } };
    const { effects, ports } = await listed({
      ecosystem: "npm",
      packages: [npm],
      artifacts: [tarball("s-a-2.0.0.tgz")],
      members,
      at: { ...at, publish },
    });
    const [effect] = effects;
    assert.ok(effect !== undefined);
    const performed = await publishStep.perform(effect, { kind: "absent" }, ports);
    const [upload] = uploads;
    if (upload !== undefined) assert.equal((upload.metadata["manifest"] as { readonly readme?: string }).readme, "# A");
    return [performed.kind, upload?.metadata["tag"], upload?.metadata["access"]];
  };

  assert.deepEqual(await send({}), ["sent", "latest", null]);
  assert.deepEqual(await send({ versions: async () => ({ kind: "listed", versions: ["3.0.0"] }) }), ["sent", "release-2.x", null]);
  assert.deepEqual(await send({}, { tag: "canary", access: "public" }), ["sent", "canary", "public"]);
  assert.deepEqual(await send({ versions: async () => ({ kind: "unknown", why: "503" }) }), ["later", undefined, undefined]);
});

const picture = aPackage({ id: "image", ecosystem: "oci", name: "ada/proxy", version: "1.2.0" });
const imageOf = (architecture: string): ImageArchive => ({
  sizeBytes: 10,
  manifest: {
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    digest: imageDigest(digestOf(`manifest of ${architecture}`)),
    sizeBytes: 400,
    text: "{}",
    annotations: {},
  },
  platform: { os: "linux", architecture },
  labels: {},
  blobs: [],
  bytesOf: async function* () {},
});
const amd = anArtifact("image", "proxy-linux-amd64.tar", { package: "image" });
const arm = anArtifact("image", "proxy-linux-arm64.tar", { package: "image" });
const images = { [amd.name]: imageOf("amd64"), [arm.name]: imageOf("arm64") };
const channels = { observe: async () => ({ kind: "absent" as const }), move: async () => ({ kind: "sent" as const, warnings: [] }) };

test("images go by digest, then the list that joins them, then the names; all of it can be taken back", async () => {
  const versions: Registry["versions"] = async () => ({ kind: "listed", versions: ["2.0.0", "1.1.0"] });
  const input = { channels: ["{version}", "{major}.{minor}", "latest"] };
  const given: Given = { ecosystem: "oci", packages: [picture], artifacts: [arm, amd], images, input, at: { channels, versions } };
  const { effects } = await listed(given);
  const again = await listed({ ...given, artifacts: [amd, arm] });

  const [first, second, joined, ...names] = effects;
  assert.deepEqual([first?.key, second?.key], ["there/proxy-linux-amd64.tar", "there/proxy-linux-arm64.tar"]);
  assert.deepEqual(joined?.after, [first?.key, second?.key]);
  assert.deepEqual(names.map(({ data }) => [data["channel"], data["registryDigest"] === joined?.data["registryDigest"]]), [["1.2.0", true], ["1.2", true]]); // prettier-ignore
  assert.ok(names.every(({ after }) => joined !== undefined && after.includes(joined.key)));
  assert.ok(effects.every(({ reach }) => reach === "reversible"));
  assert.deepEqual(again.effects, effects);
});

test("one image alone needs no list, and its name leads to itself", async () => {
  const { effects } = await listed({ ecosystem: "oci", packages: [picture], artifacts: [amd], images, at: { channels } });

  assert.deepEqual(effects.map(({ key }) => key), ["there/proxy-linux-amd64.tar", "there/ada/proxy:1.2.0"]); // prettier-ignore
  assert.equal(effects[1]?.data["registryDigest"], images[amd.name]?.manifest.digest);
});

test("a list and a name are put by the calls that are for them", async () => {
  const joinedWith: ImageIndex[] = [];
  const moved: Channel[] = [];
  const at: Partial<Registry> = {
    join: async (index) => {
      joinedWith.push(index);
      return { kind: "sent", warnings: [] };
    },
    channels: {
      ...channels,
      move: async (channel) => {
        moved.push(channel);
        return { kind: "sent", warnings: [] };
      },
    },
  };
  const { effects, ports } = await listed({ ecosystem: "oci", packages: [picture], artifacts: [amd, arm], images, at });
  for (const effect of effects.slice(2)) await publishStep.perform(effect, { kind: "absent" }, ports);

  const digest = joinedWith[0]?.registryDigest;
  assert.equal(
    digest,
    `sha256:${createHash("sha256")
      .update(joinedWith[0]?.text ?? "")
      .digest("hex")}`,
  );
  assert.deepEqual(moved, [{ package: "ada/proxy", name: "1.2.0", version: "1.2.0", registryDigest: digest }]);
});

test("staging puts images and no name", async () => {
  const { ports, frozen } = worldOf({ ecosystem: "oci", packages: [picture], artifacts: [amd], images, at: { channels } });

  assert.deepEqual((await stageStep.effects(frozen, ports)).map(({ key }) => key), ["there/proxy-linux-amd64.tar"]); // prettier-ignore
});

test("a registry without movable names takes no channels", async () => {
  const given: Given = { ecosystem: "crates", packages: [crates], artifacts: [crate("kelp-core")], input: { channels: ["latest"] } };

  await assert.rejects(listed(given), { code: "PLAN_INVALID", message: /a crates registry has no movable names/ });
});
