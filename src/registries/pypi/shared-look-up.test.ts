import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Http, HttpReply } from "../../platform/http-port.ts";
import { sharedLookUp } from "./shared-look-up.ts";

const signal = new AbortController().signal;

/** An index that answers when it is told to, with the number of the request. */
function anIndex() {
  const waiting: (() => void)[] = [];
  let requests = 0;
  const send = ({ url }: { readonly url: string }): Promise<HttpReply> => {
    requests += 1;
    const why = `${url} ${requests}`;
    return new Promise((resolve) => waiting.push(() => resolve({ kind: "failed", why, cause: undefined })));
  };
  const nothing = (): never => assert.fail("nothing is fetched");
  const http: Http = { send, fetch: nothing, blocks: nothing };
  return {
    lookUp: sharedLookUp({ http, indexUrl: "http://127.0.0.1/simple/", registry: "staging", world: "real" }),
    requests: () => requests,
    async answer() {
      waiting.shift()?.();
      await turn();
      await turn();
    },
  };
}

test("those who ask at the same time share one read", async () => {
  const index = anIndex();

  const looks = [1, 2, 3].map(() => index.lookUp("demo", signal));
  await turn();
  await turn();

  assert.equal(index.requests(), 1);
  await index.answer();
  for (const look of looks) assert.deepEqual(await look, { kind: "unknown", why: "http://127.0.0.1/simple/demo/ 1" });
});

test("whoever asks while a read is under way gets the next one, and all of them the same", async () => {
  const index = anIndex();
  const first = index.lookUp("demo", signal);
  await turn();
  await turn();

  const later = [index.lookUp("demo", signal), index.lookUp("demo", signal)];
  await turn();

  assert.equal(index.requests(), 1);
  await index.answer();
  assert.equal(index.requests(), 2);
  await index.answer();
  assert.match(JSON.stringify(await first), / 1"/);
  for (const look of later) assert.match(JSON.stringify(await look), / 2"/);
});

test("another project, and another signal, is another read", async () => {
  const index = anIndex();

  const looks = [index.lookUp("demo", signal), index.lookUp("other", signal), index.lookUp("demo", new AbortController().signal)];
  await turn();
  await turn();

  assert.equal(index.requests(), 3);
  for (const _ of looks) await index.answer();
  await Promise.all(looks);
});
