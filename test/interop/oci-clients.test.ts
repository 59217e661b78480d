// The rehearsal image registry used by a program that people use: crane pushes to it, lists it, copies within it and pulls from
// it; and what our client pushed is pulled with equal digests. skopeo and buildah do the same in test/acceptance.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { sha256 as sha256Of } from "../../src/domain/digest.ts";
import { createImageArchives } from "../../src/platform/archives/image-archive.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import type { RehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { crane, writeLogin, type Crane } from "../support/image-programs.ts";
import { channelTo, imageUpload, indexOf, layoutTar, makeImage, ociClientOf, startOci, type ImageOf } from "../support/oci.ts";
import { never } from "../support/pypi.ts";
import { rawTar } from "../support/raw-tar.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface Bed {
  readonly server: RehearsalOci;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly crane: Crane;
  readonly folder: string;
}

async function bed(t: TestContext, password = "rehearsal"): Promise<Bed> {
  const folder = temporaryFolder(t);
  const server = await startOci(t, { ours: ["slip/demo", "slip/other"] });
  const home = join(folder, "home");
  writeLogin(home, server.url, { user: "anybody", password });
  return { server, host: new URL(server.url).host, crane: crane(home), folder };
}

/** An image that crane made from a layer of ours, pushed to the registry. */
async function appended({ crane: program, folder, host }: Bed, reference: string): Promise<string> {
  const layer = join(folder, "layer.tar");
  writeFileSync(layer, rawTar([{ path: "hello", content: "hello\n" }]));
  await program.run("append", "--insecure", "--oci-empty-base", "-f", layer, "-t", `${host}/${reference}`);
  const platform = ["--set-platform", "linux/arm64", "--label", "org.opencontainers.image.version=1.0.0"];
  await program.run("mutate", "--insecure", ...platform, "-t", `${host}/${reference}`, `${host}/${reference}`);
  return await program.run("digest", "--insecure", `${host}/${reference}`);
}

describe("crane at the rehearsal image registry", () => {
  test("pushes, lists, copies to another repository of the release, and deletes", async (t) => {
    const place = await bed(t);
    const { host, crane: program } = place;

    const digest = await appended(place, "slip/demo:1.0.0");
    await program.run("copy", "--insecure", `${host}/slip/demo:1.0.0`, `${host}/slip/other:moved`);

    assert.equal(await program.run("digest", "--insecure", `${host}/slip/other:moved`), digest);
    assert.equal(await program.run("ls", "--insecure", `${host}/slip/other`), "moved");
    await program.run("delete", "--insecure", `${host}/slip/other:moved`);
    assert.notEqual((await program.try("digest", "--insecure", `${host}/slip/other:moved`)).code, 0);
    assert.equal(await program.run("validate", "--insecure", "--remote", `${host}/slip/demo:1.0.0`), `PASS: ${host}/slip/demo:1.0.0`);
  });

  test("pulls what our client pushed, by tag and by digest, with equal digests", async (t) => {
    const { server, host, crane: program, folder } = await bed(t);
    const registry = ociClientOf(server);
    const of: readonly ImageOf[] = [
      {
        version: "1.0.0",
        architecture: "arm64",
        layers: [rawTar([{ path: "a", content: "arm" }]), rawTar([{ path: "b", content: "both" }])],
      },
      {
        version: "1.0.0",
        architecture: "amd64",
        layers: [rawTar([{ path: "a", content: "amd" }]), rawTar([{ path: "b", content: "both" }])],
      },
    ];
    const index = indexOf(
      of.map((one) => ({ of: one, made: makeImage(one) })),
      { "org.opencontainers.image.version": "1.0.0" },
    );
    for (const one of of) await registry.publish(imageUpload(folder, one), rehearsalOciCredential(), never);
    await registry.join?.(index, rehearsalOciCredential(), never);
    await registry.channels?.move(channelTo(index, "latest"), rehearsalOciCredential(), never);

    assert.equal(await program.run("digest", "--insecure", `${host}/slip/demo:latest`), index.registryDigest);
    assert.equal(await program.run("manifest", "--insecure", `${host}/slip/demo@${index.registryDigest ?? ""}`), index.text);
    const arm = await program.run("digest", "--insecure", "--platform", "linux/arm64", `${host}/slip/demo:latest`);
    assert.equal(arm, of[0] === undefined ? "" : makeImage(of[0]).digest);
    await program.run("pull", "--insecure", "--format", "oci", `${host}/slip/demo:latest`, join(folder, "layout"));
    for (const one of of)
      for (const [digest, bytes] of makeImage(one).blobs) {
        const file = join(folder, "layout", "blobs", "sha256", digest.slice("sha256:".length));
        assert.ok(existsSync(file), digest);
        assert.ok(readFileSync(file).equals(bytes));
      }
  });

  test("an image that crane made is pulled as an oci-archive, pushed by our client elsewhere, and has the same digest there", async (t) => {
    const place = await bed(t);
    const { server, host, crane: program, folder } = place;
    const digest = await appended(place, "slip/demo:1.0.0");
    await program.run("pull", "--insecure", "--format", "oci", `${host}/slip/demo:1.0.0`, join(folder, "layout"));
    const file = join(folder, "pulled.tar");
    writeFileSync(file, tarOfLayout(join(folder, "layout")));

    const opened = await createImageArchives().openImage(file);

    assert.equal(opened.kind, "opened", JSON.stringify(opened));
    if (opened.kind !== "opened") return;
    const { image } = opened;
    assert.deepEqual([image.manifest.digest, image.platform], [digest, { os: "linux", architecture: "arm64" }]);
    const { sizeBytes } = image;
    const sha256 = sha256Of(createHash("sha256").update(readFileSync(file)).digest("hex"));
    const of = { package: "slip/other", version: "1.0.0", name: digest, registryDigest: digest, sha256, sizeBytes, file, metadata: {} };
    const registry = ociClientOf(server);
    assert.equal((await registry.publish(of, rehearsalOciCredential(), never)).kind, "sent");
    assert.equal((await registry.observe(of, never)).kind, "present");
    await registry.channels?.move(channelTo(of, "1.0.0"), rehearsalOciCredential(), never);
    assert.equal(await program.run("digest", "--insecure", `${host}/slip/other:1.0.0`), digest);
  });

  test("a channel that crane moved is read by its label", async (t) => {
    const place = await bed(t);
    await appended(place, "slip/demo:latest");
    const registry = ociClientOf(place.server);
    const older = imageUpload(place.folder, { version: "0.9.0" });
    const newer = imageUpload(place.folder, { version: "1.1.0" });

    const seen = [
      await registry.channels?.observe(channelTo(older, "latest"), never),
      await registry.channels?.observe(channelTo(newer, "latest"), never),
    ];

    assert.deepEqual(
      seen.map((one) => one?.kind),
      ["conflict", "absent"],
    );
  });

  test("a wrong password does not push, and a name that is not of the release is nowhere", async (t) => {
    const place = await bed(t, "somebody-elses-token");
    const layer = join(place.folder, "layer.tar");
    writeFileSync(layer, rawTar([{ path: "hello", content: "hello\n" }]));

    const pushed = await place.crane.try("append", "--insecure", "--oci-empty-base", "-f", layer, "-t", `${place.host}/slip/demo:1.0.0`);
    const right = await bed(t);
    const base = await right.crane.try("digest", "--insecure", `${right.host}/library/base:1`);

    assert.match(pushed.output, /UNAUTHORIZED|401/);
    assert.notEqual(pushed.code, 0);
    assert.notEqual(base.code, 0);
    assert.deepEqual(
      right.server.findings().map((finding) => [finding.id, finding.package]),
      [["REHEARSAL-FOREIGN", "library/base"]],
    );
  });
});

/** The layout in a folder as an oci-archive. */
function tarOfLayout(folder: string): Buffer {
  const index = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as {
    readonly manifests: readonly { readonly digest: string }[];
  };
  const blobs = new Map<string, Buffer>();
  const add = (digest: string): Buffer => {
    const bytes = readFileSync(join(folder, "blobs", "sha256", digest.slice("sha256:".length)));
    blobs.set(digest, bytes);
    return bytes;
  };
  for (const { digest } of index.manifests) {
    const manifest = JSON.parse(add(digest).toString("utf8")) as {
      readonly config: { readonly digest: string };
      readonly layers: readonly { readonly digest: string }[];
    };
    for (const part of [manifest.config, ...manifest.layers]) add(part.digest);
  }
  return layoutTar(index, blobs);
}
