// The real npm, pnpm and yarn for tests: run in a home of their own against a registry on this machine, and what is in the
// tarballs that they pack.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { readmeAmong, type PackedFiles } from "../../src/domain/npm/prepared-manifest.ts";
import { runTool, type Ended } from "./test-tools.ts";

const folder = join(import.meta.dirname, "..", "..", ".cache", "npm-test-tools", "node_modules");

/** Absolute path of a file of the tests' own npm packages. */
export function npmTestTool(path: string): string {
  const file = join(folder, path);
  assert.ok(existsSync(file), `There is no "${path}" among the tests' npm tools. In the repository, run: npm run test-tools`);
  return file;
}

export type Client = "npm" | "pnpm" | "yarn";

/** Program and first arguments of a client. npm is the one of this machine, which the tests need anyway. */
const programs: Readonly<Record<Client, () => readonly [string, ...string[]]>> = {
  npm: () => ["npm"],
  pnpm: () => [process.execPath, npmTestTool("pnpm/bin/pnpm.cjs")],
  yarn: () => [process.execPath, npmTestTool("yarn/bin/yarn.js")],
};

export interface Shop {
  /** Runs a client in `cwd`, with the registry and a token for it. */
  run(client: Client, args: readonly string[], cwd: string): Promise<Ended>;
}

/** @param home an empty folder; @param registryUrl ends with a slash */
export function openShop(home: string, registryUrl: string, token = "npm_rehearsal"): Shop {
  const place = registryUrl.replace(/^http:/, "");
  writeFileSync(join(home, ".npmrc"), `registry=${registryUrl}\n${place}:_authToken=${token}\n`);
  const env = {
    HOME: home,
    npm_config_userconfig: join(home, ".npmrc"),
    npm_config_cache: join(home, "cache"),
    npm_config_update_notifier: "false",
    YARN_CACHE_FOLDER: join(home, "yarn-cache"),
    YARN_REGISTRY: registryUrl,
    XDG_DATA_HOME: join(home, "data"),
    XDG_STATE_HOME: join(home, "state"),
    XDG_CACHE_HOME: join(home, "xdg-cache"),
    NPM_CONFIG_PROVENANCE: "false",
    NPM_TOKEN: token,
    CI: "1",
  };
  return {
    run: async (client, args, cwd) => {
      const [program, ...first] = programs[client]();
      const store = client === "pnpm" ? { npm_config_store_dir: join(home, "store") } : {};
      return await runTool(program, [...first, ...args], { cwd, env: { ...env, ...store }, timeoutMs: 120_000 });
    },
  };
}

/** Writes a package's files. */
export function writePackage(folder: string, files: Readonly<Record<string, string | JsonObject>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content, null, 2));
  }
}

/** Packs with the real npm. @returns absolute path of the tarball */
export async function npmPack(shop: Shop, from: string): Promise<string> {
  const { code, output } = await shop.run("npm", ["pack", "--json", "--loglevel=silent"], from);
  assert.equal(code, 0, output);
  const [packed] = JSON.parse(output) as [{ readonly filename: string }];
  return join(from, packed.filename.replace(/^@/, "").replace("/", "-"));
}

/** The package.json of a tarball, and what of its other files belongs into a publish. */
export function readPacked(tarball: string): { readonly manifest: JsonObject; readonly packed: PackedFiles } {
  const files = untar(gunzipSync(readFileSync(tarball)));
  const textOf = (path: string): string => files.get(path)?.toString("utf8") ?? "";
  const paths = [...files.keys()];
  const readme = readmeAmong(paths);
  const packed = {
    paths,
    ...(readme === undefined ? {} : { readme: { name: readme, text: textOf(readme) } }),
    ...(files.has("AUTHORS") ? { authors: textOf("AUTHORS") } : {}),
  };
  return { manifest: JSON.parse(textOf("package.json")) as JsonObject, packed };
}

/** Regular files of a tar that an honest program wrote, by path without the first folder. */
function untar(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0;) {
    const name = bytes.toString("utf8", at, bytes.indexOf(0, at));
    const sizeBytes = Number.parseInt(bytes.toString("latin1", at + 124, at + 135), 8);
    files.set(name.replace(/^[^/]*\//, ""), bytes.subarray(at + 512, at + 512 + sizeBytes));
    at += 512 + Math.ceil(sizeBytes / 512) * 512;
  }
  return files;
}
