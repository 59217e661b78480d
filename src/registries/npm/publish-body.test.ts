import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "../../domain/digest.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Upload } from "../registry.ts";
import { bodyBytes, layOutBody } from "./publish-body.ts";

/** Blocks of the given sizes, over and over, in one buffer that is filled again, as the real port may do. */
function httpOf(bytes: Buffer, sizes: readonly number[]): Http {
  const unused = () => assert.fail("nothing is sent here");
  async function* blocks(): AsyncGenerator<Buffer> {
    const shared = Buffer.alloc(Math.max(...sizes));
    for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
      const size = Math.min(sizes[turn % sizes.length] ?? 1, bytes.length - at);
      bytes.copy(shared, 0, at, at + size);
      yield shared.subarray(0, size);
      at += size;
    }
  }
  return { send: unused, fetch: unused, blocks };
}

function uploadOf(bytes: Buffer): Upload {
  const digest = sha256(createHash("sha256").update(bytes).digest("hex"));
  return { package: "p", version: "1.0.0", name: "p-1.0.0.tgz", sha256: digest, sizeBytes: bytes.length, file: "/p", metadata: {} };
}

async function bodyOf(http: Http, upload: Upload): Promise<{ readonly text: string; readonly stated: number }> {
  const layout = layOutBody({ _id: "p" }, { key: "p-1.0.0.tgz", sizeBytes: upload.sizeBytes });
  const parts: Buffer[] = [];
  for await (const part of bodyBytes(http, layout, upload)) parts.push(Buffer.from(part));
  return { text: Buffer.concat(parts).toString("utf8"), stated: layout.contentLength };
}

const bytes = Buffer.from(Array.from({ length: 150_003 }, (_unused, at) => (at * 7919) % 251));

test("a body is the document with the tarball inside, whatever the blocks, and as long as it was said to be", async () => {
  for (const length of [0, 1, 2, 3, 4, 5, 997, 150_002, 150_003]) {
    for (const sizes of [[1], [2], [1, 2, 5], [65_536], [49_152], [2, 100_000]]) {
      if (length > 1_000 && Math.max(...sizes) < 10) continue;
      const part = bytes.subarray(0, length);
      const { text, stated } = await bodyOf(httpOf(part, sizes), uploadOf(part));
      const parsed = JSON.parse(text) as { readonly _attachments: Record<string, unknown> };
      const expected = { content_type: "application/octet-stream", data: part.toString("base64"), length };
      assert.deepEqual(parsed._attachments["p-1.0.0.tgz"], expected, `${length} bytes in blocks of ${sizes.join()}`);
      assert.equal(stated, Buffer.byteLength(text));
    }
  }
});

test("a file that changed under our hands is cut before the end, which no server accepts", async () => {
  const other = Buffer.from(bytes);
  other[5] = 0xff;
  await assert.rejects(bodyOf(httpOf(other, [4096]), uploadOf(bytes)), /changed while it was sent/);
  await assert.rejects(bodyOf(httpOf(Buffer.concat([bytes, bytes]), [4096]), uploadOf(bytes)), /changed while it was sent/);
  await assert.rejects(bodyOf(httpOf(bytes.subarray(0, 9), [4096]), uploadOf(bytes)), /changed while it was sent/);
});
