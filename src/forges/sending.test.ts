import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { sha256 } from "../domain/digest.ts";
import type { Http } from "../platform/http-port.ts";
import type { AssetUpload } from "./forge.ts";
import { ChangedBytes, checkedBytes } from "./sending.ts";

function httpOf(blocks: readonly string[]): Http {
  const unused = (): never => assert.fail("no request is sent");
  // One buffer is used again for every block, as the real reader does.
  const shared = Buffer.alloc(64);
  return {
    send: unused,
    fetch: unused,
    async *blocks() {
      for (const block of blocks) yield await Promise.resolve(shared.subarray(0, shared.write(block)));
    },
  };
}

function assetOf(bytes: string): AssetUpload {
  const digest = sha256(createHash("sha256").update(bytes).digest("hex"));
  return { name: "a", file: "/frozen", mediaType: "a/b", sizeBytes: bytes.length, sha256: digest };
}

async function sent(blocks: readonly string[], asset: AssetUpload): Promise<{ readonly text: string; readonly error: unknown }> {
  let text = "";
  try {
    for await (const block of checkedBytes(httpOf(blocks), asset)) text += block.toString("utf8");
  } catch (error) {
    return { text, error };
  }
  return { text, error: undefined };
}

test("the frozen bytes go out as they are, in any blocks", async () => {
  for (const blocks of [["abcdef"], ["a", "b", "cdef"], ["abc", "", "def"], ["abcde", "f"]]) {
    assert.deepEqual(await sent(blocks, assetOf("abcdef")), { text: "abcdef", error: undefined });
  }
  assert.deepEqual(await sent([], assetOf("")), { text: "", error: undefined });
});

test("bytes that are not the frozen ones never go out whole", async () => {
  for (const blocks of [["abcdeX"], ["Xbcdef"], ["abc"], ["abcdef", "g"], []]) {
    const { text, error } = await sent(blocks, assetOf("abcdef"));

    assert.ok(error instanceof ChangedBytes, blocks.join());
    assert.ok(text.length < 6, text);
  }
});
