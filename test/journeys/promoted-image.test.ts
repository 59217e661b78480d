// Images that move between registries by the real program: built and staged by one pipeline, promoted by another one on another
// machine that has the record and no file of them, with what is about them attached. Registries on loopback stand for real ones.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { releaseRecordSchema } from "../../src/domain/release-record.ts";
import { createSystemClock } from "../../src/platform/clock.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { startRehearsalOci, type RehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { rehearsalPassword } from "../../src/registries/oci/wire.ts";
import { makeBed, told, type Bed, type Ended } from "../support/bed.ts";
import { ociClientOf } from "../support/oci.ts";
import { never } from "../support/pypi.ts";

const name = "example/reed";
const tokens = { IMAGES_TOKEN: rehearsalPassword };

let bed: Bed;
let staging: RehearsalOci;
let production: RehearsalOci;
/** Folder with what somebody took from the release page. */
let downloaded: string;

const bill = '{"bomFormat":"CycloneDX","specVersion":"1.6"}\n';

before(async () => {
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-promoted-${process.pid}`);
  const common = { ours: [name, "example/candidates"], clock: createSystemClock(), announced: false } as const;
  staging = await startRehearsalOci({ ...common, storeFolder: path.join(folder, "staging") });
  // Most registries keep no lists of what is about an image: clients do.
  production = await startRehearsalOci({ ...common, storeFolder: path.join(folder, "production"), listsReferrers: false });
  const file = `slipway: 1
project: reed
packages: { image: { path: ., ecosystem: oci, name: ${name}, version-file: VERSION, tag: "v{version}" } }
forge: { kind: gitea, url: "http://127.0.0.1:9", repository: example/reed }
registries:
  staging: { ecosystem: oci, url: "${staging.url}" }
  production: { ecosystem: oci, url: "${production.url}" }
environments:
  images:
    registries:
      staging: { credentials: { token: IMAGES_TOKEN } }
      production: { credentials: { token: IMAGES_TOKEN } }
pipelines:
  build:
    on: { dispatch: { ref: main } }
    version: { from: manifest }
    steps:
      image: { uses: build-image, with: { builder: layers, copy: [{ from: reed, to: /reed }], entrypoint: [/reed] }, matrix: { platform: [linux-x86_64, linux-aarch64] } }
      record: { uses: record }
      staged: { uses: stage, environment: images, with: { to: staging } }
  promote:
    on: { tag: image }
    version: { from: tag }
    steps:
      bill: { run: "true", produces: [{ kind: sbom, files: "bill/*.json" }] }
      fetch: { uses: fetch-release }
      publish: { uses: publish, environment: images, with: { from: staging, channels: ["{version}", latest] } }
`;
  bed = makeBed({
    example: { files: { "slipway.yaml": file, VERSION: "1.0.0\n", reed: "a program\n", "bill/reed.cdx.json": bill } },
  });
  const built = await bed.slipway(["run", "--pipeline", "build"], tokens);
  assert.equal(built.code, 0, told(built));
  assert.deepEqual(production.received(), [], "staging is all that the first pipeline sends to");
  downloaded = downloadRecord(built);
  bed.git("tag", "--annotate", "v1.0.0", "--message", "v1.0.0");
});

after(async () => {
  await staging.close();
  await production.close();
  bed.remove();
});

/** Puts what somebody downloaded from the release page into a folder: the record, and no image. */
function downloadRecord(built: Ended): string {
  const stored = filesUnder(bed.state).find((file) => readFileSync(file).includes(releaseRecordSchema) && file.includes("sha256"));
  assert.ok(stored !== undefined, told(built));
  const folder = path.join(bed.folder, "downloaded");
  mkdirSync(folder, { recursive: true });
  copyFileSync(stored, path.join(folder, "slipway-record.json"));
  return folder;
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
}

const digests = (registry: RehearsalOci, kind: "blob" | "manifest") =>
  registry
    .received()
    .filter((one) => one.kind === kind && one.stored > 0)
    .map(({ digest }) => digest)
    .toSorted();

test("what the record does not name is not promoted", async () => {
  const tampered = path.join(bed.folder, "tampered");
  mkdirSync(tampered);
  const record = readFileSync(path.join(downloaded, "slipway-record.json"), "utf8");
  const other = record.replace(/"digest":"sha256:[0-9a-f]{64}"/, `"digest":"sha256:${"0".repeat(64)}"`);
  assert.notEqual(other, record);
  writeFileSync(path.join(tampered, "slipway-record.json"), other);
  const ended = await bed.slipway(
    ["--state", path.join(bed.folder, "a-third-machine"), "run", "--pipeline", "promote", "--files", tampered],
    tokens,
  );

  assert.notEqual(ended.code, 0);
  assert.match(ended.stderr + ended.stdout, /Cannot copy example\/reed@sha256:0{64}: staging does not hold it/);
  assert.deepEqual(production.received(), []);
});

test("an image that one pipeline staged is promoted by another one by its digest, and what is about it is attached", async () => {
  const elsewhere = ["--state", path.join(bed.folder, "another-machine")];

  const rehearsed = await bed.slipway([...elsewhere, "rehearse", "--pipeline", "promote", "--files", downloaded], tokens);
  assert.equal(rehearsed.code, 0, told(rehearsed));
  assert.deepEqual(production.received(), [], "a rehearsal reads at staging, and sends nothing to the real registries");
  const promoted = await bed.slipway([...elsewhere, "run", "--pipeline", "promote", "--files", downloaded, "--json"], tokens);

  assert.equal(promoted.code, 0, told(promoted));
  const registry = ociClientOf(production, { world: "real", readAs: () => Promise.resolve(rehearsalOciCredential()) });
  const survey = await registry.survey(name, "1.0.0", never);
  const shown = survey.kind === "listed" ? survey.files.map((file) => file.name) : [];
  const images = digests(staging, "manifest");
  assert.equal(images.length, 3, "two platforms and their list");
  assert.deepEqual(shown.toSorted(), images, "the very manifests that were staged");
  assert.deepEqual(
    digests(staging, "blob").filter((digest) => !digests(production, "blob").includes(digest)),
    [],
  );
  const [index] = shown;
  assert.ok(index !== undefined);
  const list = production.received().find((one) => one.name === `${name}:${index.replace(":", "-")}`);
  assert.equal(list?.stored, 1, "the list of what is about the image is kept under its tag");
  const text = JSON.stringify(await registry.images?.manifest({ package: name, registryDigest: list.digest }, never));
  assert.match(text, /application\/vnd\.cyclonedx\+json/);
  const names = production.received().flatMap((one) => (one.kind === "tag" ? [one.name] : []));
  assert.deepEqual(names.toSorted(), [`${name}:1.0.0`, `${name}:latest`, list.name].toSorted());

  const verified = await bed.slipway([...elsewhere, "verify", "--json"], tokens);
  assert.equal(verified.code, 0, told(verified));
  const { files } = JSON.parse(verified.stdout) as { readonly files: readonly { readonly name: string; readonly verdict: string }[] };
  assert.deepEqual(
    files.map((file) => `${file.name} ${file.verdict}`).toSorted(),
    images.map((digest) => `${name}@${digest} identical`),
  );

  const before = production.received();
  const staged = await bed.slipway(["verify", "--json"], tokens);
  assert.equal(staged.code, 0, told(staged));
  const again = await bed.slipway([...elsewhere, "run", "--pipeline", "promote", "--files", downloaded], tokens);
  assert.equal(again.code, 0, told(again));
  assert.deepEqual(production.received(), before, "whatever is there is not sent again");
});
