// The rehearsal image registry and our client together with skopeo and buildah, from Debian: an image that buildah built goes
// through an oci-archive, our client and the registry, and comes back with equal digests; skopeo pushes and pulls by itself.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { createImageArchives } from "../../src/platform/archives/image-archive.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import type { RehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { imageIndexText } from "../../src/domain/oci/image-index.ts";
import { sha256 } from "../../src/domain/digest.ts";
import type { ImageIndex, Upload } from "../../src/registries/registry.ts";
import { systemProgram, writeLogin } from "../support/image-programs.ts";
import { attachmentTo, channelTo, digestOf, ociClientOf, startOci } from "../support/oci.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runTool } from "../support/test-tools.ts";

interface Bed {
  readonly server: RehearsalOci;
  readonly host: string;
  readonly folder: string;
  skopeo(...args: readonly string[]): Promise<string>;
  /** Builds an image of one platform into an oci-archive. */
  build(architecture: string): Promise<string>;
}

async function bed(t: TestContext): Promise<Bed> {
  const folder = temporaryFolder(t);
  const server = await startOci(t, { ours: ["slip/demo", "slip/other"] });
  const authFile = writeLogin(join(folder, "home"), server.url, { user: "anybody", password: "rehearsal" });
  const env = {
    HOME: join(folder, "home"),
    REGISTRY_AUTH_FILE: authFile,
    BUILDAH_ISOLATION: "chroot",
    STORAGE_DRIVER: "vfs",
    XDG_RUNTIME_DIR: join(folder, "run"),
  };
  mkdirSync(join(folder, "run"));
  const run = async (name: string, args: readonly string[]): Promise<string> => {
    const program = systemProgram(name, `apt-get install --no-install-recommends ${name}`);
    const ended = await runTool(program, args, { env, cwd: folder });
    assert.equal(ended.code, 0, `${name} ${args.join(" ")}\n${ended.output}`);
    return ended.output;
  };
  const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "runroot")];
  const build = async (architecture: string): Promise<string> => {
    const context = join(folder, `context-${architecture}`);
    mkdirSync(context);
    writeFileSync(join(context, "hello"), `hello from ${architecture}\n`);
    writeFileSync(join(context, "Containerfile"), "FROM scratch\nLABEL org.opencontainers.image.version=1.0.0\nCOPY hello /hello\n");
    const tag = `localhost/hello:${architecture}`;
    await run("buildah", [...storage, "bud", "--timestamp", "0", "--platform", `linux/${architecture}`, "--tag", tag, context]);
    const file = join(folder, `${architecture}.tar`);
    await run("buildah", [...storage, "push", tag, `oci-archive:${file}`]);
    return file;
  };
  return { server, host: new URL(server.url).host, folder, skopeo: (...args) => run("skopeo", args), build };
}

async function uploadOf(file: string): Promise<{ readonly upload: Upload; readonly part: Parameters<typeof imageIndexText>[0][number] }> {
  const opened = await createImageArchives().openImage(file);
  assert.equal(opened.kind, "opened", JSON.stringify(opened));
  if (opened.kind !== "opened") throw new Error("not reached");
  const { manifest, platform, sizeBytes } = opened.image;
  const of = { package: "slip/demo", version: "1.0.0", name: manifest.digest, registryDigest: manifest.digest };
  return {
    upload: { ...of, sha256: sha256(digestOf(readFileSync(file)).slice("sha256:".length)), sizeBytes, file, metadata: {} },
    part: { mediaType: manifest.mediaType, digest: manifest.digest, sizeBytes: manifest.sizeBytes, platform },
  };
}

async function partAt(place: Bed, reference: string, architecture: string): Promise<Parameters<typeof imageIndexText>[0][number]> {
  const raw = await place.skopeo("inspect", "--raw", "--tls-verify=false", reference);
  const text = raw.replace(/\n$/, "");
  const { mediaType } = JSON.parse(text) as { readonly mediaType: string };
  return { mediaType, digest: digestOf(text), sizeBytes: Buffer.byteLength(text), platform: { os: "linux", architecture } };
}

function listOf(parts: Parameters<typeof imageIndexText>[0]): ImageIndex {
  const text = imageIndexText(parts, { "org.opencontainers.image.version": "1.0.0" });
  const digest = digestOf(text);
  const hex = sha256(digest.slice("sha256:".length));
  return {
    package: "slip/demo",
    version: "1.0.0",
    name: digest,
    registryDigest: digest,
    sha256: hex,
    sizeBytes: Buffer.byteLength(text),
    text,
  };
}

describe("skopeo and buildah at the rehearsal image registry", () => {
  test("legs that buildah built are pushed and joined by our client, and skopeo copies the index with equal digests", async (t) => {
    const place = await bed(t);
    const registry = ociClientOf(place.server);
    const legs = [await uploadOf(await place.build("arm64")), await uploadOf(await place.build("amd64"))];
    for (const { upload } of legs) assert.equal((await registry.publish(upload, rehearsalOciCredential(), never)).kind, "sent");
    const text = imageIndexText(
      legs.map((leg) => leg.part),
      { "org.opencontainers.image.version": "1.0.0" },
    );
    const digest = digestOf(text);
    const index: ImageIndex = {
      package: "slip/demo",
      version: "1.0.0",
      name: digest,
      registryDigest: digest,
      sha256: sha256(digest.slice("sha256:".length)),
      sizeBytes: Buffer.byteLength(text),
      text,
    };
    assert.equal((await registry.join?.(index, rehearsalOciCredential(), never))?.kind, "sent");
    assert.equal((await registry.channels?.move(channelTo(index, "latest"), rehearsalOciCredential(), never))?.kind, "sent");

    const [from, to] = [`docker://${place.host}/slip/demo:latest`, `docker://${place.host}/slip/other:latest`];
    await place.skopeo("copy", "--all", "--src-tls-verify=false", "--dest-tls-verify=false", from, to);
    await place.skopeo("copy", "--all", "--src-tls-verify=false", from, `oci:${join(place.folder, "layout")}:latest`);

    const raw = await place.skopeo("inspect", "--raw", "--tls-verify=false", to);
    assert.equal(raw.trim(), text);
    const layout = JSON.parse(readFileSync(join(place.folder, "layout", "index.json"), "utf8")) as {
      readonly manifests: readonly { readonly digest: string }[];
    };
    assert.deepEqual(
      layout.manifests.map((one) => one.digest),
      [digest],
    );
    const inspected = JSON.parse(await place.skopeo("inspect", "--tls-verify=false", "--override-arch", "arm64", from)) as {
      readonly Architecture: string;
    };
    assert.equal(inspected.Architecture, "arm64");
  });

  test("an index that our client copied to another registry is the same for skopeo, and so is what is about it", async (t) => {
    const place = await bed(t);
    const there = await startOci(t, { ours: ["slip/demo"], listsReferrers: false });
    const [from, to] = [ociClientOf(place.server), ociClientOf(there, { name: "production" })];
    const reference = `docker://${place.host}/slip/demo:1.0.0`;
    for (const architecture of ["arm64", "amd64"])
      await place.skopeo(
        "copy",
        "--dest-tls-verify=false",
        `oci-archive:${await place.build(architecture)}`,
        `${reference}-${architecture}`,
      );
    const parts = await Promise.all(["arm64", "amd64"].map((one) => partAt(place, `${reference}-${one}`, one)));
    const index = listOf(parts);
    assert.equal((await from.join?.(index, rehearsalOciCredential(), never))?.kind, "sent");
    assert.ok(from.images !== undefined);
    const source = { source: from.images, package: "slip/demo" };

    for (const digest of [...parts.map((part) => part.digest), index.registryDigest ?? ""])
      assert.equal((await to.copy?.({ ...index, registryDigest: digest, from: source }, rehearsalOciCredential(), never))?.kind, "sent");
    const bill = attachmentTo(place.folder, index);
    assert.equal((await to.attachments?.attach(bill, rehearsalOciCredential(), never))?.kind, "sent");

    const host = new URL(there.url).host;
    const copied = await place.skopeo("inspect", "--raw", "--tls-verify=false", `docker://${host}/slip/demo@${index.registryDigest}`);
    assert.equal(copied.trim(), index.text);
    await place.skopeo(
      "copy",
      "--all",
      "--src-tls-verify=false",
      `docker://${host}/slip/demo@${index.registryDigest}`,
      `oci:${join(place.folder, "out")}:x`,
    );
    const tag = (index.registryDigest ?? "").replace(":", "-");
    const list = JSON.parse(await place.skopeo("inspect", "--raw", "--tls-verify=false", `docker://${host}/slip/demo:${tag}`)) as {
      readonly manifests: readonly { readonly digest: string; readonly artifactType: string }[];
    };
    assert.deepEqual(list.manifests.map(({ digest, artifactType }) => [digest, artifactType]), [[bill.registryDigest, "application/vnd.cyclonedx+json"]]); // prettier-ignore
  });

  test("what skopeo pushed is present for our client, and skopeo deletes it again", async (t) => {
    const place = await bed(t);
    const registry = ociClientOf(place.server);
    const file = await place.build("amd64");
    const { upload } = await uploadOf(file);
    const reference = `docker://${place.host}/slip/demo:1.0.0`;

    await place.skopeo("copy", "--dest-tls-verify=false", `oci-archive:${file}`, reference);

    assert.equal((await registry.observe(upload, never)).kind, "present");
    assert.equal((await registry.channels?.observe(channelTo(upload, "1.0.0"), never))?.kind, "present");
    assert.deepEqual(await registry.versions("slip/demo", never), { kind: "listed", versions: ["1.0.0"] });
    await place.skopeo("delete", "--tls-verify=false", reference);
    assert.equal((await registry.observe(upload, never)).kind, "absent");
  });
});
