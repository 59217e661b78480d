// A rehearsal npm registry and our client for tests, and packages small enough to be made in memory.
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { packedFileName } from "../../src/domain/npm/names.ts";
import { openHttp, type HttpOptions } from "../../src/platform/http.ts";
import { npmRegistry, type NpmOptions } from "../../src/registries/npm/client.ts";
import { startRehearsalNpm, type NpmRehearsalOptions, type RehearsalNpm } from "../../src/registries/npm/rehearsal/server.ts";
import type { Registry, Upload } from "../../src/registries/registry.ts";
import type { Goods } from "./goods.ts";
import { realClock } from "./pypi.ts";
import { rawTarGz } from "./raw-tar.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Starts a rehearsal registry for `ours`; a folder may be given to open one again. */
export async function startNpm(
  t: Pick<TestContext, "after">,
  options: Partial<NpmRehearsalOptions> & { readonly ours: readonly string[] },
): Promise<RehearsalNpm> {
  const storeFolder = options.storeFolder ?? join(temporaryFolder(t), "registry");
  const server = await startRehearsalNpm({ clock: realClock, ...options, storeFolder });
  t.after(() => server.close());
  return server;
}

/** What tests change of the client, and of the HTTP under it. */
export type NpmClientOptions = Partial<NpmOptions> & Partial<Pick<HttpOptions, "timeouts">>;

/** Our client, pointed at some registry. Time-outs are short: everything is on this machine. */
export function npmClientOf(registryUrl: string, options: NpmClientOptions = {}): Registry {
  const { timeouts = { connectMs: 2_000, answerMs: 5_000, wholeMs: 10_000 }, ...own } = options;
  const http = openHttp({ userAgent: "slipway/0.0.0-test", timeouts, env: {} });
  return npmRegistry({ name: "staging", registryUrl, world: "rehearsal", settleMs: 250, clock: realClock, http, ...own });
}

/** What an upload of a packed file carries. @param bytes of the tarball; written into the folder under its packed name */
export function npmUploadOf(folder: string, manifest: JsonObject, rest: { readonly bytes: Buffer; readonly tag?: string }): Upload {
  const { bytes, tag = "latest" } = rest;
  const [name, version] = [String(manifest["name"]), String(manifest["version"])];
  const file = join(folder, packedFileName(name, version));
  writeFileSync(file, bytes);
  const digest = (algorithm: string) => createHash(algorithm).update(bytes);
  return {
    package: name,
    version,
    name: packedFileName(name, version),
    sha256: sha256(digest("sha256").digest("hex")),
    registryDigest: `sha512-${digest("sha512").digest("base64")}`,
    sizeBytes: bytes.length,
    file,
    metadata: { manifest, tag, access: "public" },
  };
}

/** A packed package of nothing but its manifest and what is given. */
export function npmTarball(manifest: JsonObject, files: Readonly<Record<string, string | Uint8Array>> = {}): Buffer {
  const members = Object.entries({ "package.json": JSON.stringify(manifest, null, 2), ...files });
  return rawTarGz(members.map(([path, content]) => ({ path: `package/${path}`, content })));
}

/** What the registry contract publishes to an npm registry. */
export const npmGoods: Goods = {
  package: "@slip/demo",
  spellings: ["@slip/demo", "@slip/demo"],
  inAddress: /@slip(?:\/|%2f)demo/i,
  version: (number) => `1.0.${number}`,
  respelled: (version) => version,
  make: (folder, { version, note, paddingBytes }) => {
    const manifest = {
      name: "@slip/demo",
      version,
      license: "MIT",
      main: "index.js",
      ...(note === undefined ? {} : { description: note }),
    };
    const padding = paddingBytes === undefined ? {} : { "data.bin": randomBytes(paddingBytes) };
    return npmUploadOf(folder, manifest, { bytes: npmTarball(manifest, { "index.js": "module.exports = 'demo';\n", ...padding }) });
  },
};
