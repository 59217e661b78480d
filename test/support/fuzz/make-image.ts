// Image layouts in a tar for the fuzzer: index, manifest, config and layers that fit together, with a lie in one of their
// texts (and the digests above it made to fit, so that the lie is reached), or in the tar around them.
import { createHash } from "node:crypto";
import { rawTar, type RawTarMember } from "../raw-tar.ts";
import { broken } from "./break-bytes.ts";
import type { Chance } from "./chance.ts";

const types = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

interface Blob {
  readonly name: string;
  readonly bytes: Buffer;
}

export function fuzzedImage(chance: Chance): Buffer {
  const tar = rawTar(shuffled(members(chance), chance), chance.once(12) ? { zeroBlocks: chance.below(4) } : {});
  return chance.once(4) ? broken(tar, chance) : tar;
}

function members(chance: Chance): readonly RawTarMember[] {
  const blobs: Blob[] = [];
  const put = (bytes: Buffer): Blob => {
    const one = { name: createHash("sha256").update(bytes).digest("hex"), bytes };
    blobs.push(one);
    return one;
  };
  const layers = Array.from({ length: chance.below(4) }, (_, at) => put(Buffer.from(`layer ${chance.once(3) ? 0 : at}`)));
  const config = put(text({ architecture: "amd64", os: "linux", config: { Labels: {} }, rootfs: { type: "layers" } }, chance));
  const manifest = put(
    text(
      {
        schemaVersion: 2,
        mediaType: types.manifest,
        config: descriptor(types.config, config, chance),
        layers: layers.map((one) => descriptor(types.layer, one, chance)),
      },
      chance,
    ),
  );
  let led = descriptor(types.manifest, manifest, chance);
  if (chance.once(4))
    led = descriptor(types.index, put(text({ schemaVersion: 2, mediaType: types.index, manifests: [led] }, chance)), chance);
  const index = text({ schemaVersion: 2, mediaType: types.index, manifests: chance.once(10) ? [led, led] : [led] }, chance);
  const layout = text({ imageLayoutVersion: chance.once(20) ? "2.0.0" : "1.0.0" }, chance);
  return [
    { path: "oci-layout", content: layout },
    { path: "index.json", content: index },
    ...blobs.flatMap((blob) => blobMembers(blob, chance)),
    ...(chance.once(20)
      ? [{ path: chance.pick(["../x", "blobs/sha256/x", "index.json", "link"]), type: chance.pick(["0", "2", "5"]) }]
      : []),
  ];
}

function blobMembers({ name, bytes }: Blob, chance: Chance): readonly RawTarMember[] {
  if (chance.once(40)) return [];
  const honest: RawTarMember = { path: `blobs/sha256/${name}`, content: bytes };
  if (!chance.once(30)) return [honest];
  return chance.pick<readonly RawTarMember[]>([
    [honest, honest],
    [{ ...honest, content: "other" }],
    [{ ...honest, path: `blobs/sha512/${name}` }],
    [{ ...honest, path: `./blobs/sha256/${name}` }],
    [{ ...honest, path: `blobs/sha256/${name.toUpperCase()}` }],
    [{ ...honest, size: bytes.length + 1 }],
  ]);
}

function descriptor(mediaType: string, { name, bytes }: Blob, chance: Chance): Record<string, unknown> {
  const honest = { mediaType, digest: `sha256:${name}`, size: bytes.length };
  if (!chance.once(25)) return honest;
  return chance.pick<Record<string, unknown>>([
    { ...honest, size: chance.pick([0, -1, 1.5, "3", 2 ** 53, null]) },
    { ...honest, digest: chance.pick([`sha256:${name.toUpperCase()}`, `sha512:${name}`, "sha256:../../index.json", "", 7]) },
    { ...honest, mediaType: chance.pick(["", "text/plain", types.index, types.manifest, 5]) },
    { ...honest, urls: ["http://127.0.0.1/x"] },
    { ...honest, platform: { os: "unknown", architecture: "unknown" } },
    { mediaType },
  ]);
}

/** The text of a value, sometimes with a member that nobody expects, deep nesting, a key twice, or a byte order mark. */
function text(value: Record<string, unknown>, chance: Chance): Buffer {
  const plain = JSON.stringify(value);
  if (!chance.once(15)) return Buffer.from(plain);
  return Buffer.from(
    chance.pick([
      () =>
        JSON.stringify({
          ...value,
          [chance.pick(["__proto__", "constructor", "schemaVersion", "mediaType", "manifests"])]: chance.pick([null, [], {}, 7]),
        }),
      () => `{"__proto__":{"os":"evil"},${plain.slice(1)}`,
      () => `\ufeff${plain}`,
      () => `${"[".repeat(3_000)}${"]".repeat(3_000)}`,
      () => `${plain.slice(0, -1)},"annotations":{"a":${"[".repeat(2_000)}${"]".repeat(2_000)}}}`,
      () => `${plain.slice(0, -1)},"schemaVersion":1}`,
      () => plain.slice(0, chance.below(plain.length)),
      () => "null",
      () => broken(Buffer.from(plain), chance).toString("latin1"),
    ])(),
  );
}

function shuffled<T>(list: readonly T[], chance: Chance): readonly T[] {
  if (chance.once(2)) return list;
  const result = [...list];
  for (let at = result.length - 1; at > 0; at -= 1) result.push(...result.splice(chance.below(at + 1), 1));
  return result;
}
