// `build-image` from files alone, with crane: a binary of the release goes into an image without a daemon and
// without root, twice with the same bytes, and crane and a registry that others wrote take it.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { imageIndexText } from "../../src/domain/oci/image-index.ts";
import type { ImageArchive } from "../../src/platform/ports.ts";
import { buildImageStep } from "../../src/steps/build-image/build-image.ts";
import { buildImageInput, type BuildImageInput } from "../../src/steps/build-image/input.ts";
import type { Worked } from "../../src/steps/step.ts";
import { crane, startGoRegistry } from "../support/image-programs.ts";
import { ociClientOf, digestOf } from "../support/oci.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { elf } from "../support/executables.ts";
import { aFrozen, anArtifact, aPackage, aPlannedStep } from "../support/ports.ts";
import { never } from "../support/pypi.ts";
import { realPorts, type RealPorts } from "../support/real-ports.ts";
import { runTool } from "../support/test-tools.ts";

const path = (process.env["PATH"] ?? "").split(delimiter);
const step = aPlannedStep({ timeoutMs: 120_000 });
const packages = [
  aPackage({ id: "image", ecosystem: "oci", name: "slip/proxy", version: "1.2.0" }),
  aPackage({ id: "command", ecosystem: "binary", name: "proxy", version: "1.2.0" }),
];
const input: BuildImageInput = {
  copy: [{ binary: "command", to: "/usr/bin/proxy" }, { from: "etc" }],
  entrypoint: ["/usr/bin/proxy"],
  env: { PROXY_CONFIG: "/etc/proxy.toml" },
  user: "65532",
};

function binary(platform: string) {
  return anArtifact("binary", `proxy-${platform}`, { package: "command", platform });
}

async function portsWith(t: TestContext): Promise<RealPorts> {
  const file = join(import.meta.dirname, "..", "..", "package.json");
  const ports = await realPorts(t, { path, artifactFiles: {} });
  const programs = { "proxy-linux-x86_64": elf(), "proxy-linux-aarch64": elf({ machine: 183 }) };
  for (const [name, bytes] of Object.entries(programs)) writeFileSync(join(ports.root, name), bytes);
  await ports.files.writeText(join(ports.workFolder, "etc", "proxy.toml"), "port = 1\n");
  await ports.files.copy(file, join(ports.workFolder, "etc", "deep", "package.json"));
  return { ...ports, artifactFile: ({ name }) => join(ports.root, name) };
}

async function build(ports: RealPorts, platform: string): Promise<{ readonly file: string; readonly image: ImageArchive }> {
  const artifacts = [binary("linux-x86_64"), binary("linux-aarch64")];
  const worked: Worked = await buildImageStep.perform(
    aFrozen(buildImageInput.zod(z).parse(input), { packages, leg: { platform }, artifacts, step }),
    ports,
  );
  assert.equal(worked.kind, "done", JSON.stringify(worked));
  const [made] = worked.kind === "done" ? worked.artifacts : [];
  assert.equal(made?.name, `proxy-${platform}.oci.tar`);
  const opened = await ports.images.openImage(made.file);
  assert.equal(opened.kind, "opened", JSON.stringify(opened));
  return opened.kind === "opened" ? { file: made.file, image: opened.image } : assert.fail();
}

test("build-image: two builds from files alone, in different folders, give the same bytes", async (t) => {
  const first = await build(await portsWith(t), "linux-aarch64");
  const second = await build(await portsWith(t), "linux-aarch64");

  assert.deepEqual(readFileSync(first.file), readFileSync(second.file));
});

test("build-image: GNU tar lists the layer as it was meant", async (t) => {
  const { image } = await build(await portsWith(t), "linux-x86_64");
  const layer = image.blobs[1] ?? assert.fail();
  const parts: Buffer[] = [];
  for await (const part of image.bytesOf(layer)) parts.push(Buffer.from(part));
  const ports = await portsWith(t);
  writeFileSync(join(ports.root, "layer.tar"), gunzipSync(Buffer.concat(parts)));

  const listed = await runTool("tar", ["--utc", "-tvf", join(ports.root, "layer.tar")]);

  const lines = listed.output.trim().split("\n");
  assert.deepEqual(
    lines.map((line) => line.replace(/ +\d+ 2023-11-14 22:13 /, " ")),
    [
      "drwxr-xr-x 0/0 etc/",
      "drwxr-xr-x 0/0 etc/deep/",
      "-rw-r--r-- 0/0 etc/deep/package.json",
      "-rw-r--r-- 0/0 etc/proxy.toml",
      "drwxr-xr-x 0/0 usr/",
      "drwxr-xr-x 0/0 usr/bin/",
      "-rwxr-xr-x 0/0 usr/bin/proxy",
    ],
  );
});

test("build-image: both legs built here are joined, and crane finds the right one, whole, in a registry that others wrote", async (t) => {
  const ports = await portsWith(t);
  const server = await startGoRegistry(t);
  const registry = ociClientOf(server);
  const host = new URL(server.url).host;
  const program = crane(join(ports.root, "crane"));
  const legs: ImageArchive[] = [];
  for (const platform of ["linux-aarch64", "linux-x86_64"]) {
    const { file, image } = await build(ports, platform);
    const { digest } = image.manifest;
    const of = { package: "slip/proxy", version: "1.2.0", name: digest, registryDigest: digest, file, sizeBytes: image.sizeBytes };
    const upload = { ...of, sha256: sha256(digestOf(readFileSync(file)).slice("sha256:".length)), metadata: {} };
    assert.equal((await registry.publish(upload, rehearsalOciCredential(), never)).kind, "sent");
    legs.push(image);
  }
  const text = imageIndexText(
    legs.map(({ manifest: { mediaType, digest, sizeBytes }, platform }) => ({ mediaType, digest, sizeBytes, platform })),
    {},
  );
  const digest = digestOf(text);
  const index = { package: "slip/proxy", version: "1.2.0", name: digest, registryDigest: digest, text };
  const joined = { ...index, sha256: sha256(digest.slice("sha256:".length)), sizeBytes: Buffer.byteLength(text) };
  assert.equal((await registry.join?.(joined, rehearsalOciCredential(), never))?.kind, "sent");

  const reference = `${host}/slip/proxy@${digest}`;
  const config: unknown = JSON.parse(await program.run("config", "--insecure", "--platform", "linux/arm64", reference));

  assert.equal(await program.run("validate", "--insecure", "--remote", reference), `PASS: ${reference}`);
  assert.equal(await program.run("digest", "--insecure", "--platform", "linux/arm64", reference), legs[0]?.manifest.digest);
  const { config: running, architecture } = config as { readonly config: Record<string, unknown>; readonly architecture: string };
  assert.equal(architecture, "arm64");
  assert.deepEqual(
    [running["Entrypoint"], running["User"], running["Env"]],
    [["/usr/bin/proxy"], "65532", ["PROXY_CONFIG=/etc/proxy.toml"]],
  );
});

test("build-image: crane pushes the archive itself, which `docker save` could have written, with the same config and layers", async (t) => {
  const ports = await portsWith(t);
  const server = await startGoRegistry(t);
  const { file, image } = await build(ports, "linux-x86_64");
  const program = crane(join(ports.root, "crane"));
  const reference = `${new URL(server.url).host}/slip/proxy:saved`;

  await program.run("push", "--insecure", file, reference);

  const manifest = JSON.parse(await program.run("manifest", "--insecure", reference)) as {
    readonly config: { readonly digest: string };
    readonly layers: readonly { readonly digest: string }[];
  };
  assert.deepEqual(
    [manifest.config.digest, ...manifest.layers.map(({ digest }) => digest)],
    image.blobs.map(({ digest }) => digest),
  );
});
