import assert from "node:assert/strict";
import { test } from "node:test";
import { splitBody } from "./split-body.ts";

async function split(text: string, chunkBytes: number, limitBytes = 1_000_000) {
  const body = splitBody(limitBytes);
  const bytes = Buffer.from(text);
  let base64 = "";
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    await body.take(bytes.subarray(at, at + chunkBytes), async (piece) => void (base64 += piece.toString("latin1")));
  }
  return { document: body.document(), base64, overflow: body.overflow };
}

const tricky = {
  name: "p",
  readme: 'with "quotes", \\ and { braces } and "_attachments":{"x.tgz":{"data":"no"}}',
  versions: { "1.0.0": { _attachments: { "a.tgz": { data: "neither" } }, list: [{ data: "nor" }] } },
  _attachments: { "p-1.0.0.tgz": { content_type: "x", data: "QUJD", length: 3 }, "p-1.0.0.sigstore": { data: '{"a":1}' } },
};

test("only the tarball's text is taken out, wherever the chunks end", async () => {
  const text = JSON.stringify(tricky);
  for (let chunkBytes = 1; chunkBytes <= text.length; chunkBytes += 1) {
    const { document, base64, overflow } = await split(text, chunkBytes);
    const expected = structuredClone(tricky);
    expected._attachments["p-1.0.0.tgz"].data = "";
    assert.deepEqual([JSON.parse(document), base64, overflow], [expected, "QUJD", false], String(chunkBytes));
  }
});

test("white space and the order of members do not matter", async () => {
  const { _attachments, ...rest } = tricky;
  const { document, base64 } = await split(JSON.stringify({ _attachments, ...rest }, null, 2), 7);

  assert.equal(base64, "QUJD");
  assert.equal((JSON.parse(document) as typeof tricky).versions["1.0.0"].list[0]?.data, "nor");
});

test("a second tarball stays in the document, and a document beyond the limit is told", async () => {
  const two = JSON.stringify({ _attachments: { "a.tgz": { data: "QQ==" }, "b.tgz": { data: "Qg==" } } });
  const { document, base64 } = await split(two, 5);

  assert.deepEqual([base64, document.includes("Qg==")], ["QQ==", true]);
  assert.equal((await split(two, 5, 20)).overflow, true);
  assert.equal((await split("}}}]{[", 2)).overflow, false, "what is no JSON does no harm");
});
