import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { gunzipSync } from "node:zlib";
import { temporaryFolder } from "../../../test/support/temporary-folder.ts";
import type { ImageArchive, ImageMaking } from "../ports.ts";
import { createImageArchives } from "./image-archive.ts";

const images = createImageArchives();
const version = "org.opencontainers.image.version";

interface Made {
  readonly image: ImageArchive;
  readonly bytes: Buffer;
}

let made = 0;

async function make(folder: string, parts: Partial<ImageMaking> = {}): Promise<Made> {
  const to = join(folder, `image-${(made += 1)}.tar`);
  await images.writeImage({
    to,
    platform: { os: "linux", architecture: "arm64", variant: "v8" },
    epochSeconds: 1_700_000_000,
    files: [],
    settings: {},
    annotations: {},
    ...parts,
  });
  const opened = await images.openImage(to);
  if (opened.kind === "opened") return { image: opened.image, bytes: readFileSync(to) };
  return assert.fail(opened.why);
}

function source(t: TestContext, files: Readonly<Record<string, string>>): { readonly folder: string; file(name: string): string } {
  const folder = temporaryFolder(t);
  const file = (name: string): string => join(folder, name);
  for (const [name, text] of Object.entries(files)) writeFileSync(file(name), text);
  return { folder, file };
}

async function blobText(image: ImageArchive, index: number): Promise<Buffer> {
  const blob = image.blobs[index];
  assert.ok(blob !== undefined);
  const parts: Buffer[] = [];
  for await (const part of image.bytesOf(blob)) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

interface Listed {
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly time: number;
  readonly type: string;
}

/** Headers of a tar, read by hand: the writer is not to be held against itself. */
function listTar(tar: Buffer): readonly Listed[] {
  const listed: Listed[] = [];
  for (let at = 0; tar[at] !== 0 && at < tar.length;) {
    const text = (from: number, length: number): string => tar.toString("latin1", at + from, at + from + length).replace(/\0.*$/s, "");
    const size = parseInt(text(124, 12), 8);
    const prefix = text(345, 155);
    listed.push({
      path: prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`,
      mode: text(100, 8),
      owner: `${parseInt(text(108, 8), 8)}:${parseInt(text(116, 8), 8)}`,
      time: parseInt(text(136, 12), 8),
      type: text(156, 1),
    });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return listed;
}

test("an image from scratch holds its files sorted, owned by nobody, of one time and two modes, with the folders above them", async (t) => {
  const { folder, file } = source(t, { tool: "program", text: "text" });
  chmodSync(file("tool"), 0o770);
  chmodSync(file("text"), 0o600);

  const { image } = await make(folder, {
    files: [
      { path: "usr/bin/tool", file: file("tool") },
      { path: "etc/tool.toml", file: file("text") },
      { path: "usr/bin/forced", file: file("text"), executable: true },
    ],
  });

  const listed = listTar(gunzipSync(await blobText(image, 1)));
  assert.deepEqual(
    listed.map(({ path, mode, type }) => [path, mode, type]),
    [
      ["etc/", "0000755", "5"],
      ["etc/tool.toml", "0000644", "0"],
      ["usr/", "0000755", "5"],
      ["usr/bin/", "0000755", "5"],
      ["usr/bin/forced", "0000755", "0"],
      ["usr/bin/tool", "0000755", "0"],
    ],
  );
  assert.deepEqual([...new Set(listed.map(({ owner, time }) => `${owner} ${time}`))], ["0:0 1700000000"]);
});

test("the config names platform, settings, labels and the digest of the unpacked layer", async (t) => {
  const { folder, file } = source(t, { tool: "program" });

  const { image } = await make(folder, {
    files: [{ path: "tool", file: file("tool") }],
    settings: { entrypoint: ["/tool"], env: { A: "1" }, user: "65532", folder: "/data", labels: { [version]: "1.2.0", a: "b" } },
    annotations: { [version]: "1.2.0" },
  });

  const config: unknown = JSON.parse((await blobText(image, 0)).toString("utf8"));
  const diffId = `sha256:${createHash("sha256")
    .update(gunzipSync(await blobText(image, 1)))
    .digest("hex")}`;
  assert.deepEqual(config, {
    created: "2023-11-14T22:13:20Z",
    architecture: "arm64",
    os: "linux",
    variant: "v8",
    config: { Entrypoint: ["/tool"], Env: ["A=1"], Labels: { a: "b", [version]: "1.2.0" }, User: "65532", WorkingDir: "/data" },
    rootfs: { type: "layers", diff_ids: [diffId] },
    history: [{ created: "2023-11-14T22:13:20Z", created_by: "slipway build-image" }],
  });
  assert.deepEqual(image.manifest.annotations, { [version]: "1.2.0" });
  assert.deepEqual(image.labels, { a: "b", [version]: "1.2.0" });
});

test("two builds of the same parts give the same bytes, whatever the order and the times of the files", async (t) => {
  const { folder, file } = source(t, { one: "1".repeat(3_000_000), two: "2" });
  const files = ["one", "two"].map((name) => ({ path: `app/${name}`, file: file(name) }));
  const settings = { labels: { b: "1", a: "2" } };

  const first = await make(folder, { files, settings });
  writeFileSync(file("two"), "2");
  const second = await make(folder, { files: files.toReversed(), settings: { labels: { a: "2", b: "1" } } });

  assert.deepEqual(first.bytes, second.bytes);
  assert.notDeepEqual((await make(folder, { files, settings, epochSeconds: 1_700_000_001 })).bytes, first.bytes);
});

test("an image upon another keeps its layers, settings and history, and adds no folders that may be links there", async (t) => {
  const { folder, file } = source(t, { tool: "program", base: "base" });
  const base = await make(folder, {
    files: [{ path: "bin/sh", file: file("base") }],
    settings: { entrypoint: ["/bin/sh"], cmd: ["-i"], env: { PATH: "/bin", A: "1" }, labels: { from: "base" } },
  });

  const { image } = await make(folder, {
    base: base.image,
    files: [{ path: "bin/tool", file: file("tool") }],
    settings: { entrypoint: ["/bin/tool"], env: { A: "2", B: "3" }, labels: { own: "1" } },
  });

  const config = JSON.parse((await blobText(image, 0)).toString("utf8")) as {
    readonly config: object;
    readonly rootfs: { readonly diff_ids: readonly string[] };
    readonly history: readonly object[];
  };
  assert.deepEqual(config.config, { Entrypoint: ["/bin/tool"], Env: ["PATH=/bin", "A=2", "B=3"], Labels: { from: "base", own: "1" } });
  assert.equal(config.rootfs.diff_ids.length, 2);
  assert.equal(config.history.length, 2);
  assert.equal(image.blobs[1]?.digest, base.image.blobs[1]?.digest);
  assert.deepEqual(
    listTar(gunzipSync(await blobText(image, 2))).map(({ path }) => path),
    ["bin/tool"],
  );
});

test("a base image for another platform is refused", async (t) => {
  const { folder } = source(t, {});
  const base = await make(folder, { platform: { os: "linux", architecture: "amd64" } });

  await assert.rejects(make(folder, { base: base.image }), { code: "ARTIFACT_INVALID", message: /is for linux\/amd64, and should be for/ });
});

const long = `${"a".repeat(80)}/${"b".repeat(80)}/${"c".repeat(90)}`;
for (const path of [long, "d".repeat(120), "ümlaut"]) {
  test(`a path that the oldest form of a header cannot hold is kept: ${path.slice(0, 10)}`, async (t) => {
    const { folder, file } = source(t, { text: "text" });

    const { image } = await make(folder, { files: [{ path, file: file("text") }] });

    const tar = gunzipSync(await blobText(image, 1));
    const paths = listTar(tar).map((one) => one.path);
    assert.ok(paths.includes(path) || tar.includes(Buffer.from(` path=${path}\n`)), paths.join(" "));
  });
}

const wrong: readonly (readonly [string, ImageMaking["files"], RegExp])[] = [
  ["a path that leads out", [{ path: "../tool", file: "/tool" }], /no plain path/],
  ["a whiteout", [{ path: "etc/.wh.passwd", file: "/tool" }], /no plain path/],
  [
    "a path that stands twice",
    [
      { path: "a", file: "/1" },
      { path: "a", file: "/2" },
    ],
    /stands twice/,
  ],
  [
    "a file that is a folder too",
    [
      { path: "a", file: "/1" },
      { path: "a/b", file: "/2" },
    ],
    /a file and a folder/,
  ],
];
for (const [what, files, message] of wrong) {
  test(`an image is not made with ${what}`, async (t) => {
    await assert.rejects(make(temporaryFolder(t), { files }), { code: "ARTIFACT_INVALID", message });
  });
}

test("an image is not made with a link, which may lead anywhere", async (t) => {
  const { folder, file } = source(t, { text: "text" });
  symlinkSync(file("text"), file("link"));

  await assert.rejects(make(folder, { files: [{ path: "a", file: file("link") }] }), { code: "ARTIFACT_INVALID", message: /is a link/ });
});

test("an image that another builder wrote is written again for programs of `docker save`, with the same blobs", async (t) => {
  const { folder, file } = source(t, { tool: "program" });
  const { image } = await make(folder, { files: [{ path: "tool", file: file("tool") }] });

  await images.writeForDocker(image, join(folder, "again.tar"));

  const opened = await images.openImage(join(folder, "again.tar"));
  assert.equal(opened.kind === "opened" && opened.image.manifest.digest, image.manifest.digest);
  const tar = readFileSync(join(folder, "again.tar"));
  const [config, layer] = image.blobs.map(({ digest }) => `blobs/${digest.replace(":", "/")}`);
  assert.ok(tar.includes(Buffer.from(JSON.stringify([{ Config: config, RepoTags: null, Layers: [layer] }]))));
});
