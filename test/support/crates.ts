// A rehearsal crate registry and our client for tests, and small .crate files as cargo would package them: started in a folder
// of the test's own, with the real clock, closed at its end.
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { gzipSync } from "node:zlib";
import { crateFileName } from "../../src/domain/crates/names.ts";
import { publishJson } from "../../src/domain/crates/publish-json.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { openHttp, type HttpOptions } from "../../src/platform/http.ts";
import { cratesRegistry, type CratesOptions } from "../../src/registries/crates/client.ts";
import { startRehearsalCrates, type RehearsalCrates, type RehearsalCratesOptions } from "../../src/registries/crates/rehearsal/server.ts";
import type { Registry, Upload } from "../../src/registries/registry.ts";
import type { Goods } from "./goods.ts";
import { realClock } from "./pypi.ts";
import { tar } from "./sdist.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Starts a rehearsal registry for `ours`; a folder may be given to open one again. */
export async function startCrates(
  t: Pick<TestContext, "after">,
  options: Partial<RehearsalCratesOptions> & { readonly ours: readonly string[] },
): Promise<RehearsalCrates> {
  const storeFolder = options.storeFolder ?? join(temporaryFolder(t), "crates");
  const server = await startRehearsalCrates({ clock: realClock, ...options, storeFolder });
  t.after(() => server.close());
  return server;
}

export type CratesClientOptions = Partial<CratesOptions> & Partial<Pick<HttpOptions, "timeouts">>;

/** Our client, pointed at some index. Time-outs are short: everything is on this machine. */
export function cratesClientOf({ indexUrl }: { readonly indexUrl: string }, options: CratesClientOptions = {}): Registry {
  const { timeouts = { connectMs: 2_000, answerMs: 5_000, wholeMs: 10_000 }, ...own } = options;
  return cratesRegistry({
    name: "crates",
    indexUrl,
    world: "rehearsal",
    rules: "crates",
    settleMs: 250,
    clock: realClock,
    http: openHttp({ userAgent: "slipway/0.0.0-test", timeouts, env: {} }),
    ...own,
  });
}

export interface CrateOf {
  readonly name: string;
  readonly version: string;
  /** Lines after `[package]`'s first ones. */
  readonly manifest?: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Writes a .crate and says what an upload of it is. */
export function crateUpload(folder: string, of: CrateOf): Upload {
  const { name, version } = of;
  const top = `${name}-${version}`;
  const manifest = `[package]\nname = "${name}"\nversion = "${version}"\nedition = "2021"\n${of.manifest ?? 'description = "A demo"\nlicense = "MIT"\n'}`;
  const files = { "src/lib.rs": "", ...of.files };
  const members = Object.entries({ "Cargo.toml": manifest, ...files }).map(([path, content]) => ({ path: `${top}/${path}`, content }));
  const bytes = gzipSync(tar(members));
  mkdirSync(folder, { recursive: true });
  const file = join(folder, crateFileName(name, version));
  writeFileSync(file, bytes);
  return {
    package: name,
    version,
    name: crateFileName(name, version),
    sha256: sha256(createHash("sha256").update(bytes).digest("hex")),
    sizeBytes: bytes.length,
    file,
    metadata: publishJson({ manifest, readme: undefined, registry: "default" }),
  };
}

/** What the registry contract publishes to a crate registry. */
export const cratesGoods: Goods = {
  package: "Slip-Demo",
  spellings: ["slip-demo", "SLIP-DEMO"],
  inAddress: /slip-demo/i,
  version: (number) => `1.${number}.0`,
  respelled: (version) => version,
  make: (folder, { version, note, paddingBytes }) => {
    const files = {
      "src/lib.rs": note === undefined ? "" : `// ${note}\n`,
      ...(paddingBytes === undefined ? {} : { "data.bin": randomBytes(paddingBytes) }),
    };
    return crateUpload(folder, { name: "Slip-Demo", version, files });
  },
};
