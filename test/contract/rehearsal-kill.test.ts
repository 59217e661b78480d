// The rehearsal index is killed while it takes files, and opened again: what it answered for is there, whole; what it did
// not answer for is there whole or not at all; nothing is counted twice.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";
import { rehearsalCredential } from "../../src/registries/pypi/credentials.ts";
import { clientOf, never, startIndex, uploadOf } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { wheel } from "../support/wheel.ts";

const rounds = 4;
const program = join(import.meta.dirname, "..", "support", "rehearsal-process.ts");

test("after a kill -9 in the middle of uploads the same folder opens with every file whole, once", async (t) => {
  const folder = temporaryFolder(t);
  const storeFolder = join(folder, "index");
  const uploads = Array.from({ length: 30 }, (_unused, number) => {
    const of = { name: "slip-demo", version: `1.${number}` };
    return uploadOf(join(folder, "dist"), of, wheel({ ...of, files: { "slip_demo/data.bin": randomBytes(200_000) } }));
  });
  const sent = new Set<string>();

  for (let round = 0; round < rounds; round += 1) {
    const child = spawn(process.execPath, [program, storeFolder, "slip-demo"], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = line.toString("utf8").trim();
    const registry = clientOf({ uploadUrl: `${url}/legacy/`, indexUrl: `${url}/simple/` });
    // By answers, not by time: others are on their way at that moment, however slow the machine is.
    const killAfter = randomInt(1, 10);
    t.diagnostic(`round ${round}: killed after ${killAfter} answers`);
    let answers = 0;
    const ended = once(child, "close");
    await Promise.all(
      uploads.map(async (upload) => {
        const performed = await registry.publish(upload, rehearsalCredential(), never);
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

  const server = await startIndex(t, { ours: ["slip-demo"], storeFolder });
  const registry = clientOf(server);
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
