// Rehearsal registries are killed while they take files, and opened again: what they answered for is there, whole; what they
// did not answer for is there whole or not at all; nothing is counted twice.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { rehearsalCratesCredential } from "../../src/registries/crates/credentials.ts";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { rehearsalCredential } from "../../src/registries/pypi/credentials.ts";
import type { Credential, Registry, Upload } from "../../src/registries/registry.ts";
import { cratesClientOf, cratesGoods, startCrates } from "../support/crates.ts";
import { npmClientOf, npmTarball, npmUploadOf, startNpm } from "../support/npm.ts";
import { clientOf, never, startIndex, uploadOf } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { wheel } from "../support/wheel.ts";

const rounds = 4;
const program = join(import.meta.dirname, "..", "support", "rehearsal-process.ts");

interface Killed {
  readonly ecosystem: string;
  readonly credential: Credential;
  uploads(folder: string): readonly Upload[];
  /** Our client of the server at an address. */
  client(url: string): Registry;
  /** Opens the folder again, in this process. */
  reopen(t: TestContext, storeFolder: string): Promise<{ readonly url: string; received(): readonly { readonly stored: number }[] }>;
}

const versions = Array.from({ length: 30 }, (_unused, number) => number);

const pypi: Killed = {
  ecosystem: "pypi",
  credential: rehearsalCredential(),
  uploads: (folder) =>
    versions.map((number) => {
      const of = { name: "slip-demo", version: `1.${number}` };
      return uploadOf(folder, of, wheel({ ...of, files: { "slip_demo/data.bin": randomBytes(200_000) } }));
    }),
  client: (url) => clientOf({ uploadUrl: `${url}/legacy/`, indexUrl: `${url}/simple/` }),
  reopen: (t, storeFolder) => startIndex(t, { ours: ["slip-demo"], storeFolder }),
};

const crates: Killed = {
  ecosystem: "crates",
  credential: rehearsalCratesCredential(),
  uploads: (folder) => versions.map((number) => cratesGoods.make(folder, { version: `1.${number}.0`, paddingBytes: 200_000 })),
  client: (url) => cratesClientOf({ indexUrl: `${url}/index/` }),
  reopen: (t, storeFolder) => startCrates(t, { ours: ["slip-demo"], storeFolder }),
};

const npm: Killed = {
  ecosystem: "npm",
  credential: rehearsalNpmCredential(),
  uploads: (folder) => {
    mkdirSync(folder, { recursive: true });
    return versions.map((number) => {
      const manifest = { name: "slip-demo", version: `1.${number}.0` };
      return npmUploadOf(folder, manifest, { bytes: npmTarball(manifest, { "data.bin": randomBytes(200_000) }) });
    });
  },
  // A client lets the writes of one package wait for each other; several runs on several machines do not.
  client: (url) => ({ ...npmClientOf(`${url}/`), publish: (...upload) => npmClientOf(`${url}/`).publish(...upload) }),
  reopen: (t, storeFolder) => startNpm(t, { ours: ["slip-demo"], storeFolder }),
};

for (const killed of [pypi, crates, npm])
  test(`${killed.ecosystem}: after a kill -9 in the middle of uploads the same folder opens with every file whole, once`, async (t) => {
    const folder = temporaryFolder(t);
    const storeFolder = join(folder, "registry");
    const uploads = killed.uploads(join(folder, "dist"));
    const sent = new Set<string>();

    for (let round = 0; round < rounds; round += 1) {
      const child = spawn(process.execPath, [program, killed.ecosystem, storeFolder, "slip-demo"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [line] = (await once(child.stdout, "data")) as [Buffer];
      const registry = killed.client(line.toString("utf8").trim());
      // By answers, not by time: others are on their way at that moment, however slow the machine is.
      const killAfter = randomInt(1, 10);
      t.diagnostic(`round ${round}: killed after ${killAfter} answers`);
      let answers = 0;
      const ended = once(child, "close");
      await Promise.all(
        uploads.map(async (upload) => {
          const performed = await registry.publish(upload, killed.credential, never);
          assert.ok(performed.kind === "sent" || performed.kind === "unknown", "why" in performed ? performed.why : "");
          if (performed.kind !== "sent") return;
          sent.add(upload.name);
          answers += 1;
          if (answers === killAfter) child.kill("SIGKILL");
        }),
      );
      child.kill("SIGKILL");
      await ended;
    }

    const server = await killed.reopen(t, storeFolder);
    const registry = killed.client(server.url);
    for (const upload of uploads) {
      const seen = await registry.observe(upload, never);
      assert.ok(seen.kind === "present" || (seen.kind === "absent" && !sent.has(upload.name)), `${upload.name}: ${seen.kind}`);
      if (seen.kind !== "present") continue;
      const got = await registry.download(upload, join(folder, "got"), never);
      assert.deepEqual(got, { kind: "downloaded", sha256: upload.sha256, sizeBytes: upload.sizeBytes });
    }
    assert.ok(sent.size > 0);
    assert.deepEqual([...new Set(server.received().map((file) => file.stored))], [1]);
  });
