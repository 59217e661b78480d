// A rehearsal PyPI and our client for tests: started in a folder of the test's own, with the real clock, closed at its end.
import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { join } from "node:path";
import { sha256 } from "../../src/domain/digest.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { openHttp, type HttpOptions } from "../../src/platform/http.ts";
import { pypiRegistry, type PypiOptions } from "../../src/registries/pypi/client.ts";
import { startRehearsalPypi, type RehearsalOptions, type RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import type { Publication, Registry, Upload } from "../../src/registries/registry.ts";
import type { Goods } from "./goods.ts";
import { sdist } from "./sdist.ts";
import { wheel, writeBuilt, type BuiltFile, type WheelOf } from "./wheel.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export const realClock: Clock = {
  nowMs: Date.now,
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};

/** A signal that never comes. */
export const never: AbortSignal = new AbortController().signal;

/** Starts a rehearsal index for `ours`; a folder may be given to open one again. */
export async function startIndex(
  t: TestContext,
  options: Partial<RehearsalOptions> & { readonly ours: readonly string[] },
): Promise<RehearsalPypi> {
  const storeFolder = options.storeFolder ?? join(temporaryFolder(t), "index");
  const server = await startRehearsalPypi({ clock: realClock, ...options, storeFolder });
  t.after(() => server.close());
  return server;
}

/** What tests change of the client, and of the HTTP under it. */
export type ClientOptions = Partial<PypiOptions> & Partial<Pick<HttpOptions, "timeouts" | "certificates" | "env">>;

/** Our client, pointed at some index. Time-outs are short: everything is on this machine. */
export function clientOf(addresses: { readonly uploadUrl: string; readonly indexUrl: string }, options: ClientOptions = {}): Registry {
  const { timeouts = { connectMs: 2_000, answerMs: 5_000, wholeMs: 10_000 }, certificates, env = {}, ...own } = options;
  const trusted = certificates === undefined ? {} : { certificates };
  const { uploadUrl, indexUrl } = addresses;
  return pypiRegistry({
    name: "staging",
    uploadUrl,
    indexUrl,
    world: "rehearsal",
    rules: "open",
    settleMs: 250,
    clock: realClock,
    http: openHttp({ userAgent: "slipway/0.0.0-test", timeouts, env, ...trusted }),
    ...own,
  });
}

export function publicationOf(of: Pick<WheelOf, "name" | "version">, built: BuiltFile): Publication {
  return { package: of.name, version: of.version, name: built.name, sha256: sha256(built.sha256), sizeBytes: built.bytes.length };
}

/** Writes the file and says what an upload of it is; metadata as a parser of core metadata would give it. */
export function uploadOf(folder: string, of: Pick<WheelOf, "name" | "version">, built: BuiltFile): Upload {
  const [head = "", ...body] = built.metadata.split("\n\n");
  const lines = head.split("\n").filter((line) => line !== "");
  const headers = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()] as const);
  const description = body.join("\n\n");
  const metadata = { headers, ...(description === "" ? {} : { description }) };
  return { ...publicationOf(of, built), file: writeBuilt(folder, built), metadata };
}

/** What the registry contract publishes to a Python index. */
export const pypiGoods: Goods = {
  package: "Slip.Demo",
  spellings: ["slip-demo", "SLIP_demo"],
  inAddress: /slip-demo/,
  version: (number) => `1.${number}`,
  respelled: (version) => `${version}.0`,
  make: (folder, { version, note, paddingBytes }) => {
    const of = {
      name: "Slip.Demo",
      version,
      description: "A package\n",
      descriptionContentType: "text/markdown",
      ...(note === undefined ? {} : { summary: note }),
      ...(paddingBytes === undefined ? {} : { files: { "slip_demo/data.bin": randomBytes(paddingBytes) } }),
    };
    return uploadOf(folder, of, wheel(of));
  },
  pair: (folder) => {
    const of = { name: "Slip.Demo", version: "2.0rc1" };
    return [uploadOf(folder, of, wheel(of)), uploadOf(folder, of, sdist(of))];
  },
};
